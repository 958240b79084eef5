"""Which law a worker decides with, and which open cases a new one concerns.

The newest published version in force wins over the law the worker was started with. Every case
carries the version it was last decided under (`policyVersion`), so that a worker with an older law
leaves it alone, and each version queues a case once, whoever dies on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloud_sync import policies
from cloud_sync.errors import CloudSyncError
from cloud_sync.policies import order_of
from cloud_sync.records.case import AWAITING_STATUSES
from cloud_sync.registry import KINDS
from cloud_sync.statement import _, db
from cloud_sync.writes import read_all, update_cases
from sizhu_rules import PolicyError
from sizhu_rules.comparing import changed_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.decider import Decider
    from sizhu_rules import Policy

_MOST_VERSIONS: Final = 100


class LawBook:
    """The law in force: the one the worker was started with, or a newer published one."""

    def __init__(self, base: Decider) -> None:
        """Begin with the law that is shipped or overlaid."""
        self.base = self.now = base
        self._loaded: dict[tuple[str, tuple[str, str]], Decider] = {}

    def look(self, client: CloudClient, clock: Callable[[], datetime]) -> bool:
        """See which published version is in force; return whether the law changed by it.

        The newest one that two persons have approved is proved first, and accepted or refused.
        """
        before = self.now
        self.now = next(self._usable(client, clock), self.base)
        return self.now is not before

    def policy_of(self, client: CloudClient, version: str | None) -> Policy | None:
        """Return the policy of an older version, or None where its text is nowhere.

        What carries no version was decided under the law the worker was started with.
        """
        found = self.base.policy_of(version)
        if found is not None:
            return found
        row = next(
            (r for r in policies.rows(client, self.base.region) if r.version == version), None
        )
        try:
            return policies.release_of(client, row.id).policy() if row else None
        except PolicyError:
            return None

    def _usable(self, client: CloudClient, clock: Callable[[], datetime]) -> Iterator[Decider]:
        base = order_of(self.base.version) or ()
        for row in policies.rows(client, self.base.region):
            if row.malformed or row.order > base:
                decider = self._take(client, row, clock)
                if decider is not None:
                    yield decider

    def _take(
        self, client: CloudClient, row: policies.Row, clock: Callable[[], datetime]
    ) -> Decider | None:
        """Bring one row to where it belongs; return its law where that is in force."""
        if row.state in {"waiting", "refused"}:
            return None
        try:
            return self._law_of(client, row, clock)
        except PolicyError as error:
            failure = error
        except CloudSyncError:
            raise
        except Exception as error:  # noqa: BLE001 - a text that breaks the program must not stop the town
            failure = PolicyError(
                row.id,
                1,
                f"the program fails on it with {type(error).__name__}",
                "report the version to the maintainers, and publish another one",
            )
        policies.refuse(client, row, failure, clock())
        return None

    def _law_of(
        self, client: CloudClient, row: policies.Row, clock: Callable[[], datetime]
    ) -> Decider | None:
        policies.must_be_unchanged(row)
        if row.accepted and (row.id, row.accepted) in self._loaded:
            return self._loaded[row.id, row.accepted]
        release = policies.release_of(client, row.id)
        content = policies.content_of(release)
        if row.accepted and row.accepted != content:
            raise policies.edited(row)
        if row.state == "approved":
            policy = policies.prove(row, release, self.base.policy.rules)
            row = policies.accept(client, row, content, clock())
            if row.state != "accepted":
                return None
        else:
            policy = release.policy()
        if row.accepted != content:  # another worker accepted something else
            raise policies.edited(row)
        return self._loaded.setdefault((row.id, content), self.base.under(policy))


def requeue(client: CloudClient, book: LawBook) -> int:
    """Queue the open cases that were decided under an older law and may be answered otherwise.

    Only what still waits for a person: what is approved stays as it is. The guard and the version
    it writes exclude each other, so a case is queued once for a version, by however many workers.
    Returns how many were queued.
    """
    queued = 0
    for version in _versions(client):
        if not book.now.is_newer_than(book.base.version if version is None else version):
            continue
        before = book.policy_of(client, version)
        policy = book.now.policy
        rules = policy.rules if before is None else changed_rules(before, policy)
        kinds = [name for name, kind in KINDS.items() if kind.rule in rules]
        where = {**_DECIDED, "kind": _.in_(kinds), "policyVersion": version}
        for page in read_all(client, "cases", where, ("_v", "rev")) if kinds else ():
            whole = [case for case in page if isinstance(case.get("rev"), int | float)]
            again = {"sync": "todo", "rev": _.inc(1), "policyVersion": book.now.version}
            queued += update_cases(client, whole, {**_DECIDED, "policyVersion": version}, again)
    return queued


_DECIDED: Final = {"sync": "done", "status": _.in_(list(AWAITING_STATUSES))}


def _versions(client: CloudClient) -> list[str | None]:
    """Return the versions under which open cases stand decided; None is older than this field."""
    chain = db.collection("cases").aggregate().match({**_DECIDED, "kind": _.in_(list(KINDS))})
    chain = chain.group({"_id": "$policyVersion"}).limit(_MOST_VERSIONS)
    found = [row["_id"] for row in client.aggregate(chain.end())]
    return [version for version in found if version is None or order_of(version)]
