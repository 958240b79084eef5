"""String operators."""

from typing import Final

from cloud_emulator.mongo.expression.signature import Operator, is_null, need_text, need_whole
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.values import Instant, Value, datetime_of


def as_text(value: Value, name: str) -> str:
    """Return a string as `$toLower`, `$substr` and their kin see a value; null is empty."""
    if is_null(value):
        return ""
    if isinstance(value, Instant):
        return datetime_of(value).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.ms % 1000:03d}Z"
    if value.__class__ in (int, float):
        return str(value)
    return need_text(value, name)


def _split(value: Value, separator: Value) -> Value:
    mark = need_text(separator, "$split")
    if not mark:
        raise QueryError("$split needs a separator that is not empty")
    return need_text(value, "$split").split(mark)


def _index(value: Value, part: Value, start: Value, end: Value, *, raw: bool) -> Value:
    name = "$indexOfBytes" if raw else "$indexOfCP"
    if is_null(value):
        return None
    text, wanted = need_text(value, name), need_text(part, name)
    first = 0 if start is None else need_whole(start, name)
    last = None if end is None else need_whole(end, name)
    if first < 0 or (last is not None and last < 0):
        raise QueryError(f"{name} needs positions that are not negative")
    if raw:
        return text.encode().find(wanted.encode(), first, last)
    return text.find(wanted, first, last)


def _index_bytes(value: Value, part: Value, start: Value = None, end: Value = None) -> Value:
    return _index(value, part, start, end, raw=True)


def _index_points(value: Value, part: Value, start: Value = None, end: Value = None) -> Value:
    return _index(value, part, start, end, raw=False)


def _substring_bytes(value: Value, start: Value, length: Value) -> Value:
    raw = as_text(value, "$substrBytes").encode()
    first, count = need_whole(start, "$substrBytes"), need_whole(length, "$substrBytes")
    if first < 0:
        return ""
    cut = raw[first:] if count < 0 else raw[first : first + count]
    try:
        return cut.decode()
    except UnicodeDecodeError:
        raise QueryError("$substrBytes cuts a character in two: use $substrCP") from None


def _substring_points(value: Value, start: Value, length: Value) -> Value:
    text = as_text(value, "$substrCP")
    first, count = need_whole(start, "$substrCP"), need_whole(length, "$substrCP")
    if first < 0 or count < 0:
        raise QueryError("$substrCP needs a start and a length that are not negative")
    return text[first : first + count]


def _compare_folded(left: Value, right: Value) -> Value:
    first, second = (as_text(value, "$strcasecmp").upper() for value in (left, right))
    return (first > second) - (first < second)


def _ascii_case(value: Value, *, upper: bool) -> str:
    text = as_text(value, "$toUpper" if upper else "$toLower")
    return "".join(
        (own.upper() if upper else own.lower()) if own.isascii() else own for own in text
    )


OPERATORS: Final = {
    "$concat": Operator(
        lambda *values: "".join(need_text(value, "$concat") for value in values),
        0,
        None,
    ),
    "$indexOfBytes": Operator(_index_bytes, 2, 4, nullable=False),
    "$indexOfCP": Operator(_index_points, 2, 4, nullable=False),
    "$split": Operator(_split, 2, 2),
    "$strLenBytes": Operator(
        lambda value: len(need_text(value, "$strLenBytes").encode()),
        nullable=False,
    ),
    "$strLenCP": Operator(lambda value: len(need_text(value, "$strLenCP")), nullable=False),
    "$strcasecmp": Operator(_compare_folded, 2, 2, nullable=False),
    "$substr": Operator(_substring_bytes, 3, 3, nullable=False),
    "$substrBytes": Operator(_substring_bytes, 3, 3, nullable=False),
    "$substrCP": Operator(_substring_points, 3, 3, nullable=False),
    "$toLower": Operator(lambda value: _ascii_case(value, upper=False), nullable=False),
    "$toUpper": Operator(lambda value: _ascii_case(value, upper=True), nullable=False),
}
