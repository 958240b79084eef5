"""Requests for assistive devices (辅具): the nine of the case study, and the neighbours'.

Each applicant is a resident made for the request, so that a row of the table reads like a case
file: who, how old on the day, what the household is, what the papers say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, application_to, file_case
from synthetic_village.clock import moment
from synthetic_village.households import (
    DIBAO,
    LAPSED_DIBIAN,
    NONE,
    PENDING_DIBAO,
    StatusRow,
)
from synthetic_village.people import Profile, enrol
from synthetic_village.places import JIATANG, TAOJIALU, XIANGGONGTAN, XIDAJIE, XIEJIALU

if TYPE_CHECKING:
    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Document, Register
    from synthetic_village.volunteers import Volunteer

CRUTCH, FRAME, WHEELCHAIR, POWERED = "1203", "1206", "1222", "1223"
CANE, CUSHION, COMMODE, BED = "1239", "0433", "0912", "1812"
MAGNIFIER, HEARING_AID = "2203", "2206"
UNLISTED = "1218"  # 脚踏车: a class of the standard that the catalogue does not list


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `name` is a trap of domain.md §11 or says what the rule should find."""

    name: str
    class_code: str
    submitted: datetime
    status: str = "submitted"
    qty: int = 1
    quote_fen: int | None = None  # 分, for all pieces


@dataclass(frozen=True, slots=True)
class Applicant:
    """A resident and everything this person has asked for."""

    profile: Profile
    requests: tuple[Request, ...]


NINE: Final = (
    Applicant(  # 59 on the 60th birthday by the convention of the day after
        Profile(XIEJIALU, date(1963, 5, 16), category=2, grade=2, statuses=(NONE,)),
        (Request("age_59_on_the_birthday", HEARING_AID, moment("2023-05-16", "10:12"), qty=2),),
    ),
    Applicant(
        Profile(XIEJIALU, date(1962, 12, 3), statuses=(NONE,)),
        (Request("age_60_none", WHEELCHAIR, moment("2023-04-11", "15:40")),),
    ),
    Applicant(  # at 06:20 it is still the day before, the birthday, in UTC
        Profile(XIEJIALU, date(1962, 2, 14), grade=2, statuses=(NONE,)),
        (
            Request("age_61_none_at_dawn", WHEELCHAIR, moment("2023-02-15", "06:20"), "doing"),
            Request(
                "open_duplicate_over_cap",
                WHEELCHAIR,
                moment("2023-06-26", "09:35"),
                quote_fen=180_000,
            ),
        ),
    ),
    Applicant(
        Profile(XIEJIALU, date(1951, 1, 8), statuses=(DIBAO,)),
        (Request("age_72_dibao", FRAME, moment("2023-03-02", "08:50"), "closed"),),
    ),
    Applicant(
        Profile(XIEJIALU, date(1952, 8, 30), grade=4, statuses=(LAPSED_DIBIAN,)),
        (Request("age_70_lapsed", CRUTCH, moment("2023-05-06", "11:05")),),
    ),
    Applicant(
        Profile(XIEJIALU, date(1958, 11, 2), grade=1, statuses=(PENDING_DIBAO,)),
        (Request("age_64_pending", COMMODE, moment("2023-06-12", "16:22")),),
    ),
    Applicant(  # no phone: the commissioner types the paper in
        Profile(XIEJIALU, date(1957, 2, 14), category=1, grade=1, install="helper"),
        (Request("age_66_unknown", MAGNIFIER, moment("2023-06-20", "14:10")),),
    ),
    Applicant(
        Profile(XIEJIALU, date(1978, 7, 21), grade=2, certificate_to="2023-03-14"),
        (
            Request("delivered_before_expiry", POWERED, moment("2022-06-07", "09:15"), "closed"),
            Request(
                "certificate_expired_in_service_life",
                POWERED,
                moment("2023-05-25", "10:00"),
                "returned",
            ),
        ),
    ),
)
"""The applicants of 谢家路村; nine of their requests lie in the period and count."""

BESIDE_THE_NINE: Final = (
    Applicant(
        Profile(XIEJIALU, date(1991, 4, 2), statuses=(NONE,)),
        (Request("device_before_period", WHEELCHAIR, moment("2023-01-28", "10:30"), "approved"),),
    ),
    Applicant(
        Profile(XIEJIALU, date(1949, 9, 9), statuses=(NONE,), install="helper"),
        (Request("device_draft", FRAME, moment("2023-05-18", "15:02"), "draft"),),
    ),
    Applicant(
        Profile(XIEJIALU, date(1955, 3, 27), statuses=(NONE,)),
        (Request("device_withdrawn", COMMODE, moment("2023-04-19", "09:44"), "withdrawn"),),
    ),
)
"""Requests of 谢家路村 that do not count: too early, never submitted, taken back."""

NEIGHBOURS: Final = (
    Applicant(
        Profile(
            JIATANG,
            date(1964, 10, 11),
            certificate_status="expired",
            certificate_to="2023-02-28",
            statuses=(NONE,),
        ),
        (Request("certificate_expired", FRAME, moment("2023-03-20", "10:20")),),
    ),
    Applicant(
        Profile(JIATANG, date(1972, 5, 5), grade=2),
        (
            Request("delivered_before", WHEELCHAIR, moment("2022-09-05", "09:00"), "closed"),
            Request("in_service_life", WHEELCHAIR, moment("2023-04-24", "13:31")),
        ),
    ),
    Applicant(
        Profile(JIATANG, date(1993, 1, 19), category=1, grade=2),
        (Request("category_mismatch", WHEELCHAIR, moment("2023-05-09", "08:40")),),
    ),
    Applicant(
        Profile(JIATANG, date(1956, 6, 1), certificate_status="lost", statuses=(NONE,)),
        (Request("certificate_lost", CUSHION, moment("2023-03-31", "17:12")),),
    ),
    Applicant(
        Profile(JIATANG, date(1988, 2, 9), category=1, grade=1),
        (
            Request("first_of_two", CANE, moment("2023-02-21", "09:10"), "village_ok"),
            Request("open_duplicate", CANE, moment("2023-06-05", "09:12")),
        ),
    ),
    Applicant(
        Profile(TAOJIALU, date(1959, 12, 24), statuses=(NONE,)),
        (Request("over_cap", WHEELCHAIR, moment("2023-05-30", "10:48"), quote_fen=150_000),),
    ),
    Applicant(
        Profile(
            TAOJIALU,
            date(1953, 7, 7),
            grade=1,
            statuses=(StatusRow("dibian", "2021-05-01", "open_ended"),),
        ),
        (Request("dibian_open_ended", BED, moment("2023-06-01", "09:26"), "town_ok"),),
    ),
    Applicant(
        Profile(TAOJIALU, date(1986, 8, 8), statuses=(NONE,)),
        (Request("not_in_catalogue", UNLISTED, moment("2023-06-14", "19:55")),),
    ),
    Applicant(  # 周岁 of a leap day: 58 on 28 February
        Profile(TAOJIALU, date(1964, 2, 29), category=3, grade=3, statuses=(NONE,)),
        (Request("born_on_a_leap_day", HEARING_AID, moment("2023-02-28", "11:11")),),
    ),
    Applicant(
        Profile(
            XIANGGONGTAN,
            date(1947, 11, 30),
            statuses=(StatusRow("tekun", "2019-01-01", "open_ended"),),
            install="helper",
        ),
        (Request("tekun", WHEELCHAIR, moment("2023-04-04", "10:05"), "delivered"),),
    ),
    Applicant(
        Profile(
            XIANGGONGTAN,
            date(1961, 1, 15),
            statuses=(StatusRow("zhichu", "2023-01-01", "2023-12-31"),),
        ),
        (Request("zhichu", CUSHION, moment("2023-05-22", "12:40")),),
    ),
    Applicant(  # free by both readings of 60周岁
        Profile(XIANGGONGTAN, date(1962, 9, 1), statuses=(DIBAO,)),
        (Request("age_60_dibao", WHEELCHAIR, moment("2023-06-08", "08:58")),),
    ),
    Applicant(
        Profile(
            XIDAJIE,
            date(2014, 10, 3),
            category=7,
            grade=2,
            components=((2, 2), (4, 3)),
            statuses=(NONE,),
            install="guardian",
        ),
        (Request("child_with_components", WHEELCHAIR, moment("2023-03-15", "20:17")),),
    ),
    Applicant(
        Profile(XIDAJIE, date(1942, 12, 12), statuses=(StatusRow("dibao", "2022-03-01", None),)),
        (Request("dibao_without_end", FRAME, moment("2023-06-27", "15:33")),),
    ),
)
"""Requests of the other villages: one finding each, and none of them counts."""


def file_devices(register: Register, office: Office, helper: Volunteer) -> None:
    """Write down all applicants with their requests; drafts are the helper's."""
    for applicant in (*NINE, *BESIDE_THE_NINE, *NEIGHBOURS):
        resident = enrol(register, office, applicant.profile)
        for request in applicant.requests:
            filer = _filer(resident, request, office, helper)
            case = file_case(register, office, _filing(resident, request, filer))
            register.remember(request.name, case["_id"])


def _filer(resident: Resident, request: Request, office: Office, helper: Volunteer) -> Filer:
    if request.status == "draft":
        # A helper may fill in the form; sending it needs the person, a guardian or the staff.
        return Filer(helper.user_id, "helper")
    if request.submitted < resident.installed:
        return Filer(office.of_village(resident.village_id), "staff")
    return Filer.of(resident)


def _filing(resident: Resident, request: Request, filer: Filer) -> Filing:
    data: Document = {"classCode": request.class_code, "qty": request.qty}
    if request.quote_fen is not None:
        data["quoteFen"] = request.quote_fen
    return Filing(
        "device",
        resident.village_id,
        filer,
        data,
        request.submitted,
        application_to(request.status),
        person_id=resident.id,
    )
