"""What `check` found about a region, for a program and for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found; `problems` are sentences that end in the fix, and forbid the policy."""

    region: str
    version: str | None
    digest: str | None
    sheets: tuple[Mapping[str, object], ...]
    gaps: tuple[str, ...]
    overlaps: tuple[str, ...]
    problems: tuple[str, ...]
    readings: tuple[Mapping[str, object], ...]
    unconfirmed: tuple[Mapping[str, object], ...]
    assumed_clauses: tuple[Mapping[str, object], ...]
    parameters: int
    documented_parameters: int
    adverse_on_unconfirmed: int
    cases: int
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Tell whether the policy may be used."""
        documented = self.documented_parameters == self.parameters
        return not self.problems and self.adverse_on_unconfirmed == 0 and documented

    def lines(self) -> list[str]:
        """Return the report as lines for a person, problems first."""
        sums = f"{len(self.gaps)} gaps, {len(self.overlaps)} overlaps without a reading"
        state = "well" if self.ok else "NOT USABLE"
        lines = [f"{self.region} {self.version or ''}: {state}, {sums}"]
        if self.digest is not None:
            lines.append(f"  {self.digest}")
        lines += [f"  problem: {problem}" for problem in self.problems]
        lines += [
            f"  sheet {sheet['sheet']} ({sheet['title']}): {sheet['clauses']} clauses,"
            f" {sheet['cells']} cells, {sheet['segments']} date segments"
            for sheet in self.sheets
        ]
        lines += [
            f"  reading {reading['id']}: {reading['question']} follows '{reading['follow']}',"
            f" {'confirmed' if reading['confirmed'] else 'UNCONFIRMED: a person decides'}"
            f" ({reading['by']})"
            for reading in self.readings
        ]
        lines += [
            f"  unconfirmed {value['name']} = {value['value']} ({value['basis']}):"
            f" {value['owner']} to confirm; {value['source']}"
            for value in self.unconfirmed
        ]
        lines += [
            f"  assumed {clause['id']} ({clause['basis']}): {clause['source']}"
            for clause in self.assumed_clauses
        ]
        lines += [f"  note: {note}" for note in self.notes]
        lines.append(
            f"  {self.parameters} parameter values, {self.documented_parameters} of them with"
            f" basis, day of checking and owner; {self.cases} cases pass;"
            f" {self.adverse_on_unconfirmed} adverse paths on unconfirmed values"
        )
        return lines

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON-ready data."""
        return {
            "region": self.region,
            "version": self.version,
            "digest": self.digest,
            "ok": self.ok,
            "sheets": [dict(sheet) for sheet in self.sheets],
            "gaps": list(self.gaps),
            "overlaps": list(self.overlaps),
            "problems": list(self.problems),
            "readings": [dict(reading) for reading in self.readings],
            "unconfirmed": [dict(value) for value in self.unconfirmed],
            "assumed_clauses": [dict(clause) for clause in self.assumed_clauses],
            "parameters": self.parameters,
            "documented_parameters": self.documented_parameters,
            "adverse_on_unconfirmed": self.adverse_on_unconfirmed,
            "cases": self.cases,
            "notes": list(self.notes),
        }
