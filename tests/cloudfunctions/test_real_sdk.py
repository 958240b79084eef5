"""The functions' own scenarios again: the official SDK on the emulator's second door."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cloud_emulator import Emulator
from cloud_sync.schema import read_schema

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / "miniprogram_preview" / "node_modules"
NODE = shutil.which("node")
MISSING = NODE is None or not (PACKAGES / "wx-server-sdk").is_dir()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        MISSING and not os.environ.get("CI"),
        reason="Node or the official SDK is missing: run `python dev.py demo-web` once",
    ),
]


def test_every_scenario_passes_on_the_official_sdk() -> None:
    """What holds on the in-memory twin holds on real HTTP, real SQLite and the real SDK."""
    schema = read_schema()
    with Emulator(None) as emulator:
        emulator.apply_schema([item.name for item in schema.collections], schema.indexes)
        done = subprocess.run(
            [NODE or "node", "--test", *sorted(map(str, HERE.glob("*.test.js")))],
            env={
                **os.environ,
                "SIZHU_EMULATOR_URL": emulator.url,
                "NODE_PATH": str(PACKAGES),
            },
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    counted = dict(
        line.removeprefix("# ").split(" ", 1)
        for line in done.stdout.splitlines()
        if line.startswith(("# tests ", "# pass ", "# fail ", "# skipped "))
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert counted["fail"] == counted["skipped"] == "0"
    assert int(counted["pass"]) > 150  # the twin alone has about a hundred
