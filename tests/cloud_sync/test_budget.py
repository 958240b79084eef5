"""How many calls the work costs, whatever the mixture and however many people are concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.report import Report
    from tests.cloud_sync.conftest import Cloud, Make

Village = dict[str, list[dict[str, Any]]]
PER_THOUSAND, CONSTANT = 120, 25


def run(cloud: Cloud) -> Report:
    """Run as the command does: with its threads."""
    with cloud.client() as client:
        return cloud.run_with(client, mailroom=cloud.mailroom(client), ahead=True)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "mixture",
    [
        {"device": 1},
        {"service": 1},
        {"donation": 1},
        {"device": 6, "donation": 2, "intent": 1, "service": 1},
        {"retrofit": 1},
        {"device": 4, "retrofit": 2, "job": 2, "wish": 2, "donation": 1, "service": 1},
    ],
    ids="-".join,
)
@pytest.mark.parametrize("volunteers", [97, 100_000])
def test_the_budget_of_calls_is_kept(
    mixture: dict[str, int], volunteers: int, clouds: Callable[..., Cloud], make: Make
) -> None:
    """At most 120 calls per 1 000 cases and a constant, subscribe sends aside."""
    count = 1500
    cloud = clouds(make.many(count, mixture, volunteers=volunteers))
    report = run(cloud)
    assert (report.decided, report.written, report.dead) == (count, count, 0)
    assert report.calls - report.sends <= PER_THOUSAND * count / 1000 + CONSTANT
    assert report.sends == count
    again = run(cloud)
    assert again.idle
    assert again.calls < CONSTANT


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_many_cases_are_decided_as_one_at_a_time(clouds: Callable[..., Cloud], make: Make) -> None:
    """The size of a batch changes no decision, no message and no point."""
    mixture = {
        "device": 5, "donation": 2, "intent": 1, "service": 4, "retrofit": 2, "job": 1, "wish": 1,
    }  # fmt: skip
    together, single = clouds(make.many(300, mixture)), clouds(make.many(300, mixture))
    run(together)
    with single.client() as client:
        client.sizes.pull = client.sizes.write = client.sizes.lookup = 1
        client.sizes.grow = lambda: None  # type: ignore[method-assign] # sizes stay at one
        single.run_with(client)
    ours, theirs = together.dump(), single.dump()
    for name in ("cases", "decisions", "messages", "points_accounts"):
        assert ours[name] == theirs[name], name
    # One at a time the day's total comes in several lines.
    for found in (ours, theirs):
        sums: dict[str, int] = {}
        for line in found["points_ledger"].values():
            sums[line["volunteerId"]] = sums.get(line["volunteerId"], 0) + line["delta"]
        assert sums == {id_: row["earned"] for id_, row in found["points_accounts"].items()}
