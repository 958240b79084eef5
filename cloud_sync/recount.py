"""After step 5: visits whose decision the rest of their day has made untrue are queued again.

What counts before a visit changes after it was decided: a dispute ends, times are corrected, an
older record is imported. The ledger follows at once, whatever the decisions say; a decision that
would be another one today is decided again, so that nobody is promised what the ledger does not
hold, and nobody waits for a person over a cap that is no longer met. What others count is no
matter of their decisions, so that a second round finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from cloud_sync import outbox
from cloud_sync.statement import _
from cloud_sync.writes import read_by_ids, update_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.decider import Decider
    from cloud_sync.outbox import Winner
    from cloud_sync.visits import Counted
    from sizhu_rules.points import Visit

_SAID: Final = ("verdict", "outcome", "candidates", "codes")
_READ: Final = ("overlaps", "half_hours_before")
"""What a decision reads of the other visits of its day."""


def recount(
    client: CloudClient,
    days: Iterable[Sequence[Counted]],
    winners: Iterable[Winner],
    *,
    decider: Decider,
    now: datetime,
) -> int:
    """Queue the visits of these days whose stored decision no longer fits; return how many.

    `winners` are decisions that have just been read, so that they need not be looked up. One that
    is not stored will be made; one under another law is not this worker's to judge.
    """
    visits = {
        outbox.decision_id(visit.case_id, visit.rev): (visit, day) for day in days for visit in day
    }
    stored: dict[str, Any] = {winner.id: winner.decision for winner in winners}
    unread = [id_ for id_ in visits if id_ not in stored]
    for row in read_by_ids(client, outbox.COLLECTION, unread, outbox.ANSWER_FIELDS):
        stored[row["_id"]] = row.get("decision")
    stale: defaultdict[int, list[str]] = defaultdict(list)
    for id_, (visit, day) in visits.items():
        decision = stored.get(id_)
        if not isinstance(decision, dict) or _version(decision) != decider.points_version:
            continue
        others = [other.facts for other in day if other.case_id != visit.case_id]
        facts = decider.on_its_day(visit.facts, others)
        if not _fits(decision, facts, decider, now):
            stale[visit.rev].append(visit.case_id)
    queued = 0
    for rev, case_ids in stale.items():
        # A dead letter's case waits for a person; when it is retried, its day is counted anew.
        guard = {"rev": rev, "sync": _.in_(["todo", "done"])}
        # No worker with an older law may take what this law has decided already.
        version = {"policyVersion": decider.points_version}
        again = {"sync": "todo", "rev": _.inc(1), "_v": _.inc(1), **version}
        queued += update_ids(client, "cases", case_ids, guard, again)
    return queued


def _fits(decision: Mapping[str, Any], facts: Visit, decider: Decider, now: datetime) -> bool:
    """Whether a stored decision read this day, or says the same of it."""
    reads = decision.get("reads")
    if isinstance(reads, dict) and all(reads.get(name) == getattr(facts, name) for name in _READ):
        return True
    derived = decider.decide_visit(facts, now=now).to_dict()
    return all(decision.get(name) == derived[name] for name in _SAID)


def _version(decision: Mapping[str, Any]) -> object:
    policy = decision.get("policy")
    return policy.get("version") if isinstance(policy, dict) else None
