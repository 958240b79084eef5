"""A decision and its parts: the same by name, as data and as one line of JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.policy import compile_law

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.spec import RuleSpec

DAY = date(2024, 1, 2)


@pytest.fixture
def decision(fare: RuleSpec, law_of: Callable[..., Law]) -> Decision:
    """A charge."""
    policy, errors = compile_law(law_of(), [fare])
    assert errors == []
    assert policy is not None
    rule = policy.rules["fare"]
    return rule.decide(rule.read({"day": "2024-01-01", "age": 65, "member": True}), DAY)


def test_every_part_by_name_is_that_of_the_whole(decision: Decision) -> None:
    """Days as days, lists as tuples."""
    whole = decision.to_dict()
    assert (decision.rule, decision.verdict, decision.adverse) == ("fare", "eligible", True)
    assert (decision.as_of, decision.known_on) == (date(2024, 1, 1), DAY)
    for name in ("rule", "verdict", "adverse", "policy", "outcome", "reads", "digest"):
        assert getattr(decision, name) == whole[name]
    for name in ("candidates", "codes", "clauses", "missing", "would_change"):
        part = getattr(decision, name)
        assert isinstance(part, tuple)
        assert list(part) == whole[name]
    text = {voice: list(lines) for voice, lines in decision.text.items()}
    assert text == whole["text"]
    assert decision.fields == {"age": 65, "member": True}
    assert decision.facts.absent("day", "age", "member") == ()


def test_the_parts_for_engines_are_those_that_decided(decision: Decision) -> None:
    """The rule, its segment of the day, the answer."""
    rule, segment, answer = decision.parts
    assert rule.spec.name == decision.rule
    assert segment is rule.segment(date(2024, 1, 1))
    assert answer.verdict == decision.verdict


def test_the_json_is_one_line_of_plain_chinese(decision: Decision) -> None:
    """No space between, no escapes."""
    line = decision.to_json()
    assert "\n" not in line
    assert '"resident":["预计1/2。"' in line
    assert json.loads(line) == decision.to_dict()


def test_what_is_given_is_a_copy(decision: Decision) -> None:
    """Whoever changes it changes no decision."""
    before = decision.to_json()
    decision.outcome["share"] = "0"  # type: ignore[index] # the point
    decision.reads["age"] = 1  # type: ignore[index] # the point
    decision.would_change[0]["outcome"]["share"] = "1"  # type: ignore[index] # the point
    whole = decision.to_dict()
    whole["codes"].clear()  # type: ignore[attr-defined] # the point
    assert decision.to_json() == before


def test_the_repr_shows_no_fact(decision: Decision) -> None:
    """Rule, verdict and version."""
    assert repr(decision) == "Decision(fare, eligible, policy 7)"
