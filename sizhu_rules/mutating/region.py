"""Mutations of a region: the values of its parameters, and its readings (读法)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.engine.sheet import GROUNDED
from sizhu_rules.mutating.nodes import (
    content,
    drop,
    ends,
    get,
    items,
    neighbours,
    pairs,
    put,
    put_item,
    scalar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import yaml

    from sizhu_rules.mutating.conditions import Edit


def parameter_edits(timeline: yaml.Node, constants: Sequence[yaml.Node]) -> Iterator[Edit]:
    """List the mutants of a parameter's timeline; `constants` are rival texts of the sheets."""
    for index, value in enumerate(items(timeline)):
        for what, new in _period(value, constants):
            yield what, put_item(timeline, index, new)


def _period(node: yaml.Node, constants: Sequence[yaml.Node]) -> Iterator[Edit]:
    yield from _value(node, constants)
    yield from ends(node)
    yield from _confirmed(node)
    alternatives = get(node, "alternatives")
    if alternatives is not None:
        yield "without alternatives", drop(node, "alternatives")
        if len(items(alternatives)) > 1:
            for index, one in enumerate(items(alternatives)):
                what = f"without the alternative {content(one)}"
                yield what, put(node, "alternatives", put_item(alternatives, index))


def _value(node: yaml.Node, constants: Sequence[yaml.Node]) -> Iterator[Edit]:
    value = get(node, "value")
    if value is None:
        return
    for shifted in neighbours(value):
        yield f"value {value.value} -> {shifted}", _valued(node, scalar(shifted, value))
    if value.tag.endswith(":str"):
        alternatives = items(get(node, "alternatives"))
        for rival in (*alternatives, *constants, scalar(f"{value.value}?", value)):
            if rival.tag == value.tag and rival.value != value.value:
                yield f"value {value.value} -> {rival.value}", _valued(node, rival)


def _valued(node: yaml.Node, value: yaml.Node) -> yaml.Node:
    """Set the value; where it was an alternative, that one is the old value now."""
    alternatives, old = get(node, "alternatives"), get(node, "value")
    new = put(node, "value", value)
    if alternatives is None or old is None:
        return new
    for index, one in enumerate(items(alternatives)):
        if one.value == value.value:
            return put(new, "alternatives", put_item(alternatives, index, old))
    return new


def _confirmed(node: yaml.Node) -> Iterator[Edit]:
    """Turn what is confirmed into what is not, and back, so that the loader takes it."""
    confirmed, basis = get(node, "confirmed"), get(node, "basis")
    if confirmed is None or basis is None:
        return
    if confirmed.value in ("yes", "true"):
        new = put(node, "confirmed", scalar(False, confirmed))  # noqa: FBT003 - a value of YAML
        if basis.value in GROUNDED:
            new = put(new, "basis", scalar("assumption", basis))
        yield "unconfirmed", new
    else:
        new = put(node, "confirmed", scalar(True, confirmed))  # noqa: FBT003 - as above
        yield "confirmed", put(new, "confirmed_by", scalar("mutant", node))


def reading_edits(node: yaml.Node, codes: Sequence[str]) -> Iterator[Edit]:
    """List the mutants of a reading, but for its deletion; `codes` are those of its sheet."""
    follow, code, sides = get(node, "follow"), get(node, "code"), get(node, "sides")
    confirmed = get(node, "confirmed")
    if follow is None or code is None or sides is None or confirmed is None:
        return
    for side, clauses in pairs(sides):
        if side.value != follow.value:
            what = f"follow {follow.value} -> {side.value}"
            yield what, put(node, "follow", scalar(str(side.value), follow))
        for index, clause in enumerate(items(clauses)):
            narrower = put(sides, str(side.value), put_item(clauses, index))
            yield f"side {side.value} without {clause.value}", put(node, "sides", narrower)
    for other in [one for one in codes if one != code.value][:1]:
        yield f"code {code.value} -> {other}", put(node, "code", scalar(other, code))
    yield from _flipped(node, confirmed)


def _flipped(node: yaml.Node, confirmed: yaml.Node) -> Iterator[Edit]:
    for flipped in neighbours(confirmed):
        new = put(node, "confirmed", scalar(flipped, confirmed))
        if flipped:
            new = put(new, "confirmed_by", scalar("mutant", node))
        yield f"confirmed {confirmed.value} -> {flipped}", new
