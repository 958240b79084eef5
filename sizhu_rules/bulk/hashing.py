"""Numbers of 64 bits that stand for values in a comparison; equal values, equal numbers.

Whole numbers keep their identity (the mixing is one to one); of ten million different texts two
share a number with a probability of three in a million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyarrow import types

from sizhu_rules.bulk.cells import places_of

if TYPE_CHECKING:
    from sizhu_rules.engine.batch_columns import Numbers

_FNV_START: Final = np.uint64(0xCBF29CE484222325)
_FNV_PRIME: Final = np.uint64(0x100000001B3)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def hashes(column: pa.Array) -> Numbers:
    """Return a number for each value; of nulls any."""
    if types.is_dictionary(column.type):
        words = np.append(hashes(column.dictionary), np.uint64(0))
        found: Numbers = words.take(places_of(column, len(words) - 1))
        return found
    if types.is_string(column.type):
        return _mixed(_texts(column))
    if types.is_large_string(column.type):
        return _mixed(_texts(column.cast(pa.string())))
    whole = column.cast(pa.uint64() if types.is_uint64(column.type) else pa.int64())
    numbers = whole.fill_null(0).to_numpy(zero_copy_only=False).view(np.uint64)
    return _mixed(numbers + _GOLDEN)


def row_hashes(batch: pa.RecordBatch, without: str) -> Numbers:
    """Return a number for each row: a null counts as much as a column that is not there."""
    total = np.zeros(batch.num_rows, dtype=np.uint64)
    for name in batch.schema.names:
        if name != without:
            column = batch.column(name)
            one = _mixed(hashes(column) + hashes(pa.array([name]))[0])
            if column.null_count:
                one[column.is_null().to_numpy(zero_copy_only=False)] = 0
            total += one
    return total


def _mixed(numbers: Numbers) -> Numbers:
    """Mix the bits one to one (the last steps of splitmix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _SECOND
    mixed: Numbers = numbers ^ (numbers >> np.uint64(31))
    return mixed


def _texts(column: pa.Array) -> Numbers:
    """Hash texts byte by byte (FNV-1a), all of them at once."""
    _validity, starts, data = column.buffers()
    offsets = np.frombuffer(starts, dtype=np.int32)[column.offset :][: len(column) + 1]
    content = np.frombuffer(data or b"", dtype=np.uint8)
    lengths = np.diff(offsets)
    found = np.full(len(column), _FNV_START)
    for at in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > at)
        byte = content.take(offsets[:-1].take(longer) + at)
        found[longer] = (found[longer] ^ byte) * _FNV_PRIME
    return found
