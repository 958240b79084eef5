"""The sheets of a rule joined by column, on one date segment: codes in, numbers of answers out.

Leaves of the sheets are joined as `Segment.answer` joins them, each combination once; so are the
walks along unconfirmed alternatives, for the rows whose answer weighs on the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from sizhu_rules.engine.batch import Ending, SheetLookup
from sizhu_rules.engine.rule import NOT_IN_FORCE, Answer, Segment, combine, undated, undecided

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
        sizes = [len(sheet.endings) for sheet in self.sheets]
        self._joined = _Join(sizes, answers.lock, self._join)
        self._base: dict[int, tuple[Ending, ...]] = {}
        self._turned: dict[tuple[int, int, int], int] = {}

    def decide(
        self,
        codes: Mapping[str, Numbers],
        rival_codes: Callable[[int, Numbers], Mapping[str, Numbers]],
        rows: int,
    ) -> Numbers:
        """Return the number of each row's answer.

        `codes` holds the cells of every field; `rival_codes(n, some)` those that the n-th
        unconfirmed alternative gives for some of the rows: it is asked for where an answer weighs.
        """
        ends = [sheet.decide([codes[name] for name in sheet.fields]) for sheet in self.sheets]
        ends = [np.broadcast_to(end, rows) if len(end) != rows else end for end in ends]
        found = self._joined(ends)
        if self.rivals:
            weighs = self.answers.column("weighs", _weighs).take(found).astype(bool)
            open_rows = np.flatnonzero(weighs)
            for number, (_name, position, _value) in enumerate(self.rivals):
                if not len(open_rows):
                    break
                open_rows = self._try(number, codes, rival_codes, ends[position], found, open_rows)
        return found

    def _try(
        self,
        number: int,
        codes: Mapping[str, Numbers],
        rival_codes: Callable[[int, Numbers], Mapping[str, Numbers]],
        ends: Numbers,
        found: Numbers,
        rows: Numbers,
    ) -> Numbers:
        """Walk along one alternative; returns the rows that it leaves as they are."""
        sheet = self.sheets[self.rivals[number][1]]
        other_codes = rival_codes(number, rows)
        chosen = [other_codes.get(name, codes[name][rows]) for name in sheet.fields]
        other = sheet.decide(chosen)
        moved = np.flatnonzero(other != ends[rows])
        if not len(moved):
            return rows
        before = found[rows[moved]]
        key = before.astype(np.int64) * len(sheet.endings) + other[moved]
        every, where = np.unique(key, return_inverse=True)
        after = np.array(
            [self._turn(number, *divmod(k, len(sheet.endings))) for k in every.tolist()],
            dtype=np.int32,
        )[where]
        found[rows[moved]] = after
        settled = np.zeros(len(rows), dtype=bool)
        settled[moved] = after != before
        return rows[~settled]

    def _join(self, ends: tuple[int, ...]) -> int:
        endings = tuple(sheet.endings[end] for sheet, end in zip(self.sheets, ends, strict=True))
        read = frozenset[str]().union(*(ending.read for ending in endings))
        number = self.answers.add(Decided(combine(tuple(e.leaf for e in endings)), read))
        self._base[number] = endings
        return number

    def _turn(self, number: int, base: int, other_end: int) -> int:
        """Return the answer where an alternative turns the answer `base`; else `base`."""
        with self.answers.lock:
            key = (number, base, other_end)
            if key not in self._turned:
                name, position, _value = self.rivals[number]
                one = self.answers.known[base]
                leaves = [ending.leaf for ending in self._base[base]]
                leaves[position] = self.sheets[position].endings[other_end].leaf
                other = combine(tuple(leaves))
                self._turned[key] = base
                if leaves != [e.leaf for e in self._base[base]] and not one.answer.same_as(other):
                    review = undecided(name, position, one.answer, other)
                    self._turned[key] = self.answers.add(Decided(review, one.read))
            return self._turned[key]


def _weighs(decided: Decided) -> int:
    return int(decided.answer.weighs)
