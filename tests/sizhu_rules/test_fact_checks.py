"""Malformed facts: refused with path, what and fix, and never repeated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from sizhu_rules import (
    Component,
    DeviceFacts,
    DonationFacts,
    FactError,
    IntentFacts,
    PointsFacts,
    decide,
)

if TYPE_CHECKING:
    from sizhu_rules import Policy

SECRET = "330299196311200016"  # a wrong check character; must never come back

MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("device", {"birth_date": "2024-02-30"}, "birth_date"),
    ("device", {"birth_date": "2023-02-29"}, "birth_date"),
    ("device", {"birth_date": "1963-13-01"}, "birth_date"),
    ("device", {"birth_date": "19631120"}, "birth_date"),
    ("device", {"birth_date": "1963-11-20T00:00:00"}, "birth_date"),
    ("device", {"birth_date": "１９６３-11-20"}, "birth_date"),
    ("device", {"birth_date": "0001-01-01"}, "birth_date"),
    ("device", {"birth_date": -192758400}, "birth_date"),
    ("device", {"birth_date": ""}, "birth_date"),
    ("device", {"submitted_on": datetime(2024, 1, 1, tzinfo=UTC)}, "submitted_on"),
    ("device", {"household": {"status": "低保"}}, "household.status"),
    ("device", {"household": {"status": "DIBAO"}}, "household.status"),
    ("device", {"household": {"status": ["dibao"]}}, "household.status"),
    ("device", {"household": {"valid_to": "never"}}, "household.valid_to"),
    ("device", {"household": "dibao"}, "household"),
    ("device", {"household": {"statuss": "dibao"}}, "household.statuss"),
    ("device", {"household": {"status": "none"}, "household.status": "none"}, "household.status"),
    ("device", {"certificate": {"category": 0}}, "certificate.category"),
    ("device", {"certificate": {"category": 8}}, "certificate.category"),
    ("device", {"certificate": {"category": "4"}}, "certificate.category"),
    ("device", {"certificate": {"category": 4.0}}, "certificate.category"),
    ("device", {"certificate": {"category": True}}, "certificate.category"),
    ("device", {"certificate": {"grade": 5}}, "certificate.grade"),
    ("device", {"certificate": {"components": 4}}, "certificate.components"),
    ("device", {"certificate": {"components": [7]}}, "certificate.components"),
    ("device", {"certificate": {"components": [{"grade": 2}]}}, "certificate.components"),
    (
        "device",
        {"certificate": {"components": [{"category": 2, "grade": 0}]}},
        "certificate.components",
    ),
    ("device", {"device": {"allowed_categories": []}}, "device.allowed_categories"),
    ("device", {"device": {"allowed_categories": [True]}}, "device.allowed_categories"),
    ("device", {"device": {"cap_fen": "unlimited"}}, "device.cap_fen"),
    ("device", {"device": {"qty": 0}}, "device.qty"),
    ("device", {"device": {"life_years": -1}}, "device.life_years"),
    ("device", {"price_fen": 1200.0}, "price_fen"),
    ("device", {"price_fen": -1}, "price_fen"),
    ("device", {"price_fen": "1200"}, "price_fen"),
    ("device", {"price_fen": float("nan")}, "price_fen"),
    ("device", {"last_delivered_on": "none"}, "last_delivered_on"),
    ("device", {"open_same_class": 0}, "open_same_class"),
    ("device", {"open_same_class": "false"}, "open_same_class"),
    ("device", {"citizen_id": SECRET}, "citizen_id"),
    ("device", {"citizen_id": 330299196311200015}, "citizen_id"),
    ("device", {"citizen_id": ""}, "citizen_id"),
    ("donation", {"directed": "nobody"}, "directed"),
    ("donation", {"target_village_id": "谢家路村"}, "target_village_id"),
    ("donation", {"target_village_id": "３３０２８１１０３２０３"}, "target_village_id"),
    ("intent", {"offer": ""}, "offer"),
    ("intent", {"wanted_village_id": "none"}, "wanted_village_id"),
    ("points", {"check_in_at": "2023-05-01T09:00:00"}, "check_in_at"),
    ("points", {"check_in_at": "2023-05-01"}, "check_in_at"),
    ("points", {"check_in_at": "2023-02-30T09:00:00+08:00"}, "check_in_at"),
    ("points", {"check_in_at": 1682902800000}, "check_in_at"),
]


@pytest.mark.parametrize(("rule", "facts", "path"), MALFORMED)
def test_a_malformed_fact_is_an_error_with_its_path(
    rule: str, facts: dict[str, Any], path: str, policy: Policy, known_on: date
) -> None:
    """It is never taken for another value, nor for an absent one."""
    with pytest.raises(FactError) as caught:
        decide(rule, facts, policy=policy, known_on=known_on)
    assert caught.value.path == path
    assert caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(("rule", "facts", "path"), MALFORMED)
def test_no_error_repeats_the_value(
    rule: str, facts: dict[str, Any], path: str, policy: Policy, known_on: date
) -> None:
    """Facts are about people: a message holds the path and the fix, not what was written."""
    with pytest.raises(FactError) as caught:
        decide(rule, facts, policy=policy, known_on=known_on)
    assert caught.value.__cause__ is None
    for value in _texts(facts):
        assert value not in str(caught.value).replace(path, "")


@pytest.mark.parametrize(
    ("facts", "fix"),
    [
        ({"birthdate": "1963-11-20"}, "did you mean 'birth_date'?"),
        ({"household": {"state": "none"}}, "did you mean 'household.status'?"),
        ({"xyzzy": 1}, "use one of"),
        ({"household": {"status": "低保"}}, "dibao (低保)"),
    ],
)
def test_an_error_ends_in_the_fix(facts: dict[str, Any], fix: str) -> None:
    """Misspelt names get a suggestion, wrong codes the list of codes with their Chinese names."""
    with pytest.raises(FactError) as caught:
        DeviceFacts.from_mapping(facts)
    assert fix in str(caught.value)


def test_a_key_that_may_be_a_datum_is_not_repeated() -> None:
    """Somebody's number in the place of a key stays out of the message."""
    with pytest.raises(FactError) as caught:
        DeviceFacts.from_mapping({SECRET: 1, "price_fen": 1})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("facts", [None, [], "birth_date", 7, [("birth_date", "1963-11-20")]])
def test_facts_are_a_mapping(facts: object, policy: Policy, known_on: date) -> None:
    """Anything else is refused, by every rule."""
    for rule in policy.rules:
        with pytest.raises(FactError, match="no mapping"):
            decide(rule, cast("dict[str, object]", facts), policy=policy, known_on=known_on)


def test_null_and_absence_say_the_same(policy: Policy, known_on: date) -> None:
    """JSON null is unknown, for a fact and for a whole group of facts."""
    none = decide(
        "device", {"birth_date": None, "household": None}, policy=policy, known_on=known_on
    )
    assert none.to_json() == decide("device", {}, policy=policy, known_on=known_on).to_json()


@pytest.mark.parametrize(
    "build",
    [
        lambda: DeviceFacts(household_status=cast("Any", "poor")),
        lambda: DeviceFacts(birth_date=cast("Any", datetime(2024, 1, 1, tzinfo=UTC))),
        lambda: DeviceFacts(price_fen=cast("Any", 12.5)),
        lambda: DeviceFacts(open_same_class=cast("Any", 1)),
        lambda: DeviceFacts(certificate_components=cast("Any", [Component(9)])),
        lambda: DonationFacts(directed=cast("Any", "x")),
        lambda: IntentFacts(submitted_on=cast("Any", 3)),
        lambda: PointsFacts(check_in_at=datetime(2024, 1, 1)),  # noqa: DTZ001 - the mistake itself
    ],
)
def test_typed_facts_cannot_be_built_wrong(build: Any) -> None:  # noqa: ANN401 - a list of lambdas
    """The typed door checks as well: an illegal state does not exist."""
    with pytest.raises(FactError):
        build()


def test_typed_facts_are_frozen() -> None:
    """What was decided on cannot change under the decision."""
    facts = DeviceFacts(price_fen=1)
    with pytest.raises(AttributeError):
        cast("Any", facts).price_fen = 2


def test_components_may_be_bare_categories() -> None:
    """[2, 4] and a list of mappings read the same parts."""
    short = DeviceFacts.from_mapping({"certificate.components": [2, 4]})
    long = DeviceFacts.from_mapping(
        {"certificate": {"components": [{"category": 2}, {"category": 4, "grade": None}]}}
    )
    assert (
        short.certificate_components == long.certificate_components == (Component(2), Component(4))
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    text = str(value)
    # Short numbers and codes appear in the fix as examples; they identify nobody.
    return [text] if len(text) > 7 else []


def test_the_repr_of_facts_shows_which_not_what() -> None:
    """A traceback or a log line that holds facts tells nothing about the person."""
    facts = DeviceFacts(birth_date=date(1963, 11, 20), household_status="dibao")
    assert repr(facts) == "DeviceFacts(known: birth_date, household.status)"
    assert repr(IntentFacts()) == "IntentFacts(known: nothing)"
