"""A whole rule by column: raw columns in, numbers of answers out, the same answers as one by one.

Leaves of the sheets are joined as `Segment.answer` joins them, each combination once; so are the
walks along unconfirmed alternatives, for the rows whose answer is adverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from sizhu_rules.engine.batch import Ending, SheetLookup
from sizhu_rules.engine.batch_columns import EPOCH, CodeMap, Columns, Results, RuleColumns, unknown
from sizhu_rules.engine.rule import NOT_IN_FORCE, Answer, Segment, combine, undated, undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sizhu_rules.engine.batch_columns import Numbers, Settled
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.rule import Rule


UNDATED: Final = 0
OUT_OF_FORCE: Final = 1
_LARGEST_TABLE: Final = 1 << 22


def columns_of(rule: Rule) -> RuleColumns | None:
    """Return a rule's column twins, where its folder brings any."""
    module = rule.spec.columns
    return None if module is None else cast("RuleColumns", import_module(module).COLUMNS)


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
        unconfirmed alternative gives for some of the rows: it is asked for adverse ones only.
        """
        ends = [sheet.decide([codes[name] for name in sheet.fields]) for sheet in self.sheets]
        ends = [np.broadcast_to(end, rows) if len(end) != rows else end for end in ends]
        found = self._joined(ends)
        if self.rivals:
            adverse = self.answers.column("adverse", _adverse).take(found).astype(bool)
            open_rows = np.flatnonzero(adverse)
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
                    review = undecided(name, one.answer, other)
                    self._turned[key] = self.answers.add(Decided(review, one.read))
            return self._turned[key]


def _adverse(decided: Decided) -> int:
    return int(decided.answer.adverse)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one segment, decided: what a rule's column arithmetic sees (see `Settled`)."""

    columns: Columns
    answers: Numbers
    registry: Answers
    values: Mapping[str, Numbers]

    @property
    def every(self) -> Sequence[Answer]:
        """All answers met so far, by number."""
        return [decided.answer for decided in self.registry.known]

    def column(self, name: str, of: Callable[[Answer], int]) -> Numbers:
        """Return for each row a number of its answer; `name` is how it is remembered."""
        return self.registry.column(f"of:{name}", lambda d: of(d.answer)).take(self.answers)

    def field(self, name: str) -> Numbers:
        """Return the values of a derived fact, unknown where the walk did not look at it."""
        read = self.registry.column(f"read:{name}", lambda d: int(name in d.read))
        values = self.values[name]
        if read.min():
            return values
        return np.where(read.take(self.answers).astype(bool), values, unknown(values.dtype))


class RuleLookup:
    """A rule by column, over all its date segments."""

    def __init__(self, rule: Rule, columns: RuleColumns) -> None:
        """Make the arrays of every segment."""
        self.rule = rule
        self.columns = columns
        self.forms = columns.forms()
        self.answers = Answers()
        self._starts = np.array([start.toordinal() - EPOCH for start in rule.starts], np.int32)
        self._segments = [
            None if segment is None else _Columnar(rule, segment, columns, self.answers)
            for segment in rule.segments
        ]

    def decide(self, raw: Columns) -> tuple[Numbers, Results]:
        """Return each row's answer number, and the columns of the rule's arithmetic."""
        days = raw[self.rule.spec.dated_by]
        place = np.searchsorted(self._starts, days, "right")
        place[days == raw.unknown(self.rule.spec.dated_by)] = -1
        first = int(place[0]) if len(place) else 0
        if (place == first).all():
            return self._part(first, raw)
        answers = np.empty(raw.rows, dtype=np.int32)
        parts = []
        for one in np.unique(place).tolist():
            rows = np.flatnonzero(place == one)
            answers[rows], results = self._part(one, raw.take(rows))
            parts.append((rows, results))
        return answers, _together(parts, raw.rows)

    def _part(self, place: int, raw: Columns) -> tuple[Numbers, Results]:
        segment = self._segments[place - 1] if place > 0 else None
        if segment is not None:
            return segment.decide(raw)
        number = UNDATED if place < 0 else OUT_OF_FORCE
        answers = np.full(raw.rows, number, dtype=np.int32)
        nothing = (np.zeros(raw.rows, np.int64), np.zeros(raw.rows, bool))
        return answers, Results(dict.fromkeys(self.columns.numbers, nothing))


class _Columnar:
    """A segment with its rule's column twins bound to the segment's parameters."""

    def __init__(
        self, rule: Rule, segment: Segment, columns: RuleColumns, answers: Answers
    ) -> None:
        self._lookup = SegmentLookup(segment, answers)
        self._outcome = columns.outcome
        self._numbers: dict[str, Number] = {
            name: parameter.value for name, parameter in segment.parameters.items()
        }
        names = {cells.field.name: cells for table in segment.tables for cells in table.cells}
        self._maps = {name: CodeMap(c, columns.twins[name].words) for name, c in names.items()}
        self._facts = {name: columns.twins[name].fact(self._numbers) for name in names}
        self._rivals = [
            {
                field: columns.twins[field].fact({**self._numbers, name: value})
                for field in self._lookup.sheets[position].fields
                if name in rule.spec.derived[field].parameters
            }
            for name, position, value in self._lookup.rivals
        ]

    def decide(self, raw: Columns) -> tuple[Numbers, Results]:
        values = {name: fact(raw) for name, fact in self._facts.items()}
        codes = {name: self._maps[name].codes(column) for name, column in values.items()}

        def rival_codes(number: int, rows: Numbers) -> Mapping[str, Numbers]:
            some = raw.take(rows)
            return {
                name: self._maps[name].codes(fact(some))
                for name, fact in self._rivals[number].items()
            }

        answers = self._lookup.decide(codes, rival_codes, raw.rows)
        part: Settled = Part(raw, answers, self._lookup.answers, values)
        return answers, self._outcome(part, self._numbers)


def _together(parts: Sequence[tuple[Numbers, Results]], rows: int) -> Results:
    """Put the results of the segments back into the order of the rows."""
    codes: list[tuple[str, ...]] = [()]
    extra = np.zeros(rows, dtype=np.int8)
    numbers: dict[str, tuple[Numbers, Numbers]] = {}
    for where, results in parts:
        for name, (values, stated) in results.numbers.items():
            if name not in numbers:
                numbers[name] = (np.zeros(rows, values.dtype), np.zeros(rows, bool))
            numbers[name][0][where] = values
            numbers[name][1][where] = stated
        if results.extra is not None:
            codes += [one for one in results.codes if one not in codes]
            places = np.array([codes.index(one) for one in results.codes], dtype=np.int8)
            extra[where] = places.take(results.extra)
    return Results(numbers, extra, tuple(codes))
