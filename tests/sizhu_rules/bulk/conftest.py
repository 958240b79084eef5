"""Random people for the tests of columns and registers: dense where the rule turns, with holes."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sizhu_rules import Component, DeviceFacts

if TYPE_CHECKING:
    from collections.abc import Callable

LEAP_DAYS = (date(1964, 2, 29), date(1964, 2, 28), date(1964, 3, 1), date(1960, 2, 29))
DELIVERED = (date(2020, 2, 29), date(2019, 2, 28), date(2023, 2, 28), date(2010, 5, 5))


def somebody(chance: random.Random) -> DeviceFacts:
    """Return random facts of one application, with random holes."""
    day = date(2024, 11, 21)
    near = chance.choice([day, date(2023, 2, 28), date(2024, 2, 29), date(2020, 12, 31)])
    submitted = chance.choice([day, near, near + timedelta(days=chance.randint(-800, 800))])
    year = submitted.year - chance.choice([59, 60, 61, 0, 130, 131])
    births = [
        *LEAP_DAYS,
        submitted.replace(year=year, day=min(submitted.day, 28))
        + timedelta(days=chance.randint(-2, 2)),
        date(1900, 1, 1) + timedelta(days=chance.randint(0, 46_000)),
    ]
    facts: dict[str, Any] = {
        "birth_date": chance.choice(births),
        "birth_date_conflict": chance.choice([None] * 20 + [True, False]),
        "submitted_on": submitted,
        "household_status": chance.choice(
            ["none", "none", "none", "dibao", "dibian", "tekun", "zhichu", "pending"]
        ),
        "household_valid_to": chance.choice(
            ["open_ended", submitted, submitted - timedelta(days=1)]
        ),
        "certificate_category": chance.randint(1, 7),
        "certificate_components": tuple(
            Component(chance.randint(1, 6), chance.choice([None, 1, 4]))
            for _ in range(chance.randint(0, 3))
        ),
        "certificate_grade": chance.randint(1, 4),
        "certificate_status": chance.choice(
            ["valid"] * 9 + ["expired", "lost", "cancelled", "deceased", "moved"]
        ),
        "certificate_valid_to": submitted + timedelta(days=chance.randint(-1, 9)),
        "device_class_code": "1222",
        "device_life_years": chance.choice(["none", 0, 1, 4, 5, 100]),
        "device_allowed_categories": chance.choice(
            [(1, 2, 3, 4, 5, 6, 7)] * 4 + ["unlisted", (7,), (2, 4), (1,)]
        ),
        "device_cap_fen": chance.choice(["none", 0, 40_000, 120_000, 10**12]),
        "device_qty": chance.choice([1, 1, 2, 3, 1000]),
        "price_fen": chance.choice([0, 1, 99_999, 120_000, 120_001, 10**12]),
        "last_delivered_on": chance.choice(["never", "never", *DELIVERED, submitted]),
        "open_same_class": chance.choice([False] * 4 + [True]),
    }
    for name in chance.sample(sorted(facts), chance.choice([0, 0, 1, 4])):
        facts[name] = None
    return DeviceFacts(**facts)


@pytest.fixture(scope="session")
def people() -> Callable[[int, int], list[DeviceFacts]]:
    """Make so many random people, the same for the same seed."""

    def many(seed: int, number: int) -> list[DeviceFacts]:
        chance = random.Random(seed)  # noqa: S311 - people, not secrets
        return [somebody(chance) for _ in range(number)]

    return many


@pytest.fixture(scope="session")
def csv_rows() -> Callable[[list[DeviceFacts]], list[dict[str, str]]]:
    """Write facts as cells of text, with an id, a village and a passenger."""

    def cells(facts: list[DeviceFacts]) -> list[dict[str, str]]:
        return [
            {
                "id": f"case-{number:06d}",
                "village_id": f"33028110{number % 7:04d}",
                "x_note": 'a "note", with a comma',
                **{
                    raw.path: text_of(raw.kind.render(value))
                    if (value := getattr(one, raw.attribute)) is not None
                    else ""
                    for raw in DeviceFacts.SCHEMA
                },
            }
            for number, one in enumerate(facts)
        ]

    return cells


def text_of(value: object) -> str:
    """Write a JSON value as a cell: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="session")
def typed_table() -> Callable[[list[DeviceFacts]], pa.Table]:
    """Write facts as typed columns, words in columns of their own beside them."""
    kinds = {
        "device.allowed_categories": pa.list_(pa.int8()),
        "certificate.components": pa.list_(
            pa.struct([("category", pa.int8()), ("grade", pa.int16())])
        ),
    }

    def table(facts: list[DeviceFacts]) -> pa.Table:
        columns: dict[str, pa.Array] = {
            "id": pa.array([f"case-{number:06d}" for number in range(len(facts))]),
            "village_id": pa.array([f"33028110{number % 7:04d}" for number in range(len(facts))]),
        }
        for raw in DeviceFacts.SCHEMA:
            words = getattr(raw.kind, "words", ())
            values = [getattr(one, raw.attribute) for one in facts]
            typed = [None if isinstance(v, str) and v in words else v for v in values]
            if raw.path == "certificate.components":
                typed = [v and [part._asdict() for part in v] for v in typed]
            columns[raw.path] = pa.array(typed, kinds.get(raw.path))
            if raw.path == "household.status":
                columns[raw.path] = columns[raw.path].dictionary_encode()
            if words:
                said = [v if isinstance(v, str) and v in words else None for v in values]
                columns[f"{raw.path}.word"] = pa.array(said, pa.string())
        return pa.table(columns)

    return table
