"""The public names and their types: mypy reads the assertions, pytest runs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, assert_type

import pytest

import sizhu_rules
from sizhu_rules import Decision, DeviceFacts, Policy, check, decide, engines, load_policy
from sizhu_rules.errors import ForbiddenMove
from sizhu_rules.moves import Move, load_moves
from sizhu_rules.moves.words import RedemptionState, WishState
from sizhu_rules.points import Visit, day_total
from sizhu_rules.registry import SPECS
from sizhu_rules.report import Report
from sizhu_rules.routing import Route, route_application


def test_the_types_are_what_callers_rely_on() -> None:
    """Others integrate against these: a changed type is a changed promise."""
    policy = assert_type(load_policy("simen"), Policy)
    facts = assert_type(DeviceFacts.from_mapping({"birth_date": "1990-01-01"}), DeviceFacts)
    decision = assert_type(
        decide("device", facts, policy=policy, known_on=date(2024, 1, 1)), Decision
    )
    assert_type(
        decision.verdict, Literal["eligible", "not_eligible", "needs_facts", "needs_review"]
    )
    assert_type(decision.adverse, bool)
    assert_type(decision.outcome, Mapping[str, object])
    assert_type(decision.candidates, tuple[Mapping[str, object], ...])
    assert_type(decision.codes, tuple[str, ...])
    assert_type(decision.missing, tuple[str, ...])
    assert_type(decision.reads, Mapping[str, object])
    assert_type(decision.text, Mapping[str, tuple[str, ...]])
    assert_type(decision.as_of, date | None)
    assert_type(decision.digest, str)
    assert_type(decision.to_dict(), dict[str, object])
    assert_type(decision.to_json(), str)
    assert_type(check("simen"), Report)
    assert_type(engines.available(), dict[str, str | None])
    assert_type(route_application(None), Route)
    assert_type(day_total([Visit(None, None, None)], policy), int)


def test_a_move_of_another_kind_cannot_be_written() -> None:
    """A state of another kind and a role that there is not fail in mypy, and at run time."""
    wishes = load_moves("wish")
    assert_type(wishes.step("published", "claimed", "volunteer"), Move[WishState])
    assert_type(load_moves("redemption").start, RedemptionState)
    with pytest.raises(ForbiddenMove):
        wishes.step("published", "allocated", "volunteer")  # type: ignore[arg-type] # a donation's
    with pytest.raises(ForbiddenMove):
        wishes.step("open", "claimed", "volunteer")  # type: ignore[arg-type] # a help request's
    with pytest.raises(ForbiddenMove):
        wishes.step("published", "claimed", "mayor")  # type: ignore[arg-type] # nobody's role
    with pytest.raises(KeyError):
        load_moves("lottery")  # type: ignore[call-overload] # no kind


def test_the_public_names_are_all_there() -> None:
    """A tiny front door; everything in it exists."""
    for name in sizhu_rules.__all__:
        assert hasattr(sizhu_rules, name)
    assert tuple(spec.name for spec in SPECS) == sizhu_rules.RULES
    assert len(set(sizhu_rules.RULES)) == len(SPECS)
