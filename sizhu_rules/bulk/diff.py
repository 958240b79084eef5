"""What an earlier run said, so that only what changed is written.

Of every earlier row two numbers are kept in memory (its id and its result, hashed), 24 bytes with
their order; rows that are gone are read again at the end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sizhu_rules.bulk.hashing import hashes, row_hashes
from sizhu_rules.bulk.writing import ParquetFile
from sizhu_rules.errors import BulkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SUMMARY: Final = "_summary.json"
GONE: Final = "_gone.parquet"
CHANGE: Final = "change"
_ID: Final = "row_id"
_WORD: Final = pa.dictionary(pa.int32(), pa.string())


class Previous:
    """The results of an earlier run, by row id."""

    def __init__(self, folder: Path, rule: str) -> None:
        """Read the folder of an earlier run; raises `BulkError` where it cannot be compared."""
        summary = _summary(folder)
        if summary["rule"] != rule:
            what = f"it was decided by the rule '{summary['rule']}', not '{rule}'"
            raise BulkError(str(folder), what, "give the folder of a run of the same rule")
        if summary["gone"] is not None:
            raise BulkError(str(folder), "it holds changes only", "give the folder of a whole run")
        names = [str(file["file"]) for file in summary["files"]]
        self._files = [folder.joinpath(f"{name.rpartition('.')[0]}.parquet") for name in names]
        ids, results = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        for batch in self._batches():
            ids.append(hashes(batch.column(_ID)))
            results.append(row_hashes(batch, _ID))
        every = np.concatenate(ids)
        self._order = np.argsort(every, kind="stable")
        self._ids = every[self._order]
        self._results = np.concatenate(results)[self._order]
        if len(every) > 1 and (self._ids[1:] == self._ids[:-1]).any():
            raise BulkError(str(folder), "two of its rows have one id", "give every row its own")
        self._seen = np.zeros(len(every), dtype=bool)

    def changes(self, path: Path, schema: pa.Schema, metadata: Mapping[str, str]) -> Changes:
        """Return the file that takes the rows that changed."""
        return Changes(self, path, schema, metadata)

    def compare(self, batch: pa.RecordBatch) -> tuple[Any, Any]:
        """Tell which rows were there before, and which of those said the same."""
        ids = hashes(batch.column(_ID))
        if not len(self._ids):
            return np.zeros(len(ids), bool), np.zeros(len(ids), bool)
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        there = self._ids[places] == ids
        self._seen[self._order[places[there]]] = True
        return there, there & (self._results[places] == row_hashes(batch, _ID))

    def keep(self, ids: pa.Array) -> None:
        """Remember that rows are in the register still, though they could not be decided now."""
        there = np.isin(self._ids, hashes(ids.drop_null()))
        self._seen[self._order[there]] = True

    def write_gone(self, path: Path, metadata: Mapping[str, str]) -> int:
        """Write the earlier rows that no row of this run has the id of; returns how many."""
        path.unlink(missing_ok=True)
        gone = int(np.count_nonzero(~self._seen))
        if not gone:
            return 0
        schemas = [pq.read_schema(file) for file in self._files]
        schema = pa.unify_schemas([one.remove_metadata() for one in schemas])
        with ParquetFile(path, _with_change(schema), metadata) as file:
            first = 0
            for batch in self._batches():
                rows = np.flatnonzero(~self._seen[first : first + batch.num_rows])
                first += batch.num_rows
                if len(rows):
                    full = _widened(batch, schema).take(pa.array(rows))
                    file.write(_marked(full, ["gone"] * len(rows)))
        return gone

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for path in self._files:
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches()


class Changes:
    """A file that takes only the rows whose result is new or differs from before."""

    def __init__(
        self, previous: Previous, path: Path, schema: pa.Schema, metadata: Mapping[str, str]
    ) -> None:
        """Open the file."""
        self._previous = previous
        self._file = ParquetFile(path, _with_change(schema), metadata)

    @property
    def rows(self) -> int:
        """How many rows were written."""
        return self._file.rows

    def write(self, batch: pa.RecordBatch) -> None:
        """Compare rows with the earlier ones and write those that differ."""
        there, same = self._previous.compare(batch)
        rows = np.flatnonzero(~same)
        if len(rows):
            words = np.where(there[rows], "changed", "new").tolist()
            self._file.write(_marked(batch.take(pa.array(rows)), words))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Give the file its name, or take it away."""
        self._file.__exit__(kind, *rest)


def _with_change(schema: pa.Schema) -> pa.Schema:
    return schema.insert(1, pa.field(CHANGE, _WORD))


def _marked(batch: pa.RecordBatch, words: list[str]) -> pa.RecordBatch:
    columns = batch.columns
    columns.insert(1, pa.array(words, pa.string()).dictionary_encode())
    return pa.RecordBatch.from_arrays(columns, schema=_with_change(batch.schema))


def _widened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        batch.column(field.name)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _summary(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        return {key: found[key] for key in ("rule", "gone")} | {"files": list(found["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        raise BulkError(
            str(folder), "no run of bulk ended here", "give the output folder of one"
        ) from None
