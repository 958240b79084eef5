"""The worker's commands as an operator uses them."""

from __future__ import annotations

import copy
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cloud_emulator import Emulator
    from synthetic_village import Village
    from tests.e2e.conftest import Sizhu

Document = dict[str, Any]
pytestmark = pytest.mark.slow  # each starts several processes


def test_once_decides_all_and_a_second_run_changes_no_document(
    sizhu: Sizhu, emulator: Emulator, settings: dict[str, str]
) -> None:
    """Every submitted case has its decision, no draft or withdrawn one; again: nothing changes."""
    first = sizhu("once", "--json", **settings)
    assert (first.code, first.err) == (0, "")
    assert {"pulled", "decided", "written", "dead", "notified", "calls"} <= set(first.json)
    after = emulator.dump()
    decided = {row["caseId"] for row in after["decisions"]}
    ruled = [c for c in after["cases"] if c["kind"] in {"device", "intent", "donation", "service"}]
    assert decided == {c["_id"] for c in ruled if c["status"] not in {"draft", "withdrawn"}}
    assert {c["sync"] for c in ruled if c["_id"] in decided} == {"done"}

    again = sizhu("once", "--json", **settings)
    assert again.code == 0
    assert again.json["decided"] == again.json["written"] == again.json["notified"] == 0
    assert emulator.dump() == after


def test_every_decision_names_clauses_facts_sources_and_policy(
    sizhu: Sizhu, emulator: Emulator, settings: dict[str, str]
) -> None:
    """A stored decision can be explained from itself, and nothing adverse is unconfirmed."""
    assert sizhu("once", **settings).code == 0
    for row in emulator.dump()["decisions"]:
        decision = row["decision"]
        assert decision["schema"] == 1
        assert decision["policy"]["digest"].startswith("sha256:")
        assert decision["clauses"]
        for clause in decision["clauses"]:
            assert clause["result"] in {"pass", "fail", "unknown"}
            assert clause["quote"]
            assert clause["source"]
        assert decision["verdict"] in {"eligible", "needs_facts", "needs_review"}
        assert not {"citizen_id", "name"} & set(decision["reads"])
        if decision["rule"] == "device" and "AGE_BELOW_60" in decision["codes"]:
            assert "household.status" not in decision["reads"]


def test_poison_cases_become_dead_letters_and_the_rest_is_decided(
    sizhu: Sizhu, emulator: Emulator, settings: dict[str, str], village: Village
) -> None:
    """Impossible date, unknown status, wrong type, missing field: a letter with a fix, no names."""
    bad = {name: _copy_of_device(village, name) for name in _POISONS}
    for name, spoil in _POISONS.items():
        spoil(bad[name])
    emulator.load("cases", bad.values())
    done = sizhu("once", "--json", **settings)
    assert done.code == 0
    assert done.json["dead"] == len(bad)
    assert done.json["decided"] == 73
    letters = {row["_id"]: row for row in emulator.dump()["dead_letters"]}
    assert {key.split(":")[1] for key in letters} == {case["_id"] for case in bad.values()}
    clear = _clear_values(village)
    for letter in letters.values():
        assert letter["reason"].endswith(".")
        assert letter["fix"].endswith(".")
        text = json.dumps(letter, ensure_ascii=False)
        assert not [value for value in clear if value in text]
    listed = sizhu("dead", "list", "--json", **settings)
    assert len(listed.json) == len(bad)


def _copy_of_device(village: Village, name: str) -> Document:
    case = next(
        c
        for c in village.collections["cases"]
        if c["kind"] == "device" and c["status"] == "submitted"
    )
    return {**copy.deepcopy(case), "_id": f"bad-{name}", "clientKey": f"bad-{name}"}


_POISONS: dict[str, Callable[[Document], object]] = {
    "status": lambda case: case.update(status="unheard_of"),
    "type": lambda case: case["data"].update(qty="two"),
    "date": lambda case: case.update(submittedAt="2023-02-30"),
    "villageId": lambda case: case.pop("villageId"),
    "kind": lambda case: case.pop("kind"),
    "queue": lambda case: case.pop("queue"),
    "log": lambda case: case.pop("log"),
    "data": lambda case: case.update(data=None),
}


def _clear_values(village: Village) -> list[str]:
    return [
        value
        for person in village.clear_people
        for key, value in person.items()
        if isinstance(value, str) and not key.endswith("Id") and key != "_id"
    ]


@pytest.fixture
def html_server() -> Iterator[str]:
    """A proxy's log-in page where the API should be."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b"<html><body>Please log in</body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SIZHU_SECRET": "wrong"}, 2),
        ({"SIZHU_APPID": "wx1111111111111111"}, 2),
        ({"SIZHU_ENV": "nowhere"}, 2),
        ({"SIZHU_ENV": ""}, 2),
        ({"SIZHU_REGION": "atlantis"}, 2),
        ({"SIZHU_API_BASE": "ftp://example.invalid"}, 2),
    ],
)
def test_wrong_configuration_is_one_sentence_and_exit_code_2(
    sizhu: Sizhu, settings: dict[str, str], change: dict[str, str], code: int
) -> None:
    """The operator reads what is wrong and what to do; no traceback, no secret."""
    done = sizhu("once", **{**settings, **change})
    assert done.code == code
    _assert_one_sentence(done.err)
    assert "wrong" not in done.err.replace("is wrong", "")


def test_missing_collections_point_to_the_command_that_makes_them(sizhu: Sizhu) -> None:
    """A new environment is a matter of configuration: run `sizhu cloud apply`."""
    from cloud_emulator import Emulator  # noqa: PLC0415 - an empty one, for this test only

    with Emulator(None) as empty:
        settings = {
            "SIZHU_API_BASE": empty.url,
            "SIZHU_APPID": "wx0000000000000000",
            "SIZHU_SECRET": "emulator",
            "SIZHU_ENV": "local",
        }
        done = sizhu("once", **settings)
        assert done.code == 2
        assert "sizhu cloud apply" in done.err
        applied = sizhu("cloud", "apply", "--json", **settings)
        assert applied.code == 0
        assert "cases" in applied.json["created"]
        assert applied.json["console_steps"]
        before = empty.dump()
        again = sizhu("cloud", "apply", "--json", **settings)
        assert again.json["created"] == []
        assert again.json["seeded"] == 0
        assert empty.dump() == before
        assert sizhu("once", **settings).code == 0


def test_refused_connection_is_one_sentence_and_exit_code_1(
    sizhu: Sizhu, settings: dict[str, str]
) -> None:
    """Nothing listens: say so, and what to check."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = sizhu("once", **{**settings, "SIZHU_API_BASE": f"http://127.0.0.1:{port}"})
    assert done.code == 1
    _assert_one_sentence(done.err)


def test_html_instead_of_json_is_one_sentence_and_exit_code_1(
    sizhu: Sizhu, settings: dict[str, str], html_server: str
) -> None:
    """A web page in place of the API is named as such."""
    done = sizhu("once", "--json", **{**settings, "SIZHU_API_BASE": html_server})
    assert done.code == 1
    _assert_one_sentence(done.err)
    assert done.json["error"] == done.err.strip()


def _assert_one_sentence(text: str) -> None:
    assert "Traceback" not in text
    assert text.strip().count("\n") == 0
    assert text.strip().endswith(".")
    assert len(text) > 40


def test_doctor_status_and_explain_speak_without_personal_data(
    sizhu: Sizhu, settings: dict[str, str], village: Village
) -> None:
    """Each command answers in text and JSON; none shows who the people are."""
    assert sizhu("once", **settings).code == 0
    (case_id,) = village.named["age_60_none"]
    clear = _clear_values(village)
    for command in (("doctor",), ("status",), ("explain", "--case", case_id), ("dead", "list")):
        text, as_json = sizhu(*command, **settings), sizhu(*command, "--json", **settings)
        assert (text.code, as_json.code) == (0, 0)
        assert as_json.json is not None
        assert text.out.strip()
        assert not [value for value in clear if value in text.out + as_json.out]
    assert "BOUNDARY_60" in sizhu("explain", "--case", case_id, **settings).out
    assert sizhu("explain", "--case", "nobody", **settings).code == 1
