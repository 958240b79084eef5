"""Points of one visit (结对帮扶): typed facts and the arithmetic of the award.

minutes = whole minutes from check-in to check-out; half hours = minutes // step; travel is never
in it. A gift of money earns nothing: only visits have points. Source: seed 4.2 一.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from sizhu_rules.engine.field import CONTRADICTION
from sizhu_rules.engine.raw import Facts, Instant, RawFact
from sizhu_rules.engine.spec import Derived, Outcome, RuleSpec, View
from sizhu_rules.facts.calendar import civil_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

HALF_HOURS_PER_HOUR = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PointsFacts(Facts):
    """The facts of one visit, as moments with an offset; None is unknown.

    An absent `verified_at` says that nobody verified the visit yet. Raises `FactError` when built
    wrong.
    """

    check_in_at: datetime | None = None
    check_out_at: datetime | None = None
    verified_at: datetime | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("check_in_at", "check_in_at", Instant()),
        RawFact("check_out_at", "check_out_at", Instant()),
        RawFact("verified_at", "verified_at", Instant()),
    )


def whole_minutes(check_in: datetime, check_out: datetime) -> int:
    """Return the whole minutes between two moments; negative when they are the wrong way round."""
    return (check_out - check_in) // timedelta(minutes=1)


def points_for(half_hours: int, per_hour: int) -> int:
    """Return the points of so many half hours; an odd half point counts for the volunteer."""
    return -(-half_hours * per_hour // HALF_HOURS_PER_HOUR)


def _minutes(facts: PointsFacts) -> int | None:
    start, end = facts.check_in_at, facts.check_out_at
    return None if start is None or end is None else whole_minutes(start, end)


def _length(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    return _minutes


def _half_hours(parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    step = cast("int", parameters["service.step_minutes"])

    def half_hours(facts: PointsFacts) -> Known | None:
        minutes = _minutes(facts)
        return None if minutes is None else minutes // step

    return half_hours


def _verified(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    def verified(facts: PointsFacts) -> Known | None:
        at, end = facts.verified_at, facts.check_out_at
        if at is None:
            return None
        return CONTRADICTION if end is not None and at < end else True

    return verified


def _day(facts: PointsFacts) -> date | None:
    return None if facts.check_in_at is None else civil_date(facts.check_in_at)


def _outcome(view: View) -> Outcome:
    minutes, half_hours = view.fields.get("visit.minutes"), view.fields.get("visit.half_hours")
    if view.fields.get("visit.verified") is CONTRADICTION:
        return Outcome({})
    awards = [one["award"] for one in view.candidates if "award" in one]
    if "award" in view.values:
        awards = [view.values["award"]]
    if not awards or not isinstance(minutes, int) or not isinstance(half_hours, int):
        return Outcome({})
    per_hour = cast("int", view.parameters["points.per_hour"])
    cap = cast("int", view.parameters["points.visit_cap_half_hours"])
    counted = {"whole": half_hours, "capped": min(half_hours, cap), "none": 0}
    possible = sorted({points_for(counted[str(award)], per_hour) for award in awards})
    # What nobody disputes is the smallest; the rest waits for a person.
    outcome = {"minutes": minutes, "half_hours": half_hours, "points": possible[0]}
    candidates = tuple({"points": points} for points in possible) if len(possible) > 1 else ()
    return Outcome(outcome, candidates)


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    blanks = {name: str(outcome.get(name, "")) for name in ("minutes", "half_hours", "points")}
    return view.verdict, blanks


POINTS = RuleSpec(
    name="points",
    folder="points/visit",
    sheets=("visit.yaml",),
    facts=PointsFacts,
    derived={
        "visit.minutes": Derived(_length, ("check_in_at", "check_out_at")),
        "visit.half_hours": Derived(
            _half_hours, ("check_in_at", "check_out_at"), parameters=("service.step_minutes",)
        ),
        "visit.verified": Derived(
            _verified,
            ("verified_at", "check_out_at"),
            fewest=lambda facts: facts.absent("verified_at"),
        ),
    },
    dated_by="check_in_at",
    as_of=_day,
    outcome=_outcome,
    headline=_headline,
    parameters=("points.per_hour", "points.day_cap_half_hours"),
)
