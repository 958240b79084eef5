"""Examples generated from a compiled sheet, so that nobody has to think of them.

- A boundary triple for every cut of an ordered field: the number before, the number, the number
  after. A threshold that was shifted or an operator that lost its "or equal" shows there.
- A flip for every clause and field: a cell in which the clause fires, and the nearest cell that
  differs in this one field and comes out otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sizhu_rules.engine.field import Cells, Value
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.verdict import Result

_Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Boundary:
    """Three neighbouring values of a field around a cut, in one cell of the other fields."""

    field: str
    values: tuple[Value, ...]
    others: Mapping[str, Value]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """One clause that fires, and one changed fact with which the sheet says something else."""

    clause: str
    field: str
    point: Mapping[str, Value]
    to: Value
    before: Result
    after: Result


def boundaries(table: Table) -> Iterator[Boundary]:
    """List the triples of a table: each cut in the first cell of the others where it matters."""
    for position, cells in enumerate(table.cells):
        for number, at in enumerate(cells.cuts, 1):
            codes = _where_it_matters(table, position, number)
            point = _point(table, codes)
            del point[cells.field.name]
            values = tuple(
                _value(cells, one)
                for one in (at - 1, at, at + 1)
                if cells.field.low <= one <= cells.field.high
            )
            results = tuple(
                table.result((*codes[:position], cells.code(value), *codes[position + 1 :]))
                for value in values
            )
            yield Boundary(cells.field.name, values, point, results)


def flips(table: Table) -> Iterator[Flip]:
    """List for every clause and field the nearest single change that changes the answer."""
    for bound in table.clauses:
        fires = [codes for codes in table.ordinary() if bound.index in table.result(codes).clauses]
        for position, cells in enumerate(table.cells):
            found = next(
                (
                    (codes, other)
                    for codes in fires
                    for other in _nearest(cells, codes[position])
                    if not table.result(codes).same_outcome(
                        table.result(_changed(codes, position, other))
                    )
                ),
                None,
            )
            if found is not None:
                codes, other = found
                yield Flip(
                    bound.clause.id,
                    cells.field.name,
                    _point(table, codes),
                    cells.points[other],
                    table.result(codes),
                    table.result(_changed(codes, position, other)),
                )


def _where_it_matters(table: Table, position: int, code: int) -> _Cell:
    """Return the first cell just above a cut whose result differs from the cell just below."""
    first: _Cell | None = None
    for codes in table.ordinary():
        if codes[position] == code:
            first = codes if first is None else first
            below = _changed(codes, position, code - 1)
            if not table.result(codes).same_outcome(table.result(below)):
                return codes
    if first is None:
        raise LookupError(f"{table.sheet.name} has no cell {code} there; the table is empty")
    return first


def _changed(codes: _Cell, position: int, code: int) -> _Cell:
    return (*codes[:position], code, *codes[position + 1 :])


def _nearest(cells: Cells, code: int) -> list[int]:
    others = [other for other in range(len(cells.points)) if other != code]
    return sorted(others, key=lambda other: abs(other - code))


def _point(table: Table, codes: _Cell) -> dict[str, Value]:
    return {
        cells.field.name: cells.points[code] for cells, code in zip(table.cells, codes, strict=True)
    }


def _value(cells: Cells, number: int) -> Value:
    return date.fromordinal(number) if cells.field.kind == "day" else number
