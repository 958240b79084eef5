"""Working ahead: the next batch is decided while the effects of the present one are written.

Most of a run is waiting for answers. A second thread hides the deciding, and its own waiting,
behind the writing of effects; for each case the order of steps does not change.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


class _End:
    """Follows the last item; carries the error that ended the work, if one did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Ahead(Generic[T]):
    """Iterates over items that another thread makes, one item ahead; close it when leaving."""

    def __init__(self, make: Callable[[], Iterator[T]]) -> None:
        """Start the thread; `make` runs there and must not share what is not thread-safe."""
        self._items: queue.Queue[T | _End] = queue.Queue(maxsize=1)
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._work, args=(make,), name="sizhu-ahead", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        """Give the items in order; raises what the other thread raised."""
        while True:
            item = self._items.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def close(self) -> None:
        """Stop the other thread after the item in hand, and wait for it."""
        self._stop.set()
        while self._thread.is_alive():
            # It may be waiting for room: take what is there until it has seen the stop.
            try:
                self._items.get(timeout=0.05)
            except queue.Empty:
                continue
        self._thread.join()

    def _work(self, make: Callable[[], Iterator[T]]) -> None:
        error: BaseException | None = None
        try:
            for item in make():
                self._items.put(item)
                if self._stop.is_set():
                    break
        except BaseException as failure:  # noqa: BLE001 - raised again by the thread that iterates
            error = failure
        self._items.put(_End(error))
