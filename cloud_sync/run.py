"""One run for one town: the eight steps, batch by batch, until the queue is empty.

Nothing is lost and nothing takes effect twice, whatever dies: every step may be repeated. What a
dead worker left half done is finished first.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from typing import TYPE_CHECKING

from cloud_sync import accounts, outbox
from cloud_sync import sweep as sweeping
from cloud_sync.ahead import Ahead
from cloud_sync.complete import Completer, bury
from cloud_sync.dead_letters import DeadLetter, close_settled, write_letters
from cloud_sync.decider import Decider
from cloud_sync.deciding import CHECK_AND_RETRY, Decided, decided_batches
from cloud_sync.law import LawBook, requeue
from cloud_sync.logs import log
from cloud_sync.mailroom import Mailroom, ThreadMailroom
from cloud_sync.notify import expire, waiting
from cloud_sync.projections import Projector
from cloud_sync.pull import Poison, release_undecided
from cloud_sync.registry import KINDS
from cloud_sync.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.errors import CloudError
    from cloud_sync.outbox import Stored, Winner
    from cloud_sync.settings import Settings

_log = logging.getLogger(__name__)
_MOST_PASSES = 3


def sync_town(  # noqa: PLR0913 - all but the first four have a default that fits
    client: CloudClient,
    *,
    settings: Settings,
    clock: Callable[[], datetime],
    claim_id: str | None = None,
    full: bool = True,
    sweep: bool = False,
    stop: Callable[[], bool] = lambda: False,
    mailroom: Mailroom | None = None,
    decider: Decider | None = None,
    laws: LawBook | None = None,
    look: bool | None = None,
    ahead: bool = True,
) -> Report:
    """Decide every waiting case of the town and write back what follows from it.

    `clock` gives aware instants; `claim_id` names this run and no other; `stop` is asked between
    batches. `decider` brings the law where no `laws` are kept over several runs; `look` (None: as
    `full`) asks for a newer published version and queues the open cases that it concerns. `full`
    also looks for what dead workers and forgetful writers left (some calls more); `sweep` compares
    every case with its decision; `ahead` decides the next batch on a second thread while the
    effects of the present one are written. Raises `ConfigError` or `CloudError`: one sentence that
    ends in the fix. A run that was broken off is simply repeated.
    """
    before = client.calls
    claim_id = claim_id or secrets.token_hex(8)
    run = _Run(
        client,
        laws=laws or LawBook(decider or Decider.from_settings(settings)),
        clock=clock,
        stop=stop,
        mailroom=mailroom or ThreadMailroom(client, clock=clock, claim_id=claim_id),
        template=settings.template_result,
        ahead=ahead,
    )
    try:
        run.all(full=full, sweep=sweep, look=full or sweep if look is None else look)
        run.close()
    except BaseException:
        run.abandon()
        raise
    report = run.report
    report.endpoints = client.calls - before
    log(
        _log, logging.INFO, "run finished",
        pulled=report.pulled, decided=report.decided, written=report.written, dead=report.dead,
        notified=report.notified, adopted=report.adopted, skipped=report.skipped,
        requeued=report.requeued, held=report.held,
        calls=report.calls,
    )  # fmt: skip
    return report


class _Run:
    """The state of one run: caches and counts, nothing that matters."""

    def __init__(
        self,
        client: CloudClient,
        *,
        laws: LawBook,
        clock: Callable[[], datetime],
        stop: Callable[[], bool],
        mailroom: Mailroom,
        template: str,
        ahead: bool,
    ) -> None:
        self.report = Report()
        self._client, self._laws, self._clock, self._stop = client, laws, clock, stop
        self._mailroom = mailroom
        self._projector = Projector(client, template, laws, clock)
        self._ahead = ahead
        self._completer = Completer(client)
        self._volunteers: set[str] = set()

    def all(self, *, full: bool, sweep: bool, look: bool) -> None:
        if look:
            self._take_law(again=full or sweep)
        self.report.law = self._laws.now.version
        if full or sweep:
            self._look_back(sweep=sweep)
        self._pull_all(odd_kinds=full or sweep)
        if full or sweep:
            accounts.reconcile(self._client)
            close_settled(self._client)
        elif self._volunteers:
            accounts.reconcile(self._client, sorted(self._volunteers))

    def close(self) -> None:
        if self.report.stopped:
            self._mailroom.abandon()
        else:
            self._mailroom.finish()
        self.report.notified = self._mailroom.notified

    def abandon(self) -> None:
        self._mailroom.abandon()

    def _take_law(self, *, again: bool) -> None:
        # Also without a change: another worker may have died over the queueing, or decided late
        # under the older law.
        if self._laws.look(self._client, self._clock) or again:
            self.report.requeued += requeue(self._client, self._laws)

    def _look_back(self, *, sweep: bool) -> None:
        self.report.adopted += sweeping.adopt(self._client)
        if sweep:
            self.report.adopted += sweeping.sweep(self._client)
        expire(self._client, self._clock())
        for notifications in waiting(self._client):
            self._mailroom.offer(notifications)
        for stored in outbox.leftovers(self._client, list(KINDS)):
            self._project(stored)
        self._completer.flush()

    def _pull_all(self, *, odd_kinds: bool) -> None:
        # A case that was resubmitted while its batch was under way is still in the queue.
        for _pass in range(_MOST_PASSES):
            before = self.report.pulled
            with contextlib.closing(self._batches(odd_kinds=odd_kinds)) as batches:
                for decided in batches:
                    self._batch(decided)
                    self._client.sizes.grow()
                    if self._stop():
                        self.report.stopped = True
                        break
            self._completer.flush()
            if self.report.stopped or self.report.pulled == before:
                return
            odd_kinds = False

    def _batches(self, *, odd_kinds: bool) -> Generator[Decided, None, None]:
        def make(client: CloudClient) -> Iterator[Decided]:
            return decided_batches(
                client, decider=self._laws.now, clock=self._clock, odd_kinds=odd_kinds
            )

        def make_ahead() -> Generator[Decided, None, None]:
            with self._client.fork() as client:
                yield from make(client)

        if not self._ahead:
            yield from make(self._client)
            return
        with contextlib.closing(Ahead(make_ahead)) as batches:
            yield from batches

    def _batch(self, decided: Decided) -> None:
        self.report.pulled += decided.batch.size
        self.report.decided += decided.count
        self.report.held += decided.held
        self.report.skipped += release_undecided(self._client, decided.batch.undecided)
        self._bury(decided.poisons)
        self._project(decided.stored)
        dead = len(decided.poisons)
        log(_log, logging.INFO, "batch finished", n=decided.batch.size, dead=dead)

    def _project(self, stored: Stored) -> None:
        winners = stored.winners
        self._bury([_damaged(case_id, rev) for case_id, rev in stored.unreadable])
        damaged = [outbox.decision_id(case_id, rev) for case_id, rev in stored.unreadable]
        outbox.mark(self._client, damaged, "dead")
        result = self._projector.project([w for w in winners if w.proj == "todo"])
        settled = [w for w in winners if w.proj == "done"] + result.done
        dead = [w for w in winners if w.proj == "dead" or w.id in result.refused]
        self._bury([_refused(w, result.refused.get(w.id)) for w in dead])
        outbox.mark(self._client, list(result.refused), "dead")
        self._completer.add(settled)
        self.report.written += len(result.done)
        self.report.requeued += result.requeued
        self._volunteers |= result.volunteers
        self._mailroom.offer(result.notifications)

    def _bury(self, poisons: Sequence[Poison]) -> None:
        if poisons:
            write_letters(self._client, [poison.letter for poison in poisons], self._clock())
            bury(self._client, poisons)
            self.report.dead += len(poisons)


def _damaged(case_id: str, rev: int) -> Poison:
    letter = DeadLetter(
        case_id=case_id,
        rev=rev,
        error_class="BadRecord",
        reason="The stored decision about this case has been changed and cannot be read.",
        fix="Delete that decision in the cloud console, then run `sizhu dead retry`.",
        created_by=None,
        village_id=None,
    )
    return Poison(letter, {"_id": case_id, "rev": rev})


def _refused(winner: Winner, error: CloudError | None) -> Poison:
    reason = f"A message, a ledger line or a notification of this decision is refused. {error}"
    letter = DeadLetter(
        case_id=winner.case_id,
        rev=winner.rev,
        error_class="RefusedDocument",
        reason=reason if error else "A document of this decision was refused in an earlier run.",
        fix=CHECK_AND_RETRY,
        created_by=winner.case.created_by if winner.case else None,
        village_id=winner.village_id,
    )
    version = winner.case.version if winner.case else None
    return Poison(letter, {"_id": winner.case_id, "_v": version, "rev": winner.rev})
