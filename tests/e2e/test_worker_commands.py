"""The worker's commands as an operator uses them."""

from __future__ import annotations

import copy
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from cloud_emulator import Emulator
from cloud_sync.client import CloudClient
from cloud_sync.settings import load_settings
from cloud_sync.statement import db
from sizhu_cli.emulator import load_village
from sizhu_rules import load_policy
from sizhu_rules.testing import under_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
    kinds = {"device", "retrofit", "job", "wish", "intent", "donation", "service"}
    ruled = [c for c in after["cases"] if c["kind"] in kinds]
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
    assert done.json["decided"] == 122
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


def test_replay_derives_a_decision_again_and_finds_out_what_was_changed(
    sizhu: Sizhu, settings: dict[str, str], village: Village
) -> None:
    """Identical is exit code 0; a decision edited since is named and is exit code 1."""
    case_id = village.named["two_persons_one_household"][0]
    assert sizhu("replay", "--case", case_id, **settings).code == 1
    assert sizhu("once", **settings).code == 0
    same = sizhu("replay", "--case", case_id, **settings)
    assert (same.code, "identical under simen" in same.out) == (0, True)
    known = {name.removeprefix("SIZHU_").lower(): value for name, value in settings.items()}
    with CloudClient(load_settings(**known, _env_file=None)) as client:
        chain = db.collection("decisions").where({"caseId": case_id})
        client.update(chain.update({"decision": {"outcome": {"priority_least": 999}}}))
    other = sizhu("replay", "--case", case_id, "--json", **settings)
    assert (other.code, other.json["identical"]) == (1, False)
    assert "priority_least" in other.json["differences"][0]
    assert sizhu("replay", "--case", "nobody", **settings).code == 1


def test_a_version_goes_from_the_town_s_text_into_force(
    sizhu: Sizhu, emulator: Emulator, settings: dict[str, str], tmp_path: Path
) -> None:
    """Frozen by a command, published with two approvals, accepted by the next run, replayable."""
    assert sizhu("once", **settings).code == 0
    home = tmp_path / "drafts" / "simen"
    home.mkdir(parents=True)
    head = under_version("simen", "2030.1")
    (home / "region.yaml").write_text(head, encoding="utf-8")
    draft = ("--policy-dir", str(home.parent), "--note", "试验", "--json")
    document = sizhu("rules", "release", *draft).json
    emulator.load("policies", [{**document, "approvals": [{"by": "user-a"}]}])
    assert sizhu("once", "--json", **settings).json["law"] == load_policy("simen").version
    assert "2030.1 waiting" in sizhu("status", **settings).out
    approved = {**document, "_id": "pol:simen:2030.1"}
    approved["approvals"] = [{"by": "user-a"}, {"by": "user-b"}]
    with Emulator(None) as other:
        load_village(other)
        other.load("policies", [approved])
        there = {**settings, "SIZHU_API_BASE": other.url}
        assert sizhu("once", "--json", **there).json["law"] == "2030.1"
        assert "2030.1 accepted" in sizhu("status", **there).out
        case_id = other.dump()["decisions"][0]["caseId"]
        replayed = sizhu("replay", "--case", case_id, "--json", **there).json
    assert (replayed["identical"], replayed["released"]) == (True, True)
    assert replayed["policy"]["digest"] == document["digest"]
