"""The typed facts of one visit (结对帮扶), and the fields that its sheets look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from sizhu_rules.engine.field import CONTRADICTION
from sizhu_rules.engine.raw import Facts, Flag, Instant, Member, RawFact, Whole
from sizhu_rules.engine.spec import Derived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

HourKind = Literal["credit", "honour"]
CheckedOutBy = Literal["volunteer", "staff", "system"]
VerifiedBy = Literal["staff", "resident"]

UNRECORDED: Final = "unrecorded"
_VERIFIERS = {"staff": "工作人员", "resident": "残障朋友或监护人"}
_CHECKED_OUT = {"volunteer": "志愿者扫码", "staff": "工作人员更正", "system": "系统自动结束"}
_HOUR_KINDS = {"credit": "信用时", "honour": "荣誉时"}
_MOST_PHOTOS = 1000
_MOST_HALF_HOURS = 1000

VISIT_CAP: Final = "points.visit_cap_half_hours"
DAY_CAP: Final = "points.day_cap_half_hours"
_HALF_HOUR = 30  # minutes
_STEP: Final = "service.step_minutes"


@dataclass(frozen=True, slots=True, repr=False)
class PointsFacts(Facts):
    """The facts of one visit, moments with an offset.

    The three moments: None is unknown, and an absent `verified_at` says that nobody verified the
    visit yet. The others are remarks of the record: where a record does not have one (all written
    before there were such remarks), that is known, and nothing is concluded from it. `disputed`
    says whether the person helped denies the visit; `overlaps` whether somebody compared and found
    another visit of the volunteer at the same time; `entered_at` when the record was written;
    `photos` how many there are; `half_hours_before` how many half hours count already of those
    visits of that day that were verified before this one (`points.half_hours_before`). Raises
    `FactError` when built wrong.
    """

    check_in_at: datetime | None = None
    check_out_at: datetime | None = None
    verified_at: datetime | None = None
    verified_by: VerifiedBy | None = None
    disputed: bool | None = None
    overlaps: bool | None = None
    entered_at: datetime | None = None
    checked_out_by: CheckedOutBy | None = None
    hour_kind: HourKind | None = None
    photos: int | None = None
    half_hours_before: int | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("check_in_at", "check_in_at", Instant()),
        RawFact("check_out_at", "check_out_at", Instant()),
        RawFact("verified_at", "verified_at", Instant()),
        RawFact("verified_by", "verified_by", Member(_VERIFIERS), remark=True),
        RawFact("disputed", "disputed", Flag(), remark=True),
        RawFact("overlaps", "overlaps", Flag(), remark=True),
        RawFact("entered_at", "entered_at", Instant(), remark=True),
        RawFact("checked_out_by", "checked_out_by", Member(_CHECKED_OUT), remark=True),
        RawFact("hour_kind", "hour_kind", Member(_HOUR_KINDS), remark=True),
        RawFact("photos", "photos", Whole(0, _MOST_PHOTOS), remark=True),
        RawFact("half_hours_before", "half_hours_before", Whole(0, _MOST_HALF_HOURS), remark=True),
    )


def whole_minutes(check_in: datetime, check_out: datetime) -> int:
    """Return the whole minutes between two moments; negative when they are the wrong way round."""
    return (check_out - check_in) // timedelta(minutes=1)


def _minutes(facts: PointsFacts) -> int | None:
    start, end = facts.check_in_at, facts.check_out_at
    return None if start is None or end is None else whole_minutes(start, end)


def _length(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    return _minutes


def _half_hours(parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    step = cast("int", parameters[_STEP])

    def half_hours(facts: PointsFacts) -> Known | None:
        minutes = _minutes(facts)
        if minutes is None:
            return None
        return CONTRADICTION if minutes < 0 else minutes // step * step // _HALF_HOUR

    return half_hours


def _verified(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    def verified(facts: PointsFacts) -> Known | None:
        if facts.disputed:
            return False
        return None if facts.verified_at is None else True

    return verified


def _after_end(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    def after_end(facts: PointsFacts) -> Known | None:
        at, end = facts.verified_at, facts.check_out_at
        return None if at is None or end is None else at >= end

    return after_end


def _overlap(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    def overlap(facts: PointsFacts) -> Known | None:
        found = facts.overlaps
        return UNRECORDED if found is None else "overlapping" if found else "clear"

    return overlap


def _remark(attribute: str) -> Callable[[Mapping[str, Number]], Callable[[PointsFacts], Known]]:
    read = attrgetter(attribute)

    def remark(_parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known]:
        return lambda facts: read(facts) or UNRECORDED

    return remark


def _entry(parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    longest = timedelta(hours=cast("int", parameters["service.late_entry_hours"]))

    def entry(facts: PointsFacts) -> Known | None:
        entered, end = facts.entered_at, facts.check_out_at
        if entered is None:
            return UNRECORDED
        if end is None:
            return None
        return "late" if entered - end > longest else "in_time"

    return entry


def _photos(parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    fewest = cast("int", parameters["service.photo_min"])

    def photos(facts: PointsFacts) -> Known | None:
        number = facts.photos
        return UNRECORDED if number is None else "enough" if number >= fewest else "fewer"

    return photos


def _room(parameters: Mapping[str, Number]) -> Callable[[PointsFacts], Known | None]:
    half_hours_of = _half_hours(parameters)
    visit_cap, day_cap = cast("int", parameters[VISIT_CAP]), cast("int", parameters[DAY_CAP])

    def room(facts: PointsFacts) -> Known | None:
        before = facts.half_hours_before
        if before is None:
            return UNRECORDED
        half_hours = half_hours_of(facts)
        if half_hours is None:
            return None
        wanted = 0 if half_hours is CONTRADICTION else min(cast("int", half_hours), visit_cap)
        return "enough" if not wanted or before + wanted <= day_cap else "short"

    return room


DERIVED: Final = {
    "visit.minutes": Derived(_length, ("check_in_at", "check_out_at")),
    "visit.half_hours": Derived(_half_hours, ("check_in_at", "check_out_at"), parameters=(_STEP,)),
    "visit.verified": Derived(
        _verified, ("disputed", "verified_at"), fewest=lambda facts: facts.absent("verified_at")
    ),
    "verified.after_end": Derived(_after_end, ("verified_at", "check_out_at")),
    "verified.by": Derived(_remark("verified_by"), ("verified_by",)),
    "visit.overlap": Derived(_overlap, ("overlaps",)),
    "visit.entry": Derived(
        _entry,
        ("entered_at", "check_out_at"),
        parameters=("service.late_entry_hours",),
        fewest=lambda facts: facts.absent("check_out_at"),
    ),
    "checked_out.by": Derived(_remark("checked_out_by"), ("checked_out_by",)),
    "hour.kind": Derived(_remark("hour_kind"), ("hour_kind",)),
    "day.room": Derived(
        _room,
        ("half_hours_before", "check_in_at", "check_out_at"),
        parameters=(_STEP, VISIT_CAP, DAY_CAP),
        fewest=lambda facts: facts.absent("check_in_at", "check_out_at"),
    ),
    "visit.photos": Derived(_photos, ("photos",), parameters=("service.photo_min",)),
}
