"""Expiries (到期): what one dated thing of the register comes to on a day.

`due` is always the last good day, so that 0 days left is still in time and -1 is over. Days are
civil days in Asia/Shanghai; the day of asking is a fact like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple, cast

from sizhu_rules.eligibility.device.derived import life_over
from sizhu_rules.engine.raw import Day, Facts, Member, RawFact, Whole
from sizhu_rules.engine.spec import Derived, Outcome, RuleSpec, View
from sizhu_rules.facts.age import first_day_of_age
from sizhu_rules.facts.calendar import months_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

Kind = Literal[
    "certificate",
    "household_end",
    "household_recheck",
    "device_life",
    "age_60",
    "contact",
    "wish_claim",
    "feedback",
]
_KINDS = {
    "certificate": "残疾人证有效期",
    "household_end": "困难身份有效期",
    "household_recheck": "家庭经济状况核对",
    "device_life": "辅具使用年限",
    "age_60": "到免费的年龄线",
    "contact": "求助联系人核对",
    "wish_claim": "微心愿认领",
    "feedback": "送达后的反馈",
}
_FREE_AGE: Final = "device.free_age"
_RECHECK: Final = "household.recheck_months"
_DAYS_AFTER: Final = {
    "contact": "help.contact_stale_days",
    "wish_claim": "wish.claim_days",
    "feedback": "feedback.close_days",
}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExpiryFacts(Facts):
    """The facts of one dated thing; None is unknown. Raises `FactError` when built wrong.

    `starts_on` is the day in the record: the end itself of certificate and status; else the day of
    checking, delivery, birth, claim, from which a term runs. "open_ended" has no end.
    `life_years` is for devices only; "none" is a device without a fixed life.
    """

    kind: Kind | None = None
    starts_on: date | Literal["open_ended"] | None = None
    life_years: int | Literal["none"] | None = None
    as_of: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("kind", "kind", Member(_KINDS)),
        RawFact("starts_on", "starts_on", Day(("open_ended",))),
        RawFact("life_years", "life_years", Whole(0, 100, ("none",))),
        RawFact("as_of", "as_of", Day()),
    )


class Due(NamedTuple):
    """The last good day by the stricter and by the more generous way of counting."""

    due: date
    latest: date


Never = Literal["never"]


def due_of(facts: ExpiryFacts, parameters: Mapping[str, Number]) -> Due | Never | None:
    """Return the last good day, "never" for what has no end, None where a fact is missing.

    The ways of counting differ for the age only: 周岁 is full on the birthday, or the day after.
    Raises ValueError for a day beyond the calendar.
    """
    kind, start = facts.kind, facts.starts_on
    if kind is None or start is None:
        return None
    if start == "open_ended" or (kind == "device_life" and facts.life_years == "none"):
        return "never"
    if kind == "device_life" and facts.life_years is None:
        return None
    return _term(kind, start, facts.life_years, parameters)


def _term(
    kind: Kind, start: date, years: int | str | None, parameters: Mapping[str, Number]
) -> Due:
    if kind == "age_60":
        age = cast("int", parameters[_FREE_AGE])
        return Due(
            first_day_of_age(start, age, "birthday") - _ONE_DAY,
            first_day_of_age(start, age, "day_after") - _ONE_DAY,
        )
    if kind == "device_life":
        last = life_over(start, cast("int", years)) - _ONE_DAY
    elif kind == "household_recheck":
        last = months_after(start, cast("int", parameters[_RECHECK]))
    elif kind in _DAYS_AFTER:
        last = start + timedelta(days=cast("int", parameters[_DAYS_AFTER[kind]]))
    else:
        last = start
    return Due(last, last)


_FAR: Final = 100_000  # days; what never ends is always this far away


def _days_left(parameters: Mapping[str, Number]) -> Callable[[ExpiryFacts], Known | None]:
    def days_left(facts: ExpiryFacts) -> Known | None:
        due, day = due_of(facts, parameters), facts.as_of
        if due == "never":
            return _FAR
        return None if due is None or day is None else (due.due - day).days

    return days_left


def _needs(facts: ExpiryFacts) -> tuple[str, ...]:
    of_device = facts.kind in (None, "device_life")
    paths = ("kind", "starts_on", *(("life_years",) if of_device else ()), "as_of")
    return facts.absent(*paths)


def _kind(_parameters: Mapping[str, Number]) -> Callable[[ExpiryFacts], Known | None]:
    return attrgetter("kind")


def _outcome(view: View) -> Outcome:
    if "state" not in view.values:
        return Outcome({})
    given: dict[str, object] = {name: view.values[name] for name in ("state", "by")}
    facts = cast("ExpiryFacts", view.facts)
    due = due_of(facts, view.parameters)
    if isinstance(due, Due) and facts.as_of is not None:
        given |= {"due": due.due.isoformat(), "latest": due.latest.isoformat()}
        given["days_left"] = (due.due - facts.as_of).days
    return Outcome(given)


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    blanks = {"due": str(outcome.get("due", "")), "days": str(outcome.get("days_left", ""))}
    return (str(outcome["state"]) if view.verdict == "eligible" else view.verdict), blanks


EXPIRY: Final = RuleSpec(
    name="expiry",
    folder="care/expiry",
    sheets=("due.yaml",),
    facts=ExpiryFacts,
    derived={
        "kind": Derived(_kind, ("kind",)),
        "days_left": Derived(
            _days_left,
            ("kind", "starts_on", "life_years", "as_of"),
            parameters=(_FREE_AGE, _RECHECK, *_DAYS_AFTER.values()),
            fewest=_needs,
        ),
    },
    dated_by="as_of",
    as_of=attrgetter("as_of"),
    outcome=_outcome,
    headline=_headline,
)
