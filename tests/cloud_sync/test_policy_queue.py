"""What a new version of the law concerns is decided again, once, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cloud_sync.daemon import Daemon
from cloud_sync.decider import Decider
from cloud_sync.statement import _
from sizhu_rules import load_policy
from tests.cloud_sync.published import IN_FORCE, NEW, diagnosed, laws, town

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.report import Report
    from tests.cloud_sync.conftest import Cloud, Make

AGAIN = ("dev-returned", "dev-submitted", "dev-town_ok", "dev-village_ok")


@pytest.fixture
def decided(clouds: Callable[..., Cloud], make: Make) -> Cloud:
    """The town, decided under the shipped law."""
    cloud = clouds(town(make))
    cloud.run()
    return cloud


def test_what_waits_for_a_person_is_decided_again_and_nothing_else(
    decided: Cloud, make: Make
) -> None:
    """Only kinds whose rule differs; what is approved, delivered or over stays as it is."""
    before = decided.dump()
    decided.add("policies", make.published(NEW, free_below_70=True))
    report = decided.run()
    assert (report.requeued, report.decided) == (len(AGAIN), len(AGAIN))
    after = decided.dump()
    changed = {id_ for id_, case in after["cases"].items() if case != before["cases"][id_]}
    assert changed == set(AGAIN)
    for id_ in AGAIN:
        case = after["cases"][id_]
        assert (case["rev"], case["sync"], case["policyVersion"]) == (2, "done", NEW)
        assert (case["status"], case["queue"]) == (
            before["cases"][id_]["status"],
            before["cases"][id_]["queue"],
        )
        old, new = (after["decisions"][f"dec:{id_}:{rev}"]["decision"] for rev in (1, 2))
        assert (old["outcome"]["share"], new["outcome"]["share"]) == ("1/2", "0")
    assert len(after["messages"]) == len(before["messages"]) + len(AGAIN)
    again = decided.run(sweep=True)
    assert (again.requeued, again.decided) == (0, 0)
    assert decided.dump() == after


def test_what_an_older_program_decided_counts_as_decided_under_the_shipped_law(
    decided: Cloud, make: Make
) -> None:
    """It wrote no version into the case; such a case is queued like the others, once."""
    decided.write("cases", "dev-submitted", policyVersion=None)
    assert decided.run().requeued == 0
    decided.add("policies", make.published(NEW, free_below_70=True))
    assert decided.run().requeued == len(AGAIN)
    assert decided.run(sweep=True).requeued == 0
    assert laws(decided)["dev-submitted"] == NEW


def test_a_version_that_says_the_same_queues_nothing(decided: Cloud, make: Make) -> None:
    """It is in force from now on; what stands decided stands."""
    before = decided.dump()
    decided.add("policies", make.published(NEW))
    report = decided.run()
    assert (report.law, report.requeued, report.decided) == (NEW, 0, 0)
    assert decided.dump()["cases"] == before["cases"]


def test_each_later_version_is_compared_with_the_one_that_decided(
    decided: Cloud, make: Make
) -> None:
    """2030.2 says what the shipped law says: what 2030.1 decided comes back, the rest stays."""
    decided.add("policies", make.published("2030.1", free_below_70=True))
    decided.run()
    decided.add("policies", make.published("2030.2"))
    report = decided.run()
    assert (report.law, report.requeued) == ("2030.2", len(AGAIN))
    assert {id_ for id_, law in laws(decided).items() if law == "2030.2"} == set(AGAIN)
    assert decided.run().requeued == 0


def test_what_a_version_decided_whose_text_is_gone_is_decided_again(
    decided: Cloud, make: Make
) -> None:
    """Nobody can say that it would come out the same."""
    decided.write("cases", "don-person", policyVersion="2027.1")
    decided.write("cases", "int-1", policyVersion="nonsense")
    decided.add("policies", make.published(NEW))
    assert decided.run().requeued == 1
    assert decided.case("don-person")["policyVersion"] == NEW
    assert decided.case("int-1")["policyVersion"] == "nonsense"


def test_a_case_of_a_later_law_waits_for_a_worker_that_has_it(decided: Cloud, make: Make) -> None:
    """A worker that does not know the version leaves it in the queue, and says so."""
    change = {"rev": _.inc(1), "_v": _.inc(1), "sync": "todo"}
    decided.write("cases", "dev-submitted", **change, policyVersion="2030.1")
    report = decided.run()
    assert (report.held, report.pulled, report.decided) == (1, 0, 0)
    assert report.idle
    assert decided.case("dev-submitted")["sync"] == "todo"
    finding = diagnosed(decided)[-1]
    assert (finding.level, "1 cases wait" in finding.message) == ("warn", True)
    decided.add("policies", make.published("2030.1"))
    assert decided.run().decided == 1
    assert laws(decided)["dev-submitted"] == "2030.1"


def test_a_rule_that_the_published_law_does_not_know_yet_is_decided_by_the_shipped_one(
    decided: Cloud,
) -> None:
    """A version published before the program learnt a rule decides what it knows."""
    shipped = load_policy("simen")
    known = {name: rule for name, rule in shipped.rules.items() if name != "donation"}
    law = replace(shipped, law=replace(shipped.law, version="2030.1"), rules=known)
    decider = Decider(shipped, cross_check=False).under(law)
    change = {"rev": _.inc(1), "_v": _.inc(1), "sync": "todo"}
    decided.write("cases", "don-person", **change)
    decided.write("cases", "int-1", **change)
    assert decided.run(decider=decider, look=False).decided == 2
    assert decided.dump()["decisions"]["dec:don-person:2"]["decision"]["policy"] == {
        "region": "simen", "version": IN_FORCE, "digest": shipped.digest,
    }  # fmt: skip


def test_the_daemon_takes_a_new_law_within_an_hour(decided: Cloud, make: Make) -> None:
    """Idle polls stay one call; the look costs one more, once an hour."""
    now = [0.0]
    reports: list[Report] = []
    with decided.client() as client:
        daemon = Daemon(
            client,
            settings=decided.settings,
            clock=decided.clock,
            monotonic=lambda: now[0],
            on_report=reports.append,
        )
        daemon.poll()
        decided.add("policies", make.published(NEW, free_below_70=True))
        while now[0] < 3600:
            now[0] += 300
            daemon.poll()
    assert [report.calls for report in reports[1:12]] == [1] * 11
    assert [report.law for report in reports] == [IN_FORCE] * 12 + [NEW]
    assert reports[-1].decided == len(AGAIN)
    assert json.dumps(reports[-1].to_dict())
