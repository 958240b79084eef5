"""`sizhu rules` and `sizhu village`: the library from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Sizhu

FREE = {"birth_date": "1990-05-01", "submitted_on": "2024-11-21"}


def test_decide_gives_a_decision_a_line_and_an_error_in_place_of_a_bad_one(sizhu: Sizhu) -> None:
    """Good lines are decided, bad ones become {"error": …}; the exit code says so."""
    lines = [json.dumps(FREE), "not json", json.dumps({**FREE, "birth_date": "1990-02-30"}), "[]"]
    done = sizhu(
        "rules", "decide", "device", "--facts", "-", "--known-on", "2024-11-22",
        stdin="\n".join([*lines, json.dumps(FREE)]) + "\n",
    )  # fmt: skip
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 1
    assert ["error" in answer for answer in answers] == [False, True, True, True, False]
    assert answers[0]["outcome"]["share"] == "0"
    assert answers[0]["known_on"] == "2024-11-22"
    assert answers[0] == answers[4]
    assert "1990-02-30" not in done.out
    assert done.err == ""


def test_decide_reads_a_file_and_ends_well_when_every_line_is_good(
    sizhu: Sizhu, tmp_path: Path
) -> None:
    """A file with a byte order mark and blank lines is read as people make them."""
    path = tmp_path / "facts.jsonl"
    path.write_text("\ufeff" + json.dumps(FREE) + "\n\n", encoding="utf-8")
    done = sizhu("rules", "decide", "device", "--facts", str(path))
    assert done.code == 0
    assert len(done.out.splitlines()) == 1


def test_wrong_rule_day_region_or_file_is_a_sentence(sizhu: Sizhu) -> None:
    """Mistakes in the call itself end with exit code 2 and the fix."""
    for arguments in (
        ("decide", "weather", "--facts", "-"),
        ("decide", "device", "--facts", "-", "--known-on", "2024-02-30"),
        ("decide", "device", "--facts", "-", "--region", "atlantis"),
        ("decide", "device", "--facts", "nowhere.jsonl"),
    ):
        done = sizhu("rules", *arguments)
        assert done.code == 2, arguments
        assert "Traceback" not in done.err
        assert done.err.strip()


def test_check_reports_no_gap_and_lists_what_nobody_confirmed(sizhu: Sizhu) -> None:
    """The shipped region is sound, and honest about its assumptions."""
    done = sizhu("rules", "check", "--region", "simen", "--json")
    assert done.code == 0
    report = done.json
    assert report["ok"]
    assert report["gaps"] == report["overlaps"] == report["problems"] == []
    assert report["adverse_on_unconfirmed"] == 0
    assert {reading["confirmed"] for reading in report["readings"]} == {False}
    assert report["unconfirmed"]
    assert report["documented_parameters"] == report["parameters"] > 0
    assert "UNCONFIRMED: a person decides" in sizhu("rules", "check", "--region", "simen").out
    every = sizhu("rules", "check", "--json")
    assert (every.code, every.json["ok"]) == (0, True)
    assert "simen" in [region["region"] for region in every.json["regions"]]


def test_village_make_writes_the_import_files_and_keeps_clear_data_apart(
    sizhu: Sizhu, tmp_path: Path
) -> None:
    """JSON Lines for each collection; names and IDs only under clear/."""
    done = sizhu("village", "make", "--out", str(tmp_path / "out"))
    assert done.code == 0
    written = {path.name for path in (tmp_path / "out").glob("*.jsonl")}
    assert {"cases.jsonl", "persons.jsonl", "device_catalogue.jsonl"} <= written
    people = (tmp_path / "out/clear/people.jsonl").read_text(encoding="utf-8").splitlines()
    numbers = [json.loads(line).get("citizenId") for line in people]
    assert any(numbers)
    loaded = "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.jsonl")
    )
    assert not [number for number in numbers if number and number in loaded]
