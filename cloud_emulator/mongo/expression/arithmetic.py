"""Arithmetic operators."""

import math
from typing import Final

from cloud_emulator.mongo.expression.signature import Operator, need_number, need_whole
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.values import Instant, Value


def _tidy(value: float) -> int | float:
    """Keep what JavaScript would not show a difference for: a finite number."""
    if isinstance(value, float) and not math.isfinite(value):
        raise QueryError("the result is no finite number")
    return value


def _add(*values: Value) -> Value:
    date: Instant | None = None
    total: int | float = 0
    for value in values:
        if isinstance(value, Instant):
            if date is not None:
                raise QueryError("only one date allowed in an $add expression")
            date = value
        else:
            total += need_number(value, "$add")
    return _tidy(total) if date is None else Instant(date.ms + round(total))


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, Instant):
        if isinstance(right, Instant):
            return left.ms - right.ms
        return Instant(left.ms - round(need_number(right, "$subtract")))
    return _tidy(need_number(left, "$subtract") - need_number(right, "$subtract"))


def _multiply(*values: Value) -> Value:
    total: int | float = 1
    for value in values:
        total *= need_number(value, "$multiply")
    return _tidy(total)


def _divide(left: Value, right: Value) -> Value:
    upper, lower = need_number(left, "$divide"), need_number(right, "$divide")
    if lower == 0:
        raise QueryError("can't $divide by zero")
    return upper / lower


def _mod(left: Value, right: Value) -> Value:
    upper, lower = need_number(left, "$mod"), need_number(right, "$mod")
    if lower == 0:
        raise QueryError("can't $mod by zero")
    result = math.fmod(upper, lower)
    both_whole = isinstance(upper, int) and isinstance(lower, int)
    return int(result) if both_whole else result


def _power(base: Value, exponent: Value) -> Value:
    left, right = need_number(base, "$pow"), need_number(exponent, "$pow")
    if left == 0 and right < 0:
        raise QueryError("$pow cannot take a base of 0 and a negative exponent")
    try:
        result = math.pow(left, right)
    except (OverflowError, ValueError):
        raise QueryError("the result of $pow is no finite number") from None
    whole = isinstance(left, int) and isinstance(right, int) and right >= 0
    return int(result) if whole else result


def _positive(value: Value, name: str) -> float:
    number = need_number(value, name)
    if number <= 0:
        raise QueryError(f"{name}'s argument must be a positive number")
    return number


def _root(value: Value) -> Value:
    number = need_number(value, "$sqrt")
    if number < 0:
        raise QueryError("$sqrt's argument must be greater than or equal to 0")
    return math.sqrt(number)


def _truncate(value: Value, places: Value = 0) -> Value:
    number, digits = need_number(value, "$trunc"), need_whole(places, "$trunc")
    if digits == 0:
        return math.trunc(number)
    scale = 10.0**digits
    return math.trunc(number * scale) / scale


def _exponential(value: Value) -> Value:
    try:
        return math.exp(need_number(value, "$exp"))
    except OverflowError:
        raise QueryError("the result of $exp is no finite number") from None


OPERATORS: Final = {
    "$abs": Operator(lambda value: abs(need_number(value, "$abs"))),
    "$add": Operator(_add, 0, None),
    "$ceil": Operator(lambda value: math.ceil(need_number(value, "$ceil"))),
    "$divide": Operator(_divide, 2, 2),
    "$exp": Operator(_exponential),
    "$floor": Operator(lambda value: math.floor(need_number(value, "$floor"))),
    "$ln": Operator(lambda value: math.log(_positive(value, "$ln"))),
    "$log": Operator(
        lambda value, base: math.log(_positive(value, "$log")) / math.log(_positive(base, "$log")),
        2,
        2,
    ),
    "$log10": Operator(lambda value: math.log10(_positive(value, "$log10"))),
    "$mod": Operator(_mod, 2, 2),
    "$multiply": Operator(_multiply, 0, None),
    "$pow": Operator(_power, 2, 2),
    "$sqrt": Operator(_root),
    "$subtract": Operator(_subtract, 2, 2),
    "$trunc": Operator(_truncate, 1, 2),
}
