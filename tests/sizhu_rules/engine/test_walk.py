"""The walk: where it leads, what it remembers, where it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sizhu_rules.engine import walk
from sizhu_rules.engine.field import Field, cut
from sizhu_rules.engine.verdict import Result
from sizhu_rules.engine.walk import MOST_STEPS, Course, Node, Steps

FREE = Result("eligible", (("share", "0"),), (), ("A", "FREE"), adverse=False, clauses=(0,))
HALF = Result("eligible", (("share", "1/2"),), (), ("A", "HALF"), adverse=True, clauses=(1,))
AGE = cut(Field("age", "int", low=0, high=5_000), [60])
Leaves = tuple[Node, ...]


def fork(young: Result, old: Result) -> Node:
    """Make the walk of a sheet that looks at the age alone."""
    node = Node()
    leaves = [Node([young]), Node([old]), Node([young, old])]
    node.branch(0, AGE, lambda facts: facts, leaves.__getitem__)
    return node


def course() -> Course[Leaves]:
    """Lead through two sheets; the answer is their leaves."""
    return Course([fork(FREE, HALF), fork(HALF, FREE)], lambda leaves: leaves)


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


def test_a_course_leads_from_sheet_to_sheet() -> None:
    """One fact after the other, until the leaves of all sheets make the answer."""
    start = course().start
    second = start.learn(59)
    end = second.learn(60)
    assert (start.fact is None, second.fact is None, end.fact is None) == (False, False, True)
    assert [leaf.settled for leaf in end.answer] == [FREE, FREE]
    assert [leaf.settled for leaf in second.learn(None).answer] == [FREE, None]
    with pytest.raises(LookupError, match="the course ends here; stop where `fact` is None"):
        end.learn(60)


def test_walks_that_come_to_the_same_place_share_the_step() -> None:
    """Two ages below the cut are one way on; it is remembered under both."""
    way = course()
    step = way.start.learn(58)
    assert way.start.learn(59) is step
    assert way.start.learn(60) is not step
    assert way.keeps(step)
    assert way.start.next[58] is way.start.next[59] is step
    assert list(way.start.next) == [58, 59, 60]


def test_a_course_holds_no_more_steps_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is beyond is found anew, and no step that is kept holds on to it."""
    monkeypatch.setattr(walk, "MOST_IN_COURSE", 2)
    way = course()
    young, old = way.start.learn(59), way.start.learn(60)
    assert (way.keeps(way.start), way.keeps(young), way.keeps(old)) == (True, True, False)
    assert way.start.next == {59: young}
    again = way.start.learn(60)
    assert again is not old
    assert [leaf.settled for leaf in again.learn(60).answer] == [HALF, FREE]


def test_a_step_remembers_no_more_values_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Further values lead the same way, unremembered."""
    monkeypatch.setattr(walk, "MOST_STEPS", 2)
    start = course().start
    ways = [start.learn(age) for age in (57, 58, 59)]
    assert ways[0] is ways[1] is ways[2]
    assert list(start.next) == [57, 58]
