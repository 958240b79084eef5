"""One order for all values, as bytes: MongoDB's type ranks, then the value.

`key(value)` of two values compare as MongoDB compares the values, and are equal exactly when the
values are equal to MongoDB (so `1` and `1.0`, never `1` and `true`). Every field's key ends itself,
so keys of several fields can be joined, cut and complemented (descending order).
"""

import struct
from typing import Final

from cloud_emulator.values import MISSING, Document, Instant, Missing, Value

NULL_RANK: Final = 0x05
NUMBER_RANK: Final = 0x10
STRING_RANK: Final = 0x14
OBJECT_RANK: Final = 0x19
ARRAY_RANK: Final = 0x1E
BOOL_RANK: Final = 0x2D
DATE_RANK: Final = 0x32

RANKS: Final[dict[type, int]] = {
    Missing: NULL_RANK,
    type(None): NULL_RANK,
    int: NUMBER_RANK,
    float: NUMBER_RANK,
    str: STRING_RANK,
    dict: OBJECT_RANK,
    list: ARRAY_RANK,
    bool: BOOL_RANK,
    Instant: DATE_RANK,
}

_NULL = bytes([NULL_RANK])
_FALSE = bytes([BOOL_RANK, 0])
_TRUE = bytes([BOOL_RANK, 1])
_STRING = bytes([STRING_RANK])
# An empty array is less than null in MongoDB's sort order, as the undefined key of its index.
EMPTY_ARRAY: Final = b"\x03"
_FLIP: Final = bytes(255 - byte for byte in range(256))
_double = struct.Struct(">d").pack
_number = struct.Struct(">BQH").pack
_date = struct.Struct(">BQ").pack
_SIGN: Final = 1 << 63
_ALL: Final = (1 << 64) - 1
# Two numbers that share a double differ by less than this: it orders 64-bit integers exactly.
_MIDDLE: Final = 1 << 15


def _number_key(value: float) -> bytes:
    nearest = float(value)
    bits = int.from_bytes(_double(nearest + 0.0), "big")
    bits = (bits ^ _ALL) if bits & _SIGN else (bits | _SIGN)
    rest = value - int(nearest) if value.__class__ is int else 0
    return _number(NUMBER_RANK, bits, int(rest) + _MIDDLE)


def _string_key(value: str) -> bytes:
    raw = value.encode("utf-8", "surrogatepass")
    if b"\x00" in raw:
        raw = raw.replace(b"\x00", b"\x00\xff")
    return _STRING + raw + b"\x00\x00"


def _object_key(value: Document) -> bytes:
    parts = [bytes([OBJECT_RANK])]
    for name, item in value.items():
        inner = key(item)
        parts += (inner[:1], _string_key(name), inner)
    parts.append(b"\x00")
    return b"".join(parts)


def _array_key(value: list[Value]) -> bytes:
    return bytes([ARRAY_RANK]) + b"".join(map(key, value)) + b"\x00"


def key(value: Value) -> bytes:  # noqa: PLR0911 - one return for each type
    """Return the byte key of a value, comparing arrays and objects as wholes."""
    kind = value.__class__
    if kind is str:
        return _string_key(value)
    if kind is int or kind is float:
        return _number_key(value)
    if kind is bool:
        return _TRUE if value else _FALSE
    if kind is Instant:
        return _date(DATE_RANK, value.ms + _SIGN)
    if kind is dict:
        return _object_key(value)
    if kind is list:
        return _array_key(value)
    return _NULL


def rank(value: Value) -> int:
    """Return the type rank: range operators compare values of one rank only."""
    return RANKS[value.__class__]


def same(left: Value, right: Value) -> bool:
    """Tell whether MongoDB calls two values equal: True is not 1, key order counts."""
    kind = left.__class__
    if kind is str:
        return bool(left == right)
    if kind is not right.__class__ and RANKS[kind] != RANKS[right.__class__]:
        return False
    if kind is dict or kind is list:
        return key(left) == key(right)
    if left is MISSING or left is None:
        return True
    return bool(left == right)


def flip(raw: bytes) -> bytes:
    """Complement a key: the order of complemented keys is descending."""
    return raw.translate(_FLIP)


def after(prefix: bytes) -> bytes:
    """Return the least key greater than every key that starts with `prefix`."""
    cut = prefix.rstrip(b"\xff")
    return cut[:-1] + bytes([cut[-1] + 1])
