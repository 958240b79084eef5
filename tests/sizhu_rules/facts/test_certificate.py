"""The number of a disability certificate."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizhu_rules.facts.certificate import (
    CATEGORIES,
    GRADES,
    CertificateNumber,
    CertificateNumberError,
    parse_certificate_number,
)
from sizhu_rules.facts.citizen_id import make_citizen_id, parse_citizen_id

PERSON = "330299196311200015"
PEOPLE = st.builds(
    make_citizen_id,
    st.just("330299"),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31)),
    st.integers(min_value=0, max_value=999),
)
REISSUES = st.none() | st.integers(min_value=1, max_value=99)


@pytest.mark.parametrize(
    ("text", "category", "grade", "reissue"),
    [
        ("33029919631120001543", 4, 3, None),
        ("33029919631120001543B1", 4, 3, 1),
        ("33029919631120001543b2", 4, 3, 2),
        ("33029919631120001543B10", 4, 3, 10),
        ("33029919700101019x71", 7, 1, None),
        ("33029919700101019X71B99", 7, 1, 99),
    ],
)
def test_valid_numbers_are_taken_apart(
    text: str, category: int, grade: int, reissue: int | None
) -> None:
    """Twenty characters, or more after a re-issue, state person, category, grade and re-issue."""
    certificate = parse_certificate_number(text)
    assert certificate.citizen_id == parse_citizen_id(text[:18])
    assert (certificate.category, certificate.grade) == (category, grade)
    assert certificate.reissue == reissue
    assert certificate.number == text.upper()


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("33029919631120001583", "enter 1 to 7"),
        ("33029919631120001503", "enter 1 to 7"),
        ("33029919631120001540", "enter 1 to 4"),
        ("33029919631120001545", "enter 1 to 4"),
        ("3302991963112000154", "enter 1 to 4"),
        ("33029919631120001543B0", "B1 to B99"),
        ("33029919631120001543B", "B1 to B99"),
        ("33029919631120001543B01", "B1 to B99"),
        ("33029919631120001543B100", "B1 to B99"),
        ("33029919631120001543C1", "B1 to B99"),
        ("330299196311200015431", "B1 to B99"),
        ("330299196311200015", "add the category and grade"),
        ("33029919631120001543 B1", "half-width"),
        ("330299196311200015４3", "half-width"),
        ("33029919631120001543\n", "half-width"),
        ("12345619701111001343", "first 18 characters"),
        ("33029919631320001543", "digits 7 to 14"),
        ("3302996311200014301", "first 18 characters"),
        ("", "first 18 characters"),
    ],
)
def test_invalid_numbers_are_refused_with_the_fix_and_without_the_number(
    text: str, fix: str
) -> None:
    """Each part that is wrong has its own sentence, and none shows the number."""
    with pytest.raises(CertificateNumberError, match=fix) as caught:
        parse_certificate_number(text)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert not any(text[at : at + 6] in sentence for at in range(len(text) - 5))
    assert caught.value.__cause__ is None


def test_birth_after_the_given_day_is_refused() -> None:
    """The day reaches the citizen ID inside the certificate number."""
    text = make_citizen_id("330299", date(2023, 7, 1), 1) + "43"
    assert parse_certificate_number(text, on=date(2023, 7, 1)).category == 4
    with pytest.raises(CertificateNumberError, match="lies in the future"):
        parse_certificate_number(text, on=date(2023, 6, 30))


@given(PEOPLE, st.sampled_from(sorted(CATEGORIES)), st.sampled_from(sorted(GRADES)), REISSUES)
def test_numbers_are_read_back(person: str, category: int, grade: int, reissue: int | None) -> None:
    """A certificate writes the number from which it is read."""
    certificate = CertificateNumber(parse_citizen_id(person), category, grade, reissue)
    assert parse_certificate_number(certificate.number) == certificate


@given(PEOPLE, PEOPLE, REISSUES, REISSUES)
def test_same_person_looks_at_the_first_eighteen_characters_only(
    one: str, other: str, first: int | None, second: int | None
) -> None:
    """A re-issue or a re-assessment is the same person; another citizen ID never is."""
    old = CertificateNumber(parse_citizen_id(one), 4, 3, first)
    new = CertificateNumber(parse_citizen_id(other), 7, 1, second)
    assert old.same_person(new) is (one == other)
    assert old.same_person(CertificateNumber(parse_citizen_id(one), 7, 1, second))


def test_display_hides_the_number() -> None:
    """The representation of a certificate shows the person masked."""
    shown = repr(parse_certificate_number(f"{PERSON}43B1"))
    assert PERSON not in shown
    assert "19631120" not in shown


@pytest.mark.parametrize(
    ("category", "grade", "reissue"), [(0, 3, None), (8, 3, None), (4, 5, None), (4, 3, 0)]
)
def test_a_certificate_that_cannot_exist_cannot_be_built(
    category: int, grade: int, reissue: int | None
) -> None:
    """The type itself refuses what the parser refuses."""
    with pytest.raises(CertificateNumberError, match="category 1 to 7"):
        CertificateNumber(parse_citizen_id(PERSON), category, grade, reissue)


def test_sight_is_one_and_hearing_is_two() -> None:
    """The order of the categories is that of the certificate, which popular pages swap."""
    assert [CATEGORIES[number] for number in sorted(CATEGORIES)] == [
        "视力",
        "听力",
        "言语",
        "肢体",
        "智力",
        "精神",
        "多重",
    ]
