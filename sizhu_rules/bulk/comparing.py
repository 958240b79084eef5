"""Two policies on one batch of rows: who gains, who loses, who comes to a review, what it costs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from sizhu_rules.bulk.cells import places_of
from sizhu_rules.bulk.deciding import OUTCOME
from sizhu_rules.bulk.reading import Reader
from sizhu_rules.bulk.sources import VILLAGE
from sizhu_rules.engine.batch_rule import columns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sizhu_rules.bulk.deciding import ByColumn, ByRow
    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.rule import Rule

BANDS: Final = ("0–17", "18–44", "45–59", "60–69", "70–79", "80+", "unknown")
_BAND_STARTS: Final = (18, 45, 60, 70, 80)
_NO_VILLAGE: Final = "unknown"
_RANK: Final = {"not_eligible": 0, "needs_review": 1, "needs_facts": 1, "eligible": 2}


@dataclass(slots=True)
class Part:
    """What one batch adds: for each village and band the counts, the cost, and people behind it."""

    rows: int
    rejected: int
    villages: dict[str, Numbers]
    bands: dict[str, Numbers]


@dataclass(frozen=True, slots=True)
class _Result:
    """What one policy says of the rows of a batch; -1 where an amount or a share is not settled."""

    rejected: tuple[int, ...]
    rank: Numbers
    review: Numbers
    paid: Numbers
    share: Numbers
    granted: Numbers


def _decided(way: ByColumn | ByRow, batch: pa.RecordBatch) -> _Result:
    piece = way(batch, 0)
    decided = piece.decided
    outcome = _outcome(decided)
    verdict = decided.column("verdict")
    words = verdict.dictionary.to_pylist()
    places = verdict.indices.to_numpy(zero_copy_only=False)
    rank = np.array([_RANK[word] for word in words], dtype=np.int8).take(places)
    review = np.array([word == "needs_review" for word in words], dtype=bool).take(places)
    granted = _amount(outcome("subsidy_fen"), decided.num_rows)
    granted[(rank != _RANK["eligible"]) | (granted < 0)] = 0
    return _Result(
        rejected=tuple(reject.row for reject in piece.rejects),
        rank=rank,
        review=review,
        paid=_amount(outcome("personal_fen"), decided.num_rows),
        share=_share(outcome("share"), decided.num_rows),
        granted=granted,
    )


def _outcome(decided: pa.RecordBatch) -> Callable[[str], pa.Array | None]:
    """Return how to get a column of the outcome, whichever way it was decided."""
    if OUTCOME in decided.schema.names:
        parsed = [json.loads(text) for text in decided.column(OUTCOME).to_pylist()]
        return lambda name: pa.array([one.get(name) for one in parsed])
    return lambda name: decided.column(name) if name in decided.schema.names else None


def _amount(column: pa.Array | None, rows: int) -> Numbers:
    if column is None or not pa.types.is_integer(column.type):
        return np.full(rows, -1, dtype=np.int64)
    numbers: Numbers = column.fill_null(-1).to_numpy(zero_copy_only=False)
    return numbers.copy()


def _share(column: pa.Array | None, rows: int) -> Numbers:
    """Return shares in millionths: they are compared, never paid."""
    if column is None or pa.types.is_null(column.type):
        return np.full(rows, -1, dtype=np.int64)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    shares = [Fraction(text) for text in encoded.dictionary.to_pylist()]
    millionths = [share.numerator * 1_000_000 // share.denominator for share in shares]
    found: Numbers = np.array([*millionths, -1], dtype=np.int64).take(
        places_of(encoded, len(shares))
    )
    return found


def compare(
    ways: Sequence[ByColumn | ByRow],
    bands: Callable[[pa.RecordBatch], Numbers],
    batch: pa.RecordBatch,
) -> Part:
    """Decide a batch both ways and add up; `bands` numbers the age band of each row."""
    old, new = (_decided(way, batch) for way in ways)
    kept = np.ones(batch.num_rows, dtype=bool)
    kept[list(old.rejected)] = False
    less = _less(new, old)
    more = _less(old, new)
    to_review = new.review & ~old.review
    gains = ~to_review & ((new.rank > old.rank) | ((new.rank == old.rank) & less))
    loses = ~to_review & ((new.rank < old.rank) | ((new.rank == old.rank) & more))
    cost = new.granted - old.granted
    columns = np.stack([gains, loses, to_review, cost, cost != 0]).astype(np.int64)
    villages, names = _villages(batch)
    return Part(
        rows=batch.num_rows,
        rejected=batch.num_rows - int(kept.sum()),
        villages=_sums(columns, villages[kept], names),
        bands=_sums(columns, bands(batch)[kept], BANDS),
    )


def _less(one: _Result, other: _Result) -> Numbers:
    """Tell who pays less under one than under the other: in fen, else by share."""
    amounts = (one.paid >= 0) & (other.paid >= 0)
    shares = (one.share >= 0) & (other.share >= 0)
    less: Numbers = np.where(amounts, one.paid < other.paid, shares & (one.share < other.share))
    return less


def _sums(columns: Numbers, places: Numbers, names: Sequence[str]) -> dict[str, Numbers]:
    sums = np.zeros((len(columns), len(names)), dtype=np.int64)
    for number, column in enumerate(columns):
        np.add.at(sums[number], places, column)
    present = np.flatnonzero(np.bincount(places, minlength=len(names))).tolist()
    return {names[place]: sums[:, place] for place in present}


def _villages(batch: pa.RecordBatch) -> tuple[Numbers, list[str]]:
    if VILLAGE not in batch.schema.names:
        return np.zeros(batch.num_rows, dtype=np.int64), [_NO_VILLAGE]
    column = batch.column(VILLAGE)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    return places_of(encoded, len(names)), [*names, _NO_VILLAGE]


def bands_of(rule: Rule) -> Callable[[pa.RecordBatch], Numbers]:
    """Return how to tell the age band of each row, on the day of submission."""
    columns = columns_of(rule)
    if columns is None or "age" not in columns.twins:
        return lambda batch: np.full(batch.num_rows, len(BANDS) - 1)
    parameters = {name: one.value for name, one in rule.latest().parameters.items()}
    age = columns.twins["age"].fact(parameters)
    reader = Reader(columns)

    def bands(batch: pa.RecordBatch) -> Numbers:
        ages = age(reader.read(batch)[0])
        found: Numbers = np.searchsorted(np.array(_BAND_STARTS), ages, "right")
        found[ages < 0] = len(BANDS) - 1
        return found

    return bands
