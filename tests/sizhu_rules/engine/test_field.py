"""Fields and their cells: what may be compared, which cell a fact falls into, how it is called."""

from __future__ import annotations

from datetime import date

import pytest

from sizhu_rules.engine.field import CONTRADICTION, Cells, Field, Known, cut

AGE = Field("age", "int", low=0, high=130)
DAY = Field("day", "day", low=date(2021, 1, 1).toordinal(), high=date(2030, 12, 31).toordinal())
STATUS = Field("status", "enum", members=("none", "dibao"))
LAPSED = Field("lapsed", "bool")
DOUBTFUL = Field("age", "int", low=0, high=130, contradiction="IMPLAUSIBLE")


@pytest.mark.parametrize(
    ("field", "value", "well"),
    [
        (AGE, 0, True),
        (AGE, 130, True),
        (AGE, -1, False),
        (AGE, 131, False),
        (AGE, True, False),
        (AGE, "60", False),
        (DAY, date(2021, 1, 1), True),
        (DAY, date(2030, 12, 31), True),
        (DAY, date(2020, 12, 31), False),
        (DAY, date(2031, 1, 1), False),
        (DAY, DAY.low, False),
        (STATUS, "dibao", True),
        (STATUS, "tekun", False),
        (LAPSED, False, True),
        (LAPSED, 0, False),
        (LAPSED, "no", False),
    ],
)
def test_which_constants_may_be_compared(field: Field, value: object, well: object) -> None:
    """Both ends of a range belong to it; a yes or no is no number."""
    assert field.accepts(value) is well  # type: ignore[arg-type] # wrong ones on purpose


def test_cutting_keeps_what_lies_inside() -> None:
    """Before the first value nothing is cut off, and beyond the last neither."""
    cells = cut(AGE, [61, 0, 130, 131, 60, 60, -5])
    assert cells.cuts == (60, 61, 130)
    assert cells.points == (0, 60, 61, 130)


def test_days_are_cut_by_their_ordinals() -> None:
    """And the cells are named by days."""
    cells = cut(DAY, [date(2024, 1, 1).toordinal()])
    assert cells.points == (date(2021, 1, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("cells", "value", "code"),
    [
        (cut(AGE, [60, 61]), 59, 0),
        (cut(AGE, [60, 61]), 60, 1),
        (cut(AGE, [60, 61]), 61, 2),
        (cut(AGE, [60, 61]), None, 3),
        (cut(DOUBTFUL, [60]), CONTRADICTION, 2),
        (cut(DOUBTFUL, [60]), None, 3),
        (cut(STATUS, []), "none", 0),
        (cut(STATUS, []), "dibao", 1),
        (cut(STATUS, []), None, 2),
        (cut(LAPSED, []), False, 0),
        (cut(LAPSED, []), True, 1),
        (cut(DAY, [date(2024, 1, 1).toordinal()]), date(2023, 12, 31), 0),
        (cut(DAY, [date(2024, 1, 1).toordinal()]), date(2024, 1, 1), 1),
    ],
)
def test_the_cell_of_a_fact(cells: Cells, value: Known | None, code: int) -> None:
    """Unknown is the last cell, contradicting the one before it."""
    assert cells.code(value) == code


def test_how_many_cells_there_are() -> None:
    """The contradiction cell counts as known."""
    assert (cut(AGE, [60]).known, cut(AGE, [60]).contradiction) == (2, None)
    assert (cut(DOUBTFUL, [60]).known, cut(DOUBTFUL, [60]).contradiction) == (3, 2)


def test_an_undeclared_contradiction_is_refused() -> None:
    """A field that has no such cell must say so."""
    with pytest.raises(ValueError, match="age declares no contradiction; declare its code"):
        cut(AGE, [60]).code(CONTRADICTION)


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (cut(AGE, [60, 61]), ["<= 59", "60", ">= 61", "unknown"]),
        (cut(AGE, [60, 65]), ["<= 59", "60..64", ">= 65", "unknown"]),
        (cut(AGE, []), ["any", "unknown"]),
        (cut(DOUBTFUL, [60]), ["<= 59", ">= 60", "contradicting", "unknown"]),
        (cut(STATUS, []), ["none", "dibao", "unknown"]),
        (cut(LAPSED, []), ["false", "true", "unknown"]),
        (
            cut(DAY, [date(2024, 1, 1).toordinal(), date(2024, 1, 2).toordinal()]),
            ["<= 2023-12-31", "2024-01-01", ">= 2024-01-02", "unknown"],
        ),
    ],
)
def test_how_cells_are_called(cells: Cells, labels: list[str]) -> None:
    """By their ends, never by anybody's value."""
    assert [cells.label(code) for code in range(cells.known + 1)] == labels
