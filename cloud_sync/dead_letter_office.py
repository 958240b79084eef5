"""`sizhu dead list` and `sizhu dead retry`: what a person does with dead letters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.dead_letters import COLLECTION, case_of
from cloud_sync.outbox import decision_id
from cloud_sync.statement import _
from cloud_sync.writes import read_all, read_by_ids, update_cases, update_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_sync.client import CloudClient

_FIELDS: Final = ("class", "reason", "fix", "state", "at")


@dataclass(frozen=True, slots=True)
class DeadRow:
    """One dead letter."""

    id: str
    case: str
    rev: int
    error_class: str
    reason: str
    fix: str
    state: str
    at: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Retried:
    """What a retry did: letters whose cases wait again, and ids of no letter."""

    retried: list[str]
    unknown: list[str]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def dead_list(client: CloudClient, *, states: Sequence[str] = ("open", "retried")) -> list[DeadRow]:
    """Return the dead letters in these states."""
    where = {"state": _.in_(list(states))}
    return [_row(row) for page in read_all(client, COLLECTION, where, _FIELDS) for row in page]


def dead_retry(client: CloudClient, ids: Sequence[str] | None = None) -> Retried:
    """Queue the cases of these letters again (None: of all not closed), at the same `rev`.

    The case comes last: a worker must find everything else in place when it sees it.
    """
    if ids is None:
        found = [row.id for row in dead_list(client)]
    else:
        rows = read_by_ids(client, COLLECTION, list(dict.fromkeys(ids)), ("state",))
        found = sorted(row["_id"] for row in rows)
    named = {letter: case for letter in found if (case := case_of(letter))}
    update_ids(
        client, COLLECTION, list(named), {"state": _.in_(["open", "closed"])}, {"state": "retried"}
    )
    decisions = [decision_id(*case) for case in named.values()]
    update_ids(client, "decisions", decisions, {"proj": "dead"}, {"proj": "todo"})
    ids_of_cases = sorted({case for case, _rev in named.values()})
    cases = read_by_ids(client, "cases", ids_of_cases, ("_v",))
    update_cases(client, cases, {"sync": "dead"}, {"sync": "todo"})
    unknown = [id_ for id_ in ids or () if id_ not in named]
    return Retried(list(named), unknown)


def _row(row: dict[str, Any]) -> DeadRow:
    case, rev = case_of(row["_id"]) or ("", 0)
    at = row.get("at")
    return DeadRow(
        id=row["_id"],
        case=case,
        rev=rev,
        error_class=str(row.get("class")),
        reason=str(row.get("reason")),
        fix=str(row.get("fix")),
        state=str(row.get("state")),
        at=at.isoformat() if isinstance(at, datetime) else "",
    )
