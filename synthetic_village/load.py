"""Many pending cases for load tests: as many people as cases, nothing clear about any of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sizhu_rules.facts.mask import mask_name
from synthetic_village.cases.device import (
    CANE,
    COMMODE,
    CRUTCH,
    FRAME,
    HEARING_AID,
    MAGNIFIER,
    WHEELCHAIR,
)
from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.cases.service import CONTENTS
from synthetic_village.clock import CLOCK, PERIOD_START, ejson, moment
from synthetic_village.households import CROWD, add_household
from synthetic_village.names import make_name
from synthetic_village.office import open_offices
from synthetic_village.people import Profile, Resident, open_own_account, person_document
from synthetic_village.places import NEIGHBOURS, XIEJIALU
from synthetic_village.register import Register
from synthetic_village.village import Village
from synthetic_village.volunteers import enlist

if TYPE_CHECKING:
    from datetime import datetime

    from synthetic_village.chance import Chance
    from synthetic_village.office import Office
    from synthetic_village.register import Document
    from synthetic_village.volunteers import Volunteer

_VILLAGES: Final = (XIEJIALU, *NEIGHBOURS)
# Of twenty cases so many are of each kind: people ask for devices, volunteers visit.
_KINDS: Final = ("device",) * 9 + ("service",) * 6 + ("donation",) * 3 + ("intent",) * 2
_CLASSES: Final = (CRUTCH, FRAME, WHEELCHAIR, COMMODE, CANE, MAGNIFIER, HEARING_AID)
_CATEGORIES: Final = (4, 4, 4, 4, 1, 1, 2)
_CASES_PER_VOLUNTEER: Final = 10


def many_cases(count: int, *, seed: int = 1) -> Village:
    """Return a village with so many pending cases of the four kinds, each of another person.

    Persons, households and their accounts are as many as the cases; ten cases share a volunteer.
    Every case has status `submitted` and `sync` `todo`. Equal arguments give equal documents.
    """
    register = Register(f"sizhu load {seed}")
    chance = register.chance("load")
    office = open_offices(register)
    volunteers = [
        enlist(register, office, chance.pick(_VILLAGES))
        for _ in range(-(-count // _CASES_PER_VOLUNTEER))
    ]
    for number in range(count):
        resident = _enrol(register, office, chance, number)
        volunteer = volunteers[number % len(volunteers)]
        kind = _KINDS[number % len(_KINDS)]
        if kind == "device":
            filing = _device(chance, resident, number)
        elif kind == "service":
            filing = _service(chance, resident, volunteer, turn=number // len(volunteers))
        elif kind == "donation":
            filing = _donation(chance, resident, volunteer)
        else:
            filing = _intent(chance, volunteer)
        file_case(register, office, filing)
    return Village(register.collections)


def _enrol(register: Register, office: Office, chance: Chance, number: int) -> Resident:
    birth = date(chance.between(1935, 2015), 1, 1) + timedelta(days=chance.below(365))
    village_id = chance.pick(_VILLAGES)
    category = _CATEGORIES[number % len(_CATEGORIES)]
    profile = Profile(village_id, birth, category, grade=chance.between(1, 4))
    household_id = add_household(register, village_id, CROWD[number % len(CROWD)])
    name = mask_name(make_name(chance, chance.pick(("M", "F")), birth))
    person = register.add("persons", person_document(register, profile, household_id, name))
    user_id = open_own_account(register, office, person, profile.installed)
    return Resident(person["_id"], village_id, household_id, user_id, "self", profile.installed)


def _device(chance: Chance, resident: Resident, number: int) -> Filing:
    # Mostly what the certificate allows, sometimes not.
    wanted = number if chance.happens(85) else chance.below(len(_CLASSES))
    data: Document = {"classCode": _CLASSES[wanted % len(_CLASSES)], "qty": chance.between(1, 2)}
    if chance.happens(20):
        data["quoteFen"] = 100 * chance.between(80, 3000)
    return Filing(
        "device",
        resident.village_id,
        Filer.of(resident),
        data,
        _instant(chance),
        person_id=resident.id,
    )


def _service(chance: Chance, resident: Resident, volunteer: Volunteer, *, turn: int) -> Filing:
    # Two turns share a day, one before and one after noon, so that no two visits overlap.
    day = PERIOD_START.date() + timedelta(days=7 * (turn // 2) % 140)
    start = moment(day, f"{8 + 5 * (turn % 2):02d}:{chance.below(60):02d}")
    check_out = start + timedelta(minutes=chance.between(15, 235))
    data: Document = {
        "personId": resident.id,
        "checkInAt": ejson(start),
        "checkOutAt": ejson(check_out),
        "content": chance.pick(CONTENTS),
    }
    if chance.happens(80):
        data["verifiedAt"] = ejson(check_out + timedelta(hours=20))
    return Filing(
        "service",
        resident.village_id,
        Filer(volunteer.user_id),
        data,
        check_out + timedelta(minutes=3),
        person_id=resident.id,
        volunteer_id=volunteer.id,
    )


def _donation(chance: Chance, resident: Resident, volunteer: Volunteer) -> Filing:
    directed = chance.pick(("person", "village", "none"))
    data: Document = {"directed": directed}
    village_id = volunteer.village_id
    if directed == "person":
        data["toPersonId"] = resident.id
        village_id = resident.village_id
    elif directed == "village":
        village_id = data["toVillageId"] = chance.pick(_VILLAGES)
    data |= {"item": "棉被", "qty": chance.between(1, 20)}
    return Filing(
        "donation",
        village_id,
        Filer(volunteer.user_id),
        data,
        _instant(chance),
        volunteer_id=volunteer.id,
        at_town=directed == "none",
    )


def _intent(chance: Chance, volunteer: Volunteer) -> Filing:
    data: Document = {"offer": chance.pick(CONTENTS)}
    if chance.happens(50):
        data["wantedVillageId"] = chance.pick(_VILLAGES)
    return Filing(
        "intent",
        volunteer.village_id,
        Filer(volunteer.user_id),
        data,
        _instant(chance),
        volunteer_id=volunteer.id,
        at_town=True,
    )


def _instant(chance: Chance) -> datetime:
    minutes = (CLOCK - PERIOD_START) // timedelta(minutes=1)
    return PERIOD_START + timedelta(minutes=chance.between(3 * 24 * 60, minutes))
