"""The envelope that all kinds of cases share, filled as the submitting functions fill it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from synthetic_village.clock import IMPORTED, ejson, from_ejson

if TYPE_CHECKING:
    from synthetic_village.chance import Chance
    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Document, Register

ActedBy = Literal["self", "guardian", "helper", "staff"]

APPLICATION: Final = (
    "submitted",
    "village_ok",
    "town_ok",
    "approved",
    "doing",
    "delivered",
    "feedback",
    "closed",
)
"""The way of an application (device, retrofit, job); no step may be skipped."""

# Steps that change something a rule reads, and so bump `rev`.
_RULES_READ: Final = ("submitted", "withdrawn", "verified")
_NO_RULE_READS: Final = ("post", "pairing", "redemption")
_TOWN_ARRANGES: Final = ("town_ok", "approved", "arranged", "allocated", "declined")
_FILER_ACTS: Final = ("submitted", "withdrawn", "feedback")
# Hours that pass before a step; the papers take longer than the clicks.
_HOURS: Final = {
    "village_ok": 26,
    "town_ok": 45,
    "approved": 3,
    "doing": 70,
    "delivered": 190,
    "feedback": 49,
    "closed": 25,
    "returned": 30,
    "rejected": 30,
    "withdrawn": 21,
    "accepted": 22,
    "received": 47,
    "handed_over": 74,
    "allocated": 26,
    "arranged": 50,
    "declined": 50,
    "verified": 24,
    "published": 31,
}
_NOTES: Final = {
    "village_ok": "证件已核对",
    "returned": "请补交有效的残疾人证后再提交",
    "declined": "所选村暂无合适对象",
    "closed": "已回访",
}
# Where a case waits after a step; what is not listed waits for nobody at an office.
_WAITS_AT: Final = {
    "village_ok": "town",
    "town_ok": "town",
    "approved": "village",
    "doing": "village",
    "feedback": "village",
    "accepted": "village",
    "received": "village",
    "handed_over": "village",
    "allocated": "village",
    "arranged": "village",
}


@dataclass(frozen=True, slots=True)
class Filer:
    """Who files a case: an account, and in which capacity it acts."""

    user_id: str
    acted_by: ActedBy = "self"

    @classmethod
    def of(cls, resident: Resident) -> Filer:
        """Return who files for a resident: the person, a guardian, or the commissioner."""
        return cls(resident.user_id, resident.acted_by)


@dataclass(frozen=True, slots=True)
class Filing:
    """One thing that somebody filed, and how far it has come.

    `path` is the statuses it went through, the first at `submitted`; an empty path is a draft
    saved at that instant. `at_town` says that the town, not a village, gets it first;
    `feedback_by` who gives the feedback, if not the filer.
    """

    kind: str
    village_id: str
    filer: Filer
    data: Document
    submitted: datetime
    path: tuple[str, ...] = ("submitted",)
    person_id: str | None = None
    volunteer_id: str | None = None
    at_town: bool = False
    feedback_by: str | None = None


def application_to(status: str) -> tuple[str, ...]:
    """Return the way of an application up to a status; side exits leave after submission."""
    if status == "draft":
        return ()
    if status in APPLICATION:
        return APPLICATION[: APPLICATION.index(status) + 1]
    return ("submitted", status)


def file_case(register: Register, office: Office, filing: Filing) -> Document:
    """Write down a case as the cloud functions would have left it."""
    case_id = register.new_id("c")
    chance = register.chance(f"case/{case_id}")
    created = filing.submitted - timedelta(minutes=chance.between(3, 15))
    # What lies before the mini-program was imported from paper; no phone made a key for it.
    if is_imported := created < IMPORTED:
        created = IMPORTED
    log = _log(filing, office, chance)
    updated = max(created, from_ejson(log[-1]["at"]) if log else filing.submitted)
    status = filing.path[-1] if filing.path else "draft"
    case: Document = {"_id": case_id, "kind": filing.kind, "villageId": filing.village_id}
    if filing.person_id is not None:
        case["personId"] = filing.person_id
    if filing.volunteer_id is not None:
        case["volunteerId"] = filing.volunteer_id
    case |= {"createdBy": filing.filer.user_id, "actedBy": filing.filer.acted_by}
    if filing.filer.acted_by != "self" and filing.person_id is not None:
        case["onBehalfOf"] = filing.person_id
    case |= {
        "channel": "offline" if filing.filer.acted_by == "staff" else "online",
        "clientKey": case_id if is_imported else f"k_{chance.token(16)}",
        "status": status,
        "queue": _queue(filing, status),
        "submittedAt": ejson(filing.submitted) if filing.path else None,
        "data": filing.data,
        "log": log,
        "createdAt": ejson(created),
        "updatedAt": ejson(updated),
        # Saving the draft was the first change, each line of the log is one more.
        "_v": 1 + len(log),
        "rev": sum(row["to"] in _RULES_READ for row in log),
        "sync": _sync(filing.kind, status),
    }
    return register.add("cases", case)


def _log(filing: Filing, office: Office, chance: Chance) -> list[Document]:
    rows: list[Document] = []
    at, before = filing.submitted, "draft"
    for step in filing.path:
        at += timedelta(hours=_HOURS.get(step, 0), minutes=chance.below(50) if rows else 0)
        row = {"at": ejson(at), "by": _actor(filing, office, step), "from": before, "to": step}
        if step in _NOTES:
            row["note"] = _NOTES[step]
        rows.append(row)
        before = step
    return rows


def _actor(filing: Filing, office: Office, step: str) -> str:
    if step == "feedback" and filing.feedback_by is not None:
        return filing.feedback_by
    if step in _FILER_ACTS:
        return filing.filer.user_id
    if step in _TOWN_ARRANGES or (step == "accepted" and filing.at_town):
        return office.clerk
    return office.of_village(filing.village_id)


def _queue(filing: Filing, status: str) -> Document:
    level = _WAITS_AT.get(status, "none")
    if status == "submitted":
        level = "town" if filing.at_town else "village"
    if level == "village":
        return {"level": level, "villageId": filing.village_id}
    return {"level": level}


def _sync(kind: str, status: str) -> str:
    idle = kind in _NO_RULE_READS or status in ("draft", "withdrawn")
    return "none" if idle else "todo"
