"""Personal data as it may be shown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizhu_rules.facts.certificate import parse_certificate_number
from sizhu_rules.facts.citizen_id import make_citizen_id
from sizhu_rules.facts.mask import mask_certificate, mask_citizen_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳锋", "欧*锋"),
        ("欧阳小锋", "欧**锋"),
        ("阿依古丽·买买提", "阿******提"),
        ("王", "*"),
        ("", ""),
        ("  张三 ", "张*"),
        ("𠮷田三", "𠮷*三"),
    ],
)
def test_names_keep_their_ends(name: str, shown: str) -> None:
    """Two characters keep the first, longer names the first and the last, one keeps nothing."""
    assert mask_name(name) == shown


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12))
def test_masking_a_name_twice_changes_nothing(name: str) -> None:
    """A masked name stays as it is, keeps its length and always hides something."""
    shown = mask_name(name)
    assert mask_name(shown) == shown
    assert len(shown) == len(name)
    assert not name or "*" in shown


def test_citizen_id_keeps_three_and_four() -> None:
    """The published example."""
    assert mask_citizen_id("330299196311200015") == "330***********0015"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 1, 1)), st.integers(0, 999))
def test_citizen_id_never_shows_the_birth(birth: date, sequence: int) -> None:
    """No digit of the date of birth is left at its place."""
    shown = mask_citizen_id(make_citizen_id("330299", birth, sequence))
    assert len(shown) == 18
    assert shown[3:14] == "*" * 11


def test_phone_keeps_three_and_four() -> None:
    """The published example and the synthetic form of a number."""
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("10000000042") == "100****0042"


@pytest.mark.parametrize("text", ["", "1", "6215000", "057462150000", "330299631120001"])
def test_what_has_another_form_is_hidden_whole(text: str) -> None:
    """A landline, an old number or a slip of the pen shows nothing but its length."""
    assert mask_phone(text) == "*" * len(text)
    assert mask_citizen_id(text) == "*" * len(text)


def test_certificate_is_shown_in_words() -> None:
    """Category and grade are words; the re-issue is nobody's business."""
    certificate = parse_certificate_number("33029919631120001543B1")
    assert mask_certificate(certificate) == "330***********0015 肢体三级"
