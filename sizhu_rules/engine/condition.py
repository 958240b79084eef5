"""The closed list of conditions: `< <= > >= == in between` over fields, joined by and, or, not.

In YAML a mapping of fields is a conjunction; `always` is the empty one:

    when:
      age: {">=": {param: device.free_age}}
      or:
        - household.status: {in: [dibao, dibian]}
        - not: {household.lapsed: {"==": false}}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sizhu_rules.engine.field import Field, Value
    from sizhu_rules.engine.source import Entry

ORDERED = ("<", "<=", ">", ">=", "between")
OPERATORS = ("<", "<=", ">", ">=", "==", "in", "between")


@dataclass(frozen=True, slots=True)
class Param:
    """A constant that stands in the region's dated parameters."""

    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of one field with constants; `between` includes both ends."""

    field: str
    operator: str
    operands: tuple[Value | Param, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold (and)."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds (or)."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Comparison | Every | Some | Not


def parse(entry: Entry, fields: Mapping[str, Field]) -> Condition:
    """Read a condition; raises `PolicyError` for anything outside the closed list."""
    if entry.is_a("str"):
        entry.choice(["always"])
        return Every(())
    parts: list[Condition] = []
    for key, value in entry.pairs():
        if key in ("and", "or"):
            inner = tuple(parse(item, fields) for item in value.items())
            parts.append(Every(inner) if key == "and" else Some(inner))
        elif key == "not":
            parts.append(Not(parse(value, fields)))
        elif key in fields:
            parts.extend(_tests(fields[key], value))
        else:
            raise value.error(
                f"'{key}' is no field of this sheet",
                f"use one of {', '.join(fields) or 'its fields (it has none)'}, and, or, not",
            )
    if not parts:
        raise entry.error("the condition is empty", "write 'always', or a comparison")
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _tests(field: Field, entry: Entry) -> Iterator[Comparison]:
    comparisons = entry.pairs()
    if not comparisons:
        raise entry.error(f"'{field.name}' is compared with nothing", 'write {"==": …}')
    for operator, value in comparisons:
        if operator not in OPERATORS:
            raise value.error(f"'{operator}' is no comparison", f"use one of {' '.join(OPERATORS)}")
        if operator in ORDERED and field.kind in ("enum", "bool"):
            raise value.error(f"'{field.name}' has no order", "use == or in")
        many = value.items() if operator in ("in", "between") else [value]
        if operator == "between" and len(many) != 2:  # noqa: PLR2004 - both ends
            raise value.error("'between' needs both ends", "write [first, last]")
        if not many:
            raise value.error("'in' lists nothing", "write [first, second]")
        operands = tuple(_operand(field, item) for item in many)
        yield Comparison(field.name, operator, operands, value.line)


def _operand(field: Field, entry: Entry) -> Value | Param:
    if entry.is_a("map"):
        return Param(entry.mapping(["param"])["param"].text())
    value: Value = entry.day() if field.kind == "day" else entry.value()
    if not field.accepts(value):
        raise entry.error(
            f"'{value}' lies outside the domain of '{field.name}'", "compare with a value of it"
        )
    return value


def tests(condition: Condition) -> Iterator[Comparison]:
    """List the comparisons of a condition."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from tests(condition.part)
    else:
        for part in condition.parts:
            yield from tests(part)


def bind(condition: Condition, value: Callable[[Param, Comparison], Value]) -> Condition:
    """Put constants in the place of parameters."""
    if isinstance(condition, Comparison):
        operands = tuple(
            value(operand, condition) if isinstance(operand, Param) else operand
            for operand in condition.operands
        )
        return Comparison(condition.field, condition.operator, operands, condition.line)
    if isinstance(condition, Not):
        return Not(bind(condition.part, value))
    return type(condition)(tuple(bind(part, value) for part in condition.parts))


def cut_points(test: Comparison) -> tuple[int, ...]:
    """Return where a bound comparison cuts an ordered domain: before each of these numbers."""
    numbers = [_number(operand) for operand in test.operands]
    if test.operator in ("<", ">="):
        return (numbers[0],)
    if test.operator in ("<=", ">"):
        return (numbers[0] + 1,)
    if test.operator == "between":
        return (numbers[0], numbers[1] + 1)
    return tuple(cut for number in numbers for cut in (number, number + 1))


def compare(test: Comparison, value: Value) -> bool:
    """Say whether a bound comparison holds for a known value."""
    if test.operator in ("==", "in"):
        return value in test.operands
    left, first = _number(value), _number(test.operands[0])
    match test.operator:
        case "<":
            return left < first
        case "<=":
            return left <= first
        case ">":
            return left > first
        case ">=":
            return left >= first
        case _:
            return first <= left <= _number(test.operands[1])


def holds(condition: Condition, truth: Callable[[Comparison], bool | None]) -> bool | None:
    """Evaluate by Kleene's three values; None is unknown."""
    if isinstance(condition, Comparison):
        return truth(condition)
    if isinstance(condition, Not):
        inner = holds(condition.part, truth)
        return None if inner is None else not inner
    decisive = isinstance(condition, Some)
    results = [holds(part, truth) for part in condition.parts]
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def _number(value: Value | Param) -> int:
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, int):
        return value
    raise TypeError("only bound numbers and days are ordered; bind the parameters first")
