"""One volunteer's day in a cloud of its own: visits, what happens to them, who is told what."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.ejson import decode
from cloud_sync.statement import _
from cloud_sync.visits import NOT_COUNTED
from sizhu_rules.facts.calendar import SHANGHAI

if TYPE_CHECKING:
    from tests.cloud_sync.conftest import Cloud, Make

Document = dict[str, Any]
Clouds = Callable[..., "Cloud"]
Told = dict[str, tuple[object, object, object]]
VISIT_CAP: Final = 8
DAY_CAP: Final = 16
AGAIN: Final = {"rev": _.inc(1), "_v": _.inc(1), "sync": "todo"}


class Crash(BaseException):
    """The process is gone."""


def at(text: str) -> datetime:
    """An instant of June 2023 in Shanghai."""
    return datetime.fromisoformat(f"2023-06-{text}").replace(tzinfo=SHANGHAI)


def visit(make: Make, id_: str, start: str, end: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """A visit of 21 June; the later its letter, the later it was filed and verified."""
    turn = "abcd".index(id_)
    times = {"verifiedAt": make.instant(f"2023-06-22T0{turn}:00:00"), **changes.pop("data", {})}
    fields = {"submittedAt": make.instant(f"2023-06-21T21:0{turn}:00"), **changes}
    return make.service(id_, f"2023-06-21T{start}:00", f"2023-06-21T{end}:00", data=times, **fields)


def three(make: Make, **changes: Any) -> list[Document]:  # noqa: ANN401 - any field
    """Three visits of four hours; the changes are the first one's."""
    return [
        visit(make, "a", "06:00", "10:00", **changes),
        visit(make, "b", "11:00", "15:00"),
        visit(make, "c", "16:00", "20:00"),
    ]


def town(make: Make, *cases: Document) -> dict[str, list[Document]]:
    """A village where nothing but these visits happened."""
    return {**make.village(), "cases": list(cases)}


def told(cloud: Cloud) -> Told:
    """Of each decided visit: what counts before it, its verdict and its points."""
    found = cloud.dump()
    said: Told = {}
    for id_, case in found["cases"].items():
        if row := found["decisions"].get(f"dec:{id_}:{case['rev']}"):
            reads, outcome = row["decision"]["reads"], row["decision"]["outcome"]
            said[id_] = (
                reads.get("half_hours_before"), row["decision"]["verdict"], outcome.get("points"),
            )  # fmt: skip
    return said


def agree(cloud: Cloud) -> None:
    """Decisions and ledger agree, and those visits and no others that meet the cap are told so."""
    found = cloud.dump()
    days: defaultdict[str, list[tuple[datetime, int, Document]]] = defaultdict(list)
    for id_, case in found["cases"].items():
        assert case["sync"] == "done", id_
        decision = found["decisions"][f"dec:{id_}:{case['rev']}"]["decision"]
        data = decode(json.dumps(case["data"]))
        # Of one that was at the same time as another nothing counts, so the cap cuts nothing.
        if case["status"] in NOT_COUNTED or "OVERLAPS" in decision["codes"]:
            assert decision["outcome"] == {}
            continue
        half_hours = (data["checkOutAt"] - data["checkInAt"]).total_seconds() // 1800
        wanted = min(int(half_hours), VISIT_CAP)
        day = data["checkInAt"].astimezone(SHANGHAI).date().isoformat()
        days[day].append((data["verifiedAt"], wanted, decision))
    paid: Counter[str] = Counter()
    for line in found["points_ledger"].values():
        paid[line["_id"].split(":")[3]] += int(line["delta"])
    for day in {*paid, *days}:
        points = sum(decision["outcome"].get("points", 0) for _at, _half, decision in days[day])
        assert points == paid[day]
        room = DAY_CAP
        for _verified, wanted, decision in sorted(days[day], key=lambda one: one[0]):
            assert ("DAY_CAP" in decision["codes"]) is (wanted > room)
            room = max(0, room - wanted)


def changes(cloud: Cloud, make: Make, how: str) -> None:
    """Do to the first visit what the name says."""
    match how:
        case "is verified again" | "is disputed" | "is rejected" | "is returned" as status:
            word = {"is verified again": "verified"}.get(status, status.removeprefix("is "))
            cloud.write("cases", "a", status=word, **AGAIN)
        case "was longer":
            cloud.write("cases", "a", data={"checkOutAt": at("21T10:00")}, **AGAIN)
        case "is imported":
            cloud.add("cases", three(make)[0])
        case "was on another day":
            times = {"checkInAt": at("20T06:00"), "checkOutAt": at("20T10:00")}
            cloud.write("cases", "a", data=times, **AGAIN)
        case "was verified last":
            cloud.write("cases", "a", data={"verifiedAt": at("23T08:00")}, **AGAIN)
        case _:
            cloud.write("cases", "a", villageId=make.here, **AGAIN)
