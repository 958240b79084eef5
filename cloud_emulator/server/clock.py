"""The emulator's clock: real or frozen, and movable."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Milliseconds since 1970 UTC; `advance` moves token life and server dates without waiting."""

    def __init__(self, frozen_at: datetime | None = None) -> None:
        """Run with the system, or stand still at an aware moment.

        Raises ValueError for a moment without a time zone.
        """
        if frozen_at is not None and frozen_at.tzinfo is None:
            raise ValueError("the clock needs a moment with a time zone")
        self._frozen = None if frozen_at is None else self._ms(frozen_at)
        self._offset = 0

    @staticmethod
    def _ms(moment: datetime) -> int:
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    def now_ms(self) -> int:
        """Return the present milliseconds."""
        base = time.time_ns() // 1_000_000 if self._frozen is None else self._frozen
        return base + self._offset

    def advance(self, ms: int) -> None:
        """Move forward, or back if negative."""
        self._offset += ms

    def reset(self) -> None:
        """Undo every move."""
        self._offset = 0
