"""The smallest question, on walks made by hand: what is asked, and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from sizhu_rules.engine import missing
from sizhu_rules.engine.field import Field, cut
from sizhu_rules.engine.verdict import Result
from sizhu_rules.engine.walk import Node

if TYPE_CHECKING:
    import pytest

    from sizhu_rules.engine.rule import Segment

FREE = Result("eligible", (("share", "0"),), (), (), adverse=False, clauses=(0,))
HALF = replace(FREE, values=(("share", "1/2"),))
REFUSED = replace(FREE, verdict="not_eligible", values=())
CHOICE = replace(FREE, verdict="needs_review", values=(), candidates=(FREE.values, HALF.values))
DOUBT = replace(CHOICE, candidates=())
UNKNOWN = 2  # the code of an unknown truth value


def segment(*fields: str) -> Segment:
    """Make as much of a segment as is looked at: a sheet of one truth value for each name."""
    tables = [SimpleNamespace(cells=(cut(Field(name, "bool"), ()),)) for name in fields]
    return cast("Segment", SimpleNamespace(tables=tables, missing={}))


def fork(no: Result, yes: Result) -> Node:
    """Make the walk of such a sheet."""
    node = Node()
    leaves = [Node([no]), Node([yes]), Node([no, yes])]
    node.branch(0, cut(Field("any", "bool"), ()), lambda facts: facts, leaves.__getitem__)
    return node


def ask(asked: Segment, *roots: Node) -> tuple[str, ...]:
    """Ask where the fact of every sheet is unknown."""
    names = [table.cells[0].field.name for table in asked.tables]
    needs = {name: (f"raw.{name}",) for name in names}
    return missing.smallest_missing(asked, roots, [(UNKNOWN,)] * len(roots), needs)


def test_what_only_shifts_between_reviews_is_not_asked() -> None:
    """A refusal or a review is the question; which review does not settle it, wherever it stands.

    Whether a fact is left out is judged with all the others known, not only with later ones.
    """
    verdict, kind = fork(FREE, REFUSED), fork(CHOICE, DOUBT)
    assert ask(segment("a", "z"), verdict, kind) == ("raw.a",)
    assert ask(segment("z", "a"), verdict, kind) == ("raw.z",)
    assert ask(segment("a", "z"), kind, verdict) == ("raw.z",)
    assert ask(segment("z", "a"), kind, verdict) == ("raw.a",)


def test_facts_that_only_settle_together_are_all_asked() -> None:
    """Each raw fact once, in the order of the sheets."""
    shares = fork(FREE, HALF)
    assert ask(segment("z", "a"), shares, fork(FREE, CHOICE)) == ("raw.z", "raw.a")
    both = segment("z", "a")
    needs = {"z": ("raw.one", "raw.two"), "a": ("raw.two",)}
    codes = [(UNKNOWN,), (UNKNOWN,)]
    found = missing.smallest_missing(both, (shares, fork(HALF, FREE)), codes, needs)
    assert found == ("raw.one", "raw.two")


def test_a_question_is_remembered_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond that it is found anew, and the same."""
    monkeypatch.setattr(missing, "MOST_ASKED", 1)
    one, first, second = segment("a"), fork(FREE, HALF), fork(HALF, FREE)
    assert ask(one, first) == ("raw.a",)
    kept = dict(one.missing)
    assert list(kept.values()) == [("raw.a",)]
    assert ask(one, second) == ask(one, second) == ("raw.a",)
    assert one.missing == kept
