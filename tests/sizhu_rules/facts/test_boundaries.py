"""Values next to a boundary, one by one: what a mutation of the code would get wrong."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction

import pytest

from sizhu_rules.facts.age import age_on, first_day_of_age
from sizhu_rules.facts.calendar import months_after
from sizhu_rules.facts.certificate import CATEGORIES, GRADES
from sizhu_rules.facts.citizen_id import (
    _WEIGHTS,
    CitizenIdError,
    make_citizen_id,
    parse_citizen_id,
)
from sizhu_rules.facts.household import StatusRow, status_on
from sizhu_rules.facts.mask import mask_citizen_id, mask_phone
from sizhu_rules.facts.money import share_words, split, yuan

BORN_ON_A_LEAP_DAY = date(1796, 2, 29)


@pytest.mark.parametrize("year", range(1797, 2406))
def test_a_leap_day_comes_again_in_leap_years_alone(year: int) -> None:
    """In every other year the birthday is 28 February."""
    leap = calendar.isleap(year)
    first = first_day_of_age(BORN_ON_A_LEAP_DAY, year - 1796, "birthday")
    assert first == date(year, 2, 29 if leap else 28)
    assert age_on(BORN_ON_A_LEAP_DAY, date(year, 2, 28), "birthday") == year - 1796 - leap


@pytest.mark.parametrize(
    "birth", [date(1990, 2, 15), date(1990, 2, 28), date(1992, 1, 29), date(1992, 3, 29)]
)
def test_no_other_birthday_moves_in_a_common_year(birth: date) -> None:
    """Only 29 February gives way; the day itself is not yet full by the day after."""
    day = birth.replace(year=2023)
    assert age_on(birth, day, "day_after") == 2023 - birth.year - 1
    assert age_on(birth, day, "birthday") == 2023 - birth.year


def test_categories_and_grades_are_those_of_the_certificate() -> None:
    """Seven categories, four grades from the heaviest on."""
    assert list(CATEGORIES) == [1, 2, 3, 4, 5, 6, 7]
    assert list(CATEGORIES.values()) == ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]
    assert GRADES == {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


def test_weights_are_the_powers_of_two_that_the_standard_takes() -> None:
    """ISO 7064 MOD 11-2: the weight of a place is 2 to its distance from the right, modulo 11."""
    assert [pow(2, 17 - place, 11) for place in range(17)] == list(_WEIGHTS)


def test_a_birth_before_the_given_day_is_accepted() -> None:
    """And on the day itself; only later ones are refused."""
    number = make_citizen_id("330299", date(1963, 11, 20), 1)
    assert parse_citizen_id(number, on=date(1963, 11, 20)).number == number
    assert parse_citizen_id(number, on=date(2024, 11, 21)).number == number


def test_a_sign_in_front_is_no_division() -> None:
    """What stands before 0 in the code table is not told that divisions do not begin with 0."""
    with pytest.raises(CitizenIdError, match="must be 17 digits"):
        parse_citizen_id("-30299196311200015"[:18])


def test_fourteen_digits_are_too_few_and_not_an_old_number() -> None:
    """Only fifteen digits are a number of before 2004."""
    with pytest.raises(CitizenIdError, match="has 14 characters"):
        parse_citizen_id("33029963112000")


def test_a_status_counts_from_its_first_day() -> None:
    """The day before it is unknown."""
    row = StatusRow("dibao", date(2024, 1, 1), "open_ended", verified=True)
    assert status_on([row], date(2024, 1, 1)) is row
    assert status_on([row], date(2023, 12, 31)) is None


@pytest.mark.parametrize("length", [17, 19])
def test_an_id_of_another_length_is_hidden_whole(length: int) -> None:
    """Nothing is known of its parts."""
    assert mask_citizen_id("3" * length) == "*" * length


@pytest.mark.parametrize("length", [10, 12])
def test_a_phone_of_another_length_is_hidden_whole(length: int) -> None:
    """As with the ID."""
    assert mask_phone("1" * length) == "*" * length


def test_one_fen_owed_is_written_with_its_sign() -> None:
    """Below nought begins at minus one fen."""
    assert [yuan(fen) for fen in (-100, -1, 0, 1)] == ["-1", "-0.01", "0", "0.01"]


@pytest.mark.parametrize("share", [Fraction(-1, 2), Fraction(-1, 1), Fraction(3, 2)])
def test_no_share_lies_outside_nought_and_one(share: Fraction) -> None:
    """Neither a little below nor above."""
    with pytest.raises(ValueError, match="lies outside 0 to 1"):
        split(100, share)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(1, 2), "一半"),
        (Fraction(1, 5), "二成"),
        (Fraction(2, 5), "四成"),
        (Fraction(3, 10), "三成"),
        (Fraction(9, 10), "九成"),
        (Fraction(1, 3), "三分之一"),
        (Fraction(3, 4), "四分之三"),
        (Fraction(1, 1), "一分之一"),
        (Fraction(6, 5), "五分之六"),
        (Fraction(1, 11), "1/11"),
        (Fraction(1, 12), "1/12"),
        (Fraction(11, 10), "11/10"),
        (Fraction(12, 5), "12/5"),
    ],
)
def test_a_share_as_people_say_it(share: Fraction, words: str) -> None:
    """In tenths where it comes out even, else as a fraction; in figures beyond ten."""
    assert share_words(share) == words


def test_the_calendar_begins_in_the_year_one() -> None:
    """And ends in 9999; what lies beyond is refused with the fix."""
    assert months_after(date(1, 2, 28), -1) == date(1, 1, 28)
    assert months_after(date(9999, 11, 30), 1) == date(9999, 12, 30)
    for day, months in ((date(1, 1, 31), -1), (date(9999, 12, 31), 1)):
        with pytest.raises(ValueError, match="outside the years 1 to 9999: use fewer months"):
            months_after(day, months)
