"""`sizhu village`: the synthetic village as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The synthetic village of the case study.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The synthetic village of the case study."""


@app.command()
def make(
    out: Annotated[Path, typer.Option("--out", help="Folder to write; made where missing.")],
) -> None:
    """Write the village as JSON Lines in WeChat's import format; people's clear data apart."""
    from cloud_sync.schema import DATABASE, read_rows
    from synthetic_village import build

    village = build()
    for path in sorted((DATABASE / "seed").glob("*.jsonl")):
        village.collections.setdefault(path.stem, read_rows(path))
    village.write(out)
    for name, rows in sorted(village.collections.items()):
        typer.echo(f"{name + '.jsonl':24} {len(rows):5} rows")
    typer.echo(
        f"\nWritten to {out}. Load nothing from clear/: it holds the synthetic people's names, "
        "IDs and phones, and no environment needs them."
    )
