"""Points of a day: counted once, over all its visits, whatever comes in which order."""

from __future__ import annotations

import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.accounts import reconcile
from cloud_sync.ejson import decode
from cloud_sync.statement import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make


def visits(make: Make, *cases: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A village where nothing but these visits happened."""
    return {**make.village(), "cases": list(cases)}


def lines(cloud: Cloud) -> dict[str, int]:
    """Ledger lines: id and amount."""
    return {row["_id"]: row["delta"] for row in cloud.dump()["points_ledger"].values()}


def earned(cloud: Cloud, volunteer: str = "v1") -> int:
    """What the account says."""
    return int(cloud.dump()["points_accounts"][volunteer]["earned"])


def test_a_day_has_its_cap(clouds: Callable[..., Cloud], make: Make) -> None:
    """Three visits of four hours are eight hours at most."""
    cloud = clouds(
        visits(
            make,
            make.service("a", "2023-06-21T06:00:00", "2023-06-21T10:00:00"),
            make.service("b", "2023-06-21T11:00:00", "2023-06-21T15:00:00"),
            make.service("c", "2023-06-21T16:00:00", "2023-06-21T20:00:00"),
        )
    )
    cloud.run()
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 80}


@pytest.mark.slow
def test_the_order_of_runs_does_not_matter(clouds: Callable[..., Cloud], make: Make) -> None:
    """Decided together or one by one, in any order, a day comes to the same sum."""
    three = [
        make.service("a", "2023-06-21T06:00:00", "2023-06-21T10:00:00"),
        make.service("b", "2023-06-21T11:00:00", "2023-06-21T14:30:00"),
        make.service("c", "2023-06-21T16:00:00", "2023-06-21T20:00:00"),
    ]
    for order in permutations(three):
        cloud = clouds(visits(make))
        for case in order:
            cloud.add("cases", case)
            cloud.run()
        assert sum(lines(cloud).values()) == earned(cloud) == 80
        cloud.emulator.close()


def test_a_day_is_a_day_in_shanghai(clouds: Callable[..., Cloud], make: Make) -> None:
    """Half past eleven at night and ten past midnight are two days, as the resident lives them."""
    cloud = clouds(
        visits(
            make,
            make.service("a", "2023-06-20T23:30:00", "2023-06-21T00:30:00"),
            make.service("b", "2023-06-21T00:40:00", "2023-06-21T01:40:00"),
        )
    )
    cloud.run()
    assert lines(cloud) == {"pts:day:v1:2023-06-20:0": 10, "pts:day:v1:2023-06-21:0": 10}


def test_a_later_visit_of_the_day_adds_a_line(clouds: Callable[..., Cloud], make: Make) -> None:
    """Lines are numbered and never changed; many of them are still found."""
    cloud = clouds(visits(make, make.service("a0", "2023-06-21T06:00:00", "2023-06-21T06:30:00")))
    cloud.run()
    for number in range(1, 8):
        start, end = f"2023-06-21T{6 + number:02d}:00:00", f"2023-06-21T{6 + number:02d}:30:00"
        cloud.add("cases", make.service(f"a{number}", start, end))
        cloud.run()
    assert lines(cloud) == {f"pts:day:v1:2023-06-21:{number}": 5 for number in range(8)}
    assert earned(cloud) == 40


def test_a_disputed_visit_is_taken_back(clouds: Callable[..., Cloud], make: Make) -> None:
    """The next line is negative; when the dispute is over, another one restores the sum."""
    cloud = clouds(
        visits(
            make,
            make.service("a", "2023-06-21T09:00:00", "2023-06-21T10:00:00"),
            make.service("b", "2023-06-21T14:00:00", "2023-06-21T15:00:00"),
        )
    )
    cloud.run()
    cloud.write("cases", "a", status="disputed", rev=_.inc(1), sync="todo")
    cloud.run()
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 20, "pts:day:v1:2023-06-21:1": -10}
    assert earned(cloud) == 10
    decision = cloud.dump()["decisions"]["dec:a:2"]["decision"]
    assert (decision["verdict"], decision["missing"]) == ("needs_facts", ["verified_at"])
    cloud.write("cases", "a", status="verified", rev=_.inc(1), sync="todo")
    cloud.run()
    assert earned(cloud) == 20


def test_a_visit_submitted_again_is_not_paid_again(cloud: Cloud) -> None:
    """A new version of the case gives no new line."""
    cloud.run()
    before = lines(cloud)
    cloud.write("cases", "svc-1", rev=_.inc(1), sync="todo")
    assert cloud.run().decided == 1
    assert lines(cloud) == before


def test_a_visit_moved_to_another_day_leaves_the_old_one(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Corrected times move the points with them."""
    cloud = clouds(visits(make, make.service("a", "2023-06-21T09:00:00", "2023-06-21T10:00:00")))
    cloud.run()
    moved = make.service("x", "2023-06-19T09:00:00", "2023-06-19T09:30:00")["data"]
    times = {name: decode(json.dumps(moved[name])) for name in ("checkInAt", "checkOutAt")}
    cloud.write("cases", "a", data=times, rev=_.inc(1), sync="todo")
    cloud.run()
    assert lines(cloud) == {
        "pts:day:v1:2023-06-21:0": 10,
        "pts:day:v1:2023-06-21:1": -10,
        "pts:day:v1:2023-06-19:0": 5,
    }
    assert earned(cloud) == 5


def test_a_visit_that_waits_for_a_person_earns_nothing(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """A dead letter's visit does not count, whether or not others of the day are decided."""
    cloud = clouds(
        visits(
            make,
            make.service("a", "2023-06-21T09:00:00", "2023-06-21T10:00:00"),
            make.service("bad", "2023-06-21T14:00:00", "2023-06-21T15:00:00", channel="phone"),
        )
    )
    assert cloud.run().dead == 1
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 10}


def test_an_account_is_set_and_what_was_spent_stays(cloud: Cloud) -> None:
    """`earned` is corrected to the sum of the lines; `spent` belongs to the redemption."""
    cloud.add("points_accounts", {"_id": "v1", "earned": 3, "spent": 2})
    cloud.run()
    assert cloud.dump()["points_accounts"]["v1"] == {"_id": "v1", "earned": 20, "spent": 2}


def test_only_award_lines_are_earned(cloud: Cloud) -> None:
    """A redemption takes from `spent`, not from `earned`."""
    cloud.add(
        "points_ledger",
        {"_id": "pts:redemption:r1", "volunteerId": "v1", "delta": -15, "reason": "redemption"},
    )
    cloud.run()
    assert earned(cloud) == 20


def test_a_line_number_taken_by_another_worker_is_counted_in(cloud: Cloud, make: Make) -> None:
    """Somebody wrote the same day's line in between: re-read, recompute, add the difference."""
    met: list[bool] = []

    # After the visits and the lines have been read, just before the line is added.
    def other(_number: int) -> None:
        if not met and b'points_ledger\\").add' in session.body:
            met.append(True)
            cloud.add(
                "points_ledger",
                {
                    "_id": "pts:day:v1:2023-06-21:0",
                    "volunteerId": "v1",
                    "delta": 5,
                    "reason": "service_day",
                },
            )

    session = make.hooked(before=other)
    with cloud.client(session=session) as client:
        cloud.run_with(client)
    assert met
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 5, "pts:day:v1:2023-06-21:1": 15}
    assert earned(cloud) == 20


def test_a_day_with_a_line_taken_away_is_not_counted_on(cloud: Cloud) -> None:
    """Its sum would be too small and the difference paid twice; its visits go to a person."""
    for number in (0, 2):
        line = {"volunteerId": "v1", "delta": 5, "reason": "service_day"}
        cloud.add("points_ledger", {"_id": f"pts:day:v1:2023-06-21:{number}", **line})
    assert cloud.run().decided == 13
    assert set(lines(cloud)) == {"pts:day:v1:2023-06-21:0", "pts:day:v1:2023-06-21:2"}
    letters = cloud.dump()["dead_letters"]
    assert "restore it from the backup" in letters["dead:svc-1:1"]["reason"]


def test_reconciling_accounts_twice_writes_once(cloud: Cloud) -> None:
    """Accounts that are right are left alone."""
    cloud.run()
    with cloud.client() as client:
        assert reconcile(client) == 0
        cloud.write("points_accounts", "v1", earned=7)
        assert reconcile(client, ["v1", "nobody"]) == 1
    assert earned(cloud) == 20


def test_a_line_added_while_the_account_is_written_is_counted(cloud: Cloud, make: Make) -> None:
    """After writing an account its sum is read again: the later writer sees every line."""
    met: list[bool] = []
    line = {
        "_id": "pts:day:v1:2023-06-20:0",
        "volunteerId": "v1",
        "delta": 5,
        "reason": "service_day",
    }

    def other(_number: int) -> None:
        if not met and b'points_accounts\\").add' in session.body:
            met.append(True)
            cloud.add("points_ledger", line)

    session = make.hooked(before=other)
    with cloud.client(session=session) as client:
        cloud.run_with(client)
    assert met
    assert earned(cloud) == 25
