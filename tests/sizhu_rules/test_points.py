"""Points of a visit and of a day: verified time only, caps, and no order in which they differ."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import PointsFacts, decide, load_policy
from sizhu_rules.facts.calendar import SHANGHAI
from sizhu_rules.points import Visit, day_total
from sizhu_rules.points.visit.facts import whole_minutes
from sizhu_rules.points.visit.visit import points_for
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    from sizhu_rules import Policy

POLICY = load_policy("simen")
MORNING = datetime(2023, 5, 1, 8, 0, tzinfo=SHANGHAI)


def visit(minutes: int, *, start: int = 0, verified: bool = True) -> Visit:
    """Make a visit of so many minutes, so many minutes after eight in the morning."""
    check_in = MORNING + timedelta(minutes=start)
    check_out = check_in + timedelta(minutes=minutes)
    return Visit(check_in, check_out, check_out + timedelta(hours=1) if verified else None)


visits = st.lists(
    st.builds(
        visit,
        st.integers(-60, 600),
        start=st.integers(0, 900),
        verified=st.sampled_from([True, True, True, False]),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("minutes", "points"),
    [
        (0, 0),
        (29, 0),
        (30, 5),
        (59, 5),
        (60, 10),
        (239, 35),
        (240, 40),
        (480, 40),
        (481, 0),
        (-5, 0),
    ],
)
def test_a_day_of_one_visit(minutes: int, points: int) -> None:
    """Half hours are whole; four hours a visit count; what is implausible waits for a person."""
    assert day_total([visit(minutes)], POLICY) == points


def test_the_day_is_capped_at_eight_hours() -> None:
    """Three visits of four hours are eight hours of points."""
    three = [visit(240, start=240 * n) for n in range(3)]
    assert day_total(three, POLICY) == 80


def test_nobody_counts_what_nobody_verified() -> None:
    """Unverified, unfinished and unbegun visits are worth nothing yet."""
    unfinished = Visit(MORNING, None, None)
    unbegun = Visit(None, MORNING, MORNING)
    early = Visit(MORNING, MORNING + timedelta(hours=1), MORNING)
    assert day_total([visit(60, verified=False), unfinished, unbegun, early], POLICY) == 0
    assert day_total([], POLICY) == 0


def test_a_day_is_one_day_in_shanghai() -> None:
    """00:10 on 1 February is not the day of 23:30 on 31 January."""
    late = datetime(2023, 1, 31, 23, 30, tzinfo=SHANGHAI)
    first = Visit(late, late + timedelta(hours=1), late + timedelta(hours=2))
    second = Visit(
        late + timedelta(minutes=40), late + timedelta(hours=2), late + timedelta(hours=3)
    )
    with pytest.raises(ValueError, match="several days"):
        day_total([first, second], POLICY)
    assert day_total([first], POLICY) == 10


def test_before_any_law_there_are_no_points() -> None:
    """A visit before the rule began is for a person to look at."""
    old = datetime(2019, 5, 1, 8, 0, tzinfo=SHANGHAI)
    assert day_total([Visit(old, old + timedelta(hours=1), old + timedelta(hours=2))], POLICY) == 0


@settings(max_examples=150, deadline=None)
@given(day=visits, order=st.randoms(use_true_random=False))
def test_the_total_does_not_depend_on_the_order(day: list[Visit], order: object) -> None:
    """Two workers that see the visits in other orders award the same."""
    shuffled = list(day)
    order.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a Random
    assert day_total(shuffled, POLICY) == day_total(day, POLICY)


@settings(max_examples=150, deadline=None)
@given(day=visits, more=visits)
def test_more_visits_never_take_points_away_nor_pass_the_cap(
    day: list[Visit], more: list[Visit]
) -> None:
    """The ledger only ever gets a difference that is not negative, unless a visit is disputed."""
    assert 0 <= day_total(day, POLICY) <= day_total([*day, *more], POLICY) <= 80


@settings(max_examples=150, deadline=None)
@given(one=st.builds(visit, st.integers(-60, 600), verified=st.booleans()))
def test_a_visit_decided_and_a_visit_counted_are_one(one: Visit) -> None:
    """The decision's undisputed points are what the day counts for that visit alone."""
    facts = PointsFacts(
        check_in_at=one.check_in_at, check_out_at=one.check_out_at, verified_at=one.verified_at
    )
    decision = decide("points", facts, policy=POLICY, known_on=TODAY)
    assert decision.outcome.get("points", 0) == day_total([one], POLICY)
    if decision.candidates:
        assert min(c["points"] for c in decision.candidates) == decision.outcome["points"]  # type: ignore[type-var] # numbers


def test_an_odd_half_point_counts_for_the_volunteer() -> None:
    """Where an hour is worth an odd number, half an hour is rounded up."""
    assert [points_for(n, 5) for n in range(4)] == [0, 3, 5, 8]
    amended: Policy = amend(POLICY, parameters={"points.per_hour": 5})
    assert day_total([visit(30)], amended) == 3


def test_minutes_are_whole_and_know_their_direction() -> None:
    """59 seconds are no minute; backwards is negative, however short."""
    assert whole_minutes(MORNING, MORNING + timedelta(seconds=59)) == 0
    assert whole_minutes(MORNING, MORNING - timedelta(seconds=1)) == -1
