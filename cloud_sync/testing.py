"""For tests and benchmarks: people and cases in the cloud's import format, all of them invented.

    town = waiting_town(10_000, {"device": 6, "donation": 2, "intent": 1, "service": 1})
    for collection, documents in town.items(): …load them…

Times are Shanghai, in June 2023; money is in fen.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from sizhu_rules.facts.calendar import SHANGHAI

Document = dict[str, Any]
HERE, THERE = "330281103203", "330281103204"
"""Two villages of the town."""


def instant(text: str) -> Document:
    """Write an instant in the import format, from Shanghai time."""
    at = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
    return {"$date": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def case(id_: str, kind: str, data: Document, /, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make a submitted case of a kind; a change of None removes the field."""
    document: Document = {
        "_id": id_,
        "kind": kind,
        "villageId": HERE,
        "createdBy": f"user-{id_}",
        "actedBy": "self",
        "channel": "online",
        "clientKey": f"key-{id_}",
        "status": "submitted",
        "queue": {"level": "village", "villageId": HERE},
        "submittedAt": instant("2023-06-20T10:00:00"),
        "data": data,
        "log": [
            {
                "at": instant("2023-06-20T10:00:00"),
                "by": f"user-{id_}",
                "from": "draft",
                "to": "submitted",
            }
        ],
        "createdAt": instant("2023-06-20T09:50:00"),
        "updatedAt": instant("2023-06-20T10:00:00"),
        "_v": 1,
        "rev": 1,
        "sync": "todo",
    }
    document |= changes
    return {name: value for name, value in document.items() if value is not None}


def device(id_: str, person: str, class_code: str = "1222", /, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make an application for one device."""
    data = {"classCode": class_code, "qty": 1}
    return case(id_, "device", data, **{"personId": person, **changes})


def service(id_: str, start: str, end: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make a verified visit of volunteer v1; times are Shanghai."""
    data = {
        "personId": "p-young",
        "checkInAt": instant(start),
        "checkOutAt": instant(end),
        "verifiedAt": instant("2023-06-22T08:00:00"),
        "content": "陪伴聊天",
    }
    fields = {"volunteerId": "v1", "createdBy": "user-v1", "status": "verified", **changes}
    return case(id_, "service", {**data, **fields.pop("data", {})}, **fields)


def retrofit(id_: str, person: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make an application for a ramp and rails in a house of one's own."""
    data = {"items": ["ramp", "rail"], "houseOwned": True}
    return case(id_, "retrofit", {**data, **changes.pop("data", {})}, personId=person, **changes)


def job(id_: str, person: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make a wish for work."""
    data = {"want": "网店客服"}
    return case(id_, "job", {**data, **changes.pop("data", {})}, personId=person, **changes)


def wish(id_: str, person: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make a small wish for goods, read by the village, with nothing in its way."""
    check = {"asksCash": False, "namesBrand": False, "showsPrivate": False}
    data = {"text": "坐便椅", "wishKind": "goods", "valueFen": 20_000, "check": check}
    return case(id_, "wish", {**data, **changes.pop("data", {})}, personId=person, **changes)


def person(id_: str, born: str, household: str | None = None, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make a resident with a valid certificate for a limb disability."""
    document: Document = {
        "_id": id_,
        "birthDate": born,
        "certificate": {
            "category": 4,
            "components": [],
            "grade": 2,
            "status": "valid",
            "validTo": "2030-01-01",
        },
        "villageId": HERE,
        "householdId": household,
        "state": "active",
        "nameMasked": "张*",
        "_v": 1,
    }
    document |= changes
    return {name: value for name, value in document.items() if value is not None}


def household(id_: str, status: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """Make a household with one verified status."""
    row = {
        "status": status,
        "validFrom": "2023-01-01",
        "validTo": "2023-12-31",
        "verifiedAt": instant("2023-01-02T09:00:00"),
        "source": "民政",
        **changes,
    }
    return {"_id": id_, "villageId": HERE, "statuses": [row], "_v": 1}


def catalogue() -> list[Document]:
    """Make a catalogue of two device classes."""
    rows = (("1222", "手动轮椅", 120_000), ("0433", "防压疮垫", 30_001))
    return [
        {
            "_id": code,
            "name": name,
            "priceFen": price,
            "capFen": "none",
            "lifeYears": 3,
            "allowedCategories": [4],
        }
        for code, name, price in rows
    ]


def waiting_town(
    count: int, mixture: dict[str, int], *, volunteers: int = 97, seed: int = 3
) -> dict[str, list[Document]]:
    """Make a town with so many waiting cases, every author and every applicant another person.

    `mixture` gives the share of each kind, e.g. `{"device": 6, "service": 1}`; the queues are those
    that the submitting functions set. Visits fall to so many `volunteers`. The same arguments give
    the same town.
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible people
    codes = [f"330281103{number}" for number in range(200, 216)]
    town: dict[str, list[Document]] = {
        "cases": [],
        "persons": [],
        "households": [],
        "users": [],
        "device_catalogue": catalogue(),
        "villages": [{"_id": code, "name": code} for code in codes],
    }
    kinds, weights = list(mixture), list(mixture.values())
    for number in range(count):
        user, village = f"u{number}", rng.choice(codes)
        common = {
            "villageId": village,
            "createdBy": user,
            "queue": {"level": "village", "villageId": village},
        }
        to_town = {**common, "queue": {"level": "town"}}
        id_ = f"{rng.getrandbits(64):016x}"
        town["users"].append({"_id": user, "openid": f"o{number}"})
        match rng.choices(kinds, weights)[0]:
            case "device":
                born = f"{rng.randrange(1930, 2010)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"
                home, who = f"h{number}", f"p{number}"
                town["persons"].append(person(who, born, home, villageId=village))
                town["households"].append(household(home, rng.choice(["none", "dibao", "dibian"])))
                town["cases"].append(device(id_, who, rng.choice(["1222", "0433"]), **common))
            case "retrofit" | "job" | "wish" as kind:
                born = f"{rng.randrange(1930, 2005)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"
                home, who = f"h{number}", f"p{number}"
                town["persons"].append(person(who, born, home, villageId=village))
                status = rng.choice(["none", "dibao", "dibian"])
                town["households"].append({**household(home, status), "monitored": False})
                make = {"retrofit": retrofit, "job": job, "wish": wish}[kind]
                town["cases"].append(make(id_, who, **common))
            case "donation":
                data = {"directed": "none", "item": "米", "qty": 1}
                if rng.getrandbits(1):
                    data = {"directed": "village", "toVillageId": rng.choice(codes)}
                town["cases"].append(case(id_, "donation", data, **to_town))
            case "intent":
                offer = case(id_, "intent", {"offer": "理发"}, volunteerId="v1", **to_town)
                town["cases"].append(offer)
            case _:
                day, hour = rng.randrange(1, 29), rng.randrange(8, 18)
                start, end = (f"2023-06-{day:02d}T{at:02d}:00:00" for at in (hour, hour + 2))
                fields = {**common, "volunteerId": f"v{rng.randrange(volunteers)}"}
                verified = {"verifiedAt": instant("2023-06-29T08:00:00")}
                town["cases"].append(service(id_, start, end, data=verified, **fields))
    return town
