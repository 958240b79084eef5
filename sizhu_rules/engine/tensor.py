"""The results of all known cells of a sheet, and the walk that follows from them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sizhu_rules.engine.resolve import resolve_contradiction
from sizhu_rules.engine.walk import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sizhu_rules.engine.field import Cells, Known
    from sizhu_rules.engine.verdict import Result


class Tensor:
    """The results of all known cells as nested tuples of numbers; equal parts are one number."""

    def __init__(self, depth: int) -> None:
        """Start empty, for so many fields."""
        self.depth = depth
        self.root = -1
        self.results: list[Result] = []
        self._result_ids: dict[Result, int] = {}
        self._parts: list[tuple[int, ...]] = []
        self._part_ids: dict[tuple[int, tuple[int, ...]], int] = {}
        self._leaves: dict[frozenset[int], Node] = {}
        self._shapes: dict[tuple[int, int], int] = {}
        self._shape_ids: dict[tuple[int, object], int] = {}

    def leaf(self, result: Result) -> int:
        """Return the number of a result."""
        if result not in self._result_ids:
            self._result_ids[result] = len(self.results)
            self.results.append(result)
        return self._result_ids[result]

    def part(self, depth: int, children: tuple[int, ...]) -> int:
        """Return the number of the sub-table with these children."""
        key = (depth, children)
        if key not in self._part_ids:
            self._part_ids[key] = len(self._parts)
            self._parts.append(children)
        return self._part_ids[key]

    def contradicting(self, depth: int, siblings: Sequence[int], code: str) -> int:
        """Resolve the contradiction cell of a field from its ordinary cells, element by element."""
        if len(set(siblings)) == 1:
            return siblings[0]
        if depth == self.depth:
            return self.leaf(resolve_contradiction([self.results[s] for s in siblings], code))
        columns = zip(*(self._parts[sibling] for sibling in siblings), strict=True)
        return self.part(
            depth, tuple(self.contradicting(depth + 1, column, code) for column in columns)
        )

    def result(self, codes: Sequence[int]) -> Result:
        """Return the result in a known cell."""
        part = self.root
        for code in codes:
            part = self._parts[part][code]
        return self.results[part]

    def walk(self, cells: Sequence[Cells], facts: Sequence[Callable[[Any], Known | None]]) -> Node:
        """Build the walk; `facts` read the fields.

        A field that cannot change what is left is not read, and a settled answer reads no more.
        """
        nodes: dict[tuple[int, frozenset[int]], Node] = {}

        def grow(depth: int, parts: frozenset[int]) -> Node:
            while depth < self.depth and self._cannot_matter(depth, parts):
                parts, depth = frozenset(c for p in parts for c in self._parts[p]), depth + 1
            if (depth, parts) in nodes:
                return nodes[depth, parts]
            node = self._node(frozenset(self._reach(depth, parts)))
            if depth < self.depth:  # else settled, or nothing left to read
                node = Node()
                node.branch(depth, cells[depth], facts[depth], partial(child, depth, parts))
            nodes[depth, parts] = node
            return node

        def child(depth: int, parts: frozenset[int], code: int) -> Node:
            if code == cells[depth].known:  # unknown: all of them at once
                return grow(depth + 1, frozenset(c for p in parts for c in self._parts[p]))
            return grow(depth + 1, frozenset(self._parts[p][code] for p in parts))

        return grow(0, frozenset([self.root]))

    def _cannot_matter(self, depth: int, parts: Iterable[int]) -> bool:
        """Tell whether a field's value can change no outcome, whatever it does to reasons."""
        return all(
            len({self._shape(depth + 1, child) for child in self._parts[part]}) == 1
            for part in parts
        )

    def _shape(self, depth: int, part: int) -> int:
        """Number the sub-tables by their outcomes alone."""
        key = (depth, part)
        if key not in self._shapes:
            content: object
            if depth == self.depth:
                content = self.results[part].outcome
            else:
                content = tuple(self._shape(depth + 1, child) for child in self._parts[part])
            shape = self._shape_ids.setdefault((depth, content), len(self._shape_ids))
            self._shapes[key] = shape
        return self._shapes[key]

    def _node(self, results: frozenset[int]) -> Node:
        """Return the leaf of these results: one object, whichever walk comes to it."""
        if results not in self._leaves:
            self._leaves[results] = Node([self.results[i] for i in sorted(results)])
        return self._leaves[results]

    def _reach(self, depth: int, parts: Iterable[int]) -> set[int]:
        found = set(parts)
        for _ in range(depth, self.depth):
            found = {child for part in found for child in self._parts[part]}
        return found
