"""The request log: what was asked and what came of it, never a value."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Final

from cloud_emulator.values import Value

KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: path, statement shape, fault, answer, time, sizes in bytes."""

    n: int
    at: int
    path: str
    statement: str | None
    collection: str | None
    fault: str | None
    status: int | None
    errcode: int | None
    ms: float
    bytes_in: int
    bytes_out: int


class RequestLog:
    """The newest `KEPT` requests; counters go on when old ones fall out."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, **fields: Value) -> None:
        """Add one request."""
        with self._lock:
            self._count += 1
            self._entries.append(Entry(n=self._count, **fields))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()
            self._count = 0

    def read(self) -> dict[str, Value]:
        """Return the entries and how many requests there were in all."""
        with self._lock:
            return {"total": self._count, "entries": [asdict(entry) for entry in self._entries]}
