from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from cloud_emulator.errors import CloudError
from cloud_emulator.mongo.expressions import compile_expression, root_scope
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.stages import run_pipeline
from cloud_emulator.store.schema import add_collection
from cloud_emulator.values import MISSING, Instant

if TYPE_CHECKING:
    from cloud_emulator.engine import Engine

DAY = Instant(1_700_531_999_123)  # 2023-11-21T01:59:59.123Z, a Tuesday
DOCUMENT: dict[str, Any] = {
    "n": 7,
    "f": 2.5,
    "s": "ab你c",
    "a": [3, 1, 2],
    "o": {"x": 1, "y": [{"z": 1}, {"z": 2}]},
    "d": DAY,
    "t": True,
    "nil": None,
}


def evaluate(expression: object) -> object:
    """Evaluate an expression on the sample document."""
    return compile_expression(expression)(root_scope(DOCUMENT))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$n", 7),
        ("$o.x", 1),
        ("$o.y.z", [1, 2]),
        ("$none", MISSING),
        ("$$ROOT.n", 7),
        ("plain", "plain"),
        ({"$literal": "$n"}, "$n"),
        (["$n", "$none"], [7, None]),
        ({"x": "$n", "y": "$none"}, {"x": 7}),
        ({"$add": ["$n", 1, 0.5]}, 8.5),
        ({"$add": ["$d", 1000]}, Instant(DAY.ms + 1000)),
        ({"$add": ["$n", "$nil"]}, None),
        ({"$subtract": ["$d", "$d"]}, 0),
        ({"$subtract": ["$d", 123]}, Instant(DAY.ms - 123)),
        ({"$multiply": ["$n", 2]}, 14),
        ({"$divide": ["$n", 2]}, 3.5),
        ({"$mod": [-7, 4]}, -3),
        ({"$abs": -3}, 3),
        ({"$ceil": "$f"}, 3),
        ({"$floor": "$f"}, 2),
        ({"$trunc": -2.7}, -2),
        ({"$trunc": [2.789, 1]}, 2.7),
        ({"$sqrt": 16}, 4.0),
        ({"$pow": [2, 10]}, 1024),
        ({"$exp": 0}, 1.0),
        ({"$ln": math.e}, 1.0),
        ({"$log": [8, 2]}, 3.0),
        ({"$log10": 1000}, 3.0),
        ({"$concat": ["$s", "!"]}, "ab你c!"),
        ({"$concat": ["$s", "$nil"]}, None),
        ({"$strLenCP": "$s"}, 4),
        ({"$strLenBytes": "$s"}, 6),
        ({"$substrCP": ["$s", 1, 2]}, "b你"),
        ({"$substr": ["$s", 0, -1]}, "ab你c"),
        ({"$substrBytes": ["$nil", 0, 1]}, ""),
        ({"$toUpper": "$s"}, "AB你C"),
        ({"$toLower": "ÄX"}, "Äx"),
        ({"$split": ["a,b", ","]}, ["a", "b"]),
        ({"$indexOfCP": ["$s", "c"]}, 3),
        ({"$indexOfBytes": ["$s", "c"]}, 5),
        ({"$indexOfCP": ["$s", "q"]}, -1),
        ({"$strcasecmp": ["A", "a"]}, 0),
        ({"$arrayElemAt": ["$a", -1]}, 2),
        ({"$arrayElemAt": ["$a", 9]}, MISSING),
        ({"$concatArrays": ["$a", [9]]}, [3, 1, 2, 9]),
        ({"$in": [1, "$a"]}, True),
        ({"$in": [True, "$a"]}, False),
        ({"$indexOfArray": ["$a", 2]}, 2),
        ({"$isArray": "$a"}, True),
        ({"$isArray": "$n"}, False),
        ({"$range": [0, 5, 2]}, [0, 2, 4]),
        ({"$reverseArray": "$a"}, [2, 1, 3]),
        ({"$size": "$a"}, 3),
        ({"$slice": ["$a", 2]}, [3, 1]),
        ({"$slice": ["$a", 1, 1]}, [1]),
        ({"$zip": {"inputs": ["$a", ["x"]]}}, [[3, "x"]]),
        (
            {"$zip": {"inputs": [["a"], ["x", "y"]], "useLongestLength": True, "defaults": [0, 1]}},
            [["a", "x"], [0, "y"]],
        ),
        ({"$filter": {"input": "$a", "as": "i", "cond": {"$gt": ["$$i", 1]}}}, [3, 2]),
        ({"$map": {"input": "$a", "as": "i", "in": {"$add": ["$$i", "$n"]}}}, [10, 8, 9]),
        ({"$reduce": {"input": "$a", "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}}, 6),
        ({"$arrayToObject": [[["k", 1]]]}, {"k": 1}),
        ({"$objectToArray": {"$literal": {"k": 1}}}, [{"k": "k", "v": 1}]),
        ({"$mergeObjects": [{"a": 1}, "$nil", {"b": 2}]}, {"a": 1, "b": 2}),
        ({"$setUnion": [[2, 1], [1, 3]]}, [1, 2, 3]),
        ({"$setIntersection": [[1, 2], [2, 3]]}, [2]),
        ({"$setDifference": [[1, 2], [2]]}, [1]),
        ({"$setEquals": [[1, 2], [2, 1, 1]]}, True),
        ({"$setIsSubset": [[1], [1, 2]]}, True),
        ({"$allElementsTrue": [[1, ""]]}, True),
        ({"$anyElementTrue": [[0, None]]}, False),
        ({"$and": ["$t", "$n"]}, True),
        ({"$or": ["$nil", 0]}, False),
        ({"$not": ["$nil"]}, True),
        ({"$eq": ["$n", 7.0]}, True),
        ({"$eq": ["$none", None]}, False),
        ({"$lt": ["$none", None]}, True),
        ({"$gt": ["x", 5]}, True),
        ({"$cmp": ["$n", 8]}, -1),
        ({"$ne": ["$t", 1]}, True),
        ({"$cond": ["$t", "yes", "no"]}, "yes"),
        ({"$cond": {"if": "$none", "then": 1, "else": 2}}, 2),
        ({"$ifNull": ["$none", "$nil", 5]}, 5),
        (
            {
                "$switch": {
                    "branches": [{"case": {"$gt": ["$n", 9]}, "then": "big"}],
                    "default": "small",
                }
            },
            "small",
        ),
        ({"$let": {"vars": {"q": "$n"}, "in": {"$add": ["$$q", 1]}}}, 8),
        ({"$sum": "$a"}, 6),
        ({"$sum": ["$n", "$s", 1]}, 8),
        ({"$avg": "$a"}, 2.0),
        ({"$max": "$a"}, 3),
        ({"$min": ["$n", "$nil", 4]}, 4),
        ({"$stdDevPop": "$a"}, math.sqrt(2 / 3)),
        ({"$year": "$d"}, 2023),
        ({"$month": "$d"}, 11),
        ({"$dayOfMonth": {"date": "$d", "timezone": "+08:00"}}, 21),
        ({"$hour": "$d"}, 1),
        ({"$hour": {"date": "$d", "timezone": "Asia/Shanghai"}}, 9),
        ({"$minute": "$d"}, 59),
        ({"$second": "$d"}, 59),
        ({"$millisecond": "$d"}, 123),
        ({"$dayOfWeek": "$d"}, 3),
        ({"$isoDayOfWeek": "$d"}, 2),
        ({"$dayOfYear": "$d"}, 325),
        ({"$isoWeek": "$d"}, 47),
        ({"$isoWeekYear": "$d"}, 2023),
        ({"$week": "$d"}, 47),
        ({"$year": "$nil"}, None),
        ({"$dateToString": {"date": "$d"}}, "2023-11-21T01:59:59.123Z"),
        (
            {
                "$dateToString": {
                    "date": "$d",
                    "format": "%Y年%m月%d日 %H:%M %z %%",
                    "timezone": "+08:00",
                }
            },
            "2023年11月21日 09:59 +0800 %",
        ),
        ({"$dateToString": {"date": "$nil", "onNull": "-"}}, "-"),
        ({"$dateFromString": {"dateString": "2023-11-21T01:59:59.123Z"}}, DAY),
        (
            {"$dateFromString": {"dateString": "2023-11-21", "timezone": "+08:00"}},
            Instant(1_700_496_000_000),
        ),
        ({"$dateFromString": {"dateString": "no", "onError": 0}}, 0),
        ({"$dateFromParts": {"year": 2023, "month": 13, "day": 0}}, Instant(1_703_980_800_000)),
    ],
    ids=str,
)
def test_expressions_follow_mongodb(expression: object, value: object) -> None:
    """An expression gives MongoDB's value."""
    found = evaluate(expression)
    assert found == pytest.approx(value) if isinstance(value, float) else found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ({"$foo": 1}, "$foo"),
        ({"$add": ["$s", 1]}, "$add"),
        ({"$add": ["$d", "$d"]}, "date"),
        ({"$divide": [1, 0]}, "zero"),
        ({"$mod": [1, 0]}, "zero"),
        ({"$subtract": [1]}, "arguments"),
        ({"$size": "$n"}, "$size"),
        ({"$cond": [1]}, "$cond"),
        ({"$switch": {"branches": []}}, "branch"),
        ({"$year": "$n"}, "$year"),
        ({"$dateToString": {"date": "$d", "format": "%Q"}}, "sign"),
        ({"$hour": {"date": "$d", "timezone": "Mars/Crater"}}, "timezone"),
        ("$$nobody", "nobody"),
        ("$", "field path"),
        ({"$add": [1], "$subtract": [1, 2]}, "one operator"),
        ({"$range": [0, 10**9]}, "$range"),
        ({"$pow": [10, 1000]}, "finite"),
        ({"$substrBytes": ["$s", 0, 3]}, "character"),
    ],
)
def test_bad_expressions_are_named(expression: object, named: str) -> None:
    """An unknown operator or a wrong type is an error that names it."""
    with pytest.raises(QueryError) as caught:
        evaluate(expression)
    assert named in str(caught.value)


ROWS: list[dict[str, Any]] = [
    {"_id": 1, "k": "a", "n": 5, "tags": ["x", "y"], "in": {"v": 1}},
    {"_id": 2, "k": "b", "n": 7, "tags": []},
    {"_id": 3, "k": "a", "n": 1, "tags": ["x"]},
    {"_id": 4, "n": 3},
]


@pytest.mark.parametrize(
    ("pipeline", "result"),
    [
        (
            [{"$match": {"k": "a"}}, {"$project": {"n": 1}}],
            [{"_id": 1, "n": 5}, {"_id": 3, "n": 1}],
        ),
        ([{"$sort": {"n": -1}}, {"$limit": 1}, {"$project": {"_id": 1}}], [{"_id": 2}]),
        ([{"$skip": 3}, {"$project": {"n": 0}}], [{"_id": 4}]),
        (
            [
                {"$project": {"_id": 0, "double": {"$multiply": ["$n", 2]}, "in.v": 1}},
                {"$limit": 1},
            ],
            [{"in": {"v": 1}, "double": 10}],
        ),
        (
            [{"$addFields": {"in.w": {"$add": ["$n", 1]}, "gone": "$none"}}, {"$limit": 1}],
            [{**ROWS[0], "in": {"v": 1, "w": 6}}],
        ),
        (
            [
                {"$group": {"_id": "$k", "t": {"$sum": "$n"}, "c": {"$sum": 1}}},
                {"$sort": {"_id": 1}},
            ],
            [
                {"_id": None, "t": 3, "c": 1},
                {"_id": "a", "t": 6, "c": 2},
                {"_id": "b", "t": 7, "c": 1},
            ],
        ),
        (
            [
                {
                    "$group": {
                        "_id": None,
                        "avg": {"$avg": "$n"},
                        "min": {"$min": "$n"},
                        "max": {"$max": "$n"},
                        "first": {"$first": "$k"},
                        "last": {"$last": "$k"},
                        "all": {"$push": "$k"},
                        "set": {"$addToSet": "$k"},
                    },
                },
            ],
            [
                {
                    "_id": None,
                    "avg": 4.0,
                    "min": 1,
                    "max": 7,
                    "first": "a",
                    "last": None,
                    "all": ["a", "b", "a"],
                    "set": ["a", "b"],
                },
            ],
        ),
        ([{"$count": "total"}], [{"total": 4}]),
        ([{"$match": {"n": 99}}, {"$count": "total"}], []),
        (
            [{"$sortByCount": "$k"}],
            [{"_id": "a", "count": 2}, {"_id": "b", "count": 1}, {"_id": None, "count": 1}],
        ),
        (
            [{"$unwind": "$tags"}, {"$project": {"tags": 1}}],
            [{"_id": 1, "tags": "x"}, {"_id": 1, "tags": "y"}, {"_id": 3, "tags": "x"}],
        ),
        (
            [
                {
                    "$unwind": {
                        "path": "$tags",
                        "includeArrayIndex": "at",
                        "preserveNullAndEmptyArrays": True,
                    }
                },
                {"$project": {"tags": 1, "at": 1}},
            ],
            [
                {"_id": 1, "tags": "x", "at": 0},
                {"_id": 1, "tags": "y", "at": 1},
                {"_id": 2, "at": None},
                {"_id": 3, "tags": "x", "at": 0},
                {"_id": 4, "at": None},
            ],
        ),
        ([{"$match": {"in": {"$exists": True}}}, {"$replaceRoot": {"newRoot": "$in"}}], [{"v": 1}]),
        (
            [{"$bucket": {"groupBy": "$n", "boundaries": [0, 4, 6], "default": "more"}}],
            [{"_id": 0, "count": 2}, {"_id": 4, "count": 1}, {"_id": "more", "count": 1}],
        ),
        (
            [{"$bucketAuto": {"groupBy": "$n", "buckets": 2}}],
            [{"_id": {"min": 1, "max": 5}, "count": 2}, {"_id": {"min": 5, "max": 7}, "count": 2}],
        ),
        ([{"$match": {"$expr": {"$gt": ["$n", 4]}}}, {"$count": "c"}], [{"c": 2}]),
    ],
    ids=str,
)
def test_stages_follow_mongodb(
    pipeline: list[dict[str, Any]], result: list[dict[str, Any]]
) -> None:
    """A pipeline gives MongoDB's rows and changes no document on the way."""
    before = repr(ROWS)
    assert run_pipeline(ROWS, pipeline, lambda _name, _query: iter([])) == result
    assert repr(ROWS) == before


def test_sample_takes_some_of_the_rows() -> None:
    """`$sample` gives as many different rows as asked for, at most all."""
    some = run_pipeline(ROWS, [{"$sample": {"size": 2}}], lambda _name, _query: iter([]))
    assert len({row["_id"] for row in some}) == 2
    everything = run_pipeline(ROWS, [{"$sample": {"size": 9}}], lambda _name, _query: iter([]))
    assert sorted(row["_id"] for row in everything) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("stage", "named"),
    [
        ({"$out": "x"}, "$out"),
        ({"$geoNear": {}}, "$geoNear"),
        ({"$facet": {}}, "$facet"),
        ({"$match": {"a": {"$foo": 1}}}, "$foo"),
        ({"$group": {"n": {"$sum": 1}}}, "_id"),
        ({"$group": {"_id": 1, "n": {"$foo": 1}}}, "$foo"),
        ({"$group": {"_id": 1, "n": 5}}, "n"),
        ({"$limit": 0}, "limit"),
        ({"$skip": -1}, "$skip"),
        ({"$sort": {"a": 2}}, "$sort"),
        ({"$count": "$x"}, "$count"),
        ({"$unwind": "tags"}, "$unwind"),
        ({"$project": {}}, "$project"),
        ({"$project": {"a": 0, "b": {"$add": [1]}}}, "exclusion"),
        ({"$replaceRoot": {"newRoot": "$n"}}, "$replaceRoot"),
        ({"$lookup": {"from": "x"}}, "$lookup"),
        ({"$bucket": {"groupBy": "$n", "boundaries": [5, 1]}}, "boundaries"),
        ({"$bucket": {"groupBy": "$n", "boundaries": [0, 1]}}, "default"),
        ({"$match": {}, "$limit": 1}, "exactly one"),
    ],
)
def test_unknown_stages_and_operators_are_named(stage: dict[str, Any], named: str) -> None:
    """What a pipeline cannot do is an error that names it."""
    with pytest.raises(QueryError) as caught:
        run_pipeline(ROWS, [stage], lambda _name, _query: iter([]))
    assert named in str(caught.value)


def test_lookup_joins_by_field_and_by_pipeline(engine: Engine) -> None:
    """`$lookup` finds rows of another collection by equality and by a pipeline with variables."""
    add_collection(engine.database, "people")
    engine.insert(
        "things",
        [{"_id": "t1", "owner": "p1"}, {"_id": "t2"}, {"_id": "t3", "owner": ["p1", "p2"]}],
    )
    engine.insert("people", [{"_id": "p1", "age": 61}, {"_id": "p2", "age": 45}])
    joined = engine.aggregate(
        "things",
        [
            {
                "$lookup": {
                    "from": "people",
                    "localField": "owner",
                    "foreignField": "_id",
                    "as": "who",
                }
            }
        ],
    )
    assert [[row["_id"] for row in thing["who"]] for thing in joined] == [["p1"], [], ["p1", "p2"]]
    piped = engine.aggregate(
        "things",
        [
            {"$match": {"_id": "t1"}},
            {
                "$lookup": {
                    "from": "people",
                    "let": {"mine": "$owner"},
                    "pipeline": [
                        {"$match": {"$expr": {"$eq": ["$_id", "$$mine"]}}},
                        {"$project": {"_id": 0, "age": 1}},
                    ],
                    "as": "who",
                },
            },
        ],
    )
    assert piped == [{"_id": "t1", "owner": "p1", "who": [{"age": 61}]}]
    nothing = engine.aggregate(
        "things",
        [{"$lookup": {"from": "nobody", "localField": "a", "foreignField": "b", "as": "c"}}],
    )
    assert all(row["c"] == [] for row in nothing)


def test_an_aggregation_error_is_an_answer(engine: Engine) -> None:
    """The engine turns a bad pipeline into -502001, naming the stage."""
    with pytest.raises(CloudError) as caught:
        engine.aggregate("things", [{"$out": "x"}])
    assert caught.value.errcode == -502001
    assert "$out" in caught.value.errmsg
