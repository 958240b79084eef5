"""Who is asked for help, in which order (应急救助): typed facts and the order they give.

副主席, then 主席, then the town. A cry for help waits for no fact: what is not recorded of a
contact is a doubt about that contact, never a reason to ask nobody. Source: seed 4.2 二 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from sizhu_rules.engine.raw import Day, Facts, Instant, Member, RawFact
from sizhu_rules.engine.spec import Derived, Outcome, RuleSpec, View
from sizhu_rules.facts.calendar import civil_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

Phone = Literal["given", "missing", "vacant"]
Post = Literal["vice_chair", "chair"]
POSTS: Final[tuple[Post, ...]] = ("vice_chair", "chair")
ACK_MINUTES: Final = "help.ack_minutes"
_STALE_DAYS: Final = "help.contact_stale_days"
_PHONES = Member({"given": "有电话", "missing": "没有电话", "vacant": "无人担任"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HelpFacts(Facts):
    """The facts of one request for help: when, by which way, and what is on file of the contacts.

    Whether a phone is on file, never the number; `…verified_on` is the day on which somebody of
    the village last confirmed it. None of a contact is known: nothing is recorded. Raises
    `FactError` when built wrong.
    """

    asked_at: datetime | None = None
    by: Literal["call", "text"] | None = None
    vice_chair_phone: Phone | None = None
    vice_chair_verified_on: date | Literal["never"] | None = None
    chair_phone: Phone | None = None
    chair_verified_on: date | Literal["never"] | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("asked_at", "asked_at", Instant()),
        RawFact("by", "by", Member({"call": "打电话", "text": "用文字"}), remark=True),
        RawFact("vice_chair.phone", "vice_chair_phone", _PHONES, remark=True),
        RawFact("vice_chair.verified_on", "vice_chair_verified_on", Day(("never",)), remark=True),
        RawFact("chair.phone", "chair_phone", _PHONES, remark=True),
        RawFact("chair.verified_on", "chair_verified_on", Day(("never",)), remark=True),
    )


def _state(
    post: Post,
) -> Callable[[Mapping[str, Number]], Callable[[HelpFacts], Known]]:
    phone_of, verified_of = attrgetter(f"{post}_phone"), attrgetter(f"{post}_verified_on")

    def state(parameters: Mapping[str, Number]) -> Callable[[HelpFacts], Known]:
        longest = timedelta(days=cast("int", parameters[_STALE_DAYS]))

        def contact_state(facts: HelpFacts) -> Known:
            phone = phone_of(facts)
            if phone in ("missing", "vacant"):
                return "no_phone" if phone == "missing" else "vacant"
            verified, asked = verified_of(facts), facts.asked_at
            if phone is None or verified is None or asked is None:
                return "unrecorded"
            if verified == "never" or civil_date(asked) - verified > longest:
                return "stale"
            return "usable"

        return contact_state

    return state


def _usable(post: Post) -> Callable[[Mapping[str, Number]], Callable[[HelpFacts], Known]]:
    state = _state(post)

    def usable(parameters: Mapping[str, Number]) -> Callable[[HelpFacts], Known]:
        contact_state = state(parameters)
        return lambda facts: contact_state(facts) == "usable"

    return usable


def _by(_parameters: Mapping[str, Number]) -> Callable[[HelpFacts], Known | None]:
    return lambda facts: facts.by or "unrecorded"


def _day(facts: HelpFacts) -> date | None:
    return None if facts.asked_at is None else civil_date(facts.asked_at)


def _outcome(view: View) -> Outcome:
    # Where no law was in force, or the date is unknown, everybody is asked: silence is worse.
    asked = [post for post in POSTS if view.values.get(f"ask_{post}", True)]
    return Outcome({"order": [*asked, "town"], "way": view.values.get("way", "both")})


def _headline(view: View, _outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    return view.verdict, {}


def _reads(post: Post) -> tuple[str, ...]:
    return (f"{post}.phone", f"{post}.verified_on", "asked_at")


HELP: Final = RuleSpec(
    name="help",
    folder="routing/help",
    sheets=("vice_chair.yaml", "chair.yaml", "way.yaml"),
    facts=HelpFacts,
    derived={
        **{f"{post}.state": Derived(_state(post), _reads(post), (_STALE_DAYS,)) for post in POSTS},
        **{
            f"{post}.usable": Derived(_usable(post), _reads(post), (_STALE_DAYS,)) for post in POSTS
        },
        "help.by": Derived(_by, ("by",)),
    },
    dated_by="asked_at",
    as_of=_day,
    outcome=_outcome,
    headline=_headline,
    parameters=(ACK_MINUTES,),
)
