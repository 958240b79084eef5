"""Timing that a busy machine spoils little: processor time, short slices, ratios in a round."""

from __future__ import annotations

from statistics import median
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Calls = dict[str, "Callable[[], object]"]
SLICES = 12


def measure_round(calls: Calls, seconds: float) -> dict[str, float]:
    """Return microseconds per call for each row, the best of several slices of so many seconds.

    The slices of all rows take turns, so that a slow moment of the machine falls on all of them.
    Processor time of the whole process counts: background threads of an engine are its own cost.
    """
    numbers = {name: _enough(call, seconds) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(SLICES):
        for name, call in calls.items():
            best[name] = min(best[name], _spent(call, numbers[name]) / numbers[name] * 1e6)
    return best


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of the rounds for each row."""
    return {name: median(found[name] for found in rounds) for name in rounds[0]}


def times_faster(rounds: list[dict[str, float]], row: str, peer: str) -> float:
    """Return how many times faster a row is than another: the median of the ratios in a round."""
    return median(found[peer] / found[row] for found in rounds)


def relative(rounds: list[dict[str, float]], to: str) -> Mapping[str, float]:
    """Return each row's time as a multiple of one row's, in the same way."""
    return {name: times_faster(rounds, to, name) for name in rounds[0]}


def _enough(call: Callable[[], object], seconds: float) -> int:
    number = 1
    while _spent(call, number) < seconds:
        number *= 2
    return number


def _spent(call: Callable[[], object], number: int) -> float:
    started = process_time()
    for _ in range(number):
        call()
    return process_time() - started
