from __future__ import annotations

from typing import Any

import pytest

from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.projection import compile_projection

DOCUMENT: dict[str, Any] = {
    "_id": 1,
    "a": {"b": 1, "c": [{"d": 1, "e": 2}, {"d": 3}, 5]},
    "f": [1, 2, 3],
    "g": None,
}


@pytest.mark.parametrize(
    ("projection", "result"),
    [
        ({}, DOCUMENT),
        ({"g": True}, {"_id": 1, "g": None}),
        ({"g": 1, "_id": 0}, {"g": None}),
        ({"_id": True}, {"_id": 1}),
        ({"a.b": True, "x.y": 1}, {"_id": 1, "a": {"b": 1}}),
        ({"a": {"b": True}}, {"_id": 1, "a": {"b": 1}}),
        ({"a.c.d": True}, {"_id": 1, "a": {"c": [{"d": 1}, {"d": 3}]}}),
        ({"f.x": True}, {"_id": 1, "f": []}),
        ({"a": False, "f": 0}, {"_id": 1, "g": None}),
        ({"_id": 0}, {"a": DOCUMENT["a"], "f": [1, 2, 3], "g": None}),
        ({"a.c.d": False}, {**DOCUMENT, "a": {"b": 1, "c": [{"e": 2}, {}, 5]}}),
        ({"f": {"$slice": 2}}, {**DOCUMENT, "f": [1, 2]}),
        ({"f": {"$slice": -1}}, {**DOCUMENT, "f": [3]}),
        ({"f": {"$slice": [1, 1]}, "g": True}, {"_id": 1, "f": [2], "g": None}),
        ({"f": {"$slice": [-2, 1]}}, {**DOCUMENT, "f": [2]}),
        ({"a.c": {"$elemMatch": {"d": 3}}}, {"_id": 1, "a": {"c": [{"d": 3}]}}),
    ],
)
def test_projections_follow_mongodb(projection: dict[str, Any], result: dict[str, Any]) -> None:
    """A projection keeps, drops or cuts what MongoDB would, and never changes the document."""
    project = compile_projection(projection)
    assert (DOCUMENT if project is None else project(DOCUMENT)) == result
    assert DOCUMENT["f"] == [1, 2, 3]


@pytest.mark.parametrize(
    "projection",
    [
        {"a": True, "b": False},
        {"a": "x"},
        {"a": None},
        {"a": {"$foo": 1}},
        {"a": {"$slice": "1"}},
        {"a.$": True},
        {"a..b": True},
    ],
)
def test_projections_that_mongodb_refuses(projection: dict[str, Any]) -> None:
    """Mixed, unknown and positional projections are refused."""
    with pytest.raises(QueryError):
        compile_projection(projection)
