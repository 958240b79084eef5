"""The files to decide: which there are, whether their columns are known, and their rows in batches.

Nothing is decided before every file's columns have been looked at.
"""

from __future__ import annotations

import codecs
import contextlib
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

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
_COLUMN: Final = re.compile(r"[A-Za-z][A-Za-z_. -]{0,39}")  # what may be told: no number, no name


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
            schema, rows = pa.schema([(name, pa.string()) for name in _csv_names(path)]), None
        else:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
    except PermissionError as error:
        raise BulkError(
            path.name, "this may not be read", "ask for the right to read it"
        ) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise BulkError(path.name, "this cannot be read as Parquet", "write it anew") from error
    return Source(path, schema, rows, _check_columns(path.name, schema, facts))


def _check_columns(file: str, schema: pa.Schema, facts: type[Facts]) -> tuple[str, ...]:
    """Return the columns that state facts; raises `BulkError` for one that is not known."""
    raws = {raw.path: raw for raw in facts.SCHEMA}
    worded = {path + WORD: raw for path, raw in raws.items() if getattr(raw.kind, "words", ())}
    for place, name in enumerate(schema.names, 1):
        if schema.names.count(name) > 1:
            told = f"'{name}'" if _COLUMN.fullmatch(name) else f"as column {place} is"
            raise BulkError(file, f"two columns are named {told}", "keep one of them")
        arrow = _plain(schema.field(name).type)
        if name in raws:
            _check_type(file, raws[name], arrow)
        elif name in worded:
            if not is_text(arrow):
                raise BulkError(file, f"'{name}' holds no text", "write words there, or nothing")
        elif name in (ID, VILLAGE):
            if not (types.is_integer(arrow) or is_text(arrow)):
                raise BulkError(file, f"'{name}' is neither a number nor text", "write it as text")
        elif not _is_passenger(name):
            raise _unknown_column(file, name, place, [*raws, *worded, ID, VILLAGE])
    return tuple(name for name in schema.names if name in raws or name in worded)


def _check_type(file: str, raw: RawFact, arrow: pa.DataType) -> None:
    if not fits(raw.kind, arrow):
        what = f"'{raw.path}' cannot be told from a column of {arrow}"
        wanted = {"Day": "date32", "Whole": "whole numbers", "Flag": "booleans"}
        kind = type(raw.kind).__name__
        raise BulkError(file, what, f"write {wanted.get(kind, 'text')}, or all of it as text")


def _unknown_column(file: str, name: str, place: int, known: list[str]) -> BulkError:
    if name == "citizen_id":
        fix = "write birth_date instead: identity numbers do not belong into such a file"
        return BulkError(file, "'citizen_id' is not taken here", fix)
    if not _COLUMN.fullmatch(name.strip()):  # it may be a person's: a file without a line of names
        what = f"column {place} bears the name of no fact"
        fix = f"write the names of the facts in the first line; name others {PASSENGER}…"
        return BulkError(file, what, fix)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'? If not, " if near else ""
    fix = f"{hint}name it {PASSENGER}… so that it is passed over, or take it out"
    return BulkError(file, f"no fact is named '{name}'", fix)


def _is_passenger(name: str) -> bool:
    return name in (ID, VILLAGE) or name.startswith(PASSENGER)


def _plain(arrow: pa.DataType) -> pa.DataType:
    """Return the type of the values where they stand in a dictionary."""
    return arrow.value_type if types.is_dictionary(arrow) else arrow


def _csv_names(path: Path) -> list[str]:
    """Return the names in the first line; the first lines below must be text in UTF-8, too."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise _no_utf_8(path.name)
    with _Csv(path) as csv:
        names: list[str] = csv.open(()).schema.names
        if len(names) == 1 and any(sign in names[0] for sign in ";\t"):
            fix = "save it as CSV with commas between the cells"
            raise BulkError(path.name, "its cells are not separated by commas", fix)
        next(iter(csv.open(names)), None)
    return names


def _csv_batches(path: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    # Without any wanted column the first one is read for the number of rows alone.
    with _Csv(path) as csv:
        wanted = names or csv.open(()).schema.names[:1]
        for batch in csv.open(wanted):
            yield batch if names else batch.select([])


def _no_utf_8(file: str) -> BulkError:
    return BulkError(file, "this is not UTF-8", "save it as 'CSV UTF-8', not in GBK or UTF-16")


class _Csv:
    """A CSV file being read, and what to say where that fails: the line, never what is in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._odd: arrow_csv.InvalidRow | None = None
        self._convert = arrow_csv.ConvertOptions()
        self._readers: list[arrow_csv.CSVStreamingReader] = []

    def open(self, names: Sequence[str]) -> arrow_csv.CSVStreamingReader:
        """Read some columns as text; without names, all of them as Arrow guesses."""
        self._convert = arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            include_columns=list(names),
            null_values=[""],
            strings_can_be_null=True,
        )
        read = arrow_csv.ReadOptions(block_size=_CSV_BLOCK)
        parse = arrow_csv.ParseOptions(newlines_in_values=False, invalid_row_handler=self._met)
        self._readers.append(arrow_csv.open_csv(self._path, read, parse, self._convert))
        return self._readers[-1]

    def _met(self, row: arrow_csv.InvalidRow) -> str:
        self._odd = self._odd or row
        return "error"

    def _line(self) -> int:
        """Find the number of the first odd line: only one thread that reads alone knows it."""
        numbers: list[int] = []

        def met(row: arrow_csv.InvalidRow) -> str:
            numbers.append(row.number)
            return "error"

        read = arrow_csv.ReadOptions(use_threads=False, block_size=_CSV_BLOCK)
        parse = arrow_csv.ParseOptions(newlines_in_values=False, invalid_row_handler=met)
        with (
            contextlib.suppress(pa.ArrowInvalid),
            arrow_csv.open_csv(self._path, read, parse, self._convert) as reader,
        ):
            for _ in reader:
                pass
        return numbers[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        for reader in self._readers:
            reader.close()
        name, odd = self._path.name, self._odd
        if isinstance(error, pa.ArrowInvalid) and odd is not None:
            what = f"line {self._line()} has {odd.actual_columns} cells, not {odd.expected_columns}"
            raise BulkError(name, what, "mend it: cells with a comma stand in quotes") from error
        if isinstance(error, UnicodeDecodeError) or "UTF8" in str(error):
            raise _no_utf_8(name) from error
        if isinstance(error, pa.ArrowInvalid):
            what = "this cannot be read as CSV with a line of names"
            raise BulkError(name, what, "write it anew") from error


def _empty_batches(rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, BATCH):
        struct = pa.array([{}] * min(BATCH, rows - start), pa.struct([]))
        yield pa.RecordBatch.from_struct_array(struct)
