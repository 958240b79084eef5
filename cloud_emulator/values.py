"""Values of documents: JSON values and instants, and how they are written as text.

A document in memory is a dict of None, bool, int, float, str, list, dict and `Instant`. Its stored
text is plain EJSON (`{"$date": ms}` for an instant), canonical enough that equal documents with
equal key order have equal text. Nothing that the cache hands out may be changed in place.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

# A BSON value is checked where it is used, at run time: a static union would only add casts.
Value: TypeAlias = Any
Document: TypeAlias = dict[str, Any]

MAX_DEPTH: Final = 100
MAX_INT64: Final = 2**63
MAX_SAFE_INT: Final = 2**53
MAX_INT32: Final = 2**31
MAX_MS: Final = 8_640_000_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Missing:
    """The absence of a field, which is not null."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the absence."""
        return "MISSING"

    def __bool__(self) -> bool:
        """Absence is false, as `undefined` is."""
        return False


MISSING: Final = Missing()


class Instant:
    """A BSON date: UTC milliseconds since 1970."""

    __slots__ = ("ms",)

    def __init__(self, ms: int) -> None:
        """Take milliseconds; JavaScript's range is checked where text is read."""
        self.ms = ms

    def __eq__(self, other: object) -> bool:
        """Compare by the millisecond; never equal to a number."""
        return other.__class__ is Instant and self.ms == other.ms

    def __hash__(self) -> int:
        """Hash as a date, apart from the number."""
        return hash(("date", self.ms))

    def __repr__(self) -> str:
        """Show the millisecond."""
        return f"Instant({self.ms})"


def instant_of(moment: datetime) -> Instant:
    """Turn an aware datetime into an instant, cutting what is below a millisecond."""
    delta = moment - _EPOCH
    return Instant(
        delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000,
    )


def datetime_of(instant: Instant) -> datetime:
    """Turn an instant into a UTC datetime; raise OverflowError outside years 1 to 9999."""
    seconds, ms = divmod(instant.ms, 1000)
    days, seconds = divmod(seconds, 86_400)
    return datetime.fromordinal(_EPOCH.toordinal() + days).replace(
        hour=seconds // 3600,
        minute=seconds // 60 % 60,
        second=seconds % 60,
        microsecond=ms * 1000,
        tzinfo=UTC,
    )


def parse_iso(text: str) -> Instant:
    """Read `2023-06-30` (UTC midnight) or an ISO instant with an offset.

    A date and time without offset raises ValueError: JavaScript would read it in the time zone of
    a server that nobody knows.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        if len(text) != len("2023-06-30"):
            raise ValueError("a date and time needs its offset: write 2023-06-30T08:00:00+08:00")
        moment = moment.replace(tzinfo=UTC)
    return instant_of(moment)


def js_int(text: str) -> int:
    """Read an integer literal as JavaScript does: exact to 2**53, then the nearest double."""
    if len(text) < len(str(MAX_SAFE_INT)):
        return int(text)
    number = float(text)
    if abs(number) >= MAX_INT64:
        raise ValueError("an integer outside 64 bits: send it as a string")
    return int(number) if abs(number) >= MAX_SAFE_INT else int(text)


def js_float(text: str) -> int | float:
    """Read a decimal literal as JavaScript does, where 1.0 and 1 are the same number."""
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number outside the range of a double: send it as a string")
    return int(number) if number.is_integer() and abs(number) <= MAX_SAFE_INT else number


def _wrap(value: object) -> dict[str, int]:
    """Write an instant; anything else has no business in a document."""
    if isinstance(value, Instant):
        return {"$date": value.ms}
    raise TypeError(f"a {type(value).__name__} cannot be stored in a document")


def _unwrap(pairs: Document) -> Document | Instant:
    """Read an instant: no stored document has `$date` as a key of its own."""
    return Instant(pairs["$date"]) if "$date" in pairs else pairs


encode = json.JSONEncoder(
    ensure_ascii=False,
    separators=(",", ":"),
    check_circular=False,
    allow_nan=False,
    default=_wrap,
).encode
_stored = json.JSONDecoder(object_hook=_unwrap).raw_decode


def decode(text: str) -> Document:
    """Read a stored text back into a document."""
    document: Document = _stored(text)[0]
    return document


def canonical(value: Value) -> Value:
    """Wrap every number and instant as canonical EJSON does."""
    kind = value.__class__
    if kind is dict:
        return {key: canonical(item) for key, item in value.items()}
    if kind is list:
        return [canonical(item) for item in value]
    if kind is int:
        name = "$numberInt" if -MAX_INT32 <= value < MAX_INT32 else "$numberLong"
        return {name: str(value)}
    if kind is float:
        return {"$numberDouble": repr(value)}
    if kind is Instant:
        return {"$date": {"$numberLong": str(value.ms)}}
    return value


def _imported_wrapper(value: dict[str, Value]) -> Value:
    """Read one EJSON wrapper of an import file."""
    name, inner = next(iter(value.items()))
    if name == "$date":
        if isinstance(inner, dict):
            inner = imported(inner)
        return parse_iso(inner) if isinstance(inner, str) else Instant(int(inner))
    if name in ("$numberInt", "$numberLong"):
        return int(inner)
    if name == "$numberDouble":
        return float(inner)
    raise ValueError(f"{name} is not an EJSON form that this emulator imports: write plain JSON")


def imported(value: Value) -> Value:
    """Read WeChat's import EJSON (`{"$date": "…Z"}`, `$numberInt` …) into a document value.

    Raises ValueError for a form that the emulator does not know.
    """
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith("$"):
            return _imported_wrapper(value)
        return {key: imported(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [imported(item) for item in value]
    if isinstance(value, datetime):
        return instant_of(value)
    return value


def type_name(value: Value) -> str:
    """Name a value's BSON type, for messages that must not show the value."""
    return _TYPE_NAMES.get(value.__class__, "unknown")


_TYPE_NAMES: Final = {
    Missing: "missing",
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    list: "array",
    dict: "object",
    Instant: "date",
}
