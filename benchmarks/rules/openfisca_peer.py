"""OpenFisca on the share sheet, in the process and environment that its licence keeps apart."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rules.cases import first_hit_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.rules.cases import Case

SINGLE = "OpenFisca: one simulation of one person"
_ROOT = Path(__file__).resolve().parent.parent.parent
_PROGRAM = _ROOT / "benchmarks" / "openfisca_program.py"
_BIN = "Scripts/python.exe" if os.name == "nt" else "bin/python"
_PYTHON = _ROOT / ".venv-openfisca" / _BIN


def absent() -> str | None:
    """Say why OpenFisca cannot be measured, or None."""
    return None if _PYTHON.exists() else "there is no .venv-openfisca; use make bench-rules"


class OpenFisca:
    """The running program; each method is one of its questions (see the program)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Tell it the table."""
        self._process = process
        self.version: str = self._ask(table=first_hit_rows())["version"]

    def answers(self, cases: Sequence[Case]) -> list[str]:
        """Return what it says; these are also the cases that it is timed on."""
        told = [(case.age, case.status, case.lapsed) for case in cases]
        found: list[str] = self._ask(answer=told)["answers"]
        return found

    def single(self, seconds: float) -> float:
        """Return microseconds for one person, the best of slices of so many seconds."""
        return float(self._ask(single=seconds)["microseconds"])

    def batch(self, rows: int) -> dict[str, float | bool]:
        """Answer so many rows as one population: seconds to build, to calculate, and equality."""
        return dict(self._ask(batch=rows))

    def _ask(self, **question: object) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the program of OpenFisca has no pipes; start it with `running`")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("OpenFisca's program ended; its own words are above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def running() -> Iterator[OpenFisca]:
    """Run the program for as long as it is asked."""
    pipe = subprocess.PIPE
    with subprocess.Popen([_PYTHON, _PROGRAM], stdin=pipe, stdout=pipe, text=True) as process:
        yield OpenFisca(process)
