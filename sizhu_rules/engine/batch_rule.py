"""A whole rule by column: raw facts in, numbers of answers and columns of arithmetic out.

The same answers as one by one; each row is decided by the law of its own date.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

import numpy as np

from sizhu_rules.engine.batch_columns import EPOCH, CodeMap, Columns, Results, RuleColumns, unknown
from sizhu_rules.engine.batch_segment import OUT_OF_FORCE, UNDATED, Answers, SegmentLookup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sizhu_rules.engine.batch_columns import Numbers, Settled
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.rule import Answer, Rule, Segment


def columns_of(rule: Rule) -> RuleColumns | None:
    """Return a rule's column twins, where its folder brings any."""
    module = rule.spec.columns
    return None if module is None else cast("RuleColumns", import_module(module).COLUMNS)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one segment, decided: what a rule's column arithmetic sees (see `Settled`)."""

    columns: Columns
    answers: Numbers
    registry: Answers
    values: Mapping[str, Numbers]

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
