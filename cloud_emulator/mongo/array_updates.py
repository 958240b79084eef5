"""Array operators of an update: `$push`, `$pop`, `$pull`, `$pullAll`, `$addToSet`."""

from collections.abc import Callable
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.matching import compile_filter
from cloud_emulator.mongo.operators import QueryError, Regex
from cloud_emulator.mongo.ordering import key
from cloud_emulator.mongo.sorting import sort_documents
from cloud_emulator.values import MISSING, Value, type_name

Change = Callable[[Value], Value]
_PUSH_MODIFIERS: Final = {"$each", "$position", "$slice", "$sort"}


def _array(old: Value, operator: str, path: str) -> list[Value]:
    if old is MISSING:
        return []
    if old.__class__ is not list:
        raise QueryError(
            f"The field '{safe_name(path)}' must be an array but is of type {type_name(old)}: "
            f"{operator} needs an array",
        )
    return list(old)


def _items(operand: Value, operator: str, allowed: set[str]) -> list[Value]:
    """Return the values to add: those of `$each`, else the operand itself."""
    if operand.__class__ is not dict or "$each" not in operand:
        return [operand]
    unknown = set(operand) - allowed
    if unknown:
        raise QueryError(f"Unrecognized clause in {operator}: {safe_name(min(unknown))}")
    if operand["$each"].__class__ is not list:
        raise QueryError(f"The argument to $each in {operator} must be an array")
    return list(operand["$each"])


def _whole(operand: Value, name: str) -> int | None:
    value = operand.get(name) if operand.__class__ is dict and "$each" in operand else None
    if value is not None and value.__class__ is not int:
        raise QueryError(f"The {name} of a $push must be a whole number")
    return value if value is None else int(value)


def _sorter(sort: Value) -> Callable[[list[Value]], list[Value]]:
    if sort is None:
        return lambda array: array
    if sort in (1, -1) and sort.__class__ is int:
        return lambda array: sorted(array, key=key, reverse=sort < 0)
    if sort.__class__ is dict and sort and all(way in (1, -1) for way in sort.values()):
        spec = tuple(sort.items())

        def by_fields(array: list[Value]) -> list[Value]:
            wrapped = [{"v": item} for item in array]
            prefixed = tuple((f"v.{path}", way) for path, way in spec)
            return [item["v"] for item in sort_documents(wrapped, prefixed)]

        return by_fields
    raise QueryError("The $sort of a $push must be 1, -1 or an object of these")


def _push(operand: Value, path: str) -> Change:
    items = _items(operand, "$push", _PUSH_MODIFIERS)
    position, cut = _whole(operand, "$position"), _whole(operand, "$slice")
    modifiers = operand if operand.__class__ is dict and "$each" in operand else {}
    arrange = _sorter(modifiers.get("$sort"))

    def change(old: Value) -> Value:
        array = _array(old, "$push", path)
        at = len(array) if position is None else position
        array[at:at] = items
        array = arrange(array)
        if cut is None:
            return array
        return array[:cut] if cut >= 0 else array[cut:]

    return change


def _add_to_set(operand: Value, path: str) -> Change:
    items = _items(operand, "$addToSet", {"$each"})

    def change(old: Value) -> Value:
        array = _array(old, "$addToSet", path)
        present = set(map(key, array))
        for item in items:
            own = key(item)
            if own not in present:
                present.add(own)
                array.append(item)
        return array

    return change


def _pop(operand: Value, path: str) -> Change:
    if operand.__class__ is not int or operand not in (1, -1):
        raise QueryError("$pop expects 1 or -1")

    def change(old: Value) -> Value:
        if old is MISSING:
            return old
        array = _array(old, "$pop", path)
        return array[:-1] if operand > 0 else array[1:]

    return change


def _without(drop: Callable[[Value], bool], operator: str, path: str) -> Change:
    def change(old: Value) -> Value:
        if old is MISSING:
            return old
        return [item for item in _array(old, operator, path) if not drop(item)]

    return change


def _pull(operand: Value, path: str) -> Change:
    if operand.__class__ is dict and not next(iter(operand), "$").startswith("$"):
        # An object is a condition on the fields of each element.
        condition = compile_filter(operand).matches
        return _without(lambda item: item.__class__ is dict and condition(item), "$pull", path)
    is_condition = operand.__class__ is dict and bool(operand)
    if is_condition or isinstance(operand, Regex):
        on_value = compile_filter({"v": operand}).matches
        return _without(lambda item: on_value({"v": item}), "$pull", path)
    own = key(operand)
    return _without(lambda item: key(item) == own, "$pull", path)


def _pull_all(operand: Value, path: str) -> Change:
    if operand.__class__ is not list:
        raise QueryError("$pullAll requires an array argument")
    keys = frozenset(map(key, operand))
    return _without(lambda item: key(item) in keys, "$pullAll", path)


ARRAY_OPERATORS: Final[dict[str, Callable[[Value, str], Change]]] = {
    "$push": _push,
    "$pop": _pop,
    "$pull": _pull,
    "$pullAll": _pull_all,
    "$addToSet": _add_to_set,
}
