"""Template values keep WeChat's limits, so that no message is refused for its form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_sync.template import fit


@given(st.text())
def test_a_thing_is_at_most_twenty_characters_on_one_line(text: str) -> None:
    """Longer texts are cut and say so; empty ones are left out."""
    value = fit("thing1", text)
    if value is None:
        assert not text.strip()
        return
    assert 1 <= len(value) <= 20
    assert "\n" not in value
    if len(re.sub(r"\s+", " ", text).strip()) > 20:
        assert value.endswith("…")


@given(st.text())
def test_a_phrase_is_at_most_five_chinese_characters(text: str) -> None:
    """Anything but Chinese characters is dropped from a phrase."""
    value = fit("phrase2", text)
    assert value is None or re.fullmatch(r"[\u4e00-\u9fff]{1,5}", value)


@given(st.text())
def test_a_character_string_holds_no_chinese(text: str) -> None:
    """At most 32 digits, letters and symbols."""
    value = fit("character_string9", text)
    assert value is None or re.fullmatch(r"[\x21-\x7e]{1,32}", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2023-06-30 09:00", "2023-06-30 09:00"), ("2023-06-30", "2023-06-30"), ("soon", None)],
)
def test_a_time_is_a_day_with_or_without_a_time(text: str, value: str | None) -> None:
    """What is no time is left out, never sent."""
    assert fit("time3", text) == value


@pytest.mark.parametrize("key", ["thing", "colour1", "", "1thing"])
def test_an_unknown_type_of_field_is_an_error(key: str) -> None:
    """A template field without a known limit is a mistake of ours, found before sending."""
    with pytest.raises(ValueError, match=r"texts\.json"):
        fit(key, "x")
