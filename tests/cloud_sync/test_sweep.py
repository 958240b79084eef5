"""No case is overlooked: a run adopts what nobody queued, the sweep finds lost decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.statement import _, db

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make


@pytest.mark.parametrize(
    ("changes", "sync", "rev"),
    [
        ({"sync": None}, "done", 1),
        ({"sync": None, "rev": None}, "done", 1),
        ({"rev": None}, "done", 1),
        ({"sync": None, "rev": 5}, "done", 5),
        ({"sync": "TODO"}, "done", 1),
        ({"sync": 7}, "done", 1),
        ({"sync": None, "rev": None, "status": "draft", "submittedAt": None}, "none", 1),
        ({"sync": None, "status": "withdrawn"}, "none", 1),
        ({"sync": None, "kind": "post"}, "none", 1),
        ({"sync": None, "kind": "help", "rev": None}, "todo", 1),
        ({"sync": None, "rev": None, "_v": None}, "dead", 1),
        ({"sync": None, "_v": "one"}, "dead", 1),
        ({"sync": "todo", "status": "draft", "_v": "one"}, "none", 1),
    ],
)
def test_a_case_that_nobody_queued_is_adopted(
    changes: dict[str, Any],
    sync: str,
    rev: int,
    clouds: Callable[..., Cloud],
    make: Make,
) -> None:
    """Whatever is missing or odd, the next run puts the case where it belongs."""
    village = {**make.village(), "cases": [make.device("odd", "p-old", **changes)]}
    cloud = clouds(village)
    cloud.run()
    case = cloud.case("odd")
    assert (case["sync"], case["rev"]) == (sync, rev)


def test_adopting_happens_once(cloud: Cloud) -> None:
    """A second run finds nothing left to adopt."""
    assert cloud.run().adopted == 1
    assert cloud.run(sweep=True).adopted == 0


@pytest.mark.parametrize("state", ["done", "none"])
def test_the_sweep_finds_a_case_without_a_decision(cloud: Cloud, state: str) -> None:
    """A writer that raised `rev` and forgot the queue is found by comparing."""
    cloud.run()
    cloud.write("cases", "dev-old", rev=_.inc(1), sync=state)
    assert cloud.run().decided == 0
    report = cloud.run(sweep=True)
    assert (report.adopted, report.decided) == (1, 1)
    assert "dec:dev-old:2" in cloud.dump()["decisions"]
    assert cloud.run(sweep=True).adopted == 0


def test_the_sweep_finds_a_lost_decision(cloud: Cloud) -> None:
    """Somebody deleted it: it is made again; who got the message gets no second one."""
    cloud.run()
    before = cloud.dump()
    with cloud.client() as client:
        client.delete(db.collection("decisions").where({"_id": "dec:dev-old:1"}).remove())
    cloud.run(sweep=True)
    after = cloud.dump()
    assert after["decisions"] == before["decisions"]
    assert after["messages"] == before["messages"]
    assert len(cloud.sent()) == len(before["notifications"])


def test_the_history_of_a_town_is_not_decided_after_the_fact(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Imported cases that were closed long ago stay as they are."""
    old = make.device("old", "p-old", status="closed", sync="none")
    cloud = clouds({**make.village(), "cases": [old]})
    assert cloud.run(sweep=True).decided == 0
    assert cloud.case("old")["sync"] == "none"


def test_drafts_in_the_queue_leave_it(clouds: Callable[..., Cloud], make: Make) -> None:
    """A draft is never decided, in whatever state its fields are."""
    drafts = [
        make.device("d1", "p-old", status="draft", submittedAt=None),
        make.device("d2", "p-old", status="draft", submittedAt=None, data=None, rev=None),
        make.device("d3", "p-old", status="withdrawn"),
    ]
    cloud = clouds({**make.village(), "cases": drafts})
    report = cloud.run()
    assert (report.skipped, report.decided, report.dead) == (3, 0, 0)
    assert {case["sync"] for case in cloud.dump()["cases"].values()} == {"none"}


def test_a_poll_without_housekeeping_costs_one_call(cloud: Cloud) -> None:
    """The daemon's idle poll reads the queue and nothing else."""
    cloud.run()
    with cloud.client() as client:
        client.check_token()
        report = cloud.run_with(client, full=False)
    assert report.endpoints == {"databasequery": 1}
    assert report.idle


def test_a_poll_without_housekeeping_still_finishes_its_work(
    clouds: Callable[..., Cloud],
) -> None:
    """Decisions, messages, points and accounts are written by a short poll as well."""
    full, short = clouds(), clouds()
    full.run(claim_id="run")
    short.run(claim_id="run", full=False)
    ours, theirs = full.dump(), short.dump()
    assert "sync" not in theirs["cases"]["dev-forgotten"]
    assert "dec:dev-forgotten:1" not in theirs["decisions"]
    assert theirs["points_accounts"] == ours["points_accounts"]
    assert theirs["points_ledger"] == ours["points_ledger"]


def test_decisions_of_kinds_that_a_newer_worker_knows_are_left_alone(cloud: Cloud) -> None:
    """An older worker does not touch what it cannot project."""
    cloud.add(
        "decisions",
        {"_id": "dec:w1:1", "caseId": "w1", "rev": 1, "kind": "help", "proj": "todo"},
    )
    cloud.run()
    assert cloud.dump()["decisions"]["dec:w1:1"]["proj"] == "todo"


def test_a_damaged_decision_goes_to_a_person(cloud: Cloud) -> None:
    """A leftover that cannot be read holds up no other and is not lost."""
    cloud.add(
        "decisions",
        {"_id": "dec:dev-old:1", "caseId": "dev-old", "rev": 1, "kind": "device", "proj": "todo"},
    )
    report = cloud.run()
    found = cloud.dump()
    assert (report.dead, report.written) == (2, 12)
    assert found["decisions"]["dec:dev-old:1"]["proj"] == "dead"
    assert found["cases"]["dev-old"]["sync"] == "dead"
    assert "cannot be read" in found["dead_letters"]["dead:dev-old:1"]["reason"]
