"""A published version of the law: proved, then accepted or refused."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest

from cloud_sync.inspection import status
from cloud_sync.statement import _
from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.policy import compile_law
from sizhu_rules.releases import from_document
from sizhu_rules.replaying import again
from tests.cloud_sync.published import IN_FORCE, NEW, ROW, Document, diagnosed, laws, town

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make


def acceptance(cloud: Cloud, id_: str = ROW) -> Document:
    """What the worker wrote into the row."""
    found: Document = cloud.dump()["policies"][id_].get("acceptance", {})
    return found


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
