"""What a single cell of a file states, and which columns can state a fact at all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pyarrow import types

from sizhu_rules.engine.raw import Day, Facts, Flag, Instant, Member, Text, Whole
from sizhu_rules.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.raw import Kind

WORD: Final = ".word"
_DIGITS: Final = re.compile(r"-?(0|[1-9][0-9]{0,29})", re.ASCII)
_BOOLEANS: Final = {"true": True, "false": False}
TWICE: Final = ("the fact is stated twice", "state it once: the value, or the word beside it")


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row was not decided: never the value itself."""

    row: int
    path: str
    what: str
    fix: str


def cell(text: str, kind: Kind) -> object:
    """Return what a cell of text states of a fact: a number, true or false, a list, else the text.

    Numbers are plain decimal digits; lists are JSON, such as [4] or [{"category": 2}].
    """
    if isinstance(kind, Whole):
        return int(text) if _DIGITS.fullmatch(text) else text
    if isinstance(kind, Flag):
        return _BOOLEANS.get(text, text)
    if text.startswith(("[", "{")) and not isinstance(kind, Day | Member | Instant | Text):
        try:
            found: object = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return found
    return text


def fits(kind: Kind, arrow: pa.DataType) -> bool:
    """Tell whether a column of a type can hold a kind of fact."""
    if types.is_dictionary(arrow):
        arrow = arrow.value_type
    if types.is_null(arrow) or is_text(arrow):
        return True
    if isinstance(kind, Day):
        return bool(types.is_date32(arrow))
    if isinstance(kind, Whole):
        return bool(types.is_integer(arrow))
    if isinstance(kind, Flag):
        return bool(types.is_boolean(arrow))
    if isinstance(kind, Instant):
        return bool(types.is_timestamp(arrow)) and arrow.tz is not None
    return not isinstance(kind, Member) and bool(types.is_list(arrow) or types.is_large_list(arrow))


def is_text(arrow: pa.DataType) -> bool:
    """Tell whether a type is text."""
    return bool(types.is_string(arrow) or types.is_large_string(arrow))


def places_of(column: pa.DictionaryArray, absent: int) -> Numbers:
    """Return where in its dictionary each value stands; `absent` for none."""
    places: Numbers = column.indices.cast(pa.int32()).fill_null(absent).to_numpy()
    return places


def one_by_one(batch: pa.RecordBatch, facts: type[Facts]) -> Iterator[Facts | Reject]:
    """Give the typed facts of each row, or why they are none: the plain way, row by row."""
    columns: list[tuple[str, list[object]]] = []
    for raw in facts.SCHEMA:
        for name in (raw.path, raw.path + WORD):
            if name in batch.schema.names:
                values = batch.column(name).to_pylist()
                columns.append((raw.path, [_stated(value, raw.kind) for value in values]))
    order = list(facts.paths())
    for row in range(batch.num_rows):
        found: dict[str, object] = {}
        errors = []
        for path, values in columns:
            if values[row] is not None:
                if path in found:
                    errors.append(Reject(row, path, *TWICE))
                found[path] = values[row]
        for error in errors:
            del found[error.path]
        try:
            typed = facts.from_mapping(found)
        except FactError as error:
            errors.append(Reject(row, error.path, error.what, error.fix))
        yield min(errors, key=lambda error: order.index(error.path)) if errors else typed


def _stated(value: object, kind: Kind) -> object:
    return cell(value, kind) if isinstance(value, str) else value
