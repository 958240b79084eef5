"""Saying again, years later, what was decided: byte for byte, text aside, from what was read.

    replay(record)          # the stored decision as JSON; raises ReplayError where it differs

A decision is replayed under the release whose digest it names, and from its own `reads` alone.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from sizhu_rules.cases import amended, load_cases
from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.policy import compile_law
from sizhu_rules.errors import FactError, PolicyError, ReplayError
from sizhu_rules.policies import releases, rule_files
from sizhu_rules.registry import SPECS
from sizhu_rules.releases import Release, gather, is_version, read_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.source import Files


def replay(
    record: Mapping[str, Any], *, directory: Path | None = None, published: Iterable[Release] = ()
) -> Decision:
    """Derive a recorded decision again; `record` is its JSON as stored (schema 1).

    `published` are releases from elsewhere than the folders. Raises `ReplayError` where no release
    has its digest, or where it comes out otherwise.
    """
    return _as_recorded(record, policy_of(record, directory=directory, published=published))


def policy_of(
    record: Mapping[str, Any], *, directory: Path | None = None, published: Iterable[Release] = ()
) -> Policy:
    """Return the frozen policy under which a decision was made; raises `ReplayError`."""
    region, digest = record["policy"]["region"], record["policy"]["digest"]
    for release in (*releases(region, directory=directory), *published):
        if (release.region, release.digest) == (region, digest):
            return release.policy()
    raise ReplayError(
        f"no release of '{region}' has the digest {digest}; add the release folder it was decided"
        " under (SIZHU_POLICY_DIR), decisions of an unreleased text cannot be replayed"
    )


def freeze(region: str, *, released_on: date, note: str, directory: Path | None = None) -> Release:
    """Freeze a region's working text as it stands, with the decisions that prove it for ever.

    The caller writes it to its folder (`Release.write`). Raises `PolicyError` where the text does
    not compile, its version is none or frozen already, and ValueError where `note` says nothing.
    """
    if not note.strip():
        raise ValueError("the note is empty; say what changed, for whom and since when")
    source = rule_files(directory)
    policy, errors = compile_law(load_law(region, SPECS, source), SPECS)
    if policy is None:
        raise errors[0]
    if not is_version(policy.version):  # it names a folder, and versions are put in order
        raise PolicyError(
            f"policy/{region}/region.yaml", 1, "the version is none", "name it like 2026.11"
        )
    if policy.version in source.releases(region):
        raise PolicyError(
            f"policy/{region}/region.yaml",
            1,
            f"the version {policy.version} is frozen already",
            "raise 'version' in region.yaml; a release is never changed",
        )
    return Release(
        region=region,
        version=policy.version,
        digest=policy.digest,
        released_on=released_on,
        note=note,
        files=gather(region, source),
        replay="".join(f"{line}\n" for line in _lines(policy, source)),
    )


def release_problems(
    region: str, version: str | None, digest: str | None, source: Files
) -> Iterator[str]:
    """List what is wrong with a region's releases, and with a working text that poses as one."""
    for name, folder in sorted(source.releases(region).items()):
        try:
            release = read_release(region, name, folder)
            yield from drift(release, release.policy())
        except PolicyError as error:
            yield str(error)
            continue
        if name == version and digest is not None:
            yield from _unreleased(release, digest, source)


def _unreleased(release: Release, digest: str, source: Files) -> Iterator[str]:
    """Tell where a working text differs from the release whose version it carries.

    Cases may come and go; a sentence that was changed would be read by nobody.
    """
    differs = "differs from the frozen release"
    fix = "raise 'version', then `sizhu rules release`"
    if release.digest != digest:
        place = f"policy/{release.region}/region.yaml:1: the working text {differs}"
        yield f"{place} {release.version} and still carries its version; {fix}"
        return
    for name, text in gather(release.region, source).items():
        if "cases" not in name and release.files.get(name) != text:
            yield f"{name}:1: the file {differs} {release.version}, whose version it goes by; {fix}"


def drift(release: Release, policy: Policy) -> Iterator[str]:
    """List the decisions of a release that the program of today derives otherwise."""
    for number, line in enumerate(release.replay.splitlines(), 1):
        try:
            _as_recorded(json.loads(line), policy)
        except (ReplayError, FactError, LookupError, TypeError, ValueError) as error:
            yield (
                f"policy/{release.region}/releases/{release.version}/replay.jsonl:{number}: {error}"
            )


def again(record: Mapping[str, Any], policy: Policy) -> Decision:
    """Decide what a record has read, on its own day, under this policy; compares nothing."""
    rule = policy.rules[record["rule"]]
    facts = rule.spec.facts.from_mapping(record["reads"])
    return rule.decide(facts, date.fromisoformat(record["known_on"]))


def _as_recorded(record: Mapping[str, Any], policy: Policy) -> Decision:
    decision = again(record, policy)
    if decision.digest != record["digest"]:
        raise ReplayError(
            f"a decision of '{record['rule']}' under {policy.version} comes out otherwise than"
            " recorded; a change of the program altered an old law: undo it, or give the new"
            " behaviour a name of its own"
        )
    return decision


def _lines(policy: Policy, source: Files) -> Iterator[str]:
    """Write one line per case: what was read, on what day, and the digest that came out."""
    for rule in policy.rules.values():
        seen: set[str] = set()
        for case in load_cases(rule.spec, source):
            if amended(policy, case) is not policy or "error" in case.expect:
                continue
            facts = rule.spec.facts.from_mapping(case.facts)
            decision = rule.decide(facts, case.known_on)
            line = json.dumps(
                {
                    "rule": rule.spec.name,
                    "known_on": case.known_on.isoformat(),
                    "reads": decision.reads,
                    "digest": decision.digest,
                },
                ensure_ascii=False,
                separators=(",", ":"),
            )
            if line not in seen:
                seen.add(line)
                yield line
