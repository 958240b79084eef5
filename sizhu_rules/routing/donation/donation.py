"""Donation routing (定向捐赠、不定向捐赠): typed facts and the route they give.

Directed to a person or a village: that village's 残协 carries it out. Undirected: the town
arranges. Source: seed 4.2 一 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from sizhu_rules.engine.raw import Day, Facts, Member, RawFact
from sizhu_rules.engine.spec import Derived, Outcome, RuleSpec, View
from sizhu_rules.routing.route import TOWN, VILLAGE_OR_NONE, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

_DIRECTED = {"person": "指定残障人士", "village": "指定村社区", "none": "不定向"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DonationFacts(Facts):
    """The facts of one donation; None is unknown. Raises `FactError` when built wrong.

    `target_person_village_id` is the village in which the named person now lives, "none" where
    that is known to be none of this town's.
    """

    directed: Literal["person", "village", "none"] | None = None
    target_person_village_id: str | None = None
    target_village_id: str | None = None
    submitted_on: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("directed", "directed", Member(_DIRECTED)),
        RawFact("target_person_village_id", "target_person_village_id", VILLAGE_OR_NONE),
        RawFact("target_village_id", "target_village_id", VILLAGE_OR_NONE),
        RawFact("submitted_on", "submitted_on", Day()),
    )


def _directed(_parameters: Mapping[str, Number]) -> Callable[[DonationFacts], Known | None]:
    return lambda facts: facts.directed


def _person(_parameters: Mapping[str, Number]) -> Callable[[DonationFacts], Known | None]:
    def has_village(facts: DonationFacts) -> Known | None:
        village = facts.target_person_village_id
        return None if village is None else village != "none"

    return has_village


def _village(_parameters: Mapping[str, Number]) -> Callable[[DonationFacts], Known | None]:
    def known(facts: DonationFacts) -> Known | None:
        village = facts.target_village_id
        return None if village is None else village != "none"

    return known


def _outcome(view: View) -> Outcome:
    facts = cast("DonationFacts", view.facts)
    match view.values.get("to"):
        case "village_of_person":
            route = Route("village", facts.target_person_village_id)
        case "village":
            route = Route("village", facts.target_village_id)
        case "town":
            route = TOWN
        case _:
            return Outcome({})
    return Outcome({"route": route.to_dict()})


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    if view.verdict != "eligible":
        return view.verdict, {}
    route = cast("Mapping[str, object]", outcome["route"])
    return str(route["level"]), {}


DONATION = RuleSpec(
    name="donation",
    folder="routing/donation",
    sheets=("target.yaml",),
    facts=DonationFacts,
    derived={
        "directed": Derived(_directed, ("directed",)),
        "target_person.has_village": Derived(_person, ("target_person_village_id",)),
        "target_village.known": Derived(_village, ("target_village_id",)),
    },
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=_outcome,
    headline=_headline,
)
