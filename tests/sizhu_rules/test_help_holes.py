"""What must hold of the rules that only help, for any facts with any holes.

The values are those that the cases of a rule bring, so that every threshold is met on both sides,
and any others that a fact may have.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sizhu_rules import decide, engines, load_policy
from sizhu_rules.cases import load_cases
from sizhu_rules.eligibility.shared.facts import Codes, Component, Texts
from sizhu_rules.engine.raw import Day, Flag, Member, Text, Whole
from sizhu_rules.errors import FactError
from sizhu_rules.policies import rule_files
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from sizhu_rules import Decision
    from sizhu_rules.engine.raw import Facts, RawFact

SHIPPED = load_policy("simen@working")
POLICIES = {
    "shipped": SHIPPED,
    "confirmed": amend(SHIPPED, confirm=[*SHIPPED.law.parameters, *SHIPPED.law.readings]),
}
HELPING = ("job", "job_match", "retrofit", "wish")
KNOWN_ON = date(2026, 11, 24)

every_rule = pytest.mark.parametrize("rule", HELPING)
quickly = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def any_value(raw: RawFact) -> st.SearchStrategy[Any]:
    """Any value that a raw fact may have."""
    match raw.kind:
        case Day():
            values: st.SearchStrategy[Any] = st.dates(date(1900, 1, 1), date(2100, 1, 1))
        case Whole(low, high):
            values = st.integers(low, high)
        case Member(labels):
            values = st.sampled_from(sorted(labels))
        case Flag():
            # A conflict of birth dates is there or not looked for.
            values = st.booleans().filter(lambda one: one or raw.path != "birth_date_conflict")
        case Codes(labels):
            values = st.lists(st.sampled_from(sorted(labels)), max_size=4).map(tuple)
        case Text(example=example):
            values = st.just(example)
        case Texts(example=example):
            values = st.lists(st.just(example), max_size=2).map(tuple)
        case _:
            part = st.builds(Component, st.integers(1, 6), st.none() | st.integers(1, 4))
            values = st.lists(part, max_size=3).map(tuple)
    return values


@cache
def values_of(rule: str) -> dict[str, st.SearchStrategy[Any]]:
    """Map each attribute of a rule's facts to the values it is tried with."""
    spec = SHIPPED.rules[rule].spec
    brought: dict[str, list[Any]] = {raw.attribute: [] for raw in spec.facts.SCHEMA}
    for case in load_cases(spec, rule_files()):
        try:
            facts = spec.facts.from_mapping(case.facts)
        except FactError:
            continue
        for attribute, values in brought.items():
            value = getattr(facts, attribute)
            if value is not None and value not in values:
                values.append(value)
    return {
        raw.attribute: (
            st.one_of(st.sampled_from(brought[raw.attribute]), any_value(raw))
            if brought[raw.attribute]
            else any_value(raw)
        )
        for raw in spec.facts.SCHEMA
    }


def draw_facts(rule: str, data: st.DataObject) -> Any:  # noqa: ANN401 - each rule has its own facts
    """Draw facts of a rule, any of them unknown."""
    holes = data.draw(st.sampled_from([0, 1, 3]), label="holes in ten")
    stated = {
        name: data.draw(values, label=name)
        for name, values in values_of(rule).items()
        if name == "birth_date_conflict" or data.draw(st.integers(0, 9)) >= holes
    }
    if data.draw(st.integers(0, 3)):
        stated.pop("birth_date_conflict", None)
    return SHIPPED.rules[rule].spec.facts(**stated)


def run(rule: str, facts: Any, policy: str = "shipped") -> Decision:  # noqa: ANN401 - as above
    """Decide under one of the policies."""
    return decide(rule, facts, policy=POLICIES[policy], known_on=KNOWN_ON)


def holes_of(facts: Facts) -> list[str]:
    """List what is unknown; a conflict of birth dates is found when facts are read, never later."""
    attributes = [raw.attribute for raw in facts.SCHEMA]
    return [
        name
        for name in attributes
        if name != "birth_date_conflict" and getattr(facts, name) is None
    ]


@every_rule
@pytest.mark.parametrize("policy", POLICIES)
@quickly
@given(data=st.data())
def test_help_is_never_refused_and_every_decision_can_be_said_again(
    rule: str, policy: str, data: st.DataObject
) -> None:
    """Never an exception, never anything adverse; what was read alone gives the same bytes."""
    decision = run(rule, draw_facts(rule, data), policy)
    assert decision.verdict != "not_eligible"
    assert decision.adverse is False
    assert run(rule, decision.reads, policy).to_json() == decision.to_json()


@every_rule
@quickly
@given(data=st.data())
def test_filling_a_hole_changes_nothing_that_was_settled(rule: str, data: st.DataObject) -> None:
    """A verdict, a value or a reason given with a hole stays; a range only narrows."""
    facts = draw_facts(rule, data)
    answers = {
        name: data.draw(values_of(rule)[name], label=name)
        for name in holes_of(facts)
        if data.draw(st.booleans(), label=f"fill {name}")
    }
    before, after = run(rule, facts), run(rule, replace(facts, **answers))
    if before.verdict != "needs_facts":
        assert after.verdict == before.verdict
        assert before.missing == ()
    # Of several reasons that each suffice the first one read is told, and reading ends there.
    sufficient = {code for code in before.codes if code.startswith("HARDSHIP_")}
    assert set(before.codes) - sufficient <= set(after.codes)
    for key, value in before.outcome.items():
        if key.endswith("_least"):
            assert after.outcome[key] >= value  # type: ignore[operator] # whole numbers
        elif key.endswith("_most"):
            assert after.outcome[key] <= value  # type: ignore[operator] # whole numbers
        else:
            assert after.outcome[key] == value


@every_rule
@quickly
@given(data=st.data())
def test_stating_what_is_missing_settles_the_case(rule: str, data: st.DataObject) -> None:
    """Whatever the missing facts turn out to be, nothing more is asked afterwards."""
    facts = draw_facts(rule, data)
    before = run(rule, facts)
    if before.verdict != "needs_facts":
        return
    paths = facts.paths()
    assert before.missing
    answers = {
        paths[path]: data.draw(values_of(rule)[paths[path]], label=path) for path in before.missing
    }
    assert set(answers) <= set(holes_of(facts))
    assert run(rule, replace(facts, **answers)).verdict != "needs_facts"


@every_rule
@pytest.mark.skipif(
    engines.available()["durable"] is not None,
    reason=f"durable_rules is absent: {engines.available()['durable']}",
)
@settings(quickly, max_examples=25)
@given(data=st.data())
def test_the_second_engine_agrees(rule: str, data: st.DataObject) -> None:
    """durable_rules says the same of every sheet, holes included."""
    decision = run(rule, draw_facts(rule, data))
    agreement = engines.cross_check(decision)
    assert (agreement.cells == 0) == ("NO_RULE_IN_FORCE" in decision.codes)
