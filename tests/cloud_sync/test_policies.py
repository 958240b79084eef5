"""A published version of the law: proved, accepted or refused, and what it concerns is queued."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.daemon import Daemon
from cloud_sync.decider import Decider
from cloud_sync.inspection import doctor, status
from cloud_sync.statement import _
from sizhu_rules import load_policy
from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.policy import compile_law
from sizhu_rules.releases import from_document
from sizhu_rules.replaying import again

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.inspection import Finding
    from cloud_sync.report import Report
    from tests.cloud_sync.conftest import Cloud, Make

Document = dict[str, Any]
NEW = "2030.1"
IN_FORCE = load_policy("simen").version
ROW = f"pol:simen:{NEW}"


def town(make: Make) -> dict[str, list[Document]]:
    """Residents of 60, one case in every state that matters, and cases of other kinds."""
    village = make.village()
    states = (
        "submitted", "village_ok", "town_ok", "returned", "approved", "delivered", "closed",
        "rejected", "withdrawn",
    )  # fmt: skip
    village["persons"] = [make.person(f"p-{state}", "1961-01-01", "h-none") for state in states]
    village["persons"].append(make.person("p-there", "1960-01-01", villageId=make.there))
    village["cases"] = [
        *(make.device(f"dev-{state}", f"p-{state}", status=state) for state in states),
        *(case for case in village["cases"] if case["_id"] in {"don-person", "int-1", "svc-1"}),
    ]
    users = {case.get("createdBy") for case in village["cases"]}
    village["users"] = [
        {"_id": user, "openid": f"openid-{user}"} for user in sorted(map(str, users))
    ]
    return village


AGAIN = ("dev-returned", "dev-submitted", "dev-town_ok", "dev-village_ok")


@pytest.fixture
def decided(clouds: Callable[..., Cloud], make: Make) -> Cloud:
    """The town, decided under the shipped law."""
    cloud = clouds(town(make))
    cloud.run()
    return cloud


def acceptance(cloud: Cloud, id_: str = ROW) -> Document:
    """What the worker wrote into the row."""
    found: Document = cloud.dump()["policies"][id_].get("acceptance", {})
    return found


def diagnosed(cloud: Cloud) -> list[Finding]:
    """What the doctor says of published versions."""
    with cloud.client() as client:
        found = doctor(client, settings=cloud.settings, clock=cloud.clock).findings
    return [finding for finding in found if finding.subject == "published"]


def laws(cloud: Cloud) -> dict[str, str]:
    """Under which version each case now stands decided."""
    found = cloud.dump()
    return {
        id_: found["decisions"][f"dec:{id_}:{case['rev']}"]["decision"]["policy"]["version"]
        for id_, case in found["cases"].items()
        if case["sync"] == "done"
    }


def test_an_approved_version_is_accepted_and_decides(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The row says so with day and digest; every decision names the new version."""
    document = make.published(NEW, free_below_70=True)
    cloud = clouds({**town(make), "policies": [document]})
    report = cloud.run()
    row = acceptance(cloud)
    assert (row["state"], row["digest"]) == ("accepted", document["digest"])
    assert set(row) == {"state", "at", "digest", "content"}
    assert (report.law, report.requeued) == (NEW, 0)
    assert set(laws(cloud).values()) == {NEW}
    found = cloud.dump()["decisions"]["dec:dev-submitted:1"]["decision"]
    assert (found["outcome"]["share"], found["policy"]["digest"]) == ("0", document["digest"])
    assert {case.get("policyVersion") for case in cloud.dump()["cases"].values()} == {NEW, None}
    assert [f.level for f in diagnosed(cloud)] == ["ok"]
    with cloud.client() as client:
        shown = status(client, clock=cloud.clock, region="simen").published
    assert [(one["version"], one["state"]) for one in shown] == [(NEW, "accepted")]


@pytest.mark.parametrize(
    "approvals",
    [
        None,
        [],
        [{"by": "user-a"}],
        [{"by": "user-a"}, {"by": "user-a"}],
        [{"by": "user-a"}, {"by": ""}],
        [{"by": "user-a"}, {"by": None}, "user-b"],
        {"by": "user-a"},
    ],
)
def test_two_different_persons_must_approve(
    approvals: object, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Until then the version waits, and nothing is written into it."""
    cloud = clouds({**town(make), "policies": [make.published(NEW, approvals=approvals)]})
    assert cloud.run().law == IN_FORCE
    assert acceptance(cloud) == {}
    assert "two persons" in diagnosed(cloud)[0].message


def spoilt(document: Document, name: str, before: str, after: str) -> Document:
    """The version with one text of its files changed."""
    changed = copy.deepcopy(document)
    file = next(file for file in changed["files"] if file["name"] == name)
    assert before in file["text"]
    file["text"] = file["text"].replace(before, after, 1)
    return changed


def without_a_rule(document: Document, rule: str, folder: str) -> Document:
    """A sound version, frozen by a program that does not know one of the rules."""
    files = [file for file in document["files"] if not file["name"].startswith(folder)]
    replay = [line for line in document["replay"].splitlines() if json.loads(line)["rule"] != rule]
    changed = {**document, "files": files, "replay": ""}
    release = from_document(changed)
    policy, _errors = compile_law(
        load_law("simen", release.specs(), release.source, frozen=True), release.specs()
    )
    assert policy is not None
    lines = []
    for line in map(json.loads, replay):
        line["digest"] = again(line, policy).digest
        lines.append(json.dumps(line, ensure_ascii=False))
    return {**changed, "digest": policy.digest, "replay": "\n".join(lines)}


BAD: dict[str, tuple[Callable[[Document], Document], str, str]] = {
    "misspelt key": (
        lambda d: spoilt(d, "policy/simen/device.yaml", "confirmed:", "confirmd:"),
        "policy/simen/device.yaml:",
        "publish it under a new version",
    ),
    "no reading": (
        lambda d: spoilt(d, "policy/simen/device.yaml", "  boundary_60:", "  boundary_61:"),
        "`sizhu rules check` finds",
        "publish it under a new version",
    ),
    "another text than the digest": (
        lambda d: spoilt(d, "policy/simen/device.yaml", "value: 70", "value: 69"),
        "digest",
        "publish it under a new version",
    ),
    "a decision that comes out otherwise": (
        lambda d: {**d, "replay": d["replay"].replace("sha256:", "sha256:0", 1)},
        "replay.jsonl:1",
        "publish it under a new version",
    ),
    "no replay": (lambda d: {**d, "replay": None}, "'replay' is no text", "publish the version"),
    "no JSON": (lambda d: {**d, "replay": "{"}, "replay.jsonl:1", "new version"),
    "no files": (lambda d: {**d, "files": [{"name": "a"}]}, "'files'", "publish it again"),
    "no version": (lambda d: {**d, "version": "latest"}, "the version is none", "2026.11"),
    "no day": (lambda d: {**d, "releasedOn": "2030-02-31"}, "is no day", "publish it again"),
    "another id": (lambda d: {**d, "_id": "pol:simen:2030.2"}, "`_id`", "sizhu rules release"),
    "not all rules": (
        lambda d: without_a_rule(d, "intent", "routing/intent/"),
        "it lacks the rules intent",
        "freeze the whole text",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_version_is_refused_and_the_law_stays(
    what: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Reason and fix stand in the row, for status and doctor; it is looked at once."""
    spoil, reason, fix = BAD[what]
    document = spoil(make.published(NEW, free_below_70=True))
    cloud = clouds({**town(make), "policies": [document]})
    report = cloud.run()
    row = acceptance(cloud, document["_id"])
    assert row["state"] == "refused"
    assert reason in row["reason"]
    assert fix in row["fix"]
    assert (report.law, set(laws(cloud).values())) == (IN_FORCE, {IN_FORCE})
    before = cloud.dump()
    assert cloud.run().requeued == 0
    assert cloud.dump() == before
    finding = diagnosed(cloud)[0]
    assert (finding.level, reason in finding.message) == ("warn", True)
    with cloud.client() as client:
        shown = status(client, clock=cloud.clock, region="simen").published
    assert (shown[0]["state"], shown[0]["reason"]) == ("refused", row["reason"])


def test_a_text_that_breaks_the_program_is_refused(
    clouds: Callable[..., Cloud], make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens while it is proved, the town is served under the law it had."""

    def break_(*_arguments: object) -> None:
        raise RecursionError

    monkeypatch.setattr("cloud_sync.policies.check_release", break_)
    cloud = clouds({**town(make), "policies": [make.published(NEW)]})
    assert cloud.run().law == IN_FORCE
    assert "RecursionError" in acceptance(cloud)["reason"]


@pytest.mark.parametrize("what", ["digest", "text", "sentence"])
def test_a_version_edited_after_its_acceptance_is_refused_loudly(
    what: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Also where only a sentence was changed, which the digest does not cover."""
    cloud = clouds({**town(make), "policies": [make.published(NEW, free_below_70=True)]})
    cloud.run()
    document = make.published(NEW, free_below_70=True)
    if what == "digest":
        cloud.write("policies", ROW, digest="sha256:" + "0" * 64)
    else:
        name, before, after = {
            "text": ("policy/simen/device.yaml", "value: 70", "value: 80"),
            "sentence": ("eligibility/device/texts.yaml", "免费", "免费！"),
        }[what]
        cloud.write("policies", ROW, files=_.set(spoilt(document, name, before, after)["files"]))
    finding = diagnosed(cloud)[0]
    assert (finding.level, "edited after" in finding.message) == ("fail", True)
    assert cloud.run().law == IN_FORCE
    assert acceptance(cloud)["state"] == "refused"
    assert "edited after it had been accepted" in acceptance(cloud)["reason"]
    assert acceptance(cloud)["digest"] == document["digest"]
    finding = diagnosed(cloud)[0]
    assert (finding.level, "new version" in finding.fix) == ("fail", True)


def test_the_newest_usable_version_is_in_force(clouds: Callable[..., Cloud], make: Make) -> None:
    """2030.10 is later than 2030.9; a bad later one, an older one and another region do nothing."""
    rows = [
        make.published("2030.9"),
        make.published("2030.10"),
        spoilt(make.published("2030.11"), "policy/simen/device.yaml", "owner:", "owned:"),
        make.published("2020.1"),
        make.published("2040.1", region="elsewhere", _id="pol:elsewhere:2040.1"),
    ]
    cloud = clouds({**town(make), "policies": rows})
    assert cloud.run().law == "2030.10"
    states = {
        row["_id"]: row.get("acceptance", {}).get("state")
        for row in cloud.dump()["policies"].values()
    }
    assert states == {
        "pol:simen:2030.9": None,
        "pol:simen:2030.10": "accepted",
        "pol:simen:2030.11": "refused",
        "pol:simen:2020.1": None,
        "pol:elsewhere:2040.1": None,
    }


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
