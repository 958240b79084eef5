"""Points accounts: `earned` is the sum of the award lines, set and never counted up.

The ledger is the truth; an account only repeats its sum, so that a redemption can compare it with
`spent`, which this worker never touches. After writing, the sums are read again: of two workers
the later one sees every line.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cloud_sync.ledger import COLLECTION as LEDGER
from cloud_sync.statement import _, db
from cloud_sync.writes import add_missing, read_by_ids, read_complete, update_ids
from sizhu_rules.points.ledger import AWARD_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloud_sync.client import CloudClient

COLLECTION = "points_accounts"
_PAGE = 1000
_ROUNDS = 3

Sums = dict[str, int]


def reconcile(client: CloudClient, volunteers: Sequence[str] | None = None) -> int:
    """Bring the accounts of these volunteers (None: of all) to the sums of their award lines.

    Returns how many accounts were written.
    """
    written = 0
    for _round in range(_ROUNDS):
        pages = _all(client) if volunteers is None else _some(client, volunteers)
        changed = sum(_bring(client, sums, there) for sums, there in pages)
        written += changed
        if not changed:
            break
    return written


def _all(client: CloudClient) -> Iterator[tuple[Sums, dict[str, object]]]:
    """Give sums and accounts of all volunteers, a thousand at a time."""
    last = ""
    while sums := _sums(client, {"volunteerId": _.gt(last)}):
        last = max(sums)
        span = {"_id": _.gte(min(sums)).and_(_.lte(last))}
        rows = read_complete(client, COLLECTION, span, ("earned",))
        yield sums, {row["_id"]: row.get("earned") for row in rows}


def _some(
    client: CloudClient, volunteers: Sequence[str]
) -> Iterator[tuple[Sums, dict[str, object]]]:
    """Give sums and accounts of these volunteers."""
    start = 0
    while start < len(volunteers):
        piece = volunteers[start : start + client.sizes.lookup]
        rows = read_by_ids(client, COLLECTION, piece, ("earned",))
        yield (
            _sums(client, {"volunteerId": _.in_(piece)}),
            {row["_id"]: row.get("earned") for row in rows},
        )
        start += len(piece)


def _sums(client: CloudClient, which: dict[str, object]) -> Sums:
    chain = db.collection(LEDGER).aggregate()
    chain = chain.match({"reason": _.in_(AWARD_REASONS), **which})
    chain = chain.group({"_id": "$volunteerId", "earned": _.sum("$delta")})
    rows = client.aggregate(chain.sort({"_id": 1}).limit(_PAGE).end())
    return {row["_id"]: int(row["earned"]) for row in rows}


def _bring(client: CloudClient, sums: Sums, there: dict[str, object]) -> int:
    missing = [
        {"_id": id_, "earned": total, "spent": 0} for id_, total in sums.items() if id_ not in there
    ]
    add_missing(client, COLLECTION, missing)
    by_total: defaultdict[int, list[str]] = defaultdict(list)
    for id_, total in sums.items():
        if id_ in there and there[id_] != total:
            by_total[total].append(id_)
    for total, ids in by_total.items():
        update_ids(client, COLLECTION, ids, {"earned": _.neq(total)}, {"earned": total})
    return len(missing) + sum(map(len, by_total.values()))
