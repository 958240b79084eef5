"""Small wishes (微心愿): one fresh, one too dear, one that the village has published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.clock import moment
from synthetic_village.places import JIATANG, TAOJIALU

if TYPE_CHECKING:
    from datetime import datetime

    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Document, Register

_CHECKED: Final = {"asksCash": False, "namesBrand": False, "showsPrivate": False}
# Name, village, number of the resident there, data, submitted, path.
_WISHES: Final[tuple[tuple[str, str, int, Document, datetime, tuple[str, ...]], ...]] = (
    (
        "wish_unchecked",
        JIATANG,
        2,
        {"text": "想要一把坐便椅", "wishKind": "goods", "valueFen": 20_000},
        moment("2023-06-27", "19:10"),
        ("submitted",),
    ),
    (
        "wish_over_limit",
        JIATANG,
        3,
        {"text": "想要一台洗衣机", "wishKind": "goods", "valueFen": 80_000, "check": _CHECKED},
        moment("2023-06-12", "09:30"),
        ("submitted",),
    ),
    (
        "wish_published",
        TAOJIALU,
        2,
        {"text": "想学会用手机挂号", "wishKind": "service", "check": _CHECKED},
        moment("2023-06-05", "15:20"),
        ("submitted", "published"),
    ),
)


def file_wishes(register: Register, office: Office, residents: dict[str, list[Resident]]) -> None:
    """Write down the wishes; a wish is read by the village before anybody else sees it."""
    for name, village_id, number, data, submitted, path in _WISHES:
        person = residents[village_id][number]
        filer = Filer.of(person)
        if submitted < person.installed:
            filer = Filer(office.of_village(village_id), "staff")
        filing = Filing("wish", village_id, filer, dict(data), submitted, path, person_id=person.id)
        case = file_case(register, office, filing)
        register.remember(name, case["_id"])
        if case["status"] == "published":
            _mark(register, person.household_id, dict(case["log"][-1]))


def _mark(register: Register, household_id: str, step: Document) -> None:
    """Write down why the village lets a wish through whose household has no certified status."""
    home = next(one for one in register.collections["households"] if one["_id"] == household_id)
    home["hardshipMark"] = {"by": step["by"], "at": step["at"], "reasonCode": "illness"}
