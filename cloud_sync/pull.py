"""Step 1: the cases that wait for a decision, sorted into those that can be read and the rest.

The case is the queue: there is no watermark and no local state. Pages go by `_id` and end with an
empty page, because the cloud may give fewer rows than asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cloud_sync.dead_letters import DeadLetter
from cloud_sync.records.base import RecordError
from cloud_sync.records.case import CASE_FIELDS, UNDECIDED_STATUSES, Case, Data, parse_case
from cloud_sync.registry import QUEUED_KINDS
from cloud_sync.statement import _, encode
from cloud_sync.writes import read_all, read_by_ids, update_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cloud_sync.client import CloudClient

Document = dict[str, Any]
_KEYS = ("_id", "_v", "rev")
_CODE = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Poison:
    """A case that cannot be decided, and the version of it that the letter is about."""

    letter: DeadLetter
    case: Document
    """`_id`, `_v` and `rev` as they are stored, whatever their types."""


@dataclass
class Batch:
    """One page of the queue."""

    size: int
    cases: list[tuple[Case, Data]] = field(default_factory=list)
    poisons: list[Poison] = field(default_factory=list)
    undecided: list[Document] = field(default_factory=list)
    """Drafts and withdrawn cases: nothing to decide."""

    def hold(self, which: Callable[[Case], bool]) -> int:
        """Leave out the cases of which this holds, as if they had not come; return how many."""
        kept = [(case, data) for case, data in self.cases if not which(case)]
        held = len(self.cases) - len(kept)
        self.cases = kept
        self.size -= held
        return held


def pull(client: CloudClient, *, odd_kinds: bool = False) -> Iterator[Batch]:
    """Give the queue batch by batch; cases without `rev` are adopted as `rev` 1 on the way.

    `odd_kinds` also gives the cases whose kind is no text at all, for one call more.
    """
    # Kinds of other rules wait untouched.
    kinds = [_.in_(QUEUED_KINDS)]
    if odd_kinds:
        kinds.append(_.not_(_.gte("")).and_(_.neq(None)))
    for kind in kinds:
        where = {"sync": "todo", "kind": kind}
        for page in read_all(client, "cases", where, CASE_FIELDS):
            yield sort_out(_with_revs(client, page), size=len(page))


def sort_out(page: Sequence[Document], *, size: int) -> Batch:
    """Read each case of a page; what cannot be read becomes a poison and holds up no other."""
    batch = Batch(size)
    for document in page:
        if document.get("status") in UNDECIDED_STATUSES:
            batch.undecided.append(document)
            continue
        try:
            batch.cases.append(parse_case(document))
        except RecordError as error:
            batch.poisons.append(poison_of(document, "BadRecord", error.reason, error.fix))
    return batch


def poison_of(document: Document, error_class: str, reason: str, fix: str) -> Poison:
    """Make a poison of a raw case, whatever state its fields are in."""
    rev = document.get("rev")
    whole = isinstance(rev, int | float) and not isinstance(rev, bool) and rev == int(rev)
    creator, village = document.get("createdBy"), document.get("villageId")
    letter = DeadLetter(
        case_id=document["_id"],
        rev=int(rev) if whole and isinstance(rev, int | float) and rev > 0 else 0,
        error_class=error_class,
        reason=reason,
        fix=fix,
        created_by=creator if isinstance(creator, str) and creator else None,
        # Anything else may be an address.
        village_id=village if isinstance(village, str) and _CODE.fullmatch(village) else None,
    )
    return Poison(letter, {name: document[name] for name in _KEYS if name in document})


def release_undecided(client: CloudClient, documents: Sequence[Document]) -> int:
    """Take drafts and withdrawn cases out of the queue; one that was submitted since stays."""
    guard = {"sync": "todo", "status": _.in_(list(UNDECIDED_STATUSES))}
    return update_cases(client, documents, guard, {"sync": "none"})


def guard_of(rev: object) -> dict[str, object]:
    """The condition that a case still has this stored `rev`, even where it is malformed."""
    try:
        encode(rev)
    except (TypeError, ValueError):
        return {}
    return {"rev": _.eq(rev)}


def _with_revs(client: CloudClient, page: list[Document]) -> list[Document]:
    """Adopt the cases without `rev`, then read them again: they may have changed in between."""
    bare = [document for document in page if document.get("rev") is None]
    if not bare:
        return page
    update_cases(client, bare, {"rev": None}, {"rev": 1})
    again = read_by_ids(client, "cases", [document["_id"] for document in bare], CASE_FIELDS)
    kept = [document for document in page if document.get("rev") is not None]
    return kept + [document for document in again if document.get("sync") == "todo"]
