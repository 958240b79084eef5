"""The whole loop through the command line: real processes, real HTTP, the synthetic village."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cloud_emulator import Emulator
from sizhu_cli.emulator import load_village
from synthetic_village import Village, build

if TYPE_CHECKING:
    from pathlib import Path

EMULATOR_SETTINGS = {
    "SIZHU_APPID": "wx0000000000000000",
    "SIZHU_SECRET": "emulator",
    "SIZHU_ENV": "local",
}


@dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The one JSON value on standard output."""
        return json.loads(self.out)


Sizhu = Callable[..., Done]


@pytest.fixture
def sizhu(tmp_path: Path) -> Sizhu:
    """Run `sizhu …` as a process in an empty folder, without settings but those given."""

    def run(*arguments: str, stdin: str = "", **settings: str) -> Done:
        env = {k: v for k, v in os.environ.items() if not k.startswith("SIZHU_")}
        env |= settings | {"PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "sizhu_cli.main", *arguments],
            cwd=tmp_path,
            env=env,
            input=stdin,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def village() -> Village:
    """The documents of the case study."""
    return build()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator with the village, as `sizhu emulator --village` starts it."""
    with Emulator(None) as running:
        load_village(running)
        yield running


@pytest.fixture
def settings(emulator: Emulator) -> dict[str, str]:
    """The environment that points a worker at the emulator."""
    return {**EMULATOR_SETTINGS, "SIZHU_API_BASE": emulator.url}
