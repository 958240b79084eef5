"""Everything there is to say about a region's rules before anybody is judged by them.

Gaps, overlaps, readings, unconfirmed values, clauses that never fire, cases that fail, and the
count of paths on which something adverse rests on an unconfirmed value: it must be nought.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sizhu_rules.adequacy import inadequacies
from sizhu_rules.borrowing import borrowed
from sizhu_rules.cases import HOME, load_cases, run_case
from sizhu_rules.describing import undescribed
from sizhu_rules.engine.law import Law, load_law
from sizhu_rules.engine.policy import Policy, compile_law
from sizhu_rules.engine.sheet import GROUNDED
from sizhu_rules.engine.source import Files
from sizhu_rules.engine.verdict import badness
from sizhu_rules.errors import GapError, OverlapError, PolicyError
from sizhu_rules.policies import shipped
from sizhu_rules.registry import SPECS
from sizhu_rules.replaying import drift, release_problems
from sizhu_rules.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.spec import RuleSpec
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.verdict import Result
    from sizhu_rules.releases import Release


def check(
    region: str, *, directory: Path | None = None, texts: Mapping[str, str] | None = None
) -> Report:
    """Check the working text of a region; never raises for what is wrong in it.

    `directory` overlays regions as in `load_policy`; `texts` replaces single files. The region's
    frozen releases are proved as well: each is what it was, and its decisions still re-derive.
    """
    files = Files(shipped(), directory, texts)
    report = examine(region, files, SPECS)
    problems = release_problems(region, report.version, report.digest, files)
    return replace(report, problems=(*report.problems, *problems))


def check_release(release: Release) -> Report:
    """Check a frozen version, wherever it was published; never raises for what is wrong in it.

    It must be what its digest says, usable as a working text would have to be, and its decisions
    must still re-derive.
    """
    source = release.source
    report = examine(release.region, source, release.specs(), frozen=True)
    try:
        problems = tuple(drift(release, release.policy()))
    except PolicyError as error:
        problems = (str(error),)
    new = tuple(problem for problem in problems if problem not in report.problems)
    return replace(report, problems=(*report.problems, *new))


def examine(
    region: str, files: Files, specs: Sequence[RuleSpec], *, frozen: bool = False
) -> Report:
    """Examine one text of a region: compile it, run its cases, prove that they are adequate."""
    try:
        law = load_law(region, specs, files, frozen=frozen)
    except PolicyError as error:
        return _refused(region, None, [error])
    policy, errors = compile_law(law, specs, frozen=frozen)
    if policy is None:
        return _refused(region, law, errors)
    failures: list[str] = []
    number = 0
    try:
        for spec in specs:
            cases = load_cases(spec, files, region)
            number += len(cases)
            failures += [failure for case in cases if (failure := run_case(case, policy))]
            if not frozen:
                # A sheet is proved by its own cases, whichever town's numbers it is read with.
                every = cases if region == HOME else (*load_cases(spec, files), *cases)
                failures += inadequacies(policy.rules[spec.name], every, policy)
    except (PolicyError, LookupError) as error:
        failures.append(str(error))
    if not frozen and region != HOME:
        failures += borrowed(specs, policy, files)
    failures += _idle_clauses(policy)
    if not frozen:
        failures += undescribed(specs, law, files)
    return Report(
        region=region,
        version=policy.version,
        digest=policy.digest,
        sheets=tuple(_sheets(policy)),
        gaps=(),
        overlaps=(),
        problems=tuple(failures),
        readings=tuple(_readings(law)),
        unconfirmed=tuple(_unconfirmed(law)),
        assumed_clauses=tuple(_assumed_clauses(law)),
        parameters=sum(len(timeline) for timeline in law.parameters.values()),
        documented_parameters=_documented(law),
        adverse_on_unconfirmed=sum(adverse_on_unconfirmed(table) for table in _tables(policy)),
        cases=number,
        notes=tuple(_notes(policy)),
    )


def adverse_on_unconfirmed(table: Table) -> int:
    """Count the known cells in which something adverse rests on what nobody confirmed."""
    bound = {clause.index: clause for clause in table.clauses}
    confirmed = {reading.id: reading.confirmed for reading in table.readings}
    bad = 0
    for codes in table.ordinary():
        result = table.result(codes)
        if result.verdict == "needs_review" or not result.adverse:
            continue
        fired = [bound[index] for index in result.clauses]
        adverse = [clause for clause in fired if clause.result.adverse]
        unread = (
            not all(confirmed[name] for name in result.readings)
            and len({clause.result.outcome for clause in fired}) > 1
        )
        carried = [clause for clause in adverse if clause.result.verdict == result.verdict]
        if table.sheet.hit == "collect" and not all(clause.unconfirmed for clause in carried):
            continue  # one confirmed problem suffices, whatever else is found beside it
        bad += (
            unread
            or any(clause.unconfirmed for clause in adverse)
            or _kinder_silent(table, codes, result)
        )
    return bad


def _kinder_silent(table: Table, codes: Sequence[int], result: Result) -> bool:
    """Tell whether a kinder clause is silent only by a value that nobody confirmed."""
    if table.sheet.hit not in ("unique", "first"):
        return False
    silent = [table.clauses[position] for position in table.silent(codes)]
    return any(
        badness(clause.result) < badness(result)
        for clause in silent
        if table.sheet.hit == "unique" or clause.index < min(result.clauses)
    )


def _refused(region: str, law: Law | None, errors: list[PolicyError]) -> Report:
    return Report(
        region=region,
        version=None if law is None else law.version,
        digest=None,
        sheets=(),
        gaps=tuple(str(error) for error in errors if isinstance(error, GapError)),
        overlaps=tuple(str(error) for error in errors if isinstance(error, OverlapError)),
        problems=tuple(str(error) for error in errors),
        readings=() if law is None else tuple(_readings(law)),
        unconfirmed=() if law is None else tuple(_unconfirmed(law)),
        assumed_clauses=() if law is None else tuple(_assumed_clauses(law)),
        parameters=0 if law is None else sum(len(t) for t in law.parameters.values()),
        documented_parameters=0 if law is None else _documented(law),
        adverse_on_unconfirmed=0,
        cases=0,
        notes=(),
    )


def _tables(policy: Policy) -> Iterator[Table]:
    for rule in policy.rules.values():
        yield from _rule_tables(rule)


def _rule_tables(rule: Rule) -> Iterator[Table]:
    for segment in rule.segments:
        if segment is not None:
            yield from segment.tables


def _sheets(policy: Policy) -> Iterator[Mapping[str, object]]:
    for rule in policy.rules.values():
        for sheet in rule.sheets:
            tables = [t for t in _rule_tables(rule) if t.sheet.name == sheet.name]
            yield {
                "rule": rule.spec.name,
                "sheet": sheet.name,
                "title": sheet.title,
                "clauses": len(sheet.clauses),
                "segments": len(tables),
                "cells": max((table.size for table in tables), default=0),
            }


def _readings(law: Law) -> Iterator[Mapping[str, object]]:
    for reading in law.readings.values():
        yield {
            "id": reading.id,
            "sheet": reading.sheet,
            "question": reading.question,
            "follow": reading.follow,
            "code": reading.code,
            "by": reading.by,
            "on": reading.on.isoformat(),
            "basis": reading.basis,
            "source": reading.source,
            "confirmed": reading.confirmed,
        }


def _unconfirmed(law: Law) -> Iterator[Mapping[str, object]]:
    for name, timeline in sorted(law.parameters.items()):
        for value in timeline:
            if not value.confirmed:
                yield {
                    "name": name,
                    "value": value.value,
                    "from": value.since.isoformat(),
                    "basis": value.basis,
                    "source": value.source,
                    "owner": value.owner,
                    "checked_on": value.checked_on.isoformat(),
                }


def _assumed_clauses(law: Law) -> Iterator[Mapping[str, object]]:
    for sheets in law.sheets.values():
        for sheet in sheets:
            for clause in sheet.clauses:
                if clause.basis not in GROUNDED:
                    yield {
                        "id": clause.id,
                        "basis": clause.basis,
                        "source": clause.source,
                        "quote": clause.quote,
                    }


def _documented(law: Law) -> int:
    """Count the parameter values that say on what they rest, when that was checked, whose it is."""
    return sum(
        bool(value.basis and value.source and value.owner and value.checked_on)
        for timeline in law.parameters.values()
        for value in timeline
    )


def _idle_clauses(policy: Policy) -> Iterator[str]:
    for rule in policy.rules.values():
        for sheet in rule.sheets:
            fired = {
                index
                for table in _rule_tables(rule)
                if table.sheet.name == sheet.name
                for codes in table.ordinary()
                for index in table.result(codes).clauses
            }
            for index, clause in enumerate(sheet.clauses):
                if index not in fired:
                    yield (
                        f"{sheet.file}:{clause.line}: {clause.id} never fires;"
                        " correct its condition, or take it away"
                    )


def _notes(policy: Policy) -> Iterator[str]:
    used = {
        name
        for table in _tables(policy)
        for codes in table.ordinary()
        for name in table.result(codes).readings
    }
    for reading in policy.law.readings.values():
        where = f"{reading.file}:{reading.line}: the reading '{reading.id}'"
        if reading.id not in used:
            yield f"{where} answers no question now"
        elif not reading.confirmed:
            yield f"{where} is unconfirmed: until somebody of the town confirms it a person decides"
