"""Which kinds of cases a rule decides: the facts it needs, the rule, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.outbox import Place
from sizhu_rules import Component, DeviceFacts, DonationFacts, IntentFacts, PointsFacts
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.facts.household import StatusRow, status_on
from sizhu_rules.routing import route_application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from cloud_sync.facts import FactSource
    from cloud_sync.records.case import (
        Case,
        Data,
        DeviceData,
        DonationData,
        IntentData,
        ServiceData,
    )
    from cloud_sync.records.person import Certificate, DeviceClass, Household, Person
    from sizhu_rules.engine.raw import Facts

RULELESS_KINDS: Final = frozenset({"post", "pairing", "redemption"})
"""Kinds that no rule ever reads; all others wait until their rule is there."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be looked up before a case can be decided."""

    applicant: str | None = None
    """A person whose household and history count as well."""
    person: str | None = None
    device_class: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of case: everything the worker does differently for it."""

    rule: str
    needs: Callable[[Case, Any], Needs]
    facts: Callable[[Case, Any, FactSource], Facts]
    route: Callable[[Case, Mapping[str, Any], FactSource], Place | None]
    """Where the case waits next; None leaves the queue as it is."""
    earns_points: bool = False


def _device_needs(case: Case, data: DeviceData) -> Needs:
    return Needs(applicant=case.person_id, device_class=data.class_code)


def _device_facts(case: Case, data: DeviceData, source: FactSource) -> DeviceFacts:
    person = source.person(case.person_id)
    day = civil_date(case.submitted_at)
    status, valid_to = _household_status(source.household(person.household_id), day)
    certificate = person.certificate
    listed = source.device_class(data.class_code)
    history = source.history(case, data.class_code)
    return DeviceFacts(
        birth_date=person.birth_date,
        submitted_on=day,
        household_status=status,
        household_valid_to=valid_to,
        certificate_category=certificate.category if certificate else None,
        certificate_components=_components(certificate),
        certificate_grade=certificate.grade if certificate else None,
        certificate_status=_certificate_status(person),
        certificate_valid_to=certificate.valid_to if certificate else None,
        device_class_code=data.class_code,
        device_life_years=listed.life_years if listed else None,
        device_allowed_categories=_allowed(data, listed),
        device_cap_fen=listed.cap_fen if listed else None,
        device_qty=data.qty,
        price_fen=_price(data, listed),
        last_delivered_on=history.last_delivered_on,
        open_same_class=history.open_same_class,
    )


def _household_status(household: Household | None, day: date) -> tuple[Any, Any]:
    if household is None:
        return None, None
    rows = [
        StatusRow(row.status, row.valid_from, row.valid_to, verified=row.verified_at is not None)
        for row in household.statuses
    ]
    chosen = status_on(rows, day)
    return (chosen.effective, chosen.valid_to) if chosen else (None, None)


def _components(certificate: Certificate | None) -> tuple[Component, ...] | None:
    if certificate is None or certificate.components is None:
        return None
    return tuple(Component(part.category, part.grade) for part in certificate.components)


def _certificate_status(person: Person) -> Any:  # noqa: ANN401 - a member of the rule's own list
    # Whoever has died or moved away holds no valid certificate, whatever the card still says.
    if person.state in {"deceased", "moved"}:
        return person.state
    return person.certificate.status if person.certificate else None


def _allowed(data: DeviceData, listed: DeviceClass | None) -> Any:  # noqa: ANN401 - as the rule takes it
    if data.class_code is None:
        return None
    return listed.allowed_categories if listed else "unlisted"


def _price(data: DeviceData, listed: DeviceClass | None) -> int | None:
    if data.quote_fen is not None:
        return data.quote_fen
    if listed is None or listed.price_fen is None or data.qty is None:
        return None
    return listed.price_fen * data.qty


def _device_route(case: Case, _outcome: Mapping[str, Any], source: FactSource) -> Place | None:
    home = source.person(case.person_id).village_id or case.village_id
    # Of the twelve digits the last three are the village's; 000 is the town itself, and there a
    # case stands whose person has no village.
    return _place(route_application(None if home.endswith("000") else home))


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


def _points_facts(case: Case, data: ServiceData, _source: FactSource) -> PointsFacts:
    # What is in dispute counts as not verified until the dispute is over.
    verified_at = None if case.status == "disputed" else data.verified_at
    return PointsFacts(
        check_in_at=data.check_in_at, check_out_at=data.check_out_at, verified_at=verified_at
    )


def _no_needs(_case: Case, _data: Data) -> Needs:
    return Needs()


def _stays(_case: Case, _outcome: Mapping[str, Any], _source: FactSource) -> Place | None:
    return None


def _place(route: Any) -> Place:  # noqa: ANN401 - the library's own value
    return Place(route.level, route.village_id)


KINDS: Final[dict[str, Kind]] = {
    "device": Kind("device", _device_needs, _device_facts, _device_route),
    "donation": Kind("donation", _donation_needs, _donation_facts, _decided_route),
    "intent": Kind("intent", _no_needs, _intent_facts, _decided_route),
    "service": Kind("points", _no_needs, _points_facts, _stays, earns_points=True),
}


QUEUED_KINDS: Final = (*KINDS, "", None)
"""Kinds that are pulled; without a kind a case is pulled to be handed to a person."""


def needs_of(cases: Iterable[tuple[Case, Data]]) -> list[Needs]:
    """Return what each of the cases needs."""
    return [KINDS[case.kind].needs(case, data) for case, data in cases]
