"""`sizhu demo`: what a visitor sees after two commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sizhu_rules import engines

if TYPE_CHECKING:
    from synthetic_village import Village
    from tests.e2e.conftest import Done, Sizhu

RULED = {"device", "retrofit", "job", "wish", "intent", "donation", "service"}


@pytest.fixture
def shown(sizhu: Sizhu) -> Done:
    """The demo as JSON."""
    return sizhu("demo", "--json")


def test_demo_decides_every_submitted_case_and_shows_the_numbers_of_the_case_study(
    shown: Done, village: Village
) -> None:
    """All submitted cases of the seven kinds are decided; the seed's numbers come from cases."""
    assert (shown.code, shown.err) == (0, "")
    result = shown.json
    submitted = [
        case
        for case in village.collections["cases"]
        if case["kind"] in RULED and case["status"] not in {"draft", "withdrawn"}
    ]
    assert result["report"]["decided"] == len(submitted) == 122
    assert result["report"]["dead"] == 0
    assert result["acceptance"] == {
        "residents": 183,
        "onboarded": 183,
        "volunteers": 97,
        "placements": 2,
        "device_applications": 9,
        "visits": 30,
        "retrofit_households": 32,
        "directed_donations": 1,
    }


def test_demo_shows_the_most_urgent_works_first(shown: Done) -> None:
    """Priority with its codes for every home; nobody is refused, whatever is not known yet."""
    rows = shown.json["retrofits"]
    spans = [(row["priority_most"], row["priority_least"]) for row in rows]
    assert len(rows) == 39
    assert spans == sorted(spans, reverse=True)
    assert {row["verdict"] for row in rows} == {"eligible", "needs_review", "needs_facts"}
    assert all(row["missing"] for row in rows if row["verdict"] == "needs_facts")
    assert any("HOUSEHOLD_OPEN" in row["codes"] for row in rows)
    assert {row["verdict"] for row in shown.json["jobs"]} == {"eligible"}
    assert ["YOUNG_WORKER"] in [row["codes"] for row in shown.json["jobs"]]
    wishes = {row["verdict"]: row["codes"] for row in shown.json["wishes"]}
    assert wishes == {
        "eligible": ["HARDSHIP_MARKED"],
        "needs_review": ["OVER_LIMIT"],
        "needs_facts": [],
    }


def test_demo_runs_the_worker_again_and_nothing_is_decided_twice(shown: Done) -> None:
    """The second run of the worker finds nothing to do."""
    again = shown.json["second_run"]
    assert {again[key] for key in ("pulled", "decided", "written", "dead", "notified")} == {0}


def test_demo_says_how_the_second_engine_judged(shown: Done) -> None:
    """durable_rules agrees on every decision, or the reason of its absence is given."""
    durable = shown.json["durable"]
    if engines.available()["durable"] is None:
        assert durable["agrees"] == durable["of"] == shown.json["report"]["decided"]
    else:
        assert durable["absent"]


def test_demo_shows_people_with_masked_names_only(shown: Done, village: Village) -> None:
    """No clear name, number or phone is on the screen; every resident is masked."""
    tables = ("devices", "retrofits", "jobs", "wishes")
    names = [row["resident"] for table in tables for row in shown.json[table]]
    assert all(re.fullmatch(r".\*+.?", name) for name in names)
    for person in village.clear_people:
        for value in person.values():
            if isinstance(value, str) and len(value) > 1 and not value.startswith(("p_", "v_")):
                assert value not in shown.out


def test_demo_prints_a_table_a_person_can_read(sizhu: Sizhu) -> None:
    """The text form shows verdict, own share in 元, the deciding clause, routes and counts."""
    done = sizhu("demo")
    assert (done.code, done.err) == (0, "")
    for expected in (
        "600.00",
        "60周岁以上不是低保、低边要付一半的钱",
        "请人来看",
        "不必问",
        "谢家路村 村残协",
        "优先参考分",
        "另有 and 29 more",
        "就业支持 Work: 7 件",
        "微心愿 Small wishes: 3 件",
        "镇残联",
        "183/183",
        "HTTP calls",
    ):
        assert expected in done.out
