"""Dated parameters and readings: every rule about them, on both sides of its boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.parameters import load_parameters, load_readings
from sizhu_rules.engine.source import compose
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUE = {
    "value": "60",
    "from": "2021-01-01",
    "basis": "law",
    "source": "the statute",
    "checked_on": "2026-11-24",
    "owner": "the town",
    "confirmed": "yes",
}
READING = {
    "sheet": "demo.sheet",
    "question": "which one",
    "sides": "{one: [demo.a], two: [demo.b]}",
    "follow": "one",
    "code": "DOUBT",
    "basis": "practice",
    "source": "custom",
    "quote": "so it says",
    "by": "us",
    "on": "2026-11-24",
    "confirmed": "no",
}


def timeline(*changes: Mapping[str, str | None]) -> str:
    """Write a parameter of several values, each changed in some keys; None leaves a key out."""
    lines = ["p:"]
    for change in changes:
        keys = [(k, v) for k, v in {**VALUE, **change}.items() if v is not None]
        lines += [
            f"  {'- ' if position == 0 else '  '}{key}: {value}"
            for position, (key, value) in enumerate(keys)
        ]
    return "\n".join(lines)


def reading(**changes: str | None) -> str:
    """Write a reading changed in some keys; None leaves a key out."""
    keys = {**READING, **changes}
    return "r:\n" + "\n".join(f"  {k}: {v}" for k, v in keys.items() if v is not None)


def refusal(text: str, *, of: str = "parameter") -> str:
    """Return how a text is refused."""
    load = load_parameters if of == "parameter" else load_readings
    with pytest.raises(PolicyError) as caught:
        load(compose(text, "region.yaml"))
    return str(caught.value)


@pytest.mark.parametrize("basis", ["seed", "law", "practice", "assumption"])
def test_a_value_keeps_its_basis(basis: str) -> None:
    """Nobody's assumption passes for law."""
    grounded = basis in ("seed", "law")
    change = {"basis": basis, "confirmed": "yes" if grounded else "no", "quote": "so it says"}
    (value,) = load_parameters(compose(timeline(change), "region.yaml"))["p"]
    assert (value.basis, value.confirmed, value.quote) == (basis, grounded, "so it says")


@pytest.mark.parametrize("basis", ["seed", "law", "practice", "assumption"])
def test_a_reading_keeps_its_basis(basis: str) -> None:
    """As a value does."""
    assert load_readings(compose(reading(basis=basis), "region.yaml"))["r"].basis == basis


def test_only_the_seed_must_be_quoted() -> None:
    """A statute is named by its source."""
    assert load_parameters(compose(timeline({}), "region.yaml"))["p"][0].quote is None
    assumed = {"basis": "practice", "confirmed": "no"}
    assert load_parameters(compose(timeline(assumed), "region.yaml"))["p"][0].quote is None
    assert refusal(timeline({"basis": "seed"})) == (
        "region.yaml:2: a value of basis seed has no quote; add the seed's own sentence"
    )


def test_a_value_may_hold_for_a_single_day() -> None:
    """The last day is the first one then; a day less is none."""
    (value,) = load_parameters(compose(timeline({"to": "2021-01-01"}), "region.yaml"))["p"]
    assert value.until == date(2021, 1, 1)
    assert "the period ends before it begins" in refusal(timeline({"to": "2020-12-31"}))


@pytest.mark.parametrize(
    ("since", "fault"),
    [
        ("2021-12-30", "overlaps the one before it"),
        ("2021-12-31", "overlaps the one before it"),
        ("2022-01-01", None),
        ("2022-01-02", "has no value between 2021-12-31 and 2022-01-02"),
    ],
)
def test_periods_touch_without_overlap(since: str, fault: str | None) -> None:
    """Each day has one value: not two, not none."""
    text = timeline({"to": "2021-12-31"}, {"from": since, "value": "61"})
    if fault is None:
        assert [value.value for value in load_parameters(compose(text, "r.yaml"))["p"]] == [60, 61]
    else:
        assert fault in refusal(text)


def test_of_three_periods_each_follows_the_one_before() -> None:
    """The third is compared with the second, not with the first."""
    text = timeline(
        {"to": "2021-12-31"},
        {"from": "2022-01-01", "to": "2022-12-31"},
        {"from": "2023-01-01"},
    )
    assert len(load_parameters(compose(text, "r.yaml"))["p"]) == 3
    assert "overlaps" in refusal(timeline({}, {"from": "2022-01-01"}))


def test_a_parameter_without_a_value_is_refused() -> None:
    """An empty list is a slip."""
    assert refusal("p: []") == "region.yaml:1: 'p' has no value; write one, or remove the parameter"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"confirmed": "no"}, "a value of basis law counts as confirmed; write yes, or basis"),
        (
            {"basis": "practice"},
            "a value of basis practice is confirmed by nobody; add 'confirmed_by: name and office'",
        ),
    ],
)
def test_who_confirmed_is_said(change: dict[str, str | None], fault: str) -> None:
    """Law and seed stand for themselves; everything else needs a person's name."""
    assert fault in refusal(timeline(change))
    named = {"basis": "practice", "confirmed_by": "the director"}
    (value,) = load_parameters(compose(timeline(named), "region.yaml"))["p"]
    assert (value.confirmed, value.confirmed_by) == (True, "the director")


@pytest.mark.parametrize(
    ("value", "alternatives", "well"),
    [
        ("60", "[59, 61]", True),
        ("60", "[60]", False),
        ("60", "['61']", False),
        ("60", "[yes]", False),
        ("yes", "[no]", True),
        ("b", "[a, c]", True),
    ],
)
def test_alternatives_are_other_values_of_the_same_type(
    value: str, alternatives: str, well: object
) -> None:
    """Smaller or greater, but not the value itself nor of another kind."""
    text = timeline({"value": value, "alternatives": alternatives})
    if well:
        assert load_parameters(compose(text, "region.yaml"))["p"][0].alternatives
    else:
        assert "must be another value of the same type; correct the list" in refusal(text)


@pytest.mark.parametrize(
    ("sides", "fault"),
    [
        ("{}", "a reading chooses between sides; name at least two"),
        ("{one: [demo.a]}", "a reading chooses between sides; name at least two"),
        ("{one: [demo.a], two: [demo.b]}", None),
        ("{one: [demo.a], two: [demo.b], three: [demo.c]}", None),
        ("{one: [demo.a], two: [demo.a]}", "a clause stands on two sides; keep it on one"),
        ("{one: [demo.a, demo.a], two: [demo.b]}", "a clause stands on two sides; keep it on one"),
    ],
)
def test_a_reading_has_sides_apart(sides: str, fault: str | None) -> None:
    """At least two, and no clause on more than one."""
    if fault is None:
        assert load_readings(compose(reading(sides=sides), "region.yaml"))["r"].follow == "one"
    else:
        assert fault in refusal(reading(sides=sides), of="reading")


def test_a_reading_follows_one_of_its_sides() -> None:
    """And knows on which a clause stands."""
    assert "use one of one, two" in refusal(reading(follow="three"), of="reading")
    found = load_readings(compose(reading(), "region.yaml"))["r"]
    assert [found.side_of(name) for name in ("demo.a", "demo.b", "demo.c")] == ["one", "two", None]


def test_a_confirmed_reading_names_who_confirmed_it() -> None:
    """Nobody confirms nothing."""
    assert "a reading is confirmed by nobody" in refusal(reading(confirmed="yes"), of="reading")
    text = reading(confirmed="yes", confirmed_by="the director")
    assert load_readings(compose(text, "region.yaml"))["r"].confirmed


def test_the_place_is_no_part_of_the_law() -> None:
    """The same value on another line or in another file is the same value."""
    (value,) = load_parameters(compose(timeline({}), "region.yaml"))["p"]
    assert value == replace(value, file="other.yaml", line=99)
    found = load_readings(compose(reading(), "region.yaml"))["r"]
    assert found == replace(found, file="other.yaml", line=99)
