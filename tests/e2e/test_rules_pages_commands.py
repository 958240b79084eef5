"""`sizhu rules docs` and `explain`: what the library knows, for people to read."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Sizhu

LAPSED = {
    "birth_date": "1963-11-20",
    "submitted_on": "2024-11-21",
    "household": {"status": "dibao", "valid_to": "2024-10-31"},
    "certificate": {"category": 4, "status": "valid", "valid_to": "2030-01-01"},
    "device": {"allowed_categories": [4], "life_years": 4, "cap_fen": "none", "qty": 1},
    "price_fen": 120_000,
    "last_delivered_on": "never",
    "open_same_class": False,
}


def width(line: str) -> int:
    """Count columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


@pytest.mark.parametrize("region", ["simen", "example-town"])
def test_docs_writes_a_folder_that_opens_by_itself(
    sizhu: Sizhu, tmp_path: Path, region: str
) -> None:
    """An index and a page per rule, named as they are written; a second run writes the same."""
    out = tmp_path / "new" / "pages"
    done = sizhu("rules", "docs", "--out", str(out), "--region", region)
    assert (done.code, done.err) == (0, "")
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {"index.html", "device.html", "points.html"} <= first.keys()
    assert sorted(done.out.split()) == sorted(str(out / name) for name in first)
    assert sizhu("rules", "docs", "--out", str(out), "--region", region).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


def test_docs_takes_the_text_of_an_overlay(sizhu: Sizhu, tmp_path: Path) -> None:
    """A town's folder is told as well as one of ours."""
    folder = tmp_path / "policy" / "beicun"
    folder.mkdir(parents=True)
    done = sizhu("rules", "docs", "--out", str(tmp_path / "x"), "--region", "beicun",
                 "--policy-dir", str(tmp_path / "policy"))  # fmt: skip
    assert done.code == 2
    assert "there is no such region" in done.err


def test_docs_that_cannot_be_written_is_a_sentence(sizhu: Sizhu, tmp_path: Path) -> None:
    """A file in the way is named with what to do."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = sizhu("rules", "docs", "--out", str(tmp_path / "taken"))
    assert done.code == 2
    assert "Name another folder with --out." in done.err


def test_explain_says_why_in_three_voices_and_in_eighty_columns(
    sizhu: Sizhu, tmp_path: Path
) -> None:
    """Verdict, voices, every clause with its source, what is missing, what would change it."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(LAPSED, indent=2), encoding="utf-8")
    done = sizhu("rules", "explain", "device", "--facts", str(path), "--known-on", "2024-11-22")
    assert (done.code, done.err) == (0, "")
    for words in (
        "结论：请工作人员来定（needs_review）",
        "【对本人】",
        "复核以前，先不收钱。",
        "【对工作人员】",
        "【审计】",
        "device.share.over_60_lapsed_hold",
        "成立",
        "household.lapsed=true",
        "出处：seed 4.2 二 1",
        "【这样会更有利】",
    ):
        assert words in done.out
    assert "1963-11-20" not in done.out
    assert max(width(line) for line in done.out.splitlines()) <= 80


def test_explain_speaks_to_one_voice_only_and_as_json(sizhu: Sizhu) -> None:
    """What a resident may read is what a resident is given; `--json` is the decision itself."""
    told = sizhu(
        "rules", "explain", "device", "--facts", "-", "--voice", "resident",
        "--known-on", "2024-11-22", stdin=json.dumps(LAPSED),
    )  # fmt: skip
    assert "【对本人】" in told.out
    assert "【审计】" not in told.out
    assert "【对工作人员】" not in told.out
    done = sizhu(
        "rules", "explain", "device", "--facts", "-", "--json", "--voice", "staff",
        "--known-on", "2024-11-22", stdin=json.dumps(LAPSED),
    )  # fmt: skip
    decision = json.loads(done.out)
    assert decision["schema"] == 1
    assert decision["verdict"] == "needs_review"
    assert list(decision["text"]) == ["staff"]


def test_explain_asks_for_what_is_missing_in_plain_words(sizhu: Sizhu) -> None:
    """The facts by their names, and the path to write them under."""
    done = sizhu("rules", "explain", "points", "--facts", "-", stdin="{}")
    assert done.code == 0
    assert "【还缺】" in done.out
    assert "开始时间（check_in_at）" in done.out


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "says"),
    [
        (("weather", "--facts", "-"), "{}", 2, "Take one of:"),
        (("device", "--facts", "-"), "not json", 1, "This is not JSON"),
        (("device", "--facts", "-"), "[]", 1, "this is no mapping"),
        (("device", "--facts", "-"), '{"birth_date": "1963-02-30"}', 1, "does not exist"),
        (("device", "--facts", "nowhere.json"), "", 2, "cannot be read"),
        (("device", "--facts", "-", "--known-on", "2024-02-30"), "{}", 2, "a real day"),
        (("device", "--facts", "-", "--region", "atlantis"), "{}", 2, "no such region"),
    ],
)
def test_explain_refuses_in_a_sentence(
    sizhu: Sizhu, arguments: tuple[str, ...], stdin: str, code: int, says: str
) -> None:
    """What is wrong and what to do; never the value."""
    done = sizhu("rules", "explain", *arguments, stdin=stdin)
    assert done.code == code
    assert says in done.err
    assert "1963" not in done.err
