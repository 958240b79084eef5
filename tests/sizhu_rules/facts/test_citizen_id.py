"""The citizen identity number."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sizhu_rules.facts.citizen_id import (
    CitizenId,
    CitizenIdError,
    make_citizen_id,
    parse_citizen_id,
)

if TYPE_CHECKING:
    from sizhu_rules.facts.citizen_id import Sex

DIVISION = "330299"
DIVISIONS = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)
BIRTHS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
SEQUENCES = st.integers(min_value=0, max_value=999)
NUMBERS = st.builds(make_citizen_id, DIVISIONS, BIRTHS, SEQUENCES)


@pytest.mark.parametrize(
    ("text", "birth", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "F"),
        ("440524188001010014", date(1880, 1, 1), "M"),
        ("11010519491231002x", date(1949, 12, 31), "F"),
        ("330299196311200015", date(1963, 11, 20), "M"),
        ("330299196402290028", date(1964, 2, 29), "F"),
        ("330299195601010135", date(1956, 1, 1), "M"),
        ("330299201206010248", date(2012, 6, 1), "F"),
        ("330299199007150352", date(1990, 7, 15), "M"),
        ("330299196511230462", date(1965, 11, 23), "F"),
        ("33029919700101019X", date(1970, 1, 1), "M"),
    ],
)
def test_valid_numbers_state_birth_and_sex(text: str, birth: date, sex: Sex) -> None:
    """The vectors of the standard and of the synthetic division are read, x and X alike."""
    citizen_id = parse_citizen_id(text)
    assert citizen_id.birth_date == birth
    assert citizen_id.sex == sex
    assert citizen_id.number == text.upper()
    assert citizen_id.division == text[:6]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("110105194912310021", "digit by digit"),
        ("123456197011110013", "digit by digit"),
        ("330299196313200015", "digits 7 to 14"),
        ("330299196302290015", "digits 7 to 14"),
        ("330299000011200015", "digits 7 to 14"),
        ("330299631120001", "18-character number"),
        ("33029919631120001", "enter all 18"),
        ("3302991963112000150", "enter all 18"),
        ("", "enter all 18"),
        ("３３０２９９１９６３１１２０００１５", "half-width"),
        ("33029919700101019×", "letter X"),
        (" 330299196311200015", "remove them"),
        ("330299196311200015\n", "remove them"),
        ("330299 19631120001", "remove them"),
        ("3302991963112000X5", "type it again"),
        ("A30299196311200015", "type it again"),
        ("٣30299196311200015", "half-width"),
        ("030299196311200015", "first six digits"),
    ],
)
def test_invalid_numbers_are_refused_with_the_fix_and_without_the_number(
    text: str, fix: str
) -> None:
    """The sentence says what to do, and neither it nor its cause shows the number."""
    with pytest.raises(CitizenIdError, match=fix) as caught:
        parse_citizen_id(text)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert not any(text[at : at + 6] in sentence for at in range(len(text) - 5))
    assert caught.value.__cause__ is None


def test_birth_after_the_given_day_is_refused() -> None:
    """With a day given, nobody is born after it; without one the library knows no today."""
    text = make_citizen_id(DIVISION, date(2023, 7, 1), 1)
    assert parse_citizen_id(text).birth_date == date(2023, 7, 1)
    assert parse_citizen_id(text, on=date(2023, 7, 1)).sex == "M"
    with pytest.raises(CitizenIdError, match="lies in the future"):
        parse_citizen_id(text, on=date(2023, 6, 30))


@given(DIVISIONS, BIRTHS, SEQUENCES)
def test_made_numbers_are_read_back(division: str, birth: date, sequence: int) -> None:
    """What is made from division, birth and sequence says the same when it is parsed."""
    text = make_citizen_id(division, birth, sequence)
    citizen_id = parse_citizen_id(text, on=birth)
    assert citizen_id.division == division
    assert citizen_id.birth_date == birth
    assert citizen_id.sex == ("M" if sequence % 2 else "F")
    assert text[14:17] == f"{sequence:03d}"


@given(NUMBERS, st.integers(min_value=0, max_value=17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_caught(number: str, at: int, character: str) -> None:
    """MOD 11-2 finds every single substitution."""
    assume(number[at] != character)
    with pytest.raises(CitizenIdError):
        parse_citizen_id(number[:at] + character + number[at + 1 :])


@given(NUMBERS, st.integers(min_value=0, max_value=16))
def test_two_neighbours_swapped_are_always_caught(number: str, at: int) -> None:
    """MOD 11-2 finds every swap of two neighbouring characters that differ."""
    assume(number[at] != number[at + 1])
    with pytest.raises(CitizenIdError):
        parse_citizen_id(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


def test_swaps_of_equal_weight_are_beyond_the_standard() -> None:
    """Places 5 and 15 weigh the same, so the standard cannot tell their digits apart."""
    number = make_citizen_id("330219", date(1963, 11, 20), 501)
    swapped = number[:4] + number[14] + number[5:14] + number[4] + number[15:]
    assert swapped != number
    assert parse_citizen_id(swapped).division == "330259"


@given(NUMBERS)
def test_display_hides_birth_and_sequence(number: str) -> None:
    """Neither `repr` nor `str` nor an f-string shows more than three and four characters."""
    citizen_id = parse_citizen_id(number)
    for shown in (repr(citizen_id), str(citizen_id), f"{citizen_id}"):
        assert shown == f"CitizenId({number[:3]}***********{number[-4:]})"


@given(NUMBERS)
def test_equal_numbers_are_one_key_and_survive_pickling(number: str) -> None:
    """Lower and upper case x are the same person, in sets and across processes."""
    citizen_id = parse_citizen_id(number)
    assert {citizen_id, parse_citizen_id(number.lower())} == {citizen_id}
    assert pickle.loads(pickle.dumps(citizen_id)) == citizen_id  # noqa: S301 - our own bytes


def test_an_invalid_number_cannot_be_built_directly() -> None:
    """The type itself refuses what the parser refuses."""
    with pytest.raises(CitizenIdError):
        CitizenId("330299196311200016")


@pytest.mark.parametrize(
    ("division", "sequence", "fix"),
    [
        ("33029", 1, "six digits"),
        ("030299", 1, "six digits"),
        ("33029９", 1, "six digits"),
        (DIVISION, -1, "0 to 999"),
        (DIVISION, 1000, "0 to 999"),
    ],
)
def test_impossible_parts_make_no_number(division: str, sequence: int, fix: str) -> None:
    """A number is made of a division and a sequence that can exist."""
    with pytest.raises(CitizenIdError, match=fix):
        make_citizen_id(division, date(1963, 11, 20), sequence)


def test_sequences_of_one_day_make_different_people() -> None:
    """All thousand sequences of a day give a thousand numbers, half of them of each sex."""
    birth = date(1963, 11, 20) + timedelta(days=1)
    people = [parse_citizen_id(make_citizen_id(DIVISION, birth, n)) for n in range(1000)]
    assert len(set(people)) == 1000
    assert sum(person.sex == "M" for person in people) == 500
