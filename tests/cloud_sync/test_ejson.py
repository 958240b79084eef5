"""Both written forms of a document mean the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_sync.ejson import EjsonError, Impossible, decode

INSTANTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | INSTANTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text().filter(lambda key: not key.startswith("$")), inner, max_size=4)
    ),
    max_leaves=12,
)


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a document
    """Write a value as the cloud's plain form."""
    return _write(value, canonical=False)


def canonical(value: Any) -> Any:  # noqa: ANN401 - any value of a document
    """Write a value with every number wrapped."""
    return _write(value, canonical=True)


def _write(value: Any, *, canonical: bool) -> Any:  # noqa: ANN401 - any value of a document
    if isinstance(value, datetime):
        ms = (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        return {"$date": {"$numberLong": str(ms)} if canonical else ms}
    if isinstance(value, dict):
        return {key: _write(item, canonical=canonical) for key, item in value.items()}
    if isinstance(value, list):
        return [_write(item, canonical=canonical) for item in value]
    if canonical and isinstance(value, float):
        names = {float("inf"): "Infinity", float("-inf"): "-Infinity"}
        return {"$numberDouble": names.get(value, repr(value))}
    if canonical and isinstance(value, int) and not isinstance(value, bool):
        return {"$numberLong" if abs(value) >= 2**31 else "$numberInt": str(value)}
    return value


@given(VALUES)
def test_both_forms_decode_to_the_same_value(value: object) -> None:
    """Whether numbers and instants come wrapped or plain, the document is the same."""
    assert decode(json.dumps(plain(value))) == value
    assert decode(json.dumps(canonical(value))) == value


@pytest.mark.parametrize(
    "date",
    [1688083200000, {"$numberLong": "1688083200000"}, "2023-06-30T00:00:00Z", 1688083200000.0],
)
def test_all_written_forms_of_an_instant_are_read(date: object) -> None:
    """Milliseconds, wrapped milliseconds and ISO text name one instant."""
    assert decode(json.dumps({"at": {"$date": date}})) == {"at": datetime(2023, 6, 30, tzinfo=UTC)}


def test_other_wrappers_are_read() -> None:
    """Decimals and object ids keep their exact form."""
    text = '{"d": {"$numberDecimal": "1.10"}, "o": {"$oid": "5f"}, "r": {"$x": 1}}'
    assert decode(text) == {"d": Decimal("1.10"), "o": "5f", "r": {"$x": 1}}


IMPOSSIBLE = [
    {"$date": "2023-02-30T00:00:00Z"},
    {"$date": "2023-06-30T00:00:00"},
    {"$date": 10**20},
    {"$date": None},
    {"$date": True},
    {"$numberInt": "x"},
    {"$numberInt": 5},
    {"$numberDecimal": "z"},
]


@pytest.mark.parametrize("wrapper", IMPOSSIBLE)
def test_an_impossible_value_is_an_error_without_its_text(wrapper: dict[str, object]) -> None:
    """A wrapper that cannot be read is refused, and the message names its kind only."""
    with pytest.raises(EjsonError) as caught:
        decode(json.dumps({"a": wrapper}))
    (name,) = wrapper
    assert name in str(caught.value)
    assert "2023" not in str(caught.value)


@pytest.mark.parametrize("wrapper", IMPOSSIBLE)
def test_a_lenient_reader_keeps_the_rest_of_the_document(wrapper: dict[str, object]) -> None:
    """One impossible field does not hide which document it stands in."""
    (name,) = wrapper
    found = decode(json.dumps({"_id": "c1", "at": wrapper}), lenient=True)
    assert found == {"_id": "c1", "at": Impossible(name)}


@pytest.mark.parametrize("text", ["", "{", "<html>", "[" * 100_000])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    """Anything but JSON is an error that shows nothing of the text."""
    with pytest.raises(EjsonError) as caught:
        decode(text)
    assert "html" not in str(caught.value)
