"""The folder that takes the output: nothing of another run may pass for a part of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.bulk.diff import GONE, SUMMARY
from sizhu_rules.bulk.writing import REJECTS
from sizhu_rules.errors import BulkError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def output_name(source: Path) -> str:
    """Return the name of the output of an input file."""
    return f"{source.stem}.parquet"


def prepare(target: Path, sources: Sequence[Path], previous: Path | None) -> None:
    """Make the folder and take away what an earlier run of the same input says of itself.

    Raises `BulkError` where the folder is the input's, the earlier run's, or holds other output;
    then nothing was touched.
    """
    if target.exists() and not target.is_dir():
        raise BulkError(str(target), "this is no folder", "give a folder for the output")
    if target.resolve() == sources[0].parent.resolve():
        raise BulkError(str(target), "the output would lie among the input", "give another folder")
    if previous is not None and previous.resolve() == target.resolve():
        raise BulkError(str(target), "it would overwrite what it is compared with", "give another")
    names = {output_name(source) for source in sources}
    for folder in (target, target / REJECTS):
        for path in sorted(folder.glob("*.parquet")) if folder.is_dir() else ():
            if path.name not in names | {GONE}:
                what = f"{path.name} lies there from another run"
                raise BulkError(str(folder), what, "give an empty folder, or take it away")
    target.mkdir(parents=True, exist_ok=True)
    for name in (SUMMARY, GONE):
        target.joinpath(name).unlink(missing_ok=True)
