"""Steps 2, 3 and 7: the decision document is the outbox.

A decision is added under the id of the case's version, so that of two workers one wins; what is
projected is always the stored winner, never what this worker remembers. `proj` says `todo` until
every projection is there, so that any worker finds what a dead one left half done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.records.case import ServiceData
from cloud_sync.statement import _
from cloud_sync.writes import Added, add_missing, in_pieces, read_all, read_by_ids, update_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cloud_sync.client import CloudClient
    from cloud_sync.records.case import Case, Data

COLLECTION = "decisions"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case waits: a level, and at village level which village."""

    level: str
    village_id: str | None = None

    def document(self) -> dict[str, str]:
        """The form of the field `queue`."""
        place = {"level": self.level}
        return {**place, "villageId": self.village_id} if self.village_id else place


@dataclass(frozen=True, slots=True)
class CaseRef:
    """What the effects of a decision need to know of its case."""

    id: str
    rev: int
    version: object
    """`_v` as it is stored."""
    status: str
    queue: Place
    submitted_at: datetime | None
    created_by: str
    volunteer_id: str | None
    check_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Winner:
    """A stored decision and the case it is about."""

    id: str
    case_id: str
    rev: int
    kind: str
    village_id: str | None
    verdict: str
    lines: tuple[str, ...]
    route: Place | None
    policy_version: str
    check_in_at: datetime | None
    decided_at: datetime
    proj: str
    decision: Mapping[str, Any]
    """As it is stored, `ANSWER_FIELDS` and a few others of it."""
    case: CaseRef | None
    """None where the case is gone, or its author is not known."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Decisions as they stand in the cloud."""

    winners: list[Winner]
    unreadable: list[tuple[str, int]]
    """Case and rev of decisions that somebody has damaged."""


def decision_id(case_id: str, rev: int) -> str:
    """Return the `_id` of the decision about one version of a case."""
    return f"dec:{case_id}:{rev}"


def document_of(
    case: Case, decision: Mapping[str, Any], route: Place, *, engine: str, now: datetime
) -> Document:
    """Make the decision document; `decision` is the library's JSON, kept verbatim."""
    return {
        "_id": decision_id(case.id, case.rev),
        "caseId": case.id,
        "rev": case.rev,
        "kind": case.kind,
        "villageId": case.village_id,
        "personId": case.person_id,
        "decision": decision,
        "route": {"level": route.level, "villageId": route.village_id},
        "engine": engine,
        "decidedAt": now,
        "proj": "todo",
    }


def put(client: CloudClient, documents: Sequence[Document]) -> Added:
    """Add the decisions; where another worker was first, its decision stays."""
    return add_missing(client, COLLECTION, documents)


def mark(client: CloudClient, ids: Sequence[str], proj: str) -> None:
    """Say of decisions that all their projections are there (`done`) or cannot be (`dead`)."""
    update_ids(client, COLLECTION, ids, {"proj": "todo"}, {"proj": proj})


ANSWER_FIELDS: Final = (
    "decision.verdict", "decision.outcome", "decision.candidates", "decision.codes",
    "decision.policy.version", "decision.reads.overlaps", "decision.reads.half_hours_before",
)  # fmt: skip
"""What was answered, and what of a visit's day was read for it."""
_FIELDS: Final = (
    "caseId", "rev", "kind", "villageId", *ANSWER_FIELDS, "decision.text.resident",
    "decision.reads.check_in_at", "route", "decidedAt", "proj",
)  # fmt: skip
_REF_FIELDS: Final = (
    "rev", "_v", "status", "queue", "submittedAt", "createdBy", "volunteerId", "data.checkInAt",
)  # fmt: skip


def ref_of(case: Case, data: Data) -> CaseRef:
    """Return what the effects need of a case that was just pulled."""
    return CaseRef(
        id=case.id,
        rev=case.rev,
        version=case.version,
        status=case.status,
        queue=Place(case.queue.level, case.queue.village_id),
        submitted_at=case.submitted_at,
        created_by=case.created_by,
        volunteer_id=case.volunteer_id,
        check_in_at=data.check_in_at if isinstance(data, ServiceData) else None,
    )


def read_back(client: CloudClient, refs: Sequence[CaseRef]) -> Stored:
    """Return the stored decisions about these versions, whoever wrote them."""
    by_id = {decision_id(ref.id, ref.rev): ref for ref in refs}
    rows = read_by_ids(client, COLLECTION, by_id, _FIELDS)
    return _stored([(row, by_id[row["_id"]]) for row in rows])


def leftovers(client: CloudClient, kinds: Sequence[str]) -> Iterator[Stored]:
    """Give the decisions of these kinds that a dead worker left unprojected, page by page."""
    where = {"proj": "todo", "kind": _.in_(list(kinds))}
    for page in read_all(client, COLLECTION, where, _FIELDS):
        ids = sorted({str(row.get("caseId")) for row in page})
        rows = read_by_ids(client, "cases", ids, _REF_FIELDS)
        refs = {row["_id"]: _ref(row) for row in rows}
        yield _stored([(row, refs.get(str(row.get("caseId")))) for row in page])


def earlier_visits(client: CloudClient, case_ids: Sequence[str]) -> list[tuple[str, datetime]]:
    """Return (case id, check-in instant) of every decision about these visits, old ones too."""
    found: list[tuple[str, datetime]] = []

    def read(piece: Sequence[str]) -> None:
        where = {"caseId": _.in_(piece), "kind": "service"}
        for page in read_all(client, COLLECTION, where, ("caseId", "decision.reads.check_in_at")):
            for row in page:
                instant = row.get("decision", {}).get("reads", {}).get("check_in_at")
                if isinstance(instant, str):
                    found.append((row["caseId"], datetime.fromisoformat(instant)))

    in_pieces(case_ids, lambda: client.sizes.lookup, read)
    return found


def _ref(row: Document) -> CaseRef | None:
    created_by = _text(row.get("createdBy"))
    if created_by is None:
        return None
    queue, data = row.get("queue"), row.get("data")
    queue = queue if isinstance(queue, dict) else {}
    rev, submitted = row.get("rev"), row.get("submittedAt")
    check_in = data.get("checkInAt") if isinstance(data, dict) else None
    return CaseRef(
        id=row["_id"],
        rev=int(rev) if isinstance(rev, int | float) else 0,
        version=row.get("_v"),
        status=str(row.get("status")),
        queue=Place(str(queue.get("level")), queue.get("villageId")),
        submitted_at=submitted if isinstance(submitted, datetime) else None,
        created_by=created_by,
        volunteer_id=_text(row.get("volunteerId")),
        check_in_at=check_in if isinstance(check_in, datetime) else None,
    )


def _stored(rows: Iterable[tuple[Document, CaseRef | None]]) -> Stored:
    result = Stored([], [])
    for row, ref in rows:
        try:
            result.winners.append(_winner(row, ref))
        except (KeyError, TypeError, ValueError, AttributeError):
            case_id, _colon, rev = row["_id"].removeprefix("dec:").rpartition(":")
            result.unreadable.append((case_id, int(rev) if rev.isdecimal() else 0))
    return result


def _winner(row: Document, case: CaseRef | None) -> Winner:
    decision = row.get("decision") or {}
    route = row.get("route") or {}
    read = decision.get("reads", {}).get("check_in_at")
    return Winner(
        id=row["_id"],
        case_id=row["caseId"],
        rev=int(row["rev"]),
        kind=row["kind"],
        village_id=row.get("villageId"),
        verdict=decision.get("verdict", ""),
        lines=tuple(decision.get("text", {}).get("resident", ())),
        route=Place(route["level"], route.get("villageId")) if route.get("level") else None,
        policy_version=str(decision.get("policy", {}).get("version", "")),
        check_in_at=datetime.fromisoformat(read) if isinstance(read, str) else None,
        decided_at=row["decidedAt"],
        proj=row["proj"],
        decision=decision,
        case=case,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
