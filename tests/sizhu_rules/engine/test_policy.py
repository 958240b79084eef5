"""A law compiled: what it says of itself, its numbers by day, and what forbids it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.policy import compile_law, in_force

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.spec import RuleSpec

SHARE = "fare/share.yaml"
ORDER = "fare/order.yaml"
NUMBERS = "policy/town/fare.yaml"
UNTIL_2021 = "from: 2021-01-01\n    to: 2021-12-31\n    quote"
FROM_2021 = "from: 2021-01-01\n    quote"
FROM_2022 = "from: 2022-01-01\n    quote"


@pytest.fixture
def town(fare: RuleSpec, law_of: Callable[..., Law]) -> Policy:
    """The town's policy, compiled."""
    policy, errors = compile_law(law_of(), [fare])
    assert policy is not None
    assert errors == []
    return policy


def test_a_policy_says_which_it_is(town: Policy) -> None:
    """Region, version and the digest of its content."""
    assert (town.region, town.version) == ("town", "7")
    assert town.digest == town.law.identity().digest
    assert repr(town) == f"Policy(town 7, {town.digest})"
    assert list(town.rules) == ["fare"]


def test_a_number_holds_from_its_first_day_to_its_last(law_of: Callable[..., Law]) -> None:
    """Both days included; before and after there is none."""
    closed = "value: 200\n      from: 2021-01-01\n      to: 2024-12-31"
    law = law_of((NUMBERS, "value: 200\n      from: 2021-01-01", closed))
    timeline = law.parameters["fare.price"]
    for day in (date(2021, 1, 1), date(2024, 12, 31)):
        assert in_force(timeline, day) is timeline[0]
    for day in (date(2020, 12, 31), date(2025, 1, 1)):
        assert in_force(timeline, day) is None


def test_a_policy_tells_its_numbers_by_day(town: Policy) -> None:
    """None where there is none."""
    assert town.number("fare.old", date(2021, 1, 1)) == 60
    assert town.number("fare.shift", date(2999, 1, 1)) == 0
    assert town.parameter("fare.old", date(2020, 12, 31)) is None
    assert town.parameter("fare.young", date(2021, 1, 1)) is None


def test_what_is_no_number_is_not_taken_for_one(
    fare: RuleSpec, law_of: Callable[..., Law], town: Policy
) -> None:
    """A word, and a name that nobody knows: the error says what to do."""
    day = date(2024, 1, 1)
    with pytest.raises(LookupError) as caught:
        town.number("fare.young", day)
    assert caught.value.args == (
        "fare.young has no whole number on 2024-01-01; add it to the policy",
    )
    words, _ = compile_law(
        law_of(
            (NUMBERS, "value: 200", "value: dear"),
            ("policy/default/limits.yaml", "fare.price: [0, 10000]", "fare.price: text"),
        ),
        [fare],
    )
    assert words is not None
    with pytest.raises(LookupError, match=r"fare\.price has no whole number"):
        words.number("fare.price", day)


def test_sheets_that_are_never_in_force_together_decide_nothing(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """The first sheet is named, once."""
    law = law_of((SHARE, FROM_2021, UNTIL_2021), (ORDER, FROM_2021, FROM_2022))
    policy, errors = compile_law(law, [fare])
    assert policy is None
    assert [str(error) for error in errors] == [
        "fare/share.yaml:9: no clause is ever in force; date one"
    ]


def test_a_day_on_which_one_sheet_is_silent_has_no_segment(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """Before and after it the rule decides."""
    law = law_of((ORDER, FROM_2021, FROM_2022))
    policy, errors = compile_law(law, [fare])
    assert errors == []
    assert policy is not None
    rule = policy.rules["fare"]
    assert rule.starts == [date(2021, 1, 1), date(2022, 1, 1)]
    assert [segment is None for segment in rule.segments] == [True, False]
    assert rule.segment(date(2021, 12, 31)) is None
    assert rule.segment(date(2022, 1, 1)) is rule.latest()


def test_a_number_that_the_arithmetic_needs_is_asked_for(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """With region, day and fix."""
    law = law_of((NUMBERS, "  fare.price:", "  fare.old_price:"), frozen=True)
    policy, errors = compile_law(law, [fare])
    assert policy is None
    (error,) = errors
    assert (error.file, error.line) == ("policy/town", 1)
    assert error.what == "the parameter 'fare.price' has no value on 2021-01-01"
    assert error.fix == "add it to the region's policy for that day"


def test_a_frozen_law_need_not_have_numbers_of_later_arithmetic(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """It decides as it did then."""
    law = law_of((NUMBERS, "  fare.price:", "  fare.old_price:"), frozen=True)
    policy, errors = compile_law(law, [fare], frozen=True)
    assert policy is not None
    assert errors == []


def test_a_frozen_law_keeps_its_numbers_on_all_its_days(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """One that it has must be there as long as the rule."""
    law = law_of(
        (NUMBERS, "value: 200\n      from: 2021-01-01", "value: 200\n      from: 2022-01-01")
    )
    policy, errors = compile_law(law, [fare], frozen=True)
    assert policy is None
    assert "the parameter 'fare.price' has no value on 2021-01-01" in str(errors[0])
