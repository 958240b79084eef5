"""Whether two compiled rules are the same to everybody: then a mutant is no mutant.

Proved, not guessed: on every date segment and in every cell of both, refined until neither cuts
finer, the results are equal (verdict, values, candidates, codes, readings, what they rest on), the
walks read the same fields whatever is unknown, and functions see the same parameters.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from sizhu_rules.engine.field import CONTRADICTION

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sizhu_rules.engine.field import Cells, Field, Known
    from sizhu_rules.engine.rule import Rule, Segment
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.verdict import Result
    from sizhu_rules.engine.walk import Node


def same_rule(one: Rule, other: Rule, anchors: Collection[str]) -> bool:
    """Tell whether two compilations of a rule differ in nothing that a decision shows.

    `anchors` are parameters of which only the confirmation counts: nobody looks at their value.
    """
    days = sorted({*one.starts, *other.starts})
    pairs = [(one.segment(day), other.segment(day)) for day in days]
    return all(_same_segment(a, b, anchors) for a, b in pairs)


def _same_segment(one: Segment | None, other: Segment | None, anchors: Collection[str]) -> bool:
    if one is None or other is None:
        return one is other
    return _visible(one, anchors) == _visible(other, anchors) and all(
        _same_table(a, b) for a, b in zip(one.tables, other.tables, strict=True)
    )


def _visible(segment: Segment, anchors: Collection[str]) -> dict[str, object]:
    """The parameters as functions see them; alternatives are tried out while unconfirmed."""
    return {
        name: (value.value, () if value.confirmed else value.alternatives)
        for name, value in segment.parameters.items()
        if name not in anchors
    }


def _same_table(one: Table, other: Table) -> bool:
    mine = {cells.field.name: cells for cells in one.cells}
    yours = {cells.field.name: cells for cells in other.cells}
    if {n: _read(c.field) for n, c in mine.items()} != {
        n: _read(c.field) for n, c in yours.items()
    }:
        return False
    values = [_values(cells, yours[name]) for name, cells in mine.items()]
    return all(
        _said(one, point) == _said(other, point)
        for combination in product(*values)
        for point in [dict(zip(mine, combination, strict=True))]
    ) and (
        list(mine) == list(yours) or _same_walk(one, other, dict(zip(mine, values, strict=True)))
    )


def _same_walk(one: Table, other: Table, values: Mapping[str, list[Known]]) -> bool:
    """Tell whether fields in another order leave every walk reading the same ones."""
    roots = [table.walk(dict.fromkeys(values, _never)) for table in (one, other)]
    for combination in product(*([*many, None] for many in values.values())):
        point = dict(zip(values, combination, strict=True))
        read, found = _walked(one, roots[0], point)
        if (read, found) != _walked(other, roots[1], point):
            return False
    return True


def _never(_facts: object) -> Known | None:
    raise AssertionError("the walk is led by codes")


def _walked(
    table: Table, root: Node, point: Mapping[str, Known | None]
) -> tuple[frozenset[str], frozenset[Result]]:
    node, read = root, set()
    while node.fact is not None:
        cells = table.cells[node.field]
        read.add(cells.field.name)
        node = node.child(cells.code(point[cells.field.name]))
    return frozenset(read), frozenset(node.results)


def _read(field: Field) -> tuple[object, ...]:
    return field.kind, field.members, field.contradiction, field.changeable


def _values(one: Cells, other: Cells) -> list[Known]:
    """One value of every cell of both."""
    points: list[Known] = list(dict.fromkeys([*one.points, *other.points]))
    return points if one.field.contradiction is None else [*points, CONTRADICTION]


def _said(table: Table, point: Mapping[str, Known]) -> tuple[object, ...]:
    result = table.result([cells.code(point[cells.field.name]) for cells in table.cells])
    fired = tuple(table.sheet.clauses[index].id for index in result.clauses)
    return (*result.outcome, result.codes, result.readings, result.rests_on, fired)
