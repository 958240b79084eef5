"""The walk: where it leads, what it remembers, where it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sizhu_rules.engine.field import Field, cut
from sizhu_rules.engine.verdict import Result
from sizhu_rules.engine.walk import MOST_STEPS, Node, Steps

FREE = Result("eligible", (("share", "0"),), (), ("A", "FREE"), adverse=False, clauses=(0,))
HALF = Result("eligible", (("share", "1/2"),), (), ("A", "HALF"), adverse=True, clauses=(1,))
AGE = cut(Field("age", "int", low=0, high=5_000), [60])


def test_a_leaf_of_one_outcome_is_settled() -> None:
    """However many ways lead to it; it says what all of them say."""
    leaf = Node([FREE, replace(FREE, codes=("FREE",))])
    assert leaf.settled is FREE
    assert leaf.codes == ("FREE",)
    assert leaf.verdicts == {"eligible"}
    assert leaf.fact is None


def test_a_leaf_of_two_outcomes_is_open() -> None:
    """No answer is chosen for the person."""
    leaf = Node([FREE, HALF])
    assert leaf.settled is None
    assert leaf.codes == ("A",)


def test_a_node_without_results_settles_nothing() -> None:
    """It becomes a branch."""
    node = Node()
    assert (node.settled, node.results, node.codes, node.field) == (None, (), (), -1)


def test_a_leaf_leads_nowhere() -> None:
    """Whoever walks on has missed its end."""
    with pytest.raises(LookupError, match="a leaf has no child 2; stop where `fact` is None"):
        Node([FREE]).child(2)


def test_a_branch_reads_and_leads_on() -> None:
    """By value for one person, by code for everybody."""
    leaves = [Node([FREE]), Node([HALF]), Node([FREE, HALF])]
    branch = Node()
    branch.branch(3, AGE, lambda facts: facts, leaves.__getitem__)
    assert branch.field == 3
    assert branch.fact is not None
    assert [branch.steps[branch.fact(value)] for value in (59, 60, None)] == leaves
    assert branch.child(1) is leaves[1]


def test_a_value_is_looked_for_once() -> None:
    """And no more values are remembered than there is room for."""
    asked: list[int] = []
    leaf = Node([FREE])

    def child(code: int) -> Node:
        asked.append(code)
        return leaf

    steps = Steps(AGE, child)
    assert [steps[1], steps[1]] == [leaf, leaf]
    assert asked == [0]
    for value in range(2, MOST_STEPS + 10):
        assert steps[value] is leaf
    assert len(steps) == MOST_STEPS
