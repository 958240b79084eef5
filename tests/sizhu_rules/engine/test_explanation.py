"""What a decision says when it is asked why, on a rule of two sheets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine import explanation
from sizhu_rules.engine.explanation import _shown
from sizhu_rules.engine.field import CONTRADICTION
from sizhu_rules.engine.policy import compile_law

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.spec import RuleSpec

DAY = date(2024, 1, 1)
OLD = {"day": "2024-01-01", "age": 65, "member": True}


def compiled(law: Law, spec: RuleSpec) -> Rule:
    """Compile the rule of the boat from another text."""
    policy, errors = compile_law(law, [spec])
    assert errors == []
    assert policy is not None
    return policy.rules["fare"]


@pytest.fixture
def boat(fare: RuleSpec, law_of: Callable[..., Law]) -> Rule:
    """The rule of the boat, compiled."""
    return compiled(law_of(), fare)


@pytest.fixture
def decide(boat: Rule) -> Callable[[dict[str, object]], Decision]:
    """Decide on the day after."""
    return lambda facts: boat.decide(boat.read(facts), date(2024, 1, 2))


def test_the_whole_of_a_decision(
    boat: Rule, decide: Callable[[dict[str, object]], Decision]
) -> None:
    """Each part once, in the order of schema 1; the text in three voices."""
    decision = decide(OLD)
    whole = decision.to_dict()
    assert whole.pop("digest") == decision.digest
    text = whole.pop("text")
    assert whole == {
        "schema": 1,
        "rule": "fare",
        "policy": boat.identity.to_dict(),
        "as_of": "2024-01-01",
        "known_on": "2024-01-02",
        "verdict": "eligible",
        "adverse": True,
        "outcome": {"share": "1/2"},
        "candidates": [],
        "codes": ["OLD", "HALF", "FINE"],
        "clauses": [
            {
                "id": f"fare.{name}",
                "result": result,
                "facts": facts,
                "quote": quote,
                "source": "test",
            }
            for name, result, facts, quote in (
                ("share.young", "fail", {"age": 65}, "the young are free"),
                ("share.old", "pass", {"age": 65}, "the old pay half"),
                ("order.member", "pass", {"member": True}, "members only"),
                ("order.fine", "pass", {"member": True}, "members only"),
            )
        ],
        "missing": [],
        "reads": OLD,
        "would_change": [
            {
                "fact": "age",
                "by": "wait",
                "to": to,
                "verdict": "eligible",
                "outcome": {"share": "0"},
            }
            for to in ("59", "20")
        ],
    }
    identity = boat.identity
    assert text == {
        "resident": ["预计1/2。", "等到59。", "等到20。", "这是预计。"],
        "staff": ["share 1/2", "old", "wait 59", "wait 20"],
        "audit": [
            f"规则 fare，政策 town 7 {identity.digest}",
            "依据日 2024-01-01，作出日 2024-01-02，结论 eligible",
            "fare.share.young 不成立",
            "fare.share.old 成立",
            "fare.order.member 成立",
            "fare.order.fine 成立",
            "读取：day、age、member",
        ],
    }


def test_what_is_missing_is_asked_for_in_plain_words(
    decide: Callable[[dict[str, object]], Decision],
) -> None:
    """The date as well, in the order of the facts; nothing is proposed before."""
    decision = decide({"age": 65})
    assert decision.missing == ("day", "member")
    assert decision.would_change == ()
    assert decision.reads == {"age": 65}
    assert decision.text["resident"] == ("预计?。", "还缺：日期。", "还缺：会员。", "这是预计。")
    assert decision.text["staff"] == ("share ?", "还缺：日期。", "还缺：会员。")
    assert decision.text["audit"][1] == "依据日 未知，作出日 2024-01-02，结论 needs_facts"
    assert decision.text["audit"][2:] == (
        "fare.share.young 不成立",
        "fare.share.old 成立",
        "fare.order.member 未知",
        "fare.order.fine 未知",
        "缺少：day、member",
        "读取：age",
    )


def test_where_no_rule_is_in_force_nothing_is_asked(
    decide: Callable[[dict[str, object]], Decision],
) -> None:
    """The day alone was read."""
    decision = decide({**OLD, "day": "2020-12-31"})
    assert (decision.verdict, decision.adverse) == ("needs_review", False)
    assert decision.clauses == ()
    assert decision.missing == ()
    assert decision.fields == {}
    assert decision.reads == {"day": "2020-12-31"}
    assert decision.text["staff"] == ("share ?", "no rule")


def test_who_is_refused_is_asked_nothing_more(
    decide: Callable[[dict[str, object]], Decision],
) -> None:
    """Whatever the age: the share is moot."""
    decision = decide({"day": "2024-01-01", "member": False})
    assert (decision.verdict, decision.missing) == ("not_eligible", ())
    assert decision.text["audit"][-1] == "读取：day、member"
    assert decision.to_dict()["outcome"] == {}


OLDEST = """when: {age: {">=": {param: fare.old}, "<=": 80}}
    then: {share: "1/2", because: [OLD], code: HALF}
  - id: fare.share.oldest_members
    from: 2021-01-01
    quote: the oldest members are free
    source: test
    basis: law
    when: {age: {">": 80}, member: {"==": true}}
    then: {share: "0", because: [OLD], code: FREE}
  - id: fare.share.oldest
    from: 2021-01-01
    quote: the oldest pay half
    source: test
    basis: law
    when: {age: {">": 80}, member: {"==": false}}
"""
NUMBERS = "policy/town/fare.yaml"
AGED = (
    ("fare/share.yaml", "clauses:\n", "  - {name: member, type: bool}\nclauses:\n"),
    ("fare/share.yaml", 'when: {age: {">=": {param: fare.old}}}\n', OLDEST),
)


@pytest.mark.parametrize(
    ("alternatives", "verdict", "missing"),
    [
        ("[21]", "needs_facts", ("member",)),
        ("[1]", "eligible", ()),
        ("[-1]", "needs_review", ()),
        ("[-1, 21]", "needs_review", ()),
        ("[1, 21]", "needs_facts", ("member",)),
    ],
)
def test_what_an_unconfirmed_number_would_need_is_asked_for(
    fare: RuleSpec,
    law_of: Callable[..., Law],
    alternatives: str,
    verdict: str,
    missing: tuple[str, ...],
) -> None:
    """Of a charge; nothing is asked where a person has to decide in any case."""
    spec = replace(fare, sheets=("share.yaml",))
    rule = compiled(law_of((NUMBERS, "[1, 2, 3]", alternatives), *AGED, spec=spec), spec)
    decision = rule.decide(rule.read({"day": "2024-01-01", "age": 60}), DAY)
    assert (decision.verdict, decision.missing) == (verdict, missing)


def test_what_only_the_other_value_reads_is_recorded(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """So that the decision derives again from what it read."""
    spec = replace(fare, sheets=("share.yaml",))
    rule = compiled(law_of((NUMBERS, "[1, 2, 3]", "[21]"), *AGED, spec=spec), spec)
    decided = {}
    for member in (True, False):
        facts = {"day": "2024-01-01", "age": 60, "member": member}
        decision = rule.decide(rule.read(facts), DAY)
        assert decision.reads == facts
        assert rule.decide(rule.read(decision.reads), DAY).digest == decision.digest
        decided[member] = decision.verdict
    assert decided == {True: "needs_review", False: "eligible"}


def test_what_an_unconfirmed_number_would_need_of_a_refusal_is_asked_for(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """By the sheet that refuses, whichever of the rule's sheets it is."""
    order = "fare/order.yaml"
    law = law_of(
        (NUMBERS, "[1, 2, 3]", "[1]"),
        (order, "fields:\n", "fields:\n  - {name: age, type: int, range: [0, 140]}\n"),
        (order, '{member: {"==": true}}', '{age: {">": 60}, member: {"==": true}}'),
    )
    rule = compiled(law, fare)
    decision = rule.decide(rule.read({"day": "2024-01-01", "age": 60}), DAY)
    assert (decision.verdict, decision.missing) == ("needs_facts", ("member",))
    younger = rule.decide(rule.read({"day": "2024-01-01", "age": 59}), DAY)
    assert (younger.verdict, younger.missing) == ("not_eligible", ())


def test_nothing_is_proposed_while_a_fact_is_missing(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """Also where a change would settle the answer without it: what is known comes first."""
    spec = replace(fare, sheets=("share.yaml",))
    rule = compiled(law_of(*AGED, spec=spec), spec)
    open_answer = rule.decide(rule.read({"day": "2024-01-01", "age": 85}), DAY)
    assert (open_answer.missing, open_answer.would_change) == (("member",), ())
    settled = rule.decide(rule.read({"day": "2024-01-01", "age": 85, "member": False}), DAY)
    assert [change["to"] for change in settled.would_change] == ["59", "20"]


def test_words_of_a_sheet_that_is_no_sum_have_no_range(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """They are told as they are."""
    law = law_of(("fare/share.yaml", "title: share\n", "title: share\nhit: first\n"))
    rule = compiled(law, fare)
    assert rule.decide(rule.read(OLD), DAY).outcome == {"share": "1/2"}


def test_a_clause_told_once_is_told_again_from_memory(
    boat: Rule,
    decide: Callable[[dict[str, object]], Decision],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As long as there is room; what is told is the same, and nobody can change it."""
    monkeypatch.setattr(explanation, "MOST_TOLD", 2)
    first = decide(OLD).clauses
    assert all(one is other for one, other in zip(first, decide(OLD).clauses, strict=True))
    other = {**OLD, "age": 66}
    assert decide(other).clauses[0] is not decide(other).clauses[0]
    assert decide(other).clauses[0] == decide(other).clauses[0]
    assert decide(other).clauses[0]["facts"] == {"age": 66}
    assert len(boat.latest().told) == 2
    with pytest.raises(TypeError):
        first[0]["id"] = "x"  # type: ignore[index] # the point
    with pytest.raises(TypeError):
        first[0]["facts"]["age"] = 1  # type: ignore[index] # the point


def test_a_value_is_shown_as_json_and_a_contradiction_not_at_all() -> None:
    """Neither is an unknown one."""
    assert [_shown(value) for value in (1, "x", True, DAY)] == [1, "x", True, "2024-01-01"]
    assert _shown(None) is None
    assert _shown(CONTRADICTION) is None
