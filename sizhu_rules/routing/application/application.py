"""Application routing (辅具、无障碍改造、就业、微心愿): where an application waits first, and why.

Village of the person, the town where there is none: the same for every kind. Source:
seed 4.2 二 1 and 5 (flow charts, reconstructed: the pictures are lost).
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from sizhu_rules.engine.raw import Day, Facts, Member, RawFact
from sizhu_rules.engine.spec import Derived, Outcome, RuleSpec, View
from sizhu_rules.routing.route import VILLAGE_OR_NONE, route_application

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

_KINDS = {"device": "辅具", "retrofit": "无障碍改造", "job": "就业支持", "wish": "微心愿"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApplicationFacts(Facts):
    """The facts of one application's way; None is unknown. Raises `FactError` when built wrong.

    `person_village_id` is the village in which the person now lives, "none" where that is known to
    be none of this town's. No clause looks at `kind` yet.
    """

    kind: Literal["device", "retrofit", "job", "wish"] | None = None
    person_village_id: str | None = None
    submitted_on: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("kind", "kind", Member(_KINDS)),
        RawFact("person_village_id", "person_village_id", VILLAGE_OR_NONE),
        RawFact("submitted_on", "submitted_on", Day()),
    )


def _has_village(_parameters: Mapping[str, Number]) -> Callable[[ApplicationFacts], Known | None]:
    def has_village(facts: ApplicationFacts) -> Known | None:
        village = facts.person_village_id
        return None if village is None else village != "none"

    return has_village


def _outcome(view: View) -> Outcome:
    facts = cast("ApplicationFacts", view.facts)
    match view.values.get("to"):
        case "village":
            return Outcome({"route": route_application(facts.person_village_id).to_dict()})
        case "town":
            return Outcome({"route": route_application(None).to_dict()})
        case _:
            return Outcome({})


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    if view.verdict != "eligible":
        return view.verdict, {}
    return str(cast("Mapping[str, object]", outcome["route"])["level"]), {}


APPLICATION: Final = RuleSpec(
    name="application",
    folder="routing/application",
    sheets=("target.yaml",),
    facts=ApplicationFacts,
    derived={"person.has_village": Derived(_has_village, ("person_village_id",))},
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=_outcome,
    headline=_headline,
)
