from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_emulator.errors import CloudError
from cloud_emulator.store.indexes import DuplicateKeyError
from cloud_emulator.store.schema import (
    add_collection,
    describe,
    replace_indexes,
    update_indexes,
)
from cloud_emulator.values import Instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_emulator.engine import Engine


def ids(engine: Engine, query: dict[str, Any] | None = None) -> list[object]:
    """The ids of all matches in the order of insertion."""
    return [row.document["_id"] for row in engine.find("things", query or {}).rows]


def test_an_added_document_has_its_id_first(engine: Engine) -> None:
    """`_id` is made where it is missing, and stands first."""
    assert engine.insert("things", [{"a": 1}, {"a": 2, "_id": "x"}, {"_id": 7}]) == ["id0", "x", 7]
    assert [row.text for row in engine.find("things", {}).rows] == [
        '{"_id":"id0","a":1}',
        '{"_id":"x","a":2}',
        '{"_id":7}',
    ]


@pytest.mark.parametrize("bad", [None, True, [1], {"a": 1}, Instant(5), "x" * 20_000])
def test_an_id_is_a_string_or_a_number(engine: Engine, bad: object) -> None:
    """Any other `_id` is refused and nothing is added."""
    with pytest.raises(CloudError) as caught:
        engine.insert("things", [{"_id": "good"}, {"_id": bad}])
    assert caught.value.errcode == -502001
    assert ids(engine) == []


def test_an_ordered_add_stops_at_the_first_duplicate(engine: Engine) -> None:
    """Rows before the duplicate stay, those behind it are not added."""
    engine.insert("things", [{"_id": "b"}])
    with pytest.raises(DuplicateKeyError) as caught:
        engine.insert("things", [{"_id": "a"}, {"_id": "b"}, {"_id": "c"}])
    assert ids(engine) == ["b", "a"]
    assert caught.value.errmsg.endswith(
        "[FailedOperation.Insert] bulk write error: [{E11000 duplicate key error collection: "
        'tnt-local.things index: _id_ dup key: { _id: "b" }}]',
    )
    with pytest.raises(DuplicateKeyError):
        engine.insert("things", [{"_id": "x"}, {"_id": "x"}])
    assert ids(engine) == ["b", "a", "x"]


def test_ids_of_different_types_differ(engine: Engine) -> None:
    """`1` and `"1"` are two ids, `1` and `1.0` are one."""
    engine.insert("things", [{"_id": 1}, {"_id": "1"}])
    with pytest.raises(DuplicateKeyError):
        engine.insert("things", [{"_id": 1.0}])


def test_unique_indexes_are_not_sparse(engine: Engine, index: Callable[..., None]) -> None:
    """A missing field counts as null, and two of them collide; the message shows no value."""
    index("owner", "key", unique=True)
    engine.insert("things", [{"owner": "u", "key": "k"}, {"owner": "u"}, {"key": "k"}])
    for again in (
        {"owner": "u", "key": "k"},
        {"owner": "u", "key": None},
        {"owner": None, "key": "k"},
    ):
        with pytest.raises(DuplicateKeyError) as caught:
            engine.insert("things", [{**again, "name": "张三"}])
        assert "index: owner_key dup key: { owner: ?, key: ? }" in caught.value.errmsg
        assert "张三" not in caught.value.errmsg


def test_a_unique_index_holds_each_element_of_an_array(
    engine: Engine,
    index: Callable[..., None],
) -> None:
    """Two documents may not share an element; one document may repeat its own."""
    index("tags", unique=True)
    engine.insert("things", [{"tags": ["a", "a", "b"]}])
    with pytest.raises(DuplicateKeyError):
        engine.insert("things", [{"tags": ["c", "b"]}])


def test_an_update_obeys_unique_indexes(engine: Engine, index: Callable[..., None]) -> None:
    """Documents changed before the duplicate stay changed, as in MongoDB; keys may move over."""
    index("n", unique=True)
    engine.insert("things", [{"_id": at, "n": at} for at in range(3)])
    with pytest.raises(DuplicateKeyError) as caught:
        engine.update("things", {}, {"$set": {"n": 9}})
    assert "multiple write errors: [{write errors: [{E11000" in caught.value.errmsg
    assert [row.document["n"] for row in engine.find("things", {}).rows] == [9, 1, 2]
    # Each document takes the key that the one before it has just left.
    done = engine.update("things", {"_id": {"$in": [0]}}, {"$set": {"n": 0}})
    assert (done.matched, done.modified) == (1, 1)
    engine.update("things", {}, {"$inc": {"n": -1}})
    assert [row.document["n"] for row in engine.find("things", {"n": {"$gte": -1}}).rows] == [
        -1,
        0,
        1,
    ]


def test_update_counts_what_really_changed(engine: Engine) -> None:
    """`matched` counts matches, `modified` those that are different afterwards."""
    engine.insert("things", [{"_id": 1, "a": 1}, {"_id": 2, "a": 2}, {"_id": 3}])
    done = engine.update("things", {"_id": {"$lte": 2}}, {"$set": {"a": 2}})
    assert (done.matched, done.modified) == (2, 1)
    one = engine.update("things", {}, {"$inc": {"b": 1}}, multi=False)
    assert (one.matched, one.modified) == (1, 1)
    nothing = engine.update("things", {}, {})
    assert (nothing.matched, nothing.modified) == (3, 0)


def test_an_operator_on_a_wrong_type_stops_the_update(engine: Engine) -> None:
    """The refusal names the field and the type; documents before it stay changed."""
    engine.insert("things", [{"_id": 1, "n": 1}, {"_id": 2, "n": "secret"}, {"_id": 3, "n": 3}])
    with pytest.raises(CloudError) as caught:
        engine.update("things", {}, {"$inc": {"n": 1}})
    assert "'n' is of type string" in caught.value.errmsg
    assert "secret" not in caught.value.errmsg
    assert [row.document["n"] for row in engine.find("things", {}).rows] == [2, "secret", 3]


def test_set_replaces_or_adds(engine: Engine) -> None:
    """`set` on a document leaves nothing of the old one; on none it adds."""
    engine.insert("things", [{"_id": "x", "a": 1, "b": 2}])
    done = engine.set("things", "x", {"c": 3})
    assert (done.matched, done.modified, done.inserted) == (1, 1, None)
    added = engine.set("things", "y", {"c": 4})
    assert (added.matched, added.modified, added.inserted) == (0, 0, "y")
    assert [row.document for row in engine.find("things", {}).rows] == [
        {"_id": "x", "c": 3},
        {"_id": "y", "c": 4},
    ]


def test_remove_counts_and_frees_keys(engine: Engine, index: Callable[..., None]) -> None:
    """A removed document leaves its unique keys free."""
    index("n", unique=True)
    engine.insert("things", [{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])
    assert engine.remove("things", {"n": 1}) == 1
    assert engine.remove("things", {"n": 1}) == 0
    engine.insert("things", [{"_id": 1, "n": 1}])
    assert engine.count("things", {}) == 2


def test_a_failed_statement_leaves_nothing_behind(
    engine: Engine, index: Callable[..., None]
) -> None:
    """What cannot be stored undoes the whole add, with index keys and cached rows."""
    index("a")
    with pytest.raises(CloudError):
        engine.insert("things", [{"_id": 1, "a": 1}, {"_id": 2, "a": "\ud800"}])
    deep: Any = 1
    for _ in range(120):
        deep = [deep]
    with pytest.raises(CloudError):
        engine.insert("things", [{"_id": 1, "a": 1}, {"_id": 2, "a": deep}])
    assert engine.find("things", {"a": 1}).rows == []
    engine.insert("things", [{"_id": 1, "a": 1}])

    def fail() -> None:
        with engine.database.writing():
            engine.database.clear_collection(engine.database.collection("things"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ids(engine, {"a": 1}) == [1]


def test_documents_keep_dots_in_nested_keys(engine: Engine) -> None:
    """A decision's `reads` have keys such as `household.status`: they are stored as they are."""
    document = {"_id": 1, "reads": {"household.status": "none"}}
    engine.insert("things", [document])
    engine.update("things", {"_id": 1}, {"$set": {"seen": True}})
    assert engine.find("things", {}).rows[0].document == {**document, "seen": True}


def test_parallel_arrays_cannot_be_indexed(engine: Engine, index: Callable[..., None]) -> None:
    """Two arrays in one compound index are refused, as by MongoDB."""
    index("a", "b")
    with pytest.raises(CloudError, match="parallel arrays"):
        engine.insert("things", [{"a": [1], "b": [2]}])


def test_missing_collections_are_named(engine: Engine) -> None:
    """Every operation on an unknown collection is -502005 with the documented text."""
    calls: list[Callable[[], object]] = [
        lambda: engine.find("nope", {}),
        lambda: engine.count("nope", {}),
        lambda: engine.insert("nope", [{}]),
        lambda: engine.update("nope", {}, {}),
        lambda: engine.set("nope", 1, {}),
        lambda: engine.remove("nope", {}),
        lambda: engine.aggregate("nope", []),
    ]
    for call in calls:
        with pytest.raises(CloudError) as caught:
            call()
        assert caught.value.errcode == -502005
        assert "[ResourceNotFound] Db or Table not exist" in caught.value.errmsg


def test_an_identical_index_is_left_alone_and_a_conflicting_one_refused(engine: Engine) -> None:
    """Making an index twice is no error; the same name or the same fields otherwise is."""
    keys = [{"name": "a", "direction": "1"}]
    definition = {"name": "i", "unique": False, "keys": keys}
    update_indexes(engine.database, "things", [definition, definition], [])
    assert describe(engine.database)[0]["index_count"] == 2
    for other in ({**definition, "unique": True}, {**definition, "name": "j"}):
        with pytest.raises(CloudError, match="conflicts"):
            update_indexes(engine.database, "things", [other], [])
    replace_indexes(engine.database, "things", [{**definition, "unique": True}])
    update_indexes(engine.database, "things", [], ["i"])
    assert describe(engine.database)[0]["index_count"] == 1
    for name in ("i", "_id_"):
        with pytest.raises(CloudError, match="cannot be dropped"):
            update_indexes(engine.database, "things", [], [name])


def test_a_unique_index_over_duplicates_is_not_made(engine: Engine) -> None:
    """E11000, and the collection keeps the indexes it had."""
    engine.insert("things", [{"a": 1}, {"a": 1}])
    definition = {"name": "i", "unique": True, "keys": [{"name": "a", "direction": "1"}]}
    with pytest.raises(DuplicateKeyError):
        update_indexes(engine.database, "things", [definition], [])
    assert describe(engine.database)[0]["index_count"] == 1
    engine.insert("things", [{"a": 1}])


@pytest.mark.parametrize(
    "definition",
    [
        5,
        {"name": "", "keys": [{"name": "a", "direction": "1"}]},
        {"name": "i", "unique": "yes", "keys": [{"name": "a", "direction": "1"}]},
        {"name": "i", "keys": []},
        {"name": "i", "keys": [{"name": "", "direction": "1"}]},
        {"name": "i", "keys": [{"name": "a", "direction": "2dsphere"}]},
        {"name": "i", "keys": [{"name": "a"}]},
    ],
)
def test_index_definitions_are_checked(engine: Engine, definition: object) -> None:
    """A definition that cannot be read is -501007 with the fix."""
    with pytest.raises(CloudError) as caught:
        update_indexes(engine.database, "things", [definition], [])
    assert caught.value.errcode == -501007


def test_a_collection_has_twenty_indexes_at_most(engine: Engine) -> None:
    """The documented limit holds, the `_id` index included."""
    definitions = [
        {"name": f"i{at}", "unique": False, "keys": [{"name": f"f{at}", "direction": "1"}]}
        for at in range(20)
    ]
    update_indexes(engine.database, "things", definitions[:19], [])
    with pytest.raises(CloudError, match="20"):
        update_indexes(engine.database, "things", definitions[19:], [])


def test_collections_are_made_once_and_described(engine: Engine) -> None:
    """A second creation is refused; the description counts documents and indexes."""
    with pytest.raises(CloudError) as caught:
        add_collection(engine.database, "things")
    assert caught.value.errcode == -502013
    engine.insert("things", [{"_id": "a"}])
    assert describe(engine.database) == [
        {"name": "things", "count": 1, "size": 11, "index_count": 1, "index_size": 4},
    ]
