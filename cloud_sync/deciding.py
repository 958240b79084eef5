"""Steps 1 to 3: batches are pulled, looked up and decided; decisions are stored and read back.

Nothing here changes a case, but for the adoption of those without `rev`, and nothing reaches a
resident; so it may run ahead of the rest on a thread of its own.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloud_sync import outbox
from cloud_sync.dead_letters import DeadLetter
from cloud_sync.errors import CloudError, ProgramError, classify
from cloud_sync.facts import FactSource
from cloud_sync.logs import log
from cloud_sync.pull import Batch, Poison, pull
from cloud_sync.records.base import RecordError
from sizhu_rules import Disagreement, FactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.decider import Decider
    from cloud_sync.outbox import Stored
    from cloud_sync.records.case import Case, Data

_log = logging.getLogger(__name__)
_EXPECTED = (RecordError, FactError, Disagreement)
DECIDE_BY_HAND = (
    "Decide this case by hand and report its id to the maintainers; after their fix run "
    "`sizhu dead retry`."
)
CHECK_AND_RETRY = (
    "Check the collections and indexes with `sizhu doctor`, then run `sizhu dead retry`."
)


@dataclass
class Decided:
    """One batch whose decisions stand in the cloud; nothing has followed from them yet."""

    batch: Batch
    stored: Stored
    """The winners' decisions, read back."""
    count: int
    """How many cases were decided here."""
    poisons: list[Poison]
    held: int = 0
    """Cases of a later law than this worker's: left for one that has it."""


def decided_batches(
    client: CloudClient,
    *,
    decider: Decider,
    clock: Callable[[], datetime],
    odd_kinds: bool,
) -> Iterator[Decided]:
    """Give the queue batch by batch, decided and stored; see `pull` for `odd_kinds`."""
    source = FactSource(client)
    for batch in pull(client, odd_kinds=odd_kinds):
        held = batch.hold(lambda case: decider.is_behind(case.policy_version))
        cases, documents, poisons = _decide(batch, source, decider, clock())
        refused = outbox.put(client, documents).refused
        stored = outbox.read_back(client, [outbox.ref_of(case, data) for case, data in cases])
        for case, _data in cases:
            error = refused.get(outbox.decision_id(case.id, case.rev))
            if error:
                poisons.append(poison_of_case(case, error))
        yield Decided(batch, stored, len(documents) - len(refused), batch.poisons + poisons, held)


def _decide(
    batch: Batch, source: FactSource, decider: Decider, now: datetime
) -> tuple[list[tuple[Case, Data]], list[dict[str, Any]], list[Poison]]:
    cases: list[tuple[Case, Data]] = []
    documents: list[dict[str, Any]] = []
    poisons: list[Poison] = []
    decider.prepare(source, batch.cases)
    strange = 0
    for case, data in batch.cases:
        try:
            documents.append(decider.document(case, data, source, now=now))
            cases.append((case, data))
        except Exception as error:  # noqa: BLE001 - one case must not hold up the others
            poisons.append(poison_of_case(case, error))
            if not isinstance(error, _EXPECTED):
                strange += 1
                where = _where(error)
                log(_log, logging.ERROR, "deciding failed", case=case.id, where=where)
    if strange > 1 and strange == len(batch.cases):
        # Not one case but the program is at fault.
        raise ProgramError(classify(RuntimeError(), path="deciding"))
    return cases, documents, poisons


def _where(error: Exception) -> str:
    """Name type, file and line of a failure: all that can be said without the facts."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"


def poison_of_case(case: Case, error: Exception) -> Poison:
    """Make the dead letter of a readable case that could not be decided or stored."""
    if isinstance(error, RecordError):
        what = ("BadRecord", error.reason, error.fix)
    elif isinstance(error, FactError):
        what = (
            "BadRecord",
            f"The fact {error.path} cannot be used: {error.what}.",
            f"To mend it: {error.fix}; then run `sizhu dead retry`.",
        )
    elif isinstance(error, Disagreement):
        what = (
            "Disagreement",
            f"Two engines gave different answers on the sheet {error.sheet}; nothing was decided.",
            DECIDE_BY_HAND,
        )
    elif isinstance(error, CloudError):
        what = ("RefusedDocument", f"The decision cannot be stored. {error}", CHECK_AND_RETRY)
    else:
        reason = f"The worker failed with {type(error).__name__} while deciding this case."
        what = ("Bug", reason, DECIDE_BY_HAND)
    letter = DeadLetter(case.id, case.rev, *what, case.created_by, case.village_id)
    return Poison(letter, {"_id": case.id, "_v": case.version, "rev": case.rev})
