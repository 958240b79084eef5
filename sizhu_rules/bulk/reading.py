"""Columns of a file as columns of raw facts, exactly as `from_mapping` would read each row.

Typed columns are read whole; whatever looks odd in them is put to the fact's own kind one by one,
so that the sentence of a refusal is the same everywhere. Text is parsed once per distinct value.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from sizhu_rules.bulk.cells import TWICE, WORD, Reject, cell, is_text, places_of
from sizhu_rules.engine.batch_columns import Columns, Form, ListForm, RuleColumns
from sizhu_rules.engine.raw import Day, Flag, Malformed, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.raw import Kind, RawFact

_MOST_REMEMBERED: Final = 200_000


class Reader:
    """Reads the columns of one rule; remembers what texts mean."""

    def __init__(self, columns: RuleColumns) -> None:
        """Take the rule's forms."""
        self._schema = columns.facts.SCHEMA
        self._lists = columns.lists
        self._forms = columns.forms()
        self._known: dict[str, dict[str, int]] = {raw.path: {} for raw in self._schema}

    def read(self, batch: pa.RecordBatch) -> tuple[Columns, dict[int, Reject]]:
        """Return the columns, and the rows with a malformed value: the first one of each row."""
        names = set(batch.schema.names)
        columns: dict[str, Numbers] = {}
        rejects: dict[int, Reject] = {}
        for raw in self._schema:
            form = self._forms.get(raw.path)
            numbers: Numbers | None = None
            odd: dict[int, Malformed] = {}
            if raw.path in names:
                numbers, odd = self._column(raw, form, batch.column(raw.path))
            if raw.path + WORD in names:
                words = batch.column(raw.path + WORD)
                numbers, odd = self._with_words(raw, form, numbers, words, odd)
            if numbers is not None and form is not None:
                columns[raw.path] = numbers
            for row, error in odd.items():
                rejects.setdefault(row, Reject(row, raw.path, error.what, error.fix))
        return Columns(self._forms, columns, batch.num_rows), rejects

    def _with_words(
        self,
        raw: RawFact,
        form: Form | None,
        numbers: Numbers | None,
        words: pa.Array,
        odd: dict[int, Malformed],
    ) -> tuple[Numbers, dict[int, Malformed]]:
        beside, wrong = self._distinct(raw, form, words, typed=False)
        if numbers is None or form is None:
            return beside, {**odd, **wrong}
        said = words.is_valid().to_numpy(zero_copy_only=False)
        both = np.flatnonzero(said & ((numbers != form.unknown) | _marked(odd, len(said))))
        wrong = {**odd, **wrong, **{int(row): Malformed(*TWICE) for row in both}}
        return np.where(said, beside, numbers), wrong

    def _column(
        self, raw: RawFact, form: Form | None, column: pa.Array
    ) -> tuple[Numbers, dict[int, Malformed]]:
        arrow = column.type
        if types.is_null(arrow):
            return self._distinct(raw, form, column.cast(pa.string()), typed=False)
        if form is not None and isinstance(raw.kind, Day) and types.is_date32(arrow):
            return _bounded(raw.kind, form, column.view(pa.int32()), _days, _FIRST, _LAST)
        if form is not None and isinstance(raw.kind, Whole) and types.is_integer(arrow):
            return _bounded(raw.kind, form, column, int, raw.kind.low, raw.kind.high)
        if form is not None and isinstance(raw.kind, Flag) and types.is_boolean(arrow):
            return _filled(column.cast(pa.int8()), form), {}
        if raw.path in self._lists and (types.is_list(arrow) or types.is_large_list(arrow)):
            return _lists(raw.kind, self._lists[raw.path], column)
        return self._distinct(raw, form, column, typed=not _texts(arrow))

    def _distinct(
        self, raw: RawFact, form: Form | None, column: pa.Array, *, typed: bool
    ) -> tuple[Numbers, dict[int, Malformed]]:
        """Parse each distinct value once."""
        encoded = column if types.is_dictionary(column.type) else column.dictionary_encode()
        known = self._known[raw.path]
        dtype = np.dtype(np.int8) if form is None else form.dtype
        lowest = int(np.iinfo(dtype).min) if form is None else form.unknown
        numbers: list[int] = []
        errors: dict[int, Malformed] = {}
        for place, value in enumerate(encoded.dictionary.to_pylist()):
            if value is None:  # a dictionary may hold it as an entry
                numbers.append(lowest)
                continue
            key = value if isinstance(value, str) else None
            number = None if key is None else known.get(key)
            if number is None:
                try:
                    parsed = raw.kind.parse(value if typed else cell(value, raw.kind))
                except Malformed as error:
                    errors[place] = error
                    numbers.append(0)
                    continue
                number = 0 if form is None else form.of(parsed)
                if key is not None and len(known) < _MOST_REMEMBERED:
                    known[key] = number
            numbers.append(number)
        indices = places_of(encoded, len(numbers))
        found = np.array([*numbers, lowest], dtype=dtype).take(indices)
        odd: dict[int, Malformed] = {}
        for place, wrong in errors.items():
            odd |= {int(row): wrong for row in np.flatnonzero(indices == place)}
        return found, odd


_FIRST: Final = date(1850, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_LAST: Final = date(2200, 12, 31).toordinal() - date(1970, 1, 1).toordinal()


def _texts(arrow: pa.DataType) -> bool:
    return is_text(arrow.value_type if types.is_dictionary(arrow) else arrow)


def _marked(odd: Mapping[int, Malformed], rows: int) -> Numbers:
    marked = np.zeros(rows, dtype=bool)
    marked[list(odd)] = True
    return marked


def _filled(column: pa.Array, form: Form) -> Numbers:
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(form.unknown, column.type))
    numbers: Numbers = column.to_numpy(zero_copy_only=False)
    return numbers


def _days(number: int) -> date:
    """Return a day for its kind to judge; one outside Python's calendar is as wrong as its last."""
    ordinal = number + date(1970, 1, 1).toordinal()
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def _bounded(
    kind: Kind, form: Form, column: pa.Array, typed: Callable[[int], object], low: int, high: int
) -> tuple[Numbers, dict[int, Malformed]]:
    """Read numbers; those out of bounds are put to their kind."""
    ends = pc.min_max(column).as_py()
    errors: dict[int, Malformed] = {}
    if ends["min"] is not None and not low <= ends["min"] <= ends["max"] <= high:
        outside = pc.or_(
            pc.less(column, _scalar(low, column.type)),
            pc.greater(column, _scalar(high, column.type)),
        )
        outside = pc.fill_null(outside, fill_value=False)
        for row in np.flatnonzero(outside.to_numpy(zero_copy_only=False)).tolist():
            try:
                kind.parse(typed(column[row].as_py()))
            except Malformed as error:
                errors[row] = error
        column = pc.if_else(outside, pa.scalar(None, column.type), column)
    arrow = pa.from_numpy_dtype(form.dtype)
    return _filled(column if column.type == arrow else column.cast(arrow, safe=False), form), errors


def _scalar(bound: int, arrow: pa.DataType) -> pa.Scalar:
    """Return a bound within the type of a column: what no value passes bounds nothing."""
    limits = np.iinfo(arrow.to_pandas_dtype())
    return pa.scalar(min(max(bound, int(limits.min)), int(limits.max)), arrow)


def _lists(kind: Kind, lists: ListForm, column: pa.Array) -> tuple[Numbers, dict[int, Malformed]]:
    """Read lists as sets of bits; odd ones are put to their kind."""
    form = lists.form
    starts = column.offsets.to_numpy(zero_copy_only=True)
    flat = column.values.slice(int(starts[0]), int(starts[-1] - starts[0]))
    starts = starts - starts[0]
    parts = _parts(flat)
    if parts is None:
        odd = np.ones(len(column), dtype=bool)
        numbers = np.zeros(len(column), dtype=form.dtype)
    else:
        numbers, odd = lists.bits(parts, starts)
    errors: dict[int, Malformed] = {}
    absent = ~column.is_valid().to_numpy(zero_copy_only=False)
    numbers[absent] = form.unknown
    for row in np.flatnonzero(odd & ~absent).tolist():
        try:
            numbers[row] = form.of(kind.parse(column[row].as_py()))
        except Malformed as error:
            errors[row] = error
            numbers[row] = form.unknown
    return numbers, errors


def _parts(flat: pa.Array) -> dict[str, Numbers] | None:
    """Return the elements of lists as numbers, by key; None where they are nothing of the kind."""
    if types.is_integer(flat.type):
        return {"category": _narrow(flat, 0)}
    if not types.is_struct(flat.type) or flat.null_count:
        return None
    fields = {flat.type.field(i).name: flat.field(i) for i in range(flat.type.num_fields)}
    if "category" not in fields or not fields.keys() <= {"category", "grade"}:
        return None
    if not all(types.is_integer(part.type) for part in fields.values()):
        return None
    return {name: _narrow(part, 0 if name == "category" else 1) for name, part in fields.items()}


def _narrow(numbers: pa.Array, absent: int) -> Numbers:
    """Return small numbers as bytes; what is no small number is looked at one by one."""
    if types.is_int8(numbers.type) and not numbers.null_count:
        bytes_: Numbers = numbers.to_numpy(zero_copy_only=True).view(np.uint8)
        return bytes_
    small = pc.and_(pc.greater(numbers, 0), pc.less(numbers, 8))
    kept = pc.if_else(small, numbers, pa.scalar(0, numbers.type)).fill_null(absent)
    found: Numbers = kept.cast(pa.uint8()).to_numpy(zero_copy_only=False)
    return found
