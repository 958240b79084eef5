"""就业支持: no highest age, a retirement age that rises by law, and bands that only inform."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import decide, load_policy
from sizhu_rules.eligibility.job.retirement import retired_age, retirement_month, tracks
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from sizhu_rules import Decision
    from sizhu_rules.eligibility.job.retirement import Track

POLICY = load_policy("simen@working")
TODAY = date(2026, 11, 24)
VALID = {"certificate": {"status": "valid", "valid_to": "2090-01-01"}}
BIRTHS = st.dates(date(1920, 1, 1), date(2020, 1, 1))
DAYS = st.dates(date(2021, 1, 1), date(2060, 1, 1))


def numbers(day: date) -> dict[str, Any]:
    """Return the parameters in force on a day."""
    segment = POLICY.rules["job"].segment(day)
    assert segment is not None
    return {name: value.value for name, value in segment.parameters.items()}


def seek(birth: date | str, day: date | str, **facts: object) -> Decision:
    """Decide the registration of somebody who seeks work."""
    return decide(
        "job",
        {**VALID, "birth_date": str(birth), "submitted_on": str(day), **facts},
        policy=POLICY,
        known_on=TODAY,
    )


@pytest.mark.parametrize(
    ("birth", "track", "month"),
    [
        ((1964, 12), "men", (2024, 12)),
        ((1965, 1), "men", (2025, 2)),
        ((1965, 4), "men", (2025, 5)),
        ((1965, 5), "men", (2025, 7)),
        ((1976, 8), "men", (2039, 7)),
        ((1976, 9), "men", (2039, 9)),
        ((1990, 1), "men", (2053, 1)),
        ((1969, 12), "women_cadre", (2024, 12)),
        ((1970, 1), "women_cadre", (2025, 2)),
        ((1981, 9), "women_cadre", (2039, 9)),
        ((1990, 1), "women_cadre", (2048, 1)),
        ((1974, 12), "women_worker", (2024, 12)),
        ((1975, 1), "women_worker", (2025, 2)),
        ((1975, 2), "women_worker", (2025, 3)),
        ((1975, 3), "women_worker", (2025, 5)),
        ((1984, 10), "women_worker", (2039, 9)),
        ((1984, 11), "women_worker", (2039, 11)),
        ((1990, 1), "women_worker", (2045, 1)),
    ],
)
def test_the_retirement_month_is_that_of_the_statute(
    birth: tuple[int, int], track: Track, month: tuple[int, int]
) -> None:
    """First month, last month of a step, and the end of the rise, for each of the three tracks."""
    found = retirement_month(date(*birth, 15), track, numbers(TODAY))
    assert (found // 12, found % 12 + 1) == month


def test_before_2025_nothing_was_put_off() -> None:
    """Whoever reached the old age by December 2024 did so on that day, whenever it is asked."""
    for day in (date(2024, 12, 15), date(2026, 12, 15)):
        assert retired_age(date(1964, 12, 15), day, ("men",), numbers(day))
    assert not retired_age(date(1964, 12, 15), date(2024, 12, 14), ("men",), numbers(TODAY))


def test_in_a_month_without_the_day_of_birth_its_last_day_counts() -> None:
    """Born on 31 March 1965: the month of retirement is April 2025, which has 30 days."""
    april = numbers(TODAY)
    assert retired_age(date(1965, 3, 31), date(2025, 4, 30), ("men",), april)
    assert not retired_age(date(1965, 3, 31), date(2025, 4, 29), ("men",), april)


@settings(max_examples=150, deadline=None)
@given(birth=BIRTHS, day=st.dates(date(2025, 1, 1), date(2080, 1, 1)))
def test_the_retirement_age_is_reached_once_and_never_lost(birth: date, day: date) -> None:
    """Later days only make older; and the law is between its old and its new ages."""
    parameters = numbers(day)
    for track in tracks(None, None):
        reached = retired_age(birth, day, (track,), parameters)
        assert reached is not None
        if reached:
            assert retired_age(birth, day.replace(year=day.year + 1, day=1), (track,), parameters)
        years = {"men": (60, 63), "women_cadre": (55, 58), "women_worker": (50, 55)}[track]
        months = retirement_month(birth, track, parameters) - (birth.year * 12 + birth.month - 1)
        assert years[0] * 12 <= months <= years[1] * 12


@settings(max_examples=150, deadline=None)
@given(
    birth=BIRTHS,
    day=DAYS,
    sex=st.sampled_from(["male", "female"]),
    post=st.sampled_from(["cadre", "worker"]),
)
def test_nobody_of_sixteen_or_more_is_held_up_by_age(
    birth: date, day: date, sex: str, post: str
) -> None:
    """However old: eligible; below: a person helps. Sex and post change no verdict."""
    plain = seek(birth, day)
    told = seek(birth, day, sex=sex, former_post=post)
    assert plain.verdict == told.verdict
    if "BIRTH_DATE_IMPLAUSIBLE" not in plain.codes:
        band = told.outcome.get("band")
        assert (plain.verdict == "eligible") == (band is not None) == ("UNDER_16" not in told.codes)
        assert {"counted", "beyond_age"} <= told.outcome.keys()
    assert all(told.outcome[key] == value for key, value in plain.outcome.items())


def test_beyond_the_age_is_said_kindly() -> None:
    """The resident reads that age is no obstacle; staff read what to make clear."""
    decision = seek("1950-01-01", "2026-11-20")
    assert decision.verdict == "eligible"
    assert "年纪不是障碍，照样帮您找。" in decision.text["resident"]
    assert not any("不能" in line or "不符合" in line for line in decision.text["resident"])


def test_a_child_is_shown_the_way_to_school() -> None:
    """The law forbids to employ, not to ask: no refusal, and the way on in the first lines."""
    decision = seek("2012-01-01", "2026-11-20")
    assert decision.verdict == "needs_review"
    assert decision.text["resident"][1:3] == (
        "未满16周岁，先上学或学手艺。",
        "工作人员会帮您联系学校。",
    )


def test_the_band_of_the_statistics_is_a_parameter() -> None:
    """Another town counts otherwise; nobody's support changes."""
    wider = amend(POLICY, parameters={"job.count.last_age_women": 59})
    facts = {**VALID, "birth_date": "1970-01-01", "submitted_on": "2026-11-20", "sex": "female"}
    here = decide("job", facts, policy=POLICY, known_on=TODAY)
    there = decide("job", facts, policy=wider, known_on=TODAY)
    assert (here.outcome["counted"], there.outcome["counted"]) == (False, True)
    assert here.verdict == there.verdict == "eligible"
