"""Volunteers: approved and pending, with one or more of the five identities of the case study."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sizhu_rules.facts.mask import mask_name
from synthetic_village.clock import PERIOD_START, ejson, moment
from synthetic_village.names import make_name
from synthetic_village.office import add_user, grant

if TYPE_CHECKING:
    from sizhu_rules.facts.citizen_id import Sex
    from synthetic_village.office import Office
    from synthetic_village.register import Register

IDENTITIES: Final = ("村级骨干", "党员", "村民代表", "退役军人", "其他爱心人士")


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A volunteer as other records point to it."""

    id: str
    user_id: str
    village_id: str


def enlist(
    register: Register, office: Office, village_id: str, *, approved: bool = True
) -> Volunteer:
    """Write down a volunteer with account and clear record; a pending one has no role yet."""
    number = len(register.collections["volunteers"])
    chance = register.chance(f"volunteer/{number}")
    # All have registered before the first of them gives or visits.
    registered = moment(PERIOD_START.date() - timedelta(days=chance.between(13, 24)), "19:20")
    user = add_user(register, registered)
    state = "pending"
    if approved:
        state = "approved"
        approval = registered + timedelta(hours=14)
        grant(user, "volunteer", office.of_village(village_id), approval, villageId=village_id)
    identities = [IDENTITIES[number % len(IDENTITIES)]]
    if number % 4 == 1 and IDENTITIES[1] not in identities:
        identities.append(IDENTITIES[1])
    sex: Sex = chance.pick(("M", "F"))
    name = make_name(chance, sex, date(chance.between(1950, 2004), 6, 1))
    document = register.add(
        "volunteers",
        {
            "_id": register.new_id("v"),
            "userId": user["_id"],
            "villageId": village_id,
            "identities": identities,
            "state": state,
            "nameMasked": mask_name(name),
            "createdAt": ejson(registered),
            "updatedAt": user["updatedAt"],
            "_v": 2 if approved else 1,
        },
    )
    register.clear_people.append(
        {
            "volunteerId": document["_id"],
            "userId": user["_id"],
            "name": name,
            "phone": register.new_phone(),
        }
    )
    return Volunteer(document["_id"], user["_id"], village_id)
