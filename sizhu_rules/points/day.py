"""The points of one volunteer's day: visit by visit, then the day's cap.

Decided in one place for all visits of the day, so that two workers cannot award more together
than one alone; the ledger gets the difference to what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.points.visit.visit import points_for, whole_minutes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sizhu_rules.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: moments with an offset; None is unknown, `verified_at` None is unverified."""

    check_in_at: datetime | None
    check_out_at: datetime | None
    verified_at: datetime | None


def day_total(visits: Sequence[Visit], policy: Policy) -> int:
    """Return the points allowed for one volunteer's visits of one day.

    The day is that of the check-in in Asia/Shanghai. A visit that is not verified, contradicts
    itself or is longer than plausible counts nothing until a person has looked at it. Raises
    ValueError for visits of two days.
    """
    days = {civil_date(visit.check_in_at) for visit in visits if visit.check_in_at is not None}
    if len(days) > 1:
        raise ValueError("the visits are of several days; give those of one day in Asia/Shanghai")
    if not days:
        return 0
    day = days.pop()
    rule = policy.rules["points"]
    if rule.segment(day) is None:
        return 0
    longest = policy.number("service.max_minutes", day)
    step = policy.number("service.step_minutes", day)
    visit_cap = policy.number("points.visit_cap_half_hours", day)
    day_cap = policy.number("points.day_cap_half_hours", day)
    counted = sum(
        min(minutes // step, visit_cap)
        for visit in visits
        if (minutes := _countable(visit)) is not None and minutes <= longest
    )
    return points_for(min(counted, day_cap), policy.number("points.per_hour", day))


def _countable(visit: Visit) -> int | None:
    start, end, verified = visit.check_in_at, visit.check_out_at, visit.verified_at
    if start is None or end is None or verified is None or verified < end:
        return None
    minutes = whole_minutes(start, end)
    return minutes if minutes >= 0 else None
