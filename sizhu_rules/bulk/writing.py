"""Parquet files that are whole or not there: written under another name, renamed at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sizhu_rules.bulk.cells import Reject

CODEC: Final = "zstd"
LEVEL: Final = 1
REJECTS: Final = "_rejects"  # readers of a folder pass over names that begin with an underscore

_REJECTS: Final = pa.schema(
    [
        pa.field("row", pa.int64()),
        pa.field("row_id", pa.string()),
        pa.field("path", pa.string()),
        pa.field("what", pa.string()),
        pa.field("fix", pa.string()),
    ]
)


class ParquetFile:
    """A Parquet file being written; it takes its name when all went well, else it vanishes."""

    def __init__(self, path: Path, schema: pa.Schema, metadata: Mapping[str, str]) -> None:
        """Open `.{name}.part` beside it; an old one of a killed run is overwritten."""
        self.path = path
        self.rows = 0
        self._part = path.with_name(f".{path.name}.part")
        self._schema = schema.with_metadata(dict(metadata))
        words = [f.name for f in schema if pa.types.is_dictionary(f.type)]
        self._writer = pq.ParquetWriter(
            self._part,
            self._schema,
            compression=CODEC,
            compression_level=LEVEL,
            use_dictionary=words,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows as one row group."""
        self._writer.write_batch(batch.cast(self._schema))
        self.rows += batch.num_rows

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give the file its name, or take it away."""
        self._writer.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)


class Rejects:
    """The rows of one file that could not be decided; there is a file only if there are any."""

    def __init__(self, path: Path, metadata: Mapping[str, str]) -> None:
        """Remove what an earlier run left under this name."""
        path.unlink(missing_ok=True)
        self.rows = 0
        self._path = path
        self._metadata = metadata
        self._file: ParquetFile | None = None

    def write(self, rejects: tuple[Reject, ...], ids: pa.Array, before: int) -> None:
        """Add rows; `before` is how many rows of the file came before this batch."""
        if not rejects:
            return
        if self._file is None:
            self._path.parent.mkdir(exist_ok=True)
            self._file = ParquetFile(self._path, _REJECTS, self._metadata)
        columns: list[list[Any]] = [
            [before + reject.row for reject in rejects],
            [None if (one := ids[reject.row].as_py()) is None else str(one) for reject in rejects],
            [reject.path for reject in rejects],
            [reject.what for reject in rejects],
            [reject.fix for reject in rejects],
        ]
        arrays = [pa.array(c, f.type) for c, f in zip(columns, _REJECTS, strict=True)]
        self._file.write(pa.RecordBatch.from_arrays(arrays, schema=_REJECTS))
        self.rows += len(rejects)

    def close(self, kind: type[BaseException] | None) -> None:
        """Finish the file if there is one."""
        if self._file is not None:
            self._file.__exit__(kind)
