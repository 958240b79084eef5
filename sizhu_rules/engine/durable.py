"""durable_rules as the second, independent engine: the same clauses, compiled to its JSON.

It is given the clauses' conditions, not our table, so that a mistake in the table shows. Only the
subset that proved clean is used: `post` on one ruleset per group of clauses, typed integers,
priority = row number, a catch-all row, no background threads, no facts, timers or states.
Requires the extra `sizhu[durable]`; `durable` is imported in this module only.
"""

from __future__ import annotations

import json
import threading
from itertools import count
from typing import TYPE_CHECKING, Any

from sizhu_rules.engine.condition import Comparison, Condition, Every, Not

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sizhu_rules.engine.field import Cells, Value
    from sizhu_rules.engine.resolve import BoundClause
    from sizhu_rules.engine.table import Table

MOST_ROWS = 64
_ALWAYS = "row"  # a field that every message has: the catch-all row asks for it
_FLIPPED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NAMES = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class DurableError(RuntimeError):
    """durable_rules did not answer with exactly one row; its answer cannot be used."""


class Durable:
    """One quiet durable_rules host; rulesets are made once per compiled sheet and never freed."""

    def __init__(self) -> None:
        """Start the host; raises ImportError where durable_rules cannot be loaded."""
        from durable import engine  # noqa: PLC0415 - an extra: imported on use

        class Quiet(engine.Host):  # type: ignore[misc] # durable has no types
            """A host without background threads: they take answers away from their caller."""

            def _run(self) -> None:
                """Start nothing."""

        # It reads the wall clock for leases that we never hold, through a call that Python 3.12
        # deprecates: both go away with a clock that stands still.
        engine._unix_now = lambda: 0.0  # noqa: SLF001 - the only way to replace it
        self._unhandled = engine.MessageNotHandledException
        self._host: Any = Quiet()
        self._lock = threading.Lock()
        self._names = count()
        self._hits: list[int] = []
        self._groups: dict[int, tuple[Table, list[_Group]]] = {}

    def fired(self, table: Table, values: Sequence[Value]) -> tuple[int, ...]:
        """Ask which clauses fire where the table's fields have these values.

        Returns positions in `table.clauses`. Raises `DurableError`.
        """
        message = message_of(table, values)
        found: list[int] = []
        with self._lock:
            for group in self._of(table):
                found += group.rows[self.post(group.ruleset, message)]
        return tuple(sorted(found))

    def rulesets(self, table: Table) -> list[str]:
        """Name the rulesets of a table: for measuring one `post` alone."""
        return [group.ruleset for group in self._of(table)]

    def post(self, ruleset: str, message: dict[str, int]) -> int:
        """Post one message and return the row that answered; raises `DurableError`.

        Not for several threads at once: `fired` is.
        """
        self._hits.clear()
        try:
            state = self._host.post(ruleset, dict(message))
        except self._unhandled:
            raise DurableError(f"{ruleset}: no row matched; call a person") from None
        if len(self._hits) != 1 or not isinstance(state, dict) or "exception" in state:
            raise DurableError(f"{ruleset}: {len(self._hits)} rows answered; call a person")
        return self._hits[0]

    def _of(self, table: Table) -> list[_Group]:
        if id(table) not in self._groups:
            # The table is kept with its groups, so that its id stays its own.
            self._groups[id(table)] = (table, self._compile(table))
        return self._groups[id(table)][1]

    def _compile(self, table: Table) -> list[_Group]:
        groups: list[_Group] = []
        for clauses in _grouped(table):
            rows = _rows(table, clauses)
            if len(rows) > MOST_ROWS:
                raise DurableError(
                    f"{table.sheet.name} has {len(rows)} rows, durable_rules takes {MOST_ROWS};"
                    " split the sheet into stages"
                )
            name = f"{table.sheet.name.replace('.', '_')}_{next(self._names)}"
            definition = {
                f"row_{number:02d}": {
                    "all": [{"m": _conjunction(table, row)}],
                    "pri": number,
                    "run": self._record(number),
                }
                for number, row in enumerate(rows)
            }
            self._host.set_rulesets({name: definition})
            groups.append(_Group(name, rows))
        return groups

    def _record(self, number: int) -> Callable[[Any], None]:
        def record(_context: Any) -> None:  # noqa: ANN401 - durable's own context
            self._hits.append(number)

        return record


class _Group:
    """One ruleset and the clauses that each of its rows stands for."""

    __slots__ = ("rows", "ruleset")

    def __init__(self, ruleset: str, rows: list[tuple[int, ...]]) -> None:
        self.ruleset = ruleset
        self.rows = rows


def definition_json(table: Table) -> str:
    """Return the rulesets of a table as durable's JSON: for the benchmark and for reading."""
    rulesets = [
        {
            f"row_{number:02d}": {"all": [{"m": _conjunction(table, row)}], "pri": number}
            for number, row in enumerate(_rows(table, clauses))
        }
        for clauses in _grouped(table)
    ]
    return json.dumps(rulesets, ensure_ascii=False)


def message_of(table: Table, values: Sequence[Value]) -> dict[str, int]:
    """Return the message that durable gets for these values."""
    pairs = enumerate(zip(table.cells, values, strict=True))
    return {_name(i): _number(cells, value) for i, (cells, value) in pairs} | {_ALWAYS: 1}


def _grouped(table: Table) -> list[tuple[int, ...]]:
    """Group clauses that may fire together by what they look at; others stay whole."""
    if table.sheet.hit in ("unique", "first"):
        return [tuple(range(len(table.clauses)))]
    groups: dict[frozenset[str], list[int]] = {}
    for position, clause in enumerate(table.clauses):
        groups.setdefault(frozenset(_fields(clause.condition)), []).append(position)
    return [tuple(group) for group in groups.values()]


def _rows(table: Table, clauses: Sequence[int]) -> list[tuple[int, ...]]:
    # The first matching row wins: of a `first` sheet each clause is a row in its own place.
    if table.sheet.hit == "first":
        return [*((position,) for position in clauses), ()]
    # Else a row stands for a set of clauses and holds where all of them do, so larger sets come
    # first; the empty set is the catch-all.
    sets = {tuple(i for i in table.fired(codes) if i in clauses) for codes in table.ordinary()}
    return sorted(sets | {()}, key=lambda row: (-len(row), row))


def _conjunction(table: Table, row: Sequence[int]) -> dict[str, object]:
    if not row:
        return {"$ex": {_ALWAYS: 1}}
    parts = [_clause(table, table.clauses[position]) for position in row]
    return _joined("$and", parts)


def _clause(table: Table, bound: BoundClause) -> dict[str, object]:
    names = {cells.field.name: (_name(i), cells) for i, cells in enumerate(table.cells)}
    return _condition(bound.condition, names, holds=bound.clause.fires_when)


def _condition(
    condition: Condition, names: dict[str, tuple[str, Cells]], *, holds: bool
) -> dict[str, object]:
    if isinstance(condition, Not):
        return _condition(condition.part, names, holds=not holds)
    if isinstance(condition, Comparison):
        return _test(condition, *names[condition.field], holds=holds)
    if not condition.parts:
        if holds == isinstance(condition, Every):
            return {"$ex": {_ALWAYS: 1}}
        return {_ALWAYS: 0}
    parts = [_condition(part, names, holds=holds) for part in condition.parts]
    both = isinstance(condition, Every) == holds
    return _joined("$and" if both else "$or", parts)


def _test(test: Comparison, name: str, cells: Cells, *, holds: bool) -> dict[str, object]:
    numbers = [_number(cells, operand) for operand in test.operands]  # type: ignore[arg-type] # bound
    if test.operator in ("==", "in"):
        if holds:
            return _joined("$or", [{name: number} for number in numbers])
        return _joined("$and", [{"$neq": {name: number}} for number in numbers])
    if test.operator == "between":
        first, last = numbers
        if holds:
            return {"$and": [{"$gte": {name: first}}, {"$lte": {name: last}}]}
        return {"$or": [{"$lt": {name: first}}, {"$gt": {name: last}}]}
    operator = test.operator if holds else _FLIPPED[test.operator]
    return {_NAMES[operator]: {name: numbers[0]}}


def _joined(operator: str, parts: list[dict[str, object]]) -> dict[str, object]:
    return parts[0] if len(parts) == 1 else {operator: parts}


def _fields(condition: Condition) -> set[str]:
    if isinstance(condition, Comparison):
        return {condition.field}
    if isinstance(condition, Not):
        return _fields(condition.part)
    return {name for part in condition.parts for name in _fields(part)}


def _name(position: int) -> str:
    return f"f{position}"


def _number(cells: Cells, value: Value) -> int:
    """Encode a value as the integer durable compares: text would compare by bytes."""
    if cells.field.kind in ("enum", "bool"):
        return cells.points.index(value)
    if isinstance(value, int):
        return value
    return value.toordinal()  # type: ignore[union-attr] # a day field gives days
