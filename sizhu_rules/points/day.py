"""The points of one volunteer's day: visit by visit as the sheets say, then the day's cap.

Decided in one place for all visits of the day, so that two workers cannot award more together
than one alone; the ledger gets the difference to what it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.points.visit.facts import DAY_CAP, VISIT_CAP, PointsFacts
from sizhu_rules.points.visit.visit import PER_HOUR, counted, points_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Answer, Segment

Visit = PointsFacts


def day_total(visits: Iterable[Visit], policy: Policy) -> int:
    """Return the points allowed for one volunteer's visits of one day.

    The day is that of the check-in in Asia/Shanghai. Each visit counts what the sheets of the rule
    `points` settle for it; of a visit under review the smaller number that nobody disputes, and
    nothing where its record is in doubt. Raises ValueError for visits of two days.
    """
    begun = _begun(visits)
    segment = _segment(begun, policy)
    if segment is None:
        return 0
    day_cap = cast("int", segment.parameters[DAY_CAP].value)
    per_hour = cast("int", segment.parameters[PER_HOUR].value)
    return points_for(min(_half_hours(begun, segment), day_cap), per_hour)


def half_hours_before(visit: Visit, others: Iterable[Visit], policy: Policy) -> int | None:
    """Return how many half hours of a volunteer's day count before a visit: the fact of that name.

    Of the `others` of that day those count that were verified before; of two verified at the same
    moment the one that began first. None for a visit that nobody verified: its turn is not known.
    Raises ValueError for visits of two days.
    """
    turn = _turn(visit)
    if turn is None:
        return None
    before = [other for other in others if (at := _turn(other)) is not None and at < turn]
    segment = _segment([visit, *before], policy)
    return 0 if segment is None else _half_hours(before, segment)


def _turn(visit: Visit) -> tuple[datetime, datetime] | None:
    if visit.verified_at is None or visit.check_in_at is None:
        return None
    return visit.verified_at, visit.check_in_at


def _begun(visits: Iterable[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.check_in_at is not None]


def _segment(begun: Iterable[Visit], policy: Policy) -> Segment | None:
    days = {civil_date(visit.check_in_at) for visit in begun if visit.check_in_at is not None}
    if len(days) > 1:
        raise ValueError("the visits are of several days; give those of one day in Asia/Shanghai")
    return policy.rules["points"].segment(days.pop()) if days else None


def _half_hours(visits: Iterable[Visit], segment: Segment) -> int:
    """Sum what these visits count, each for itself."""
    cap = cast("int", segment.parameters[VISIT_CAP].value)
    half_hours_of = segment.facts["visit.half_hours"]
    return sum(
        counted(awards, cast("int", half_hours_of(visit)), cap)[0]
        for visit in visits
        if (awards := _awards(segment.answer(visit)))
    )


def _awards(answer: Answer) -> list[object]:
    """List the awards still possible; none where something of the record is in doubt."""
    if any(result.problems for result in answer.values):
        return []
    return [
        value
        for result in answer.values
        for values in (result.candidates or (result.values,))
        for name, value in values
        if name == "award"
    ]
