"""Mutations of a sheet: its clauses, what they give and when, its fields and its hit policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.sheet import GROUNDED
from sizhu_rules.mutating.conditions import Edit, Words, conditions, operands
from sizhu_rules.mutating.nodes import (
    content,
    distinct,
    drop,
    ends,
    get,
    items,
    named,
    neighbours,
    pairs,
    put,
    put_item,
    scalar,
    sequence,
    swap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

_VERDICTS: Final = ("eligible", "needs_review", "not_eligible")
_POLICIES: Final = ("unique", "first", "collect", "sum")
_KNOWN: Final = ("verdict", "because", "code", "candidates", "adverse", "rests_on")


def sheet_edits(top: yaml.Node, words: Words) -> Iterator[tuple[yaml.Node, str, Edit]]:
    """List the mutants of a sheet: the node that is changed, its name, the change."""
    hit = get(top, "hit")
    for other in _POLICIES:
        if other != (hit.value if hit else "unique"):
            yield top, "hit", (f"hit -> {other}", put(top, "hit", scalar(other, top)))
    fields = get(top, "fields")
    if fields is not None:
        for index, field in enumerate(items(fields)):
            for what, new in _field(field, words):
                edit = (what, put(top, "fields", put_item(fields, index, new)))
                yield field, _called(field, "name"), edit
            if index + 1 < len(items(fields)):
                edit = ("read after the next field", put(top, "fields", swap(fields, index)))
                yield field, _called(field, "name"), edit
    clauses = get(top, "clauses")
    if clauses is not None:
        for index, clause in enumerate(items(clauses)):
            for what, changed in _listed_clause(clauses, index, words, first=_says(hit, "first")):
                yield clause, _called(clause, "id"), (what, put(top, "clauses", changed))


def words_of(top: yaml.Node, words: Words) -> Words:
    """Add the codes and constants that a sheet gives to what is known of its fields."""
    effects = [
        effect
        for clause in items(get(top, "clauses"))
        for half in ("then", "otherwise")
        if (effect := get(clause, half)) is not None
    ]
    codes = [
        str(code.value)
        for effect in effects
        for code in (*items(get(effect, "because")), get(effect, "code"))
        if code is not None
    ]
    given = [one for effect in effects for one in (effect, *items(get(effect, "candidates")))]
    names = dict.fromkeys(
        str(key.value) for one in given for key, _ in pairs(one) if key.value not in _KNOWN
    )
    constants = {
        name: tuple(distinct(value for one in given if (value := get(one, name)) is not None))
        for name in names
    }
    return Words(words.fields, words.numbers, tuple(dict.fromkeys(codes)), constants)


def _called(node: yaml.Node, key: str) -> str:
    found = get(node, key)
    return "?" if found is None else str(found.value)


def _says(node: yaml.Node | None, word: str) -> bool:
    return node is not None and node.value == word


def _field(node: yaml.Node, words: Words) -> Iterator[Edit]:
    for key in ("contradiction", "changeable"):
        if get(node, key) is not None:
            yield f"without '{key}'", drop(node, key)
    contradiction = get(node, "contradiction")
    if contradiction is not None:
        for code in words.codes[:1]:
            yield f"contradiction -> {code}", put(node, "contradiction", scalar(code, node))
    ends = get(node, "range")
    for index, end in enumerate(items(ends)):
        for value in neighbours(end):
            what = f"range {content(end)} -> {value}"
            yield what, put(node, "range", put_item(_there(ends), index, scalar(value, end)))
    members = get(node, "members")
    for index, member in enumerate(items(members)):
        what = f"without member {content(member)}"
        yield what, put(node, "members", put_item(_there(members), index))


def _there(node: yaml.Node | None) -> yaml.Node:
    if node is None:
        raise LookupError("only a list that is there has items")
    return node


def _listed_clause(clauses: yaml.Node, index: int, words: Words, *, first: bool) -> Iterator[Edit]:
    yield "deleted", put_item(clauses, index)
    if first and index + 1 < len(items(clauses)):
        yield "after the next clause", swap(clauses, index)
    for what, new in _clause(items(clauses)[index], words):
        yield what, put_item(clauses, index, new)


def _clause(node: yaml.Node, words: Words) -> Iterator[Edit]:
    yield from ends(node)
    if get(node, "to") is not None:
        yield "without its end", drop(node, "to")
    basis = get(node, "basis")
    if basis is not None:
        other = "assumption" if basis.value in GROUNDED else "law"
        yield f"basis {basis.value} -> {other}", put(node, "basis", scalar(other, basis))
    for key, half in pairs(node):
        if key.value in ("when", "require"):
            yield f"{key.value} negated", put(node, key.value, named("not", half))
            for what, new in conditions(half, words):
                yield f"{key.value}: {what}", put(node, key.value, new)
        elif key.value in ("then", "otherwise"):
            for what, new in _effect(half, words):
                yield f"{key.value}: {what}", put(node, key.value, new)


def _effect(node: yaml.Node, words: Words) -> Iterator[Edit]:
    verdict = get(node, "verdict")
    said = "eligible" if verdict is None else str(verdict.value)
    for other in _VERDICTS:
        if other != said:
            yield f"verdict {said} -> {other}", put(node, "verdict", scalar(other, node))
    yield from _values(node, words)
    code = get(node, "code")
    if code is not None:
        yield f"without code {code.value}", drop(node, "code")
        for other in _others(words, str(code.value)):
            yield f"code {code.value} -> {other}", put(node, "code", scalar(other, code))
    yield from _names(node, "because", words)
    candidates = get(node, "candidates")
    if candidates is not None:
        yield "without candidates", drop(node, "candidates")
        for index, one in enumerate(items(candidates)):
            yield f"without candidate {content(one)}", _within(node, candidates, index)
            for what, new in _values(one, words):
                yield f"candidate {index + 1} {what}", _within(node, candidates, index, new)
    adverse = get(node, "adverse")
    if adverse is not None:
        yield "without 'adverse'", drop(node, "adverse")
    elif said != "not_eligible":
        yield "adverse", put(node, "adverse", scalar(True, node))  # noqa: FBT003 - a value of YAML
    yield from _names(node, "rests_on", words)


def _within(node: yaml.Node, many: yaml.Node, index: int, *new: yaml.Node) -> yaml.Node:
    return put(node, "candidates", put_item(many, index, *new))


def _values(node: yaml.Node, words: Words) -> Iterator[Edit]:
    for key, value in pairs(node):
        name = str(key.value)
        if name in _KNOWN:
            continue
        yield f"without {name}", drop(node, name)
        near = [new for _, new in operands(value, words)]
        for new in distinct([*near, *words.constants[name]]):
            if content(new) != content(value):
                yield f"{name} {content(value)} -> {content(new)}", put(node, name, new)


def _names(node: yaml.Node, key: str, words: Words) -> Iterator[Edit]:
    """Drop or replace each name of a list: reason codes, or parameters rested on."""
    there = get(node, key)
    if there is None:
        return
    many = items(there)
    for index, item in enumerate(many):
        name = str(item.value)
        less = drop(node, key) if len(many) == 1 else put(node, key, put_item(there, index))
        yield f"{key} without {name}", less
        others = _others(words, name) if key == "because" else words.same_type(name)
        for other in others:
            if all(other != one.value for one in many):
                new = put_item(there, index, scalar(other, item))
                yield f"{key} {name} -> {other}", put(node, key, new)
    if len(many) > 1:
        yield f"without {key}", drop(node, key)
        if key == "because":
            yield "because in another order", put(node, key, sequence(many[::-1], there))


def _others(words: Words, code: str) -> list[str]:
    """Pick the code that follows in the sheet: one other stands for all."""
    after = [*words.codes[words.codes.index(code) + 1 :], *words.codes]
    return [one for one in after if one != code][:1]
