"""The sheets of a rule joined by column, on one date segment: codes in, numbers of answers out.

Leaves of the sheets are joined as `Segment.answer` joins them, each combination once; so are the
walks along unconfirmed alternatives, for the rows in which a sheet weighs on the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from sizhu_rules.engine.batch import Ending, SheetLookup
from sizhu_rules.engine.rule import NOT_IN_FORCE, Answer, Segment, combine, doubted, undated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sizhu_rules.engine.batch_columns import Numbers

UNDATED: Final = 0
OUT_OF_FORCE: Final = 1
_LARGEST_TABLE: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Decided:
    """An answer, and which fields the walks behind it looked at."""

    answer: Answer
    read: frozenset[str]


class Answers:
    """All answers met so far, numbered as they come; safe for several threads."""

    def __init__(self) -> None:
        """Begin with the answers that need no sheet."""
        self.known: list[Decided] = [
            Decided(undated(Answer("needs_facts", ())), frozenset()),
            Decided(NOT_IN_FORCE, frozenset()),
        ]
        self.lock = Lock()
        self._columns: dict[str, Numbers] = {}

    def add(self, decided: Decided) -> int:
        """Number an answer; the lock must be held."""
        self.known.append(decided)
        return len(self.known) - 1

    def column(self, name: str, of: Callable[[Decided], int]) -> Numbers:
        """Return what a function says of each answer, by its number."""
        column = self._columns.get(name)
        if column is None or len(column) < len(self.known):
            known = self.known[:]
            done = [] if column is None else column.tolist()
            done += [of(decided) for decided in known[len(done) :]]
            column = self._columns[name] = np.array(done, dtype=np.int16)
        return column


class _Join:
    """Numbers tuples of small numbers, each combination made once."""

    def __init__(
        self, sizes: Sequence[int], lock: Lock, make: Callable[[tuple[int, ...]], int]
    ) -> None:
        self._sizes = sizes
        self._lock = lock
        self._make = make
        self._known: dict[int, int] = {}
        total = int(np.prod([1, *sizes], dtype=object))
        self._table = np.full(total, -1, dtype=np.int32) if total <= _LARGEST_TABLE else None

    def __call__(self, columns: Sequence[Numbers]) -> Numbers:
        key: Numbers = columns[0].astype(np.int64 if self._table is None else np.int32)
        for size, column in zip(self._sizes[1:], columns[1:], strict=True):
            key *= size
            key += column
        if self._table is None:
            every, where = np.unique(key, return_inverse=True)
            return np.array([self._number(k) for k in every.tolist()], dtype=np.int32)[where]
        found = self._table.take(key)
        if len(found) and found.min() < 0:
            for one in np.unique(key[found < 0]).tolist():
                self._table[one] = self._number(one)
            found = self._table.take(key)
        return found

    def _number(self, key: int) -> int:
        with self._lock:
            if key not in self._known:
                parts, rest = [], key
                for size in reversed(self._sizes):
                    rest, part = divmod(rest, size)
                    parts.append(part)
                self._known[key] = self._make(tuple(reversed(parts)))
            return self._known[key]


class SegmentLookup:
    """A rule on one date segment as look-up arrays."""

    def __init__(self, segment: Segment, answers: Answers) -> None:
        """Make the arrays of its sheets."""
        self.segment = segment
        self.answers = answers
        pairs = list(zip(segment.tables, segment.roots, strict=True))
        self.sheets = tuple(SheetLookup(table, root) for table, root in pairs)
        self.rivals = segment.rivals()
        self._weighs = [
            np.array([ending.leaf.weighs for ending in sheet.endings]) for sheet in self.sheets
        ]
        sizes = [len(sheet.endings) for sheet in self.sheets]
        self._joined = _Join(sizes, answers.lock, self._join)
        self._base: dict[int, tuple[Ending, ...]] = {}
        self._doubted: dict[tuple[int, ...], int] = {}

    def decide(
        self,
        codes: Mapping[str, Numbers],
        rival_codes: Callable[[int, Numbers], Mapping[str, Numbers]],
        rows: int,
    ) -> Numbers:
        """Return the number of each row's answer.

        `codes` holds the cells of every field; `rival_codes(n, some)` those that the n-th
        unconfirmed alternative gives for some of the rows: it is asked for where a sheet weighs.
        """
        ends = [sheet.decide([codes[name] for name in sheet.fields]) for sheet in self.sheets]
        ends = [np.broadcast_to(end, rows) if len(end) != rows else end for end in ends]
        found = self._joined(ends)
        moved = [
            self._moved(number, codes, rival_codes, ends[position])
            for number, (_name, position, _value) in enumerate(self.rivals)
        ]
        if any(len(some) for some, _ends in moved):
            self._doubt(found, moved)
        return found

    def _moved(
        self,
        number: int,
        codes: Mapping[str, Numbers],
        rival_codes: Callable[[int, Numbers], Mapping[str, Numbers]],
        ends: Numbers,
    ) -> tuple[Numbers, Numbers]:
        """Return the rows that an alternative moves away from what weighs, and where to."""
        position = self.rivals[number][1]
        rows = np.flatnonzero(self._weighs[position].take(ends))
        if not len(rows):
            return rows, rows
        sheet, other_codes = self.sheets[position], rival_codes(number, rows)
        other = sheet.decide([other_codes.get(name, codes[name][rows]) for name in sheet.fields])
        moves = other != ends[rows]
        return rows[moves], other[moves]

    def _doubt(self, found: Numbers, moved: Sequence[tuple[Numbers, Numbers]]) -> None:
        """Put the answers in doubt into their rows; each combination is looked at once."""
        rows = np.unique(np.concatenate([some for some, _ends in moved]))
        keys = np.full((len(moved) + 1, len(rows)), -1, dtype=np.int32)
        keys[0] = found[rows]
        for key, (some, ends) in zip(keys[1:], moved, strict=True):
            key[np.searchsorted(rows, some)] = ends
        every, where = np.unique(keys, axis=1, return_inverse=True)
        after = [self._turn(tuple(key)) for key in every.T.tolist()]
        found[rows] = np.array(after, dtype=found.dtype)[where.reshape(-1)]

    def _join(self, ends: tuple[int, ...]) -> int:
        endings = tuple(sheet.endings[end] for sheet, end in zip(self.sheets, ends, strict=True))
        read = frozenset[str]().union(*(ending.read for ending in endings))
        number = self.answers.add(Decided(combine(tuple(e.leaf for e in endings)), read))
        self._base[number] = endings
        return number

    def _turn(self, key: tuple[int, ...]) -> int:
        """Return the answer where alternatives turn one, else itself; -1: they do not move it."""
        with self.answers.lock:
            if key not in self._doubted:
                base, *ends = key
                leaves = tuple(ending.leaf for ending in self._base[base])
                turned = tuple(
                    (name, position, node)
                    for (name, position, _value), end in zip(self.rivals, ends, strict=True)
                    if end >= 0
                    and not leaves[position].same_as(
                        node := self.sheets[position].endings[end].leaf
                    )
                )
                self._doubted[key] = base
                if turned:
                    answer = combine(doubted(leaves, turned))
                    read = self.answers.known[base].read
                    self._doubted[key] = self.answers.add(Decided(answer, read))
            return self._doubted[key]
