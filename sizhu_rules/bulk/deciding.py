"""One batch of rows in, one batch of decisions out: by column where the rule can, else row by row.

Both ways give the same columns: verdict, the rule's outcome, codes, adverse.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from sizhu_rules.bulk.cells import Reject, one_by_one
from sizhu_rules.bulk.reading import Reader
from sizhu_rules.bulk.sources import BATCH, ID
from sizhu_rules.engine.batch_rule import RuleLookup, columns_of
from sizhu_rules.errors import BulkError
from sizhu_rules.facts.citizen_id import CitizenIdError, parse_citizen_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.batch_columns import Numbers, Results, RuleColumns
    from sizhu_rules.engine.rule import Rule

OUTCOME: Final = "outcome"
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_LOOKED_AT: Final = 100  # ids of each batch
_NO_ID: Final = (ID, "the row has no id", "give every row an id of its own, or no row any")


@dataclass(frozen=True, slots=True)
class Piece:
    """The decisions of one batch and the rows that could not be decided; `rows` went in."""

    decided: pa.RecordBatch
    rejects: tuple[Reject, ...]
    rows: int


def row_ids(batch: pa.RecordBatch, first: int) -> pa.Array:
    """Return the ids of a batch, or running numbers.

    Raises `BulkError` where most of the first ids are identity numbers: they would come out again.
    """
    if ID not in batch.schema.names:
        return pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
    ids = batch.column(ID)
    looked_at = ids.slice(0, _LOOKED_AT).to_pylist()
    if 2 * sum(map(_is_identity_number, looked_at)) > len(looked_at):
        fix = "give every row a number of its own, and keep the two lists apart"
        raise BulkError("id", "these are identity numbers", fix)
    return ids.dictionary_decode() if isinstance(ids, pa.DictionaryArray) else ids


def _is_identity_number(value: object) -> bool:
    try:
        parse_citizen_id(str(value).strip())
    except CitizenIdError:  # a running number of 18 digits is one by chance, once in thousands
        return False
    return True


def schema(ids: pa.DataType, outcome: pa.Schema) -> pa.Schema:
    """Return the columns of decisions."""
    return pa.schema(
        [
            pa.field("row_id", ids),
            pa.field("verdict", _WORD),
            *outcome,
            pa.field("codes", _WORD),
            pa.field("adverse", pa.bool_()),
        ]
    )


class ByColumn:
    """Decides whole columns at once; safe for several threads."""

    most = BATCH

    def __init__(self, rule: Rule, columns: RuleColumns) -> None:
        """Make the rule's look-up arrays."""
        self._columns = columns
        self._lookup = RuleLookup(rule, columns)
        self._reader = Reader(columns)
        self._texts: dict[tuple[int, tuple[str, ...]], str] = {}
        self.outcome = pa.schema(
            [pa.field(name, _WORD) for name in columns.texts]
            + [pa.field(name, pa.int64()) for name in columns.numbers]
        )

    def __call__(self, batch: pa.RecordBatch, first: int) -> Piece:
        """Decide the rows of a batch."""
        raw, rejects = self._reader.read(batch)
        ids = row_ids(batch, first)
        if ids.null_count:
            for row in np.flatnonzero(ids.is_null().to_numpy(zero_copy_only=False)).tolist():
                rejects[row] = Reject(row, *_NO_ID)
        if rejects:
            kept = np.ones(batch.num_rows, dtype=bool)
            kept[list(rejects)] = False
            rows = np.flatnonzero(kept)
            raw, ids = raw.take(rows), ids.take(pa.array(rows))
        answers, results = self._lookup.decide(raw)
        decided = pa.RecordBatch.from_arrays(
            [ids, *self._arrays(answers, results)], schema=schema(ids.type, self.outcome)
        )
        ordered = tuple(rejects[row] for row in sorted(rejects))
        return Piece(decided, ordered, batch.num_rows)

    def _arrays(self, answers: Numbers, results: Results) -> list[pa.Array]:
        known = self._lookup.answers.known
        ways = results.codes
        places = answers * np.int32(len(ways))
        if results.extra is not None:
            places += results.extra
        met = np.flatnonzero(np.bincount(places)).tolist()
        used = sorted({place // len(ways) for place in met})
        verdict = _words(answers, {one: known[one].answer.verdict for one in used})
        texts = [
            _words(answers, {one: self._text(name, one) for one in used})
            for name in self._columns.texts
        ]
        numbers = [
            pa.array(values, mask=~stated)
            for values, stated in map(results.numbers.__getitem__, self._columns.numbers)
        ]
        codes = {place: self._codes(place // len(ways), ways[place % len(ways)]) for place in met}
        adverse = np.zeros(max(used, default=0) + 1, dtype=bool)
        adverse[[one for one in used if known[one].answer.adverse]] = True
        return [verdict, *texts, *numbers, _words(places, codes), pa.array(adverse.take(answers))]

    def _text(self, name: str, number: int) -> str | None:
        answer = self._lookup.answers.known[number].answer
        values = dict(pair for result in answer.values for pair in result.values)
        return str(values[name]) if name in values else None

    def _codes(self, number: int, extra: tuple[str, ...]) -> str:
        key = (number, extra)
        if key not in self._texts:
            answer = self._lookup.answers.known[number].answer
            self._texts[key] = " ".join(dict.fromkeys((*answer.codes, *extra)))
        return self._texts[key]


class ByRow:
    """Decides row by row with the native engine; the outcome is one JSON text, spread later."""

    outcome = pa.schema([pa.field(OUTCOME, pa.string())])
    most = 1 << 14  # a row of Python objects takes a hundred times the memory of a row of columns

    def __init__(self, rule: Rule, known_on: date) -> None:
        """Take the compiled rule."""
        self._rule = rule
        self._known_on = known_on

    def __call__(self, batch: pa.RecordBatch, first: int) -> Piece:
        """Decide the rows of a batch."""
        ids = row_ids(batch, first).to_pylist()
        columns: dict[str, list[Any]] = {
            name: [] for name in schema(pa.string(), self.outcome).names
        }
        rejects = []
        for row, facts in enumerate(one_by_one(batch, self._rule.spec.facts)):
            if isinstance(facts, Reject):
                rejects.append(facts)
            elif ids[row] is None:
                rejects.append(Reject(row, *_NO_ID))
            else:
                decision = self._rule.decide(facts, self._known_on)
                columns["row_id"].append(ids[row])
                columns["verdict"].append(decision.verdict)
                columns[OUTCOME].append(json.dumps(flat(decision.outcome), ensure_ascii=False))
                columns["codes"].append(" ".join(decision.codes))
                columns["adverse"].append(decision.adverse)
        known = schema(row_ids(batch, first).type, self.outcome)
        arrays = [pa.array(columns[field.name], _plain(field.type)) for field in known]
        decided = pa.RecordBatch.from_arrays(
            [array.cast(field.type) for array, field in zip(arrays, known, strict=True)],
            schema=known,
        )
        return Piece(decided, tuple(rejects), batch.num_rows)


def decider(rule: Rule, known_on: date) -> ByColumn | ByRow:
    """Return the way to decide a rule: by column where its folder brings column twins."""
    columns = columns_of(rule)
    return ByRow(rule, known_on) if columns is None else ByColumn(rule, columns)


def flat(outcome: Mapping[str, object], above: str = "") -> dict[str, int | bool | str | None]:
    """Return nested outcome values by dotted name; lists become JSON text."""
    found: dict[str, int | bool | str | None] = {}
    for name, value in outcome.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        elif value is None or isinstance(value, int | str):
            found[above + name] = value
        else:
            found[above + name] = json.dumps(value, ensure_ascii=False)
    return found


def _words(places: Numbers, words: Mapping[int, str | None]) -> pa.DictionaryArray:
    """Return the word of each place; words stand in their own order: the same in every run."""
    found = sorted({word for word in words.values() if word is not None})
    order = {word: number for number, word in enumerate(found)}
    numbers = np.full(max(words, default=0) + 1, -1, dtype=np.int32)
    for place, word in words.items():
        if word is not None:
            numbers[place] = order[word]
    indices = numbers.take(places)
    absent = None in words.values()
    array = pa.array(indices, mask=indices < 0) if absent else pa.array(indices)
    return pa.DictionaryArray.from_arrays(array, pa.array(found, pa.string()))


def _plain(arrow: pa.DataType) -> pa.DataType:
    return arrow.value_type if pa.types.is_dictionary(arrow) else arrow
