"""A run decides every waiting case of the four kinds, once, and writes back what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.decider import Decider
from cloud_sync.settings import load_settings
from sizhu_rules import load_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

DECIDED = {
    "dev-young", "dev-old", "dev-poor", "dev-unknown", "dev-bare", "dev-forgotten", "don-person",
    "don-village", "don-none", "int-1", "svc-1", "svc-2", "svc-3",
}  # fmt: skip


def verdicts(cloud: Cloud) -> dict[str, str]:
    """Verdict by case."""
    rows = cloud.dump()["decisions"].values()
    return {row["caseId"]: row["decision"]["verdict"] for row in rows}


def test_every_submitted_case_of_the_four_kinds_is_decided(cloud: Cloud) -> None:
    """Drafts, withdrawn cases, poison and other kinds are not; each ends where it belongs."""
    report = cloud.run()
    found = cloud.dump()
    assert {row["caseId"] for row in found["decisions"].values()} == DECIDED
    syncs = {id_: case["sync"] for id_, case in found["cases"].items()}
    assert {id_ for id_, sync in syncs.items() if sync == "done"} == DECIDED
    assert syncs["dev-draft"] == "none"
    assert syncs["dev-withdrawn"] == "none"
    assert syncs["dev-poison"] == "dead"
    assert syncs["help-1"] == "todo"
    assert (report.decided, report.written, report.dead, report.skipped) == (13, 13, 1, 1)
    assert report.adopted == 1


def test_the_decisions_are_those_of_the_rules(cloud: Cloud) -> None:
    """Free under 60, half from 60 on, free with 低保, a question where the household is unknown."""
    cloud.run()
    found = verdicts(cloud)
    assert found["dev-young"] == "eligible"
    assert found["dev-old"] == "eligible"
    assert found["dev-poor"] == "eligible"
    assert found["dev-unknown"] == "needs_facts"
    decision = cloud.dump()["decisions"]["dec:dev-old:1"]["decision"]
    assert decision["outcome"] == {"share": "1/2", "personal_fen": 60000, "subsidy_fen": 60000}
    assert decision["known_on"] == "2023-06-30"
    assert decision["as_of"] == "2023-06-20"


def test_a_decision_document_has_the_agreed_shape(cloud: Cloud, make: Make) -> None:
    """The library's JSON is kept verbatim beside the ids, the route and the engine."""
    cloud.run()
    row = cloud.dump()["decisions"]["dec:dev-old:1"]
    assert {name: row[name] for name in ("caseId", "rev", "kind", "villageId", "personId")} == {
        "caseId": "dev-old",
        "rev": 1,
        "kind": "device",
        "villageId": make.here,
        "personId": "p-old",
    }
    assert row["route"] == {"level": "village", "villageId": make.here}
    assert (row["engine"], row["proj"], row["decision"]["schema"]) == ("native", "done", 1)
    assert set(row) == {
        "_id", "caseId", "rev", "kind", "villageId", "personId", "decision", "route", "engine",
        "decidedAt", "proj",
    }  # fmt: skip


def test_donations_and_offers_go_where_they_are_carried_out(cloud: Cloud, make: Make) -> None:
    """To the village of the person, to the village, to the town; the case's queue follows."""
    cloud.run()
    cases = cloud.dump()["cases"]
    assert cases["don-person"]["queue"] == {"level": "village", "villageId": make.there}
    assert cases["don-village"]["queue"] == {"level": "village", "villageId": make.here}
    assert cases["don-none"]["queue"] == {"level": "town"}
    assert cases["int-1"]["queue"] == {"level": "town"}


def test_only_what_changed_is_changed(cloud: Cloud) -> None:
    """A decided case gets `sync`, whose law it was and one `_v` more; `updatedAt` stays."""
    before = cloud.case("dev-young")
    cloud.run()
    assert cloud.case("dev-young") == {
        **before, "sync": "done", "policyVersion": load_policy("simen").version, "_v": 2,
    }  # fmt: skip


def test_everybody_who_asked_gets_one_message(cloud: Cloud) -> None:
    """The in-app message carries the rule's own lines, and where the case waits now."""
    cloud.run()
    found = cloud.dump()
    message = found["messages"]["msg:dec:dev-old:1:user-dev-old"]
    lines = found["decisions"]["dec:dev-old:1"]["decision"]["text"]["resident"]
    assert message["lines"][: len(lines)] == lines
    assert message["lines"][len(lines) :] == ["现在由村（社区）残协办理。"]
    assert (message["userId"], message["caseId"], message["kind"]) == (
        "user-dev-old", "dev-old", "decision",
    )  # fmt: skip
    assert len(found["messages"]) == len(DECIDED) + 1


def test_a_subscribe_message_is_sent_for_every_decision(cloud: Cloud, make: Make) -> None:
    """Each author's openid gets one, and the notification says so."""
    report = cloud.run()
    notices = cloud.dump()["notifications"]
    assert {row["state"] for row in notices.values()} == {"sent"}
    assert f"ntf:dec:dev-old:1:{make.template}:user-dev-old" in notices
    assert report.notified == len(DECIDED) == len(cloud.sent())
    assert all(row["attempts"] == 1 for row in notices.values())


def test_points_are_decided_for_the_day(cloud: Cloud, make: Make) -> None:
    """70 and 60 minutes on one day are four half hours; an unverified visit earns nothing."""
    cloud.run()
    found = cloud.dump()
    (line,) = found["points_ledger"].values()
    assert line["_id"] == "pts:day:v1:2023-06-21:0"
    assert (line["volunteerId"], line["villageId"], line["delta"]) == ("v1", make.here, 20)
    assert found["points_accounts"]["v1"] == {"_id": "v1", "earned": 20, "spent": 0}


def test_running_again_decides_nothing_and_changes_nothing(cloud: Cloud) -> None:
    """A second run leaves every document as it is."""
    cloud.run()
    before = cloud.dump()
    report = cloud.run(sweep=True)
    assert cloud.dump() == before
    assert (report.pulled, report.decided, report.written, report.dead, report.notified) == (
        0, 0, 0, 0, 0,
    )  # fmt: skip
    assert report.idle
    assert report.calls < 20


def test_both_written_forms_of_documents_give_the_same_database(
    clouds: Callable[..., Cloud],
) -> None:
    """Whether the cloud answers in plain or in canonical form does not matter."""
    plain, canonical = clouds(ejson="plain"), clouds(ejson="canonical")
    for cloud in (plain, canonical):
        cloud.run(claim_id="run")
    assert plain.dump() == canonical.dump()


def test_one_at_a_time_gives_the_same_decisions(clouds: Callable[..., Cloud]) -> None:
    """Whatever the size of a batch, the same is decided."""
    together, single = clouds(), clouds()
    together.run(claim_id="run")
    with single.client() as client:
        client.sizes.pull = client.sizes.write = client.sizes.lookup = 1
        client.sizes.grow = lambda: None  # type: ignore[method-assign] # sizes stay at one
        single.run_with(client, claim_id="run")
    ours, theirs = together.dump(), single.dump()
    # Each message is claimed alone.
    for notices in (ours["notifications"], theirs["notifications"]):
        for row in notices.values():
            del row["claim"]
    assert ours == theirs


def test_the_second_engine_agrees(cloud: Cloud) -> None:
    """With durable_rules installed every decision is checked, and says so."""
    pytest.importorskip("durable", reason="durable_rules is not installed")
    settings = load_settings(appid="wx0", secret="s", env="local", _env_file=None)
    report = cloud.run(decider=Decider.from_settings(settings))
    assert report.dead == 1
    engines = {row["engine"] for row in cloud.dump()["decisions"].values()}
    assert engines == {"native+durable_rules"}


def test_the_report_is_json_ready(cloud: Cloud) -> None:
    """The counts that `sizhu once --json` prints, calls by endpoint included."""
    report = cloud.run().to_dict()
    assert {"pulled", "decided", "written", "dead", "notified", "calls"} <= set(report)
    endpoints: dict[str, Any] = report["endpoints"]
    assert report["calls"] == sum(endpoints.values())
    assert report["sends"] == endpoints["send"] == len(DECIDED)
