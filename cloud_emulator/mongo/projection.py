"""Projections: `.field({…})` as MongoDB reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.matching import compile_filter
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.values import MISSING, Document, Value

Projector = Callable[[Document], Document]
_SLICE_PAIR: Final = 2


@dataclass(slots=True)
class _Node:
    """A part of a path: chosen as a whole, changed by a function, or entered."""

    children: dict[str, "_Node"] = field(default_factory=dict)
    whole: bool = False
    change: Callable[[Value], Value] | None = None


def compile_projection(projection: Document) -> Projector | None:
    """Compile a projection; None stands for "the document as it is".

    Raises QueryError for a mix of inclusion and exclusion (`_id` aside) and for unknown operators.
    """
    flat = _flatten(projection, "")
    if not flat:
        return None
    plain = {path: value for path, value in flat.items() if value.__class__ is not dict}
    modes = {bool(value) for path, value in plain.items() if path != "_id"}
    if len(modes) > 1:
        raise QueryError("Projection cannot have a mix of inclusion and exclusion")
    only_id = not modes and "_id" in plain
    including = bool(plain["_id"]) if only_id else modes == {True}
    root = _Node()
    for path, value in flat.items():
        if value.__class__ is dict:
            _insert(root, path).change = _operator(value)
        elif path != "_id" or only_id:
            _insert(root, path).whole = True
    if any(value.__class__ is dict and "$elemMatch" in value for value in flat.values()):
        including = True
    keep_id = bool(plain.get("_id", True))
    if including:
        return _inclusion(root, keep_id=keep_id)

    def exclude(document: Document) -> Document:
        kept: Document = _exclude(document, root)
        if not keep_id:
            kept.pop("_id", None)
        return kept

    return exclude


def _inclusion(root: _Node, *, keep_id: bool) -> Projector:
    if all(node.whole and not node.children for node in root.children.values()):
        # Whole fields of the top level are what most queries ask for.
        names = root.children.keys() | {"_id"} if keep_id else root.children.keys() - {"_id"}
        return lambda document: {name: document[name] for name in document if name in names}
    return lambda document: _with_id(document, _include(document, root), keep=keep_id)


def _flatten(projection: Document, prefix: str) -> Document:
    flat: Document = {}
    for name, value in projection.items():
        if value.__class__ is dict and not next(iter(value), "$").startswith("$"):
            flat.update(_flatten(value, f"{prefix}{name}."))
        elif value.__class__ in (bool, int, float) or (value.__class__ is dict and value):
            flat[prefix + name] = value
        else:
            raise QueryError(f"the projection of '{safe_name(name)}' must be true, false, 1 or 0")
    return flat


def _insert(root: _Node, path: str) -> _Node:
    node = root
    for part in path.split("."):
        if not part or part.startswith("$"):
            raise QueryError("a projection path has an empty or positional part")
        node = node.children.setdefault(part, _Node())
    return node


def _operator(operators: Document) -> Callable[[Value], Value]:
    name, operand = next(iter(operators.items()))
    if name == "$slice":
        return _slice(operand)
    if name == "$elemMatch" and operand.__class__ is dict:
        condition = compile_filter(operand).matches

        def first(value: Value) -> Value:
            items = value if value.__class__ is list else []
            hits = (item for item in items if item.__class__ is dict and condition(item))
            hit = next(hits, MISSING)
            return MISSING if hit is MISSING else [hit]

        return first
    raise QueryError(f"unknown projection operator: {safe_name(name)}")


def _slice(operand: Value) -> Callable[[Value], Value]:
    if operand.__class__ is int:
        bounds = slice(0, operand) if operand >= 0 else slice(operand, None)
        return lambda value: value[bounds] if value.__class__ is list else value
    if (
        operand.__class__ is not list
        or len(operand) != _SLICE_PAIR
        or any(item.__class__ is not int for item in operand)
    ):
        raise QueryError("$slice needs a whole number or [skip, limit]")
    skip, limit = operand

    def cut(value: Value) -> Value:
        if value.__class__ is not list:
            return value
        start = skip if skip >= 0 else max(0, len(value) + skip)
        return value[start : start + limit]

    return cut


def _with_id(document: Document, chosen: Document, *, keep: bool) -> Document:
    chosen.pop("_id", None)
    return {"_id": document["_id"], **chosen} if keep and "_id" in document else chosen


def _include(value: Value, node: _Node) -> Value:
    if value.__class__ is list:
        entered = (_include(item, node) for item in value if item.__class__ in (dict, list))
        return [item for item in entered if item is not MISSING]
    if value.__class__ is not dict:
        return MISSING
    chosen: Document = {}
    for name, item in value.items():
        child = node.children.get(name)
        if child is None:
            continue
        if child.change is not None:
            item = child.change(item)  # noqa: PLW2901 - the operator replaces the value
        elif child.children and not child.whole:
            item = _include(item, child)  # noqa: PLW2901 - as above
        if item is not MISSING:
            chosen[name] = item
    return chosen


def _exclude(value: Value, node: _Node) -> Value:
    if value.__class__ is list:
        return [_exclude(item, node) for item in value]
    if value.__class__ is not dict:
        return value
    kept: Document = {}
    for name, item in value.items():
        child = node.children.get(name)
        if child is None:
            kept[name] = item
        elif child.change is not None:
            kept[name] = child.change(item)
        elif child.children:
            kept[name] = _exclude(item, child)
    return kept
