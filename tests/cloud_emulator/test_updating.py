from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.updating import compile_update
from cloud_emulator.store.texts import rewritten
from cloud_emulator.values import Instant, encode

CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"a": 1}, {"$set": {"a": 2, "b": {"c": 1}}}, {"a": 2, "b": {"c": 1}}),
    ({}, {"$set": {"a.b.c": 1}}, {"a": {"b": {"c": 1}}}),
    ({"a": {"x": 1}}, {"$set": {"a.b": 2}}, {"a": {"x": 1, "b": 2}}),
    ({"a": [1, 2]}, {"$set": {"a.1": 9, "a.3": 7}}, {"a": [1, 9, None, 7]}),
    ({"a": [{"b": 1}]}, {"$set": {"a.0.b": 2}}, {"a": [{"b": 2}]}),
    ({"a": {"b": 1, "c": 2}}, {"$unset": {"a.b": "", "x.y": ""}}, {"a": {"c": 2}}),
    ({"a": [1, 2]}, {"$unset": {"a.0": ""}}, {"a": [None, 2]}),
    ({"a": 1}, {"$inc": {"a": 2, "b": 5, "c.d": -1}}, {"a": 3, "b": 5, "c": {"d": -1}}),
    ({"a": 1.5}, {"$inc": {"a": 1}}, {"a": 2.5}),
    ({"a": 3}, {"$mul": {"a": 4, "b": 2}}, {"a": 12, "b": 0}),
    ({"a": 3, "b": 3}, {"$min": {"a": 1, "b": 9, "c": 4}}, {"a": 1, "b": 3, "c": 4}),
    ({"a": 3, "b": 3}, {"$max": {"a": 1, "b": 9}}, {"a": 3, "b": 9}),
    ({"a": 3}, {"$max": {"a": "x"}}, {"a": "x"}),
    ({"a": Instant(5)}, {"$max": {"a": Instant(9)}}, {"a": Instant(9)}),
    ({"a": 13}, {"$bit": {"a": {"and": 10}}}, {"a": 8}),
    ({"a": 1, "b": 2}, {"$rename": {"a": "c"}}, {"b": 2, "c": 1}),
    ({"a": {"b": 1}}, {"$rename": {"a.b": "c.d"}}, {"a": {}, "c": {"d": 1}}),
    ({"a": 1}, {"$rename": {"x": "y"}}, {"a": 1}),
    ({"a": [1]}, {"$push": {"a": {"$each": [2, 3]}, "b": 1}}, {"a": [1, 2, 3], "b": [1]}),
    ({"a": [1]}, {"$push": {"a": {"$each": [0], "$position": 0}}}, {"a": [0, 1]}),
    ({"a": [3, 1]}, {"$push": {"a": {"$each": [2], "$sort": 1, "$slice": 2}}}, {"a": [1, 2]}),
    ({"a": [3, 1]}, {"$push": {"a": {"$each": [2], "$sort": -1, "$slice": -2}}}, {"a": [2, 1]}),
    (
        {"a": [{"s": 2}, {"s": 1}]},
        {"$push": {"a": {"$each": [], "$sort": {"s": 1}}}},
        {"a": [{"s": 1}, {"s": 2}]},
    ),
    ({"a": [1, 2, 3]}, {"$pop": {"a": 1}}, {"a": [1, 2]}),
    ({"a": [1, 2, 3]}, {"$pop": {"a": -1, "b": 1}}, {"a": [2, 3]}),
    ({"a": [1, 2, 1]}, {"$pull": {"a": 1}}, {"a": [2]}),
    ({"a": [1, True]}, {"$pull": {"a": True}}, {"a": [1]}),
    ({"a": [1, 2, 3]}, {"$pull": {"a": {"$in": [1, 3]}}}, {"a": [2]}),
    ({"a": [{"b": 1, "c": 1}, {"b": 2}]}, {"$pull": {"a": {"b": 1}}}, {"a": [{"b": 2}]}),
    ({"a": [{"b": 1}, {"b": 5}]}, {"$pull": {"a": {"b": {"$gt": 2}}}}, {"a": [{"b": 1}]}),
    ({"a": [1, 2, 3]}, {"$pullAll": {"a": [1, 3]}}, {"a": [2]}),
    ({"a": [1]}, {"$addToSet": {"a": {"$each": [1, 2, 2]}, "b": 1}}, {"a": [1, 2], "b": [1]}),
    ({"a": [1]}, {"$addToSet": {"a": True}}, {"a": [1, True]}),
    ({"a": [{"x": 1}]}, {"$addToSet": {"a": {"x": 1.0}}}, {"a": [{"x": 1}]}),
]


@pytest.mark.parametrize(("before", "update", "after"), CASES, ids=[str(case[1]) for case in CASES])
def test_updates_follow_mongodb(
    before: dict[str, Any],
    update: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """An update gives MongoDB's result and leaves the old document as it was."""
    kept = copy.deepcopy(before)
    result = compile_update(update).apply(before)
    assert result == after
    assert [type(value) for value in result.values()] == [type(value) for value in after.values()]
    assert before == kept


@pytest.mark.parametrize(
    ("before", "update", "named"),
    [
        ({"a": "x"}, {"$inc": {"a": 1}}, "string"),
        ({"a": None}, {"$inc": {"a": 1}}, "null"),
        ({}, {"$inc": {"a": "1"}}, "non-numeric"),
        ({"a": 2**62}, {"$mul": {"a": 4}}, "64-bit"),
        ({"a": 1}, {"$set": {"a.b": 1}}, "int"),
        ({"a": None}, {"$set": {"a.b": 1}}, "null"),
        ({"a": [1]}, {"$set": {"a.b": 1}}, "array"),
        ({"a": 1}, {"$push": {"a": 1}}, "array"),
        ({"a": 1}, {"$pull": {"a": 1}}, "array"),
        ({}, {"$pop": {"a": 2}}, "$pop"),
        ({}, {"$bit": {"a": {"not": 1}}}, "$bit"),
        ({}, {"$foo": {"a": 1}}, "$foo"),
        ({}, {"$setOnInsert": {"a": 1}}, "$setOnInsert"),
        ({}, {"$currentDate": {"a": True}}, "$currentDate"),
        ({}, {"$set": {"_id": 1}}, "_id"),
        ({}, {"$set": {"a": 1, "a.b": 2}}, "conflict"),
        ({}, {"$set": {"a": 1}, "$inc": {"a": 1}}, "conflict"),
        ({}, {"$set": {"a..b": 1}}, "empty"),
        ({}, {"$set": {"a.$.b": 1}}, "positional"),
        ({}, {"$set": {"a.$[].b": 1}}, "positional"),
        ({}, {"$rename": {"a": 1}}, "$rename"),
        ({"a": []}, {"$set": {"a.9000000": 1}}, "far"),
        ({}, {"$push": {"a": {"$each": 1}}}, "$each"),
        ({}, {"$push": {"a": {"$each": [], "$foo": 1}}}, "$foo"),
        ({}, {"$set": 5}, "$set"),
    ],
)
def test_impossible_updates_are_refused_without_values(
    before: dict[str, Any],
    update: dict[str, Any],
    named: str,
) -> None:
    """A refusal names field, type or operator, never a value."""
    with pytest.raises(QueryError) as caught:
        compile_update(update).apply(before)
    assert named in str(caught.value)


_scalar = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", ',"a":1', '"'])
_value = st.recursive(
    _scalar,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)
_documents = st.dictionaries(st.sampled_from("abcd"), _value, max_size=4).map(
    lambda fields: {"_id": "x", **fields},
)
_updates = st.dictionaries(
    st.sampled_from(["$set", "$unset"]),
    st.dictionaries(st.sampled_from(["a", "b", "c.a", "d.b", "e"]), _value, min_size=1, max_size=3),
    max_size=2,
)


@given(_documents, _updates)
def test_a_rewritten_text_is_the_encoded_document(
    document: dict[str, Any],
    update: dict[str, Any],
) -> None:
    """Cutting a change into the old text gives the very text of the new document."""
    try:
        new = compile_update(update).apply(document)
    except QueryError:
        return
    assert rewritten(encode(document), document, new) == encode(new)


@given(_documents, _updates)
def test_untouched_fields_are_shared(document: dict[str, Any], update: dict[str, Any]) -> None:
    """A top-level field that an update does not name is the same object afterwards."""
    named = {path.split(".")[0] for operands in update.values() for path in operands}
    try:
        new = compile_update(update).apply(document)
    except QueryError:
        return
    assert all(new[name] is document[name] for name in document if name not in named)
