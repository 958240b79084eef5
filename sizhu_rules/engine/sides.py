"""Which clauses count where readings (读法) disagree: of the sides, the one that is followed."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sizhu_rules.engine.parameters import Reading
    from sizhu_rules.engine.sheet import Clause


def applied(fired: Sequence[Clause], readings: Iterable[Reading]) -> list[Reading]:
    """List the readings that have something to say: clauses of two sides fire, one is followed.

    Confirmed ones come first: where they leave a single side of another, that one is moot.
    """
    found: list[Reading] = []
    left = list(fired)
    for reading in sorted(readings, key=lambda reading: not reading.confirmed):
        sides = _sides(left, reading)
        if len(sides) > 1 and reading.follow in sides:
            found.append(reading)
            if reading.confirmed:
                left = _on_side(left, reading, reading.follow)
    return found


def followed(
    fired: Sequence[Clause], readings: Iterable[Reading], chosen: Mapping[str, str] | None = None
) -> list[Clause]:
    """Return the clauses that count under applied readings; `chosen` names other sides of some."""
    left = list(fired)
    for reading in readings:
        side = (chosen or {}).get(reading.id, reading.follow)
        if side in _sides(left, reading):
            left = _on_side(left, reading, side)
    return left


def still_possible(fired: Sequence[Clause], readings: Sequence[Reading]) -> set[str]:
    """Name the clauses that may count: an unconfirmed reading could go either way."""
    unsettled = [reading for reading in readings if not reading.confirmed]
    ways = product(*(_sides(fired, reading) for reading in unsettled))
    return {
        clause.id
        for way in ways
        for clause in followed(
            fired, readings, {r.id: side for r, side in zip(unsettled, way, strict=True)}
        )
    }


def _on_side(clauses: Iterable[Clause], reading: Reading, side: str) -> list[Clause]:
    return [clause for clause in clauses if reading.side_of(clause.id) in (None, side)]


def _sides(fired: Sequence[Clause], reading: Reading) -> list[str]:
    found = (reading.side_of(clause.id) for clause in fired)
    return list(dict.fromkeys(side for side in found if side is not None))
