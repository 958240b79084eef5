"""Whether two compiled rules are the same to everybody: then a mutant is no mutant.

Proved, not guessed. On every date segment functions see the same parameters; and in every cell of
both, refined until neither cuts finer, the results are equal (verdict, values, candidates, codes,
readings, what they rest on). Where they are not, every decision is compared, for whatever is known
and whatever is not: the facts read, the answer, its reasons, each clause judged. What an answer
rests on shows when the rest is confirmed: the jury compares that too.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, TypeVar

from sizhu_rules.engine.field import CONTRADICTION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sizhu_rules.engine.field import Cells, Field, Known
    from sizhu_rules.engine.rule import Rule, Segment
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.walk import Node

_V = TypeVar("_V")


def same_rule(one: Rule, other: Rule, unseen: Collection[str], *, cells_only: bool = False) -> bool:
    """Tell whether two compilations of a rule differ in nothing that a decision shows.

    `unseen` are parameters of which only the confirmation counts: no decision looks at their value.
    `cells_only` asks for equal tables, not just for equal decisions.
    """
    days = sorted({*one.starts, *other.starts})
    pairs = [(one.segment(day), other.segment(day)) for day in days]
    return all(_same_segment(a, b, unseen, cells_only=cells_only) for a, b in pairs)


def _same_segment(
    one: Segment | None, other: Segment | None, unseen: Collection[str], *, cells_only: bool
) -> bool:
    if one is None or other is None:
        return one is other
    return (
        _visible(one, unseen) == _visible(other, unseen)
        and _changeable(one) == _changeable(other)
        and all(
            _same_table(a, b, cells_only=cells_only)
            for a, b in zip(one.tables, other.tables, strict=True)
        )
    )


def _changeable(segment: Segment) -> list[tuple[str, str]]:
    """What a person may change, by field: where two sheets share one, one of them suffices."""
    fields = [cells.field for table in segment.tables for cells in table.cells]
    found = ((field.name, field.changeable) for field in fields if field.changeable is not None)
    return list(dict.fromkeys(found))


def _visible(segment: Segment, unseen: Collection[str]) -> dict[str, object]:
    """The parameters as functions see them; alternatives are tried out while unconfirmed."""
    return {
        name: (value.value, () if value.confirmed else value.alternatives)
        for name, value in segment.parameters.items()
        if name not in unseen
    }


def _same_table(one: Table, other: Table, *, cells_only: bool) -> bool:
    mine = {cells.field.name: cells for cells in one.cells}
    yours = {cells.field.name: cells for cells in other.cells}
    if {n: _read(c.field) for n, c in mine.items()} != {
        n: _read(c.field) for n, c in yours.items()
    }:
        return False
    values = {name: _values(cells, yours[name]) for name, cells in mine.items()}
    same_cells = list(mine) == list(yours) and all(
        _said(one, point) == _said(other, point) for point in _points(values)
    )
    return same_cells or (not cells_only and _same_decisions(one, other, values))


def _same_decisions(one: Table, other: Table, values: Mapping[str, list[Known]]) -> bool:
    """Tell whether no decision differs, reasons included, whatever is known and whatever is not."""
    roots = [table.walk(dict.fromkeys(values, _never)) for table in (one, other)]
    open_values = {name: [*many, None] for name, many in values.items()}
    return all(
        _shown(one, roots[0], point) == _shown(other, roots[1], point)
        for point in _points(open_values)
    )


def _points(values: Mapping[str, Sequence[_V]]) -> Iterator[dict[str, _V]]:
    for combination in product(*values.values()):
        yield dict(zip(values, combination, strict=True))


def _never(_facts: object) -> Known | None:
    raise AssertionError("the walk is led by codes")


def _shown(table: Table, root: Node, point: Mapping[str, Known | None]) -> tuple[object, ...]:
    """What a decision shows of this sheet: what was read, the answer, every clause judged."""
    node = root
    read: list[int | None] = [None] * len(table.cells)
    while node.fact is not None:
        cells = table.cells[node.field]
        code = read[node.field] = cells.code(point[cells.field.name])
        node = node.child(code)
    judged = [(j.clause.id, j.result, frozenset(j.fields)) for j in table.judge(read)]
    fields = {c.field.name for c, code in zip(table.cells, read, strict=True) if code is not None}
    answers = {(r.outcome, r.readings) for r in node.results}
    settled = None if node.settled is None else node.settled.outcome
    return fields, node.verdicts, node.codes, settled, answers, judged


def _read(field: Field) -> tuple[object, ...]:
    return field.kind, field.members, field.contradiction


def _values(one: Cells, other: Cells) -> list[Known]:
    """One value of every cell of both."""
    points: list[Known] = list(dict.fromkeys([*one.points, *other.points]))
    return points if one.field.contradiction is None else [*points, CONTRADICTION]


def _said(table: Table, point: Mapping[str, Known]) -> tuple[object, ...]:
    result = table.result([cells.code(point[cells.field.name]) for cells in table.cells])
    fired = tuple(table.sheet.clauses[index].id for index in result.clauses)
    return (*result.outcome, result.codes, result.readings, frozenset(result.rests_on), fired)
