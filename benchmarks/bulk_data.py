"""A synthetic register for the benchmark: ten million applications nobody made, in Parquet.

Typed columns as an export from a database would have them, with three percent of holes in each;
ages lie around sixty, where the rule turns. The same numbers for the same seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sizhu_rules.engine.batch_columns import Numbers

GROUP = 1 << 18  # rows of a row group
HOLES = 0.03
STATUSES = ("none", "dibao", "dibian", "tekun", "zhichu", "pending")
CERTIFICATES = ("valid", "expired", "lost", "cancelled", "deceased", "moved")
ALLOWED: tuple[list[int], ...] = ([1, 2, 3, 4, 5, 6, 7], [4], [1], [2, 3], [4, 7], [5, 6])


def write(path: Path, rows: int, codec: str, level: int) -> None:
    """Write a register of so many rows."""
    chance = np.random.default_rng(20261124)
    first = _group(chance, 0, min(rows, GROUP))
    with pq.ParquetWriter(path, first.schema, compression=codec, compression_level=level) as file:
        file.write_batch(first)
        for start in range(GROUP, rows, GROUP):
            file.write_batch(_group(chance, start, min(GROUP, rows - start)))


def _group(chance: np.random.Generator, start: int, rows: int) -> pa.RecordBatch:
    submitted = _day("2024-01-01") + chance.integers(0, 366, rows, dtype=np.int32)
    category = chance.choice(np.arange(1, 8, dtype=np.int8), rows)
    life = chance.integers(0, 9, rows, dtype=np.int16)
    valid_to = submitted + chance.integers(-60, 900, rows, dtype=np.int32)
    cap = chance.integers(200, 4000, rows) * 100
    delivered = submitted - chance.integers(1, 4000, rows, dtype=np.int32)
    holes = chance.random((16, rows)) < HOLES
    columns: dict[str, pa.Array] = {
        "id": pa.array(np.arange(start, start + rows)),
        "village_id": _words(chance, [f"33028110{n:04d}" for n in range(24)], [1] * 24, rows),
        "birth_date": _days(
            _day("1925-01-01") + chance.integers(0, 36_500, rows, dtype=np.int32), holes[0]
        ),
        "submitted_on": _days(submitted, holes[1]),
        "household.status": _words(chance, STATUSES, [60, 14, 12, 6, 4, 4], rows, holes[2]),
        "certificate.category": pa.array(category, mask=holes[3]),
        "certificate.components": _lists(
            [[1, 2], [4], [2, 3, 4], [5, 6], []],
            chance.integers(0, 5, rows),
            (category != 7) | holes[4],
        ),
        "certificate.status": _words(chance, CERTIFICATES, [90, 4, 2, 2, 1, 1], rows, holes[5]),
        "certificate.valid_to": _days(
            submitted + chance.integers(-60, 3000, rows, dtype=np.int32), holes[6]
        ),
        "device.allowed_categories": _lists(ALLOWED, _skewed(chance, rows), holes[7]),
        "device.qty": pa.array(chance.integers(1, 4, rows, dtype=np.int16), mask=holes[8]),
        "price_fen": pa.array(chance.integers(10_000, 400_000, rows), mask=holes[9]),
        "open_same_class": pa.array(chance.random(rows) < 0.05, mask=holes[10]),
    }
    columns |= _with_word(chance, "household.valid_to", "open_ended", 0.4, valid_to, holes[11])
    columns |= _with_word(chance, "device.life_years", "none", 0.3, life, holes[12])
    columns |= _with_word(chance, "device.cap_fen", "none", 0.5, cap, holes[13])
    columns |= _with_word(chance, "last_delivered_on", "never", 0.7, delivered, holes[14])
    for name in ("household.valid_to", "last_delivered_on"):
        columns[name] = columns[name].cast(pa.date32())
    return pa.RecordBatch.from_pydict(columns)


def _day(text: str) -> np.int32:
    return np.datetime64(text).astype(np.int32)


def _days(days: Numbers, holes: Numbers) -> pa.Array:
    return pa.array(days, mask=holes).cast(pa.date32())


def _skewed(chance: np.random.Generator, rows: int) -> Numbers:
    return np.where(chance.random(rows) < 0.7, 0, chance.integers(1, len(ALLOWED), rows))


def _words(
    chance: np.random.Generator,
    words: Sequence[str],
    weights: list[int],
    rows: int,
    holes: Numbers | None = None,
) -> pa.Array:
    share = np.array(weights) / sum(weights)
    numbers = chance.choice(len(words), rows, p=share).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=holes), list(words)).cast(
        pa.string()
    )


def _lists(choices: Sequence[list[int]], places: Numbers, holes: Numbers) -> pa.Array:
    typed = pa.array(choices, pa.list_(pa.int8()))
    return typed.take(pa.array(places, mask=holes))


def _with_word(
    chance: np.random.Generator,
    name: str,
    word: str,
    share: float,
    numbers: Numbers,
    holes: Numbers,
) -> dict[str, pa.Array]:
    said = chance.random(len(numbers)) < share
    words = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(len(numbers), np.int32), mask=~said | holes), [word]
    )
    return {
        name: pa.array(numbers, mask=said | holes),
        f"{name}.word": words.cast(pa.string()),
    }
