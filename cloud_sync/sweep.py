"""What makes sure that no case is overlooked: adoption in every run, now and then a full sweep.

A function that forgets `sync`, an edit in the console or an older program would leave a case that
no pull ever finds. Nothing here decides anything; it only puts cases into the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cloud_sync.dead_letters import close_settled
from cloud_sync.outbox import decision_id
from cloud_sync.records.case import UNDECIDED_STATUSES
from cloud_sync.registry import KINDS, RULELESS_KINDS
from cloud_sync.statement import _
from cloud_sync.writes import existing_ids, in_pieces, read_all, update_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_sync.client import CloudClient

_SYNCS: Final = ("todo", "done", "dead", "none")
_FIELDS: Final = ("kind", "status", "rev", "sync", "_v")
_LARGE_PAGE = 1000


def adopt(client: CloudClient) -> int:
    """Give every case without a usable `sync` one, and `rev` 1 where it has none.

    Drafts, withdrawn cases and kinds that no rule reads become `none`, all others `todo`. Returns
    how many were changed.
    """
    adopted = 0
    for page in read_all(client, "cases", {"sync": _.nin(list(_SYNCS))}, _FIELDS):
        adopted += _adopt(client, page, {"sync": _.nin(list(_SYNCS))})
    return adopted


def sweep(client: CloudClient) -> int:
    """Compare every case with its decision, and queue those that have none.

    Also closes dead letters of cases that have been decided since. Returns how many cases were
    queued.
    """
    queued = 0
    wanted = {"sync": _.in_(["done", "none"]), "kind": _.in_([*KINDS, None])}
    for page in read_all(client, "cases", wanted, _FIELDS, size=lambda: _LARGE_PAGE):
        suspects = {
            decision_id(case["_id"], int(rev)): case
            for case in page
            if _should_be_decided(case) and isinstance(rev := case.get("rev", 0), int | float)
        }
        decided: set[str] = set()

        def look(piece: Sequence[str], decided: set[str] = decided) -> None:
            decided |= existing_ids(client, "decisions", piece)

        in_pieces(list(suspects), lambda: client.sizes.lookup, look)
        lost = [case for id_, case in suspects.items() if id_ not in decided]
        queued += _adopt(client, lost, {"sync": _.in_(["done", "none"])})
    close_settled(client, ("open", "retried"))
    return queued


def _should_be_decided(case: dict[str, Any]) -> bool:
    status = case.get("status")
    if case.get("sync") == "none":
        # Only what waits for an answer: the history of a town is not decided after the fact.
        return status == "submitted"
    return status not in UNDECIDED_STATUSES


def _adopt(client: CloudClient, cases: Sequence[dict[str, Any]], guard: dict[str, object]) -> int:
    groups: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for case in cases:
        idle = case.get("status") in UNDECIDED_STATUSES or case.get("kind") in RULELESS_KINDS
        key = ("none" if idle else "todo", case.get("rev") is None)
        groups.setdefault(key, []).append(case)
    changed = 0
    for (sync, bare), members in groups.items():
        data: dict[str, object] = {"sync": sync}
        where = dict(guard)
        if bare:
            data["rev"], where["rev"] = 1, None
        changed += update_cases(client, members, where, data)
    return changed
