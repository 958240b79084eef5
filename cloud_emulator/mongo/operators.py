"""Tests on one value: `$eq`, `$gt`, `$in`, `$regex`, `$mod` … by MongoDB's rules."""

import operator
import re
from collections.abc import Callable
from typing import Final

from cloud_emulator.mongo.ordering import key, rank, same
from cloud_emulator.mongo.paths import Test
from cloud_emulator.values import MISSING, Instant, Value


class QueryError(ValueError):
    """A filter, update or pipeline that MongoDB would refuse; the message carries no values."""


class Regex:
    """A regular expression with MongoDB's options i, m, s, x."""

    __slots__ = ("options", "pattern", "search")

    def __init__(self, pattern: str, options: str = "") -> None:
        """Compile; raise QueryError for an unknown option or a pattern that Python cannot read."""
        # `\w` and `\d` know ASCII only, as MongoDB's do; ignoring case needs all letters.
        flags = re.NOFLAG if "i" in options else re.ASCII
        for option in options:
            if option not in _REGEX_FLAGS:
                raise QueryError("a regex takes the options i, m, s and x only")
            flags |= _REGEX_FLAGS[option]
        try:
            self.search = re.compile(pattern, flags).search
        except (re.error, RecursionError, OverflowError):
            raise QueryError(
                "the regular expression cannot be read: simplify the pattern"
            ) from None
        self.pattern = pattern
        self.options = options

    @classmethod
    def of(cls, operand: Value, options: Value) -> "Regex":
        """Read the operands of `$regex` and `$options`."""
        if isinstance(operand, Regex):
            return operand if not options else cls(operand.pattern, options)
        if not isinstance(operand, str) or not isinstance(options, str):
            raise QueryError("$regex needs a string or a regex, $options a string")
        return cls(operand, options)


_REGEX_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def is_number(value: Value) -> bool:
    """Tell numbers from everything else; a bool is none."""
    return value.__class__ is int or value.__class__ is float


def equality(operand: Value) -> Test:
    """Build the test of `{field: operand}`: null takes the missing, a regex takes strings."""
    if operand is None or operand is MISSING:
        return lambda value: value is None or value is MISSING
    if operand.__class__ is str:
        return lambda value: value == operand
    if operand.__class__ is bool:
        return lambda value: value is operand
    if isinstance(operand, Regex):
        search = operand.search
        return lambda value: value.__class__ is str and search(value) is not None
    return lambda value: value is not MISSING and same(value, operand)


def _one_of(operand: Value) -> Test:
    if operand.__class__ is not list:
        raise QueryError("$in needs an array")
    strings = frozenset(item for item in operand if item.__class__ is str)
    others = tuple(equality(item) for item in operand if item.__class__ is not str)

    def test(value: Value) -> bool:
        if value.__class__ is str and value in strings:
            return True
        return any(other(value) for other in others)

    return test


_COMPARE: Final[dict[tuple[bool, bool], Callable[[Value, Value], bool]]] = {
    (True, True): operator.le,
    (True, False): operator.lt,
    (False, True): operator.ge,
    (False, False): operator.gt,
}


def _comparison(*, less: bool, equal: bool) -> Callable[[Value], Test]:
    compare = _COMPARE[less, equal]

    def build(operand: Value) -> Test:
        if operand is None:
            return equality(None) if equal else lambda _value: False
        if isinstance(operand, Regex):
            raise QueryError("a regex has no order: use $in or $not")
        if operand.__class__ is str:
            return lambda value: value.__class__ is str and compare(value, operand)
        if is_number(operand):
            return lambda value: is_number(value) and compare(value, operand)
        wanted, bound = rank(operand), key(operand)

        def test(value: Value) -> bool:
            if value is MISSING or rank(value) != wanted:
                return False
            return compare(key(value), bound)

        return test

    return build


def _exists(operand: Value) -> Test:
    del operand
    return lambda value: value is not MISSING


def _size(operand: Value) -> Test:
    if operand.__class__ is float and operand.is_integer():
        operand = int(operand)
    if operand.__class__ is not int or operand < 0:
        raise QueryError("$size needs a whole number that is not negative")
    return lambda value: value.__class__ is list and len(value) == operand


def _mod(operand: Value) -> Test:
    if operand.__class__ is not list or len(operand) != len(("divisor", "remainder")):
        raise QueryError("$mod needs [divisor, remainder]")
    if not all(is_number(item) for item in operand):
        raise QueryError("$mod needs numbers")
    divisor, remainder = int(operand[0]), int(operand[1])
    if divisor == 0:
        raise QueryError("$mod: the divisor cannot be 0")

    def test(value: Value) -> bool:
        if not is_number(value):
            return False
        # MongoDB truncates toward zero, Python floors.
        whole = int(value)
        rest = abs(whole) % abs(divisor)
        return (-rest if whole < 0 else rest) == remainder

    return test


_TYPES: Final[dict[str | int, tuple[type, ...]]] = {
    "double": (float,),
    "string": (str,),
    "object": (dict,),
    "array": (list,),
    "bool": (bool,),
    "date": (Instant,),
    "null": (type(None),),
    "int": (int,),
    "long": (int,),
    "number": (int, float),
    1: (float,),
    2: (str,),
    3: (dict,),
    4: (list,),
    8: (bool,),
    9: (Instant,),
    10: (type(None),),
    16: (int,),
    18: (int,),
}
_INT32_NAMES: Final = ("int", 16)
_INT64_NAMES: Final = ("long", 18)


def _type(operand: Value) -> Test:
    names = operand if operand.__class__ is list else [operand]
    tests: list[Test] = []
    for name in names:
        if name.__class__ not in (str, int) or name not in _TYPES:
            raise QueryError("$type names a type that this emulator does not know")
        tests.append(_type_test(name))
    return lambda value: any(test(value) for test in tests)


def _type_test(name: str | int) -> Test:
    classes = _TYPES[name]
    small = range(-(2**31), 2**31)
    if name in _INT32_NAMES:
        return lambda value: value.__class__ is int and value in small
    if name in _INT64_NAMES:
        return lambda value: value.__class__ is int and value not in small
    return lambda value: value.__class__ in classes


def _geo(operand: Value) -> Test:
    del operand
    raise QueryError("geo operators are not part of this emulator: filter by coordinates instead")


TESTS: Final[dict[str, Callable[[Value], Test]]] = {
    "$eq": equality,
    "$in": _one_of,
    "$gt": _comparison(less=False, equal=False),
    "$gte": _comparison(less=False, equal=True),
    "$lt": _comparison(less=True, equal=False),
    "$lte": _comparison(less=True, equal=True),
    "$exists": _exists,
    "$regex": equality,
    "$size": _size,
    "$mod": _mod,
    "$type": _type,
    "$near": _geo,
    "$nearSphere": _geo,
    "$geoWithin": _geo,
    "$geoIntersects": _geo,
}
