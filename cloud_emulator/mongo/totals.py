"""Accumulators: what `$group` and `$sum`-like expressions make of many values."""

import math
from collections.abc import Callable
from typing import Final

from cloud_emulator.mongo.expression.arrays import merge_objects
from cloud_emulator.mongo.expression.signature import is_null
from cloud_emulator.mongo.ordering import key
from cloud_emulator.values import MISSING, Value


def _numbers(values: list[Value]) -> list[int | float]:
    return [value for value in values if value.__class__ in (int, float)]


def _sum(values: list[Value]) -> Value:
    return sum(_numbers(values))


def _average(values: list[Value]) -> Value:
    numbers = _numbers(values)
    if not numbers:
        return None
    return sum(numbers) / len(numbers)


def _least(values: list[Value]) -> Value:
    return min((value for value in values if not is_null(value)), key=key, default=None)


def _greatest(values: list[Value]) -> Value:
    return max((value for value in values if not is_null(value)), key=key, default=None)


def _deviation(values: list[Value], *, sample: bool) -> Value:
    numbers = _numbers(values)
    count = len(numbers) - sample
    if count <= 0:
        return None
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((number - mean) ** 2 for number in numbers) / count)


def _first(values: list[Value]) -> Value:
    return None if not values or values[0] is MISSING else values[0]


def _last(values: list[Value]) -> Value:
    return None if not values or values[-1] is MISSING else values[-1]


def _present(values: list[Value]) -> Value:
    return [value for value in values if value is not MISSING]


def _distinct(values: list[Value]) -> Value:
    found: dict[bytes, Value] = {}
    for value in values:
        if value is not MISSING:
            found.setdefault(key(value), value)
    return list(found.values())


# Those that are expressions, too.
TOTALS: Final[dict[str, Callable[[list[Value]], Value]]] = {
    "$sum": _sum,
    "$avg": _average,
    "$min": _least,
    "$max": _greatest,
    "$stdDevPop": lambda values: _deviation(values, sample=False),
    "$stdDevSamp": lambda values: _deviation(values, sample=True),
}
ACCUMULATORS: Final[dict[str, Callable[[list[Value]], Value]]] = {
    **TOTALS,
    "$first": _first,
    "$last": _last,
    "$push": _present,
    "$addToSet": _distinct,
    "$mergeObjects": merge_objects,
}
