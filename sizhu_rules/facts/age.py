"""Age in full years (周岁) by both conventions in use.

Source: 民法典 §§ 201–203 (the first day is not counted; the term ends with the corresponding day,
or with the last day of a month that has none) for `day_after`; everyday administration for
`birthday`. The conventions differ on the birthday only.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Convention = Literal["day_after", "birthday"]

_CONVENTIONS = ("day_after", "birthday")
_UNKNOWN_CONVENTION = "The age convention is unknown: use 'day_after' or 'birthday'."
_FEBRUARY = 2
_LEAP_DAY = 29


def age_on(birth: date, day: date, convention: Convention) -> int:
    """Return the age in full years (周岁) on a civil day.

    `day_after`: a year of life is full on the day after the birthday; `birthday`: on the birthday.
    Who was born on 29 February has the birthday on 28 February in other years. Raises `ValueError`
    when `day` lies before `birth`, or for a convention that does not exist.
    """
    return age_by(convention)(birth, day)


def age_by(convention: Convention) -> Callable[[date, date], int]:
    """Return `age_on` for one convention: the function takes birth and day.

    Raises `ValueError` for a convention that does not exist; the function, where the day lies
    before the birth.
    """
    if convention not in _CONVENTIONS:
        raise ValueError(_UNKNOWN_CONVENTION)

    def age(birth: date, day: date) -> int:
        # No date is built, and days are looked at in the month of the birthday only: every
        # decision comes through here.
        years = day.year - birth.year
        month, birth_month = day.month, birth.month
        if month < birth_month or (month == birth_month and not _full(birth, day, convention)):
            years -= 1
        if years > 0:
            return years
        if day < birth:
            raise ValueError("The day lies before the date of birth: correct one of the two.")
        # On the day of birth no birthday is behind the person, and the age is 0 all the same.
        return 0

    return age


def _full(birth: date, day: date, convention: Convention) -> bool:
    """Tell, in the month of the birthday, whether the year of life is full."""
    birthday = birth.day
    if birthday == _LEAP_DAY and day.month == _FEBRUARY and not _is_leap(day.year):
        birthday -= 1
    return day.day > birthday if convention == "day_after" else day.day >= birthday


def first_day_of_age(birth: date, age: int, convention: Convention) -> date:
    """Return the first civil day on which a person has this age in full years (周岁).

    Age 0 begins with the day of birth under both conventions. Raises `ValueError` for a negative
    age, for a day outside the calendar, or for a convention that does not exist.
    """
    if convention not in _CONVENTIONS:
        raise ValueError(_UNKNOWN_CONVENTION)
    if age < 0:
        raise ValueError("The age is negative: use 0 or more full years.")
    if age == 0:
        return birth
    year = birth.year + age
    leap_day = (birth.month, birth.day) == (_FEBRUARY, _LEAP_DAY)
    if leap_day and not _is_leap(year):
        birth = birth.replace(day=_LEAP_DAY - 1)
    try:
        birthday = birth.replace(year)
        return birthday + timedelta(days=convention == "day_after")
    except (ValueError, OverflowError):
        raise ValueError("The day lies after the year 9999: use a smaller age.") from None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
