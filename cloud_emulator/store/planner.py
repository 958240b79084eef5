"""Plans: which ranges of which index hold every match of a filter, and in which order.

An index narrows; it decides only where the plan is `exact`: no array ever met, and every term
turned into ranges without a rest. The property test holds each plan against a full scan.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cloud_emulator.mongo.matching import Filter, Term
from cloud_emulator.mongo.ordering import after, flip
from cloud_emulator.mongo.sorting import SortSpec
from cloud_emulator.store.bounds import Bounds, combine, flipped
from cloud_emulator.store.indexes import Field, Index

MAX_RANGES: Final = 4096


@dataclass(frozen=True, slots=True)
class Range:
    """Keys from `low` to before `high`, which share their first `cut` bytes."""

    low: bytes
    high: bytes
    cut: int


@dataclass(frozen=True, slots=True)
class Order:
    """How a plan's ranges give a sort: backwards or not, merged or one after the other."""

    backwards: bool
    merged: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Ranges of one index; `covered` are the paths whose terms need no second look."""

    index: Index
    ranges: tuple[Range, ...]
    covered: frozenset[str]
    constant: frozenset[str]
    prefix: int

    @property
    def whole_keys(self) -> bool:
        """Whether every range is one whole key of the index."""
        return self.prefix == len(self.index.fields)

    @property
    def most_documents(self) -> int | None:
        """How many documents there can be at most, where the index itself says so."""
        return len(self.ranges) if self.whole_keys and self.index.unique else None

    def order(self, sort: SortSpec) -> Order | None:
        """Tell whether the ranges already stand in this order, None where they do not."""
        if self.index.multi:
            return None
        wanted = [(path, way) for path, way in sort if path not in self.constant]
        suffix = _direction(self.index.fields[self.prefix :], wanted)
        if suffix is not None:
            return Order(suffix < 0, merged=True)
        rest = [own for own in self.index.fields if own.path not in self.constant]
        whole = _direction(rest, wanted)
        return None if whole is None else Order(whole < 0, merged=False)


def _direction(fields: Iterable[Field], wanted: list[tuple[str, int]]) -> int | None:
    """Return 1 or -1 where the fields begin with the wanted ones, all alike or all turned."""
    own = list(fields)[: len(wanted)]
    if not wanted or [item.path for item in own] != [path for path, _ in wanted]:
        return None
    ways = {item.direction * way for item, (_, way) in zip(own, wanted, strict=True)}
    return ways.pop() if len(ways) == 1 else None


def by_path(terms: Iterable[Term]) -> dict[str, list[Term]]:
    """Group terms by their field."""
    groups: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        groups[term.path].append(term)
    return groups


def plan_for(index: Index, groups: dict[str, list[Term]]) -> Plan | None:
    """Plan one index for grouped terms, None where its first field has none it can serve."""
    prefixes = [b""]
    covered: set[str] = set()
    constant: set[str] = set()
    ranges: list[Range] | None = None
    depth = 0
    for own in index.fields:
        bounds = combine(groups.get(own.path, ()), multi=index.multi)
        if bounds is None or (index.multi and depth):
            break
        if bounds.points is None:
            ranges = _interval_ranges(prefixes, own, bounds)
        elif len(prefixes) * len(bounds.points) > MAX_RANGES:
            break
        else:
            points = [flip(p) if own.direction < 0 else p for p in bounds.points]
            prefixes = [a + b for a, b in itertools.product(prefixes, points)]
            depth += 1
            if len(points) == 1:
                constant.add(own.path)
        if bounds.whole and not index.multi:
            covered.add(own.path)
        if ranges is not None:
            break
    if ranges is None:
        if not depth:
            return None
        ranges = [Range(prefix, after(prefix), len(prefix)) for prefix in prefixes]
    ranges.sort(key=lambda item: item.low)
    return Plan(index, tuple(ranges), frozenset(covered), frozenset(constant), depth)


def _interval_ranges(prefixes: list[bytes], own: Field, bounds: Bounds) -> list[Range]:
    if bounds.interval is None:
        return []
    low, high = bounds.interval if own.direction > 0 else flipped(bounds.interval)
    if low >= high:
        return []
    return [Range(prefix + low, prefix + high, len(prefix)) for prefix in prefixes]


def whole_index(index: Index) -> Plan:
    """Plan a walk over the whole index, for its order alone."""
    return Plan(index, (Range(b"", b"\xff", 0),), frozenset(), frozenset(), 0)


def plans(indexes: Iterable[Index], condition: Filter) -> list[Plan]:
    """Return every plan that narrows, those that could cover most terms first."""
    groups = by_path(condition.terms)
    if not groups:
        return []
    found = [plan for index in indexes if (plan := plan_for(index, groups)) is not None]
    found.sort(key=lambda plan: (-len(plan.covered), len(plan.ranges)))
    return found
