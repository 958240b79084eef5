"""The files follow WeChat's import rules, and the database files fit them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from synthetic_village import Village, many_cases
from synthetic_village.cases.device import UNLISTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

XIEJIALU = "330281103203"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def walk(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object inside a value."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing a key that comes twice."""
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


@pytest.fixture(scope="module")
def folder(village: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village on disk."""
    out = tmp_path_factory.mktemp("village") / "made"
    village.write(out)
    return out


def test_each_collection_is_a_file_and_clear_data_stands_apart(
    village: Village, folder: Path
) -> None:
    """Collections lie in the folder itself, clear people and replays below it."""
    assert {path.name for path in folder.glob("*.jsonl")} == {
        f"{name}.jsonl" for name in village.collections
    }
    assert {path.relative_to(folder).as_posix() for path in folder.glob("*/*")} == {
        "clear/people.jsonl",
        "replays/cases.jsonl",
    }


def test_lines_obey_the_import_rules(village: Village, folder: Path) -> None:
    """UTF-8 JSON Lines, one object a line, no odd or repeated keys, dates as `$date` in UTC."""
    for name, documents in village.collections.items():
        raw = (folder / f"{name}.jsonl").read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"}\n")
        read = [
            json.loads(line, object_pairs_hook=refuse_doubles)
            for line in raw.decode("utf-8").split("\n")[:-1]
        ]
        assert read == documents
        for item in walk(read):
            for key, value in item.items():
                assert not key.startswith(".")
                assert not key.endswith(".")
                assert ".." not in key
                assert not key.startswith("$") or (key == "$date" and len(item) == 1)
                if key == "$date":
                    assert DATE.fullmatch(value)
        assert len({document["_id"] for document in read}) == len(read)


def test_unique_indexes_hold_and_every_replay_collides(
    village: Village, database: dict[str, Any]
) -> None:
    """No two documents share a unique key or lack it; each replay repeats one."""
    for made in (village, many_cases(100)):
        for collection, indexes in database["indexes"].items():
            documents = made.collections.get(collection, [])
            for index in indexes:
                if not index["unique"]:
                    continue
                fields = [key["name"] for key in index["keys"]]
                keys = [tuple(document[field] for field in fields) for document in documents]
                assert len(set(keys)) == len(keys)
                replayed = made.replays.get(collection, [])
                for document in replayed if collection == "cases" else []:
                    assert tuple(document[field] for field in fields) in keys
    ids = {case["_id"] for case in village.collections["cases"]}
    assert len(village.replays["cases"]) == 2
    assert ids.isdisjoint(case["_id"] for case in village.replays["cases"])


def test_cases_and_users_have_their_unique_index(database: dict[str, Any]) -> None:
    """One submission makes one case, one openid one account; nothing else is unique."""
    unique = {
        (collection, *(key["name"] for key in index["keys"]))
        for collection, indexes in database["indexes"].items()
        for index in indexes
        if index["unique"]
    }
    assert unique == {("cases", "createdBy", "clientKey"), ("users", "openid")}


def test_indexes_are_what_updateindex_takes(database: dict[str, Any]) -> None:
    """At most twenty a collection, names different, directions the strings WeChat wants."""
    known = {row["name"] for row in database["collections"]}
    for collection, indexes in database["indexes"].items():
        assert collection in known
        assert 0 < len(indexes) <= 20
        names = [index["name"] for index in indexes]
        assert len(set(names)) == len(names)
        keys = [json.dumps(index["keys"]) for index in indexes]
        assert len(set(keys)) == len(keys)
        for index in indexes:
            assert set(index) == {"name", "unique", "keys"}
            assert all(set(key) == {"name", "direction"} for key in index["keys"])
            assert {key["direction"] for key in index["keys"]} <= {"1", "-1"}


@pytest.mark.parametrize(
    ("collection", "fields"),
    [
        ("cases", ["sync", "kind", "_id"]),
        ("cases", ["createdBy"]),
        ("cases", ["personId", "kind"]),
        ("cases", ["volunteerId", "kind"]),
        ("cases", ["queue.villageId", "queue.level", "status"]),
        ("cases", ["queue.level", "status"]),
        ("cases", ["kind", "submittedAt"]),
        ("cases", ["villageId", "kind", "submittedAt"]),
        ("decisions", ["proj", "_id"]),
        ("notifications", ["state", "_id"]),
        ("dead_letters", ["state", "_id"]),
        ("points_ledger", ["volunteerId"]),
        ("messages", ["userId", "at"]),
    ],
)
def test_each_query_of_the_system_has_an_index(
    database: dict[str, Any], collection: str, fields: list[str]
) -> None:
    """The fields of a query are the first fields of an index, in order."""
    prefixes = [
        [key["name"] for key in index["keys"]][: len(fields)]
        for index in database["indexes"][collection]
    ]
    assert fields in prefixes


def test_all_collections_are_closed_to_phones(village: Village, database: dict[str, Any]) -> None:
    """Every collection is listed once with its purpose and has a rule that lets nobody in."""
    names = [row["name"] for row in database["collections"]]
    assert len(set(names)) == len(names)
    assert all(
        row["purpose"] and set(row) == {"name", "purpose"} for row in database["collections"]
    )
    assert all(re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_-]{1,32}", name) for name in names)
    assert set(village.collections) | set(database["seed"]) <= set(names)
    assert set(database["security"]) == set(names)
    assert all(rule == {"read": False, "write": False} for rule in database["security"].values())


def test_all_twenty_villages_are_seeded(village: Village, database: dict[str, Any]) -> None:
    """Twenty codes of the town with their kind, and everything of the village lies in them."""
    rows = {row["_id"]: row for row in database["seed"]["villages"]}
    assert len(rows) == 20
    assert rows[XIEJIALU]["name"] == "谢家路村"
    assert sum(row["kind"] == "community" for row in rows.values()) == 4
    for code, row in rows.items():
        assert re.fullmatch(r"330281103\d{3}", code)
        assert row["kind"] == ("community" if row["name"].endswith("社区") else "village")
    mentioned = {
        value
        for item in walk(village.collections)
        for key, value in item.items()
        if key in ("villageId", "toVillageId", "wantedVillageId")
    }
    assert len(mentioned) == 5
    assert mentioned <= set(rows)


def test_catalogue_rows_are_typed_and_cover_the_requests(
    village: Village, database: dict[str, Any]
) -> None:
    """Prices are whole fen, caps and lives whole or "none"; one request is unlisted on purpose."""
    rows = {row["_id"]: row for row in database["seed"]["device_catalogue"]}
    assert len(rows) == 20
    for code, row in rows.items():
        assert list(row) == ["_id", "name", "priceFen", "capFen", "lifeYears", "allowedCategories"]
        assert re.fullmatch(r"\d{4}", code)
        assert type(row["priceFen"]) is int
        assert row["priceFen"] > 0
        assert row["capFen"] == "none" or row["capFen"] >= row["priceFen"]
        assert row["lifeYears"] == "none" or 1 <= row["lifeYears"] <= 10
        assert row["allowedCategories"] == sorted(set(row["allowedCategories"]))
        assert set(row["allowedCategories"]) <= set(range(1, 8))
    wanted = {
        case["data"]["classCode"]
        for case in village.collections["cases"]
        if case["kind"] == "device"
    }
    assert wanted - set(rows) == {UNLISTED}
