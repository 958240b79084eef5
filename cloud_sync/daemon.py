"""`sizhu daemon`: polls for ever, quickly while there is work, every five minutes while idle.

APScheduler is the trigger. It schedules by the wall clock, so a clock that is stepped back would
stop it: a watchdog with a clock that never steps back runs the poll itself when it is overdue.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from cloud_sync.decider import Decider
from cloud_sync.errors import CloudError, ConfigError, ProgramError
from cloud_sync.law import LawBook
from cloud_sync.logs import log
from cloud_sync.run import sync_town
from sizhu_rules.facts.calendar import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.client import CloudClient
    from cloud_sync.report import Report
    from cloud_sync.settings import Settings

_log = logging.getLogger(__name__)

LONGEST_POLL: Final = 300.0
_FULL_EVERY: Final = 3 * 3600.0
_LOOK_EVERY: Final = 3600.0
_SWEEP_HOURS: Final = 6
_WATCHDOG_SLACK: Final = 30.0
_POLL: Final = "poll"


class Pace:
    """How long to wait until the next poll, in seconds."""

    def __init__(self, shortest: float) -> None:
        """Begin with the shortest wait."""
        self._shortest = shortest
        self.seconds = shortest

    def after(self, *, worked: bool) -> float:
        """Return the wait after a poll: the shortest after work, else double, up to 5 minutes."""
        longest = max(LONGEST_POLL, self._shortest)
        self.seconds = self._shortest if worked else min(longest, self.seconds * 2)
        return self.seconds


class Daemon:
    """One town's poll loop; only one poll runs at a time."""

    def __init__(
        self,
        client: CloudClient,
        *,
        settings: Settings,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        on_report: Callable[[Report], None] = lambda _report: None,
    ) -> None:
        """`clock` gives aware instants; `monotonic` seconds that never step back."""
        self._client, self._settings, self._clock = client, settings, clock
        self._monotonic, self._on_report = monotonic, on_report
        self._laws = LawBook(Decider.from_settings(settings))
        self._busy = threading.Lock()
        self._full_due = self._look_due = monotonic()
        self._finished_at = monotonic()
        self.stop = threading.Event()
        self.pace = Pace(settings.poll_seconds)
        self.error: Exception | None = None
        """Why the daemon ended by itself."""

    def poll(self, *, sweep: bool = False) -> None:
        """Run once if no run is under way; errors set the pace, or end the daemon."""
        if self.stop.is_set() or not self._busy.acquire(blocking=False):
            return
        try:
            self._poll(sweep=sweep)
        except CloudError as error:
            self._full_due = self._monotonic()
            if isinstance(error, ProgramError):
                self._end(error)
            log(_log, logging.WARNING, str(error))
            self.pace.after(worked=False)
        except Exception as error:  # noqa: BLE001 - a thread's error must end the daemon, not vanish
            self._end(error)
        finally:
            self._finished_at = self._monotonic()
            self._busy.release()

    def _poll(self, *, sweep: bool) -> None:
        full = sweep or self._monotonic() >= self._full_due
        # A new law may take an hour to come into force: an idle poll is one call.
        look = full or self._monotonic() >= self._look_due
        report = sync_town(
            self._client,
            settings=self._settings,
            clock=self._clock,
            full=full,
            sweep=sweep,
            stop=self.stop.is_set,
            laws=self._laws,
            look=look,
        )
        if look:
            self._look_due = self._monotonic() + _LOOK_EVERY
        if full:
            self._full_due = self._monotonic() + _FULL_EVERY
        self.pace.after(worked=not report.idle)
        self._on_report(report)

    def overdue(self) -> bool:
        """Whether the trigger has missed its time by far, as after a clock stepped back."""
        since = self._monotonic() - self._finished_at
        return not self._busy.locked() and since > 2 * self.pace.seconds + _WATCHDOG_SLACK

    def finish(self) -> None:
        """Wait for the poll in hand; it asks `stop` between batches."""
        with self._busy:
            pass

    def _end(self, error: Exception) -> None:
        self.error = error
        self.stop.set()


def run_daemon(
    client: CloudClient,
    *,
    settings: Settings,
    clock: Callable[[], datetime],
    on_report: Callable[[Report], None] = lambda _report: None,
    signals: bool = True,
) -> None:
    """Poll until SIGTERM or SIGINT; a second signal ends the process at once.

    The first signal lets the batch in hand finish. Every six hours and at 00:05 (Asia/Shanghai)
    all cases are compared with their decisions. Raises `ConfigError` where a person must act,
    and any error that waiting does not cure; other failures only slow the polls down.
    """
    # A poll that outlasts its interval is meant to skip the next one; it is no news to an operator.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    daemon = Daemon(client, settings=settings, clock=clock, on_report=on_report)
    scheduler = _scheduler(daemon)
    if signals:
        _install(daemon.stop)
    watchdog = threading.Thread(
        target=_watch, args=(daemon, scheduler), name="sizhu-watchdog", daemon=True
    )
    watchdog.start()
    scheduler.start()
    watchdog.join()
    if isinstance(daemon.error, ConfigError):
        log(_log, logging.ERROR, str(daemon.error))
    if daemon.error is not None:
        raise daemon.error


def _scheduler(daemon: Daemon) -> Any:  # noqa: ANN401 - APScheduler has no types
    scheduler = BlockingScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )

    def poll() -> None:
        daemon.poll()
        _reschedule(scheduler, daemon)

    def sweep() -> None:
        daemon.poll(sweep=True)

    trigger = IntervalTrigger(seconds=daemon.pace.seconds)
    scheduler.add_job(poll, trigger, id=_POLL, next_run_time=datetime.now(SHANGHAI))
    # What a rule reads is frozen at submission, so nothing expires by the calendar in between:
    # the nightly run finds what was never queued, as the others do.
    scheduler.add_job(sweep, CronTrigger(hour=0, minute=5, timezone=SHANGHAI), id="nightly")
    scheduler.add_job(sweep, IntervalTrigger(hours=_SWEEP_HOURS), id="sweep")
    return scheduler


def _reschedule(scheduler: Any, daemon: Daemon) -> None:  # noqa: ANN401 - APScheduler has no types
    # When it stops, the scheduler forgets its jobs before this thread hears of it.
    with contextlib.suppress(JobLookupError):
        if not daemon.stop.is_set():
            scheduler.reschedule_job(_POLL, trigger=IntervalTrigger(seconds=daemon.pace.seconds))


def _watch(daemon: Daemon, scheduler: Any) -> None:  # noqa: ANN401 - APScheduler has no types
    while not daemon.stop.wait(_WATCHDOG_SLACK):
        if daemon.overdue():
            log(_log, logging.WARNING, "the wall clock stopped the schedule; polling by watchdog")
            daemon.poll()
            _reschedule(scheduler, daemon)
    # Not waiting here: the scheduler would hold the lock that a rescheduling poll wants.
    scheduler.shutdown(wait=False)
    daemon.finish()


def _install(stop: threading.Event) -> None:
    def handle(number: int, _frame: object) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
