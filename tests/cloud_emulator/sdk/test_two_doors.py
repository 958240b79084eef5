"""The same statement through both doors: the official SDK is the oracle of our own compiler."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from tests.cloud_emulator.sdk.conftest import Phone

ROWS = [
    {"_id": "a", "n": 1, "t": "轮椅", "tags": ["x", "y"], "o": {"k": 1, "d": {"e": 5}}, "ok": True},
    {"_id": "b", "n": 2, "t": "拐杖", "tags": [], "o": {"k": 2}, "ok": False, "none": None},
    {"_id": "c", "n": 3.5, "t": "Chair", "tags": ["y"], "at": {"$date": 1_700_000_000_000}},
    {"_id": "d", "n": -4, "t": "chair", "rows": [{"q": 1, "w": "u"}, {"q": 7, "w": "v"}]},
    {"_id": "e", "n": 5, "tags": ["x", "z"], "at": {"$date": 1_600_000_000_000}, "rows": []},
    {"_id": "f", "n": 2**40, "none": None, "o": {"k": "1"}},
]
READS = [
    "",
    ".where({n:1})",
    ".where({_id:'c'})",
    ".where({n:_.gt(1).and(_.lte(5))})",
    ".where({n:_.gt(1).lt(5)})",
    ".where({n:_.or(_.lt(0), _.gte(5))})",
    ".where({n:_.neq(2)})",
    ".where({n:_.in([1,5,99])})",
    ".where({n:_.nin([1,5])})",
    ".where({n:_.not(_.gt(2))})",
    ".where({n:_.mod([2,1])})",
    ".where({none:null})",
    ".where({none:_.exists(true)})",
    ".where({at:_.exists(false)})",
    ".where({tags:'x'})",
    ".where({tags:_.all(['x','z'])})",
    ".where({tags:_.size(2)})",
    ".where({tags:['y']})",
    ".where({'tags.0':'y'})",
    ".where({o:{k:1}})",
    ".where({'o.d.e':_.gte(5)})",
    ".where({o:{d:{e:5}}})",
    ".where({o:_.eq({k:2})})",
    ".where({rows:_.elemMatch({q:_.gt(5),w:'v'})})",
    ".where({'rows.q':7})",
    ".where({t:/chair/i})",
    ".where({t:db.RegExp({regexp:'^轮',options:''})})",
    ".where({t:_.not(/chair/i)})",
    ".where({at:_.lt(new Date(1650000000000))})",
    ".where({at:new Date(1700000000000)})",
    ".where({ok:true})",
    ".where(_.or([{n:1},{t:'chair'},{o:{k:2}}]))",
    ".where(_.and([{n:_.gt(0)},_.or([{ok:true},{ok:false}])]))",
    ".where({n:_.gt(0),t:_.exists(true),ok:_.neq(false)})",
    ".where(_.nor([{n:_.gt(2)},{ok:true}]))",
    ".orderBy('n','desc')",
    ".orderBy('ok','asc').orderBy('n','desc').skip(1)",
    ".field({n:true,'o.k':true})",
    ".field({tags:false,_id:false})",
    ".where({n:_.gt(0)}).orderBy('n','asc').skip(1).limit(2).field({t:1})",
]
CHANGES = [
    ".where({n:_.gt(1)}).update({data:{n:_.inc(1)}})",
    ".doc('a').update({data:{o:{d:{f:6}},t:'新'}})",
    ".doc('a').update({data:{o:_.set({only:1}),n:_.mul(3)}})",
    ".doc('a').update({data:{'o.d.e':_.remove(),tags:_.push(['w'])}})",
    ".doc('a').update({data:{tags:_.push({each:['q','r'],position:1,slice:3})}})",
    ".doc('a').update({data:{tags:_.unshift(['w','v'])}})",
    ".doc('a').update({data:{tags:_.pop()}})",
    ".doc('a').update({data:{tags:_.shift()}})",
    ".doc('a').update({data:{tags:_.pull('x')}})",
    ".doc('d').update({data:{rows:_.pull({q:_.gt(5)})}})",
    ".doc('a').update({data:{tags:_.pullAll(['x','y'])}})",
    ".doc('a').update({data:{tags:_.addToSet('new')}})",
    ".doc('a').update({data:{n:_.max(9),m:_.min(3)}})",
    ".doc('a').update({data:{t:_.rename('title')}})",
    ".doc('a').update({data:{at:new Date(5),l:[{a:new Date(6)}],nothing:null}})",
    ".doc('a').set({data:{x:1,y:{z:[1,2]}}})",
    ".doc('new').set({data:{x:1.5,at:new Date(7)}})",
    ".add({data:[{_id:'p',x:1},{_id:'q',d:new Date(8)}]})",
    ".where({tags:'x'}).remove()",
    ".doc('b').remove()",
]
PIPELINES = [
    ".match({n:_.gt(0)}).group({_id:'$ok',s:$.sum('$n'),most:$.max('$n')}).sort({_id:1})",
    ".unwind('$tags').sortByCount('$tags').sort({_id:1})",
    ".project({n:1,twice:$.multiply(['$n',2])}).sort({n:-1}).skip(1).limit(3)",
    ".match(_.or([{n:1},{t:/chair/}])).addFields({kind:$.cond({if:$.gt(['$n',0]),then:'p',else:'m'})})",
    ".count('all')",
    ".match({at:_.gte(new Date(1650000000000))}).project({_id:0,at:1})",
    ".group({_id:null,ids:$.push('$_id')})",
    ".lookup({from:'NAME',localField:'n',foreignField:'n',as:'same'}).project({same:$.size('$same')})",
]


class Doors:
    """Both ways in, each to a collection of its own with the same rows."""

    def __init__(self, phone: Phone) -> None:
        """Fill both collections."""
        self.phone = phone
        self.url = phone.emulator.url
        phone.emulator.load("mirror", ROWS)
        phone.emulator.load("statements", ROWS)
        account = {
            "grant_type": "client_credential",
            "appid": "wx" + "0" * 16,
            "secret": "emulator",
        }
        token = requests.post(f"{self.url}/cgi-bin/stable_token", json=account, timeout=20).json()
        self.token = token["access_token"]

    def statement(self, endpoint: str, chain: str) -> dict[str, Any]:
        """Run a statement through the HTTP API on `statements`."""
        answer: dict[str, Any] = self.phone.session.post(
            f"{self.url}/tcb/{endpoint}",
            params={"access_token": self.token},
            json={"env": "local", "query": f"db.collection('statements'){chain}"},
            timeout=20,
        ).json()
        assert answer["errcode"] == 0, answer
        return answer

    def sdk(self, chain: str) -> Any:  # noqa: ANN401 - whatever the SDK returns
        """Run the same text as JavaScript on the official SDK on `mirror`."""
        return self.phone.run(f"return await db.collection('mirror'){chain}")


@pytest.fixture
def doors(phone: Phone) -> Doors:
    """Both doors before the same rows."""
    return Doors(phone)


@pytest.mark.parametrize("chain", READS)
def test_reads_give_the_same_documents(doors: Doors, chain: str) -> None:
    """Filter, order, page and projection mean the same through both doors."""
    whole = chain if ".limit(" in chain else f"{chain}.limit(100)"
    statement = doors.statement("databasequery", f"{whole}.get()")
    assert [json.loads(text) for text in statement["data"]] == doors.sdk(f"{whole}.get()")["data"]
    if ".orderBy(" not in chain and ".field(" not in chain:
        count = doors.statement("databasecount", f"{chain}.count()")["count"]
        assert count == doors.sdk(f"{chain}.count()")["total"]


@pytest.mark.parametrize("chain", CHANGES)
def test_changes_leave_the_same_documents(doors: Doors, chain: str) -> None:
    """Each command changes the same fields in the same way through both doors."""
    ends = {"add": "databaseadd", "remove": "databasedelete"}
    endpoint = ends.get(chain.rsplit(").", 1)[-1].lstrip(".").split("(")[0], "databaseupdate")
    doors.statement(endpoint, chain)
    doors.sdk(chain)
    left = doors.phone.emulator.dump()
    assert left["statements"] == left["mirror"]
    assert left["mirror"] != ROWS


@pytest.mark.parametrize("stages", PIPELINES)
def test_pipelines_give_the_same_rows(doors: Doors, stages: str) -> None:
    """Stages and expressions mean the same through both doors."""
    ours = f".aggregate(){stages.replace('NAME', 'statements')}.end()"
    theirs = f".aggregate(){stages.replace('NAME', 'mirror')}.end()"
    statement = doors.statement("databaseaggregate", ours)
    rows = [json.loads(text) for text in statement["data"]]
    assert rows
    assert rows == doors.sdk(theirs)["list"]
