"""`bulk`: every row of every file decided, streaming; rows in = rows decided + rows rejected."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from sizhu_rules.bulk.deciding import ByColumn, decider, row_ids, schema
from sizhu_rules.bulk.diff import GONE, SUMMARY, Previous
from sizhu_rules.bulk.lanes import in_order
from sizhu_rules.bulk.naming import named_policy
from sizhu_rules.bulk.sources import find
from sizhu_rules.bulk.spreading import Spread
from sizhu_rules.bulk.target import output_name, prepare
from sizhu_rules.bulk.writing import REJECTS, ParquetFile, Rejects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from datetime import date
    from pathlib import Path

    from sizhu_rules.bulk.deciding import ByRow, Piece
    from sizhu_rules.bulk.sources import Source
    from sizhu_rules.bulk.spreading import Output
    from sizhu_rules.engine.policy import Policy

    Progress = Callable[[int, int | None], None]
    Work = Callable[[tuple[pa.RecordBatch, int]], Piece]

_CORES: Final = 2
_AHEAD: Final = 4  # batches in memory: two at work, one being read, one being written


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of the rows of one file; `written` is less than `decided` with `--diff`."""

    file: str
    rows: int
    decided: int
    rejected: int
    written: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What `bulk` did: the policy it used and the rows of each file."""

    rule: str
    policy: dict[str, str]
    known_on: str
    files: tuple[FileCount, ...]
    verdicts: dict[str, int]
    gone: int | None

    @property
    def rows(self) -> int:
        """All rows read."""
        return sum(file.rows for file in self.files)

    @property
    def rejected(self) -> int:
        """All rows that could not be decided."""
        return sum(file.rejected for file in self.files)

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {**asdict(self), "rows": self.rows, "rejected": self.rejected}


def bulk(
    source: Path,
    target: Path,
    *,
    rule: str,
    known_on: date,
    policy: str | Policy = "simen",
    previous: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Decide every row of a Parquet or CSV file, or of a folder of them, into a folder of Parquet.

    One output file per input file, in the order of the input, written whole or not at all; rows
    with a malformed value go to `_rejects/`. With `previous`, the folder of an earlier run, only
    rows whose result differs, is new or is gone are written. `progress` is told the rows just done
    and how many there are in all, where that is known. A rule that is decided row by row starts two
    processes: call it below a program's `if __name__ == "__main__"`. Raises `BulkError` before
    anything is read, `PolicyError`, and LookupError for a rule that does not exist.
    """
    named = named_policy(policy) if isinstance(policy, str) else policy
    if rule not in named.rules:
        raise LookupError(f"there is no rule '{rule}'; use one of {', '.join(named.rules)}")
    compiled = named.rules[rule]
    sources = find(source, compiled.spec.facts)
    way = decider(compiled, known_on)
    metadata = {
        "rule": rule,
        "region": named.region,
        "version": named.version,
        "digest": named.digest,
        "known_on": known_on.isoformat(),
    }
    prepare(target, [one.path for one in sources], previous)
    run = _Run(way, target, metadata, progress, previous)
    if None not in (sizes := [one.rows for one in sources]):
        run.total = sum(size or 0 for size in sizes)
    with ExitStack() as stack:
        pool, work = _lanes(stack, way, policy, rule, known_on)
        counts, first = [], 0
        for one in sources:
            counts.append(run.file(one, pool, work, first))
            first += counts[-1].rows
    summary = Summary(
        rule=rule,
        policy=compiled.identity.to_dict(),
        known_on=known_on.isoformat(),
        files=tuple(counts),
        verdicts=dict(sorted(run.verdicts.items())),
        gone=run.gone(),
    )
    text = json.dumps(summary.to_dict(), ensure_ascii=False, indent=1) + "\n"
    part = target.joinpath(f".{SUMMARY}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(target / SUMMARY)
    return summary


class _Run:
    """One run over all files: where they go, and what is counted."""

    def __init__(
        self,
        way: ByColumn | ByRow,
        target: Path,
        metadata: dict[str, str],
        progress: Progress | None,
        previous: Path | None,
    ) -> None:
        self._way = way
        self._target = target
        self._metadata = metadata
        self._progress = progress
        self._previous = None if previous is None else Previous(previous, metadata["rule"])
        self.verdicts: dict[str, int] = {}
        self.total: int | None = None

    def file(self, source: Source, pool: Executor, work: Work, first: int) -> FileCount:
        """Decide one file."""
        name = output_name(source.path)
        known = schema(source.ids, self._way.outcome)
        rejects = Rejects(self._target / REJECTS / name, self._metadata)
        rows = decided = 0
        with self._output(self._target / name, known) as file:
            try:
                for ids, piece in _pieces(source, pool, work, first, self._way.most):
                    rejects.write(piece.rejects, ids, rows)
                    if self._previous is not None and piece.rejects:
                        self._previous.keep(ids.take(pa.array([one.row for one in piece.rejects])))
                    self._count(piece.decided)
                    file.write(piece.decided)
                    rows += piece.rows
                    decided += piece.decided.num_rows
                    if self._progress is not None:
                        self._progress(piece.rows, self.total)
            except BaseException as error:
                rejects.close(type(error))
                raise
            rejects.close(None)
        return FileCount(source.path.name, rows, decided, rejects.rows, file.rows)

    def gone(self) -> int | None:
        """Write the rows that only the earlier run had; returns how many."""
        if self._previous is None:
            return None
        return self._previous.write_gone(self._target / GONE, self._metadata)

    def _output(self, path: Path, known: pa.Schema) -> Output:
        if isinstance(self._way, ByColumn):
            return self._open(path, known)
        return Spread(path, known.field("row_id").type, partial(self._open, path))

    def _open(self, path: Path, known: pa.Schema) -> Output:
        if self._previous is None:
            return ParquetFile(path, known, self._metadata)
        return self._previous.changes(path, known, self._metadata)

    def _count(self, decided: pa.RecordBatch) -> None:
        for one in decided.column("verdict").value_counts().to_pylist():
            self.verdicts[one["values"]] = self.verdicts.get(one["values"], 0) + one["counts"]


def _pieces(
    source: Source, pool: Executor, work: Work, first: int, most: int
) -> Iterator[tuple[pa.Array, Piece]]:
    """Decide the batches of a file; each comes with the ids of its rows, rejected ones included."""
    ids = []

    def numbered() -> Iterator[tuple[pa.RecordBatch, int]]:
        at = first
        for whole in source.batches():
            for start in range(0, whole.num_rows, most):
                batch = whole.slice(start, most)
                ids.append(row_ids(batch, at))
                yield batch, at
                at += batch.num_rows

    for piece in in_order(pool, work, numbered(), _AHEAD):
        yield ids.pop(0), piece


def _lanes(
    stack: ExitStack, way: ByColumn | ByRow, policy: str | Policy, rule: str, known_on: date
) -> tuple[Executor, Work]:
    """Two threads for columns, where NumPy and Arrow let go of the lock; two processes for rows."""
    if isinstance(way, ByColumn) or not isinstance(policy, str):
        threads = ThreadPoolExecutor(_CORES)
        stack.enter_context(threads)
        return threads, lambda item: way(*item)
    # Started afresh: forking a process that has Arrow's threads may hang.
    processes = ProcessPoolExecutor(
        _CORES, get_context("spawn"), initializer=_prepare, initargs=(policy, rule, known_on)
    )
    stack.enter_context(processes)
    return processes, _decide_in_process


_PREPARED: list[ByColumn | ByRow] = []


def _prepare(policy: str, rule: str, known_on: date) -> None:
    _PREPARED[:] = [decider(named_policy(policy).rules[rule], known_on)]


def _decide_in_process(item: tuple[pa.RecordBatch, int]) -> Piece:
    return _PREPARED[0](*item)
