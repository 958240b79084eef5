from __future__ import annotations

import pytest

from cloud_emulator.errors import CloudError
from cloud_emulator.mongo.operators import Regex
from cloud_emulator.statement.operations import (
    Add,
    Aggregate,
    Change,
    Find,
    Operation,
    Replace,
    compile_statement,
)
from cloud_emulator.statement.parser import parse
from cloud_emulator.values import Instant

NOW = 1_688_086_800_000


def compiled(text: str, endpoint: str) -> Operation:
    """Compile a statement at a fixed instant."""
    return compile_statement(parse(text), endpoint, NOW)


def where(literal: str) -> object:
    """Compile the filter of a query; a regex shows as its pattern and options."""
    operation = compiled(f"db.collection('c').where({literal}).get()", "databasequery")
    assert isinstance(operation, Find)
    return _plain(operation.query)


def update(literal: str) -> object:
    """Compile the data of an update."""
    operation = compiled(f"db.collection('c').update({{data:{literal}}})", "databaseupdate")
    assert isinstance(operation, Change)
    return operation.update


def _plain(value: object) -> object:
    if isinstance(value, Regex):
        return {"$regularExpression": {"pattern": value.pattern, "options": value.options}}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


# Answers of the official serializer, @cloudbase/database 1.4.3, run on the same literals.
@pytest.mark.parametrize(
    ("literal", "mongo"),
    [
        ("{}", {}),
        ("{a:{b:1,c:_.gt(2)}}", {"a.b": 1, "a.c": {"$gt": 2}}),
        ("{a:_.eq({b:1})}", {"a": {"$eq": {"b": 1}}}),
        ("{a:null}", {"a": None}),
        ("{a:undefined,b:1}", {"b": 1}),
        ("{a:{}}", {}),
        ("{a:{b:{}},c:1}", {"c": 1}),
        ("{a:[1,{b:2}]}", {"a": [1, {"b": 2}]}),
        ("{a:_.gt(1).and(_.lt(5))}", {"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 5}}]}),
        ("{a:_.gt(1).lt(5)}", {"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 5}}]}),
        ("{a:_.or(_.lt(1),_.gt(5))}", {"$or": [{"a": {"$lt": 1}}, {"a": {"$gt": 5}}]}),
        ("{a:_.or([_.lt(1),_.gt(5)])}", {"$or": [{"a": {"$lt": 1}}, {"a": {"$gt": 5}}]}),
        ("{a:{b:_.or(_.eq(1),_.eq(2))}}", {"$or": [{"a.b": {"$eq": 1}}, {"a.b": {"$eq": 2}}]}),
        ("_.or([{a:1},{b:_.gt(2)}])", {"$or": [{"a": 1}, {"b": {"$gt": 2}}]}),
        (
            "_.and([{a:1},_.or([{b:1},{c:{d:2}}])])",
            {"$and": [{"a": 1}, {"$or": [{"b": 1}, {"c.d": 2}]}]},
        ),
        ("_.nor([{a:1},{b:2}])", {"$nor": [{"a": 1}, {"b": 2}]}),
        ("{a:_.nor([_.gt(5)])}", {"$nor": [{"a": {"$gt": 5}}]}),
        ("{a:/re/i}", {"a": {"$regularExpression": {"pattern": "re", "options": "i"}}}),
        (
            "{a:_.not(/x/)}",
            {"a": {"$not": {"$regularExpression": {"pattern": "x", "options": ""}}}},
        ),
        ("{a:_.not(_.gt(5))}", {"a": {"$not": {"$gt": 5}}}),
        ("{a:_.in([1,2]),b:_.nin(['x'])}", {"a": {"$in": [1, 2]}, "b": {"$nin": ["x"]}}),
        (
            "{a:_.all([1]),b:_.size(2),c:_.exists(true),d:_.mod(4,1),e:_.mod([4,1])}",
            {
                "a": {"$all": [1]},
                "b": {"$size": 2},
                "c": {"$exists": True},
                "d": {"$mod": [4, 1]},
                "e": {"$mod": [4, 1]},
            },
        ),
        ("{a:_.elemMatch({b:_.gt(1),c:2})}", {"a": {"$elemMatch": {"b": {"$gt": 1}, "c": 2}}}),
        ("{a:_.elemMatch(_.gt(1))}", {"a": {"$elemMatch": {"$gt": 1}}}),
        ("{a:_.neq(null)}", {"a": {"$ne": None}}),
        ("{a:{b:new Date(5)}}", {"a.b": Instant(5)}),
        ("{'a.b':1,c:{'d.e':2}}", {"a.b": 1, "c.d.e": 2}),
        ("{a:{$gt:1,b:2}}", {"a": {"$gt": 1}, "a.b": 2}),
        ("{$or:[{a:1},{b:2}]}", {"$or": [{"a": 1}, {"b": 2}]}),
        (
            "{a:_.or(_.eq(1),_.eq(2)),b:_.or(_.eq(3),_.eq(4))}",
            {"$or": [{"a": {"$eq": 1}}, {"a": {"$eq": 2}}, {"b": {"$eq": 3}}, {"b": {"$eq": 4}}]},
        ),
        (
            "{a:_.gt(1).or(_.lt(0)).and(_.neq(5))}",
            {"$and": [{"$or": [{"a": {"$gt": 1}}, {"a": {"$lt": 0}}]}, {"a": {"$ne": 5}}]},
        ),
        ("_.expr($.gt(['$a','$b']))", {"$expr": {"$gt": ["$a", "$b"]}}),
        ("{a:_.gt(db.serverDate({offset:-5}))}", {"a": {"$gt": Instant(NOW - 5)}}),
    ],
)
def test_where_compiles_as_the_official_serializer(literal: str, mongo: object) -> None:
    """A filter becomes what the official SDK sends for the same literal."""
    assert where(literal) == mongo


@pytest.mark.parametrize(
    ("literal", "mongo"),
    [
        ("{a:{b:1}}", {"$set": {"a.b": 1}}),
        ("{a:_.set({b:1})}", {"$set": {"a": {"b": 1}}}),
        ("{e:{}}", {}),
        ("{e:{},f:1}", {"$set": {"f": 1}}),
        ("{a:undefined,b:null}", {"$set": {"b": None}}),
        ("{a:{b:_.inc(1),c:{d:2}},'e.f':3}", {"$inc": {"a.b": 1}, "$set": {"a.c.d": 2, "e.f": 3}}),
        (
            "{a:_.remove(),b:_.mul(2),c:_.min(1),d:_.max(2),e:_.rename('g'),f:_.bit({and:5})}",
            {
                "$unset": {"a": ""},
                "$mul": {"b": 2},
                "$min": {"c": 1},
                "$max": {"d": 2},
                "$rename": {"e": "g"},
                "$bit": {"f": {"and": 5}},
            },
        ),
        (
            "{a:_.push([1,2]),b:_.push({each:[1],position:0,sort:1,slice:2}),c:_.push(1,2)}",
            {
                "$push": {
                    "a": {"$each": [1, 2]},
                    "b": {"$each": [1], "$position": 0, "$sort": 1, "$slice": 2},
                    "c": {"$each": [1, 2]},
                },
            },
        ),
        (
            "{a:_.unshift([1]),b:_.pop(),c:_.shift()}",
            {"$push": {"a": {"$each": [1], "$position": 0}}, "$pop": {"b": 1, "c": -1}},
        ),
        (
            "{a:_.pull(1),b:_.pull(_.in([1,2])),c:_.pull({d:_.gt(1)}),e:_.pullAll([1,2])}",
            {
                "$pull": {"a": 1, "b": {"$in": [1, 2]}, "c": {"d": {"$gt": 1}}},
                "$pullAll": {"e": [1, 2]},
            },
        ),
        (
            "{a:_.addToSet(3),b:_.addToSet({$each:[1,2]}),c:_.addToSet({each:[1]})}",
            {"$addToSet": {"a": 3, "b": {"$each": [1, 2]}, "c": {"each": [1]}}},
        ),
        ("{a:new Date(3),b:db.serverDate()}", {"$set": {"a": Instant(3), "b": Instant(NOW)}}),
        ("{a:[{b:1}],c:{d:[]}}", {"$set": {"a": [{"b": 1}], "c.d": []}}),
        ("{$inc:{a:1}}", {"$inc": {"a": 1}}),
    ],
)
def test_update_compiles_as_the_official_serializer(literal: str, mongo: object) -> None:
    """The data of an update becomes what the official SDK sends for the same literal."""
    assert update(literal) == mongo


def test_a_query_has_the_documented_defaults_and_limits() -> None:
    """Ten rows by default, a thousand at most, 0 is no limit given; sort keeps its order."""
    text = (
        "db.collection('c').orderBy('a','desc').orderBy('b','asc').skip(3).limit({})"
        ".field({{'a.b':true,_id:0}}).get()"
    )
    expected = [("0", 10), ("5", 5), ("1000", 1000), ("1001", 1000)]
    for limit, found in expected:
        operation = compiled(text.format(limit), "databasequery")
        assert operation == Find(
            "c",
            {},
            (("a", -1), ("b", 1)),
            3,
            found,
            {"a.b": True, "_id": 0},
        )
    plain = compiled("db.collection('c').get()", "databasequery")
    assert isinstance(plain, Find)
    assert plain.limit == 10


def test_add_takes_one_document_or_a_list() -> None:
    """`{data: {…}}` and `{data: […]}` both are documents, server dates set, undefined dropped."""
    one = compiled("db.collection('c').add({data:{a:db.serverDate(),b:undefined}})", "databaseadd")
    assert one == Add("c", [{"a": Instant(NOW)}])
    many = compiled('db.collection("c").add({"data":[{"a":1},{"b":{"c.d":2}}]})', "databaseadd")
    assert many == Add("c", [{"a": 1}, {"b": {"c.d": 2}}])


def test_set_replaces_a_document() -> None:
    """`doc(id).set` carries the whole document, nested objects unflattened."""
    operation = compiled("db.collection('c').doc('x').set({data:{a:{b:1}}})", "databaseupdate")
    assert operation == Replace("c", "x", {"a": {"b": 1}})


def test_a_pipeline_has_a_limit_of_twenty_unless_it_says_one() -> None:
    """`end()` gives 20 rows at most where no stage limits them."""
    open_end = compiled(
        "db.collection('c').aggregate().match({a:{b:1}}).end()", "databaseaggregate"
    )
    assert open_end == Aggregate("c", [{"$match": {"a.b": 1}}, {"$limit": 20}])
    limited = compiled("db.collection('c').aggregate().limit(500).end()", "databaseaggregate")
    assert limited == Aggregate("c", [{"$limit": 500}])


def test_a_lookup_may_have_a_built_pipeline() -> None:
    """`$.pipeline()…done()` inside a lookup becomes a list of stages."""
    text = (
        "const $ = db.command.aggregate; db.collection('c').aggregate().lookup({from:'d',as:'x',"
        "let:{y:'$z'},pipeline:$.pipeline().match(_.expr($.eq(['$k','$$y']))).limit(1).done()}).end()"
    )
    operation = compiled(text, "databaseaggregate")
    assert isinstance(operation, Aggregate)
    assert operation.pipeline[0] == {
        "$lookup": {
            "from": "d",
            "as": "x",
            "let": {"y": "$z"},
            "pipeline": [{"$match": {"$expr": {"$eq": ["$k", "$$y"]}}}, {"$limit": 1}],
        },
    }


@pytest.mark.parametrize(
    ("endpoint", "text", "errcode"),
    [
        ("databasequery", "db.collection('c')", -602002),
        ("databasequery", "db.collection('c').count()", -602002),
        ("databasequery", "db.collection('c').get(1)", -602002),
        ("databasequery", "db.collection('c').get().limit(1)", -602002),
        ("databasequery", "db.collection('c').update({data:{}}).get()", -602002),
        ("databasequery", "db.collection('c').doc('a').where({b:1}).get()", -602002),
        ("databasequery", "db.collection('c').where({a:1}).doc('b').get()", -602002),
        ("databasecount", "db.collection('c').get()", -602002),
        ("databaseadd", "db.collection('c').get()", -602002),
        ("databaseadd", "db.collection('c').where({a:1}).add({data:{}})", -602002),
        ("databaseupdate", "db.collection('c').remove()", -602002),
        ("databaseupdate", "db.collection('c').where({a:1}).set({data:{}})", -602002),
        ("databasedelete", "db.collection('c').where({a:1}).get()", -602002),
        ("databaseaggregate", "db.collection('c').aggregate().match({})", -602002),
        ("databaseaggregate", "db.collection('c').where({}).end()", -602002),
        ("databaseaggregate", "db.collection('c').aggregate().where({}).end()", -602002),
        ("databasequery", "db.collection('c').where(1).get()", -501007),
        ("databasequery", "db.collection('c').where({a:undefined}).get()", -501007),
        ("databasequery", "db.collection('c').where({a:_.inc(1)}).get()", -501007),
        ("databasequery", "db.collection('c').where(_.gt(1)).get()", -501007),
        ("databasequery", "db.collection('c').where({a:_.in(1)}).get()", -501007),
        ("databasequery", "db.collection('c').where({a:_.or(1,2)}).get()", -501007),
        ("databasequery", "db.collection('c').where({a:_.not(1)}).get()", -501007),
        ("databasequery", "db.collection('c').where({a:_.geoNear({})}).get()", -501007),
        ("databasequery", "db.collection('c').orderBy('a','DESC').get()", -501007),
        ("databasequery", "db.collection('c').orderBy('a').get()", -501007),
        ("databasequery", "db.collection('c').limit('5').get()", -501007),
        ("databasequery", "db.collection('c').limit(1.5).get()", -501007),
        ("databasequery", "db.collection('c').skip(-1).get()", -501007),
        ("databasequery", "db.collection('c').doc(true).get()", -501007),
        ("databasequery", "db.collection('c').field('a').get()", -501007),
        ("databaseadd", "db.collection('c').add({a:1})", -501007),
        ("databaseadd", "db.collection('c').add({data:[]})", -501007),
        ("databaseadd", "db.collection('c').add({data:[1]})", -501007),
        ("databaseadd", "db.collection('c').add({data:{a:_.inc(1)}})", -501007),
        ("databaseadd", "db.collection('c').add({data:{a:/x/}})", -501007),
        ("databaseadd", "db.collection('c').add({data:{$a:1}})", -501007),
        ("databaseadd", "db.collection('c').add({data:{a:{$date:1}}})", -501007),
        ("databaseupdate", "db.collection('c').update({a:1})", -501007),
        ("databaseupdate", "db.collection('c').update({data:{_id:1}})", -501007),
        ("databaseupdate", "db.collection('c').update({data:{a:_.gt(1)}})", -501007),
        ("databaseupdate", "db.collection('c').update({data:{a:[_.inc(1)]}})", -501007),
        ("databaseupdate", "db.collection('c').doc('a').set({data:{_id:'a'}})", -501007),
        ("databaseupdate", "db.collection('c').doc('a').set({data:{b:{c:_.inc(1)}}})", -501007),
    ],
)
def test_what_the_sdk_refuses_is_refused(endpoint: str, text: str, errcode: int) -> None:
    """Wrong ends are -602002, wrong arguments -501007, each with a sentence."""
    with pytest.raises(CloudError) as caught:
        compiled(text, endpoint)
    assert caught.value.errcode == errcode
