from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cloud_emulator import Emulator
from cloud_emulator.mongo.matching import compile_filter
from cloud_emulator.store.selection import select

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import sys, pathlib
from cloud_emulator import Emulator
emulator = Emulator(pathlib.Path(sys.argv[1]))
keys = [{"name": "n", "direction": "1"}]
emulator.apply_schema(["things"], {"things": [{"name": "n", "unique": True, "keys": keys}]})
print(emulator.url, flush=True)
emulator.serve_forever()
"""
WRITERS = 4


class Writer(threading.Thread):
    """Adds and changes documents until the server is gone, keeping what was acknowledged."""

    def __init__(self, url: str, round_: int, number: int, enough: threading.Semaphore) -> None:
        """Write documents of one round under a number of one's own."""
        super().__init__()
        self.url, self.name_, self.enough = url, f"{round_}-{number}", enough
        self.offset = (round_ * WRITERS + number) * 1_000_000
        self.added: list[str] = []
        self.changed: set[str] = set()

    def run(self) -> None:
        """Write until the connection breaks."""
        with (
            requests.Session() as session,
            contextlib.suppress(requests.RequestException, ValueError),
        ):
            token = session.post(
                f"{self.url}/cgi-bin/stable_token",
                json={
                    "grant_type": "client_credential",
                    "appid": "wx0000000000000000",
                    "secret": "emulator",
                },
                timeout=5,
            ).json()["access_token"]

            def call(name: str, query: str) -> dict[str, Any]:
                body = {"env": "local", "query": f"db.collection('things'){query}"}
                url = f"{self.url}/tcb/{name}?access_token={token}"
                answer: dict[str, Any] = session.post(url, json=body, timeout=5).json()
                assert answer["errcode"] == 0, answer
                return answer

            for at in range(1_000_000):
                ids = [f"{self.name_}-{at}-{part}" for part in range(5)]
                rows = [
                    {"_id": own, "n": self.offset + at * 5 + part} for part, own in enumerate(ids)
                ]
                call("databaseadd", f".add({{data:{json.dumps(rows)}}})")
                self.added += ids
                call(
                    "databaseupdate",
                    f".where({{_id:_.in({json.dumps(ids)})}}).update({{data:{{seen:true}}}})",
                )
                self.changed.update(ids)
                self.enough.release()


@pytest.mark.slow
def test_acknowledged_writes_survive_kill_9(tmp_path: Path) -> None:
    """After each of several kills every acknowledged write is there, and every index is whole."""
    added: list[str] = []
    changed: set[str] = set()
    for round_ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            enough = threading.Semaphore(0)
            writers = [Writer(url, round_, number, enough) for number in range(WRITERS)]
            for writer in writers:
                writer.start()
            for _ in range(20):
                assert enough.acquire(timeout=30)
            process.kill()
            for writer in writers:
                writer.join()
        for writer in writers:
            added += writer.added
            changed |= writer.changed
    with Emulator(tmp_path) as emulator:
        rows = {row["_id"]: row for row in emulator.dump()["things"]}
        assert len(added) >= 4 * 20 * 5
        assert [own for own in added if own not in rows] == []
        assert [own for own in changed if not rows[own].get("seen")] == []
        # An add of five is all or nothing.
        assert len(rows) % 5 == 0
        database = emulator._database
        collection = database.collection("things")
        assert [len(database.seqs(plan)) for plan in _whole(emulator)] == [len(rows)] * 2
        for row in list(rows.values())[::37]:
            found = select(database, collection, compile_filter({"n": row["n"]})).all(database)
            assert [database.row(seq).document["_id"] for seq in found] == [row["_id"]]


def _whole(emulator: Emulator) -> list[Any]:
    """Plans that walk each index of `things` from end to end."""
    from cloud_emulator.store.planner import whole_index  # noqa: PLC0415 - for this check only

    return [whole_index(index) for index in emulator._database.collection("things").indexes]
