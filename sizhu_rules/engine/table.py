"""A sheet compiled for one date segment: every cell enumerated once, then only looked at.

The product of all known cells is enumerated and resolved; equal sub-tables are shared. From it
follows the walk: facts are read in the sheet's order, and only until what is left to read can no
longer change the outcome. A fact that is unknown stands for all of its cells at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sizhu_rules.engine.condition import Comparison, compare, cut_points, holds, tests
from sizhu_rules.engine.field import Cells, Known, cut
from sizhu_rules.engine.resolve import (
    BoundClause,
    Conflict,
    bind_clause,
    named_parameters,
    resolve_collect,
    resolve_first,
    resolve_sum,
    resolve_unique,
)
from sizhu_rules.engine.tensor import Tensor
from sizhu_rules.errors import GapError, OverlapError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sizhu_rules.engine.parameters import Parameter, Reading
    from sizhu_rules.engine.sheet import Clause, Sheet
    from sizhu_rules.engine.verdict import Result, Values
    from sizhu_rules.engine.walk import Node

LARGEST_TABLE = 10_000
_WORDS: Final[Mapping[bool | None, str]] = {True: "pass", False: "fail", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a clause's condition holds (pass, fail, unknown) and the known fields in it."""

    clause: Clause
    result: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A compiled sheet: its cells, its bound clauses, and the walk through them."""

    sheet: Sheet
    day: date
    clauses: tuple[BoundClause, ...]
    cells: tuple[Cells, ...]
    tensor: Tensor
    readings: tuple[Reading, ...]

    @property
    def size(self) -> int:
        """How many cells there are, unknown ones included."""
        size = 1
        for cells in self.cells:
            size *= cells.known + 1
        return size

    def fired(self, codes: Sequence[int]) -> tuple[int, ...]:
        """Return the positions of the clauses that fire in an ordinary cell."""
        return _fired(self.clauses, self.cells, codes)

    def silent(self, codes: Sequence[int]) -> tuple[int, ...]:
        """Return the positions of the clauses that do not fire in a cell, but might.

        They would if a value that nobody has confirmed were otherwise.
        """
        return _silent(self.clauses, self.cells, codes)

    def ordinary(self) -> Iterator[tuple[int, ...]]:
        """List the cells on known facts without contradictions."""
        return product(*(range(len(cells.points)) for cells in self.cells))

    def result(self, codes: Sequence[int]) -> Result:
        """Return what the sheet says in a cell of known facts (contradictions included)."""
        return self.tensor.result(codes)

    def walk(self, facts: Mapping[str, Callable[[Any], Known | None]]) -> Node:
        """Build the walk on which the named functions read each field."""
        return self.tensor.walk(self.cells, [facts[cells.field.name] for cells in self.cells])

    def judge(self, codes: Sequence[int | None]) -> tuple[Judgement, ...]:
        """Judge every clause in the cells read; None where a fact was not read."""
        known = {
            cells.field.name: cells.points[code]
            for cells, code in zip(self.cells, codes, strict=True)
            if code is not None and code < len(cells.points)
        }

        def truth(test: Comparison) -> bool | None:
            value = known.get(test.field)
            return None if value is None else compare(test, value)

        return tuple(
            Judgement(
                bound.clause,
                _WORDS[holds(bound.condition, truth)],
                tuple(dict.fromkeys(t.field for t in tests(bound.condition) if t.field in known)),
            )
            for bound in self.clauses
        )


def compile_sheet(
    sheet: Sheet,
    day: date,
    parameters: Mapping[str, Parameter],
    readings: Iterable[Reading],
    adverse: Callable[[Values], bool],
    behind: Mapping[str, tuple[str, ...]],
) -> tuple[Table | None, list[PolicyError]]:
    """Compile a sheet as in force on a day; returns the table, or the errors that forbid it.

    `adverse` judges outcome values, `behind` names the parameters behind a derived field.
    """
    clauses = [(i, clause) for i, clause in enumerate(sheet.clauses) if clause.in_force(day)]
    errors = _unbound(sheet, [clause for _, clause in clauses], parameters, day)
    if errors:
        return None, errors
    bound = tuple(bind_clause(i, clause, parameters, adverse, behind) for i, clause in clauses)
    errors = _misfits(sheet, bound)
    if errors:
        return None, errors
    cells = tuple(
        cut(
            field,
            (
                point
                for clause in bound
                for test in tests(clause.condition)
                if test.field == field.name and field.kind in ("int", "day")
                for point in cut_points(test)
            ),
        )
        for field in sheet.fields
    )
    chosen = tuple(reading for reading in readings if reading.sheet == sheet.name)
    filling = _Filling(sheet, bound, cells, chosen)
    errors = filling.fill()
    if errors:
        return None, errors
    return Table(sheet, day, bound, cells, filling.tensor, chosen), []


def _unbound(
    sheet: Sheet, clauses: Iterable[Clause], parameters: Mapping[str, Parameter], day: date
) -> list[PolicyError]:
    return [
        PolicyError(
            sheet.file,
            line,
            f"the parameter '{name}' has no value on {day}",
            "add it to the region's policy for that day, or correct its name",
        )
        for clause in clauses
        for name, line in named_parameters(clause)
        if name not in parameters
    ]


def _misfits(sheet: Sheet, clauses: Iterable[BoundClause]) -> list[PolicyError]:
    fields = {field.name: field for field in sheet.fields}
    misfits = [
        PolicyError(
            sheet.file,
            test.line,
            f"a parameter gives '{operand}', outside the domain of '{test.field}'",
            "correct the parameter's value, or the field's range",
        )
        for clause in clauses
        for test in tests(clause.condition)
        for operand in test.operands
        if not fields[test.field].accepts(operand)  # type: ignore[arg-type] # bound: no Param left
    ]
    misfits += [
        PolicyError(
            sheet.file,
            clause.clause.effect.line,
            f"a parameter gives '{value}', and a sum adds whole numbers from 0 up",
            "correct the parameter's value",
        )
        for clause in clauses
        for _, value in clause.result.values
        # What a sum took away would be adverse, and nothing of a sum is seen by the safeguard.
        if sheet.hit == "sum" and (type(value) is not int or value < 0)
    ]
    return misfits


def _fired(
    clauses: Sequence[BoundClause], cells: Sequence[Cells], codes: Sequence[int]
) -> tuple[int, ...]:
    point = {c.field.name: c.points[code] for c, code in zip(cells, codes, strict=True)}
    return tuple(
        position
        for position, clause in enumerate(clauses)
        if holds(clause.condition, lambda test: compare(test, point[test.field]))
        is clause.clause.fires_when
    )


def _silent(
    clauses: Sequence[BoundClause], cells: Sequence[Cells], codes: Sequence[int]
) -> tuple[int, ...]:
    fired = _fired(clauses, cells, codes)
    point = {c.field.name: c.points[code] for c, code in zip(cells, codes, strict=True)}
    return tuple(
        position
        for position, clause in enumerate(clauses)
        if clause.guards and position not in fired and clause.might_fire(point)
    )


class _Filling:
    """One enumeration of a sheet's known cells; collects gaps and conflicts on the way."""

    def __init__(
        self,
        sheet: Sheet,
        clauses: tuple[BoundClause, ...],
        cells: tuple[Cells, ...],
        readings: tuple[Reading, ...],
    ) -> None:
        self.sheet = sheet
        self.clauses = clauses
        self.cells = cells
        self.readings = readings
        self.tensor = Tensor(len(cells))
        self.gaps: list[str] = []
        self.conflicts: dict[tuple[str, ...], tuple[Conflict, str]] = {}
        self._resolved: dict[tuple[tuple[int, ...], ...], int] = {}

    def fill(self) -> list[PolicyError]:
        """Fill the tensor; returns the errors that make it useless."""
        size = 1
        for one in self.cells:
            size *= one.known + 1
        if size > LARGEST_TABLE:
            what = f"the sheet has {size} cells, more than {LARGEST_TABLE}"
            return [PolicyError(self.sheet.file, self.sheet.line, what, "split it into stages")]
        self.tensor.root = self._build(0, ())
        return [*self._overlaps(), *self._gap()]

    def _build(self, depth: int, codes: tuple[int, ...]) -> int:
        if depth == len(self.cells):
            return self._leaf(codes)
        cells = self.cells[depth]
        children = [self._build(depth + 1, (*codes, code)) for code in range(len(cells.points))]
        contradiction = cells.field.contradiction
        if contradiction is not None and not self.gaps and not self.conflicts:
            children.append(self.tensor.contradicting(depth + 1, children, contradiction))
        return self.tensor.part(depth, tuple(children))

    def _leaf(self, codes: tuple[int, ...]) -> int:
        fired = _fired(self.clauses, self.cells, codes)
        silent = _silent(self.clauses, self.cells, codes)
        if (fired, silent) in self._resolved:
            return self._resolved[fired, silent]
        if not fired and self.sheet.hit != "sum":
            self.gaps.append(describe(self.cells, codes))
            return -1
        try:
            result = self._resolve(
                [self.clauses[position] for position in fired],
                [self.clauses[position] for position in silent],
            )
        except Conflict as conflict:
            ids = tuple(clause.id for clause in conflict.clauses)
            self.conflicts.setdefault(ids, (conflict, describe(self.cells, codes)))
            return -1
        self._resolved[fired, silent] = self.tensor.leaf(result)
        return self._resolved[fired, silent]

    def _resolve(self, fired: Sequence[BoundClause], silent: Sequence[BoundClause]) -> Result:
        match self.sheet.hit:
            case "unique":
                return resolve_unique(fired, self.clauses, self.readings, silent)
            case "first":
                return resolve_first(fired, self.clauses, silent)
            case "sum":
                return resolve_sum(fired, self.sheet.gives)
            case "collect":
                return resolve_collect(fired, self.clauses)

    def _overlaps(self) -> list[OverlapError]:
        return [
            OverlapError(
                self.sheet.file,
                max(clause.line for clause in conflict.clauses),
                f"{' and '.join(ids)} disagree where {where}",
                "record a reading (读法) for them in the region's policy, or narrow one of them",
            )
            for ids, (conflict, where) in self.conflicts.items()
        ]

    def _gap(self) -> list[GapError]:
        if not self.gaps:
            return []
        more = f" (and in {len(self.gaps) - 1} more cells)" if len(self.gaps) > 1 else ""
        what = f"no clause of {self.sheet.name} says what holds where {self.gaps[0]}{more}"
        return [GapError(self.sheet.file, self.sheet.line, what, "add a clause, or widen one")]


def describe(cells: Sequence[Cells], codes: Sequence[int]) -> str:
    """Describe a cell for a report."""
    return (
        ", ".join(
            f"{one.field.name} {one.label(code)}" for one, code in zip(cells, codes, strict=True)
        )
        or "in every case"
    )
