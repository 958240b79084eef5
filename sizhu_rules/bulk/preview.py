"""What a change of policy would do to a register: who gains, who loses, what it costs.

Every row is decided under both policies; only sums leave this module, with small cells hidden.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from sizhu_rules.bulk.deciding import OUTCOME, ByColumn, decider
from sizhu_rules.bulk.lanes import in_order
from sizhu_rules.bulk.masking import Cell, is_hidden, mask_amounts, mask_counts
from sizhu_rules.bulk.naming import named_policy
from sizhu_rules.bulk.reading import Reader
from sizhu_rules.bulk.sources import VILLAGE, find
from sizhu_rules.engine.batch_rule import columns_of
from sizhu_rules.facts.money import yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sizhu_rules.bulk.deciding import ByRow
    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Rule

COUNTS: Final = ("gains", "loses", "to_review")
BANDS: Final = ("0–17", "18–44", "45–59", "60–69", "70–79", "80+", "unknown")
_BAND_STARTS: Final = (18, 45, 60, 70, 80)
_NO_VILLAGE: Final = "unknown"
_RANK: Final = {"not_eligible": 0, "needs_review": 1, "needs_facts": 1, "eligible": 2}
_AHEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of going from one policy to another, as it may be shown to anybody.

    `total`, `villages` and `age_bands` hold counts of people and the cost in fen; hidden cells are
    "<3" or "*". Who gains gets a better verdict, or the same one and pays less; who comes to a
    person's review is neither, until that person decides. The cost counts what is granted
    without review.
    """

    rule: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    known_on: str
    rows: int
    rejected: int
    total: Mapping[str, Cell]
    villages: Mapping[str, Mapping[str, Cell]]
    age_bands: Mapping[str, Mapping[str, Cell]]

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "schema": 1,
            "rule": self.rule,
            "from": dict(self.before),
            "to": dict(self.after),
            "known_on": self.known_on,
            "rows": self.rows,
            "rejected": self.rejected,
            "total": dict(self.total),
            "villages": {name: dict(row) for name, row in self.villages.items()},
            "age_bands": {name: dict(row) for name, row in self.age_bands.items()},
        }


def preview(
    register: Path,
    *,
    before: str | Policy,
    after: str | Policy,
    rule: str = "device",
    known_on: date,
) -> Preview:
    """Decide a register (Parquet or CSV, file or folder) under two policies and compare.

    Villages are told by the column `village_id`. Raises `BulkError`, `PolicyError`, and
    LookupError for a rule that does not exist.
    """
    rules = [_rule(one, rule) for one in (before, after)]
    sources = find(register, rules[0].spec.facts)
    sides = [decider(one, known_on) for one in rules]
    bands = _bands_of(rules[0])
    found = _Counts()
    with ThreadPoolExecutor(2) as pool:
        for source in sources:
            batches = source.batches((VILLAGE,))
            for part in in_order(pool, partial(_compare, sides, bands), batches, _AHEAD):
                found.add(part)
    return Preview(
        rule=rule,
        before=rules[0].identity.to_dict(),
        after=rules[1].identity.to_dict(),
        known_on=known_on.isoformat(),
        rows=found.rows,
        rejected=found.rejected,
        **_shown(found),
    )


def cost_text(cost: Cell) -> str:
    """Return a cost in yuan, hidden ones as they are."""
    return cost if isinstance(cost, str) else f"{yuan(cost)} 元"


@dataclass(slots=True)
class _Part:
    """What one batch adds: for each village and band the counts, the cost, and people behind it."""

    rows: int
    rejected: int
    villages: dict[str, Numbers]
    bands: dict[str, Numbers]


class _Counts:
    """The sums over all batches."""

    def __init__(self) -> None:
        self.rows = 0
        self.rejected = 0
        self.villages: dict[str, Numbers] = {}
        self.bands: dict[str, Numbers] = {}

    def add(self, part: _Part) -> None:
        """Add a batch."""
        self.rows += part.rows
        self.rejected += part.rejected
        for sums, more in ((self.villages, part.villages), (self.bands, part.bands)):
            for name, numbers in more.items():
                sums[name] = sums.get(name, 0) + numbers


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
    indices = encoded.indices.fill_null(len(shares)).to_numpy(zero_copy_only=False)
    found: Numbers = np.array([*millionths, -1], dtype=np.int64).take(indices)
    return found


def _compare(
    ways: Sequence[ByColumn | ByRow],
    bands: Callable[[pa.RecordBatch], Numbers],
    batch: pa.RecordBatch,
) -> _Part:
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
    return _Part(
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
    indices = encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    return indices, [*names, _NO_VILLAGE]


def _bands_of(rule: Rule) -> Callable[[pa.RecordBatch], Numbers]:
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


def _rule(policy: str | Policy, name: str) -> Rule:
    named = named_policy(policy) if isinstance(policy, str) else policy
    if name not in named.rules:
        raise LookupError(f"there is no rule '{name}'; use one of {', '.join(named.rules)}")
    return named.rules[name]


def _shown(found: _Counts) -> dict[str, Any]:
    """Hide small cells; villages in order of their number, bands in that of age."""
    villages = sorted(found.villages)
    bands = [band for band in BANDS if band in found.bands]
    groups = [[found.villages[v] for v in villages], [found.bands[b] for b in bands]]
    total: dict[str, Cell] = {}
    shown: list[dict[str, list[Cell]]] = [{}, {}]
    for number, name in enumerate(COUNTS):
        counts = [[int(row[number]) for row in group] for group in groups]
        total[name], cells = mask_counts(counts)
        for columns, column in zip(shown, cells, strict=True):
            columns[name] = column
    costs, people = ([[int(row[n]) for row in group] for group in groups] for n in (3, 4))
    hidden = [
        [is_hidden(columns, row) for row in range(len(group))]
        for columns, group in zip(shown, groups, strict=True)
    ]
    total["cost_fen"], cells = mask_amounts(costs, people, hidden)
    for columns, column in zip(shown, cells, strict=True):
        columns["cost_fen"] = column
    return {
        "total": total,
        "villages": _by_row(villages, shown[0]),
        "age_bands": _by_row(bands, shown[1]),
    }


def _by_row(names: Sequence[str], columns: Mapping[str, list[Cell]]) -> dict[str, dict[str, Cell]]:
    return {
        name: {column: cells[row] for column, cells in columns.items()}
        for row, name in enumerate(names)
    }
