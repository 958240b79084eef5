"""Ready identities for trying the mini-program by hand: their dates move with the day of start.

Residents of 59, 60 and 61, one of them with 低保, a guardian with a ward, and the people at the
village and the town who decide. They live in 谢家路村, beside the village of the case study whose
clock stands still. Names are made up; only the masked form is written anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sizhu_rules.facts.calendar import SHANGHAI
from synthetic_village.clock import ejson
from synthetic_village.places import TAOJIALU, XIEJIALU

if TYPE_CHECKING:
    from synthetic_village.register import Document

_OPENID_LENGTH: Final = 28


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the visitor may be: an id for addresses, the openid, a label in Chinese."""

    id: str
    openid: str
    label: str


@dataclass(frozen=True, slots=True)
class Visitors:
    """Documents to load beside the village, and the identities that go with them."""

    collections: dict[str, list[Document]]
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class _Resident:
    key: str
    label: str
    masked: str
    age: int
    status: str = "none"
    category: int = 4
    ward: bool = False


_RESIDENTS: Final = (
    _Resident("resident-59", "残障朋友，59 周岁，无低保", "周*兰", 59),
    _Resident("resident-60", "残障朋友，60 周岁，无低保", "钱*明", 60),
    _Resident("resident-61", "残障朋友，61 周岁，无低保", "孙*英", 61),
    _Resident("resident-61-dibao", "残障朋友，61 周岁，低保", "李*根", 61, status="dibao"),
    _Resident("ward", "", "吴*宝", 12, ward=True),
)
_STAFF: Final = (
    ("village-staff", "谢家路村 村残协工作人员", "village_staff", XIEJIALU),
    ("other-village-staff", "陶家路村 村残协工作人员", "village_staff", TAOJIALU),
    ("town-staff", "泗门镇残联 工作人员", "town_staff", None),
)


def visitors(today: date) -> Visitors:
    """Return the identities as they stand on `today` (a civil day in Shanghai)."""
    made: dict[str, list[Document]] = {
        name: [] for name in ("persons", "households", "users", "guardianships")
    }
    at = ejson(datetime.combine(today - timedelta(days=90), time(9), SHANGHAI))
    stamps: Document = {"createdAt": at, "updatedAt": at, "_v": 1}
    identities = []
    for one in _RESIDENTS:
        made["households"].append(_household(one, today, at) | stamps)
        made["persons"].append(_person(one, today) | stamps)
        if one.ward:
            continue
        roles = [{"role": "resident", "personId": f"p_{one.key}", "villageId": XIEJIALU}]
        identities.append(_account(made, one.key, one.label, roles, stamps))
    ward = {"role": "guardian", "personId": "p_ward", "villageId": XIEJIALU}
    identities.append(_account(made, "guardian", "监护人，被监护人 12 周岁", [ward], stamps))
    made["guardianships"].append(
        {
            "_id": "g_ward",
            "personId": "p_ward",
            "guardianUserId": "u_guardian",
            "relation": "母",
            "validFrom": (today - timedelta(days=90)).isoformat(),
            "validTo": "open_ended",
            **stamps,
        }
    )
    for key, label, role, village_id in _STAFF:
        scope = {"role": role} | ({"villageId": village_id} if village_id else {})
        identities.append(_account(made, key, label, [scope], stamps))
    return Visitors(made, tuple(identities))


def _account(
    made: dict[str, list[Document]],
    key: str,
    label: str,
    roles: list[dict[str, str]],
    stamps: Document,
) -> Identity:
    openid = f"o_{key}".ljust(_OPENID_LENGTH, "_")
    granted = [{**role, "grantedBy": "setup", "at": stamps["createdAt"]} for role in roles]
    made["users"].append({"_id": f"u_{key}", "openid": openid, "roles": granted, **stamps})
    return Identity(key, openid, label)


def _person(one: _Resident, today: date) -> Document:
    # Half a year after the birthday: the age holds for months, under either way of counting.
    birth = (today.replace(day=1) - timedelta(days=183)).replace(day=15)
    return {
        "_id": f"p_{one.key}",
        "birthDate": birth.replace(year=birth.year - one.age).isoformat(),
        "certificate": {
            "category": one.category,
            "components": [{"category": one.category, "grade": 2}],
            "grade": 2,
            "status": "valid",
            "validTo": today.replace(year=today.year + 5, day=1).isoformat(),
        },
        "villageId": XIEJIALU,
        "householdId": f"h_{one.key}",
        "state": "active",
        "nameMasked": one.masked,
    }


def _household(one: _Resident, today: date, at: Document) -> Document:
    row = {
        "status": one.status,
        "validFrom": (today - timedelta(days=120)).isoformat(),
        "validTo": "open_ended",
        "verifiedAt": at,
        "source": "演示数据",
    }
    return {"_id": f"h_{one.key}", "villageId": XIEJIALU, "statuses": [row]}
