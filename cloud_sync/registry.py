"""Which kinds of cases a rule decides: the facts it needs, the rule, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cloud_sync import applications
from cloud_sync.applications import to_village
from cloud_sync.facts import Needs
from cloud_sync.outbox import Place
from cloud_sync.visits import counted, visit_facts
from sizhu_rules import DonationFacts, IntentFacts
from sizhu_rules.facts.calendar import civil_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cloud_sync.facts import FactSource
    from cloud_sync.records.case import Case, Data, DonationData, IntentData, ServiceData
    from cloud_sync.records.person import Person
    from sizhu_rules import PointsFacts
    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.points import Visit

RULELESS_KINDS: Final = frozenset({"post", "pairing", "redemption"})
"""Kinds that no rule ever reads; all others wait until their rule is there."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of case: everything the worker does differently for it."""

    rule: str
    needs: Callable[[Case, Any], Needs]
    facts: Callable[[Case, Any, FactSource], Facts]
    route: Callable[[Case, Mapping[str, Any], FactSource], Place | None]
    """Where the case waits next; None leaves the queue as it is."""
    others: Callable[[Case, Any, FactSource], list[Visit]] | None = None
    """What else counts on the same volunteer's day, for a kind that earns points."""

    @property
    def earns_points(self) -> bool:
        """Whether the ledger holds points for it."""
        return self.others is not None


def _donation_needs(_case: Case, data: DonationData) -> Needs:
    return Needs(person=data.to_person_id)


def _donation_facts(case: Case, data: DonationData, source: FactSource) -> DonationFacts:
    target = source.person(data.to_person_id) if data.to_person_id else None
    return DonationFacts(
        directed=data.directed,
        target_person_village_id=_home(target) if target else None,
        target_village_id=_known_village(data.to_village_id, source),
        submitted_on=civil_date(case.submitted_at),
    )


def _home(person: Person) -> str | None:
    return "none" if person.state == "moved" else person.village_id


def _known_village(village_id: str | None, source: FactSource) -> str | None:
    return "none" if village_id and source.is_elsewhere(village_id) else village_id


def _intent_facts(case: Case, data: IntentData, _source: FactSource) -> IntentFacts:
    return IntentFacts(
        wanted_village_id=data.wanted_village_id, submitted_on=civil_date(case.submitted_at)
    )


def _decided_route(_case: Case, outcome: Mapping[str, Any], _source: FactSource) -> Place | None:
    route = outcome.get("route")
    return Place(route["level"], route.get("village_id")) if route else None


def _points_needs(case: Case, data: ServiceData) -> Needs:
    if case.volunteer_id is None or data.check_in_at is None:
        return Needs()
    return Needs(visit=(case.volunteer_id, data.check_in_at))


def _points_facts(case: Case, data: ServiceData, source: FactSource) -> PointsFacts:
    return visit_facts(case, data, source.visits)


def _others_of_day(case: Case, data: ServiceData, source: FactSource) -> list[Visit]:
    if case.volunteer_id is None or data.check_in_at is None:
        return []
    spans = source.visits.get(case.volunteer_id, ())
    visits = counted(spans, civil_date(data.check_in_at))
    return [visit.facts for visit in visits if visit.case_id != case.id]


def _no_needs(_case: Case, _data: Data) -> Needs:
    return Needs()


def _stays(_case: Case, _outcome: Mapping[str, Any], _source: FactSource) -> Place | None:
    return None


KINDS: Final[dict[str, Kind]] = {
    "device": Kind("device", applications.device_needs, applications.device_facts, to_village),
    "retrofit": Kind(
        "retrofit", applications.retrofit_needs, applications.retrofit_facts, to_village
    ),
    "job": Kind("job", applications.job_needs, applications.job_facts, to_village),
    "wish": Kind("wish", applications.wish_needs, applications.wish_facts, to_village),
    "donation": Kind("donation", _donation_needs, _donation_facts, _decided_route),
    "intent": Kind("intent", _no_needs, _intent_facts, _decided_route),
    "service": Kind("points", _points_needs, _points_facts, _stays, others=_others_of_day),
}


QUEUED_KINDS: Final = (*KINDS, "", None)
"""Kinds that are pulled; without a kind a case is pulled to be handed to a person."""


def needs_of(cases: Iterable[tuple[Case, Data]]) -> list[Needs]:
    """Return what each of the cases needs."""
    return [KINDS[case.kind].needs(case, data) for case, data in cases]
