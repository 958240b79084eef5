"""The log of the second door: names, never values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cloud_emulator.sdk.shapes import sdk_shape

if TYPE_CHECKING:
    from tests.cloud_emulator.sdk.conftest import Phone

SECRETS = ["张三", "330299196001011234", "10000000001", "o-secret", "wheelchair-xyz", "note in key"]


def test_the_log_holds_no_value_of_any_sdk_call(phone: Phone) -> None:
    """Queries, documents, updates, pipelines, transactions and events leave none of it."""
    code = """const [name, id, number, , row, key] = input, c = db.collection('things')
      await c.add({data: {_id: row, owner: number, name, id, [key]: name}})
      await caught(c.add({data: {_id: row, name}}))
      await c.where({name, id: _.in([id, number]), [number]: 1}).orderBy('name', 'desc').get()
      await c.where({name: db.RegExp({regexp: name}), at: _.lt(new Date())}).count()
      await c.doc(row).update({data: {name, [`m.${number}`]: id, l: _.push([{id}])}})
      await c.doc(row).update({data: {o: {[name]: 1}}})
      await c.doc(row).set({data: {name, owner: number}})
      await c.aggregate().match({name}).group({_id: '$name', n: $.sum(1)}).end()
      await db.runTransaction((x) => x.collection('things').doc(row).update({data: {name: id}}))
      await caught(db.collection(name).get())
      await caught(c.doc(row).update({data: {name: _.inc(1)}}))
      await cloud.callFunction({name: 'plain', data: {does: 'text', text: name}})
      await c.where({name: id}).remove()"""
    phone.run(code, SECRETS, openid=SECRETS[3])
    raw = json.dumps(phone.control("log"), ensure_ascii=False)
    assert raw.count('"/admin"') >= 14
    for secret in SECRETS:
        assert secret not in raw


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            {
                "action": "database.getDocument",
                "collectionName": "cases",
                "query": '{"sync":"todo","at":{"$lt":{"$date":{"$numberLong":"5"}}}}',
                "order": '{"_id":{"$numberInt":"1"}}',
                "limit": 5,
            },
            'database.getDocument("cases",{query:{sync:?,at:{$lt:?}},order:{_id:?},limit:?})',
        ),
        (
            {"action": "database.insertDocument", "collectionName": "c", "data": ["{}", "{}"]},
            'database.insertDocument("c",{data:[?×2]})',
        ),
        (
            {
                "action": "database.modifyDocument",
                "collectionName": "c",
                "data": '{"$set":{"a.b":{"secret":1}}}',
                "merge": True,
                "transactionId": "t",
            },
            'database.modifyDocument("c",{data:{$set:{a.b:{secret:?}}},transactionId:?})',
        ),
        (
            {"action": "database.modifyDocument", "collectionName": "c", "data": '{"a":1}'},
            'database.modifyDocument("c",{data:?})',
        ),
        (
            {
                "action": "database.aggregateDocuments",
                "collectionName": "c",
                "stages": [{"stageKey": "$limit", "stageValue": "5"}, 7],
            },
            'database.aggregateDocuments("c",{stages:[$limit:?]})',
        ),
        (
            {"action": "functions.invokeFunction", "function_name": "api"},
            "functions.invokeFunction(api)",
        ),
        ({"action": "database.startTransaction"}, "database.startTransaction"),
        ({"action": "张三"}, "unreadable"),
        ({}, "unreadable"),
    ],
)
def test_a_shape_has_names_but_no_values(body: dict[str, object], wanted: str) -> None:
    """Every value is `?`; EJSON wrappers do not show."""
    assert sdk_shape(body) == wanted
