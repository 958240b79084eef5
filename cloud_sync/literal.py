"""Literals and commands of the cloud's statement language.

Every value is a JSON literal, an instant `new Date(ms)`, a command `_.op(…)`: forms that every
parser of that language accepts, and that no user text can break out of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Operator:
    """A command of `db.command`, such as `_.gt(1)`; two are joined by `and_` and `or_`."""

    text: str

    def and_(self, other: Operator) -> Operator:
        """Both conditions hold for the field."""
        return Operator(f"{self.text}.and({other.text})")

    def or_(self, other: Operator) -> Operator:
        """One of the two conditions holds for the field."""
        return Operator(f"{self.text}.or({other.text})")

    def __repr__(self) -> str:
        """Hide the text: it holds values."""
        return f"Operator({len(self.text)} characters)"


class _NotPlainError(TypeError):
    """The value holds something that JSON has no literal for."""


def _not_plain(value: object) -> object:
    raise _NotPlainError(type(value).__name__)


# The C encoder writes whatever is plain JSON in one go; only the way to an instant or an operator
# is walked in Python. Chinese stays as it is: escaped twice it would triple the calls' size.
_plain = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_not_plain
).encode
_LINE_ENDS = str.maketrans({"\u2028": r"\u2028", "\u2029": r"\u2029"})


def encode(value: object) -> str:
    """Write a value as a literal of the statement language.

    Takes JSON values, aware datetimes (as `new Date(ms)`, UTC milliseconds, rounded down) and
    operators, in any nesting. Raises `TypeError` for anything else — a civil date is a text
    `YYYY-MM-DD`, money an integer of 分 — and `ValueError` for NaN, infinity and naive datetimes.
    """
    return one_line(_encode(value))


def one_line(text: str) -> str:
    """Escape the two line ends that JSON allows inside a text and JavaScript long did not."""
    if "\u2028" in text or "\u2029" in text:
        return text.translate(_LINE_ENDS)
    return text


def _encode(value: object) -> str:
    try:
        return _plain(value)
    except _NotPlainError:
        pass
    if isinstance(value, datetime):
        return f"new Date({milliseconds(value)})"
    if isinstance(value, Operator):
        return value.text
    if isinstance(value, dict):
        return encode_fields(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_encode, value)) + "]"
    raise TypeError(
        f"A {type(value).__name__} cannot stand in a statement: "
        "use JSON values, aware datetimes or operators."
    )


def encode_fields(document: Mapping[str, object]) -> str:
    """Write a document field by field; see `encode`."""
    if not all(isinstance(key, str) for key in document):
        raise TypeError("A document has a key that is no text: use texts as keys.")
    return "{" + ",".join(f"{_plain(k)}:{_encode(v)}" for k, v in document.items()) + "}"


def milliseconds(instant: datetime) -> int:
    """Return the UTC milliseconds of an instant, rounded down; raises `ValueError` if naive."""
    if instant.tzinfo is None:
        raise ValueError("An instant has no time zone: attach one before it is written.")
    return (instant - _EPOCH) // _MILLISECOND


class Command:
    """The commands of `db.command` that this worker uses, by the cloud's own names."""

    __slots__ = ()

    def eq(self, value: object) -> Operator:
        """Equal; a document is compared as a whole."""
        return _op("eq", value)

    def neq(self, value: object) -> Operator:
        """Not equal."""
        return _op("neq", value)

    def lt(self, value: object) -> Operator:
        """Less than, among values of the same type."""
        return _op("lt", value)

    def lte(self, value: object) -> Operator:
        """Less than or equal, among values of the same type."""
        return _op("lte", value)

    def gt(self, value: object) -> Operator:
        """Greater than, among values of the same type."""
        return _op("gt", value)

    def gte(self, value: object) -> Operator:
        """Greater than or equal, among values of the same type."""
        return _op("gte", value)

    def in_(self, values: Sequence[object]) -> Operator:
        """One of the values; `None` among them also matches a missing field."""
        return _op("in", list(values))

    def nin(self, values: Sequence[object]) -> Operator:
        """None of the values; matches a missing field unless `None` is among them."""
        return _op("nin", list(values))

    def exists(self, *, value: bool) -> Operator:
        """Whether the field is there."""
        return _op("exists", value)

    def not_(self, condition: Operator) -> Operator:
        """The condition does not hold for the field, or the field is missing."""
        return _op("not", condition)

    def or_(self, conditions: Sequence[Mapping[str, object]]) -> Operator:
        """One of several whole conditions holds."""
        return _op("or", [dict(condition) for condition in conditions])

    def set(self, value: object) -> Operator:
        """Replace the field as a whole; a bare document would be merged into it."""
        return _op("set", value)

    def inc(self, value: int) -> Operator:
        """Add to a number; a missing field counts as 0."""
        return _op("inc", value)

    def remove(self) -> Operator:
        """Remove the field."""
        return Operator("_.remove()")

    def sum(self, expression: object) -> Operator:
        """Sum over a group of an aggregation, e.g. of `"$delta"`, or of 1 to count."""
        return Operator(f"db.command.aggregate.sum({encode(expression)})")


def _op(name: str, value: object) -> Operator:
    return Operator(f"_.{name}({encode(value)})")
