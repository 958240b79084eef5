"""Cloud functions: identity, time, output, crashes, limits, and the ways to call them."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from cloud_emulator import Emulator, FunctionsError
from cloud_emulator.functions.process import FunctionProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cloud_emulator.conftest import Client
    from tests.cloud_emulator.sdk.conftest import Phone

FUNCTIONS = Path(__file__).parent / "functions"


def test_a_function_knows_who_called(phone: Phone) -> None:
    """OPENID, APPID, ENV and SOURCE come from WeChat; `userInfo` comes with the event."""
    assert phone.run("return cloud.getWXContext()", openid="o-1") == {
        "OPENID": "o-1",
        "APPID": "wx0000000000000000",
        "ENV": "local",
        "SOURCE": "wx_client",
    }
    event = phone.call("plain", {"does": "text", "text": "灼"}, "o-1")
    assert event == {"result": "灼"}


def test_a_call_without_identity_has_none(phone: Phone) -> None:
    """An empty openid is nobody, also in a process that has just served somebody."""
    for openid in ("o-1", "", "o-2", ""):
        known = phone.run("return cloud.getWXContext().OPENID ?? null", openid=openid)
        assert known == (openid or None)


def test_identities_do_not_mix_under_parallel_calls(phone: Phone) -> None:
    """Each of many calls at once sees its own openid from its beginning to its end."""
    code = """const before = cloud.getWXContext().OPENID
      for (let n = 0; n < 3; n++) await db.collection('things').count()
      return [before, cloud.getWXContext().OPENID]"""
    names = [f"o-{n}" for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(lambda name: phone.run(code, openid=name), names))
    assert seen == [[name, name] for name in names]


def test_functions_call_functions(phone: Phone) -> None:
    """The called one runs in another process, learns the way it was called, and no OPENID."""
    code = """const { result } = await cloud.callFunction({name: 'probe',
        data: {code: 'return cloud.getWXContext()'}})
      return result"""
    assert phone.run(code) == {"ENV": "local", "SOURCE": "wx_client,scf"}
    code = "return caught(cloud.callFunction({name: 'plain', data: {does: 'throws'}}))"
    assert "thrown on purpose" in phone.run(code)["text"]
    code = "return caught(cloud.callFunction({name: 'none', data: {}}))"
    assert "FunctionName parameter could not be found" in phone.run(code)["text"]


@pytest.mark.parametrize("name", ["none", "../plain", "", "plain/../plain"])
def test_an_unknown_function_is_refused(phone: Phone, name: str) -> None:
    """A name is the name of a folder with an index.js, never a path."""
    assert phone.call(name, {})["error"]["errCode"] == -501000


@pytest.mark.parametrize(
    ("does", "text"),
    [
        ("throws", "Error: thrown on purpose\n    at "),
        ("circular", "circular"),
        ("exits", "ended without an answer\nlast words"),
        ("unknown", "is not a function"),
    ],
)
def test_a_failing_function_says_why_and_the_next_call_works(
    phone: Phone, does: str, text: str
) -> None:
    """-504002 with what was thrown, or with the last words of a process that died."""
    error = phone.call("plain", {"does": does})["error"]
    assert error["errCode"] == -504002
    assert text in error["errMsg"]
    assert phone.call("plain", {"does": "text", "text": "again"}) == {"result": "again"}


def test_a_function_that_cannot_be_loaded_says_why(phone: Phone) -> None:
    """The error of its own first line reaches the caller, every time."""
    for _ in range(2):
        assert "cannot be loaded" in phone.call("broken", {})["error"]["errMsg"]


def test_output_is_no_answer(phone: Phone) -> None:
    """What a function prints goes to the console of the control door, even a forged answer."""
    assert phone.call("plain", {"does": "print"}) == {"result": "honest"}
    assert phone.call("plain", {"does": "forges"}) == {"result": "honest"}
    assert phone.call("plain", {"does": "nothing"}) == {"result": None}
    assert "printed" in phone.control("console")["functions"]["plain"]


def test_lines_and_rare_characters_survive(phone: Phone) -> None:
    """Events and results are one line each, whatever they hold."""
    text = "a\nb\r\n\u2028\u2029\x00𠮷" + "灼" * 200_000
    assert phone.call("plain", {"does": "text", "text": text}) == {"result": text}


def test_the_context_and_the_environment_are_those_of_the_cloud(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request id for each call, UTC, and nothing of the tester's environment."""
    monkeypatch.setenv("SECRET_OF_THE_TESTER", "s")
    one, two = (phone.call("plain", {"does": "context"})["result"] for _ in range(2))
    assert one["request_id"] != two["request_id"]
    assert one["function_name"] == "plain"
    found = phone.call("plain", {"does": "environment"})["result"]
    assert found == {"zone": "UTC", "shell": None}


def test_functions_live_in_the_emulators_time(phone: Phone) -> None:
    """`new Date()` and `Date.now()` follow the emulator's clock; other dates do not."""
    moment = datetime(2023, 6, 30, 1, tzinfo=UTC)
    phone.control("clock", {"set": int(moment.timestamp() * 1000)})
    found = phone.call("plain", {"does": "clock"})["result"]
    assert found["iso"].startswith("2023-06-30T01:00:")
    assert 0 <= found["now"] - moment.timestamp() * 1000 < 60_000
    assert found["zero"] == 0
    assert found["is"] is True
    phone.control("reset", {"clock": True})
    assert phone.call("plain", {"does": "clock"})["result"]["iso"].startswith(
        datetime.now(UTC).strftime("%Y-")
    )


def test_the_http_api_invokes_functions(phone: Phone, node_modules: Path) -> None:
    """`/tcb/invokecloudfunction` gives the result as text, with a token and without an OPENID."""
    del node_modules
    session, url = phone.session, phone.emulator.url
    account = {"grant_type": "client_credential", "appid": "wx" + "0" * 16, "secret": "emulator"}
    token = session.post(f"{url}/cgi-bin/stable_token", json=account, timeout=20).json()

    def invoke(event: object, **query: str) -> dict[str, object]:
        asked = {"access_token": token["access_token"], "env": "local", "name": "probe", **query}
        path = f"{url}/tcb/invokecloudfunction"
        answer: dict[str, object] = session.post(path, params=asked, json=event, timeout=20).json()
        return answer

    answer = invoke({"code": "return cloud.getWXContext()"})
    assert answer == {
        "errcode": 0,
        "errmsg": "ok",
        "resp_data": '{"ENV": "local", "SOURCE": "wx_http"}',
    }
    assert invoke({}, access_token="")["errcode"] == 41001
    assert invoke({}, env="other")["errcode"] == -501000
    assert invoke({}, name="none")["errcode"] == -501000
    assert invoke({"does": "throws"}, name="plain")["errcode"] == -504002


def test_requests_that_are_no_calls_are_refused(phone: Phone) -> None:
    """The control door says how a call is written."""
    assert "write" in phone.control("call", {"name": "plain"})["error"]
    assert "write" in phone.control("call", {"name": 1, "openid": "", "event": {}})["error"]


def test_an_emulator_without_functions_says_so(start: Callable[..., Client]) -> None:
    """Calling a function there is refused, not lost."""
    client = start()
    answer = client.control("call", {"name": "api", "openid": "o", "event": {}})
    assert "without cloud functions" in answer["error"]["errMsg"]


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder, no SDK, no Node: each error ends in the fix, and nothing stays open."""
    with pytest.raises(FunctionsError, match="no folder of cloud functions"):
        Emulator(None, functions=tmp_path / "none", node_modules=tmp_path)
    with pytest.raises(FunctionsError, match="npm ci"):
        Emulator(None, functions=FUNCTIONS, node_modules=tmp_path)
    with pytest.raises(FunctionsError, match="node_modules"):
        Emulator(None, functions=FUNCTIONS)
    (tmp_path / "wx-server-sdk").mkdir()
    (tmp_path / "wx-server-sdk" / "package.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FunctionsError, match="install Node 20"):
        Emulator(None, functions=FUNCTIONS, node_modules=tmp_path)


@pytest.fixture
def hasty(
    node_modules: Path, tmp_path: Path, connect: Callable[[Emulator], Phone]
) -> Iterator[Phone]:
    """An emulator whose functions have 1.5 seconds and one process each."""
    shutil.copytree(FUNCTIONS / "plain", tmp_path / "plain")
    with Emulator(
        None,
        functions=tmp_path,
        node_modules=node_modules,
        function_processes=1,
        function_timeout_s=1.5,
    ) as emulator:
        emulator.warm_functions()
        yield connect(emulator)


@pytest.mark.slow
def test_a_function_that_hangs_is_killed(hasty: Phone) -> None:
    """After its time the process goes, the caller gets -504002, the next call a new process."""
    first = hasty.call("plain", {"does": "count"})["result"]
    begun = time.monotonic()
    error = hasty.call("plain", {"does": "hangs"})["error"]
    assert time.monotonic() - begun < 6
    assert error["errCode"] == -504002
    assert "timed out after 1.5 seconds" in error["errMsg"]
    second = hasty.call("plain", {"does": "count"})["result"]
    assert second["pid"] != first["pid"]
    assert second["calls"] == 1


def test_one_process_serves_one_event_at_a_time(hasty: Phone) -> None:
    """A second call waits for the first; both run in the warm process."""
    with ThreadPoolExecutor(3) as pool:
        late = [pool.submit(hasty.call, "plain", {"does": "sleeps"}) for _ in range(2)]
        count = pool.submit(hasty.call, "plain", {"does": "count"})
        assert [item.result()["result"] for item in late] == ["late", "late"]
    assert count.result()["result"]["calls"] <= 3
    assert hasty.call("plain", {"does": "count"})["result"]["calls"] == 4


def test_closing_ends_a_running_function(
    node_modules: Path,
    connect: Callable[[Emulator], Phone],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A call in flight gets an answer, and no process stays behind."""
    emulator = Emulator(None, functions=FUNCTIONS, node_modules=node_modules)
    emulator.start()
    phone = connect(emulator)
    phone.call("plain", {"does": "count"})
    functions = emulator._door.functions
    processes = list(functions._pools["plain"].all)
    asked, send = threading.Event(), FunctionProcess._send

    def sent(self: FunctionProcess, line: str, timeout_s: float) -> None:
        send(self, line, timeout_s)
        asked.set()

    monkeypatch.setattr(FunctionProcess, "_send", sent)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(phone.call, "plain", {"does": "hangs"})
        assert asked.wait(10)
        emulator.close()
        with contextlib.suppress(requests.ConnectionError):
            assert running.result()["error"]["errCode"] == -504002
    assert not any(process.alive for process in processes)
    assert functions.console() == {"plain": []}


def test_a_process_that_died_while_idle_is_replaced(phone: Phone) -> None:
    """Trouble after the answer costs the next caller nothing."""
    first = phone.call("plain", {"does": "dies"})["result"]
    for process in list(phone.emulator._door.functions._pools["plain"].all):
        if process._process.pid == first:
            process._process.wait(timeout=10)
    for _ in range(3):
        assert phone.call("plain", {"does": "count"})["result"]["pid"] != first
