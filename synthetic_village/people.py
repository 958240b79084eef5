"""The residents: what the cloud holds of them, and what stays in the clear file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from sizhu_rules.facts.age import age_on
from sizhu_rules.facts.citizen_id import make_citizen_id
from sizhu_rules.facts.mask import mask_name
from synthetic_village.clock import CLOCK, IMPORTED, PERIOD_START, ejson, moment
from synthetic_village.guardians import appoint_guardian
from synthetic_village.households import CROWD, StatusRow, add_household
from synthetic_village.names import make_name
from synthetic_village.office import add_user, grant
from synthetic_village.places import NAMES, XIEJIALU

if TYPE_CHECKING:
    from sizhu_rules.facts.citizen_id import Sex
    from synthetic_village.chance import Chance
    from synthetic_village.office import Office
    from synthetic_village.register import Document, Register

Install = Literal["self", "guardian", "helper"]
ActedBy = Literal["self", "guardian", "staff"]

DIVISION: Final = "330299"  # never assigned: no citizen has a number that begins with it

FIRST_VISITS: Final = moment("2023-02-03", "14:00")
"""When the first residents were shown the mini-program."""

_MULTIPLE = 7
_NEEDS_GUARDIAN = (5, 6)  # 智力, 精神
_ADULT_AGE = 18
_HELPED_AGE = 76
_NOT_YET_ONLINE = 2  # of three in the other villages; 谢家路村 is online to the last person
# What a certificate in the crowd says, in turn: 肢体 is by far the most frequent category.
_CATEGORIES = (4, 4, 1, 4, 2, 4, 5, 4, 3, 6, 4, 2, 4, 1, 4, 7, 4, 5)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is fixed about a resident before chance adds name, number and address.

    Without `household_id` the resident gets a household with these `statuses`. `install` is how
    the mini-program came to the person, `None` where it has not yet.
    """

    village_id: str
    birth: date
    category: int = 4
    grade: int = 3
    components: tuple[tuple[int, int], ...] = ()
    certificate_to: str = "2030-12-31"
    certificate_status: str = "valid"
    reissue: int | None = None
    statuses: tuple[StatusRow, ...] = ()
    household_id: str | None = None
    install: Install | None = "self"
    installed: datetime = FIRST_VISITS
    state: Literal["active", "deceased", "moved"] = "active"


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as other records point to it.

    `user_id` and `acted_by` say who files cases: the person, a guardian, or the village's
    commissioner for a person without a phone.
    """

    id: str
    village_id: str
    household_id: str
    user_id: str
    acted_by: ActedBy
    installed: datetime
    document: Document = field(default_factory=dict, compare=False, repr=False)
    clear: Document = field(default_factory=dict, compare=False, repr=False)


def is_valid_resident(person: Document) -> bool:
    """Say whether a person counts among the residents of the village where the record stands.

    Expired and lost certificates count, cancelled ones do not; neither do the dead, those who
    left the town, and second rows of one person.
    """
    gone = ("cancelled", "deceased", "moved")
    return person["state"] == "active" and person["certificate"]["status"] not in gone


def enrol(register: Register, office: Office, profile: Profile) -> Resident:
    """Write down a resident with household, account, guardianship and clear record."""
    chance = register.chance(f"person/{len(register.collections['persons'])}")
    household_id = profile.household_id or add_household(
        register, profile.village_id, profile.statuses
    )
    sex: Sex = chance.pick(("M", "F"))
    name = make_name(chance, sex, profile.birth)
    person = register.add(
        "persons", person_document(register, profile, household_id, mask_name(name))
    )
    clear = _clear(register, chance, profile, sex)
    clear = {"personId": person["_id"], "name": name, **clear}
    register.clear_people.append(clear)
    user_id, acted_by = _bring_online(register, office, profile, person)
    if acted_by == "self":
        clear["phone"] = register.new_phone()
    return Resident(
        person["_id"],
        profile.village_id,
        household_id,
        user_id,
        acted_by,
        profile.installed,
        person,
        clear,
    )


def person_document(
    register: Register, profile: Profile, household_id: str, name_masked: str
) -> Document:
    """Return the record of a resident as the registers were imported, with a new id."""
    components = profile.components or ((profile.category, profile.grade),)
    return {
        "_id": register.new_id("p"),
        "birthDate": profile.birth.isoformat(),
        "certificate": {
            "category": profile.category,
            "components": [{"category": kind, "grade": grade} for kind, grade in components],
            # A multiple disability has the grade of its heaviest part.
            "grade": min(grade for _, grade in components),
            "status": profile.certificate_status,
            "validTo": profile.certificate_to,
        },
        "villageId": profile.village_id,
        "householdId": household_id,
        "state": profile.state,
        "nameMasked": name_masked,
        "createdAt": ejson(IMPORTED),
        "updatedAt": ejson(IMPORTED),
        "_v": 1,
    }


def open_own_account(register: Register, office: Office, person: Document, at: datetime) -> str:
    """Write down the account of a resident with a phone and return its user id."""
    user = add_user(register, at)
    village_id = person["villageId"]
    by = office.of_village(village_id)
    grant(user, "pwd", by, at, villageId=village_id, personId=person["_id"])
    user_id: str = user["_id"]
    return user_id


def crowd_profile(chance: Chance, village_id: str, number: int) -> Profile:
    """Return the `number`-th ordinary resident of a village."""
    birth = date(chance.between(1932, 2016), 1, 1) + timedelta(days=chance.below(365))
    category = _CATEGORIES[number % len(_CATEGORIES)]
    grade = chance.between(1, 4)
    components: tuple[tuple[int, int], ...] = ()
    if category == _MULTIPLE:
        components = ((4, grade), (chance.pick((1, 2)), 4))
    age = age_on(birth, CLOCK.date(), "day_after")
    install: Install = "self"
    if age < _ADULT_AGE or category in _NEEDS_GUARDIAN:
        install = "guardian"
    elif age >= _HELPED_AGE or number % 9 == 0:
        install = "helper"
    return Profile(
        village_id,
        birth,
        category,
        grade,
        components,
        certificate_to=f"{chance.between(2024, 2032)}-{chance.between(1, 12):02d}-15",
        install=install,
        installed=_install_moment(chance),
    )


def crowd(register: Register, office: Office, village_id: str, count: int) -> list[Resident]:
    """Write down so many ordinary residents, some of them in one household with the one before."""
    chance = register.chance(f"crowd/{village_id}")
    residents: list[Resident] = []
    households = 0
    for number in range(count):
        profile = crowd_profile(chance, village_id, number)
        if number % 7 in (3, 6) and residents:
            # 逐户: one visit brings a whole household online.
            housemate = residents[-1]
            profile = replace(
                profile, household_id=housemate.household_id, installed=housemate.installed
            )
        else:
            profile = replace(profile, statuses=CROWD[households % len(CROWD)])
            households += 1
        if village_id != XIEJIALU and number % 3 == _NOT_YET_ONLINE:
            profile = replace(profile, install=None)
        residents.append(enrol(register, office, profile))
    return residents


def _install_moment(chance: Chance) -> datetime:
    day = PERIOD_START.date() + timedelta(days=chance.below(140))
    return moment(day, f"{chance.between(8, 17):02d}:{chance.below(60):02d}")


def _clear(register: Register, chance: Chance, profile: Profile, sex: Sex) -> Document:
    taken = {row.get("citizenId") for row in register.clear_people}
    while True:
        sequence = 2 * chance.below(500) + (sex == "M")
        citizen_id = make_citizen_id(DIVISION, profile.birth, sequence)
        if citizen_id not in taken:
            break
    number = f"{citizen_id}{profile.category}{profile.grade}"
    clear: Document = {"citizenId": citizen_id, "certificateNumber": number}
    if profile.reissue is not None:
        clear["certificateNumber"] = f"{number}B{profile.reissue}"
        clear["formerCertificateNumbers"] = [number]
    village = NAMES[profile.village_id]
    clear["address"] = f"{village}{chance.between(1, 28)}组{chance.between(1, 96)}号"
    return clear


def _bring_online(
    register: Register, office: Office, profile: Profile, person: Document
) -> tuple[str, ActedBy]:
    """Record how the mini-program came to the person; return who files that person's cases."""
    if profile.install is not None:
        person["onboarding"] = {"mode": profile.install, "at": ejson(profile.installed)}
        person["updatedAt"] = ejson(profile.installed)
        person["_v"] += 1
    if profile.install == "self":
        return open_own_account(register, office, person, profile.installed), "self"
    if profile.install == "guardian":
        return appoint_guardian(register, office, person, profile.installed), "guardian"
    return office.of_village(profile.village_id), "staff"
