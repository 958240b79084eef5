"""Applications for home accessibility works (无障碍改造): 32 households, more applications."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, application_to, file_case
from synthetic_village.clock import CLOCK, moment
from synthetic_village.places import XIEJIALU

if TYPE_CHECKING:
    from datetime import datetime

    from synthetic_village.chance import Chance
    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Document, Register

ITEMS: Final = (
    "ramp",
    "rail",
    "floor",
    "door",
    "kitchen",
    "toilet",
    "shower",
    "water_heater",
    "flash_bell",
    "gas_alarm",
    "care_bed",
)
"""Codes of what can be changed in a home, as the retrofit rule names them."""
HOUSEHOLDS: Final = 32
_STATUSES: Final = ("submitted", "submitted", "village_ok", "town_ok", "approved", "returned")
_VISITED: Final = ("village_ok", "town_ok", "approved")
_MONITORED_PERCENT, _ELDERLY_CARER_PERCENT, _RENTED_PERCENT = 15, 25, 12
_BEFORE_PERIOD = moment("2023-01-16", "10:00")


def file_retrofits(
    register: Register, office: Office, residents: dict[str, list[Resident]]
) -> None:
    """Write down the applications: 32 households of 谢家路村, in two of them both persons."""
    chance = register.chance("retrofits")
    members: dict[str, list[Resident]] = {}
    # Who came online in June may still be trying things out.
    for resident in residents[XIEJIALU]:
        if resident.installed < CLOCK - timedelta(days=30):
            members.setdefault(resident.household_id, []).append(resident)
    shared = [group for group in members.values() if len(group) > 1]
    single = [group for group in members.values() if len(group) == 1]
    chosen = [*shared[:2], *single[: HOUSEHOLDS - 2]]
    for number, group in enumerate(chosen):
        status = _STATUSES[number % len(_STATUSES)]
        for applicant in group[:2]:
            at = applicant.installed + timedelta(days=chance.between(1, 9), hours=1)
            case = _file(register, office, applicant, at, status)
            if group in shared:
                register.remember("two_persons_one_household", case["_id"])
    early, draft, withdrawn = single[HOUSEHOLDS : HOUSEHOLDS + 3]
    for name, group, at, status in (
        ("retrofit_before_period", early, _BEFORE_PERIOD, "town_ok"),
        ("retrofit_draft", draft, draft[0].installed + timedelta(hours=3), "draft"),
        ("retrofit_withdrawn", withdrawn, withdrawn[0].installed + timedelta(hours=5), "withdrawn"),
    ):
        register.remember(name, _file(register, office, group[0], at, status)["_id"])
    for village_id, neighbours in residents.items():
        if village_id != XIEJIALU:
            at = neighbours[1].installed + timedelta(days=2)
            case = _file(register, office, neighbours[1], at, "submitted")
            register.remember("retrofit_of_neighbour", case["_id"])


def _file(
    register: Register, office: Office, applicant: Resident, at: datetime, status: str
) -> Document:
    chance = register.chance(f"retrofit/{applicant.id}")
    items = chance.shuffled(ITEMS)[: chance.between(1, 3)]
    filer = Filer.of(applicant)
    if at < applicant.installed:
        filer = Filer(office.of_village(applicant.village_id), "staff")
    data: Document = {"householdId": applicant.household_id, "items": items}
    if filer.acted_by != "staff":
        # Who types in a paper form of others does not know whose the house is.
        data["houseOwned"] = not chance.happens(_RENTED_PERCENT)
        if not data["houseOwned"]:
            data["ownerConsent"] = status in _VISITED
    if status in _VISITED:
        _visit(register, applicant.household_id, chance)
    filing = Filing(
        "retrofit",
        applicant.village_id,
        filer,
        data,
        at,
        application_to(status),
        person_id=applicant.id,
    )
    return file_case(register, office, filing)


def _visit(register: Register, household_id: str, chance: Chance) -> None:
    """Write into the household what the commissioner found at home before letting it through."""
    home = next(one for one in register.collections["households"] if one["_id"] == household_id)
    if "monitored" not in home:
        home["monitored"] = chance.happens(_MONITORED_PERCENT)
        home["elderlyCarer"] = chance.happens(_ELDERLY_CARER_PERCENT)
