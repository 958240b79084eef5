"""Published versions of the law, in the cloud collection `policies`: proved, accepted, refused.

A row is a frozen release as one document, with the approvals of two persons. The worker says in
the row what became of it (`acceptance`): accepted, or refused with the reason and the fix. The row
is the truth; a worker keeps nothing of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from cloud_sync.logs import log
from cloud_sync.statement import _, db
from cloud_sync.writes import read_by_ids, read_complete
from sizhu_rules import PolicyError, check_release
from sizhu_rules.releases import from_document, is_version, version_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from sizhu_rules import Policy
    from sizhu_rules.releases import Release

_log = logging.getLogger(__name__)

COLLECTION: Final = "policies"
PERSONS_NEEDED: Final = 2
_ROW_FIELDS: Final = ("region", "version", "digest", "approvals.by", "acceptance")
_DOCUMENT_FIELDS: Final = (
    "region", "version", "digest", "releasedOn", "note", "files.name", "files.text", "replay",
)  # fmt: skip
_SETTLED: Final = ("accepted", "refused")
_LONGEST: Final = 300
_NONE: Final = "?"
"""Stands for a version that is none: what it says may be anything."""
State = Literal["waiting", "approved", "accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Row:
    """A published version as it stands, without its text; `reason` and `fix` of a refusal."""

    id: str
    version: str
    digest: str
    state: State
    accepted: tuple[str, str] | None = None
    """Digest and content when it was accepted; what a refusal keeps tells that it had been."""
    reason: str = ""
    fix: str = ""

    @property
    def order(self) -> tuple[int, ...]:
        """Where the version stands among others; a malformed one is older than all."""
        return order_of(self.version) or ()

    @property
    def malformed(self) -> bool:
        """Whether its version is none."""
        return self.version == _NONE

    @property
    def in_force(self) -> bool:
        """Whether it is accepted and carries the digest that was accepted."""
        return self.state == "accepted" and self.accepted is not None and not self.edited

    @property
    def edited(self) -> bool:
        """Whether it carries another digest than the one that was accepted."""
        return self.accepted is not None and self.accepted[0] != self.digest

    @property
    def lost(self) -> bool:
        """Whether it had been in force before it was refused."""
        return self.state == "refused" and self.accepted is not None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def order_of(version: object) -> tuple[int, ...] | None:
    """Return where a version stands among others, or None for what is no version."""
    return version_order(version) if isinstance(version, str) and is_version(version) else None


def rows(client: CloudClient, region: str) -> list[Row]:
    """Return the published versions of a region by one call, newest first; malformed ones lead."""
    found = read_complete(client, COLLECTION, {"region": region}, _ROW_FIELDS)
    return sorted(map(_row, found), key=lambda row: (row.malformed, row.order), reverse=True)


def prove(row: Row, release: Release, needed: Iterable[str]) -> Policy:
    """Prove that a published version may be used; raises `PolicyError` where it may not.

    `needed` are the rules that there must be.
    """
    if order_of(release.version) is None or row.id != f"pol:{release.region}:{release.version}":
        raise release.error(
            "the `_id` is not that of the region and version",
            "publish what `sizhu rules release --json` prints",
        )
    report = check_release(release)
    if not report.ok:
        first = report.problems[0] if report.problems else "something adverse is unconfirmed"
        more = f" (and {len(report.problems) - 1} more)" if len(report.problems) > 1 else ""
        raise release.error(
            f"`sizhu rules check` finds: {first[:_LONGEST]}{more}",
            "mend the text and publish it under a new version",
        )
    policy = release.policy()
    absent = sorted(set(needed) - set(policy.rules))
    if absent:
        raise release.error(
            f"it lacks the rules {', '.join(absent)}",
            "freeze the whole text with this version of the program, under a new version",
        )
    return policy


def verify(client: CloudClient, row: Row) -> None:
    """Compare an accepted version with its text as it stands; raises `PolicyError`."""
    must_be_unchanged(row)
    release = release_of(client, row.id)
    if row.accepted != content_of(release):
        raise edited(row)


def published_releases(client: CloudClient, region: str, digest: str) -> list[Release]:
    """Return the published versions of a digest; one that is malformed is none."""
    found = []
    for row in rows(client, region):
        if row.digest == digest:
            try:
                found.append(release_of(client, row.id))
            except PolicyError:
                continue
    return found


def _row(raw: dict[str, Any]) -> Row:
    version, digest = raw.get("version"), raw.get("digest")
    acceptance = raw.get("acceptance")
    settled = acceptance if isinstance(acceptance, dict) else {}
    approvals = raw.get("approvals")
    persons = {
        approval["by"]
        for approval in (approvals if isinstance(approvals, list) else ())
        if isinstance(approval, dict) and isinstance(approval.get("by"), str) and approval["by"]
    }
    state: State = "approved" if len(persons) >= PERSONS_NEEDED else "waiting"
    if settled.get("state") in _SETTLED:
        state = settled["state"]
    had = (settled.get("digest"), settled.get("content"))
    return Row(
        id=raw["_id"],
        version=version if isinstance(version, str) and is_version(version) else _NONE,
        digest=digest if isinstance(digest, str) else "",
        state=state,
        accepted=(str(had[0]), str(had[1])) if all(had) else None,
        reason=str(settled.get("reason", "")),
        fix=str(settled.get("fix", "")),
    )


def must_be_unchanged(row: Row) -> None:
    """Raise `PolicyError` where an accepted version carries another digest now."""
    if row.state == "accepted" and not row.in_force:
        raise edited(row)


def edited(row: Row) -> PolicyError:
    """Build the error about a version that is not what was accepted."""
    return PolicyError(
        row.id,
        1,
        "it was edited after it had been accepted",
        "freeze what is meant as a new version and publish that; a published one never changes",
    )


def release_of(client: CloudClient, id_: str) -> Release:
    """Fetch a published version with its text; raises `PolicyError` for a malformed one."""
    found = read_by_ids(client, COLLECTION, [id_], _DOCUMENT_FIELDS)
    if not found:
        raise PolicyError(id_, 1, "it is there no more", "publish it again")
    return from_document(found[0])


def content_of(release: Release) -> tuple[str, str]:
    """Return the digest, and a hash of the whole: the digest leaves out sentences and cases."""
    text = json.dumps(release.to_document(), sort_keys=True, ensure_ascii=False)
    return release.digest, "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def accept(client: CloudClient, row: Row, content: tuple[str, str], now: datetime) -> Row:
    """Say that the row is accepted; return it as it stands then, as another may have been first."""
    acceptance = {"state": "accepted", "at": now, "digest": content[0], "content": content[1]}
    guard = {"_id": row.id, "digest": row.digest, "acceptance.state": _.nin(list(_SETTLED))}
    chain = db.collection(COLLECTION).where(guard)
    client.update(chain.update({"acceptance": _.set(acceptance)}))
    log(_log, logging.INFO, "a published version of the law passes the check", where=row.version)
    found = read_by_ids(client, COLLECTION, [row.id], _ROW_FIELDS)
    return _row(found[0]) if found else row


def refuse(client: CloudClient, row: Row, error: PolicyError, now: datetime) -> None:
    """Say in the row why it is refused; what it was accepted under stays there."""
    acceptance: dict[str, object] = {"state": "refused", "at": now}
    acceptance |= {"reason": f"{error.file}:{error.line}: {error.what}", "fix": error.fix}
    if row.accepted:
        acceptance |= dict(zip(("digest", "content"), row.accepted, strict=True))
    guard = {"_id": row.id, "acceptance.state": _.neq("refused")}
    chain = db.collection(COLLECTION).where(guard)
    client.update(chain.update({"acceptance": _.set(acceptance)}))
    log(_log, logging.ERROR, "a published version of the law is refused", where=row.version)
