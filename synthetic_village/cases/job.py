"""Wishes for work (就业支持): a placement is a case with `placedAt`, not a referral."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, application_to, file_case
from synthetic_village.clock import ejson, moment
from synthetic_village.places import JIATANG, XIEJIALU

if TYPE_CHECKING:
    from datetime import datetime

    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Register

# Name, village, wish, submitted, status, days until the first day at work.
_WISHES: Final[tuple[tuple[str, str, str, datetime, str, int | None], ...]] = (
    ("placement", XIEJIALU, "居家来料加工", moment("2023-03-06", "09:20"), "delivered", 24),
    ("placement", XIEJIALU, "残疾人之家辅助性就业", moment("2023-04-13", "14:45"), "delivered", 31),
    ("job_referred", XIEJIALU, "门卫", moment("2023-05-08", "10:10"), "doing", None),
    ("job_wanted", XIEJIALU, "网店客服", moment("2023-06-19", "20:30"), "submitted", None),
    ("job_wanted", XIEJIALU, "榨菜包装", moment("2023-06-25", "08:35"), "submitted", None),
    ("placement_before", XIEJIALU, "保洁", moment("2022-11-14", "09:00"), "delivered", 20),
    ("placement_of_neighbour", JIATANG, "缝纫", moment("2023-03-22", "16:00"), "delivered", 27),
)
_LOWEST_AGE: Final = 16
_HIGHEST_AGE: Final = 55


def file_jobs(register: Register, office: Office, residents: dict[str, list[Resident]]) -> None:
    """Write down the wishes for work of people between 16 and 55."""
    seekers = {
        village_id: [r for r in group if _is_of_working_age(r)]
        for village_id, group in residents.items()
    }
    for name, village_id, want, submitted, status, days in _WISHES:
        seeker = seekers[village_id].pop(0)
        data: dict[str, object] = {"want": want}
        if days is not None:
            data["placedAt"] = ejson(submitted + timedelta(days=days))
        filer = Filer.of(seeker)
        if submitted < seeker.installed:
            filer = Filer(office.of_village(village_id), "staff")
        filing = Filing(
            "job",
            village_id,
            filer,
            data,
            submitted,
            application_to(status),
            person_id=seeker.id,
        )
        register.remember(name, file_case(register, office, filing)["_id"])


def _is_of_working_age(resident: Resident) -> bool:
    age = 2023 - int(resident.document["birthDate"][:4])
    return _LOWEST_AGE <= age <= _HIGHEST_AGE
