"""A town's own sentences: in the place of a clause's, whatever they rest on, and of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.law import Law

FILE = "policy/town/citations.yaml"


def cited(clause: str, basis: str = "seed") -> tuple[str, str, str]:
    """Write a town's sentence for a clause."""
    said = f"{{quote: ours, source: our paper, basis: {basis}}}"
    return FILE, "", f"schema: 1\ncitations:\n  {clause}: {said}\n"


@pytest.mark.parametrize("basis", ["seed", "law", "practice", "assumption"])
def test_a_sentence_keeps_its_basis(law_of: Callable[..., Law], basis: str) -> None:
    """A town's habit passes for no law; the other clauses stay as they are shared."""
    young, old = law_of(cited("fare.share.old", basis)).sheets["fare"][0].clauses
    assert (old.quote, old.source, old.basis) == ("ours", "our paper", basis)
    assert (young.quote, young.source, young.basis) == ("the young are free", "test", "law")


@pytest.mark.parametrize(
    ("clause", "fix"),
    [
        ("fare.share.odl", "did you mean 'fare.share.old'?"),
        ("fare.order.members", "did you mean 'fare.order.member'?"),
        ("xyzzy", "correct the id"),
    ],
)
def test_a_sentence_for_a_clause_there_is_not_is_refused(
    law_of: Callable[..., Law], clause: str, fix: str
) -> None:
    """At its place, with the nearest clause of any sheet if one is near."""
    with pytest.raises(PolicyError) as caught:
        law_of(cited(clause))
    assert str(caught.value) == f"{FILE}:3: there is no clause '{clause}'; {fix}"
