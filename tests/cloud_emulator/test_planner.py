from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud_emulator.engine import Engine
from cloud_emulator.errors import CloudError
from cloud_emulator.mongo.matching import compile_filter
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.sorting import field_key, sort_documents
from cloud_emulator.mongo.updating import compile_update
from cloud_emulator.store import selection
from cloud_emulator.store.database import Database
from cloud_emulator.store.schema import add_collection, update_indexes
from cloud_emulator.values import Instant

_scalar = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.5, "", "a", "b", "ab", Instant(0), Instant(5), {"x": 1}],
)
_value = _scalar | st.lists(_scalar, max_size=3)
_inner = _value | st.dictionaries(st.sampled_from("xy"), _value, max_size=2)
_fields = st.fixed_dictionaries(
    {},
    optional={
        "a": _inner
        | st.lists(st.dictionaries(st.sampled_from("xy"), _scalar, max_size=2), max_size=2),
        "b": _scalar,
        "c": _scalar,
    },
)
# Most documents of the cloud have no arrays: then plans are exact and count without looking.
_flat = st.fixed_dictionaries({}, optional={"a": _scalar, "b": _scalar, "c": _scalar})
_paths = st.sampled_from(["a", "b", "c", "a.x", "a.y", "_id"])
_conditions = st.one_of(
    _scalar,
    st.builds(lambda v: {"$eq": v}, _value),
    st.builds(lambda op, v: {op: v}, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), _scalar),
    st.builds(
        lambda low, high: {"$gte": low, "$lt": high},
        _scalar,
        _scalar,
    ),
    st.builds(lambda vs: {"$in": vs}, st.lists(_scalar, max_size=3)),
    st.builds(lambda v: {"$ne": v}, _scalar),
    st.just({"$exists": True}),
)
_queries = st.dictionaries(_paths, _conditions, max_size=3) | st.builds(
    lambda parts: {"$and": parts},
    st.lists(st.dictionaries(_paths, _conditions, min_size=1, max_size=2), min_size=1, max_size=2),
)
_sorts = st.lists(st.tuples(_paths, st.sampled_from([1, -1])), max_size=2, unique_by=lambda s: s[0])
_indexes = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", "a.x", "_id"]), st.sampled_from(["1", "-1"])),
        min_size=1,
        max_size=3,
        unique_by=lambda f: f[0],
    ),
    max_size=3,
    unique_by=str,
)


def build(documents: list[dict[str, Any]], indexes: list[list[tuple[str, str]]]) -> Engine:
    """Make an engine with these documents and indexes."""
    engine = Engine(Database(None))
    add_collection(engine.database, "things")
    definitions = [
        {
            "name": f"i{at}",
            "unique": False,
            "keys": [{"name": p, "direction": d} for p, d in fields],
        }
        for at, fields in enumerate(indexes)
        if fields != [("_id", "1")]
    ]
    update_indexes(engine.database, "things", definitions, [])
    engine.insert("things", [{"_id": at, **fields} for at, fields in enumerate(documents)])
    return engine


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of documents count as many, so that every way of planning is taken."""
    monkeypatch.setattr(selection, "LOOK_BELOW", 1)


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=200,
)
@given(
    st.lists(_flat, max_size=12) | st.lists(_fields, max_size=12),
    _indexes,
    st.lists(
        st.tuples(_queries, _sorts, st.integers(0, 3), st.integers(1, 6)), min_size=1, max_size=4
    ),
)
def test_every_plan_gives_what_a_full_scan_gives(
    documents: list[dict[str, Any]],
    indexes: list[list[tuple[str, str]]],
    questions: list[tuple[dict[str, Any], list[tuple[str, int]], int, int]],
) -> None:
    """With any indexes, pages, totals and order are those of looking at every document."""
    try:
        engine = build(documents, indexes)
    except CloudError as error:
        assert "parallel arrays" in error.errmsg  # noqa: PT017 - the one refusal there may be
        return
    try:
        whole = [{"_id": at, **fields} for at, fields in enumerate(documents)]
        for query, sort, skip, limit in questions:
            spec = tuple(sort)
            wanted = [row for row in whole if compile_filter(query).matches(row)]
            page = engine.find("things", query, sort=spec, skip=skip, limit=limit)
            found = [row.document for row in page.rows]
            assert page.total == len(wanted) == engine.count("things", query)
            ordered = sort_documents(wanted, spec)[skip : skip + limit]
            if not spec:
                assert found == ordered
            else:
                # Equal sort keys may come in any order: compare the keys, and that rows differ.
                keys = [
                    [field_key(row, tuple(p.split(".")), way) for p, way in spec] for row in found
                ]
                wished = [
                    [field_key(row, tuple(p.split(".")), way) for p, way in spec] for row in ordered
                ]
                assert keys == wished
                assert all(row in wanted for row in found)
                assert len({row["_id"] for row in found}) == len(found)
    finally:
        engine.database.close()


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=100,
)
@given(
    st.lists(_fields, max_size=8),
    _indexes,
    st.lists(
        st.tuples(
            _queries,
            st.dictionaries(
                st.sampled_from(["$set", "$unset"]),
                st.dictionaries(st.sampled_from(["a", "b", "a.x"]), _inner, min_size=1, max_size=2),
                max_size=2,
            ),
        ),
        max_size=3,
    ),
    st.lists(_queries, min_size=1, max_size=3),
)
def test_indexes_stay_true_through_updates(
    documents: list[dict[str, Any]],
    indexes: list[list[tuple[str, str]]],
    updates: list[tuple[dict[str, Any], dict[str, Any]]],
    queries: list[dict[str, Any]],
) -> None:
    """After updates and removals, queries by index see the documents as they are now."""
    try:
        engine = build(documents, indexes)
    except CloudError:
        return
    try:
        whole = [{"_id": at, **fields} for at, fields in enumerate(documents)]
        for query, update in updates:
            try:
                engine.update("things", query, update)
                compiled = compile_update(update)
                matches = compile_filter(query).matches
                whole = [compiled.apply(row) if matches(row) else row for row in whole]
            except (CloudError, QueryError):
                # Half an update may have been done, as in MongoDB: take what the store says.
                whole = [row.document for row in engine.find("things", {}).rows]
        for query in queries:
            wanted = [row for row in whole if compile_filter(query).matches(row)]
            assert [row.document for row in engine.find("things", query).rows] == wanted
        assert engine.remove("things", queries[0]) == len(
            [row for row in whole if compile_filter(queries[0]).matches(row)],
        )
        left = [row for row in whole if not compile_filter(queries[0]).matches(row)]
        assert [row.document for row in engine.find("things", {}).rows] == left
    finally:
        engine.database.close()


def test_a_page_by_index_reads_no_other_document(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's pull, by `sync`, `kind` and `_id`, parses only the rows of its page."""
    keys = [{"name": name, "direction": "1"} for name in ("sync", "kind", "_id")]
    update_indexes(engine.database, "things", [{"name": "i", "unique": False, "keys": keys}], [])
    rows = [{"_id": f"{at:04d}", "sync": "todo", "kind": "abcd"[at % 4]} for at in range(400)]
    engine.insert("things", rows)
    engine.database.cache.clear()
    read: list[int] = []
    original = engine.database.rows

    def counting(seqs: list[int]) -> list[Any]:
        read.extend(seqs)
        return original(seqs)

    monkeypatch.setattr(engine.database, "rows", counting)
    query = {"sync": "todo", "kind": {"$in": ["a", "b", "d"]}, "_id": {"$gt": "0100"}}
    page = engine.find("things", query, sort=(("_id", 1),), limit=10)
    assert [row.document["_id"] for row in page.rows][:4] == ["0101", "0103", "0104", "0105"]
    assert page.total == 224
    assert len(read) == 10
    assert engine.count("things", query) == 224
    assert len(read) == 10


def test_two_indexes_together_count_without_looking(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no single index covers a filter, several do, and the order of one is kept."""
    for at, fields in enumerate((["sync", "_id"], ["kind"])):
        keys = [{"name": name, "direction": "1"} for name in fields]
        update_indexes(
            engine.database, "things", [{"name": f"i{at}", "unique": False, "keys": keys}], []
        )
    engine.insert(
        "things", [{"_id": at, "sync": "todo", "kind": "ab"[at % 2]} for at in range(300)]
    )
    read: list[int] = []
    original = engine.database.rows

    def counting(seqs: list[int]) -> list[Any]:
        read.extend(seqs)
        return original(seqs)

    monkeypatch.setattr(engine.database, "rows", counting)
    page = engine.find("things", {"sync": "todo", "kind": "a"}, sort=(("_id", -1),), limit=3)
    assert [row.document["_id"] for row in page.rows] == [298, 296, 294]
    assert page.total == 150
    assert len(read) == 3
