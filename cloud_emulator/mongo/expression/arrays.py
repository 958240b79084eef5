"""Array, set and object operators."""

import itertools
from typing import Final

from cloud_emulator.mongo.expression.signature import (
    Operator,
    is_null,
    need_array,
    need_text,
    need_whole,
    truthy,
)
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.ordering import key
from cloud_emulator.values import MISSING, Document, Value, type_name

MAX_RANGE: Final = 1_000_000


def _element_at(array: Value, index: Value) -> Value:
    items, at = need_array(array, "$arrayElemAt"), need_whole(index, "$arrayElemAt")
    return items[at] if -len(items) <= at < len(items) else MISSING


def _to_object(array: Value) -> Value:
    result: Document = {}
    for item in need_array(array, "$arrayToObject"):
        if item.__class__ is dict and set(item) == {"k", "v"}:
            name, value = item["k"], item["v"]
        elif item.__class__ is list and len(item) == len("kv"):
            name, value = item
        else:
            raise QueryError("$arrayToObject needs [key, value] pairs or {k, v} objects")
        result[need_text(name, "$arrayToObject")] = value
    return result


def _to_array(value: Value) -> Value:
    if value.__class__ is not dict:
        raise QueryError(f"$objectToArray needs an object, not {type_name(value)}")
    return [{"k": name, "v": item} for name, item in value.items()]


def _concat(*arrays: Value) -> Value:
    return [item for array in arrays for item in need_array(array, "$concatArrays")]


def _contains(value: Value, array: Value) -> Value:
    own = key(value)
    return any(key(item) == own for item in need_array(array, "$in"))


def _window(first: Value, last: Value, length: int, name: str) -> range:
    start = 0 if first is None else need_whole(first, name)
    end = length if last is None else need_whole(last, name)
    if start < 0 or end < 0:
        raise QueryError(f"{name} needs positions that are not negative")
    return range(start, min(end, length))


def _index_of(array: Value, value: Value, start: Value = None, end: Value = None) -> Value:
    if is_null(array):
        return None
    items, own = need_array(array, "$indexOfArray"), key(value)
    for at in _window(start, end, len(items), "$indexOfArray"):
        if key(items[at]) == own:
            return at
    return -1


def _range(start: Value, end: Value, step: Value = 1) -> Value:
    whole = [need_whole(value, "$range") for value in (start, end, step)]
    if whole[2] == 0:
        raise QueryError("$range needs a step that is not 0")
    numbers = range(*whole)
    if len(numbers) > MAX_RANGE:
        raise QueryError(f"$range makes more than {MAX_RANGE} numbers")
    return list(numbers)


def _slice(array: Value, *bounds: Value) -> Value:
    items = need_array(array, "$slice")
    whole = [need_whole(value, "$slice") for value in bounds]
    if len(whole) == 1:
        return items[: whole[0]] if whole[0] >= 0 else items[whole[0] :]
    position, count = whole
    if count <= 0:
        raise QueryError("$slice needs a positive count after a position")
    start = position if position >= 0 else max(0, len(items) + position)
    return items[start : start + count]


def zip_arrays(inputs: list[Value], *, longest: bool, defaults: list[Value] | None) -> Value:
    """Join arrays position by position, as `$zip` does."""
    arrays = [need_array(item, "$zip") for item in inputs]
    if not longest:
        return [list(group) for group in zip(*arrays, strict=False)]
    fill = defaults if defaults is not None else [None] * len(arrays)
    if len(fill) != len(arrays):
        raise QueryError("$zip needs one default for each input")
    groups = itertools.zip_longest(*arrays, fillvalue=MISSING)
    return [
        [own if item is MISSING else item for item, own in zip(group, fill, strict=True)]
        for group in groups
    ]


def _keys(array: Value, name: str) -> dict[bytes, Value]:
    found: dict[bytes, Value] = {}
    for item in need_array(array, name):
        found.setdefault(key(item), item)
    return found


def _difference(left: Value, right: Value) -> Value:
    drop = _keys(right, "$setDifference")
    return [value for own, value in _keys(left, "$setDifference").items() if own not in drop]


def _intersection(*arrays: Value) -> Value:
    sets = [_keys(array, "$setIntersection") for array in arrays]
    if not sets:
        return []
    return [value for own, value in sets[0].items() if all(own in other for other in sets[1:])]


def _union(*arrays: Value) -> Value:
    joined: dict[bytes, Value] = {}
    for array in arrays:
        for own, value in _keys(array, "$setUnion").items():
            joined.setdefault(own, value)
    return [joined[own] for own in sorted(joined)]


def _equal_sets(*arrays: Value) -> Value:
    sets = [set(_keys(array, "$setEquals")) for array in arrays]
    return all(other == sets[0] for other in sets[1:])


def _subset(left: Value, right: Value) -> Value:
    return set(_keys(left, "$setIsSubset")) <= set(_keys(right, "$setIsSubset"))


def merge_objects(values: list[Value]) -> Document:
    """Join objects, later fields first in right; null counts as an empty object."""
    merged: Document = {}
    for value in values:
        if is_null(value):
            continue
        if value.__class__ is not dict:
            raise QueryError(f"$mergeObjects needs objects, not {type_name(value)}")
        merged.update(value)
    return merged


OPERATORS: Final = {
    "$arrayElemAt": Operator(_element_at, 2, 2),
    "$arrayToObject": Operator(_to_object),
    "$objectToArray": Operator(_to_array),
    "$concatArrays": Operator(_concat, 0, None),
    "$in": Operator(_contains, 2, 2, nullable=False),
    "$indexOfArray": Operator(_index_of, 2, 4, nullable=False),
    "$isArray": Operator(lambda value: value.__class__ is list, nullable=False),
    "$range": Operator(_range, 2, 3, nullable=False),
    "$reverseArray": Operator(lambda array: need_array(array, "$reverseArray")[::-1]),
    "$size": Operator(lambda array: len(need_array(array, "$size")), nullable=False),
    "$slice": Operator(_slice, 2, 3),
    "$allElementsTrue": Operator(
        lambda array: all(map(truthy, need_array(array, "$allElementsTrue"))),
        nullable=False,
    ),
    "$anyElementTrue": Operator(
        lambda array: any(map(truthy, need_array(array, "$anyElementTrue"))),
        nullable=False,
    ),
    "$setDifference": Operator(_difference, 2, 2),
    "$setEquals": Operator(_equal_sets, 2, None, nullable=False),
    "$setIntersection": Operator(_intersection, 0, None),
    "$setIsSubset": Operator(_subset, 2, 2, nullable=False),
    "$setUnion": Operator(_union, 0, None),
    "$mergeObjects": Operator(lambda *values: merge_objects(list(values)), 0, None, nullable=False),
}
