"""A new law, whatever dies and whoever races: each open case is decided under it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

Document = dict[str, Any]
Dump = dict[str, dict[str, Document]]
NEW = "2030.1"
OPEN = ("dev-1", "dev-2", "dev-3")


class Crash(BaseException):
    """The process is gone."""


def town(make: Make) -> dict[str, list[Document]]:
    """Three open applications of people of 62, one approved, and kinds that no change concerns."""
    village = make.village()
    names = (*OPEN, "dev-approved")
    village["persons"] = [make.person(f"p-{name}", "1961-01-01", "h-none") for name in names]
    village["persons"].append(make.person("p-there", "1960-01-01", villageId=make.there))
    village["cases"] = [
        make.device("dev-1", "p-dev-1"),
        make.device("dev-2", "p-dev-2", status="village_ok"),
        make.device("dev-3", "p-dev-3", status="returned"),
        make.device("dev-approved", "p-dev-approved", status="approved"),
        *(case for case in village["cases"] if case["_id"] in {"don-person", "svc-1"}),
    ]
    return village


@pytest.fixture
def decided(clouds: Callable[..., Cloud], make: Make) -> Callable[[], Cloud]:
    """Makes the town as it stands when the new law is published."""

    def begin() -> Cloud:
        cloud = clouds(town(make))
        cloud.run()
        cloud.add("policies", make.published(NEW, free_below_70=True))
        return cloud

    return begin


def comparable(dump: Dump) -> Dump:
    """Leave out what may differ: whether a message was sent, and who claimed it."""
    for row in dump["notifications"].values():
        for name in ("state", "claim", "attempts", "errcode", "at"):
            row.pop(name, None)
    return dump


def decided_once_under_the_new_law(cloud: Cloud) -> None:
    """Every open case has one decision under each law, one message for each, and nothing more."""
    found = cloud.dump()
    for id_, case in found["cases"].items():
        decisions = [row for row in found["decisions"].values() if row["caseId"] == id_]
        versions = sorted(row["decision"]["policy"]["version"] for row in decisions)
        assert len(versions) == len(set(versions)), (id_, versions)
        messages = [row for row in found["messages"].values() if row["caseId"] == id_]
        assert len(messages) == len(decisions) == case["rev"]
        assert case["sync"] == "done"
        if id_ in OPEN:
            assert versions[-1] == case["policyVersion"] == NEW
    assert {row["proj"] for row in found["decisions"].values()} == {"done"}
    assert sum(line["delta"] for line in found["points_ledger"].values()) == 10
    sent = [(message["touser"], message["page"]) for message in cloud.sent()]
    assert len(sent) <= len(found["notifications"])


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_death_at_any_request_queues_no_case_twice(
    moment: str, decided: Callable[[], Cloud], make: Make
) -> None:
    """Before request k, or after the cloud has done it; the next run ends as an undisturbed one."""
    clean = decided()
    with clean.client(session=(session := make.hooked())) as client:
        assert clean.run_with(client).requeued == len(OPEN)
    expected = comparable(clean.dump())
    decided_once_under_the_new_law(clean)
    assert session.count > 20
    for k in range(session.count):
        cloud = decided()

        def die(number: int, k: int = k) -> None:
            if number >= k:
                raise Crash

        with (
            cloud.client(session=make.hooked(**{moment: die})) as client,
            pytest.raises(Crash),
        ):
            cloud.run_with(client)
        cloud.run()
        found = comparable(cloud.dump())
        for name in expected:
            assert found[name] == expected[name], (k, name)
        assert cloud.run(sweep=True).requeued == 0
        cloud.emulator.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_request_or_answer_queues_no_case_twice(
    moment: str, decided: Callable[[], Cloud], make: Make
) -> None:
    """Every request may be played twice."""
    k, clean = 0, decided()
    with clean.client(session=(session := make.hooked())) as client:
        clean.run_with(client)
    expected = comparable(clean.dump())
    for k in range(session.count):
        cloud = decided()
        cloud.faults({"match": {"path": "/"}, "skip": k, "times": 1, "do": {"reset": moment}})
        cloud.run()
        found = comparable(cloud.dump())
        for name in expected:
            assert found[name] == expected[name], (k, name)
        cloud.emulator.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("again", [False, True], ids=["first decision", "submitted again"])
def test_a_worker_with_the_old_law_may_still_be_at_work(
    again: bool,  # noqa: FBT001 - a parameter
    clouds: Callable[..., Cloud],
    make: Make,
) -> None:
    """It began before; at any of its requests the law is published and another worker runs.

    What it decides late under the old law is decided again by the next sweep at the latest, and
    what the new law has decided it leaves alone.
    """
    k = 0
    while True:
        cloud = clouds(town(make))
        if again:
            cloud.run()
            for id_ in OPEN:
                cloud.write("cases", id_, sync="todo", rev=2, _v=4, data={"quoteFen": 100})
        met: list[int] = []

        def publish(number: int, cloud: Cloud = cloud, met: list[int] = met, k: int = k) -> None:
            if number == k:
                met.append(number)
                cloud.add("policies", make.published(NEW, free_below_70=True))
                cloud.run(claim_id="other")

        with cloud.client(session=make.hooked(before=publish)) as client:
            cloud.run_with(client)
        if not met:
            break
        cloud.run(sweep=True)
        found = cloud.dump()
        for id_ in OPEN:
            case = found["cases"][id_]
            decision = found["decisions"][f"dec:{id_}:{case['rev']}"]["decision"]
            assert decision["policy"]["version"] == NEW, (k, id_)
            assert (case["sync"], case["policyVersion"]) == ("done", NEW)
            mine = [r["decision"] for r in found["decisions"].values() if r["caseId"] == id_]
            assert sum(one["policy"]["version"] == NEW for one in mine) == 1, (k, id_)
        after = cloud.dump()
        assert cloud.run(sweep=True).decided == 0
        assert cloud.dump() == after
        cloud.emulator.close()
        k += 1
    assert k > 25
