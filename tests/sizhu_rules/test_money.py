"""Fen: a split favours the person and always sums."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizhu_rules.facts.money import Split, share_words, split, yuan

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("price", "cap", "expected"),
    [
        (120_000, None, Split(60_000, 60_000)),
        (99_999, None, Split(49_999, 50_000)),
        (150_000, 120_000, Split(90_000, 60_000)),
        (1, None, Split(0, 1)),
        (0, None, Split(0, 0)),
        (7, 0, Split(7, 0)),
    ],
)
def test_half_of_a_price(price: int, cap: int | None, expected: Split) -> None:
    """V5, V10, V11 and the edges."""
    assert split(price, HALF, cap_fen=cap) == expected


@given(
    price=st.integers(0, 10**9),
    cap=st.none() | st.integers(0, 10**9),
    share=st.fractions(0, 1, max_denominator=12),
)
def test_a_split_sums_and_never_exceeds_the_share(
    price: int, cap: int | None, share: Fraction
) -> None:
    """Fen for fen; on the part below the cap the person pays the share at most."""
    parts = split(price, share, cap_fen=cap)
    assert parts.personal_fen + parts.subsidy_fen == price
    assert parts.personal_fen >= 0
    assert parts.subsidy_fen >= 0
    base = price if cap is None else min(price, cap)
    assert parts.personal_fen - (price - base) <= base * share


@pytest.mark.parametrize(
    ("price", "share", "cap"), [(-1, HALF, None), (1, HALF, -1), (1, Fraction(3, 2), None)]
)
def test_what_is_no_amount_is_refused(price: int, share: Fraction, cap: int | None) -> None:
    """Negative money and shares above one do not exist."""
    with pytest.raises(ValueError, match="give"):
        split(price, share, cap_fen=cap)


@pytest.mark.parametrize(
    ("fen", "text"), [(60_000, "600"), (49_999, "499.99"), (10, "0.10"), (0, "0"), (-150, "-1.50")]
)
def test_yuan_as_people_write_them(fen: int, text: str) -> None:
    """No trailing zeros where there are no fen."""
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ("1/2", "一半"),
        ("3/10", "三成"),
        ("1/5", "二成"),
        ("4/5", "八成"),
        ("9/10", "九成"),
        ("1/3", "三分之一"),
        ("7/9", "九分之七"),
        ("3/11", "3/11"),
    ],
)
def test_a_share_is_said_as_people_say_it(share: str, words: str) -> None:
    """成 are tenths; what has no short word stays a fraction."""
    assert share_words(Fraction(share)) == words
