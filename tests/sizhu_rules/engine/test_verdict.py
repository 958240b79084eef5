"""Results of sheets: what counts as the same, and which verdict is the strongest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sizhu_rules.engine.verdict import Result, badness, shared_codes, strongest

FREE = Result("eligible", (("share", "0"),), (), ("FREE",), adverse=False, clauses=(0,))


def test_refusal_beats_review_beats_eligible() -> None:
    """In whatever order they come."""
    assert strongest(["eligible", "needs_review"]) == "needs_review"
    assert strongest(["not_eligible", "needs_review", "eligible"]) == "not_eligible"
    assert strongest(["eligible"]) == "eligible"


@pytest.mark.parametrize(
    "other",
    [
        replace(FREE, verdict="needs_review"),
        replace(FREE, values=(("share", "1/2"),)),
        replace(FREE, candidates=((("share", "1/2"),),)),
        replace(FREE, adverse=True),
        replace(FREE, problems=("LATE",)),
    ],
)
def test_what_a_person_gets_is_the_outcome(other: Result) -> None:
    """Another verdict, value, candidate, burden or problem is another outcome."""
    assert not FREE.same_outcome(other)


@pytest.mark.parametrize(
    "other",
    [
        FREE,
        replace(FREE, codes=("OTHER",)),
        replace(FREE, clauses=(1, 2)),
        replace(FREE, readings=("boundary",)),
        replace(FREE, rests_on=("number",)),
    ],
)
def test_reasons_do_not_change_the_outcome(other: Result) -> None:
    """Two ways to the same end are one end."""
    assert FREE.same_outcome(other)


def test_shared_codes_keep_the_order_of_the_first() -> None:
    """Only what all results say is said."""
    one = replace(FREE, codes=("A", "B", "C"))
    two = replace(FREE, codes=("C", "A"))
    assert shared_codes([one, two]) == ("A", "C")
    assert shared_codes([one]) == ("A", "B", "C")
    assert shared_codes([]) == ()


@pytest.mark.parametrize(
    ("result", "rank"),
    [
        (FREE, 0),
        (replace(FREE, verdict="needs_review"), 1),
        (replace(FREE, adverse=True), 2),
        (replace(FREE, verdict="not_eligible", adverse=True), 3),
        (replace(FREE, verdict="not_eligible"), 3),
    ],
)
def test_what_a_person_faces_has_a_rank(result: Result, rank: int) -> None:
    """Nothing, a question, a burden, a refusal."""
    assert badness(result) == rank
