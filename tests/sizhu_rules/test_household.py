"""Which dated status of a household counts on a day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from sizhu_rules.facts.household import STATUSES, Status, StatusRow, lapsed, status_on

DAY = date(2024, 11, 21)
YEAR = timedelta(days=365)


def row(
    status: Status, *, since: int = -100, until: int | None = 100, verified: bool = True
) -> StatusRow:
    """Make a row that runs from and to so many days around the day; None is without end."""
    end = "open_ended" if until is None else DAY + timedelta(days=until)
    return StatusRow(status, DAY + timedelta(days=since), end, verified)  # type: ignore[arg-type] # a day or the word


def test_no_row_is_unknown() -> None:
    """Nothing recorded says nothing; `none` is a row too."""
    assert status_on([], DAY) is None
    assert status_on([row("dibao", since=1)], DAY) is None
    found = status_on([row("none", until=None)], DAY)
    assert found is not None
    assert found.effective == "none"


@pytest.mark.parametrize("order", list(permutations(["dibian", "none", "dibao"])))
def test_the_most_favourable_valid_row_counts(order: tuple[Status, ...]) -> None:
    """Whatever the order of rows."""
    found = status_on([row(status) for status in order], DAY)
    assert found is not None
    assert found.status == "dibao"


def test_a_valid_row_beats_a_lapsed_one() -> None:
    """低保 that ran out does not hide a valid 低边."""
    found = status_on([row("dibao", until=-1), row("dibian")], DAY)
    assert found is not None
    assert found.status == "dibian"


def test_of_lapsed_rows_the_latest_counts() -> None:
    """So that a person is asked about what they last had."""
    found = status_on(
        [row("tekun", until=-90), row("dibian", until=-2), row("dibao", until=-30)], DAY
    )
    assert found is not None
    assert found.status == "dibian"
    assert lapsed(found.valid_to, DAY) is True


def test_an_unverified_row_reads_as_pending() -> None:
    """Nobody gets a benefit, or a charge, from what nobody verified."""
    found = status_on([row("dibao", verified=False)], DAY)
    assert found is not None
    assert found.effective == "pending"
    beside = status_on([row("none", until=None), row("dibao", verified=False)], DAY)
    assert beside is not None
    assert beside.effective == "pending"


def test_the_last_day_still_counts() -> None:
    """Valid to the 21st is valid on the 21st."""
    assert lapsed(DAY, DAY) is False
    assert lapsed(DAY - timedelta(days=1), DAY) is True
    assert lapsed("open_ended", DAY) is False
    assert lapsed(None, DAY) is None


def test_an_unknown_end_competes_as_valid() -> None:
    """Whether it lapsed is then a question to ask, not an answer to assume."""
    unknown = StatusRow("dibao", DAY - YEAR, None, verified=True)
    found = status_on([unknown, row("none", until=None)], DAY)
    assert found == unknown


def test_the_statuses_are_those_of_the_design() -> None:
    """A status more is a decision more."""
    assert STATUSES == ("none", "dibao", "dibian", "tekun", "zhichu", "pending")


def test_a_benefit_known_to_be_valid_is_not_doubted() -> None:
    """Beside it the unknown end of another benefit is no question worth asking."""
    unknown = StatusRow("dibao", DAY - YEAR, None, verified=True)
    assert status_on([unknown, row("dibian")], DAY) == row("dibian")
    assert status_on([unknown, row("zhichu")], DAY) == unknown


def test_of_equal_rows_the_later_counts() -> None:
    """Valid: the one begun later. Lapsed: the one that ended later, whenever it began."""
    older, newer = row("dibao", since=-300, until=50), row("dibao", since=-10, until=40)
    assert status_on([older, newer], DAY) == status_on([newer, older], DAY) == newer
    long, short = row("dibao", since=-300, until=-1), row("dibian", since=-100, until=-20)
    assert status_on([long, short], DAY) == status_on([short, long], DAY) == long
