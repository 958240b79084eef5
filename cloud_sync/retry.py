"""The one wrapper around tenacity: it always stops, always waits, and has a budget.

A bare `@retry` never stops and never waits. Here the number of tries comes from the classed
problem, waits grow and are jittered, and a town that fails all the time soon stops retrying: each
retry takes one from a budget of ten, each success gives a tenth back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import tenacity

from cloud_sync.error_table import ErrorClass
from cloud_sync.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

T = TypeVar("T")

_FIRST_WAIT = 0.25
_LONGEST_WAIT = 3.0
_SLOW_DOWN_FACTOR = 2.0
_BUDGET = 10.0
_PER_SUCCESS = 0.1


class Retrier:
    """Makes a call until it succeeds, is refused for good, or has been tried often enough."""

    def __init__(self, *, sleep: Callable[[float], None], rng: Random) -> None:
        """Take the clock's sleep (seconds) and the source of jitter."""
        self._rng = rng
        self._sleep = sleep
        self._budget = _BUDGET

    def run(self, attempt: Callable[[], T]) -> T:
        """Return the attempt's result; raises its last error, unchanged."""
        result = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=self._stop,
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )(attempt)
        self._budget = min(_BUDGET, self._budget + _PER_SUCCESS)
        return result

    def _stop(self, state: tenacity.RetryCallState) -> bool:
        if state.attempt_number >= _error(state).problem.tries or self._budget < 1:
            return True
        self._budget -= 1
        return False

    def _wait(self, state: tenacity.RetryCallState) -> float:
        top = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (state.attempt_number - 1))
        if _error(state).problem.error_class is ErrorClass.SLOW_DOWN:
            top *= _SLOW_DOWN_FACTOR
        return top * self._rng.uniform(0.5, 1.0)


def _error(state: tenacity.RetryCallState) -> TransientError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, TransientError):
        raise TypeError("Only transient errors are retried: raise anything else as it is.")
    return error
