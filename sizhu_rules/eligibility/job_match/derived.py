"""The derived facts of a job match: each compares the job with the person, the job first.

By Kleene's three values: what one known fact settles is settled, whatever the others are; and
where the job asks for nothing, nothing of the person is read.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from sizhu_rules.eligibility.job_match.facts import ABILITIES, ANY, FULLY
from sizhu_rules.eligibility.shared.derived import AGE, as_stated
from sizhu_rules.engine.spec import Derived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.eligibility.job_match.facts import MatchFacts
    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

    Fact = Callable[[MatchFacts], Known | None]


def _either(facts: MatchFacts, *tests: Callable[[MatchFacts], bool | None]) -> bool | None:
    """Tell whether one test holds; reads no further than needed."""
    open_ = False
    for test in tests:
        answer = test(facts)
        if answer:
            return True
        open_ = open_ or answer is None
    return None if open_ else False


def _ability(name: str) -> Derived:
    need_of, able_of = attrgetter(f"need_{name}"), attrgetter(f"able_{name}")

    def met(facts: MatchFacts) -> Known | None:
        need = cast("int | None", need_of(facts))
        if need == 0:
            return True
        able = cast("int | None", able_of(facts))
        if able == FULLY:
            return True
        return None if need is None or able is None else able >= need

    return _plain(met, f"need.{name}", f"able.{name}")


def _plain(fact: Fact, *reads: str) -> Derived:
    return Derived(lambda _parameters: fact, reads)


def _current(facts: MatchFacts) -> Known | None:
    end = facts.job_valid_to
    if end == "open_ended":
        return True
    day = facts.submitted_on
    return None if end is None or day is None else end >= day


def _at_home(facts: MatchFacts) -> bool | None:
    return facts.job_at_home


def _transport(facts: MatchFacts) -> bool | None:
    return facts.job_transport


def _in_places(facts: MatchFacts) -> bool | None:
    places = facts.seeker_places
    if places == ANY:
        return True
    place = facts.job_place
    return None if place is None or places is None else place in places


def _in_reach(facts: MatchFacts) -> bool | None:
    reach = facts.seeker_reach_m
    if reach == ANY:
        return True
    distance = facts.distance_m
    return None if distance is None or reach is None else distance <= reach


def _place(facts: MatchFacts) -> Known | None:
    return _either(facts, _at_home, _in_places)


def _distance(facts: MatchFacts) -> Known | None:
    return _either(facts, _at_home, _transport, _in_reach)


def _hours(facts: MatchFacts) -> Known | None:
    asked, most = facts.job_minutes_per_week, facts.seeker_minutes_most
    return None if asked is None or most is None else asked <= most


def _within(asked: tuple[str, ...] | None, offered: Callable[[], Any]) -> Known | None:
    """Tell whether all that the job asks for is there; nothing asked is always there."""
    if asked == ():
        return True
    there = offered()
    return None if asked is None or there is None else set(asked) <= set(there)


def _day_parts(facts: MatchFacts) -> Known | None:
    return _within(facts.job_day_parts, lambda: facts.seeker_day_parts)


def _skills(facts: MatchFacts) -> Known | None:
    return _within(facts.job_skills, lambda: facts.seeker_skills)


def _kind(facts: MatchFacts) -> Known | None:
    wished = facts.seeker_kinds
    if wished == ANY:
        return True
    kind = facts.job_kind
    return None if kind is None or wished is None else kind in wished


def _pay(facts: MatchFacts) -> Known | None:
    pay, least = facts.job_pay_fen, facts.seeker_pay_least_fen
    return None if pay is None or least is None else pay >= least


def _near(parameters: Mapping[str, Number]) -> Fact:
    limit = cast("int", parameters["job.near_m"])

    def close(facts: MatchFacts) -> bool | None:
        distance = facts.distance_m
        return None if distance is None else distance <= limit

    return lambda facts: _either(facts, _at_home, close)


def _carer(facts: MatchFacts) -> Known | None:
    welcome = facts.job_carer_welcome
    if welcome is False:
        return False
    wished = facts.seeker_with_carer
    if wished is False:
        return False
    return None if welcome is None or wished is None else True


DERIVED: Final = {
    **{f"ability.{name}": _ability(name) for name in ABILITIES},
    "job.open_places": as_stated("job.open_places"),
    "job.current": _plain(_current, "job.valid_to", "submitted_on"),
    "job.place_fits": _plain(_place, "job.at_home", "job.place", "seeker.places"),
    "job.distance_fits": _plain(
        _distance, "job.at_home", "job.transport", "distance_m", "seeker.reach_m"
    ),
    "job.hours_fit": _plain(_hours, "job.minutes_per_week", "seeker.minutes_most"),
    "job.day_parts_fit": _plain(_day_parts, "job.day_parts", "seeker.day_parts"),
    "age": AGE,
    "score.kind_wished": _plain(_kind, "job.kind", "seeker.kinds"),
    "score.skills_fit": _plain(_skills, "job.skills", "seeker.skills"),
    "score.pay_fits": _plain(_pay, "job.pay_fen", "seeker.pay_least_fen"),
    "score.near": Derived(_near, ("job.at_home", "distance_m"), parameters=("job.near_m",)),
    "score.accessible": as_stated("job.accessible"),
    "score.with_carer": _plain(_carer, "job.carer_welcome", "seeker.with_carer"),
}
