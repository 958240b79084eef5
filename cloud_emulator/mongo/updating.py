"""Updates: a MongoDB update compiled once, applied to documents without changing them in place.

A new document shares every untouched part with the old one; the store relies on that to see which
indexes are concerned.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.array_updates import ARRAY_OPERATORS
from cloud_emulator.mongo.operators import QueryError, is_number
from cloud_emulator.mongo.ordering import key
from cloud_emulator.mongo.paths import split
from cloud_emulator.values import MAX_INT64, MISSING, Document, Value, type_name

# (old value or MISSING) -> new value or MISSING; returning the same object means "unchanged".
Change = Callable[[Value], Value]
MAX_ARRAY_GAP: Final = 1_500_000


@dataclass(frozen=True, slots=True)
class FieldUpdate:
    """One operator on one path."""

    path: str
    parts: tuple[str, ...]
    change: Change
    creates: bool


def _set(operand: Value, path: str) -> Change:
    del path
    return lambda _old: operand


def _unset(operand: Value, path: str) -> Change:
    del operand, path
    return lambda _old: MISSING


def _arithmetic(name: str, combine: Callable[[Value, Value], Value]) -> Callable[..., Change]:
    def build(operand: Value, path: str) -> Change:
        if not is_number(operand):
            raise QueryError(f"Cannot {name} with a non-numeric argument: {{{safe_name(path)}}}")

        def change(old: Value) -> Value:
            if old is MISSING:
                return combine(None, operand)
            if not is_number(old):
                raise QueryError(
                    f"Cannot apply {name} to a value of non-numeric type: the field "
                    f"'{safe_name(path)}' is of type {type_name(old)}",
                )
            new = combine(old, operand)
            if new.__class__ is int and not -MAX_INT64 <= new < MAX_INT64:
                raise QueryError(f"{name} of '{safe_name(path)}' leaves the 64-bit range")
            return new

        return change

    return build


def _extreme(wanted: int) -> Callable[..., Change]:
    def build(operand: Value, path: str) -> Change:
        del path
        bound = key(operand)

        def change(old: Value) -> Value:
            if old is MISSING:
                return operand
            own = key(old)
            return operand if (bound > own if wanted > 0 else bound < own) else old

        return change

    return build


def _bit(operand: Value, path: str) -> Change:
    if operand.__class__ is not dict or not operand or not set(operand) <= {"and", "or", "xor"}:
        raise QueryError("$bit needs an object of and, or, xor")
    if any(value.__class__ is not int for value in operand.values()):
        raise QueryError("$bit needs whole numbers")

    def change(old: Value) -> Value:
        value = 0 if old is MISSING else old
        if value.__class__ is not int:
            raise QueryError(
                f"Cannot apply $bit to a value of non-integral type: {safe_name(path)}"
            )
        for name, mask in operand.items():
            value = {"and": value & mask, "or": value | mask, "xor": value ^ mask}[name]
        return value

    return change


_OPERATORS: Final[dict[str, Callable[[Value, str], Change]]] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _arithmetic("$inc", lambda old, by: by if old is None else old + by),
    "$mul": _arithmetic("$mul", lambda old, by: 0 * by if old is None else old * by),
    "$min": _extreme(-1),
    "$max": _extreme(1),
    "$bit": _bit,
    **ARRAY_OPERATORS,
}
# These leave a missing path missing instead of creating it.
_LEAVES_MISSING: Final = ("$unset", "$pop", "$pull", "$pullAll")


@dataclass(frozen=True, slots=True)
class Update:
    """A compiled update."""

    fields: tuple[FieldUpdate, ...]
    renames: tuple[tuple[str, str], ...]

    def apply(self, document: Document) -> Document:
        """Return the updated document; raise QueryError where MongoDB would refuse."""
        new = dict(document)
        copied: set[int] = {id(new)}
        for source, target in self.renames:
            _rename(new, source, target, copied)
        for field in self.fields:
            if len(field.parts) == 1:
                # Most updates change fields of the top level.
                _put(new, field.path, field.change(new.get(field.path, MISSING)))
            else:
                _descend(new, field.parts, field, copied)
        return new


def compile_update(update: Document) -> Update:
    """Compile a MongoDB update; raise QueryError for unknown operators and conflicting paths."""
    fields: list[FieldUpdate] = []
    renames: list[tuple[str, str]] = []
    for name, operands in update.items():
        if operands.__class__ is not dict:
            raise QueryError(f"Modifiers operate on fields: {safe_name(name)} needs an object")
        if name == "$rename":
            renames += _renames(operands)
            continue
        if name not in _OPERATORS:
            raise QueryError(f"Unknown modifier: {safe_name(name)}")
        for path, operand in operands.items():
            _check_path(path)
            change = _OPERATORS[name](operand, path)
            fields.append(FieldUpdate(path, split(path), change, name not in _LEAVES_MISSING))
    touched = [field.path for field in fields] + [path for pair in renames for path in pair]
    _check_conflicts(touched)
    return Update(tuple(fields), tuple(renames))


def _renames(operands: Document) -> list[tuple[str, str]]:
    for source, target in operands.items():
        if target.__class__ is not str:
            raise QueryError("$rename needs the new name as a string")
        _check_path(source)
        _check_path(target)
    return list(operands.items())


def _check_path(path: str) -> None:
    if path == "_id" or path.startswith("_id."):
        raise QueryError("Performing an update on the path '_id' would modify the immutable field")
    parts = split(path)
    if any(not part for part in parts):
        raise QueryError("The update path contains an empty field name, which is not allowed")
    if any(part.startswith("$") for part in parts):
        raise QueryError(
            f"positional or dollar path '{safe_name(path)}' is not part of this emulator: "
            "write the whole array with _.set, or name the position",
        )


def _check_conflicts(paths: list[str]) -> None:
    ordered = sorted(split(path) for path in paths)
    for first, second in itertools.pairwise(ordered):
        if second[: len(first)] == first:
            raise QueryError(
                f"Updating the path '{safe_name('.'.join(second))}' would create a conflict at "
                f"'{safe_name('.'.join(first))}'",
            )


def _put(node: Document, name: str, value: Value) -> None:
    if value is MISSING:
        node.pop(name, None)
    else:
        node[name] = value


def _child(node: Value, name: str, copied: set[int]) -> Value:
    """Return the container at `name` as a private copy, MISSING where there is none."""
    if node.__class__ is dict:
        value = node.get(name, MISSING)
    else:
        value = node[int(name)] if name.isdigit() and int(name) < len(node) else MISSING
    if (value.__class__ is dict or value.__class__ is list) and id(value) not in copied:
        value = value.copy()
        copied.add(id(value))
        _store(node, name, value)
    return value


def _store(node: Value, name: str, value: Value) -> None:
    if node.__class__ is dict:
        _put(node, name, value)
        return
    index = int(name)
    if index - len(node) > MAX_ARRAY_GAP:
        raise QueryError("the array position is too far behind the end of the array")
    if value is MISSING:
        if index < len(node):
            node[index] = None
        return
    node += [None] * (index + 1 - len(node))
    node[index] = value


def _descend(root: Document, parts: tuple[str, ...], field: FieldUpdate, copied: set[int]) -> None:
    node: Value = root
    for name in parts[:-1]:
        if node.__class__ is list and not name.isdigit():
            raise QueryError(f"Cannot create field in an array: path '{safe_name(field.path)}'")
        child = _child(node, name, copied)
        if child is MISSING:
            if not field.creates:
                return
            child = {}
            copied.add(id(child))
            _store(node, name, child)
        elif child.__class__ is not dict and child.__class__ is not list:
            if not field.creates:
                return
            raise QueryError(
                f"Cannot create field in a value of type {type_name(child)}: "
                f"path '{safe_name(field.path)}'",
            )
        node = child
    last = parts[-1]
    if node.__class__ is list:
        if not last.isdigit():
            raise QueryError(f"Cannot create field in an array: path '{safe_name(field.path)}'")
        old = node[int(last)] if int(last) < len(node) else MISSING
    else:
        old = node.get(last, MISSING)
    _store(node, last, field.change(old))


def _rename(root: Document, source: str, target: str, copied: set[int]) -> None:
    node: Value = root
    parts = split(source)
    for name in parts[:-1]:
        node = _child(node, name, copied)
        if node.__class__ is not dict:
            return
    value = node.pop(parts[-1], MISSING)
    if value is not MISSING:
        _descend(root, split(target), FieldUpdate(target, (), lambda _old: value, True), copied)  # noqa: FBT003 - the field's own order
