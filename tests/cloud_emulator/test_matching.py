from __future__ import annotations

import re
from typing import Any

import pytest

from cloud_emulator.mongo.expressions import predicate
from cloud_emulator.mongo.matching import compile_filter
from cloud_emulator.mongo.operators import QueryError, Regex
from cloud_emulator.values import Instant

DATE = Instant(1000)

# (filter, documents that match, documents that do not): MongoDB's documented rules.
CASES: list[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]] = [
    ({}, [{}, {"a": 1}], []),
    ({"a": 1}, [{"a": 1}, {"a": 1.0}, {"a": [1, 2]}], [{"a": True}, {"a": "1"}, {"a": [[1]]}, {}]),
    ({"a": True}, [{"a": True}, {"a": [True]}], [{"a": 1}, {"a": "true"}]),
    ({"a": 0}, [{"a": 0}, {"a": -0.0}], [{"a": False}, {"a": None}, {"a": ""}]),
    ({"a": None}, [{"a": None}, {}, {"a": [None]}], [{"a": 0}, {"a": []}, {"a": False}]),
    (
        {"a.b": None},
        [{"a": {}}, {"a": 1}, {}, {"a": [{}]}],
        [{"a": []}, {"a": [1]}, {"a": {"b": 1}}],
    ),
    ({"a": "x"}, [{"a": "x"}, {"a": ["y", "x"]}], [{"a": "X"}, {"a": {"x": 1}}]),
    ({"a": [1, 2]}, [{"a": [1, 2]}, {"a": [[1, 2], 3]}], [{"a": [2, 1]}, {"a": [1, 2, 3]}]),
    ({"a": []}, [{"a": []}, {"a": [[]]}], [{"a": [1]}, {}, {"a": None}]),
    (
        {"a": {"b": 1, "c": 2}},
        [{"a": {"b": 1, "c": 2}}, {"a": [{"b": 1.0, "c": 2}]}],
        [{"a": {"c": 2, "b": 1}}, {"a": {"b": 1}}, {"a": {"b": 1, "c": 2, "d": 3}}],
    ),
    ({"a": DATE}, [{"a": DATE}], [{"a": 1000}, {"a": "1970-01-01T00:00:01Z"}]),
    (
        {"a.b": 1},
        [{"a": {"b": 1}}, {"a": [{"b": 1}, {}]}],
        [{"a": {"b": 2}}, {"a.b": 1}, {"a": [[{"b": 1}]]}],
    ),
    ({"a.0": 1}, [{"a": [1, 2]}, {"a": {"0": 1}}, {"a": [[1], 2]}], [{"a": [2, 1]}, {"a": 1}]),
    ({"a.1.b": 1}, [{"a": [0, {"b": 1}]}], [{"a": [{"b": 1}]}]),
    (
        {"a": {"$gt": 5}},
        [{"a": 6}, {"a": [1, 9]}],
        [{"a": 5}, {"a": "6"}, {"a": True}, {}, {"a": DATE}],
    ),
    ({"a": {"$gte": "b"}}, [{"a": "b"}, {"a": "z"}, {"a": "你"}], [{"a": "B"}, {"a": 9}]),
    ({"a": {"$lt": DATE}}, [{"a": Instant(999)}], [{"a": 1}, {"a": DATE}, {"a": None}]),
    ({"a": {"$lte": None}}, [{"a": None}, {}], [{"a": 0}, {"a": False}]),
    ({"a": {"$gt": None}}, [], [{"a": None}, {}, {"a": 1}]),
    ({"a": {"$gt": False}}, [{"a": True}], [{"a": False}, {"a": 1}]),
    ({"a": {"$gt": [1]}}, [{"a": [2]}, {"a": [1, 0]}], [{"a": [1]}, {"a": 5}]),
    ({"a": {"$gt": {"b": 1}}}, [{"a": {"b": 2}}, {"a": {"c": 0}}], [{"a": {"b": 1}}, {"a": 5}]),
    ({"a": {"$gt": 1, "$lt": 3}}, [{"a": 2}, {"a": [0, 9]}], [{"a": 1}, {"a": 3}]),
    ({"a": {"$ne": 1}}, [{"a": 2}, {}, {"a": "1"}], [{"a": 1}, {"a": [2, 1]}]),
    ({"a": {"$ne": None}}, [{"a": 0}, {"a": []}], [{"a": None}, {}]),
    (
        {"a": {"$in": [1, "x", None]}},
        [{"a": 1}, {"a": "x"}, {}, {"a": ["q", 1]}],
        [{"a": 2}, {"a": True}],
    ),
    ({"a": {"$in": [Regex("^x", "i")]}}, [{"a": "Xy"}], [{"a": "yx"}]),
    ({"a": {"$in": []}}, [], [{"a": 1}, {}]),
    ({"a": {"$nin": [1, None]}}, [{"a": 2}], [{"a": 1}, {}, {"a": [1]}]),
    ({"a": {"$exists": True}}, [{"a": None}, {"a": []}, {"a": 0}], [{}, {"b": 1}]),
    (
        {"a.b": {"$exists": False}},
        [{}, {"a": 1}, {"a": []}, {"a": [1]}],
        [{"a": {"b": None}}, {"a": [{}, {"b": 1}]}],
    ),
    ({"a": {"$size": 2}}, [{"a": [1, 2]}], [{"a": 2}, {"a": [[1, 2]]}, {}]),
    ({"a": {"$all": [1, 2]}}, [{"a": [2, 3, 1]}], [{"a": [1]}, {"a": 1}]),
    ({"a": {"$all": [1]}}, [{"a": 1}, {"a": [1]}], [{"a": []}]),
    ({"a": {"$all": []}}, [], [{"a": []}, {"a": 1}]),
    ({"a": {"$all": [{"$elemMatch": {"b": 1}}]}}, [{"a": [{"b": 1}]}], [{"a": {"b": 1}}]),
    (
        {"a": {"$elemMatch": {"b": 1, "c": 2}}},
        [{"a": [{"b": 1, "c": 2}]}],
        [{"a": [{"b": 1}, {"c": 2}]}, {"a": {"b": 1, "c": 2}}],
    ),
    ({"a": {"$elemMatch": {"$gt": 1, "$lt": 3}}}, [{"a": [0, 2]}], [{"a": [0, 9]}, {"a": 2}]),
    ({"a": {"$elemMatch": {"$or": [{"b": 1}, {"c": 1}]}}}, [{"a": [{"c": 1}]}], [{"a": [{}]}]),
    (
        {"a": {"$mod": [4, 1]}},
        [{"a": 5}, {"a": 5.7}, {"a": [2, 1]}],
        [{"a": 4}, {"a": -3}, {"a": "5"}],
    ),
    ({"a": {"$mod": [4, -3]}}, [{"a": -3}, {"a": -7}], [{"a": 5}, {"a": 1}]),
    ({"a": Regex("b.d")}, [{"a": "abcd"}, {"a": ["x", "bad"]}], [{"a": "b\nd"}, {"a": 5}, {}]),
    ({"a": Regex(r"^\w+$")}, [{"a": "abc_1"}], [{"a": "张三"}]),
    ({"a": Regex("ä", "i")}, [{"a": "Ä"}], [{"a": "A"}]),
    ({"a": {"$regex": "B", "$options": "i"}}, [{"a": "abc"}], [{"a": "xyz"}]),
    ({"a": {"$not": {"$gt": 5}}}, [{"a": 5}, {}, {"a": "x"}], [{"a": 6}, {"a": [1, 6]}]),
    ({"a": {"$not": Regex("x")}}, [{"a": "y"}, {}], [{"a": "x"}]),
    ({"a": {"$type": "string"}}, [{"a": "x"}, {"a": [1, "x"]}], [{"a": 1}]),
    ({"a": {"$type": ["array", 10]}}, [{"a": []}, {"a": None}], [{"a": 1}, {}]),
    ({"a": {"$type": "long"}}, [{"a": 2**40}], [{"a": 1}, {"a": 1.5}]),
    ({"a": {"$type": "number"}}, [{"a": 1}, {"a": 1.5}], [{"a": True}, {"a": "1"}]),
    ({"$or": [{"a": 1}, {"b": 1}]}, [{"a": 1}, {"b": 1}], [{"a": 2}]),
    ({"$and": [{"a": 1}, {"a": {"$lt": 3}}]}, [{"a": 1}, {"a": [1, 5]}], [{"a": 2}]),
    ({"$nor": [{"a": 1}, {"b": 1}]}, [{"a": 2}, {}], [{"a": 1}, {"b": 1}]),
    ({"$expr": {"$gt": ["$a", "$b"]}}, [{"a": 2, "b": 1}, {"a": 1}], [{"a": 1, "b": 2}]),
    ({"a": 2**53 + 1}, [{"a": 2**53 + 1}], [{"a": 2**53}, {"a": 2.0**53}]),
]


# Without addresses, so that every worker of pytest-xdist collects the same names.
NAMES = [re.sub(r" at 0x[0-9a-f]+", "", str(case[0])) for case in CASES]


@pytest.mark.parametrize(("query", "hits", "misses"), CASES, ids=NAMES)
def test_filters_follow_mongodb(
    query: dict[str, Any],
    hits: list[dict[str, Any]],
    misses: list[dict[str, Any]],
) -> None:
    """A filter takes the documents that MongoDB would take, and no other."""
    matches = compile_filter(query, predicate).matches
    assert [document for document in hits if not matches(document)] == []
    assert [document for document in misses if matches(document)] == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"a": {"$foo": 1}}, "$foo"),
        ({"$where": "1"}, "$where"),
        ({"$text": {}}, "$text"),
        ({"a": {"$jsonSchema": {}}}, "$jsonSchema"),
        ({"a": {"$gt": 1, "b": 2}}, "mixed"),
        ({"a": {"b": 1, "$gt": 2}}, "mixed"),
        ({"$or": []}, "$or"),
        ({"$or": {"a": 1}}, "$or"),
        ({"$and": [1]}, "$and"),
        ({"a": {"$in": 1}}, "$in"),
        ({"a": {"$all": 1}}, "$all"),
        ({"a": {"$size": -1}}, "$size"),
        ({"a": {"$size": "1"}}, "$size"),
        ({"a": {"$mod": [0, 1]}}, "$mod"),
        ({"a": {"$mod": [1]}}, "$mod"),
        ({"a": {"$type": "thing"}}, "$type"),
        ({"a": {"$regex": 5}}, "$regex"),
        ({"a": {"$options": "i"}}, "$options"),
        ({"a": {"$not": 5}}, "$not"),
        ({"a": {"$elemMatch": 1}}, "$elemMatch"),
        ({"a": {"$nearSphere": {}}}, "geo"),
        ({"a": {"$gt": Regex("x")}}, "regex"),
    ],
)
def test_unknown_and_malformed_operators_are_named(query: dict[str, Any], named: str) -> None:
    """What is not understood is an error that names it, never a silent mismatch."""
    with pytest.raises(QueryError) as caught:
        compile_filter(query)
    assert named in str(caught.value)


def test_terms_are_what_every_match_fulfils() -> None:
    """Terms of a conjunction reach the planner; those inside `$or` and negations do not."""
    compiled = compile_filter(
        {"a": 1, "$and": [{"b": {"$gt": 2}}], "$or": [{"c": 1}], "d": {"$ne": 1}},
    )
    assert [(term.path, term.operator) for term in compiled.terms] == [("a", "$eq"), ("b", "$gt")]
    assert not compiled.complete
    assert compile_filter({"a": 1, "b": {"$in": [1]}}).complete
