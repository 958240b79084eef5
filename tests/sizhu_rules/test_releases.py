"""Frozen releases: decisions re-derive byte for byte, and nobody edits what is frozen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

import sizhu_rules.releases
from sizhu_rules import ReplayError, check, decide, freeze, load_policy, replay
from sizhu_rules.cases import load_cases
from sizhu_rules.engine.source import Files
from sizhu_rules.engine.spec import Derived
from sizhu_rules.errors import FactError, PolicyError
from sizhu_rules.policies import releases, rule_files, shipped
from sizhu_rules.registry import SPECS
from sizhu_rules.releases import from_document
from sizhu_rules.replaying import drift, release_problems
from sizhu_rules.testing import text_of, under_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sizhu_rules import Decision, Policy
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.releases import Release

REGION = "policy/simen/region.yaml"
DEVICE = "policy/simen/device.yaml"
FACTS = {"birth_date": "1963-11-20", "submitted_on": "2024-11-21", "household": {"status": "none"}}
TODAY = date(2024, 11, 22)


def working(folder: Path, version: str, **changes: tuple[str, str]) -> None:
    """Write an overlay of simen with a version and with texts replaced, file by file."""
    (folder / "simen").mkdir(parents=True, exist_ok=True)
    (folder / "simen" / "region.yaml").write_text(under_version("simen", version), encoding="utf-8")
    text = text_of(DEVICE)
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "simen" / "device.yaml").write_text(text, encoding="utf-8")


def frozen(folder: Path, note: str = "test") -> Release:
    """Freeze the working text of an overlay into it."""
    release = freeze("simen", released_on=TODAY, note=note, directory=folder)
    release.write(folder / "simen" / "releases" / release.version)
    return release


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """An overlay with version 2030.1 frozen."""
    working(tmp_path, "2030.1")
    frozen(tmp_path)
    return tmp_path


def decided(policy: Policy) -> list[Decision]:
    """Decide every case of every rule under a policy."""
    found = []
    for rule in policy.rules.values():
        for case in load_cases(rule.spec, rule_files()):
            try:
                facts = rule.spec.facts.from_mapping(case.facts)
            except FactError:
                continue
            found.append(rule.decide(facts, case.known_on))
    return found


def test_decisions_re_derive_byte_for_byte_after_the_next_version_is_published(
    overlay: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The record answers, not today's rules; only the sentences may be said otherwise."""
    old = load_policy("simen", directory=overlay)
    records = [decision.to_dict() for decision in decided(old)]
    assert len(records) > 100
    later = tmp_path_factory.mktemp("later")
    for path in (overlay / "simen").rglob("*"):
        if path.is_file():
            target = later / "simen" / path.relative_to(overlay / "simen")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    working(later, "2030.2", age=("value: 60", "value: 70"))
    frozen(later)
    new = load_policy("simen", directory=later)
    assert (new.version, new.digest) != (old.version, old.digest)
    assert decide("device", FACTS, policy=new, known_on=TODAY).outcome["share"] == "0"
    for record in records:
        again = replay(record, directory=later).to_dict()
        assert {**again, "text": None} == {**record, "text": None}
        assert json.dumps({**again, "text": None}) == json.dumps({**record, "text": None})


def test_the_newest_release_is_the_law_in_force_and_a_draft_is_not(overlay: Path) -> None:
    """Writing on the next version changes nobody's decision; 2030.10 is newer than 2030.9."""
    for version in ("2030.9", "2030.10"):
        working(overlay, version)
        frozen(overlay)
    working(overlay, "2030.11", age=("value: 60", "value: 70"))
    assert [release.version for release in releases("simen", directory=overlay)][-3:] == [
        "2030.1",
        "2030.9",
        "2030.10",
    ]
    other = overlay.parent / "again"
    overlay.rename(other)
    assert load_policy("simen", directory=other).version == "2030.10"
    assert load_policy("simen@2030.1", directory=other).version == "2030.1"
    assert load_policy("simen@working", directory=other).version == "2030.11"


def test_a_version_is_frozen_once(overlay: Path) -> None:
    """A change is a new version."""
    with pytest.raises(PolicyError, match=r"2030\.1 is frozen already; raise 'version'"):
        frozen(overlay)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("points/visit/texts.yaml", True),
        ("points/visit/words.yaml", True),
        ("policy/default/limits.yaml", True),
        ("points/visit/cases.yaml", False),
    ],
)
def test_a_sentence_of_a_release_is_not_changed_beside_it(
    overlay: Path, name: str, *, found: bool
) -> None:
    """Nobody would read it: the release is in force. Cases may come and go."""
    policy = load_policy("simen@working", directory=overlay)
    plain = Files(shipped(), overlay)
    assert list(release_problems("simen", "2030.1", policy.digest, plain)) == []
    changed = Files(shipped(), overlay, texts={name: f"{text_of(name)}# another word\n"})
    problems = list(release_problems("simen", "2030.1", policy.digest, changed))
    assert len(problems) == found
    if found:
        assert problems[0].startswith(f"{name}:1: the file differs from the frozen release 2030.1")
        assert problems[0].endswith("raise 'version', then `sizhu rules release`")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("policy/simen/device.yaml", "was changed after the release"),
        ("eligibility/device/share.yaml", "was changed after the release"),
        ("replay.jsonl", "was changed after the release"),
    ],
)
def test_an_edited_release_is_refused_with_file_line_and_fix(
    overlay: Path, name: str, complaint: str
) -> None:
    """Whoever corrects history is told to freeze a new version."""
    path = overlay / "simen" / "releases" / "2030.1" / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=complaint) as caught:
        load_policy("simen", directory=overlay)
    assert str(caught.value).startswith("policy/simen/releases/2030.1/release.yaml:")
    assert "freeze a new version" in str(caught.value)
    assert any(complaint in problem for problem in check("simen", directory=overlay).problems)


def test_a_release_whose_digest_was_edited_is_refused(overlay: Path) -> None:
    """The digest covers sheets, parameters and readings together."""
    head = overlay / "simen" / "releases" / "2030.1" / "release.yaml"
    text = head.read_text(encoding="utf-8")
    digest = load_policy("simen@working", directory=overlay).digest
    head.write_text(text.replace(digest, "sha256:" + "0" * 64), encoding="utf-8")
    with pytest.raises(PolicyError, match="not the one it was released under"):
        load_policy("simen@2030.1", directory=overlay)


def test_a_missing_file_of_a_release_is_named(overlay: Path) -> None:
    """Half a release is none."""
    (overlay / "simen/releases/2030.1/eligibility/device/share.yaml").unlink()
    with pytest.raises(PolicyError, match=r"share\.yaml:1: the file is missing; restore it"):
        load_policy("simen", directory=overlay)


def test_a_working_text_may_not_pose_as_the_release_it_differs_from(overlay: Path) -> None:
    """The same version number with other rules would make two laws of one name."""
    assert not check("simen", directory=overlay).problems
    working(overlay, "2030.1", age=("value: 60", "value: 61"))
    problems = check("simen", directory=overlay).problems
    assert any("differs from the frozen release 2030.1" in problem for problem in problems)


def test_a_decision_of_an_unreleased_text_cannot_be_replayed(policy: Policy) -> None:
    """The message says how to make it replayable."""
    record = decide("device", FACTS, policy=policy, known_on=TODAY).to_dict()
    record["policy"] = {"region": "simen", "version": "draft", "digest": "sha256:none"}
    with pytest.raises(ReplayError, match="no release of 'simen' has the digest"):
        replay(record)


def test_a_record_that_was_tampered_with_does_not_replay(overlay: Path) -> None:
    """Another birth date under the same digest comes out otherwise."""
    policy = load_policy("simen", directory=overlay)
    record = decide("device", FACTS, policy=policy, known_on=TODAY).to_dict()
    assert replay(record, directory=overlay).digest == record["digest"]
    record["reads"] = {**record["reads"], "birth_date": "1990-01-01"}  # type: ignore[dict-item] # JSON
    with pytest.raises(ReplayError, match="comes out otherwise"):
        replay(record, directory=overlay)


def test_a_published_document_is_the_release_again(overlay: Path) -> None:
    """What the cloud stores compiles to the same digest."""
    (release,) = [r for r in releases("simen", directory=overlay) if r.version == "2030.1"]
    document = json.loads(json.dumps(release.to_document()))
    assert from_document(document) == release
    assert from_document(document).policy().digest == release.digest


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"digest": None}, "'digest' is no text"),
        ({"files": [{"name": 3}]}, "'files' is no list of names and texts"),
        *[
            ({"files": [{"name": name, "text": "schema: 1"}]}, "a file of the version has no plain")
            for name in (
                "../x.yaml",
                "/etc/x.yaml",
                "policy/../x.yaml",
                "x.yaml",
                "a/b.txt",
                "a//b.yaml",
            )
        ],
        ({"version": "latest"}, "the version is none"),
        ({"releasedOn": "2026-13-01"}, "'releasedOn' is no day"),
    ],
)
def test_a_malformed_published_document_is_refused(
    overlay: Path, change: dict[str, object], complaint: str
) -> None:
    """The worker never takes half a law."""
    document = releases("simen", directory=overlay)[-1].to_document()
    with pytest.raises(PolicyError, match=complaint):
        from_document({**document, **change})


@pytest.mark.parametrize("version", ["../../elsewhere", "final", "2026"])
def test_what_is_no_version_is_not_frozen(tmp_path: Path, version: str) -> None:
    """It names a folder below `releases`, and versions are put in order."""
    working(tmp_path, version)
    with pytest.raises(PolicyError, match=r"region.yaml:1: the version is none; name it like"):
        frozen(tmp_path)
    assert list(tmp_path.rglob("release.yaml")) == []


def test_a_release_says_what_changed(tmp_path: Path) -> None:
    """An empty note is none."""
    working(tmp_path, "2030.1")
    with pytest.raises(ValueError, match="say what changed, for whom and since when"):
        frozen(tmp_path, note=" ")


def test_a_release_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed half-way it leaves nothing that would be taken for the law; the next run succeeds."""
    working(tmp_path, "2030.1")
    written: list[Path] = []

    def kill(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > 3:
            raise KeyboardInterrupt
        with path.open("wb") as file:
            file.write(content)

    with monkeypatch.context() as patched:
        patched.setattr(type(tmp_path), "write_bytes", kill)
        with pytest.raises(KeyboardInterrupt):
            frozen(tmp_path)
    shipped = releases("simen")
    assert releases("simen", directory=tmp_path) == shipped
    assert load_policy("simen", directory=tmp_path).version == "2030.1"
    release = frozen(tmp_path)
    assert releases("simen", directory=tmp_path) == (*shipped, release)
    assert list((tmp_path / "simen").glob(".*")) == []


def test_a_stray_folder_among_releases_is_named(overlay: Path) -> None:
    """Nobody can say whether it would be the newest law."""
    (overlay / "simen" / "releases" / "backup").mkdir()
    with pytest.raises(PolicyError, match="releases/backup:1: the folder is no version; name it"):
        load_policy("simen", directory=overlay)


def test_a_mistyped_folder_of_policies_does_not_mean_those_shipped(tmp_path: Path) -> None:
    """Otherwise the numbers of another town would decide without a word."""
    with pytest.raises(PolicyError, match="no such folder of policies; correct SIZHU_POLICY_DIR"):
        load_policy("simen", directory=tmp_path / "polcy")


@pytest.mark.parametrize("name", ["simen@2026.99", "simen@", "simen@../2026.11"])
def test_an_unknown_release_is_refused_or_means_the_law_in_force(name: str) -> None:
    """A misspelt version never silently becomes another one."""
    if name == "simen@":
        assert load_policy(name).region == "simen"
        return
    with pytest.raises(PolicyError, match="there is no such release"):
        load_policy(name)


def by_number(numbers: Mapping[str, Number]) -> Callable[[Facts], Number]:
    """A derived fact of a later program: it cannot be made without its number."""
    number = numbers["wish.later"]
    return lambda _facts: number


def test_an_old_law_needs_no_number_that_the_program_came_to_use_since(
    overlay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fact and an arithmetic that came later must not make old decisions unsayable."""
    *_, release = releases("simen", directory=overlay)
    later = Derived(by_number, reads=("wish.kind",), parameters=("wish.later",))
    specs = tuple(
        replace(
            spec,
            derived={**spec.derived, "wish.later": later},
            parameters=(*spec.parameters, "wish.other"),
        )
        if spec.name == "wish"
        else spec
        for spec in SPECS
    )
    monkeypatch.setattr(sizhu_rules.releases, "SPECS", specs)
    policy = release.policy()
    assert policy.digest == release.digest
    assert list(drift(release, policy)) == []
