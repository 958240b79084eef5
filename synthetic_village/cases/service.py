"""Visits of volunteers (结对帮扶记录): thirty of them count, and the points rule reads them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.clock import PERIOD_START, ejson, moment
from synthetic_village.places import JIATANG, TAOJIALU, XIEJIALU

if TYPE_CHECKING:
    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Document, Register
    from synthetic_village.volunteers import Volunteer

CONTENTS: Final = (
    "陪伴聊天",
    "打扫",
    "理发",
    "代购",
    "送餐",
    "陪诊",
    "维修",
    "康复训练协助",
    "学习辅导",
    "手机教学",
    "节日慰问",
)
_UNVERIFIED: Final = ("submitted",)
_VERIFIED: Final = ("submitted", "verified")
_CLOSED: Final = ("submitted", "verified", "feedback", "closed")
_ORDINARY: Final = 20
# How far the ordinary visits have come, in turn.
_ENDINGS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("visit", _CLOSED),
    ("visit_without_feedback", _VERIFIED),
    ("visit", _CLOSED),
    ("visit_unverified", _UNVERIFIED),
    ("visit", _CLOSED),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; volunteers and residents are numbers in their village's list."""

    name: str
    check_in: datetime
    minutes: int
    volunteer: tuple[str, int]
    resident: tuple[str, int]
    path: tuple[str, ...] = _CLOSED
    reported_after: timedelta = timedelta(minutes=4)
    on_paper: bool = False


# Ten with a trap in them and twenty ordinary ones make the thirty of the case study.
TRAPS: Final = (
    Visit(
        "visit_after_midnight_of_february",
        moment("2023-02-01", "00:10"),
        45,
        (XIEJIALU, 30),
        (XIEJIALU, 30),
    ),
    Visit(
        "visit_over_visit_cap",
        moment("2023-03-05", "08:30"),
        320,
        (XIEJIALU, 31),
        (XIEJIALU, 31),
    ),
    # Three visits of one volunteer on one day: each within the cap of a visit, together above
    # the cap of a day. Two could not exceed it.
    Visit(
        "visits_over_day_cap",
        moment("2023-04-08", "08:00"),
        210,
        (XIEJIALU, 32),
        (XIEJIALU, 32),
    ),
    Visit(
        "visits_over_day_cap",
        moment("2023-04-08", "12:30"),
        180,
        (XIEJIALU, 32),
        (XIEJIALU, 33),
    ),
    Visit(
        "visits_over_day_cap",
        moment("2023-04-08", "16:00"),
        150,
        (XIEJIALU, 32),
        (XIEJIALU, 32),
    ),
    Visit(
        "visit_of_20_minutes",
        moment("2023-05-14", "15:00"),
        20,
        (XIEJIALU, 33),
        (XIEJIALU, 34),
    ),
    Visit(
        "visit_across_midnight",
        moment("2023-03-11", "22:30"),
        130,
        (XIEJIALU, 34),
        (XIEJIALU, 35),
    ),
    Visit(
        "visit_entered_by_staff",
        moment("2023-06-03", "09:00"),
        95,
        (XIEJIALU, 35),
        (XIEJIALU, 36),
        _VERIFIED,
        timedelta(hours=50),
        on_paper=True,
    ),
    Visit(
        "visit_without_sync",
        moment("2023-06-17", "14:00"),
        60,
        (XIEJIALU, 36),
        (XIEJIALU, 37),
        _VERIFIED,
    ),
    Visit(
        "visit_by_neighbour",
        moment("2023-05-27", "13:20"),
        90,
        (JIATANG, 0),
        (XIEJIALU, 38),
    ),
)

NOT_COUNTED: Final = (
    Visit(
        "visit_before_february",
        moment("2023-01-31", "22:45"),
        43,
        (XIEJIALU, 30),
        (XIEJIALU, 30),
        reported_after=timedelta(minutes=2),  # at 23:30
    ),
    Visit(
        "visit_withdrawn",
        moment("2023-04-16", "10:00"),
        60,
        (XIEJIALU, 37),
        (XIEJIALU, 39),
        ("submitted", "withdrawn"),
    ),
    Visit(
        "visit_at_neighbour",
        moment("2023-05-20", "09:15"),
        75,
        (XIEJIALU, 38),
        (JIATANG, 0),
    ),
    Visit(
        "visit_of_neighbour",
        moment("2023-06-10", "15:30"),
        120,
        (TAOJIALU, 0),
        (TAOJIALU, 0),
        _UNVERIFIED,
    ),
)


def file_visits(
    register: Register,
    office: Office,
    volunteers: dict[str, list[Volunteer]],
    residents: dict[str, list[Resident]],
) -> None:
    """Write down all visits: thirty that count and some that do not."""
    chance = register.chance("visits")
    for number, visit in enumerate((*TRAPS, *_ordinary(register), *NOT_COUNTED)):
        village_id, index = visit.resident
        resident = residents[village_id][index]
        village_id, index = visit.volunteer
        volunteer = volunteers[village_id][index]
        content = CONTENTS[(number + chance.below(3)) % len(CONTENTS)]
        case = _file(register, office, visit, (volunteer, resident), content)
        register.remember(visit.name, case["_id"])
        if visit.name == "visit_without_sync":
            del case["sync"]


def _ordinary(register: Register) -> list[Visit]:
    """Return the visits without a trap: some unverified, some without feedback."""
    chance = register.chance("ordinary visits")
    visits = []
    for number in range(_ORDINARY):
        day = PERIOD_START.date() + timedelta(days=4 + number * 7 + chance.below(5))
        start = moment(day, f"{chance.between(8, 16):02d}:{chance.below(60):02d}")
        name, path = _ENDINGS[number % len(_ENDINGS)]
        # A dozen volunteers, so that some come again on another day.
        pair = number % 12
        length = chance.between(30, 200)
        visits.append(Visit(name, start, length, (XIEJIALU, pair), (XIEJIALU, pair), path))
    return visits


def _file(
    register: Register,
    office: Office,
    visit: Visit,
    pair: tuple[Volunteer, Resident],
    content: str,
) -> Document:
    volunteer, resident = pair
    check_out = visit.check_in + timedelta(minutes=visit.minutes)
    commissioner = office.of_village(resident.village_id)
    filer = Filer(commissioner, "staff") if visit.on_paper else Filer(volunteer.user_id)
    # Before the person is online, the commissioner asks on the phone and types the answer in.
    is_online = resident.installed <= check_out
    data: Document = {
        "personId": resident.id,
        "checkInAt": ejson(visit.check_in),
        "checkOutAt": ejson(check_out),
    }
    filing = Filing(
        "service",
        resident.village_id,
        filer,
        data,
        check_out + visit.reported_after,
        visit.path,
        person_id=resident.id,
        volunteer_id=volunteer.id,
        feedback_by=resident.user_id if is_online else commissioner,
    )
    case = file_case(register, office, filing)
    for row in case["log"]:
        if row["to"] == "verified":
            data["verifiedAt"] = dict(row["at"])
    data["content"] = content
    return case
