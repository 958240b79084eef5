"""The walk through a compiled sheet: facts are read one by one until the answer is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sizhu_rules.engine.verdict import Result, Verdict, shared_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sizhu_rules.engine.field import Cells, Known

MOST_STEPS: Final = 1_000


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
    they do.
    """

    __slots__ = ("child", "codes", "fact", "field", "results", "settled", "steps", "verdicts")

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


def _leads_nowhere(code: int) -> Node:
    raise LookupError(f"a leaf has no child {code}; stop where `fact` is None")
