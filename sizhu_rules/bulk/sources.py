"""The files to decide: which there are, whether their columns are known, and their rows in batches.

Nothing is decided before every file's columns have been looked at.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from pyarrow import types

from sizhu_rules.bulk.cells import WORD, fits, is_text
from sizhu_rules.errors import BulkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sizhu_rules.engine.raw import Facts, RawFact

ID: Final = "id"
VILLAGE: Final = "village_id"
PASSENGER: Final = "x_"
BATCH: Final = 1 << 18  # rows; measured: smaller waits on locks, larger leaves the cache
_CSV_BLOCK: Final = 1 << 24  # bytes
_SUFFIXES: Final = (".parquet", ".csv")


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its columns, and how many rows it has where that is known before reading."""

    path: Path
    schema: pa.Schema
    rows: int | None
    stating: tuple[str, ...]  # the columns that state facts

    @property
    def ids(self) -> pa.DataType:
        """The type of the row ids: that of the column `id`, or of a running number."""
        if ID not in self.schema.names:
            return pa.int64()
        return _plain(self.schema.field(ID).type)

    def batches(self, passengers: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Read the columns that matter, batch by batch, in the order of the file."""
        wanted = [n for n in self.schema.names if n in (ID, *passengers, *self.stating)]
        if self.path.suffix == ".csv":
            yield from _csv_batches(self.path, wanted)
            return
        texts = [name for name in wanted if is_text(self.schema.field(name).type)]
        with pq.ParquetFile(self.path, read_dictionary=[t for t in texts if t != ID]) as file:
            if wanted:
                yield from file.iter_batches(BATCH, columns=wanted)
            else:  # no column at all: every fact of every row is unknown
                yield from _empty_batches(file.metadata.num_rows)


def find(path: Path, facts: type[Facts]) -> list[Source]:
    """Return the files, in order of name, with known columns; raises `BulkError`.

    A file whose name begins with a dot or an underscore is none of them.
    """
    if path.is_dir():
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix in _SUFFIXES and not file.name.startswith((".", "_"))
        )
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise BulkError(str(path), "there is no file to decide", "give a .parquet or .csv, or both")
    stems = [file.stem for file in files]
    for file in files:
        if file.suffix not in _SUFFIXES:
            raise BulkError(
                file.name, "this is neither Parquet nor CSV", "name it .parquet or .csv"
            )
        if stems.count(file.stem) > 1:
            raise BulkError(file.name, "two files have this name", "rename one of them")
    sources = [_source(file, facts) for file in files]
    for source in sources:
        if source.ids != sources[0].ids:
            what = f"its ids are {source.ids}, those of {files[0].name} are {sources[0].ids}"
            raise BulkError(source.path.name, what, "write them in the same way")
    return sources


def _source(path: Path, facts: type[Facts]) -> Source:
    try:
        if path.suffix == ".csv":
            with _open_csv(path, ()) as reader:
                names = reader.schema.names
            with _open_csv(path, names) as reader:
                next(iter(reader), None)  # its first lines must be text in UTF-8
            schema, rows = pa.schema([(name, pa.string()) for name in names]), None
        else:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        kind = "CSV in UTF-8 with a line of names" if path.suffix == ".csv" else "Parquet"
        raise BulkError(path.name, f"this cannot be read as {kind}", "write it anew") from error
    return Source(path, schema, rows, _check_columns(path.name, schema, facts))


def _check_columns(file: str, schema: pa.Schema, facts: type[Facts]) -> tuple[str, ...]:
    """Return the columns that state facts; raises `BulkError` for one that is not known."""
    raws = {raw.path: raw for raw in facts.SCHEMA}
    worded = {path + WORD: raw for path, raw in raws.items() if getattr(raw.kind, "words", ())}
    for name in schema.names:
        if schema.names.count(name) > 1:
            raise BulkError(file, f"two columns are named '{name}'", "keep one of them")
        arrow = _plain(schema.field(name).type)
        if name in raws:
            _check_type(file, raws[name], arrow)
        elif name in worded:
            if not is_text(arrow):
                raise BulkError(file, f"'{name}' holds no text", "write words there, or nothing")
        elif name == ID:
            if not (types.is_integer(arrow) or is_text(arrow)):
                raise BulkError(file, "'id' is neither a number nor text", "write it as text")
        elif not _is_passenger(name):
            raise _unknown_column(file, name, [*raws, *worded, ID, VILLAGE])
    return tuple(name for name in schema.names if name in raws or name in worded)


def _check_type(file: str, raw: RawFact, arrow: pa.DataType) -> None:
    if not fits(raw.kind, arrow):
        what = f"'{raw.path}' cannot be told from a column of {arrow}"
        wanted = {"Day": "date32", "Whole": "whole numbers", "Flag": "booleans"}
        kind = type(raw.kind).__name__
        raise BulkError(file, what, f"write {wanted.get(kind, 'text')}, or all of it as text")


def _unknown_column(file: str, name: str, known: list[str]) -> BulkError:
    if name == "citizen_id":
        fix = "write birth_date instead: identity numbers do not belong into such a file"
        return BulkError(file, "'citizen_id' is not taken here", fix)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'? If not, " if near else ""
    fix = f"{hint}name it {PASSENGER}… so that it is passed over, or take it out"
    return BulkError(file, f"no fact is named '{name[:40]}'", fix)


def _is_passenger(name: str) -> bool:
    return name in (ID, VILLAGE) or name.startswith(PASSENGER)


def _plain(arrow: pa.DataType) -> pa.DataType:
    """Return the type of the values where they stand in a dictionary."""
    return arrow.value_type if types.is_dictionary(arrow) else arrow


def _open_csv(path: Path, names: Sequence[str]) -> arrow_csv.CSVStreamingReader:
    convert = arrow_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        include_columns=list(names),
        null_values=[""],
        strings_can_be_null=True,
    )
    read = arrow_csv.ReadOptions(block_size=_CSV_BLOCK)
    parse = arrow_csv.ParseOptions(newlines_in_values=False)
    return arrow_csv.open_csv(path, read, parse, convert)


def _csv_batches(path: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    # Without any wanted column the first one is read for the number of rows alone.
    with _open_csv(path, ()) as reader:
        first = reader.schema.names[:1]
    try:
        with _open_csv(path, names or first) as reader:
            for batch in reader:
                yield batch if names else batch.select([])
    except pa.ArrowInvalid as error:
        what = "a line has more or fewer cells than there are names, or is no UTF-8"
        raise BulkError(path.name, what, "write the file anew") from error


def _empty_batches(rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, BATCH):
        struct = pa.array([{}] * min(BATCH, rows - start), pa.struct([]))
        yield pa.RecordBatch.from_struct_array(struct)
