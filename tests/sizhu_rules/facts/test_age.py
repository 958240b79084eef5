"""Age in full years by both conventions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sizhu_rules.facts.age import Convention, age_on, first_day_of_age

CONVENTIONS: tuple[Convention, ...] = ("day_after", "birthday")
BIRTHS = st.dates(min_value=date(1850, 1, 1), max_value=date(2100, 12, 31))
LEAP_BIRTHS = st.sampled_from([date(year, 2, 29) for year in range(1904, 2096, 4)])
DAYS_LIVED = st.integers(min_value=0, max_value=120 * 366)


@pytest.mark.parametrize(
    ("birth", "day", "day_after", "birthday"),
    [
        (date(1963, 11, 20), date(2023, 11, 19), 59, 59),
        (date(1963, 11, 20), date(2023, 11, 20), 59, 60),
        (date(1963, 11, 20), date(2023, 11, 21), 60, 60),
        (date(1963, 11, 20), date(2024, 11, 20), 60, 61),
        (date(1963, 11, 20), date(2024, 11, 21), 61, 61),
        (date(1964, 2, 29), date(2024, 2, 29), 59, 60),
        (date(1964, 2, 29), date(2024, 3, 1), 60, 60),
        (date(1964, 2, 29), date(2023, 2, 28), 58, 59),
        (date(1964, 2, 29), date(2023, 3, 1), 59, 59),
        (date(1964, 2, 29), date(2024, 2, 28), 59, 59),
        (date(1900, 12, 31), date(2000, 1, 1), 99, 99),
        (date(1999, 12, 31), date(2000, 12, 31), 0, 1),
        (date(1999, 12, 31), date(2001, 1, 1), 1, 1),
    ],
)
def test_vectors_of_both_conventions(birth: date, day: date, day_after: int, birthday: int) -> None:
    """The published vectors hold, those around 29 February and the turn of a year included."""
    assert age_on(birth, day, "day_after") == day_after
    assert age_on(birth, day, "birthday") == birthday


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_age_is_zero_on_the_day_of_birth(convention: Convention) -> None:
    """A person has an age on the first day of life, and it is 0."""
    assert age_on(date(2000, 2, 29), date(2000, 2, 29), convention) == 0
    assert age_on(date(2000, 2, 29), date(2000, 3, 1), convention) == 0


@given(st.one_of(BIRTHS, LEAP_BIRTHS), DAYS_LIVED, st.sampled_from(CONVENTIONS))
def test_age_never_falls_and_grows_by_one_at_most_from_day_to_day(
    birth: date, lived: int, convention: Convention
) -> None:
    """One more day makes a person older by one year or by none."""
    day = birth + timedelta(days=lived)
    step = age_on(birth, day + timedelta(days=1), convention) - age_on(birth, day, convention)
    assert step in (0, 1)


@given(st.one_of(BIRTHS, LEAP_BIRTHS), DAYS_LIVED)
@example(date(2000, 2, 29), 365)
def test_conventions_differ_on_the_birthday_and_on_no_other_day(birth: date, lived: int) -> None:
    """The later convention is a year behind on the birthday itself, and equal on other days."""
    day = birth + timedelta(days=lived)
    difference = age_on(birth, day, "birthday") - age_on(birth, day, "day_after")
    years = day.year - birth.year
    is_birthday = years > 0 and day == first_day_of_age(birth, years, "birthday")
    assert difference == int(is_birthday)


@given(
    st.one_of(BIRTHS, LEAP_BIRTHS),
    st.integers(min_value=1, max_value=120),
    st.sampled_from(CONVENTIONS),
)
def test_first_day_of_an_age_is_the_first(birth: date, age: int, convention: Convention) -> None:
    """On its first day the person has the age, on the day before the age is one less."""
    day = first_day_of_age(birth, age, convention)
    assert age_on(birth, day, convention) == age
    assert age_on(birth, day - timedelta(days=1), convention) == age - 1


@pytest.mark.parametrize(
    ("birth", "age", "day_after", "birthday"),
    [
        (date(1963, 11, 20), 60, date(2023, 11, 21), date(2023, 11, 20)),
        (date(1964, 2, 29), 59, date(2023, 3, 1), date(2023, 2, 28)),
        (date(1964, 2, 29), 60, date(2024, 3, 1), date(2024, 2, 29)),
        (date(1999, 12, 31), 60, date(2060, 1, 1), date(2059, 12, 31)),
        (date(1963, 11, 20), 0, date(1963, 11, 20), date(1963, 11, 20)),
    ],
)
def test_vectors_of_the_first_day(birth: date, age: int, day_after: date, birthday: date) -> None:
    """A year of age begins on the birthday or on the day after it; age 0 with the birth."""
    assert first_day_of_age(birth, age, "day_after") == day_after
    assert first_day_of_age(birth, age, "birthday") == birthday


def test_a_day_before_the_birth_has_no_age() -> None:
    """A negative age is never given out."""
    with pytest.raises(ValueError, match="correct one of the two"):
        age_on(date(2000, 1, 2), date(2000, 1, 1), "birthday")


def test_an_unknown_convention_is_refused() -> None:
    """A misspelt convention is an error, not a silent default."""
    wrong = cast("Convention", "day-after")
    with pytest.raises(ValueError, match="use 'day_after' or 'birthday'"):
        age_on(date(2000, 1, 1), date(2020, 1, 1), wrong)
    with pytest.raises(ValueError, match="use 'day_after' or 'birthday'"):
        first_day_of_age(date(2000, 1, 1), 20, wrong)


@pytest.mark.parametrize(
    ("birth", "age", "fix"),
    [
        (date(2000, 1, 1), -1, "use 0 or more"),
        (date(2000, 1, 1), 8000, "use a smaller age"),
        (date(9000, 12, 31), 999, "use a smaller age"),
    ],
)
def test_a_first_day_outside_the_calendar_is_refused(birth: date, age: int, fix: str) -> None:
    """Ages that lead out of the calendar end in a sentence that says what to give instead."""
    with pytest.raises(ValueError, match=fix):
        first_day_of_age(birth, age, "day_after")
