"""Facts as people give them to a command: a file or standard input, in whatever was at hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizhu_cli.output import EXIT_CONFIG, fail

if TYPE_CHECKING:
    from collections.abc import Iterator


def lines_of(name: str) -> Iterator[bytes]:
    """Give the lines of a file, or of standard input for "-"; ends the command without a file."""
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as lines:
            yield from lines
    except OSError as error:
        raise fail(
            f"{name} cannot be read ({error.strerror}). Give a file of JSON, or - (stdin).",
            EXIT_CONFIG,
        ) from None


def facts_of(text: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read one JSON value in UTF-8, with or without a byte order mark.

    Raises ValueError with a sentence that ends in the fix, and holds nothing of what was read.
    """
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        sentence = "This is not UTF-8. Save the file as UTF-8, not as GBK or UTF-16."
    except json.JSONDecodeError as error:
        sentence = f"This is not JSON ({error.msg})."
    except RecursionError:
        sentence = "This is nested too deeply. Write facts as the documentation does."
    except _TwiceError:
        sentence = "A fact is stated twice. State it once."
    except ValueError:  # an integer of thousands of digits
        sentence = "A number is too long. Correct it."
    raise ValueError(sentence)


class _TwiceError(ValueError):
    """A key stands twice in one object: nobody could tell which one is meant."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found
