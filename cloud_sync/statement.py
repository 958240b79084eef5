"""Statements of the WeChat cloud database, built from values and never from pieces of user text.

The HTTP API takes a JavaScript-like text such as `db.collection("cases").where({…}).get()`. Every
value is written as a JSON literal, an instant as `new Date(ms)`, an operator as `_.op(…)`: forms
that every parser of that language accepts. Source: WeChat cloud HTTP API, database pages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Endpoint = Literal[
    "databasequery",
    "databaseadd",
    "databaseupdate",
    "databasedelete",
    "databasecount",
    "databaseaggregate",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """A finished statement and the endpoint that takes it."""

    endpoint: Endpoint
    text: str

    def __repr__(self) -> str:
        """Hide the text: it holds values, and a repr may end in a log."""
        return f"Statement({self.endpoint!r}, {len(self.text)} characters)"


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
    return _one_line(_encode(value))


def _one_line(text: str) -> str:
    # JSON allows these two inside a text, JavaScript long did not.
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
        return _encode_fields(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_encode, value)) + "]"
    raise TypeError(
        f"A {type(value).__name__} cannot stand in a statement: "
        "use JSON values, aware datetimes or operators."
    )


def _encode_fields(document: Mapping[str, object]) -> str:
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


@dataclass(frozen=True, slots=True)
class Query:
    """A chain that begins with `db.collection(…)`; each method gives a longer chain."""

    text: str
    limited: bool = False

    def where(self, condition: Mapping[str, object]) -> Query:
        """Narrow to the documents that meet the condition."""
        return self._then("where", dict(condition))

    def order_by(self, field: str, direction: Literal["asc", "desc"] = "asc") -> Query:
        """Sort by a field."""
        return Query(
            f"{self.text}.orderBy({encode(field)},{encode(direction)})", limited=self.limited
        )

    def limit(self, count: int) -> Query:
        """Give at most so many documents (the cloud's own default is 10)."""
        return Query(f"{self.text}.limit({count:d})", limited=True)

    def field(self, names: Iterable[str]) -> Query:
        """Give these fields only (and `_id`)."""
        return self._then("field", dict.fromkeys(names, True))

    def get(self) -> Statement:
        """Read; raises `ValueError` without a limit, because the cloud would silently take 10."""
        if not self.limited:
            raise ValueError("A get() has no limit: add .limit(n), or ten documents come back.")
        return Statement("databasequery", f"{self.text}.get()")

    def count(self) -> Statement:
        """Count."""
        return Statement("databasecount", f"{self.text}.count()")

    def update(self, data: Mapping[str, object]) -> Statement:
        """Change all matching documents by one payload; nested documents are merged."""
        return Statement("databaseupdate", f"{self.text}.update({encode({'data': dict(data)})})")

    def remove(self) -> Statement:
        """Delete all matching documents."""
        return Statement("databasedelete", f"{self.text}.remove()")

    def add(self, documents: Sequence[Mapping[str, object]]) -> Statement:
        """Insert documents by one call."""
        # Field by field: trying the C encoder on a whole document that holds an instant would
        # write its larger part in vain.
        rows = ",".join(map(_encode_fields, documents))
        return Statement("databaseadd", _one_line(f"{self.text}.add({{data:[{rows}]}})"))

    def aggregate(self) -> Aggregation:
        """Begin an aggregation."""
        return Aggregation(f"{self.text}.aggregate()")

    def _then(self, method: str, argument: object) -> Query:
        return Query(f"{self.text}.{method}({encode(argument)})", limited=self.limited)


@dataclass(frozen=True, slots=True)
class Aggregation:
    """A chain of stages that begins with `db.collection(…).aggregate()`."""

    text: str

    def match(self, condition: Mapping[str, object]) -> Aggregation:
        """Keep the documents that meet the condition."""
        return self._then("match", dict(condition))

    def group(self, expression: Mapping[str, object]) -> Aggregation:
        """Fold documents by `_id`."""
        return self._then("group", dict(expression))

    def sort(self, keys: Mapping[str, int]) -> Aggregation:
        """Sort; 1 is ascending."""
        return self._then("sort", dict(keys))

    def limit(self, count: int) -> Aggregation:
        """Keep at most so many."""
        return self._then("limit", count)

    def end(self) -> Statement:
        """Finish."""
        return Statement("databaseaggregate", f"{self.text}.end()")

    def _then(self, stage: str, argument: object) -> Aggregation:
        return Aggregation(f"{self.text}.{stage}({encode(argument)})")


class Database:
    """The name `db` of the statement language."""

    __slots__ = ()

    def collection(self, name: str) -> Query:
        """Begin a chain on a collection."""
        return Query(f"db.collection({encode(name)})")


db = Database()
_ = Command()
