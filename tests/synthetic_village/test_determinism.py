"""The village is the same everywhere and always."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from synthetic_village import build, many_cases
from synthetic_village.chance import Chance

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic_village import Village

_PRINT_DIGEST = """
import sys
from pathlib import Path
from synthetic_village import build
build().write(Path(sys.argv[1]))
"""


def digest(folder: Path) -> str:
    """Return one digest over names and bytes of all files below a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.jsonl")):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def test_building_twice_gives_the_same_documents(village: Village) -> None:
    """A second village in the same process equals the first in every document."""
    again = build()
    assert again == village
    assert again.collections["cases"][0] is not village.collections["cases"][0]


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_files_do_not_depend_on_hash_order(village: Village, tmp_path: Path, seed: str) -> None:
    """Other processes with other hash seeds write the same bytes."""
    village.write(tmp_path / "here")
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run(
        [sys.executable, "-c", _PRINT_DIGEST, str(tmp_path / "there")],
        check=True,
        env=environment,
    )
    assert digest(tmp_path / "there") == digest(tmp_path / "here")


def test_writing_twice_replaces_the_files(village: Village, tmp_path: Path) -> None:
    """A second run over the same folder leaves the same bytes."""
    village.write(tmp_path)
    before = digest(tmp_path)
    village.write(tmp_path)
    assert digest(tmp_path) == before


def test_chance_is_pinned() -> None:
    """The row of numbers is what it was when the village was made, on every Python."""
    chance = Chance("pinned")
    drawn = [chance.below(1000) for _ in range(6)]
    assert drawn == [480, 377, 667, 64, 698, 896]
    assert Chance("pinned").token(14) == "8evhgsdtt7eb9m"


def test_chance_is_fair() -> None:
    """Every number of a small range comes up about as often as the others."""
    chance = Chance("fair")
    counts = [0] * 7
    for _ in range(7000):
        counts[chance.below(7)] += 1
    assert min(counts) > 880
    assert max(counts) < 1120


def test_shuffling_keeps_everything() -> None:
    """A shuffled row holds the same items in another order."""
    shuffled = Chance("cards").shuffled(range(52))
    assert sorted(shuffled) == list(range(52))
    assert shuffled != list(range(52))


def test_many_cases_follow_from_their_seed() -> None:
    """Equal seeds give equal load, other seeds other ids."""
    assert many_cases(40, seed=3) == many_cases(40, seed=3)
    ids = {case["_id"] for case in many_cases(40, seed=3).collections["cases"]}
    assert ids.isdisjoint(case["_id"] for case in many_cases(40, seed=4).collections["cases"])
