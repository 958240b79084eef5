"""Mutations of a condition: operators, thresholds, members, conjuncts, and, or, not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sizhu_rules.mutating.nodes import (
    content,
    drop,
    items,
    mapping,
    named,
    neighbours,
    pairs,
    parameter,
    put,
    put_item,
    rename,
    scalar,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import yaml

    from sizhu_rules.engine.field import Field
    from sizhu_rules.engine.parameters import Number

Edit = tuple[str, "yaml.Node"]

_NEIGHBOURS: Final[Mapping[str, tuple[str, ...]]] = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("<=", ">="),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a sheet speaks of: the material from which its mutants are made.

    `numbers` are the values of the parameters it names, `codes` its reason codes, `constants` the
    distinct values that it gives under each output name.
    """

    fields: Mapping[str, Field]
    numbers: Mapping[str, Number]
    codes: tuple[str, ...]
    constants: Mapping[str, tuple[yaml.Node, ...]]

    def same_type(self, name: str) -> list[str]:
        """List the other parameters of the sheet whose values are of the same type."""
        kind = type(self.numbers.get(name))
        return [n for n, value in self.numbers.items() if n != name and type(value) is kind]


def operands(node: yaml.Node, words: Words) -> Iterator[Edit]:
    """Shift a constant, or put another parameter, or a number beside its value, for a parameter."""
    name = parameter(node)
    if name is None:
        for value in neighbours(node):
            yield f"{content(node)} -> {value}", scalar(value, node)
        return
    for other in words.same_type(name):
        yield f"{name} -> {other}", named("param", scalar(other, node))
    number = words.numbers.get(name)
    if type(number) is int:
        for shifted in (number - 1, number + 1):
            yield f"{name} -> {shifted}", scalar(shifted, node)


def conditions(node: yaml.Node, words: Words) -> Iterator[Edit]:
    """List the mutants of a condition."""
    parts = pairs(node)
    if len(parts) > 1:
        loose = sequence([mapping([pair], pair[1]) for pair in parts], node)
        yield "and -> or", named("or", loose)
    for key, value in parts:
        name = str(key.value)
        rest = drop(node, name) if len(parts) > 1 else scalar("always", node)
        yield f"without its part '{name}'", rest
        if name in ("and", "or"):
            other = "or" if name == "and" else "and"
            if len(items(value)) > 1:
                yield f"{name} -> {other}", rename(node, name, other)
            inner = _listed(name, value, words)
        elif name == "not":
            yield "without its 'not'", put(drop(node, name), "and", sequence([value], value))
            inner = ((f"not: {what}", new) for what, new in conditions(value, words))
        else:
            inner = _tests(words.fields[name], value, words)
        for what, new in inner:
            yield what, put(node, name, new)


def _listed(name: str, node: yaml.Node, words: Words) -> Iterator[Edit]:
    many = items(node)
    for index, item in enumerate(many):
        if len(many) > 1:
            yield f"without part {index + 1} of its '{name}'", put_item(node, index)
        for what, new in conditions(item, words):
            yield f"{name} {index + 1}: {what}", put_item(node, index, new)


def _tests(field: Field, node: yaml.Node, words: Words) -> Iterator[Edit]:
    comparisons = pairs(node)
    ordered = field.kind in ("int", "day")
    for key, value in comparisons:
        operator = str(key.value)
        if len(comparisons) > 1:
            yield f"{field.name} without '{operator}'", drop(node, operator)
        for other in _NEIGHBOURS.get(operator, ()) if ordered else ():
            if all(k.value != other for k, _ in comparisons):
                yield f"{field.name} {operator} -> {other}", rename(node, operator, other)
        for what, new in _values(field, operator, value, words):
            if isinstance(new, dict):
                yield f"{field.name} {operator} {what}", put(drop(node, operator), "in", new["in"])
            else:
                yield f"{field.name} {operator} {what}", put(node, operator, new)


def _values(
    field: Field, operator: str, node: yaml.Node, words: Words
) -> Iterator[tuple[str, yaml.Node | dict[str, yaml.Node]]]:
    many = items(node) if operator in ("in", "between") else [node]
    for index, item in enumerate(many):
        for what, new in operands(item, words):
            yield what, put_item(node, index, new) if operator in ("in", "between") else new
        if operator == "in" and len(many) > 1:
            yield f"without {content(item)}", put_item(node, index)
    if field.kind != "enum":
        return
    there = {str(item.value) for item in many}
    for member in field.members:
        if member not in there:
            wider = sequence([*many, scalar(member, node)], node)
            yield f"with {member} too", {"in": wider}
            if operator == "==":
                yield f"-> {member}", scalar(member, node)
