"""A region's policy: the sheets of all rules with its parameters and readings, compiled.

A region's file overrides the base region parameter by parameter and reading by reading. The
digest covers sheets, parameters and readings; comments, line breaks and texts do not touch it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sizhu_rules.engine.links import derived_of, used_parameters
from sizhu_rules.engine.rule import Rule, Segment
from sizhu_rules.engine.table import Table, compile_sheet
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sizhu_rules.engine.law import Identity, Law
    from sizhu_rules.engine.parameters import Parameter
    from sizhu_rules.engine.spec import RuleSpec


@dataclass(frozen=True, slots=True)
class Policy:
    """A compiled policy, ready to decide; made by `load_policy` or `sizhu_rules.testing`."""

    law: Law
    identity: Identity
    rules: Mapping[str, Rule]

    @property
    def region(self) -> str:
        """The region's code, such as "simen"."""
        return self.law.region

    @property
    def version(self) -> str:
        """The version as the region names it."""
        return self.law.version

    @property
    def digest(self) -> str:
        """The digest of sheets, parameters and readings."""
        return self.identity.digest

    def parameter(self, name: str, day: date) -> Parameter | None:
        """Return the value of a parameter in force on a day, or None."""
        return in_force(self.law.parameters.get(name, ()), day)

    def number(self, name: str, day: date) -> int:
        """Return a whole-number parameter; raises LookupError where none is in force."""
        parameter = self.parameter(name, day)
        if parameter is None or type(parameter.value) is not int:
            raise LookupError(f"{name} has no whole number on {day}; add it to the policy")
        return parameter.value

    def __repr__(self) -> str:
        """Show region, version and digest."""
        return f"Policy({self.region} {self.version}, {self.digest})"


def in_force(timeline: Iterable[Parameter], day: date) -> Parameter | None:
    """Return the value of a timeline that holds on a day."""
    for value in timeline:
        if value.since <= day and (value.until is None or day <= value.until):
            return value
    return None


def compile_law(
    law: Law, specs: Iterable[RuleSpec], *, frozen: bool = False
) -> tuple[Policy | None, list[PolicyError]]:
    """Compile all rules of a law; returns the policy, or every error that forbids it.

    A `frozen` law need not have the numbers that the arithmetic of a rule has come to use since.
    """
    identity = law.identity()
    rules: dict[str, Rule] = {}
    errors: list[PolicyError] = []
    for spec in specs:
        segments: list[tuple[date, Segment | None]] = []
        for day in _segment_days(spec, law):
            segment, found = _segment(spec, law, day, frozen=frozen)
            segments.append((day, segment))
            errors += [error for error in found if str(error) not in {str(e) for e in errors}]
        if not errors and all(segment is None for _, segment in segments):
            sheet = law.sheets[spec.name][0]
            errors.append(
                PolicyError(sheet.file, sheet.line, "no clause is ever in force", "date one")
            )
        rules[spec.name] = Rule(
            spec, identity, law.sheets[spec.name], segments, law.texts[spec.name]
        )
    if errors:
        return None, errors
    return Policy(law, identity, rules), []


def _segment_days(spec: RuleSpec, law: Law) -> list[date]:
    days: set[date] = set()
    spans = [
        (clause.since, clause.until) for sheet in law.sheets[spec.name] for clause in sheet.clauses
    ]
    spans += [
        (value.since, value.until)
        for name in used_parameters(spec, law)
        for value in law.parameters.get(name, ())
    ]
    for since, until in spans:
        days.add(since)
        if until is not None:
            days.add(until + timedelta(days=1))
    return sorted(days)


def _segment(
    spec: RuleSpec, law: Law, day: date, *, frozen: bool
) -> tuple[Segment | None, list[PolicyError]]:
    sheets = law.sheets[spec.name]
    derived_facts = derived_of(spec, sheets)
    if not all(any(clause.in_force(day) for clause in sheet.clauses) for sheet in sheets):
        return None, []
    values = {
        name: value
        for name in sorted(used_parameters(spec, law))
        if (value := in_force(law.parameters.get(name, ()), day)) is not None
    }
    errors: list[PolicyError] = []
    tables: list[Table] = []
    needed = [name for derived in derived_facts.values() for name in derived.parameters]
    needed += [name for name in spec.parameters if not frozen or name in law.parameters]
    errors += [
        PolicyError(
            f"policy/{law.region}",
            1,
            f"the parameter '{name}' has no value on {day}",
            "add it to the region's policy for that day",
        )
        for name in dict.fromkeys(needed)
        if name not in values
    ]
    if errors:
        return None, errors
    behind = {name: derived.parameters for name, derived in derived_facts.items()}
    for sheet in sheets:
        table, found = compile_sheet(
            sheet, day, values, law.readings.values(), spec.adverse, behind
        )
        errors += found
        if table is not None:
            tables.append(table)
    if errors:
        return None, errors
    return Segment(spec, day, tuple(tables), values), []
