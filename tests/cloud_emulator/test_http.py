from __future__ import annotations

import http.client
import json
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_emulator.conftest import Client

RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


def test_the_life_of_a_document_over_http(client: Client) -> None:
    """Add, query, update, count, aggregate, set and remove answer in the documented shapes."""
    added = client.tcb(
        "databaseadd", "db.collection('things').add({data:[{_id:'a',n:1},{_id:'b',n:2}]})"
    )
    assert added == {"errcode": 0, "errmsg": "ok", "id_list": ["a", "b"]}
    queried = client.tcb(
        "databasequery",
        "db.collection('things').where({n:_.gt(0)}).orderBy('n','desc').skip(1).limit(5).get()",
    )
    assert queried == {
        "errcode": 0,
        "errmsg": "ok",
        "pager": {"Offset": 1, "Limit": 5, "Total": 2},
        "data": ['{"_id":"a","n":1}'],
    }
    updated = client.tcb(
        "databaseupdate",
        "db.collection('things').where({_id:_.in(['a','b'])}).update({data:{n:_.inc(1),m:{k:1}}})",
    )
    assert updated == {"errcode": 0, "errmsg": "ok", "matched": 2, "modified": 2, "id": ""}
    counted = client.tcb("databasecount", "db.collection('things').where({m:{k:1}}).count()")
    assert counted == {"errcode": 0, "errmsg": "ok", "count": 2}
    summed = client.tcb(
        "databaseaggregate",
        "db.collection('things').aggregate().group({_id:null,t:$.sum('$n')}).end()",
    )
    assert summed == {"errcode": 0, "errmsg": "ok", "data": ['{"_id":null,"t":5}']}
    put = client.tcb("databaseupdate", "db.collection('things').doc('c').set({data:{q:1}})")
    assert put == {"errcode": 0, "errmsg": "ok", "matched": 0, "modified": 0, "id": "c"}
    gone = client.tcb("databasedelete", "db.collection('things').where({_id:_.neq('c')}).remove()")
    assert gone == {"errcode": 0, "errmsg": "ok", "deleted": 2}
    assert client.rows("db.collection('things').doc('c').get()") == [{"_id": "c", "q": 1}]
    assert client.rows("db.collection('things').doc('nobody').get()") == []


def test_ten_rows_are_the_default_and_a_thousand_the_most(client: Client) -> None:
    """Without a limit ten rows come, above a thousand a thousand."""
    rows = ",".join(f"{{_id:{at}}}" for at in range(1200))
    client.tcb("databaseadd", f"db.collection('things').add({{data:[{rows}]}})")
    assert len(client.rows("db.collection('things').get()")) == 10
    answer = client.tcb("databasequery", "db.collection('things').limit(5000).get()")
    assert len(answer["data"]) == 1000
    assert answer["pager"] == {"Offset": 0, "Limit": 1000, "Total": 1200}


def test_aggregates_give_twenty_rows_unless_they_say_more(client: Client) -> None:
    """A pipeline without `limit` ends after twenty rows."""
    rows = ",".join(f"{{_id:{at}}}" for at in range(30))
    client.tcb("databaseadd", f"db.collection('things').add({{data:[{rows}]}})")
    short = client.tcb(
        "databaseaggregate", "db.collection('things').aggregate().project({_id:1}).end()"
    )
    assert len(short["data"]) == 20
    long = client.tcb("databaseaggregate", "db.collection('things').aggregate().limit(25).end()")
    assert len(long["data"]) == 25


def test_server_dates_follow_the_emulators_clock(client: Client) -> None:
    """`db.serverDate()` is the clock of the control door."""
    client.control("clock", {"set": 1_688_086_800_000})
    client.tcb(
        "databaseadd", "db.collection('things').add({data:{_id:1,at:db.serverDate({offset:7})}})"
    )
    (row,) = client.rows("db.collection('things').get()")
    assert 0 <= row["at"]["$date"] - 1_688_086_800_007 < 60_000


def _collection(name: object) -> dict[str, object]:
    return {"env": "local", "collection_name": name}


def _query(text: object) -> dict[str, object]:
    return {"env": "local", "query": text}


@pytest.mark.parametrize(
    ("path", "body", "errcode", "text"),
    [
        ("/tcb/databasequery", {"query": "x"}, 40101, "env"),
        ("/tcb/databasequery", {"env": "local"}, 40101, "query"),
        ("/tcb/databasequery", {"env": 5, "query": "x"}, 40097, "env"),
        ("/tcb/databasequery", _query(5), 40097, "query"),
        ("/tcb/databasequery", {"env": "no", "query": "x"}, -501000, "[100003] env not exists"),
        ("/tcb/databasequery", {"env": "no", "query": "x"}, -501000, "INVALID_ENV"),
        ("/tcb/databasequery", _query("db.where("), -602002, "invalid query string hint: ["),
        ("/tcb/databasequery", _query("db.collection('things').count()"), -602002, ".get("),
        (
            "/tcb/databasequery",
            _query("db.collection('no').get()"),
            -502005,
            "[ResourceNotFound] Db or Table not exist",
        ),
        (
            "/tcb/databasequery",
            _query("db.collection('things').limit('5').get()"),
            -501007,
            "limit",
        ),
        (
            "/tcb/databasequery",
            _query("db.collection('things').where({a:{$foo:1}}).get()"),
            -502001,
            "$foo",
        ),
        ("/tcb/databaseadd", _query("db.collection('things').add({a:1})"), -501007, "`data`"),
        (
            "/tcb/databaseaggregate",
            _query("db.collection('things').aggregate().group({_id:{$foo:1}}).end()"),
            -502001,
            "$foo",
        ),
        ("/tcb/databasecollectionadd", _collection("things"), -502013, "Table exist"),
        ("/tcb/databasecollectionadd", _collection("no spaces"), -501007, "name"),
        ("/tcb/databasecollectionadd", {"env": "local"}, 40101, "collection_name"),
        ("/tcb/databasecollectiondelete", _collection("no"), -502005, "[ResourceNotFound]"),
        ("/tcb/databasecollectionget", {"env": "local", "limit": "5"}, 40097, "limit"),
        ("/tcb/updateindex", _collection("things"), -501007, "create_indexes"),
        ("/tcb/updateindex", {**_collection("things"), "create_indexes": [{}]}, -501007, "name"),
        ("/tcb/updateindex", {**_collection("things"), "drop_indexes": [5]}, -501007, "name"),
        ("/tcb/updateindex", {**_collection("no"), "drop_indexes": [{"name": "x"}]}, -502005, ""),
        ("/tcb/database/query", {}, 40066, "invalid url"),
        ("/cgi-bin/nothing", {}, 40066, "invalid url"),
        ("/cgi-bin/stable_token", {}, 40002, "grant_type"),
    ],
)
def test_refusals_have_their_codes_and_a_request_id(
    client: Client,
    path: str,
    body: object,
    errcode: int,
    text: str,
) -> None:
    """Each refusal answers HTTP 200 with its errcode, a sentence and a `rid`."""
    answer = client.post(path, body)
    assert answer["errcode"] == errcode
    assert text in answer["errmsg"]
    assert RID.search(answer["errmsg"])


def test_bodies_and_methods_are_checked(client: Client) -> None:
    """Empty bodies, broken JSON, JSON that is no object, and GET have codes of their own."""
    assert client.post("/tcb/databasequery", raw=b"")["errcode"] == 44002
    for raw in (b"{", b"\xff", b"[1]", b'"text"', b"[" * 100_000):
        assert client.post("/tcb/databasequery", raw=raw)["errcode"] == 47001
    url = client.emulator.url
    for path in ("/tcb/databasequery", "/cgi-bin/stable_token", "/cgi-bin/message/subscribe/send"):
        got = client.session.get(url + path, timeout=5).json()
        assert got["errcode"] == 43002


def test_a_duplicate_is_502001_with_e11000(client: Client) -> None:
    """The documented text, and the rows before the duplicate stay."""
    add = "db.collection('things').add({data:[{_id:'a'},{_id:'b'},{_id:'a'},{_id:'c'}]})"
    answer = client.tcb("databaseadd", add)
    assert answer["errcode"] == -502001
    assert (
        "bulk write error: [{E11000 duplicate key error collection: tnt-local.things"
        in answer["errmsg"]
    )
    assert [row["_id"] for row in client.rows("db.collection('things').get()")] == ["a", "b"]


def test_collections_and_indexes_over_http(client: Client) -> None:
    """Collections are made, listed by pages and removed; an index keeps values apart."""
    assert client.tcb("databasecollectionadd", collection_name="more")["errcode"] == 0
    listed = client.tcb("databasecollectionget", limit=1, offset=1)
    assert listed["pager"] == {"Offset": 1, "Limit": 1, "Total": 2}
    assert [item["name"] for item in listed["collections"]] == ["more"]
    keys = [{"name": "a", "direction": "1"}]
    index = {"name": "i", "unique": True, "keys": keys}
    for _ in range(2):
        made = client.tcb("updateindex", collection_name="more", create_indexes=[index])
        assert made == {"errcode": 0, "errmsg": "ok"}
    client.tcb("databaseadd", "db.collection('more').add({data:{a:1}})")
    again = client.tcb("databaseadd", "db.collection('more').add({data:{a:1}})")
    assert "index: i dup key: { a: ? }" in again["errmsg"]
    dropped = client.tcb("updateindex", collection_name="more", drop_indexes=[{"name": "i"}])
    assert dropped["errcode"] == 0
    assert client.tcb("databasecollectiondelete", collection_name="more")["errcode"] == 0
    assert client.tcb("databasecollectionget")["pager"]["Total"] == 1


def test_a_body_over_five_megabytes_is_refused_unread(client: Client) -> None:
    """45002 arrives though the body was not taken, and the connection closes."""
    answer = client.post("/tcb/databaseadd", raw=b"x" * (5 * 1024 * 1024 + 1))
    assert answer["errcode"] == 45002
    host, port = "127.0.0.1", client.emulator.port
    with socket.create_connection((host, port), timeout=5) as raw:
        raw.sendall(
            b"POST /tcb/databaseadd HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n"
        )
        raw.settimeout(5)
        received = b""
        while b"45002" not in received:
            received += raw.recv(65536)
        assert b"Connection: close" in received


def test_chunked_bodies_are_read(client: Client) -> None:
    """A body in chunks is a body; one over the limit or without sizes is not."""
    body = json.dumps({"env": "local", "query": "db.collection('things').count()"}).encode()

    def chunks() -> Any:  # noqa: ANN401 - a generator of bytes, as requests wants it
        yield body[:10]
        yield body[10:]

    answer = client.session.post(
        f"{client.emulator.url}/tcb/databasecount?access_token={client.token}",
        data=chunks(),
        timeout=5,
    )
    assert answer.json()["count"] == 0
    connection = http.client.HTTPConnection("127.0.0.1", client.emulator.port, timeout=5)
    connection.putrequest("POST", "/tcb/databasecount")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(b"zz\r\n")
    assert connection.getresponse().status == 400
    connection.close()


@pytest.mark.parametrize("length", ["-1", "x", "1e3"])
def test_a_length_that_is_no_number_is_refused(client: Client, length: str) -> None:
    """The request is answered with 400 and the connection closed."""
    connection = http.client.HTTPConnection("127.0.0.1", client.emulator.port, timeout=5)
    connection.putrequest("POST", "/tcb/databasecount")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 400
    assert response.getheader("Connection") == "close"
    connection.close()


def test_only_this_machine_is_answered(client: Client) -> None:
    """The socket is bound to 127.0.0.1; a foreign Host or a foreign web page gets nothing."""
    assert client.emulator.url.startswith("http://127.0.0.1:")
    url = f"{client.emulator.url}/_emu/log"
    for headers, status in [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:5173"}, 200),
        ({"Host": "localhost"}, 200),
    ]:
        assert client.session.get(url, headers=headers, timeout=5).status_code == status


def test_results_over_sixteen_megabytes_are_refused(client: Client) -> None:
    """-602001 tells the client to ask for fewer rows."""
    docs = [{"_id": str(at), "text": "x" * 1_000_000} for at in range(17)]
    client.emulator.load("things", docs)
    answer = client.tcb("databasequery", "db.collection('things').limit(17).get()")
    assert answer["errcode"] == -602001
    assert len(client.rows("db.collection('things').limit(10).get()")) == 10


def test_a_connection_is_kept(client: Client) -> None:
    """Many requests use one connection, errors included."""
    connection = http.client.HTTPConnection("127.0.0.1", client.emulator.port, timeout=5)
    sockets = set()
    for path in ("/cgi-bin/token", "/none", "/_emu/log", "/_emu/none"):
        connection.request("GET", path)
        connection.getresponse().read()
        sockets.add(connection.sock)
    assert len(sockets) == 1
    connection.close()


@pytest.mark.parametrize("mode", ["plain", "canonical"])
def test_answers_in_both_kinds_of_ejson(start: Callable[..., Client], mode: str) -> None:
    """The switch decides how numbers and dates are written, in queries and aggregates."""
    client = start(ejson=mode)
    client.tcb(
        "databaseadd",
        "db.collection('things').add({data:{_id:1,i:5,l:1099511627776,f:1.5,"
        "d:new Date(7),n:null,a:[true,'x']}})",
    )
    plain = {
        "_id": 1,
        "i": 5,
        "l": 2**40,
        "f": 1.5,
        "d": {"$date": 7},
        "n": None,
        "a": [True, "x"],
    }
    wrapped = {
        "_id": {"$numberInt": "1"},
        "i": {"$numberInt": "5"},
        "l": {"$numberLong": "1099511627776"},
        "f": {"$numberDouble": "1.5"},
        "d": {"$date": {"$numberLong": "7"}},
        "n": None,
        "a": [True, "x"],
    }
    wanted = plain if mode == "plain" else wrapped
    assert client.rows("db.collection('things').get()") == [wanted]
    assert client.rows("db.collection('things').field({d:true,_id:false}).get()") == [
        {"d": wanted["d"]}
    ]
    answer = client.tcb(
        "databaseaggregate", "db.collection('things').aggregate().match({i:5}).end()"
    )
    assert [json.loads(text) for text in answer["data"]] == [wanted]
    # What `dump` gives to tests is plain in either mode.
    assert client.emulator.dump() == {"things": [plain]}


def test_large_numbers_round_as_in_javascript(client: Client) -> None:
    """A literal beyond 2**53 becomes the nearest double, whichever way it was written."""
    for text in ("{_id:9007199254740993}", '{"_id":9007199254740993}'):
        client.tcb("databaseadd", f"db.collection('things').add({{data:{text}}})")
    assert client.rows("db.collection('things').get()") == [{"_id": 9007199254740992}]


def test_unknown_control_paths_say_what_there_is(client: Client) -> None:
    """A wrong control request is 404 or 400 with the fix in the text."""
    assert client.control("nothing")["status"] == 404
    assert "/_emu/faults" in client.control("nothing")["error"]
    for name, body in [
        ("clock", {"jump": 1}),
        ("clock", {"advance": "x"}),
        ("clock", {"set": -1}),
        ("clock", {"advance": 10**15}),
        ("reset", {"all": True}),
        ("reset", {}),
        ("faults", {"rules": 5}),
    ]:
        answer = client.control(name, body)
        assert answer["status"] == 400
        assert answer["error"]


def test_reset_clears_what_it_names(client: Client) -> None:
    """Each part is reset alone; collections and indexes outlive `data`."""
    client.tcb("databaseadd", "db.collection('things').add({data:{_id:1}})")
    client.control("faults", {"rules": [{"do": {"delay": 0}}]})
    assert client.control("reset", {"data": True, "log": True})["reset"] == ["data", "log"]
    assert client.rows("db.collection('things').get()") == []
    assert len(client.control("faults")["rules"]) == 1
    assert len(client.control("log")["entries"]) == 1
    client.control("reset", {"faults": True, "tokens": True, "sent": True, "clock": True})
    assert client.control("faults")["rules"] == []
    assert client.tcb("databasecount", "db.collection('things').count()")["errcode"] == 40001
    client.control("reset", {"collections": True})
    assert client.emulator.dump() == {}


def test_a_defect_is_an_answer_without_values(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the emulator itself fails, the client is told where, and no data leaks."""

    def broken(*_args: object) -> None:
        raise KeyError("张三")

    monkeypatch.setattr(client.emulator._engine, "count", broken)
    answer = client.tcb("databasecount", "db.collection('things').count()")
    assert answer["errcode"] == -501001
    assert "KeyError at test_http.py" in answer["errmsg"]
    assert "张三" not in answer["errmsg"]


def test_odd_paths_are_unknown_paths(client: Client) -> None:
    """Whatever follows the slash is answered, not a crash."""
    for path in ("//[", "/%00", "/tcb/../tcb/databasequery", "/" + "x" * 5000):
        connection = http.client.HTTPConnection("127.0.0.1", client.emulator.port, timeout=5)
        connection.request("POST", path, b"{}")
        assert json.loads(connection.getresponse().read())["errcode"] == 40066
        connection.close()


def test_other_methods_are_refused(client: Client) -> None:
    """PUT, DELETE and the like are no part of this API."""
    answer = client.session.put(f"{client.emulator.url}/tcb/databasequery", data=b"x", timeout=5)
    assert answer.status_code == 405
