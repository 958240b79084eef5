"""The official SDK on the emulator: what its calls give and throw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloud_emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_emulator.sdk.conftest import Phone

PINNED = "4.0.2"
FUNCTIONS = Path(__file__).parent / "functions"


def test_the_sdk_still_follows_its_address_in_the_environment(
    phone: Phone, node_modules: Path
) -> None:
    """The whole second door hangs on TCB_CONTEXT_CNFG, which no document promises."""
    package = json.loads((node_modules / "wx-server-sdk" / "package.json").read_text("utf-8"))
    assert package["version"] == PINNED, "the pin moved: run this folder's tests with the new one"
    phone.call("probe", {"code": "return (await db.collection('things').count()).total"})
    paths = [entry["path"] for entry in phone.control("log")["entries"]]
    assert paths == ["/admin"], (
        "wx-server-sdk does not honour TCB_CONTEXT_CNFG any more: no request of it arrived. Go "
        "back to the pinned version, or find the new way in @cloudbase/node-sdk utils/tcbcontext"
    )


def test_add_get_count(phone: Phone) -> None:
    """Documents come back as they were sent: numbers, texts, dates, nested and empty values."""
    whole = {"_id": "a", "owner": 1, "n": -1.5, "big": 2**53 - 1, "t": "泗门", "l": [], "o": {}}
    assert phone.run("return db.collection('things').add({data: input})", whole) == {
        "_id": "a",
        "errMsg": "collection.add:ok",
    }
    code = "await db.collection('things').add({data: {owner: 2, at: new Date(1234567890123)}})"
    phone.run(code)
    found = phone.run("return (await db.collection('things').get()).data")
    assert found[0] == whole
    assert found[1]["at"] == {"$date": 1_234_567_890_123}
    assert len(found[1]["_id"]) == 32
    code = "return (await db.collection('things').where({owner: _.gte(2)}).count()).total"
    assert phone.run(code) == 1


def test_add_of_a_list_gives_all_ids(phone: Phone) -> None:
    """`add({data: […]})` adds many in one call."""
    code = "return (await db.collection('mirror').add({data: [{_id: 'x'}, {_id: 'y'}]}))._ids"
    assert phone.run(code) == ["x", "y"]


def test_server_dates_follow_the_emulators_clock(phone: Phone) -> None:
    """`db.serverDate({offset})` is the emulator's present, also where its clock has moved."""
    phone.control("clock", {"set": 1_700_000_000_000})
    code = """await db.collection('things').add({data: {_id: 'a', at: db.serverDate(), later:
              db.serverDate({offset: 60000})}})
              return (await db.collection('things').doc('a').get()).data"""
    found = phone.run(code)
    assert 0 <= found["at"]["$date"] - 1_700_000_000_000 < 10_000
    assert found["later"]["$date"] - found["at"]["$date"] == 60_000


def test_updates_merge_nested_objects_and_run_commands(phone: Phone) -> None:
    """Nested objects merge by path, `_.set` replaces, inc, push and remove change in place."""
    code = """const c = db.collection('things')
      await c.add({data: {_id: 'a', n: 1, l: ['x'], o: {a: 1, b: {c: 1}}, gone: 1, whole: {x: 1}}})
      const done = await c.doc('a').update({data: {n: _.inc(2), l: _.push(['y', 'z']),
        o: {b: {d: 2}}, gone: _.remove(), whole: _.set({y: 2})}})
      return [done.stats.updated, (await c.doc('a').get()).data]"""
    assert phone.run(code) == [
        1,
        {
            "_id": "a",
            "n": 3,
            "l": ["x", "y", "z"],
            "o": {"a": 1, "b": {"c": 1, "d": 2}},
            "whole": {"y": 2},
        },
    ]


def test_updates_of_many_and_of_none(phone: Phone) -> None:
    """`where().update` changes all matches; a missing document and no difference count 0."""
    code = """const c = db.collection('mirror')
      for (const n of [1, 2, 3]) await c.add({data: {_id: `d${n}`, n}})
      return [(await c.where({n: _.in([1, 3, 9])}).update({data: {hit: true}})).stats.updated,
        (await c.where({n: 9}).update({data: {hit: true}})).stats.updated,
        (await c.doc('none').update({data: {hit: true}})).stats.updated,
        (await c.doc('d1').update({data: {hit: true}})).stats.updated,
        (await c.where({hit: true}).remove()).stats.removed,
        (await c.count()).total]"""
    assert phone.run(code) == [2, 0, 0, 0, 2, 1]


def test_set_replaces_or_adds(phone: Phone) -> None:
    """`doc().set` says whether it replaced or made the document, and keeps nothing of the old."""
    code = """const doc = db.collection('things').doc('a')
      const made = (await doc.set({data: {x: 1}})).stats
      const changed = (await doc.set({data: {y: 2}})).stats
      return [made, changed, (await doc.get()).data, (await doc.remove()).stats]"""
    assert phone.run(code) == [
        {"updated": 0, "created": 1},
        {"updated": 1, "created": 0},
        {"_id": "a", "y": 2},
        {"removed": 1},
    ]


def test_a_missing_document_throws(phone: Phone) -> None:
    """`doc().get()` of nothing throws, as on the phone."""
    error = phone.run("return caught(db.collection('things').doc('zz').get())")
    assert error["errCode"] == -1
    assert "document with _id zz does not exist" in error["text"]


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("db.collection('nowhere').get()", -502005, "Db or Table not exist: nowhere"),
        ("db.collection('things').add({data: {_id: 'a'}})", -502001, "E11000 duplicate key"),
        ("db.collection('things').doc('b').set({data: {owner: 1}})", -502001, "E11000"),
        ("db.collection('things').doc('a').update({data: {t: _.inc(1)}})", -502001, "non-numeric"),
        ("db.collection('things').doc('a').update({data: {_id: 'b'}})", -501007, "_id"),
        ("db.collection('things').add({data: {a: /x/}})", -501007, "store its text"),
        ("db.collection('things').aggregate().match({a: 1}).sort({a: 2}).end()", -1, "$sort takes"),
    ],
)
def test_refusals_have_the_numbers_of_the_cloud(
    phone: Phone, code: str, number: int, text: str
) -> None:
    """The SDK maps the emulator's code words to the numbers that functions look at."""
    phone.run("return db.collection('things').add({data: {_id: 'a', owner: 1, t: 'x'}})")
    error = phone.run(f"return caught({code})")
    assert error["errCode"] == number
    assert text in error["text"]


def test_a_duplicate_of_a_unique_field_leaves_one(phone: Phone) -> None:
    """Two calls at once with the same key make one document."""
    code = """const add = () => db.collection('things').add({data: {owner: 'same'}})
      const done = await Promise.all([caught(add()), caught(add())])
      return [done.filter(Boolean).map((e) => /E11000/.test(e.text)),
        (await db.collection('things').count()).total]"""
    assert phone.run(code) == [[True], 1]


def test_aggregates(phone: Phone) -> None:
    """Pipelines group, sum, sort and limit; twenty rows without a limit, as documented."""
    code = """for (let n = 0; n < 30; n++) await db.collection('mirror').add({data: {n, k: n % 3}})
      const all = db.collection('mirror').aggregate()
      const sums = all.match({n: _.lt(10)}).group({_id: '$k', n: $.sum('$n')}).sort({_id: 1})
      return [(await sums.end()).list,
        (await db.collection('mirror').aggregate().project({n: 1}).end()).list.length]"""
    groups, most = phone.run(code)
    assert groups == [{"_id": 0, "n": 18}, {"_id": 1, "n": 12}, {"_id": 2, "n": 15}]
    assert most == 20


def test_collections_can_be_made(phone: Phone) -> None:
    """`db.createCollection` makes one; a second time is refused."""
    code = """await db.createCollection('made'); await db.collection('made').add({data: {_id: 'a'}})
      return [(await db.collection('made').count()).total,
        await caught(db.createCollection('made'))]"""
    total, error = phone.run(code)
    assert total == 1
    assert "Table exist: made" in error["text"]


def test_what_the_door_does_not_know_says_so(phone: Phone) -> None:
    """An action outside the emulator is refused by name, never answered with nothing."""
    url = f"{phone.emulator.url}/admin?env=local"
    for action in ("storage.getUploadMetadata", "database.modifyAndReturnDoc"):
        answer = phone.session.post(url, json={"action": action}, timeout=20).json()
        assert answer["code"] == "INVALID_PARAM"
        assert "this emulator" in answer["message"]
    answer = phone.session.post(url, json={"action": 3, "envName": "other"}, timeout=20).json()
    assert answer["code"] == "INVALIID_ENV"
    assert "code" in phone.session.post(url, data=b"no json", timeout=20).json()


def test_open_api_is_refused_by_name(phone: Phone) -> None:
    """`cloud.openapi` is no part of the emulator: the error says which call and what to use."""
    code = """return caught(cloud.openapi.subscribeMessage.send({touser: 'o', templateId: 't',
        data: {}}))"""
    error = phone.run(code)
    assert error["errCode"] == -501007
    assert "cloud.openapi is not part of this emulator" in error["text"]


def test_faults_reach_functions_too(phone: Phone) -> None:
    """A fault on `/admin` by action or collection comes out of the SDK as its own number."""
    rule = {"match": {"path": "^/admin$", "collection": "things"}, "do": {"errcode": -501002}}
    phone.control("faults", {"rules": [rule]})
    assert phone.run("return (await db.collection('mirror').count()).total") == 0
    error = phone.run("return caught(db.collection('things').count())")
    assert error["errCode"] == -501002
    entry = phone.control("log")["entries"][-1]
    assert (entry["fault"], entry["errcode"]) == ("errcode", -501002)


def test_canonical_ejson_reads_the_same(
    node_modules: Path, connect: Callable[[Emulator], Phone]
) -> None:
    """Functions see the same documents where the emulator wraps numbers and dates."""
    with Emulator(
        None, functions=FUNCTIONS, node_modules=node_modules, ejson="canonical"
    ) as emulator:
        emulator.apply_schema(["things"], {})
        phone = connect(emulator)
        code = """await db.collection('things').add({data: input})
          await db.collection('things').doc('a').update({data: {at: new Date(5)}})
          return (await db.collection('things').doc('a').get()).data"""
        whole = {"_id": "a", "n": 1, "d": 0.5, "big": 2**40}
        assert phone.run(code, whole) == {**whole, "at": {"$date": 5}}
