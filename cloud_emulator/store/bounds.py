"""What a filter's terms say about one field: exact keys, or an interval of keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cloud_emulator.mongo.matching import Term
from cloud_emulator.mongo.operators import Regex
from cloud_emulator.mongo.ordering import after, flip, key, rank
from cloud_emulator.values import Value

Interval = tuple[bytes, bytes]
NOTHING: Final[Interval] = (b"", b"")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Ascending keys of one field: `points`, or one half-open `interval`.

    `whole` says that the bounds are all that the terms say, so that no document inside them needs
    a second look (as long as the index has met no array).
    """

    points: tuple[bytes, ...] | None
    interval: Interval | None
    whole: bool


def _servable(value: Value) -> bool:
    return not (value.__class__ in (list, dict) or isinstance(value, Regex))


def _interval(operator: str, value: Value) -> Interval:
    """Turn a comparison into keys of its own type only."""
    own = key(value)
    bracket = bytes([rank(value)])
    if operator == "$gt":
        return after(own), after(bracket)
    if operator == "$gte":
        return own, after(bracket)
    return bracket, after(own) if operator == "$lte" else own


def _term_bounds(term: Term) -> Bounds | None:
    """Return what one term says, None where an index cannot serve it."""
    value = term.operand
    if term.operator == "$in":
        if not all(map(_servable, value)):
            return None
        return Bounds(tuple(sorted(set(map(key, value)))), None, whole=True)
    if not _servable(value):
        return None
    if term.operator == "$eq":
        return Bounds((key(value),), None, whole=True)
    if value is None:
        # `>= null` and `<= null` mean null or missing; `> null` and `< null` mean nothing.
        points = (key(None),) if term.operator in ("$gte", "$lte") else ()
        return Bounds(points, None, whole=True)
    return Bounds(None, _interval(term.operator, value), whole=True)


def combine(terms: Sequence[Term], *, multi: bool) -> Bounds | None:
    """Join the terms of one field; with arrays (`multi`) only one of them may narrow.

    Two terms on an array may be fulfilled by two different elements, so their intervals must not
    be cut with each other.
    """
    found = [_term_bounds(term) for term in terms]
    served = [bounds for bounds in found if bounds is not None]
    if not served:
        return None
    if multi:
        best = min(served, key=lambda bounds: bounds.points is None)
        return Bounds(best.points, best.interval, whole=False)
    points: set[bytes] | None = None
    low, high = b"", b"\xff"
    for bounds in served:
        if bounds.points is not None:
            points = set(bounds.points) if points is None else points & set(bounds.points)
        elif bounds.interval is not None:
            low, high = max(low, bounds.interval[0]), min(high, bounds.interval[1])
    whole = len(served) == len(found)
    if points is not None:
        return Bounds(tuple(sorted(p for p in points if low <= p < high)), None, whole)
    return Bounds(None, (low, high) if low < high else NOTHING, whole)


def flipped(interval: Interval) -> Interval:
    """Turn an interval of ascending keys into the one of complemented keys."""
    low, high = interval
    if low >= high:
        return NOTHING
    return after(flip(high)), after(flip(low))
