"""Subscribe messages, at most once by claim: `todo → sending → sent | refused | failed | unknown`.

The claim is the fence: whoever turns `todo` into `sending` under its own claim id may send, once.
What a dead worker left `sending` becomes `unknown` after a lease, visible to staff and never sent
again by itself. The in-app message is there in any case.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.sending import Halt, Outgoing, Sent, send
from cloud_sync.statement import _, db
from cloud_sync.writes import read_all, read_by_ids, update_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient

COLLECTION = "notifications"
LEASE: Final = timedelta(minutes=10)
_FIELDS: Final = ("userId", "template", "data", "page")

Document = dict[str, Any]


class Brake:
    """Stops all sending of a run, for one reason; shared by its threads."""

    def __init__(self) -> None:
        """Begin without a reason."""
        self._stop = threading.Event()
        self.reason: Halt = ""

    @property
    def pulled(self) -> bool:
        """Whether no further message may be sent."""
        return self._stop.is_set()

    def pull(self, reason: Halt = "") -> None:
        """Let no further message be sent."""
        self.reason = self.reason or reason
        self._stop.set()


def expire(client: CloudClient, now: datetime) -> None:
    """Give up what a dead worker left `sending`: nobody knows whether it was sent."""
    abandoned = {"state": "sending", "at": _.lt(now - LEASE)}
    update = {"state": "unknown", "at": now}
    client.update(db.collection(COLLECTION).where(abandoned).update(update))


def waiting(client: CloudClient) -> Iterator[list[Document]]:
    """Give the notifications that earlier runs left `todo`, page by page."""
    return read_all(client, COLLECTION, {"state": "todo"}, _FIELDS)


class Notifier:
    """Claims notifications, sends them and records what became of each; for one thread."""

    def __init__(
        self,
        client: CloudClient,
        *,
        clock: Callable[[], datetime],
        claim_id: str,
        brake: Brake,
    ) -> None:
        """`claim_id` names this notifier and no other ever."""
        self._client, self._clock, self._brake = client, clock, brake
        self._claims = (f"{claim_id}:{number}" for number in count())
        self.notified = 0
        """Messages that WeChat took."""

    def deliver(self, rows: Sequence[Document]) -> None:
        """Claim and send notifications that stand in the cloud; stops when the brake is pulled."""
        if not rows or self._brake.pulled:
            return
        openids, start = self._openids(rows), 0
        while start < len(rows) and not self._brake.pulled:
            piece = rows[start : start + self._client.sizes.write]
            self._deliver(piece, openids)
            start += len(piece)

    def _deliver(self, rows: Sequence[Document], openids: dict[str, str]) -> None:
        known: list[Document] = []
        strangers: list[Document] = []
        for row in rows:
            fit = openids.get(str(row.get("userId"))) and _is_complete(row)
            (known if fit else strangers).append(row)
        if strangers:
            failed = {"state": "failed", "at": self._clock()}
            ids = [row["_id"] for row in strangers]
            update_ids(self._client, COLLECTION, ids, {"state": "todo"}, failed)
        claim = next(self._claims)
        results = [self._send(row, openids) for row in self._claim(known, claim)]
        self._record(claim, results)

    def _openids(self, rows: Sequence[Document]) -> dict[str, str]:
        users = [user for row in rows if isinstance(user := row.get("userId"), str)]
        found = read_by_ids(self._client, "users", dict.fromkeys(users), ("openid",))
        return {
            user["_id"]: openid
            for user in found
            if isinstance(openid := user.get("openid"), str) and openid
        }

    def _claim(self, rows: list[Document], claim: str) -> list[Document]:
        sending = {"state": "sending", "claim": claim, "at": self._clock(), "attempts": _.inc(1)}
        ids = [row["_id"] for row in rows]
        taken = update_ids(self._client, COLLECTION, ids, {"state": "todo"}, sending)
        if taken == len(ids):
            return rows
        # Lost to another worker, or only the answer was lost: the claim itself says which.
        found = read_by_ids(self._client, COLLECTION, ids, ("state", "claim"))
        mine = {row["_id"] for row in found if _is_mine(row, claim)}
        return [row for row in rows if row["_id"] in mine]

    def _send(self, row: Document, openids: dict[str, str]) -> Sent:
        if self._brake.pulled:
            return Sent(row["_id"], "todo")
        message = Outgoing(
            id=row["_id"],
            openid=openids[row["userId"]],
            template=row["template"],
            page=row["page"],
            data=row["data"],
        )
        result = send(self._client, message)
        if result.halt:
            self._brake.pull(result.halt)
        self.notified += result.state == "sent"
        return result

    def _record(self, claim: str, results: Sequence[Sent]) -> None:
        groups: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)
        for result in results:
            groups[result.state, result.errcode].append(result.id)
        now = self._clock()
        for (state, errcode), ids in groups.items():
            data: Document = {"state": state, "at": now}
            if errcode is not None:
                data["errcode"] = errcode
            if state == "todo":
                data["claim"] = _.remove()
            update_ids(self._client, COLLECTION, ids, {"claim": claim}, data)


def _is_complete(row: Document) -> bool:
    texts = isinstance(row.get("template"), str) and isinstance(row.get("page"), str)
    return texts and isinstance(row.get("data"), dict)


def _is_mine(row: Document, claim: str) -> bool:
    return row.get("state") == "sending" and row.get("claim") == claim
