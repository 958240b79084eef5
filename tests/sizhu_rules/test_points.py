"""Points of a visit and of a day: verified time only, caps, and no order in which they differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import FactError, PointsFacts, decide, load_policy
from sizhu_rules.facts.calendar import SHANGHAI
from sizhu_rules.points import Visit, day_total, half_hours_before
from sizhu_rules.points.visit.facts import whole_minutes
from sizhu_rules.points.visit.visit import hours, points_for
from sizhu_rules.replaying import again
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    from sizhu_rules import Policy

POLICY = load_policy("simen@working")
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


REMARKS = {
    "verified_by": st.sampled_from(["staff", "resident"]),
    "disputed": st.booleans(),
    "overlaps": st.booleans(),
    "entered_at": st.integers(-5, 120).map(lambda late: MORNING + timedelta(hours=late)),
    "checked_out_by": st.sampled_from(["volunteer", "staff", "system"]),
    "hour_kind": st.sampled_from(["credit", "honour"]),
    "photos": st.integers(0, 3),
}


@st.composite
def records(draw: st.DrawFn) -> PointsFacts:
    """Any record of one visit: moments with holes, remarks that are there or not."""
    remarks: dict[str, Any] = {name: draw(st.none() | values) for name, values in REMARKS.items()}
    start = draw(st.none() | st.integers(-900, 900).map(lambda m: MORNING + timedelta(minutes=m)))
    end = draw(st.none() | st.integers(-60, 900).map(lambda m: MORNING + timedelta(minutes=m)))
    verified = draw(st.none() | st.integers(0, 40).map(lambda h: MORNING + timedelta(hours=h)))
    return PointsFacts(start, end, verified, **remarks)


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


@settings(max_examples=400, deadline=None)
@given(one=records())
def test_a_visit_decided_and_a_visit_counted_are_one(one: Visit) -> None:
    """The decision's undisputed points are what the day counts for that visit alone."""
    decision = decide("points", one, policy=POLICY, known_on=TODAY)
    assert decision.outcome.get("points", 0) == day_total([one], POLICY)
    if decision.candidates:
        assert min(c["points"] for c in decision.candidates) == decision.outcome["points"]  # type: ignore[type-var] # numbers


def _verified_as(one: Visit, number: int) -> Visit:
    """Verify a visit as the n-th of its day, if it is verified at all."""
    if one.verified_at is None:
        return one
    return replace(one, verified_at=MORNING + timedelta(days=2, minutes=number))


@settings(max_examples=200, deadline=None)
@given(day=visits, confirmed=st.booleans(), per_hour=st.integers(0, 11))
def test_what_is_told_of_each_visit_adds_up_to_the_day(
    day: list[Visit], *, confirmed: bool, per_hour: int
) -> None:
    """Each decision knows what counted before it, so that together they tell the ledger's sum."""
    names = [name for name in POLICY.law.parameters if name.startswith(("service.", "points."))]
    worth = {"points.per_hour": per_hour}
    policy = amend(POLICY, parameters=worth, confirm=names if confirmed else ())
    told = 0
    turned = [_verified_as(one, number) for number, one in enumerate(day)]
    for one in turned:
        others = [other for other in turned if other is not one]
        before = half_hours_before(one, others, policy)
        assert (before is None) == (one.verified_at is None)
        decision = decide(
            "points", replace(one, half_hours_before=before), policy=policy, known_on=TODAY
        )
        told += decision.outcome.get("points", 0)  # type: ignore[operator] # a number
        if "DAY_CAP" in decision.codes and decision.outcome:  # nothing is told of a doubtful one
            assert decision.verdict == ("eligible" if confirmed else "needs_review")
    assert told == day_total(turned, policy)


@settings(max_examples=200, deadline=None)
@given(one=records(), confirmed=st.booleans())
def test_a_doubtful_record_is_never_refused_and_never_counted(
    one: Visit, *, confirmed: bool
) -> None:
    """Whatever is odd about a record, a person looks at it; until then it counts nothing."""
    names = [name for name in POLICY.law.parameters if name.startswith(("service.", "points."))]
    policy = amend(POLICY, confirm=names) if confirmed else POLICY
    decision = decide("points", one, policy=policy, known_on=TODAY)
    assert decision.verdict != "not_eligible"
    doubts = {
        *("TIMES_CONTRADICT", "TOO_BRIEF", "TOO_LONG", "OVERLAPS", "FORGOTTEN_CHECK_OUT"),
        *("VERIFIED_TOO_EARLY", "LATE_ENTRY", "NO_PHOTO", "CREDIT_NOT_SCANNED", "NOT_VERIFIED"),
    }
    if doubts & set(decision.codes):
        assert decision.verdict == "needs_review"
        assert day_total([one], policy) == 0
        assert decision.outcome == {}


@settings(max_examples=200, deadline=None)
@given(one=records(), data=st.data())
def test_a_moment_that_was_missing_changes_nothing_that_was_settled(
    one: Visit, data: st.DataObject
) -> None:
    """Of the three moments a hole is unknown; a verdict given in spite of it stays."""
    before = decide("points", one, policy=POLICY, known_on=TODAY)
    full = data.draw(records().filter(lambda r: None not in (r.check_in_at, r.check_out_at)))
    filled = replace(
        one,
        check_in_at=one.check_in_at or full.check_in_at,
        check_out_at=one.check_out_at or full.check_out_at,
        verified_at=one.verified_at or full.verified_at,
    )
    after = decide("points", filled, policy=POLICY, known_on=TODAY)
    if before.verdict != "needs_facts":
        assert after.verdict == before.verdict
    assert set(before.codes) <= set(after.codes)


@settings(max_examples=200, deadline=None)
@given(one=records())
def test_a_remark_that_is_not_there_is_never_asked_for(one: Visit) -> None:
    """Old records have no such remarks; only moments are missing facts."""
    decision = decide("points", one, policy=POLICY, known_on=TODAY)
    assert set(decision.missing) <= {"check_in_at", "check_out_at", "verified_at"}


def test_the_caps_of_the_day_come_from_the_policy() -> None:
    """A town that changes a number changes the day's total."""
    day = [visit(240, start=240 * n) for n in range(3)]
    assert day_total(day, amend(POLICY, parameters={"points.day_cap_half_hours": 20})) == 100
    assert day_total(day, amend(POLICY, parameters={"points.visit_cap_half_hours": 4})) == 60
    hourly = amend(POLICY, parameters={"service.step_minutes": 60})
    assert [day_total([visit(minutes)], hourly) for minutes in (59, 60, 119, 120)] == [
        0,
        10,
        10,
        20,
    ]
    uneven = amend(POLICY, parameters={"service.step_minutes": 45})
    assert [day_total([visit(minutes)], uneven) for minutes in (44, 45, 89, 90)] == [0, 5, 5, 15]


def test_hours_are_written_in_steps_of_half_an_hour() -> None:
    """No decimals but .5, and no rounding up."""
    assert [hours(n) for n in (0, 1, 2, 3, 16)] == ["0", "0.5", "1", "1.5", "8"]


def test_an_odd_half_point_counts_for_the_volunteer() -> None:
    """Where an hour is worth an odd number, half an hour is rounded up."""
    assert [points_for(n, 5) for n in range(4)] == [0, 3, 5, 8]
    amended: Policy = amend(POLICY, parameters={"points.per_hour": 5})
    assert day_total([visit(30)], amended) == 3


def test_minutes_are_whole_and_know_their_direction() -> None:
    """59 seconds are no minute; backwards is negative, however short."""
    assert whole_minutes(MORNING, MORNING + timedelta(seconds=59)) == 0
    assert whole_minutes(MORNING, MORNING - timedelta(seconds=1)) == -1


class SummerTime(tzinfo):
    """A zone whose clocks go back by an hour on 29 October 2023, at three in the morning."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Return the offset before or after."""
        back = datetime(2023, 10, 29, 3)  # noqa: DTZ001 - a reading of the clock
        early = moment is not None and moment.replace(tzinfo=None) < back
        return timedelta(hours=2 if early else 1)

    def dst(self, moment: datetime | None) -> timedelta:
        """Return what the summer adds."""
        return self.utcoffset(moment) - timedelta(hours=1)

    def tzname(self, _moment: datetime | None) -> str:
        """Name it."""
        return "summer time"


def test_moments_are_subtracted_and_not_readings_of_a_clock() -> None:
    """From one to four o'clock four hours passed that night; the record says the same again."""
    zone = SummerTime()
    start, end = datetime(2023, 10, 29, 1, tzinfo=zone), datetime(2023, 10, 29, 4, tzinfo=zone)
    decision = decide("points", Visit(start, end, end), policy=POLICY, known_on=TODAY)
    assert decision.outcome["minutes"] == 240
    assert again(decision.to_dict(), POLICY).digest == decision.digest


def test_an_offset_with_seconds_is_no_offset_of_today() -> None:
    """It could not be written down as ISO 8601 says."""

    class Local(SummerTime):
        def utcoffset(self, _moment: datetime | None) -> timedelta:
            return timedelta(hours=8, minutes=5, seconds=43)

    with pytest.raises(FactError, match="no moment with an offset"):
        Visit(check_in_at=datetime(2023, 5, 1, 8, tzinfo=Local()))


def test_the_one_verified_later_waits_whoever_came_first() -> None:
    """The turn in a day is that of the verification; at the same moment that of the beginning."""
    early, late = visit(240), visit(240, start=300)
    assert early.verified_at is not None
    assert half_hours_before(early, [late], POLICY) == 0
    assert half_hours_before(late, [early], POLICY) == 8
    tardy = replace(early, verified_at=MORNING + timedelta(days=3))
    assert half_hours_before(tardy, [late], POLICY) == 8
    assert half_hours_before(late, [tardy], POLICY) == 0
    same = replace(early, verified_at=late.verified_at)
    assert (half_hours_before(same, [late], POLICY), half_hours_before(late, [same], POLICY)) == (
        0,
        8,
    )


def test_what_counts_before_is_of_the_same_day_and_without_doubt() -> None:
    """A record in doubt counts nothing, an unverified visit has no turn, two days are refused."""
    late = visit(240, start=600)
    assert half_hours_before(visit(60, verified=False), [late], POLICY) is None
    assert half_hours_before(late, [visit(60, verified=False), Visit()], POLICY) == 0
    assert half_hours_before(late, [replace(visit(240), overlaps=True)], POLICY) == 0
    assert half_hours_before(late, [visit(400)], POLICY) == 8
    with pytest.raises(ValueError, match="several days"):
        half_hours_before(late, [visit(60, start=-1440)], POLICY)
    old = datetime(2020, 12, 31, 9, tzinfo=SHANGHAI)
    unruled = Visit(old, old + timedelta(hours=1), old + timedelta(hours=2))
    assert half_hours_before(unruled, [], POLICY) == 0


@pytest.mark.parametrize(
    ("minutes", "before", "points", "told"),
    [
        (60, 16, 0, ["预计这次不计分，谢谢您。", "那天的时间超过一天的计分上限。"]),
        (120, 13, 15, ["预计得15分，谢谢您。", "那天的时间超过一天的计分上限。"]),
        (300, 0, 40, ["预计得40分，谢谢您。", "时间超过一次服务的计分上限。"]),
        (20, 0, 0, ["预计这次不计分，谢谢您。", "时间不到半小时。"]),
    ],
)
def test_where_a_town_has_confirmed_its_numbers_nothing_is_promised(
    minutes: int, before: int, points: int, told: list[str]
) -> None:
    """No "for now", no "a person decides": the cap is the town's own."""
    names = [name for name in POLICY.law.parameters if name.startswith(("service.", "points."))]
    one = replace(visit(minutes), half_hours_before=before)
    decision = decide("points", one, policy=amend(POLICY, confirm=names), known_on=TODAY)
    assert (decision.verdict, decision.outcome["points"]) == ("eligible", points)
    assert [line for line in decision.text["resident"] if line in told] == told
    lines = "".join([*decision.text["resident"], *decision.text["staff"]])
    assert not any(word in lines for word in ("待确认", "请判断", "由人来定", "先记", "先按"))
