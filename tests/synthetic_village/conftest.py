"""The village, built once, and what the tests read it with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synthetic_village import Village, build

DATABASE = Path(__file__).parents[2] / "miniprogram_cloud" / "database"


@pytest.fixture(scope="session")
def village() -> Village:
    """The village; no test changes it."""
    return build()


@pytest.fixture(scope="session")
def cases(village: Village) -> dict[str, dict[str, Any]]:
    """The cases by id."""
    return {case["_id"]: case for case in village.collections["cases"]}


@pytest.fixture(scope="session")
def persons(village: Village) -> dict[str, dict[str, Any]]:
    """The persons by id."""
    return {person["_id"]: person for person in village.collections["persons"]}


@pytest.fixture(scope="session")
def database() -> dict[str, Any]:
    """The files of the cloud database: collections, indexes, security rules and seed rows."""
    return {
        "collections": json.loads((DATABASE / "collections.json").read_text("utf-8")),
        "indexes": json.loads((DATABASE / "indexes.json").read_text("utf-8")),
        "security": {
            path.stem: json.loads(path.read_text("utf-8"))
            for path in sorted((DATABASE / "security").glob("*.json"))
        },
        "seed": {
            path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            for path in sorted((DATABASE / "seed").glob("*.jsonl"))
        },
    }
