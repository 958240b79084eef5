"""Dotted paths: how MongoDB finds the values of `a.b` through objects and arrays."""

from collections.abc import Callable, Iterator

from cloud_emulator.values import MISSING, Document, Value

Test = Callable[[Value], bool]


def split(path: str) -> tuple[str, ...]:
    """Split a dotted path."""
    return tuple(path.split("."))


def any_at(node: Value, parts: tuple[str, ...], test: Test, *, expand: bool = True) -> bool:
    """Tell whether any value at the path passes, elements of a last array included if `expand`.

    Arrays on the way are entered: each object in them, and the position that a numeric part names.
    Where an object or a scalar lacks the field, the test sees MISSING; an array without any object
    yields nothing at all.
    """
    if not parts:
        if test(node):
            return True
        return expand and node.__class__ is list and any(map(test, node))
    if node.__class__ is dict and parts[0] in node:
        return any_at(node[parts[0]], parts[1:], test, expand=expand)
    if node.__class__ is list:
        return _any_in_array(node, parts, test, expand=expand)
    return test(MISSING)


def _any_in_array(
    array: list[Value],
    parts: tuple[str, ...],
    test: Test,
    *,
    expand: bool,
) -> bool:
    name = parts[0]
    if name.isdigit() and int(name) < len(array):
        at_position = array[int(name)]
        if any_at(at_position, parts[1:], test, expand=expand):
            return True
    return any(any_at(item, parts, test, expand=expand) for item in array if type(item) is dict)


def values_at(node: Value, parts: tuple[str, ...]) -> Iterator[Value]:
    """Yield every value at the path as `any_at` sees it, whole arrays unexpanded."""
    if not parts:
        yield node
        return
    name, rest = parts[0], parts[1:]
    if node.__class__ is dict:
        if name in node:
            yield from values_at(node[name], rest)
        else:
            yield MISSING
    elif node.__class__ is list:
        if name.isdigit() and int(name) < len(node):
            yield from values_at(node[int(name)], rest)
        for item in node:
            if item.__class__ is dict:
                yield from values_at(item, parts)
    else:
        yield MISSING


def scalar_at(document: Document, parts: tuple[str, ...]) -> tuple[Value, bool]:
    """Return (value, True) where no array lies on the path, else (MISSING, False)."""
    node: Value = document
    for name in parts:
        if node.__class__ is dict:
            node = node.get(name, MISSING)
        elif node.__class__ is list:
            return MISSING, False
        else:
            return MISSING, True
    return node, node.__class__ is not list
