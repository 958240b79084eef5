"""The table of all known cells: what stands where, and what a contradiction makes of it."""

from __future__ import annotations

from dataclasses import replace

from sizhu_rules.engine.field import Field, cut
from sizhu_rules.engine.tensor import Tensor
from sizhu_rules.engine.verdict import Result

FREE = Result("eligible", (("share", "0"),), (), ("FREE",), adverse=False, clauses=(0,))
HALF = replace(FREE, values=(("share", "1/2"),), codes=("HALF",), clauses=(1,))
READ = replace(FREE, readings=("boundary",), rests_on=("boundary",))


def filled(*rows: tuple[Result, ...]) -> Tensor:
    """Make the table of two fields: a row for each cell of the first."""
    tensor = Tensor(2)
    parts = [tensor.part(1, tuple(tensor.leaf(result) for result in row)) for row in rows]
    tensor.root = tensor.part(0, tuple(parts))
    return tensor


def test_every_cell_gives_its_own_result() -> None:
    """Whichever parts are shared."""
    rows = ((FREE, HALF), (HALF, HALF), (FREE, HALF), (READ, FREE))
    tensor = filled(*rows)
    for i, row in enumerate(rows):
        for j, result in enumerate(row):
            assert tensor.result((i, j)) == result
    assert tensor.results == [FREE, HALF, READ]


def test_a_contradiction_changes_nothing_where_the_fact_cannot_matter() -> None:
    """The result stands as it is, with the reading that it rests on."""
    tensor = Tensor(1)
    free, read = tensor.leaf(FREE), tensor.leaf(READ)
    assert tensor.contradicting(1, [read, read], "CONFLICT") == read
    assert tensor.contradicting(1, [read], "CONFLICT") == read
    assert tensor.contradicting(1, [free], "CONFLICT") == free
    assert tensor.results == [FREE, READ]


def test_a_contradiction_is_resolved_cell_by_cell() -> None:
    """A person looks at it where the fact matters, and only there."""
    tensor = filled((FREE, FREE), (HALF, FREE))
    rows = [tensor.part(1, (0, 0)), tensor.part(1, (1, 0))]
    contradicting = tensor.contradicting(1, rows, "CONFLICT")
    tensor.root = tensor.part(0, (*rows, contradicting))
    doubtful, sure = tensor.result((2, 0)), tensor.result((2, 1))
    assert (doubtful.verdict, doubtful.codes) == ("needs_review", ("CONFLICT",))
    assert doubtful.candidates == (FREE.values, HALF.values)
    assert sure == FREE


def test_the_walk_reads_what_can_matter_and_stops_when_settled() -> None:
    """A field that gives another reason at most is passed over."""
    cells = [cut(Field(name, "bool"), ()) for name in ("first", "second")]
    facts = [lambda facts: facts[0], lambda facts: facts[1]]
    start = filled((FREE, READ), (FREE, HALF)).walk(cells, facts)
    assert start.field == 0
    settled, ahead, unknown = (start.child(code) for code in (0, 1, 2))
    assert settled.fact is None
    assert settled.settled == FREE
    assert settled.results == (FREE, READ)
    assert (ahead.field, unknown.field) == (1, 1)
    assert [ahead.child(code).results for code in (0, 1)] == [(FREE,), (HALF,)]
    assert unknown.child(1).results == (READ, HALF)
    assert unknown.child(0).settled == FREE
    only_second = filled((FREE, HALF), (READ, HALF)).walk(cells, facts)
    assert only_second.field == 1
    assert only_second.child(0).results == (FREE, READ)
