"""The walk through compiled sheets: facts are read one by one until the answer is settled.

`Node` walks one sheet. `Course` leads through all sheets of a rule, from the leaf of one to the
root of the next: that is the hot path, one dictionary look for each fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from sizhu_rules.engine.verdict import Result, Verdict, shared_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sizhu_rules.engine.field import Cells, Known

MOST_STEPS: Final = 1_000  # after one step
MOST_IN_COURSE: Final = 50_000  # steps of all walks; further ones are found anew each time
T = TypeVar("T")


class Steps(dict[Any, "Node"]):
    """Where a walk goes from each value of a fact; learnt value by value, one entry at most each.

    A dictionary is one look where a search over the cuts would be two calls: this is the hot path.
    """

    __slots__ = ("_cells", "_child")

    def __init__(self, cells: Cells, child: Callable[[int], Node]) -> None:
        """Start empty; `child` grows the node of a code."""
        super().__init__()
        self._cells = cells
        self._child = child

    def __missing__(self, value: Known | None) -> Node:
        """Find the child of a value that comes for the first time."""
        child = self._child(self._cells.code(value))
        if len(self) < MOST_STEPS:
            self[value] = child
        return child


class Node:
    """One step of the walk: a branch reads one more fact, a leaf is an answer.

    `fact` reads (None at a leaf), `steps` lead on by value and `child` by code; branches grow as
    they are walked. `results` are the answers still possible; `settled` is the one they share, if
    they do; `weighs`: it charges or refuses, whatever is still unknown.
    """

    __slots__ = (
        *("child", "codes", "fact", "field", "results"),
        *("settled", "steps", "verdicts", "weighs"),
    )

    def __init__(self, results: Sequence[Result] = ()) -> None:
        """Make a leaf of these results, or, without any, what `branch` makes a branch of."""
        self.fact: Callable[[Any], Known | None] | None = None
        self.steps: Mapping[Any, Node] = {}
        self.child: Callable[[int], Node] = _leads_nowhere
        self.field = -1
        self.results = tuple(results)
        self.verdicts: frozenset[Verdict] = frozenset(result.verdict for result in results)
        self.codes = shared_codes(results)
        same = bool(results) and all(result.same_outcome(results[0]) for result in results)
        self.settled: Result | None = results[0] if same else None
        self.weighs = self.refuses or (self.settled is not None and self.settled.charges)

    @property
    def refuses(self) -> bool:
        """Whether the person is refused, whatever is still unknown."""
        return self.verdicts == {"not_eligible"}

    def same_as(self, other: Node) -> bool:
        """Tell whether two leaves give a person the same; of two refusals the rest is moot."""
        if self is other or (self.refuses and other.refuses):
            return True
        one, two = self.settled, other.settled
        return one is not None and two is not None and one.same_outcome(two)

    def branch(
        self,
        field: int,
        cells: Cells,
        fact: Callable[[Any], Known | None],
        child: Callable[[int], Node],
    ) -> None:
        """Make a branch that reads a field; `child` gives the node of a code, unknown included."""
        self.field, self.fact, self.child = field, fact, child
        self.steps = Steps(cells, child)


class Step(Generic[T]):
    """One step of a course: reads one more fact, or, where `fact` is None, has the answer."""

    __slots__ = ("_course", "_leaves", "_node", "answer", "fact", "next")

    def __init__(self, course: Course[T], leaves: tuple[Node, ...], node: Node | None) -> None:
        """Stand at a node with the leaves of the sheets before; None is the end of the course."""
        self._course = course
        self._leaves = leaves
        self._node = node
        self.fact = None if node is None else node.fact
        # A plain dictionary: the interpreter looks it up faster than one that knows `__missing__`.
        self.next: dict[Known | None, Step[T]] = {}
        self.answer: T = course.finish(leaves) if node is None else cast("T", None)

    def learn(self, value: Known | None) -> Step[T]:
        """Find the step after a value that comes for the first time, and remember it."""
        if self._node is None:
            raise LookupError("the course ends here; stop where `fact` is None")
        step = self._course.step(self._leaves, self._node.steps[value])
        if len(self.next) < MOST_STEPS and self._course.keeps(step):
            self.next[value] = step
        return step

    @property
    def place(self) -> tuple[Node | None, tuple[Node, ...]]:
        """Where the step stands: what two walks that come here have in common."""
        return self._node, self._leaves


class Course(Generic[T]):
    """The walk through several sheets, in their order; steps are shared and grow as walked."""

    __slots__ = ("_roots", "_steps", "finish", "start")

    def __init__(self, roots: Sequence[Node], finish: Callable[[tuple[Node, ...]], T]) -> None:
        """Lead through the sheets with these roots; `finish` makes the answer of their leaves."""
        self._roots = tuple(roots)
        self._steps: dict[tuple[Node | None, tuple[Node, ...]], Step[T]] = {}
        self.finish = finish
        self.start = self.step((), self._roots[0])

    def step(self, leaves: tuple[Node, ...], node: Node) -> Step[T]:
        """Return the step at a node, or at the root of the next sheet where the node is a leaf."""
        ahead: Node | None = node
        while ahead is not None and ahead.fact is None:
            leaves = (*leaves, ahead)
            ahead = self._roots[len(leaves)] if len(leaves) < len(self._roots) else None
        step = self._steps.get((ahead, leaves))
        if step is None:
            step = Step(self, leaves, ahead)
            if len(self._steps) < MOST_IN_COURSE:
                return self._steps.setdefault(step.place, step)
        return step

    def keeps(self, step: Step[T]) -> bool:
        """Tell whether a step is remembered; what is not must be held by no other step."""
        return self._steps.get(step.place) is step


def _leads_nowhere(code: int) -> Node:
    raise LookupError(f"a leaf has no child {code}; stop where `fact` is None")
