from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from cloud_emulator import Emulator, StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cloud_emulator.conftest import Client

SHANGHAI = timezone(timedelta(hours=8))


def test_load_takes_import_files_and_skips_what_is_there(client: Client) -> None:
    """EJSON dates and numbers are read; existing ids and unique keys are left alone."""
    emulator = client.emulator
    keys = [{"name": "k", "direction": "1"}]
    emulator.apply_schema([], {"rows": [{"name": "k", "unique": True, "keys": keys}]})
    rows = [
        {"_id": "a", "k": 1, "at": {"$date": "2023-06-30T01:00:00.000Z"}},
        {"_id": "b", "k": 2, "at": {"$date": {"$numberLong": "5"}}, "n": {"$numberInt": "7"}},
        {"_id": "c", "k": 3, "at": {"$date": "2023-06-30T09:00:00+08:00"}},
    ]
    assert emulator.load("rows", rows[:2]) == 2
    assert emulator.load("rows", [*rows, {"_id": "d", "k": 1}]) == 1
    assert emulator.dump()["rows"] == [
        {"_id": "a", "k": 1, "at": {"$date": 1688086800000}},
        {"_id": "b", "k": 2, "at": {"$date": 5}, "n": 7},
        {"_id": "c", "k": 3, "at": {"$date": 1688086800000}},
    ]
    assert emulator.load("made", [{"_id": 1}]) == 1


@pytest.mark.parametrize(
    "document",
    [
        {"a": {"$oid": "0" * 24}},
        {"a": {"$date": "2023-06-30T09:00:00"}},
        {"a": {"$date": "soon"}},
        {"_id": None},
        {"a": object()},
    ],
)
def test_load_refuses_what_it_cannot_read(client: Client, document: dict[str, Any]) -> None:
    """An unknown form is a ValueError, and nothing of the batch is loaded."""
    with pytest.raises(ValueError, match=r".+"):
        client.emulator.load("things", [{"_id": "first"}, document])
    assert client.emulator.dump()["things"] == []


def test_a_schema_is_applied_as_often_as_one_likes(client: Client) -> None:
    """Applying again changes nothing; a changed index is replaced; documents stay."""
    keys = [{"name": "a", "direction": "1"}]
    for unique in (False, False, True):
        indexes = {"things": [{"name": "i", "unique": unique, "keys": keys}]}
        client.emulator.apply_schema(["things", "more"], indexes)
    assert client.emulator.load("things", [{"a": 1}, {"a": 1}]) == 1
    assert set(client.emulator.dump()) == {"things", "more"}


def test_a_frozen_clock_stands_still(start: Callable[..., Client]) -> None:
    """Server dates and the Date header are the frozen moment until the door moves it."""
    client = start(clock=datetime(2023, 6, 30, 9, tzinfo=SHANGHAI))
    add = "db.collection('things').add({data:{at:db.serverDate()}})"
    client.tcb("databaseadd", add)
    client.control("clock", {"advance": 1000})
    client.tcb("databaseadd", add)
    rows = client.rows("db.collection('things').get()")
    assert [row["at"]["$date"] for row in rows] == [1688086800000, 1688086801000]
    assert client.control("clock") == {"status": 200, "now": 1688086801000}
    response = client.session.get(f"{client.emulator.url}/_emu/clock", timeout=5)
    assert response.headers["Date"] == "Fri, 30 Jun 2023 01:00:01 GMT"


def test_settings_are_checked() -> None:
    """A clock without zone and an unknown EJSON mode are refused."""
    with pytest.raises(ValueError, match="time zone"):
        Emulator(None, clock=datetime(2023, 6, 30))  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="ejson"):
        Emulator(None, ejson="odd")  # type: ignore[arg-type]  # the mistake under test


def test_own_credentials(start: Callable[..., Client]) -> None:
    """appid, secret and env are settings."""
    client = start(appid="wx1", secret="s", env="e")
    assert client.stable()["errcode"] == 40013
    token = client.stable(appid="wx1", secret="s")["access_token"]
    body = {"env": "e", "query": "db.collection('things').count()"}
    assert client.post("/tcb/databasecount", body, token=token)["count"] == 0


def test_data_outlives_the_emulator(tmp_path: Path, start: Callable[..., Client]) -> None:
    """Documents, indexes and sent messages are there when the folder is opened again."""
    first = start(data_dir=tmp_path)
    keys = [{"name": "a", "direction": "1"}]
    first.tcb(
        "updateindex",
        collection_name="things",
        create_indexes=[{"name": "i", "unique": True, "keys": keys}],
    )
    first.tcb("databaseadd", "db.collection('things').add({data:[{_id:1,a:1},{_id:2,a:[2,3]}]})")
    message = {"touser": "o", "template_id": "t", "data": {"thing1": {"value": "x"}}}
    first.post("/cgi-bin/message/subscribe/send", message)
    first.emulator.close()
    second = start(data_dir=tmp_path)
    assert second.rows("db.collection('things').where({a:3}).get()") == [{"_id": 2, "a": [2, 3]}]
    again = second.tcb("databaseadd", "db.collection('things').add({data:{_id:9,a:2}})")
    assert "E11000" in again["errmsg"]
    assert (
        second.tcb("databaseadd", "db.collection('things').add({data:{_id:3,a:5}})")["errcode"] == 0
    )
    assert [row["_id"] for row in second.rows("db.collection('things').get()")] == [1, 2, 3]
    assert len(second.control("sent")["messages"]) == 1


def test_one_process_owns_a_folder(tmp_path: Path) -> None:
    """A second emulator on the same folder is refused with the fix, and works afterwards."""
    with Emulator(tmp_path), pytest.raises(StoreBusyError, match="another --data folder"):
        Emulator(tmp_path)
    with Emulator(tmp_path):
        pass


def test_a_foreign_file_is_not_taken_for_a_database(tmp_path: Path) -> None:
    """A file that is no SQLite database is an OSError with the fix."""
    (tmp_path / "cloud.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(OSError, match="move it away"):
        Emulator(tmp_path)


def test_a_taken_port_frees_the_folder(tmp_path: Path) -> None:
    """If the port cannot be bound, the folder is not left locked."""
    with Emulator(None) as other:
        with pytest.raises(OSError, match=r".+"):
            Emulator(tmp_path, port=other.port)
        with Emulator(tmp_path):
            pass


def test_serving_in_the_foreground_ends_with_stop() -> None:
    """`serve_forever` blocks until `stop`; closing twice is harmless."""
    emulator = Emulator(None)
    thread = threading.Thread(target=emulator.serve_forever)
    thread.start()
    emulator.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()
    emulator.close()
    emulator.close()


def test_requests_at_once_lose_nothing(client: Client) -> None:
    """Eight clients that increment and add at once end in the right sums."""
    client.tcb("databaseadd", "db.collection('things').add({data:{_id:'n',n:0}})")
    errors: list[int] = []

    def work(number: int) -> None:
        mine = type(client)(client.emulator)
        for at in range(25):
            answers = [
                mine.tcb(
                    "databaseupdate", "db.collection('things').doc('n').update({data:{n:_.inc(1)}})"
                ),
                mine.tcb(
                    "databaseadd", f"db.collection('things').add({{data:{{_id:'{number}-{at}'}}}})"
                ),
                # All clients want these: each comes to be exactly once.
                mine.tcb(
                    "databaseadd", f"db.collection('things').add({{data:{{_id:'one-{at}'}}}})"
                ),
            ]
            errors.extend(answer["errcode"] for answer in answers if answer["errcode"])
        mine.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.rows("db.collection('things').doc('n').get()") == [{"_id": "n", "n": 200}]
    count = client.tcb("databasecount", "db.collection('things').count()")["count"]
    assert count == 1 + 8 * 25 + 25
    assert errors == [-502001] * (7 * 25)


def test_compare_and_set_has_one_winner(client: Client) -> None:
    """Of many conditional updates at once exactly one matches."""
    client.tcb("databaseadd", "db.collection('things').add({data:{_id:'n',v:1}})")
    won: list[int] = []

    def claim(number: int) -> None:
        mine = type(client)(client.emulator)
        text = (
            f"db.collection('things').where({{_id:'n',v:1}}).update({{data:{{v:2,by:{number}}}}})"
        )
        if mine.tcb("databaseupdate", text)["modified"]:
            won.append(number)
        mine.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert client.rows("db.collection('things').get()") == [{"_id": "n", "v": 2, "by": won[0]}]


def test_the_clock_is_real_by_default(client: Client) -> None:
    """Without a frozen moment the emulator lives in the present."""
    now = client.control("clock")["now"] / 1000
    assert abs(now - datetime.now(tz=UTC).timestamp()) < 60
