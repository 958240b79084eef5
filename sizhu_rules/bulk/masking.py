"""Small cells hidden, so that no table gives away what happened to one or two people.

A count of one or two is shown as "<3". Where the totals would give it away all the same, further
cells of the column are hidden ("*") until every hidden one has at least two values that fit all
that is shown; and where even that does not help, the column is hidden whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST: Final = 3
SMALL: Final = f"<{LEAST}"
HIDDEN: Final = "*"

Cell = int | str


def mask_counts(groups: Sequence[Sequence[int]]) -> tuple[Cell, list[list[Cell]]]:
    """Return a column's total and its cells, as they may be shown.

    Each group (villages, age bands) adds up to the same total; zero is shown as zero.
    """
    total = sum(groups[0])
    if 0 < total < LEAST:  # with it shown as "<3", a zero beside it would tell who it is not
        return SMALL, [[SMALL] * len(group) for group in groups]
    shown = [_mask_group(group) for group in groups]
    if any(cells is None for cells in shown):
        return HIDDEN, [[HIDDEN] * len(group) for group in groups]
    return total, [cells for cells in shown if cells is not None]


def mask_amounts(
    groups: Sequence[Sequence[int]],
    people: Sequence[Sequence[int]],
    hidden: Sequence[Sequence[bool]],
) -> tuple[Cell, list[list[Cell]]]:
    """Return a column of amounts as it may be shown.

    `people` counts those behind each amount; `hidden` marks rows of which a count is hidden. One
    hidden amount alone would follow from the total: then a second one is hidden with it.
    """
    total = sum(groups[0])
    chosen: list[set[int]] = []
    for group, behind, marked in zip(groups, people, hidden, strict=True):
        hide = {i for i in range(len(group)) if marked[i] or 0 < behind[i] < LEAST}
        if len(hide) == 1:
            others = [i for i in range(len(group)) if i not in hide]
            hide |= set(sorted(others, key=lambda i, b=behind: (b[i] == 0, b[i]))[:1])  # type: ignore[misc] # mypy and defaults
        chosen.append(hide)
    if 0 < sum(people[0]) < LEAST or any(len(hide) == 1 for hide in chosen):
        return HIDDEN, [[HIDDEN] * len(group) for group in groups]
    return total, [
        [HIDDEN if i in hide else amount for i, amount in enumerate(group)]
        for group, hide in zip(groups, chosen, strict=True)
    ]


def possible(cells: Sequence[Cell], total: int, most: int | None) -> list[tuple[int, int | None]]:
    """Return the lowest and highest value that each hidden cell can have, given all that is shown.

    A "*" is at least 3, for less would be "<3"; `most` is what it cannot exceed, if anything.
    """
    bounds: list[tuple[int, int | None]] = [
        (1, LEAST - 1) if cell == SMALL else (LEAST, most)
        for cell in cells
        if not isinstance(cell, int)
    ]
    rest = total - sum(cell for cell in cells if isinstance(cell, int))
    found: list[tuple[int, int | None]] = []
    for place, (low, high) in enumerate(bounds):
        others = bounds[:place] + bounds[place + 1 :]
        highest = rest - sum(least for least, _ in others)
        tops = [top for _, top in others if top is not None]
        lowest = max(low, rest - sum(tops)) if len(tops) == len(others) else low
        found.append((lowest, highest if high is None else min(high, highest)))
    return found


def _mask_group(counts: Sequence[int]) -> list[Cell] | None:
    """Hide what must be; None where hiding single cells does not help."""
    cells: list[Cell] = [SMALL if 0 < count < LEAST else count for count in counts]
    if SMALL not in cells:
        return cells
    # The smallest go first; that is known too, so that no hidden cell exceeds one that is shown.
    spare = sorted((count, i) for i, count in enumerate(counts) if count >= LEAST)
    while True:
        most = spare[0][0] if spare else None
        if all(low != high for low, high in possible(cells, sum(counts), most)):
            return cells
        if not spare:
            return None
        _, place = spare.pop(0)
        cells[place] = HIDDEN


def is_hidden(rows: Mapping[str, Sequence[Cell]], row: int) -> bool:
    """Tell whether a row of some columns has a hidden cell."""
    return any(not isinstance(column[row], int) for column in rows.values())
