"""Guardians: who acts for children and for adults who cannot act alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sizhu_rules.facts.age import first_day_of_age
from synthetic_village.clock import CLOCK, ejson
from synthetic_village.names import make_name
from synthetic_village.office import add_user, grant

if TYPE_CHECKING:
    from sizhu_rules.facts.citizen_id import Sex
    from synthetic_village.chance import Chance
    from synthetic_village.office import Office
    from synthetic_village.register import Document, Register

# Years of birth: parents are guardians of whoever is younger, and of nobody who is older.
_CHILD_FROM: Final = 2005
_OLD_BEFORE: Final = 1965


def appoint_guardian(register: Register, office: Office, person: Document, at: datetime) -> str:
    """Write down a guardianship and return the guardian's user id.

    One guardian serves all wards of a household.
    """
    chance = register.chance(f"guardian/{person['_id']}")
    birth = date.fromisoformat(person["birthDate"])
    adulthood = first_day_of_age(birth, 18, "day_after")
    is_minor = adulthood > CLOCK.date()
    relation = chance.pick(_relations(birth))
    user = register.guardians.get(person["householdId"])
    if user is None:
        user = _open_account(register, chance, birth, at)
        register.guardians[person["householdId"]] = user
    by = office.of_village(person["villageId"])
    grant(user, "guardian", by, at, villageId=person["villageId"], personId=person["_id"])
    register.add(
        "guardianships",
        {
            "_id": register.new_id("g"),
            "personId": person["_id"],
            "guardianUserId": user["_id"],
            "relation": relation,
            "validFrom": at.date().isoformat(),
            # Over a minor it ends with the last day of childhood.
            "validTo": (adulthood - timedelta(days=1)).isoformat() if is_minor else "open_ended",
            "createdAt": ejson(at),
            "updatedAt": ejson(at),
            "_v": 1,
        },
    )
    user_id: str = user["_id"]
    return user_id


def _relations(birth: date) -> tuple[str, ...]:
    parents, others = ("父", "母"), ("配偶", "兄弟姐妹", "子女")
    if birth.year >= _CHILD_FROM:
        return parents
    return others if birth.year < _OLD_BEFORE else parents + others


def _open_account(register: Register, chance: Chance, ward_birth: date, at: datetime) -> Document:
    user = add_user(register, at)
    sex: Sex = chance.pick(("M", "F"))
    name = make_name(chance, sex, ward_birth)
    register.clear_people.append(
        {"userId": user["_id"], "name": name, "phone": register.new_phone()}
    )
    return user
