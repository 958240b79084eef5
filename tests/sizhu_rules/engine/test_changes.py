"""Which answer is better: nothing got worse, and something better."""

from __future__ import annotations

import pytest

from sizhu_rules.engine.changes import better
from sizhu_rules.engine.rule import combine
from sizhu_rules.engine.verdict import Result
from sizhu_rules.engine.walk import Node

FREE = Result("eligible", (("share", "0"),), (), (), adverse=False, clauses=(0,))
HALF = Result("eligible", (("share", "1/2"),), (), (), adverse=True, clauses=(1,))
REVIEW = Result("needs_review", (), (), ("R",), adverse=False, clauses=(), problems=("R",))
TWICE = Result("needs_review", (), (), ("R", "S"), adverse=False, clauses=(), problems=("R", "S"))
REFUSED = Result("not_eligible", (), (), ("NO",), adverse=True, clauses=(2,), problems=("NO",))


@pytest.mark.parametrize(
    ("after", "before", "is_better"),
    [
        ((FREE,), (HALF,), True),
        ((HALF,), (FREE,), False),
        ((FREE,), (FREE,), False),
        ((REVIEW,), (REFUSED,), True),
        ((REFUSED,), (REVIEW,), False),
        ((FREE,), (REVIEW,), True),
        ((REVIEW,), (TWICE,), True),
        ((TWICE,), (REVIEW,), False),
        ((HALF, FREE), (FREE, REFUSED), False),
        ((FREE, REVIEW), (HALF, REVIEW), True),
        ((FREE, TWICE), (HALF, REVIEW), False),
        ((FREE, FREE), (HALF,), False),
        ((FREE,), (HALF, FREE), False),
        ((HALF,), (REVIEW,), False),
    ],
)
def test_better_is_nothing_worse_and_somethingbetter(
    after: tuple[Result, ...], before: tuple[Result, ...], *, is_better: bool
) -> None:
    """Of the verdict and of every sheet; a question is not traded for a certain charge."""
    new, old = (combine(tuple(Node([one]) for one in many)) for many in (after, before))
    assert better(new, old) is is_better


def test_an_open_answer_is_nobetter() -> None:
    """It would only be unknown."""
    assert not better(combine((Node([FREE, HALF]),)), combine((Node([REFUSED]),)))


def test_of_an_open_sheet_the_worst_counts() -> None:
    """A refusal with an open share is no worse than with a half."""
    open_share = combine((Node([FREE, HALF]), Node([REFUSED])))
    assert not better(open_share, combine((Node([HALF]), Node([REFUSED]))))
    assert better(combine((Node([FREE]), Node([REFUSED]))), open_share)
    assert not better(open_share, combine((Node([FREE]), Node([REFUSED]))))
