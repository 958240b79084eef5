"""The engines: our own decides, durable_rules gives a second opinion where it is installed.

    if engines.available()["durable"] is None:
        engines.cross_check(decision)       # raises Disagreement

A disagreement refuses the decision: nobody acts on either answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from sizhu_rules.engine.durable import Durable, DurableError
from sizhu_rules.engine.field import CONTRADICTION, Special
from sizhu_rules.errors import Disagreement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.field import Known, Value
    from sizhu_rules.engine.table import Table

__all__ = ["Agreement", "Disagreement", "EngineUnavailable", "available", "cross_check"]

# An unknown fact stands for all of its cells; this many of them are put to the second engine.
MOST_WITNESSES = 4


class EngineUnavailable(RuntimeError):  # noqa: N818 - named for what it says
    """The engine asked for is not installed; the message says why and how to get it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Both engines gave the same rows for so many cells."""

    engine: str
    cells: int


def available() -> dict[str, str | None]:
    """Name the engines; None means usable, else the reason why not and what to do."""
    return {"native": None, "durable": _why_no_durable()}


def cross_check(decision: Decision) -> Agreement:
    """Ask durable_rules about each sheet of a decision.

    It is told the values the decision read; where one is unknown, cells of it. Raises
    `Disagreement` where a row differs, `EngineUnavailable` where durable_rules is absent.
    """
    reason = _why_no_durable()
    if reason is not None:
        raise EngineUnavailable(reason)
    _rule, segment, answer = decision.parts
    if segment is None:
        return Agreement("durable", 0)
    cells = 0
    fields = decision.fields
    for table, leaf in zip(segment.tables, answer.leaves, strict=True):
        contradicting = any(fields.get(one.field.name) is CONTRADICTION for one in table.cells)
        for codes, values in _witnesses(table, fields):
            result = table.result(codes)
            native = tuple(bound.index for bound in table.clauses if bound.index in result.clauses)
            if not contradicting and result not in leaf.results:
                raise Disagreement(
                    table.sheet.name, decision.policy["digest"], "another leaf", _ids(table, native)
                )
            try:
                positions = _host().fired(table, values)
            except DurableError as error:
                raise Disagreement(
                    table.sheet.name, decision.policy["digest"], _ids(table, native), str(error)
                ) from error
            other = tuple(table.clauses[position].index for position in positions)
            if other != native:
                raise Disagreement(
                    table.sheet.name,
                    decision.policy["digest"],
                    _ids(table, native),
                    _ids(table, other),
                )
            cells += 1
    return Agreement("durable", cells)


def _witnesses(
    table: Table, fields: Mapping[str, Known | None]
) -> Iterator[tuple[tuple[int, ...], list[Value]]]:
    """List cells of what was read: values where known, cells where unknown, one where unread."""
    choices: list[Sequence[tuple[int, Value]]] = []
    for cells in table.cells:
        name = cells.field.name
        value = fields.get(name)
        if name not in fields:
            choices.append([(0, cells.points[0])])
        elif value is None or isinstance(value, Special):
            choices.append(list(enumerate(cells.points)))
        else:
            choices.append([(cells.code(value), value)])
    chosen = list(product(*choices))
    if len(chosen) > MOST_WITNESSES:
        last = len(chosen) - 1
        chosen = [chosen[last * i // (MOST_WITNESSES - 1)] for i in range(MOST_WITNESSES)]
    for one in chosen:
        yield tuple(code for code, _ in one), [value for _, value in one]


def _ids(table: Table, indices: Sequence[int]) -> str:
    return ", ".join(table.sheet.clauses[index].id for index in indices) or "no clause"


@lru_cache(maxsize=1)
def _host() -> Durable:
    return Durable()


@lru_cache(maxsize=1)
def _why_no_durable() -> str | None:
    try:
        _host()
    except ImportError as error:
        symbol = "PyEval_CallObject" in str(error)
        if symbol:
            return (
                "durable_rules was built without the flag Python 3.13 needs; reinstall it with"
                ' CPPFLAGS="-DPyEval_CallObject=PyObject_CallObject" and --no-cache-dir'
            )
        return "durable_rules is not installed; it needs a C compiler: pip install 'sizhu[durable]'"
    return None
