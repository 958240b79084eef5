"""Steps 4 to 7: what a stored decision causes — the message, the points, the notification.

Every id derives from the decision or from the business, so that projecting twice is projecting
once. A document that the cloud refuses makes its decision `dead` and holds up no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cloud_sync import ledger, outbox
from cloud_sync.recount import recount
from cloud_sync.registry import KINDS
from cloud_sync.template import template_data, template_page
from cloud_sync.texts import TEXTS
from cloud_sync.writes import add_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.errors import CloudError
    from cloud_sync.law import LawBook
    from cloud_sync.outbox import Winner

Document = dict[str, Any]


@dataclass
class Projected:
    """What became of a set of decisions."""

    done: list[Winner] = field(default_factory=list)
    refused: dict[str, CloudError] = field(default_factory=dict)
    """By decision id: why one of its documents cannot be written."""
    notifications: list[Document] = field(default_factory=list)
    volunteers: set[str] = field(default_factory=set)
    """Whose ledger may have changed."""
    requeued: int = 0
    """Visits whose decision no longer fitted their day."""


@dataclass(frozen=True, slots=True)
class Projector:
    """What projecting needs besides the decisions."""

    client: CloudClient
    template: str
    laws: LawBook
    clock: Callable[[], datetime]

    def project(self, winners: Sequence[Winner]) -> Projected:
        """Write what the decisions cause and mark them done; the rest is the caller's."""
        result = Projected()
        messages = {
            f"msg:{winner.id}:{winner.case.created_by}": winner for winner in winners if winner.case
        }
        self._add(
            "messages",
            [_message(id_, winner) for id_, winner in messages.items()],
            messages,
            result,
        )
        self._settle_points(winners, result)
        notices = {
            f"ntf:{winner.id}:{self.template}:{winner.case.created_by}": winner
            for winner in winners
            if winner.case
        }
        rows = [_notification(id_, winner, self.template) for id_, winner in notices.items()]
        self._add("notifications", rows, notices, result)
        result.notifications = rows
        result.done = [winner for winner in winners if winner.id not in result.refused]
        outbox.mark(self.client, [winner.id for winner in result.done], "done")
        return result

    def _add(
        self,
        collection: str,
        documents: list[Document],
        owners: dict[str, Winner],
        result: Projected,
    ) -> None:
        live = [doc for doc in documents if owners[doc["_id"]].id not in result.refused]
        refused = add_missing(self.client, collection, live).refused
        result.refused |= {owners[id_].id: error for id_, error in refused.items()}

    def _settle_points(self, winners: Sequence[Winner], result: Projected) -> None:
        visits = [winner for winner in winners if KINDS[winner.kind].earns_points]
        days = ledger.days_of(self.client, visits)
        stamps = {
            day: ledger.Stamp(causes[-1].village_id, causes[-1].policy_version)
            for day, causes in days.items()
        }
        decider, now = self.laws.now, self.clock()
        settled = ledger.settle(self.client, stamps, total=decider.day_total, now=now)
        for day, error in settled.refused.items():
            result.refused |= {winner.id: error for winner in days[day]}
        # Before the decisions are `done`: who dies in between does it again.
        whole = [found for day, found in settled.visits.items() if day not in settled.refused]
        result.requeued = recount(self.client, whole, visits, decider=decider, now=now)
        result.volunteers = {day.volunteer_id for day in days}


def _message(id_: str, winner: Winner) -> Document:
    # Only a case that is still to be looked at waits for somebody.
    waiting = winner.case is not None and winner.case.status == "submitted"
    waits = TEXTS.waits.get(winner.route.level, "") if winner.route and waiting else ""
    return {
        "_id": id_,
        "userId": winner.case.created_by if winner.case else None,
        "villageId": winner.village_id,
        "kind": "decision",
        "caseId": winner.case_id,
        "title": TEXTS.titles[winner.kind],
        "lines": [line for line in (*winner.lines, waits) if line],
        "at": winner.decided_at,
    }


def _notification(id_: str, winner: Winner, template: str) -> Document:
    return {
        "_id": id_,
        "userId": winner.case.created_by if winner.case else None,
        "template": template,
        "data": template_data(winner),
        "page": template_page(winner),
        "state": "todo",
        "attempts": 0,
        "at": winner.decided_at,
    }
