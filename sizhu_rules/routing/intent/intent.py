"""Intent routing (帮扶意向): an offer of help is arranged by the town. Source: seed 4.2 一 1."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from sizhu_rules.engine.raw import Day, Facts, RawFact, Text
from sizhu_rules.engine.spec import Outcome, RuleSpec, View
from sizhu_rules.routing.route import TOWN, VILLAGE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IntentFacts(Facts):
    """The facts of one offer of help; None is unknown. Raises `FactError` when built wrong.

    No clause looks at `offer` or `wanted_village_id` yet: they are for the town's people.
    """

    offer: str | None = None
    wanted_village_id: str | None = None
    submitted_on: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("offer", "offer", Text(r"(?s).{1,2000}", "陪伴聊天")),
        RawFact("wanted_village_id", "wanted_village_id", VILLAGE),
        RawFact("submitted_on", "submitted_on", Day()),
    )


def _outcome(view: View) -> Outcome:
    return Outcome({"route": TOWN.to_dict()} if view.values.get("to") == "town" else {})


def _headline(view: View, _outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    return ("town" if view.verdict == "eligible" else view.verdict), {}


INTENT = RuleSpec(
    name="intent",
    folder="routing/intent",
    sheets=("target.yaml",),
    facts=IntentFacts,
    derived={},
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=_outcome,
    headline=_headline,
)
