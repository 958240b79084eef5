"""Applications: what the rules are told of the person, the household and what was asked before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_sync.facts import Needs
from cloud_sync.history import device_history, has_open_wish, works_of_household
from cloud_sync.outbox import Place
from sizhu_rules import Component, DeviceFacts, JobFacts, RetrofitFacts, WishFacts
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.facts.household import StatusRow, status_on
from sizhu_rules.routing import route_application

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cloud_sync.facts import FactSource
    from cloud_sync.records.case import Case, DeviceData, JobData, RetrofitData, WishData
    from cloud_sync.records.person import Certificate, DeviceClass, Household, Person


def device_needs(case: Case, data: DeviceData) -> Needs:
    """Say what an application for a device looks at."""
    return Needs(
        person=case.person_id,
        household=True,
        history="device",
        device_class=data.class_code,
    )


def device_facts(case: Case, data: DeviceData, source: FactSource) -> DeviceFacts:
    """Gather the facts of an application for a device."""
    person = source.person(case.person_id)
    day = civil_date(case.submitted_at)
    status, valid_to = _household_status(source.household(person.household_id), day)
    certificate = person.certificate
    listed = source.device_class(data.class_code)
    history = device_history(case, data.class_code, source.priors("device", case.person_id))
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


def retrofit_needs(case: Case, _data: RetrofitData) -> Needs:
    """Say what an application for works in the home looks at: the household as a whole."""
    return Needs(person=case.person_id, household=True, housemates=True, history="retrofit")


def retrofit_facts(case: Case, data: RetrofitData, source: FactSource) -> RetrofitFacts:
    """Gather the facts of an application for works in the home."""
    person = source.person(case.person_id)
    day = civil_date(case.submitted_at)
    household = source.household(person.household_id)
    status, valid_to = _household_status(household, day)
    certificate = person.certificate
    mates = source.housemates(case.person_id)
    works = works_of_household(
        case, source.priors("retrofit", case.person_id, *(mate.id for mate in mates))
    )
    return RetrofitFacts(
        birth_date=person.birth_date,
        submitted_on=day,
        household_status=status,
        household_valid_to=valid_to,
        household_monitored=household.monitored if household else None,
        household_staff_marked=household.is_marked if household else None,
        # Of an unknown household only what is there can be known, never that there is nothing.
        household_open_or_done=works if person.household_id or works != "none" else None,
        household_disabled_members=sum(map(_holds_certificate, mates)) or None,
        household_elderly_carer=household.elderly_carer if household else None,
        house_owned=data.house_owned,
        house_owner_consent=data.owner_consent,
        items=data.items,
        certificate_category=certificate.category if certificate else None,
        certificate_components=_components(certificate),
        certificate_grade=certificate.grade if certificate else None,
        certificate_status=_certificate_status(person),
        certificate_valid_to=certificate.valid_to if certificate else None,
    )


def job_needs(case: Case, _data: JobData) -> Needs:
    """Say what a wish for work looks at."""
    return Needs(person=case.person_id)


def job_facts(case: Case, data: JobData, source: FactSource) -> JobFacts:
    """Gather the facts of a wish for work; the person's sex stands nowhere in the clear."""
    person = source.person(case.person_id)
    return JobFacts(
        birth_date=person.birth_date,
        submitted_on=civil_date(case.submitted_at),
        former_post=data.former_post,
        certificate_status=_certificate_status(person),
        certificate_valid_to=person.certificate.valid_to if person.certificate else None,
    )


def wish_needs(case: Case, _data: WishData) -> Needs:
    """Say what a small wish looks at."""
    return Needs(person=case.person_id, household=True, history="wish")


def wish_facts(case: Case, data: WishData, source: FactSource) -> WishFacts:
    """Gather the facts of a small wish; the wish itself, in its own words, stays in the cloud."""
    person = source.person(case.person_id)
    day = civil_date(case.submitted_at)
    household = source.household(person.household_id)
    status, valid_to = _household_status(household, day)
    return WishFacts(
        submitted_on=day,
        household_status=status,
        household_valid_to=valid_to,
        household_monitored=household.monitored if household else None,
        household_staff_marked=household.is_marked if household else None,
        wish_kind=data.wish_kind,
        wish_value_fen=data.value_fen,
        wish_asks_cash=data.check.asks_cash,
        wish_names_brand=data.check.names_brand,
        wish_shows_private=data.check.shows_private,
        open_wish=has_open_wish(case, source.priors("wish", case.person_id)),
        certificate_status=_certificate_status(person),
        certificate_valid_to=person.certificate.valid_to if person.certificate else None,
    )


def to_village(case: Case, _outcome: Mapping[str, Any], source: FactSource) -> Place:
    """Let an application wait at the person's village, or at the town where there is none."""
    home = source.person(case.person_id).village_id or case.village_id
    # Of the twelve digits the last three are the village's; 000 is the town itself, and there a
    # case stands whose person has no village.
    route = route_application(None if home.endswith("000") else home)
    return Place(route.level, route.village_id)


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


def _holds_certificate(person: Person) -> bool:
    status = person.certificate.status if person.certificate else None
    return person.state in {"active", None} and status in {"valid", "expired", "lost"}
