"""Points accounts: `earned` is the sum of the award lines, set and never counted up.

The ledger is the truth; an account only repeats its sum, so that a redemption can compare it with
`spent`, which this worker never touches. After writing, the sum is read again: of two workers the
later one sees every line.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cloud_sync.ledger import AWARD_REASONS
from cloud_sync.ledger import COLLECTION as LEDGER
from cloud_sync.statement import _, db
from cloud_sync.writes import add_missing, in_pieces, read_by_ids, update_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_sync.client import CloudClient

COLLECTION = "points_accounts"
_PAGE = 1000
_ROUNDS = 3


def reconcile(client: CloudClient, volunteers: Sequence[str] | None = None) -> int:
    """Bring the accounts of these volunteers (None: of all) to the sums of their award lines.

    Returns how many accounts were written.
    """
    written = 0
    for _round in range(_ROUNDS):
        changed = _reconcile_once(client, volunteers)
        written += len(changed)
        if not changed:
            break
        volunteers = changed
    return written


def _reconcile_once(client: CloudClient, volunteers: Sequence[str] | None) -> list[str]:
    earned = _sums(client, volunteers)
    rows = read_by_ids(client, COLLECTION, sorted(earned), ("earned",))
    there = {row["_id"]: row.get("earned") for row in rows}
    missing = [
        {"_id": id_, "earned": total, "spent": 0}
        for id_, total in sorted(earned.items())
        if id_ not in there
    ]
    add_missing(client, COLLECTION, missing)
    by_total: defaultdict[int, list[str]] = defaultdict(list)
    for id_, total in sorted(earned.items()):
        if id_ in there and there[id_] != total:
            by_total[total].append(id_)
    for total, ids in by_total.items():
        update_ids(client, COLLECTION, ids, {"earned": _.neq(total)}, {"earned": total})
    return [str(row["_id"]) for row in missing] + [id_ for ids in by_total.values() for id_ in ids]


def _sums(client: CloudClient, volunteers: Sequence[str] | None) -> dict[str, int]:
    sums: dict[str, int] = {}
    if volunteers is None:
        while found := _grouped(client, {"volunteerId": _.gt(max(sums, default=""))}):
            sums |= found
        return sums

    def add_up(piece: Sequence[str]) -> None:
        sums.update(_grouped(client, {"volunteerId": _.in_(piece)}))

    in_pieces(list(volunteers), lambda: client.sizes.lookup, add_up)
    return sums


def _grouped(client: CloudClient, which: dict[str, object]) -> dict[str, int]:
    chain = db.collection(LEDGER).aggregate()
    chain = chain.match({"reason": _.in_(list(AWARD_REASONS)), **which})
    chain = chain.group({"_id": "$volunteerId", "earned": _.sum("$delta")})
    rows = client.aggregate(chain.sort({"_id": 1}).limit(_PAGE).end())
    return {row["_id"]: int(row["earned"]) for row in rows}
