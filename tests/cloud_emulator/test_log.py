from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cloud_emulator.server.log import KEPT, RequestLog
from cloud_emulator.statement.parser import parse
from cloud_emulator.statement.shapes import shape

if TYPE_CHECKING:
    from tests.cloud_emulator.conftest import Client

SECRETS = ["张三", "330299196001011234", "10000000001", "wheelchair-xyz", "emulator", "note-in-key"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            (
                "db.collection('cases').where({sync:'todo',kind:_.in(['a','b']),_id:_.gt('x')})"
                ".orderBy('_id','asc').skip(1).limit(500).field({'a.b':true}).get()"
            ),
            (
                'db.collection("cases").where({sync:?,kind:_.in(?),_id:_.gt(?)})'
                ".orderBy(_id,?).skip(?).limit(?).field({a.b:?}).get()"
            ),
        ),
        ("db.collection('c').doc('secret').get()", 'db.collection("c").doc(?).get()'),
        ("db.collection('c').add({data:[{a:1},{b:2}]})", 'db.collection("c").add({data:[?×2]})'),
        ("db.collection('c').add({data:{a:1}})", 'db.collection("c").add({data:?})'),
        (
            "db.collection('c').where(_.or([{a:1},{b:_.gt(2)}])).update({data:{n:_.inc(1),m:{k:'v'}}})",
            'db.collection("c").where(_.or([{a:?},{b:_.gt(?)}])).update({data:{n:_.inc(?),m:{k:?}}})',
        ),
        (
            "db.collection('c').where({'13800000000':1,'张三':2,'a b':3}).get()",
            'db.collection("c").where({?:?,?:?,?:?}).get()',
        ),
        (
            "db.collection('c').aggregate().match({a:1}).group({_id:'$k',n:$.sum('$n')}).end()",
            'db.collection("c").aggregate().match({a:?}).group({_id:?,n:{$sum:?}}).end()',
        ),
        ("db.collection('c').where({a:/张三/}).get()", 'db.collection("c").where({a:?}).get()'),
        ("db.collection('张三').get()", 'db.collection("?").get()'),
    ],
)
def test_a_shape_has_names_but_no_values(text: str, wanted: str) -> None:
    """Every literal is `?`; so is a name that could be a value."""
    assert shape(parse(text)) == wanted


def test_the_log_holds_no_value_of_any_request(client: Client) -> None:
    """Statements, bodies, tokens and messages that carry personal data leave none of it."""
    person = {"name": SECRETS[0], "id": SECRETS[1], "phone": SECRETS[2]}
    text = json.dumps([{"_id": SECRETS[3], **person, SECRETS[5] + " x": 1}], ensure_ascii=False)
    client.tcb("databaseadd", f"db.collection('things').add({{data:{text}}})")
    client.tcb("databaseadd", f"db.collection('things').add({{data:{text}}})")
    client.tcb("databasequery", f"db.collection('things').where({json.dumps(person)}).get()")
    client.tcb("databasequery", f"db.collection('things').where({{name:/{SECRETS[0]}/}}).get()")
    client.tcb("databasequery", f"db.collection('things').where({{'{SECRETS[2]}':1}}).get()")
    client.tcb("databasequery", f"db.collection('{SECRETS[0]}').get()")
    client.tcb("databasequery", f"broken {SECRETS[0]} {SECRETS[1]}")
    client.tcb(
        "databaseupdate",
        f"db.collection('things').where({{}}).update({{data:{{n:_.inc('{SECRETS[1]}')}}}})",
    )
    client.tcb(
        "databaseaggregate",
        f"db.collection('things').aggregate().match({{name:'{SECRETS[0]}'}}).end()",
    )
    client.stable(secret=SECRETS[0])
    client.post(
        "/cgi-bin/message/subscribe/send",
        {"touser": "o", "template_id": "t", "data": {"name1": {"value": SECRETS[0] * 9}}},
    )
    raw = json.dumps(client.control("log"), ensure_ascii=False)
    assert '"total": 12' in raw
    for secret in [*SECRETS, client.token]:
        assert secret not in raw


def test_an_entry_says_what_was_asked_and_what_came(client: Client) -> None:
    """Path, shape, collection, fault, status, errcode, milliseconds and sizes."""
    client.control(
        "faults", {"rules": [{"match": {"path": "count"}, "do": {"errcode": -1, "delay": 1}}]}
    )
    client.tcb("databasecount", "db.collection('things').count()")
    entry = client.control("log")["entries"][-1]
    assert entry["ms"] >= 1
    assert entry["bytes_in"] > 0
    assert entry["bytes_out"] > 0
    for name in ("ms", "bytes_in", "bytes_out", "at"):
        del entry[name]
    assert entry == {
        "n": 2,
        "path": "/tcb/databasecount",
        "statement": 'db.collection("things").count()',
        "collection": "things",
        "fault": "delay+errcode",
        "status": 200,
        "errcode": -1,
    }


def test_the_log_keeps_the_newest() -> None:
    """It is bounded; the count goes on."""
    log = RequestLog()
    fields = {"path": "/", "statement": None, "collection": None, "fault": None, "status": 200}
    for _ in range(KEPT + 5):
        log.add(at=0, errcode=0, ms=0.0, bytes_in=0, bytes_out=0, **fields)
    kept = log.read()
    assert kept["total"] == KEPT + 5
    assert len(kept["entries"]) == KEPT
    assert kept["entries"][0]["n"] == 6
