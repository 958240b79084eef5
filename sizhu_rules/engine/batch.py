"""A compiled sheet as a look-up array: columns of cell codes in, a column of endings out.

The array has one entry for every cell, unknown and contradicting ones included, filled by the same
walk that decides one person. Looking up is one multiplication and addition per field and one
gather; NumPy and Arrow release the interpreter lock, so that two threads share the rows.
Needs the extra `sizhu[bulk]`; imported on use only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.walk import Node


# Rows looked up at once. Small enough for the cache, large enough that two threads seldom meet at
# the interpreter lock: measured best between 2**19 and 2**21.
CHUNK: Final = 1 << 20
_BYTE: Final = 1 << 8
_WORD: Final = 8  # rows of one byte each in a 64-bit word


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a walk ends: its leaf, and the fields that it looked at on the way."""

    leaf: Node
    read: frozenset[str]


class SheetLookup:
    """One sheet on one date segment as a look-up array."""

    __slots__ = ("_pairs", "_values", "endings", "fields", "numbers", "sizes")

    def __init__(self, table: Table, root: Node) -> None:
        """Walk every cell of the sheet once."""
        self.fields = tuple(cells.field.name for cells in table.cells)
        self.sizes = tuple(cells.known + 1 for cells in table.cells)
        known: dict[tuple[Node, frozenset[str]], int] = {}
        found = []
        for codes in product(*map(range, self.sizes)):
            node, read = root, []
            while node.fact is not None:
                read.append(self.fields[node.field])
                node = node.child(codes[node.field])
            found.append(known.setdefault((node, frozenset(read)), len(known)))
        self.endings = tuple(Ending(leaf, read) for leaf, read in known)
        self.numbers = np.array(found, dtype=np.min_scalar_type(len(known) - 1))
        self._values = pa.array(self.numbers)
        self._pairs = _pairs(self.numbers)

    def decide(self, codes: Sequence[Numbers], *, threads: int = 1) -> Numbers:
        """Look up one row per position: codes of the fields in the sheet's order, endings out.

        Raises ValueError for a code that no cell of its field has.
        """
        rows = len(codes[0]) if codes else 1
        out = np.empty(rows, dtype=self.numbers.dtype)
        columns = [np.ascontiguousarray(column) for column in codes]
        first, *others = _spans(rows, threads)
        if not others:
            self._span(columns, out, first)
            return out
        with ThreadPoolExecutor(len(others)) as pool:
            waiting = [pool.submit(self._span, columns, out, other) for other in others]
            self._span(columns, out, first)
            for future in waiting:
                future.result()
        return out

    def _span(self, columns: Sequence[Numbers], out: Numbers, span: range) -> None:
        scratch = np.empty(min(CHUNK, len(span)) // _WORD, dtype=np.uint64)
        for start in range(span.start, span.stop, CHUNK):
            part = slice(start, min(start + CHUNK, span.stop))
            self._chunk([column[part] for column in columns], out[part], scratch)

    def _chunk(self, columns: Sequence[Numbers], target: Numbers, scratch: Numbers) -> None:
        for name, size, column in zip(self.fields, self.sizes, columns, strict=True):
            if len(column) and column.max() >= size:
                raise ValueError(f"{name} has codes from 0 to {size - 1} only; encode it anew")
        if not columns:  # a sheet that asks nothing has one cell
            target[:] = self.numbers
            return
        whole = 0
        if self._pairs is not None and all(column.dtype == np.uint8 for column in columns):
            whole = len(target) // _WORD * _WORD
            words = [column[:whole].view(np.uint64) for column in columns]
            self._words(words, target[:whole], scratch[: whole // _WORD])
        if whole < len(target):
            index = np.zeros(len(target) - whole, dtype=np.min_scalar_type(len(self.numbers)))
            for column, size in zip(columns, self.sizes, strict=True):
                index *= index.dtype.type(size)
                index += column[whole:].astype(index.dtype, copy=False)
            target[whole:] = look_up(self._values, index)

    def _words(self, columns: Sequence[Numbers], target: Numbers, index: Numbers) -> None:
        """Look up eight rows per multiplication and two per gather.

        Every index is below 256, so that no product or sum leaves its byte of the word.
        """
        so_far = columns[0]
        for column, size in zip(columns[1:], self.sizes[1:], strict=True):
            np.multiply(so_far, np.uint64(size), out=index)
            np.add(index, column, out=index)
            so_far = index
        target.view(np.uint16)[:] = look_up(self._pairs, so_far.view(np.uint16))


def look_up(values: pa.Array, index: Numbers) -> Numbers:
    """Gather values by small unsigned numbers, every one of them within the array.

    Arrow's gather takes them as they are, where NumPy's would widen each to eight bytes first.
    """
    taken = pc.take(values, pa.array(index), boundscheck=False)
    return taken.to_numpy(zero_copy_only=True)  # type: ignore[no-any-return] # pyarrow is untyped


def _pairs(numbers: Numbers) -> pa.Array | None:
    """Return what two neighbouring rows give together, for sheets of few cells."""
    if len(numbers) > _BYTE or numbers.dtype != np.uint8:
        return None
    one = np.zeros(_BYTE, dtype=np.uint16)
    one[: len(numbers)] = numbers
    return pa.array((one[:, None] * np.uint16(_BYTE) + one[None, :]).reshape(-1))


def _spans(rows: int, threads: int) -> list[range]:
    """Divide rows among threads, in whole words; few rows are work for one."""
    if threads == 1 or rows <= CHUNK:
        return [range(rows)]
    step = -(-rows // threads // _WORD) * _WORD
    return [range(start, min(start + step, rows)) for start in range(0, rows, step)]
