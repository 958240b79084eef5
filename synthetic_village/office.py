"""The people who work for the villages and the town, and the accounts of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from synthetic_village.chance import Chance
from synthetic_village.clock import ejson, moment
from synthetic_village.names import make_name
from synthetic_village.places import NEIGHBOURS, XIEJIALU

if TYPE_CHECKING:
    from datetime import datetime

    from sizhu_rules.facts.citizen_id import Sex
    from synthetic_village.register import Document, Register

SETUP: Final = "setup"
"""Who granted the first role, before there was anybody to grant it."""

_VILLAGE_POSTS: Final = ("chair", "vice_chair", "full_time_commissioner")
_TOWN_POSTS: Final = ("director", "clerk")
_OPENID = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_OPENING = moment("2023-01-06", "09:00")


@dataclass(frozen=True, slots=True)
class Office:
    """Who acts for the villages and the town: user ids."""

    commissioners: dict[str, str]  # village id -> 专职委员
    clerk: str  # 镇残联专干

    def of_village(self, village_id: str) -> str:
        """Return the full-time commissioner (专职委员) of a village."""
        return self.commissioners[village_id]


def add_user(register: Register, created: datetime) -> Document:
    """Write down an account without a role; `openid` is random."""
    user_id = register.new_id("u")
    openid = Chance(f"{register.seed}/openid/{user_id}")
    return register.add(
        "users",
        {
            "_id": user_id,
            "openid": "o" + "".join(openid.pick(_OPENID) for _ in range(27)),
            "roles": [],
            "createdAt": ejson(created),
            "updatedAt": ejson(created),
            "_v": 1,
        },
    )


def grant(user: Document, role: str, by: str, at: datetime, **scope: str) -> None:
    """Give an account a role; `scope` is `villageId`, `personId` or `post`."""
    user["roles"].append({"role": role, **scope, "grantedBy": by, "at": ejson(at)})
    user["updatedAt"] = ejson(at)
    user["_v"] += 1


def open_offices(register: Register) -> Office:
    """Write down the staff of the town and of five villages."""
    chance = register.chance("office")
    town = [_employ(register, chance) for _ in _TOWN_POSTS]
    director: str = town[0]["_id"]
    for user, post in zip(town, _TOWN_POSTS, strict=True):
        grant(user, "town_staff", SETUP if post == "director" else director, _OPENING, post=post)
    commissioners = {}
    for village_id in (XIEJIALU, *NEIGHBOURS):
        for post in _VILLAGE_POSTS:
            user = _employ(register, chance)
            grant(user, "village_staff", director, _OPENING, villageId=village_id, post=post)
            commissioners[village_id] = user["_id"]  # the last post is the commissioner's
    return Office(commissioners, town[1]["_id"])


def _employ(register: Register, chance: Chance) -> Document:
    user = add_user(register, _OPENING)
    sex: Sex = chance.pick(("M", "F"))
    birth = moment("1968-03-01", "00:00").date().replace(year=chance.between(1966, 1994))
    register.clear_people.append(
        {
            "userId": user["_id"],
            "name": make_name(chance, sex, birth),
            "phone": register.new_phone(),
        }
    )
    return user
