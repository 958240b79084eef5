"""Small cells are hidden so that nobody can compute them from what is shown."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules.bulk.masking import HIDDEN, SMALL, mask_amounts, mask_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sizhu_rules.bulk.masking import Cell


def attack(total: Cell, group: list[Cell], ceiling: int) -> list[set[int]]:
    """Return every value that each hidden cell can have: all tables that fit what is shown.

    The attacker knows how cells are hidden: "<3" is one or two, "*" at least three and at most the
    smallest cell of three or more that is shown; where the whole column is hidden it may be any.
    """
    shown = [cell for cell in group if isinstance(cell, int) and cell >= 3]
    choices = {
        SMALL: range(3) if all(cell == SMALL for cell in group) else range(1, 3),
        HIDDEN: range(ceiling) if total == HIDDEN else range(3, min(shown, default=ceiling) + 1),
    }
    ranges = [(cell,) if isinstance(cell, int) else choices[cell] for cell in group]
    tables = [table for table in product(*ranges) if _fits(total, sum(table))]
    return [{table[place] for table in tables} for place in range(len(group))]


def _fits(shown: Cell, total: int) -> bool:
    if isinstance(shown, int):
        return total == shown
    return shown == HIDDEN or 0 < total < 3


def splits(total: int, ways: int) -> Iterator[tuple[int, ...]]:
    """List the ways to divide a total."""
    if ways == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(total - first, ways - 1):
            yield (first, *rest)


@pytest.mark.parametrize("ways", [1, 2, 3, 4])
def test_no_hidden_cell_follows_from_what_is_shown(ways: int) -> None:
    """Every table with a total up to eleven, attacked by trying all that fits."""
    for total in range(12):
        for counts in splits(total, ways):
            shown, (cells,) = mask_counts([counts])
            assert not [cell for cell in cells if cell in (1, 2)], counts
            for cell, values in zip(cells, attack(shown, cells, total + 4), strict=True):
                assert isinstance(cell, int) or len(values) > 1, (counts, cells)


def test_a_column_without_small_cells_is_shown_as_it_is() -> None:
    """And zero is zero: it is nobody's."""
    assert mask_counts([[5, 0, 3], [8, 0]]) == (8, [[5, 0, 3], [8, 0]])
    assert mask_counts([[0, 0], [0]]) == (0, [[0, 0], [0]])


def test_a_small_cell_takes_another_with_it() -> None:
    """Alone it would be the total less the rest; the smallest other one goes."""
    assert mask_counts([[1, 9, 5]]) == (15, [[SMALL, 9, HIDDEN]])


def test_what_cannot_be_hidden_cell_by_cell_is_hidden_whole() -> None:
    """Two and two make four: nothing of that column is shown, in no group."""
    assert mask_counts([[2, 2], [4, 0]]) == (HIDDEN, [[HIDDEN, HIDDEN], [HIDDEN, HIDDEN]])


def test_a_small_total_hides_its_zeros_too() -> None:
    """Else the only cell that is no zero would be the total."""
    assert mask_counts([[0, 2, 0], [2, 0]]) == (SMALL, [[SMALL] * 3, [SMALL] * 2])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_groups_of_one_column_do_not_give_each_other_away(data: st.DataObject) -> None:
    """Villages and age bands add up to the same total: it is shown for both or for none."""
    counts = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=4))
    places = [data.draw(st.integers(0, 2)) for _ in range(sum(counts))]
    other = [places.count(place) for place in range(3)]
    total, shown = mask_counts([counts, other])
    for group in shown:
        for cell, values in zip(group, attack(total, group, sum(counts) + 4), strict=True):
            assert isinstance(cell, int) or len(values) > 1
        if not isinstance(total, int):
            assert not [cell for cell in group if isinstance(cell, int)]


def test_an_amount_behind_which_few_people_stand_is_hidden_with_a_second() -> None:
    """One hidden amount alone would be the total less the rest."""
    nobody = [[False, False, False]]
    assert mask_amounts([[700, 50, 20]], [[1, 9, 4]], nobody) == (770, [[HIDDEN, 50, HIDDEN]])
    assert mask_amounts([[700, 0]], [[5, 0]], [[True, False]]) == (700, [[HIDDEN, HIDDEN]])
    assert mask_amounts([[700, 50]], [[5, 9]], [[False, False]]) == (750, [[700, 50]])


def test_amounts_of_one_or_two_people_are_hidden_whole() -> None:
    """Their total is theirs."""
    groups, people = [[700, 0], [0, 700]], [[2, 0], [0, 2]]
    hidden = [[False, False], [False, False]]
    assert mask_amounts(groups, people, hidden) == (HIDDEN, [[HIDDEN] * 2, [HIDDEN] * 2])
    assert mask_amounts([[700]], [[5]], [[True]]) == (HIDDEN, [[HIDDEN]])
