"""What every command shares: JSON on demand, one clear sentence on failure, exit codes.

Exit codes: 0 well, 1 something failed, 2 the configuration is wrong.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

EXIT_OK, EXIT_FAILED, EXIT_CONFIG = 0, 1, 2

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a text.")]


def print_json(value: Any) -> None:  # noqa: ANN401 - anything json can write
    """Write one JSON value and a newline to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def console() -> Console:
    """A terminal for tables; rich measures Chinese characters as two columns."""
    from rich.console import Console

    return Console(highlight=False)


def fail(sentence: str, code: int = EXIT_FAILED) -> typer.Exit:
    """Say what is wrong on standard error; raise the returned exit."""
    sys.stderr.write(sentence + "\n")
    return typer.Exit(code)


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts into a folder, made where missing, and say where each is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode())
            typer.echo(f"{folder / name}")
    except OSError as error:
        raise fail(
            f"{folder} cannot be written ({error.strerror}). Name another folder with --out.",
            EXIT_CONFIG,
        ) from None


def civil_day(text: str | None) -> date:
    """Read the day of deciding; without one it is today in Shanghai."""
    from sizhu_rules.facts.calendar import SHANGHAI

    if text is None:
        return datetime.now(SHANGHAI).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fail("--known-on needs a real day such as 2024-11-22.", EXIT_CONFIG) from None
