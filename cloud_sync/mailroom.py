"""Where notifications are handed over: beside the database work, or in line for tests.

Sending costs one HTTP call per message, far more than all the rest. Threads of its own hide that
behind the waiting of the main thread; each has its own connection.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Final, Protocol

from cloud_sync.notify import Brake, Notifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient

Document = dict[str, Any]
THREADS: Final = 2


class Mailroom(Protocol):
    """Takes notifications that stand in the cloud as `todo`."""

    @property
    def notified(self) -> int:
        """How many messages WeChat took."""

    def offer(self, rows: Sequence[Document]) -> None:
        """Have these notifications claimed and sent."""

    def finish(self) -> None:
        """Return when all is sent and recorded; raises what a thread raised."""

    def abandon(self) -> None:
        """Send nothing more and return; what was claimed and not sent is `todo` again."""


class InlineMailroom:
    """Sends at once on the caller's thread: a fixed order for tests."""

    def __init__(
        self, client: CloudClient, *, clock: Callable[[], datetime], claim_id: str
    ) -> None:
        """Use the caller's own client."""
        self._brake = Brake()
        self._notifier = Notifier(client, clock=clock, claim_id=claim_id, brake=self._brake)

    @property
    def notified(self) -> int:
        """How many messages WeChat took."""
        return self._notifier.notified

    def offer(self, rows: Sequence[Document]) -> None:
        """Send these notifications."""
        self._notifier.deliver(rows)

    def finish(self) -> None:
        """Do nothing: all is sent."""

    def abandon(self) -> None:
        """Send nothing more."""
        self._brake.pull()


class ThreadMailroom:
    """Sends on a few threads; they start with the first notification."""

    def __init__(
        self,
        client: CloudClient,
        *,
        clock: Callable[[], datetime],
        claim_id: str,
        threads: int = THREADS,
    ) -> None:
        """`claim_id` names this mailroom and no other ever."""
        self._client, self._clock, self._claim_id = client, clock, claim_id
        self._count = threads
        self._brake = Brake()
        self._rows: queue.SimpleQueue[Sequence[Document] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._notified: list[int] = []
        self._errors: list[BaseException] = []

    @property
    def notified(self) -> int:
        """How many messages WeChat took, as far as finished."""
        return sum(self._notified)

    def offer(self, rows: Sequence[Document]) -> None:
        """Hand over, two claims at a time: their authors are looked up together."""
        if rows and not self._threads:
            self._start()
        size = 2 * self._client.sizes.write
        for start in range(0, len(rows), size):
            self._rows.put(rows[start : start + size])

    def finish(self) -> None:
        """Wait for the threads; raises the first error of theirs."""
        for _thread in self._threads:
            self._rows.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        if self._errors:
            raise self._errors[0]

    def abandon(self) -> None:
        """Let the messages in hand finish and give back the others."""
        self._brake.pull()
        for _thread in self._threads:
            self._rows.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self) -> None:
        for number in range(self._count):
            thread = threading.Thread(
                target=self._work, args=(number,), name=f"sizhu-mail-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _work(self, number: int) -> None:
        try:
            with self._client.fork() as client:
                notifier = Notifier(
                    client,
                    clock=self._clock,
                    claim_id=f"{self._claim_id}:{number}",
                    brake=self._brake,
                )
                while (rows := self._rows.get()) is not None:
                    notifier.deliver(rows)
                self._notified.append(notifier.notified)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that finishes
            self._brake.pull()
            self._errors.append(error)
