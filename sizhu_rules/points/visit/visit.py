"""Points of one visit (结对帮扶): the rule joined, and the arithmetic of the award.

minutes = whole minutes from check-in to check-out; half hours = minutes without those of an
unfinished step // 30; travel is never in it. A gift of money earns nothing: only visits have
points. Source: seed 4.2 一.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from sizhu_rules.engine.spec import Outcome, RuleSpec, View
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.points.visit.facts import DAY_CAP, DERIVED, VISIT_CAP, PointsFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

HALF_HOURS_PER_HOUR: Final = 2
PER_HOUR: Final = "points.per_hour"


def points_for(half_hours: int, per_hour: int) -> int:
    """Return the points of so many half hours; an odd half point counts for the volunteer."""
    return -(-half_hours * per_hour // HALF_HOURS_PER_HOUR)


def counted(awards: Iterable[object], half_hours: int, cap: int) -> list[int]:
    """Return the half hours that each award of the sheet `points.visit` comes to, fewest first."""
    comes_to = {"whole": half_hours, "capped": min(half_hours, cap)}
    return sorted({comes_to[str(award)] for award in awards})


def within_day(days: Iterable[object], half_hours: Iterable[int], room: int) -> list[int]:
    """Return what is left of possible half hours by the sheet `points.day`, fewest first.

    `room` is what the day's cap leaves after the visits that were verified before.
    """
    possible = set(half_hours)
    comes_to = {"whole": possible, "capped": {min(one, room) for one in possible}}
    return sorted(set().union(*(comes_to[str(day)] for day in days)))


def hours(half_hours: int) -> str:
    """Write half hours as hours in steps of 0.5, such as "1.5"; whole hours as "2"."""
    whole, half = divmod(half_hours, HALF_HOURS_PER_HOUR)
    return f"{whole}.5" if half else str(whole)


def _day(facts: PointsFacts) -> date | None:
    return None if facts.check_in_at is None else civil_date(facts.check_in_at)


def _given(view: View, name: str) -> list[object]:
    """List what a sheet gives: settled, or what a person must choose from."""
    if name in view.values:
        return [view.values[name]]
    return [one[name] for one in view.candidates if name in one]


def _outcome(view: View) -> Outcome:
    awards = _given(view, "award")
    minutes, half_hours = view.fields.get("visit.minutes"), view.fields.get("visit.half_hours")
    # Nothing is told of a record in which something is wrong: a figure would read like a promise.
    if view.problems or not awards or not isinstance(half_hours, int):
        return Outcome({})
    per_hour, cap = cast("int", view.parameters[PER_HOUR]), cast("int", view.parameters[VISIT_CAP])
    facts = cast("PointsFacts", view.facts)
    numbers = counted(awards, half_hours, cap)
    before = 0
    if days := _given(view, "day"):  # the first law had no such sheet
        day_cap = cast("int", view.parameters[DAY_CAP])
        before = min(facts.half_hours_before or 0, day_cap)
        numbers = within_day(days, numbers, day_cap - before)
    # What this visit adds to the day, so that all visits together come to what the ledger holds.
    there = points_for(before, per_hour)
    possible = [points_for(before + number, per_hour) - there for number in numbers]
    # What nobody disputes is the smallest; the rest waits for a person.
    outcome: dict[str, object] = {
        "minutes": minutes,
        "half_hours": half_hours,
        "hours": hours(half_hours),
        "points": possible[0],
    }
    if (kind := facts.hour_kind) is not None:
        outcome["hour_kind"] = kind
    candidates = tuple({"points": points} for points in possible) if len(possible) > 1 else ()
    return Outcome(outcome, candidates)


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    blanks = {
        name: str(outcome.get(name, "")) for name in ("minutes", "half_hours", "hours", "points")
    }
    if view.verdict == "needs_review" and outcome.get("points"):
        return "counted_for_now", blanks
    if view.verdict == "eligible" and outcome.get("points") == 0:
        return "counted_nothing", blanks
    return view.verdict, blanks


POINTS: Final = RuleSpec(
    name="points",
    folder="points/visit",
    sheets=("plausibility.yaml", "proof.yaml", "visit.yaml", "day.yaml"),
    facts=PointsFacts,
    derived=DERIVED,
    dated_by="check_in_at",
    as_of=_day,
    outcome=_outcome,
    headline=_headline,
    parameters=(PER_HOUR, DAY_CAP),
)
