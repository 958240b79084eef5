"""What an operator asks: how does the town stand, what is wrong, why did this case end so.

Nothing here shows personal data: cases appear by their random ids, decisions by their clauses.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.dead_letter_office import DeadRow, Retried, dead_list, dead_retry
from cloud_sync.doctor import Diagnosis, Finding, doctor
from cloud_sync.errors import CloudSyncError
from cloud_sync.outbox import decision_id
from cloud_sync.policies import rows as published_rows
from cloud_sync.records.case import OPEN_STATUSES, UNDECIDED_STATUSES
from cloud_sync.registry import KINDS, QUEUED_KINDS
from cloud_sync.statement import _, db
from cloud_sync.texts import TEXTS
from cloud_sync.writes import read_by_ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.client import CloudClient

__all__ = [
    "CaseExplanation",
    "Clause",
    "DeadRow",
    "Diagnosis",
    "Finding",
    "Retried",
    "Status",
    "UnknownCaseError",
    "dead_list",
    "dead_retry",
    "doctor",
    "explain",
    "status",
]

_UNSET = "missing"
_MOST_GROUPS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownCaseError(CloudSyncError):
    """There is no case of that id."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the town stands; counts by state, the age of the oldest waiting case in seconds."""

    cases: dict[str, int]
    other_kinds_waiting: int
    decisions: dict[str, int]
    dead_letters: dict[str, int]
    notifications: dict[str, int]
    published: list[dict[str, Any]]
    """Published versions of the law by id, with their state and why one is refused."""
    oldest_todo: str | None
    oldest_todo_seconds: int | None
    calls: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def status(client: CloudClient, *, clock: Callable[[], datetime], region: str) -> Status:
    """Count the queue, the outbox, the dead letters, the notifications; list published laws."""
    before = client.calls.total()
    mine = {"sync": "todo", "kind": _.in_(QUEUED_KINDS)}
    others = {"sync": "todo", "kind": _.nin(QUEUED_KINDS)}
    # Among the instants only: a malformed text would sort before all of them.
    dated = {**mine, "submittedAt": _.gt(_EPOCH)}
    chain = db.collection("cases").where(dated).order_by("submittedAt").limit(1)
    oldest = client.query(chain.field(("submittedAt",)).get())
    at = oldest[0].get("submittedAt") if oldest else None
    return Status(
        cases=_counts(client, "cases", "sync"),
        other_kinds_waiting=client.count(db.collection("cases").where(others).count()),
        decisions=_counts(client, "decisions", "proj"),
        dead_letters=_counts(client, "dead_letters", "state"),
        notifications=_counts(client, "notifications", "state"),
        published=[row.to_dict() for row in published_rows(client, region)],
        oldest_todo=oldest[0]["_id"] if oldest else None,
        oldest_todo_seconds=_age(clock(), at),
        calls=client.calls.total() - before,
    )


def _age(now: datetime, then: object) -> int | None:
    return round((now - then).total_seconds()) if isinstance(then, datetime) else None


def _counts(client: CloudClient, collection: str, name: str) -> dict[str, int]:
    chain = db.collection(collection).aggregate().group({"_id": f"${name}", "n": _.sum(1)})
    rows = client.aggregate(chain.sort({"_id": 1}).limit(_MOST_GROUPS).end())
    return {_UNSET if row["_id"] is None else str(row["_id"]): int(row["n"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as the decision saw it; the facts it read are left out."""

    id: str
    result: str
    quote: str
    source: str


@dataclass(frozen=True, slots=True)
class CaseExplanation:
    """Why a case stands as it stands."""

    case: str
    kind: str
    status: str
    rev: int | None
    sync: str | None
    queue: dict[str, Any]
    waits: str
    verdict: str | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    engine: str | None = None
    decided_at: str | None = None
    dead_letter: dict[str, Any] | None = None
    notifications: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


_CASE: Final = ("kind", "status", "rev", "sync", "queue")
_DECISION: Final = (
    "decision.verdict", "decision.outcome", "decision.codes", "decision.clauses.id",
    "decision.clauses.result", "decision.clauses.quote", "decision.clauses.source",
    "decision.missing", "decision.text.staff", "decision.policy", "engine", "decidedAt", "proj",
)  # fmt: skip


def explain(client: CloudClient, case_id: str) -> CaseExplanation:
    """Tell where a case stands and which clauses decided it; raises `UnknownCaseError`."""
    found = read_by_ids(client, "cases", [case_id], _CASE)
    if not found:
        raise UnknownCaseError(
            "No case has this id: copy the `_id` from the console and try again."
        )
    case = found[0]
    rev = int(case["rev"]) if isinstance(case.get("rev"), int | float) else None
    id_ = decision_id(case_id, rev or 0)
    rows = read_by_ids(client, "decisions", [id_], _DECISION)
    letters = read_by_ids(
        client, "dead_letters", [f"dead:{case_id}:{rev or 0}"], ("class", "reason", "fix", "state")
    )
    mine = _.gte(f"ntf:{id_}:").and_(_.lt(f"ntf:{id_};"))
    chain = db.collection("notifications").where({"_id": mine}).limit(_MOST_GROUPS)
    notices = client.query(chain.field(("state",)).get())
    states = {row["_id"]: str(row.get("state")) for row in notices}
    row, queue = rows[0] if rows else {}, case.get("queue")
    decision = row.get("decision", {})
    decided_at = row.get("decidedAt")
    return CaseExplanation(
        case=case_id,
        kind=str(case.get("kind")),
        status=str(case.get("status")),
        rev=rev,
        sync=case.get("sync"),
        queue=queue if isinstance(queue, dict) else {},
        waits=_waits(case, row.get("proj")),
        verdict=decision.get("verdict"),
        outcome=decision.get("outcome", {}),
        codes=list(decision.get("codes", ())),
        clauses=[Clause(**clause) for clause in decision.get("clauses", ())],
        missing=list(decision.get("missing", ())),
        text=list(decision.get("text", {}).get("staff", ())),
        policy=decision.get("policy", {}),
        engine=row.get("engine"),
        decided_at=decided_at.isoformat() if decided_at else None,
        dead_letter=letters[0] if letters else None,
        notifications=states,
    )


def _waits(case: dict[str, Any], proj: str | None) -> str:
    sync, kind, at = case.get("sync"), case.get("kind"), case.get("status")
    if sync == "todo" and isinstance(kind, str) and kind not in KINDS:
        return "It waits for a later version of the worker: no rule reads this kind yet."
    if sync == "done" and proj == "todo":
        return "It is decided; the next `sizhu once` finishes what follows from it."
    if sync == "none" and at in UNDECIDED_STATUSES:
        return "It waits for its author: it is a draft, or was withdrawn."
    if sync in {"done", "none"}:
        queue = case.get("queue")
        level = queue.get("level") if isinstance(queue, dict) else None
        waits = TEXTS.waits.get(str(level)) if at in OPEN_STATUSES else None
        return waits or "It waits nowhere: its way is finished or lies with the people concerned."
    return _WAITS.get(str(sync), "Nobody has queued it: the next `sizhu once` adopts it.")


_WAITS: Final = {
    "todo": "It waits for the next `sizhu once` or poll of the daemon.",
    "dead": "It waits for a person: see the dead letter, then run `sizhu dead retry`.",
}
