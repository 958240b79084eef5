"""A cloud of one's own: an engine in memory, and an emulator with a small client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cloud_emulator import Emulator
from cloud_emulator.engine import Engine
from cloud_emulator.store.database import Database
from cloud_emulator.store.schema import add_collection, update_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

APPID = "wx0000000000000000"


class Client:
    """A plain HTTP client of the emulator, without any of the worker's manners."""

    def __init__(self, emulator: Emulator) -> None:
        """Talk to one emulator."""
        self.emulator = emulator
        self.session = requests.Session()
        self._token: str | None = None

    @property
    def token(self) -> str:
        """A stable token, asked for once."""
        if self._token is None:
            self._token = self.stable()["access_token"]
        return self._token

    def stable(self, **fields: object) -> dict[str, Any]:
        """Ask for a stable token."""
        body = {"grant_type": "client_credential", "appid": APPID, "secret": "emulator", **fields}
        return self.post("/cgi-bin/stable_token", body, token=None)

    def post(
        self,
        path: str,
        body: object = None,
        *,
        token: str | None = "",
        raw: bytes | None = None,
    ) -> dict[str, Any]:
        """Send a POST with the stable token (`""`), another one or none; return the JSON."""
        chosen = self.token if token == "" else token
        response = self.session.post(
            self.emulator.url + path,
            params={} if chosen is None else {"access_token": chosen},
            data=json.dumps(body).encode() if raw is None else raw,
            timeout=20,
        )
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def tcb(self, name: str, query: str | None = None, **fields: object) -> dict[str, Any]:
        """Call one of the /tcb/ endpoints."""
        body = {"env": "local", **({} if query is None else {"query": query}), **fields}
        return self.post(f"/tcb/{name}", body)

    def rows(self, query: str) -> list[Any]:
        """Run a query and read its rows; it must succeed."""
        answer = self.tcb("databasequery", query)
        assert answer["errcode"] == 0, answer
        return [json.loads(text) for text in answer["data"]]

    def control(self, name: str, body: object = None) -> dict[str, Any]:
        """Use the control door: a GET without a body, a POST with one."""
        url = f"{self.emulator.url}/_emu/{name}"
        response = (
            self.session.get(url, timeout=20)
            if body is None
            else self.session.post(url, json=body, timeout=20)
        )
        answer: dict[str, Any] = response.json()
        return {"status": response.status_code, **answer}

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    """Start emulators with options; each gives its client, with a collection `things`."""
    started: list[Client] = []

    def build(**options: Any) -> Client:  # noqa: ANN401 - the emulator's own options
        emulator = Emulator(options.pop("data_dir", None), **options)
        emulator.start()
        emulator.apply_schema(["things"], {})
        client = Client(emulator)
        started.append(client)
        return client

    yield build
    for client in started:
        client.close()
        client.emulator.close()


@pytest.fixture
def client(start: Callable[..., Client]) -> Client:
    """A client of a fresh emulator in memory."""
    return start()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine in memory with a collection `things`."""
    database = Database(None)
    add_collection(database, "things")
    numbers = iter(range(10**9))
    yield Engine(database, lambda: f"id{next(numbers)}")
    database.close()


@pytest.fixture
def index(engine: Engine) -> Callable[..., None]:
    """Make an index on `things`: `index("a", "-b", unique=True)`."""

    def build(*fields: str, unique: bool = False) -> None:
        keys = [
            {"name": name.lstrip("-"), "direction": "-1" if name.startswith("-") else "1"}
            for name in fields
        ]
        definition = {"name": "_".join(fields), "unique": unique, "keys": keys}
        update_indexes(engine.database, "things", [definition], [])

    return build
