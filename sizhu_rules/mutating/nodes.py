"""Edits of a parsed rule text: copies of YAML nodes with one thing changed.

What is edited is the parsed form, so that a mutant passes through the loader like any text of a
town. Places are kept: an error still names the line.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Scalar = int | bool | str | date
Pairs = list[tuple[yaml.Node, yaml.Node]]
_TAG = "tag:yaml.org,2002:"


def scalar(value: Scalar, like: yaml.Node) -> yaml.ScalarNode:
    """Write a value in the place of another."""
    if isinstance(value, bool):
        tag, text = "bool", "yes" if value else "no"
    elif isinstance(value, int):
        tag, text = "int", str(value)
    elif isinstance(value, date):
        tag, text = "timestamp", value.isoformat()
    else:
        tag, text = "str", value
    return yaml.ScalarNode(_TAG + tag, text, like.start_mark, like.end_mark)


def mapping(pairs: Pairs, like: yaml.Node) -> yaml.MappingNode:
    """Write a mapping in the place of another node."""
    return yaml.MappingNode(_TAG + "map", pairs, like.start_mark, like.end_mark)


def named(key: str, value: yaml.Node) -> yaml.MappingNode:
    """Write a mapping of one key."""
    return mapping([(scalar(key, value), value)], value)


def sequence(items: list[yaml.Node], like: yaml.Node) -> yaml.SequenceNode:
    """Write a list in the place of another node."""
    return yaml.SequenceNode(_TAG + "seq", items, like.start_mark, like.end_mark)


def pairs(node: yaml.Node) -> Pairs:
    """List the pairs of a mapping; of anything else there are none."""
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """List the items of a sequence; of anything else there are none."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def get(node: yaml.Node, key: str) -> yaml.Node | None:
    """Return what a mapping holds under a key, or None."""
    return next((value for name, value in pairs(node) if name.value == key), None)


def put(node: yaml.Node, key: str, value: yaml.Node) -> yaml.MappingNode:
    """Set a key of a mapping, in its place or at the end."""
    if get(node, key) is None:
        return mapping([*pairs(node), (scalar(key, node), value)], node)
    return mapping([(k, value if k.value == key else v) for k, v in pairs(node)], node)


def drop(node: yaml.Node, key: str) -> yaml.MappingNode:
    """Take a key out of a mapping."""
    return mapping([(k, v) for k, v in pairs(node) if k.value != key], node)


def rename(node: yaml.Node, key: str, new: str) -> yaml.MappingNode:
    """Give a key of a mapping another name."""
    return mapping([(scalar(new, k) if k.value == key else k, v) for k, v in pairs(node)], node)


def put_item(node: yaml.Node, index: int, *new: yaml.Node) -> yaml.SequenceNode:
    """Replace an item of a list by none, one or several."""
    old = items(node)
    return sequence([*old[:index], *new, *old[index + 1 :]], node)


def swap(node: yaml.Node, index: int) -> yaml.SequenceNode:
    """Swap an item of a list with the next."""
    old = items(node)
    return sequence([*old[:index], old[index + 1], old[index], *old[index + 2 :]], node)


def parameter(node: yaml.Node) -> str | None:
    """Return the name in `{param: name}`, or None."""
    found = get(node, "param")
    return None if found is None else str(found.value)


def content(node: yaml.Node) -> object:
    """Return what a node says, place and quotes aside: to find equal ones, and to print them."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: content(value) for key, value in pairs(node)}
    if isinstance(node, yaml.SequenceNode):
        return [content(item) for item in items(node)]
    return node.value


def neighbours(node: yaml.Node) -> Iterator[Scalar]:
    """List the values next to a constant: one more and less, the day before and after, not."""
    if node.tag == _TAG + "int":
        yield from (int(node.value) - 1, int(node.value) + 1)
    elif node.tag == _TAG + "timestamp":
        day = date.fromisoformat(node.value)
        yield from (day - timedelta(days=1), day + timedelta(days=1))
    elif node.tag == _TAG + "bool":
        yield node.value not in ("yes", "true")


def ends(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """Shift the first and the last day of a clause or a value by one."""
    for key in ("from", "to"):
        end = get(node, key)
        if end is not None:
            for day in neighbours(end):
                yield f"{key} {end.value} -> {day}", put(node, key, scalar(day, end))


def distinct(nodes: Iterable[yaml.Node]) -> list[yaml.Node]:
    """List nodes that say different things, in order."""
    return list({repr(content(node)) + node.tag: node for node in nodes}.values())
