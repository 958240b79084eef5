"""Step 8: the cases leave the queue, unless somebody changed them meanwhile.

One update has one payload for all, so cases are grouped by it. The queue is moved only where the
case is still `submitted`: a step that staff took in between is not undone.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from cloud_sync.pull import guard_of
from cloud_sync.statement import _
from cloud_sync.writes import update_cases, update_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_sync.client import CloudClient
    from cloud_sync.outbox import CaseRef, Place, Winner
    from cloud_sync.pull import Poison

    _Group = tuple[int, Place | None, str]
    """What one update can say of many cases: their `rev`, where they go, whose law decided."""


class Completer:
    """Collects decided cases and sets them `done`, a full update at a time.

    A case that waits here is still in the queue; if the worker dies, the next run completes it.
    """

    def __init__(self, client: CloudClient) -> None:
        """Begin with nothing collected."""
        self._client = client
        self._groups: defaultdict[_Group, list[str]] = defaultdict(list)

    def add(self, winners: Sequence[Winner]) -> None:
        """Take the cases whose version these decisions are about, and complete full groups.

        Where the route differs from the queue of the pulled case, the queue follows in the same
        write.
        """
        for winner in winners:
            if winner.case and winner.case.rev == winner.rev:
                place = _move(winner.case, winner.route)
                key = (winner.rev, place, winner.policy_version)
                self._groups[key].append(winner.case_id)
        full = self._client.sizes.write
        for key in [key for key, ids in self._groups.items() if len(ids) >= full]:
            ids = self._groups[key]
            whole = len(ids) - len(ids) % full
            self._complete(key, ids[:whole])
            self._groups[key] = ids[whole:]

    def flush(self) -> None:
        """Complete everything collected."""
        for key, ids in self._groups.items():
            self._complete(key, ids)
        self._groups.clear()

    def _complete(self, key: _Group, ids: list[str]) -> None:
        rev, place, version = key
        guard = {"rev": rev, "sync": "todo"}
        done = {"sync": "done", "policyVersion": version, "_v": _.inc(1)}
        if place is not None:
            moved = update_ids(
                self._client,
                "cases",
                ids,
                {**guard, "status": "submitted"},
                {**done, "queue": _.set(place.document())},
            )
            if moved == len(ids):
                return
        update_ids(self._client, "cases", ids, guard, done)


def bury(client: CloudClient, poisons: Sequence[Poison]) -> None:
    """Set the cases `dead` whose letters have been written."""
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for poison in poisons:
        groups[repr(poison.case.get("rev"))].append(poison.case)
    for cases in groups.values():
        guard = {**guard_of(cases[0].get("rev")), "sync": "todo"}
        update_cases(client, cases, guard, {"sync": "dead"})


def _move(case: CaseRef, route: Place | None) -> Place | None:
    if route is None or case.status != "submitted" or route == case.queue:
        return None
    return route
