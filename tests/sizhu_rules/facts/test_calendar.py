"""The civil day of an instant in the town."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizhu_rules.facts.calendar import SHANGHAI, civil_date, months_after


def test_zone_has_the_name_and_offset_of_the_town() -> None:
    """The zone is eight hours ahead of UTC and carries the name people know."""
    assert SHANGHAI.utcoffset(None) == timedelta(hours=8)
    assert SHANGHAI.tzname(None) == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2024, 11, 20, 22, 0, tzinfo=UTC), date(2024, 11, 21)),
        (datetime(2023, 1, 31, 15, 59, 59, 999999, tzinfo=UTC), date(2023, 1, 31)),
        (datetime(2023, 1, 31, 16, 0, tzinfo=UTC), date(2023, 2, 1)),
        (datetime(2023, 1, 31, 23, 30, tzinfo=SHANGHAI), date(2023, 1, 31)),
        (datetime(2023, 2, 1, 0, 10, tzinfo=SHANGHAI), date(2023, 2, 1)),
        (datetime(2023, 6, 30, 23, 0, tzinfo=timezone(timedelta(hours=-5))), date(2023, 7, 1)),
    ],
)
def test_day_begins_at_midnight_in_shanghai(instant: datetime, day: date) -> None:
    """An instant belongs to the day that the town's clock shows, whatever zone it came in."""
    assert civil_date(instant) == day


@given(
    st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis asks for naive bounds
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    )
)
def test_day_holds_the_instant(instant: datetime) -> None:
    """The instant lies between the midnights of its day."""
    day = civil_date(instant)
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    assert midnight <= instant < midnight + timedelta(days=1)


def test_an_instant_without_a_zone_is_refused() -> None:
    """Nobody guesses the zone of a naive time."""
    with pytest.raises(ValueError, match="attach one"):
        civil_date(datetime(2023, 6, 30, 9, 0))  # noqa: DTZ001 - the naive time is the point


def test_an_instant_beyond_the_calendar_is_refused() -> None:
    """The last hours of the year 9999 have no day in Shanghai."""
    with pytest.raises(ValueError, match="correct its year"):
        civil_date(datetime(9999, 12, 31, 20, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 30), 1, date(2024, 12, 30)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 5, 15), 0, date(2024, 5, 15)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
    ],
)
def test_months_end_with_the_corresponding_day_or_the_last(
    day: date, months: int, then: date
) -> None:
    """民法典 202."""
    assert months_after(day, months) == then


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 1), -1)])
def test_months_beyond_the_calendar_are_refused(day: date, months: int) -> None:
    """Rather than wrapping round."""
    with pytest.raises(ValueError, match="use fewer months"):
        months_after(day, months)
