"""One emulator with warm functions for all tests of the second door; its data is new for each."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cloud_emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
NODE_MODULES = ROOT / "miniprogram_preview" / "node_modules"
FUNCTIONS = Path(__file__).parent / "functions"
UNIQUE = {"name": "owner_key", "unique": True, "keys": [{"name": "owner", "direction": "1"}]}


def missing() -> str | None:
    """Say what the official SDK lacks to run here; None where it can."""
    if shutil.which("node") is None:
        return "node is not on PATH: install Node 20 or newer"
    if not (NODE_MODULES / "wx-server-sdk" / "package.json").is_file():
        return "wx-server-sdk is not installed: run `npm ci` in miniprogram_preview"
    return None


class Phone:
    """Calls functions as the mini-program does, as any openid."""

    def __init__(self, emulator: Emulator) -> None:
        """Talk to one emulator."""
        self.emulator = emulator
        self.session = requests.Session()

    def call(self, name: str, event: dict[str, Any], openid: str = "o-test") -> dict[str, Any]:
        """Call a function; return `{"result"}` or `{"error"}`."""
        body = {"name": name, "openid": openid, "event": event}
        answer: dict[str, Any] = self.session.post(
            f"{self.emulator.url}/_emu/call", json=body, timeout=60
        ).json()
        return answer

    def run(self, code: str, given: object = None, openid: str = "o-test") -> Any:  # noqa: ANN401 - whatever the JavaScript returns
        """Run JavaScript on the official SDK in the function `probe`; it must succeed."""
        answer = self.call("probe", {"code": code, "input": given}, openid)
        assert "result" in answer, answer
        return answer["result"]

    def control(self, name: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Use the control door: a GET without a body, a POST with one."""
        url = f"{self.emulator.url}/_emu/{name}"
        if body is None:
            return self.session.get(url, timeout=20).json()
        return self.session.post(url, json=body, timeout=20).json()


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with the official SDK; without it tests are skipped, under CI they fail."""
    reason = missing()
    if reason is not None and os.environ.get("CI"):
        pytest.fail(f"under CI nothing may be skipped: {reason}")
    if reason is not None:
        pytest.skip(reason)
    return NODE_MODULES


@pytest.fixture(scope="session")
def _shared(node_modules: Path) -> Iterator[Phone]:
    with Emulator(None, functions=FUNCTIONS, node_modules=node_modules) as emulator:
        emulator.apply_schema(["things", "mirror"], {"things": [UNIQUE]})
        phone = Phone(emulator)
        yield phone
        phone.session.close()


@pytest.fixture
def connect() -> Iterator[Callable[[Emulator], Phone]]:
    """Give a phone to an emulator that a test has started itself."""
    phones: list[Phone] = []

    def build(emulator: Emulator) -> Phone:
        phones.append(Phone(emulator))
        return phones[-1]

    yield build
    for phone in phones:
        phone.session.close()


@pytest.fixture
def phone(_shared: Phone) -> Phone:
    """A phone before empty collections: `mirror`, and `things` whose `owner` is unique."""
    _shared.control("reset", {"data": True, "log": True, "faults": True, "clock": True})
    return _shared
