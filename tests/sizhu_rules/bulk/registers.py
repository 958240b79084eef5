"""Registers for the tests of `bulk`: written, decided, read back."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from sizhu_rules.bulk import bulk
from sizhu_rules.testing import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from sizhu_rules import DeviceFacts

    People = Callable[[int, int], list[DeviceFacts]]
    CsvRows = Callable[[list[DeviceFacts]], list[dict[str, str]]]
    Typed = Callable[[list[DeviceFacts]], pa.Table]


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows of text under a line of names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(source: Path, target: Path, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - options of bulk
    """Decide a register; returns the rows written."""
    bulk(source, target, **{"rule": "device", "known_on": TODAY, **options})
    return rows_of(target / f"{source.stem}.parquet")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a Parquet file."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
