"""Donations with and without a named target (定向、不定向捐赠).

One directed donation of the period belongs to 谢家路村; everything else here is a reason why a
careless count finds more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.clock import ejson, moment
from synthetic_village.places import JIATANG, TAOJIALU, XIANGGONGTAN, XIDAJIE, XIEJIALU

if TYPE_CHECKING:
    from datetime import datetime

    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Document, Register
    from synthetic_village.volunteers import Volunteer

_ACCEPTED: Final = ("submitted", "accepted")
_HANDED_OVER: Final = ("submitted", "accepted", "received", "handed_over")


@dataclass(frozen=True, slots=True)
class Donation:
    """One donation; `village_id` is where the submitting function put it.

    That is the village of the person or the village named; without a target the donor's own.
    """

    name: str
    village_id: str
    donor_from: str
    item: str
    qty: int
    submitted: datetime
    to_person: bool = False
    to_village: bool = False
    path: tuple[str, ...] = ("submitted",)


DONATIONS: Final = (
    Donation(
        "donation_directed",
        XIEJIALU,
        XIEJIALU,
        "棉被",
        2,
        moment("2023-03-21", "19:40"),
        to_person=True,
        path=_HANDED_OVER,
    ),
    Donation(
        "donation_before_period",
        XIEJIALU,
        XIEJIALU,
        "大米25千克",
        4,
        moment("2023-01-20", "20:05"),
        to_village=True,
        path=_HANDED_OVER,
    ),
    Donation(
        "donation_draft",
        XIEJIALU,
        XIEJIALU,
        "电饭煲",
        1,
        moment("2023-06-02", "21:15"),
        to_village=True,
        path=(),
    ),
    Donation(
        "donation_to_neighbour",
        JIATANG,
        XIEJIALU,
        "轮椅坐垫",
        1,
        moment("2023-04-27", "18:30"),
        to_person=True,
        path=_ACCEPTED,
    ),
    Donation(
        "donation_to_village",
        JIATANG,
        JIATANG,
        "食用油5升",
        20,
        moment("2023-05-19", "12:10"),
        to_village=True,
    ),
    Donation(
        "donation_to_community",
        XIDAJIE,
        TAOJIALU,
        "儿童绘本",
        30,
        moment("2023-06-01", "09:30"),
        to_village=True,
    ),
    Donation(
        "donation_undirected",
        TAOJIALU,
        TAOJIALU,
        "护理垫",
        60,
        moment("2023-05-11", "20:20"),
    ),
    Donation(
        "donation_undirected",
        JIATANG,
        JIATANG,
        "毛巾毯",
        15,
        moment("2023-06-28", "22:48"),
    ),
)


def file_donations(
    register: Register,
    office: Office,
    donors: dict[str, Volunteer],
    recipients: dict[str, Resident],
) -> None:
    """Write down the donations; donors and recipients are one of each village."""
    for donation in DONATIONS:
        data = _data(donation, recipients[donation.village_id])
        case = file_case(register, office, _filing(donation, donors[donation.donor_from], data))
        register.remember(donation.name, case["_id"])


def file_donation_to_moved(
    register: Register, office: Office, donor: Volunteer, recipient: Resident
) -> None:
    """Write down a donation to a person who has moved to another village of the town since.

    Case and queue still say the old village; the rule sends it to the new one.
    """
    donation = Donation(
        "donation_to_moved_person",
        TAOJIALU,
        TAOJIALU,
        "电热毯",
        1,
        moment("2023-06-15", "19:02"),
        to_person=True,
    )
    case = file_case(register, office, _filing(donation, donor, _data(donation, recipient)))
    _move(register, recipient, XIANGGONGTAN)
    register.remember(donation.name, case["_id"])
    register.remember("moved_within_town", recipient.id)


def _move(register: Register, resident: Resident, village_id: str) -> None:
    moved = ejson(moment("2023-06-20", "10:00"))
    for household in register.collections["households"]:
        if household["_id"] == resident.household_id:
            household.update(villageId=village_id, updatedAt=moved, _v=household["_v"] + 1)
    version = resident.document["_v"] + 1
    resident.document.update(villageId=village_id, updatedAt=moved, _v=version)


def _data(donation: Donation, recipient: Resident) -> Document:
    data: Document = {"directed": "none"}
    if donation.to_person:
        data = {"directed": "person", "toPersonId": recipient.id}
    elif donation.to_village:
        data = {"directed": "village", "toVillageId": donation.village_id}
    return data | {"item": donation.item, "qty": donation.qty}


def _filing(donation: Donation, donor: Volunteer, data: Document) -> Filing:
    return Filing(
        "donation",
        donation.village_id,
        Filer(donor.user_id),
        data,
        donation.submitted,
        donation.path,
        volunteer_id=donor.id,
        at_town=data["directed"] == "none",
    )
