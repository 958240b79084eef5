"""Dead letters: cases that no rule can decide as they stand, with what is wrong and how to mend it.

A letter `dead:{case}:{rev}` is open until somebody retries it (`sizhu dead retry`), retried until
the case has been decided, then closed; a second failure opens it again. It holds no personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cloud_sync.statement import _
from cloud_sync.texts import TEXTS
from cloud_sync.writes import add_missing, read_all, read_by_ids, update_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient

COLLECTION = "dead_letters"
_ANSWERED = {"state": _.in_(["retried", "closed"])}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Why one version of a case is handed to a person."""

    case_id: str
    rev: int
    error_class: str
    reason: str
    fix: str
    created_by: str | None
    village_id: str | None

    @property
    def id(self) -> str:
        """The letter's `_id`."""
        return f"dead:{self.case_id}:{self.rev}"


def case_of(letter_id: str) -> tuple[str, int] | None:
    """Return the case and rev that a letter's id names, or None for another kind of id."""
    prefix, _colon, rest = letter_id.partition(":")
    case_id, _colon, rev = rest.rpartition(":")
    if prefix != "dead" or not case_id or not rev.isdecimal():
        return None
    return case_id, int(rev)


def write_letters(client: CloudClient, letters: Sequence[DeadLetter], now: datetime) -> None:
    """Write the letters and the residents' messages; a retried letter is opened again."""
    rows: list[dict[str, Any]] = [
        {
            "_id": letter.id,
            "class": letter.error_class,
            "reason": letter.reason,
            "fix": letter.fix,
            "at": now,
            "state": "open",
        }
        for letter in letters
    ]
    added = add_missing(client, COLLECTION, rows).added
    if added < len(rows):
        there = read_by_ids(client, COLLECTION, [row["_id"] for row in rows], ("state",))
        answered = {row["_id"] for row in there if row.get("state") != "open"}
        for row in rows:
            if row["_id"] in answered:
                update_ids(client, COLLECTION, [row["_id"]], _ANSWERED, _reopened(row))
    messages = [_message(letter, now) for letter in letters if letter.created_by]
    add_missing(client, "messages", messages)


def _reopened(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "_id"}


def _message(letter: DeadLetter, now: datetime) -> dict[str, Any]:
    return {
        "_id": f"msg:{letter.id}:{letter.created_by}",
        "userId": letter.created_by,
        "villageId": letter.village_id,
        "kind": "dead_letter",
        "caseId": letter.case_id,
        "title": TEXTS.dead_letter.title,
        "lines": list(TEXTS.dead_letter.lines),
        "at": now,
    }


def close_settled(client: CloudClient, states: Iterable[str] = ("retried",)) -> int:
    """Close the letters in these states whose case has been decided since; return how many."""
    closed = 0
    for page in read_all(client, COLLECTION, {"state": _.in_(list(states))}, ("state",)):
        named = {row["_id"]: case_of(row["_id"]) for row in page}
        ids = sorted({case[0] for case in named.values() if case})
        rows = read_by_ids(client, "cases", ids, ("rev", "sync"))
        cases = {row["_id"]: row for row in rows}
        settled = [
            letter
            for letter, case in named.items()
            if case and _is_settled(cases.get(case[0]), case[1])
        ]
        closed += update_ids(
            client, COLLECTION, settled, {"state": _.in_(list(states))}, {"state": "closed"}
        )
    return closed


def _is_settled(case: dict[str, Any] | None, rev: int) -> bool:
    if case is None:
        return False
    now = case.get("rev")
    later = isinstance(now, int | float) and now >= rev
    return later and case.get("sync") in {"done", "none"}
