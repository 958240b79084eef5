"""Two versions of a policy, cell by cell: what each sheet says otherwise, where and since when.

    for difference in compare(load_policy("simen@2026.11"), load_policy("simen@working")): …

Both versions' cuts are laid over each other, so that no difference can hide between two cells;
what differs is given as boxes (`age 60..69, household.status none`), each exact. What it means for
the people of a register is another question: `sizhu_rules.bulk.preview`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Literal

from sizhu_rules.engine.field import Cells, cut
from sizhu_rules.engine.verdict import Result, badness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sizhu_rules.engine.field import Value
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.table import Table

Direction = Literal["better", "worse", "other", "reasons", "added", "removed"]
_Cell = tuple[int, ...]
_Box = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one sheet says otherwise in one box of cells on a span of submission days.

    `where` names the fields that matter there with their values in words; empty means everywhere.
    `until` is the last day, None is open. `direction` is from the person's view; `reasons` says
    that only the codes changed. `before` and `after` are None where a sheet is not in force.
    """

    rule: str
    sheet: str
    since: date
    until: date | None
    where: Mapping[str, tuple[str, ...]]
    cells: int
    before: Result | None
    after: Result | None
    direction: Direction

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON-ready data."""
        return {
            "rule": self.rule,
            "sheet": self.sheet,
            "since": self.since.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
            "where": {name: list(labels) for name, labels in self.where.items()},
            "cells": self.cells,
            "direction": self.direction,
            "before": _said(self.before),
            "after": _said(self.after),
        }


def compare(before: Policy, after: Policy) -> Iterator[Difference]:
    """List every difference between two policies, rule by rule, oldest days first."""
    for name in dict.fromkeys((*before.rules, *after.rules)):
        old, new = before.rules.get(name), after.rules.get(name)
        for since, until in _spans(old, new):
            old_tables, new_tables = _tables(old, since), _tables(new, since)
            for sheet in dict.fromkeys((*old_tables, *new_tables)):
                for where, cells, one, other in _sheet(
                    old_tables.get(sheet), new_tables.get(sheet)
                ):
                    direction = _direction(one, other)
                    yield Difference(name, sheet, since, until, where, cells, one, other, direction)


def changed_rules(before: Policy, after: Policy) -> frozenset[str]:
    """Name the rules of the later policy under which somebody may be answered otherwise.

    Besides the sheets a rule reads the parameters behind its derived facts and its arithmetic.
    """
    return frozenset(
        {difference.rule for difference in compare(before, after)} & set(after.rules)
        | {
            name
            for name, rule in after.rules.items()
            if any(
                _values(before, parameter) != _values(after, parameter)
                for parameter in _behind(rule)
            )
        }
    )


def _behind(rule: Rule) -> set[str]:
    derived = rule.spec.derived.values()
    return {*rule.spec.parameters, *(name for one in derived for name in one.parameters)}


def _values(policy: Policy, name: str) -> list[tuple[object, ...]]:
    """Return what of a timeline decides: neither its sources nor who owns it."""
    return [
        (value.since, value.until, value.value, value.confirmed, value.alternatives)
        for value in policy.law.parameters.get(name, ())
    ]


def _spans(*rules: Rule | None) -> list[tuple[date, date | None]]:
    starts = sorted({start for rule in rules if rule is not None for start in rule.starts})
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return list(zip(starts, [*ends, None], strict=True))


def _tables(rule: Rule | None, day: date) -> dict[str, Table]:
    segment = None if rule is None else rule.segment(day)
    return {} if segment is None else {table.sheet.name: table for table in segment.tables}


def _sheet(
    old: Table | None, new: Table | None
) -> Iterator[tuple[Mapping[str, tuple[str, ...]], int, Result | None, Result | None]]:
    if old is None or new is None:
        only = old or new
        if only is not None:
            yield (
                {},
                only.size,
                None if old is None else _any(old),
                None if new is None else _any(new),
            )
        return
    fields = _overlaid(old, new)
    groups: dict[tuple[Result, Result], set[_Cell]] = {}
    for codes in product(*(range(len(cells.points)) for cells in fields)):
        point = {
            cells.field.name: cells.points[code] for cells, code in zip(fields, codes, strict=True)
        }
        pair = (_at(old, point), _at(new, point))
        if (pair[0].outcome, pair[0].codes) != (pair[1].outcome, pair[1].codes):
            groups.setdefault((_bare(pair[0]), _bare(pair[1])), set()).add(codes)
    for (one, other), cells in groups.items():
        for box in _boxes(cells):
            size = 1
            for side in box:
                size *= len(side)
            yield _words(fields, box), size, one, other


def _any(table: Table) -> Result:
    return table.result([0] * len(table.cells))


def _overlaid(old: Table, new: Table) -> list[Cells]:
    """Lay the cuts of both tables over each other, field by field."""
    found: dict[str, Cells] = {}
    for cells in (*old.cells, *new.cells):
        name = cells.field.name
        if name in found and cells.field.kind in ("int", "day"):
            found[name] = cut(cells.field, (*found[name].cuts, *cells.cuts))
        elif name in found:
            points = tuple(dict.fromkeys((*found[name].points, *cells.points)))
            found[name] = Cells(cells.field, (), points)
        else:
            found[name] = cells
    return list(found.values())


def _at(table: Table, point: Mapping[str, Value]) -> Result:
    return table.result([_code(cells, point[cells.field.name]) for cells in table.cells])


def _code(cells: Cells, value: Value) -> int:
    # A value that one version does not know cannot come up under it; any cell of it will do.
    known = cells.field.kind in ("int", "day") or value in cells.points
    return cells.code(value) if known else 0


def _bare(result: Result) -> Result:
    """Leave out what numbers the clauses of one version only."""
    return Result(
        verdict=result.verdict,
        values=result.values,
        candidates=result.candidates,
        codes=result.codes,
        adverse=result.adverse,
        clauses=(),
        problems=result.problems,
    )


def _boxes(cells: set[_Cell]) -> Iterator[_Box]:
    """Cover a set of cells exactly with boxes: values of the first field with equal rests join."""
    if cells == {()}:
        yield ()
        return
    rests: dict[int, set[_Cell]] = {}
    for first, *rest in cells:
        rests.setdefault(first, set()).add(tuple(rest))
    joined: dict[frozenset[_Cell], list[int]] = {}
    for first, remaining in sorted(rests.items()):
        joined.setdefault(frozenset(remaining), []).append(first)
    for below, firsts in joined.items():
        for box in _boxes(set(below)):
            yield (tuple(firsts), *box)


def _words(fields: Sequence[Cells], box: _Box) -> dict[str, tuple[str, ...]]:
    return {
        cells.field.name: tuple(_labels(cells, side))
        for cells, side in zip(fields, box, strict=True)
        if len(side) < len(cells.points)
    }


def _labels(cells: Cells, side: Sequence[int]) -> Iterator[str]:
    """Name the cells of a side; neighbours of an ordered field are one range."""
    if cells.field.kind in ("enum", "bool"):
        yield from (cells.label(code) for code in side)
        return
    runs: list[list[int]] = []
    for code in side:
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    for run in runs:
        inside = {cells.cuts[code - 1] for code in run[1:]}
        whole = cut(cells.field, (one for one in cells.cuts if one not in inside))
        yield whole.label(whole.code(cells.points[run[0]]))


def _direction(before: Result | None, after: Result | None) -> Direction:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if before.outcome == after.outcome:
        return "reasons"
    old, new = badness(before), badness(after)
    if old == new:
        return "other"
    return "worse" if new > old else "better"


def _said(result: Result | None) -> dict[str, object] | None:
    if result is None:
        return None
    return {
        "verdict": result.verdict,
        "values": dict(result.values),
        "candidates": [dict(one) for one in result.candidates],
        "codes": list(result.codes),
        "adverse": result.adverse,
    }
