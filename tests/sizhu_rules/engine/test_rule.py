"""From the leaves of all sheets to one answer, and which law answers on which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules import DeviceFacts
from sizhu_rules.engine import rule as rules
from sizhu_rules.engine.policy import compile_law
from sizhu_rules.engine.rule import Answer, combine, doubted, undated
from sizhu_rules.engine.verdict import Result
from sizhu_rules.engine.walk import Node
from sizhu_rules.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.spec import RuleSpec

DAY = date(2024, 1, 1)
SHARE = "fare/share.yaml"
NUMBERS = "policy/town/fare.yaml"
FREE = Result("eligible", (("share", "0"),), (), ("A", "FREE"), adverse=False, clauses=(0,))
HALF = Result("eligible", (("share", "1/2"),), (), ("A", "HALF"), adverse=True, clauses=(1,))
REVIEW = Result("needs_review", (), (FREE.values, HALF.values), ("R",), adverse=False, clauses=())
REFUSED = Result("not_eligible", (), (), ("NO",), adverse=True, clauses=(2,))
FINE = Result("eligible", (), (), ("FINE",), adverse=False, clauses=(3,))


def answer(*results: Result) -> Answer:
    """Combine one settled leaf per result."""
    return combine(tuple(Node([result]) for result in results))


def compiled(law: Law, spec: RuleSpec) -> Rule:
    """Compile a law that is sound, and take its rule."""
    policy, errors = compile_law(law, [spec])
    assert errors == []
    assert policy is not None
    return policy.rules[spec.name]


@pytest.fixture
def boat(fare: RuleSpec, law_of: Callable[..., Law]) -> Rule:
    """The rule of the boat; the shift of ages is unconfirmed."""
    return compiled(law_of(), fare)


def test_settled_sheets_give_the_strongest_verdict() -> None:
    """With the codes of all, each once, and the values of all."""
    found = answer(HALF, FREE, FINE)
    assert (found.verdict, found.adverse) == ("eligible", True)
    assert found.codes == ("A", "HALF", "FREE", "FINE")
    assert found.values == (HALF, FREE, FINE)
    assert answer(FREE, REVIEW).verdict == "needs_review"
    assert answer(FREE, REVIEW, REFUSED).verdict == "not_eligible"


def test_only_what_is_settled_is_adverse() -> None:
    """A refusal, and a charge on who gets something; neither a question nor a review."""
    assert answer(REFUSED).adverse
    assert not answer(FREE).adverse
    assert not answer(HALF, REVIEW).adverse
    assert not combine((Node([HALF]), Node([FINE, REFUSED]))).adverse


def test_an_open_sheet_asks_unless_another_refuses() -> None:
    """Where all completions agree on the verdict but not on the values it is open as well."""
    assert combine((Node([FREE, HALF]),)).verdict == "needs_facts"
    assert combine((Node([FREE]), Node([FINE, REFUSED]))).verdict == "needs_facts"
    refused = combine((Node([FREE, HALF]), Node([REFUSED])))
    assert (refused.verdict, refused.values) == ("not_eligible", (REFUSED,))


MOOT = replace(REFUSED, values=(("share", "0"),), codes=("NO", "OTHER"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([FREE], [replace(FREE, codes=("B",))], True),
        ([FREE], [HALF], False),
        ([FREE], [FREE, HALF], False),
        ([FREE, HALF], [FREE, HALF], False),
        ([REFUSED], [MOOT], True),
        ([REFUSED, MOOT], [MOOT], True),
        ([REFUSED], [REFUSED, FINE], False),
        ([REFUSED], [HALF], False),
        ([REVIEW], [replace(REVIEW, candidates=())], False),
    ],
)
def test_leaves_are_the_same_where_a_person_gets_the_same(
    one: list[Result], other: list[Result], *, same: bool
) -> None:
    """Of two refusals the rest is moot; reasons are not compared."""
    first, second = Node(one), Node(other)
    assert first.same_as(second) is same
    assert second.same_as(first) is same
    assert first.same_as(first)


def test_what_charges_or_refuses_weighs_whatever_else_is_open() -> None:
    """A review, and what may still be something else, does not."""
    assert [Node([one]).weighs for one in (FREE, HALF, REVIEW, REFUSED)] == [0, 1, 0, 1]
    assert Node([REFUSED, MOOT]).weighs
    assert not Node([HALF, REFUSED]).weighs
    assert not Node([REVIEW, REFUSED]).weighs
    assert not Node([replace(REVIEW, adverse=True)]).weighs
    assert not Node().weighs


def doubt(leaves: list[list[Result]], *turned: tuple[str, int, list[Result]]) -> Answer:
    """Combine leaves of which unconfirmed values turn some."""
    nodes = tuple(Node(results) for results in leaves)
    return combine(doubted(nodes, tuple((name, at, Node(new)) for name, at, new in turned)))


@pytest.mark.parametrize("other", [FREE, REVIEW, REFUSED])
def test_a_value_that_turns_a_charge_leaves_it_to_a_person(other: Result) -> None:
    """With the candidates of both, the other value's first, and the codes both have."""
    found = doubt([[HALF]], ("fare.shift", 0, [other]))
    assert (found.verdict, found.adverse) == ("needs_review", False)
    shared = [code for code in other.codes if code in HALF.codes]
    assert found.codes == ("FARE_SHIFT_UNCONFIRMED", *shared)
    (review,) = found.values
    assert (review.codes, review.adverse) == (found.codes, False)
    kinds = [one for one in (*other.candidates, other.values) if one]
    assert review.candidates == tuple(dict.fromkeys([*kinds, HALF.values]))


def test_every_value_that_turns_a_sheet_is_named() -> None:
    """Each parameter once, with the candidates of all."""
    third = replace(HALF, values=(("share", "1/3"),))
    turned = [("a.b", 0, [third]), ("a.b", 0, [FREE]), ("c", 0, [FREE])]
    found = doubt([[HALF]], *turned)
    assert found.codes == ("A_B_UNCONFIRMED", "C_UNCONFIRMED", "A")
    assert found.values[0].candidates == (third.values, FREE.values, HALF.values)


def test_a_fact_that_only_the_other_value_needs_comes_first() -> None:
    """Nothing is decided before it is known; where it need not be, nothing is told of the sheet."""
    found = doubt([[HALF]], ("fare.shift", 0, [FREE, HALF]))
    assert (found.verdict, found.codes, found.values) == ("needs_facts", ("A",), ())
    beside = doubt([[HALF], [REVIEW]], ("fare.shift", 0, [FREE, HALF]))
    assert (beside.verdict, beside.values) == ("needs_review", (REVIEW,))


def test_what_is_turned_is_left_open_and_the_rest_stands() -> None:
    """Another sheet's problems and charges are still told, unless they are turned as well."""
    odd, meal = replace(REVIEW, problems=("ODD",)), replace(HALF, values=(("meal", "1/2"),))
    found = doubt([[odd], [HALF], [meal]], ("fare.shift", 1, [FREE]))
    assert found.verdict == "needs_review"
    first, review, last = found.values
    assert (first, last) == (odd, meal)
    assert review.candidates == (FREE.values, HALF.values)
    both = doubt([[HALF], [meal]], ("fare.shift", 0, [FREE]), ("fare.shift", 1, [FINE]))
    assert [one.values for one in both.values] == [(), ()]
    assert both.codes == ("FARE_SHIFT_UNCONFIRMED", "A")


def test_in_a_refusal_no_share_is_told_that_may_turn() -> None:
    """The refusal stands; what one would pay is a question."""
    found = doubt([[HALF], [REFUSED]], ("fare.shift", 0, [FREE]))
    assert (found.verdict, found.adverse) == ("not_eligible", True)
    assert [one.values for one in found.values] == [(), ()]


def test_a_refusal_that_a_value_turns_is_a_question() -> None:
    """Also where it is open what would be paid."""
    for refused in ([REFUSED], [REFUSED, MOOT]):
        found = doubt([refused], ("fare.shift", 0, [FREE]))
        assert (found.verdict, found.adverse) == ("needs_review", False)
        assert FREE.values in found.values[0].candidates


def test_a_charge_beside_an_open_question_is_not_told_where_it_may_turn() -> None:
    """What is missing is asked for; the share is no promise before that."""
    found = doubt([[HALF], [FINE, REFUSED]], ("fare.shift", 0, [FREE]))
    assert found.verdict == "needs_facts"
    assert [one.values for one in found.values] == [()]


def test_an_answer_without_a_date_is_withheld() -> None:
    """Which law applies is open."""
    known = answer(HALF)
    withheld = undated(known)
    assert (withheld.verdict, withheld.codes, withheld.values) == ("needs_facts", (), ())
    assert withheld.leaves is known.leaves
    assert not withheld.adverse


def test_the_law_of_the_day_answers(fare: RuleSpec, law_of: Callable[..., Law]) -> None:
    """From its first day; before it no rule does, and without a day the last one asks."""
    second = "value: 60\n      from: 2021-01-01\n      to: 2023-12-31"
    law = law_of((NUMBERS, "value: 60\n      from: 2021-01-01", second))
    numbers = dict(law.parameters)
    (old,) = numbers["fare.old"]
    numbers["fare.old"] = (old, replace(old, value=65, since=DAY, until=None))
    rule = compiled(replace(law, parameters=numbers), fare)
    assert rule.starts == [date(2021, 1, 1), DAY]

    def share(day: str | None) -> object:
        facts = rule.read({"day": day, "age": 62, "member": True})
        return rule.decide(facts, DAY).outcome.get("share")

    assert [share("2021-01-01"), share("2023-12-31"), share("2024-01-01")] == ["1/2", "1/2", "0"]
    before = rule.decide(rule.read({"day": "2020-12-31", "age": 62}), DAY)
    assert (before.verdict, before.codes) == ("needs_review", ("NO_RULE_IN_FORCE",))
    undated_one = rule.decide(rule.read({"age": 62, "member": True}), DAY)
    assert (undated_one.verdict, undated_one.missing) == ("needs_facts", ("day",))


def test_facts_of_another_rule_are_refused(boat: Rule) -> None:
    """The error names the rule and its facts."""
    with pytest.raises(FactError) as caught:
        boat.read(DeviceFacts())
    assert str(caught.value) == "facts: these are no facts of 'fare'; use Trip"


def test_a_charge_that_an_unconfirmed_number_turns_is_a_review(boat: Rule) -> None:
    """A kinder one asks nobody; of a charge the values tried are those of the policy."""

    def verdict(age: int) -> tuple[str, tuple[str, ...]]:
        facts = boat.read({"day": "2024-01-01", "age": age, "member": True})
        decision = boat.decide(facts, DAY)
        return decision.verdict, decision.codes

    assert verdict(57) == ("eligible", ("YOUNG", "FREE", "FINE"))
    assert verdict(59) == ("eligible", ("YOUNG", "FREE", "FINE"))
    assert verdict(60) == ("eligible", ("OLD", "HALF", "FINE"))


def test_the_alternatives_of_a_number_are_told_in_order(boat: Rule) -> None:
    """With the sheet that looks at it."""
    assert boat.latest().rivals() == [("fare.shift", 0, n) for n in (1, 2, 3)]


def test_an_alternative_below_turns_a_charge(fare: RuleSpec, law_of: Callable[..., Law]) -> None:
    """And only where it does; a confirmed number is not tried."""
    law = law_of((NUMBERS, "alternatives: [1, 2, 3]", "alternatives: [1, -1]"))

    def verdicts(law: Law) -> list[tuple[str, tuple[object, ...]]]:
        rule = compiled(law, fare)
        decisions = [
            rule.decide(rule.read({"day": "2024-01-01", "age": age, "member": True}), DAY)
            for age in (60, 61)
        ]
        return [(one.verdict, one.codes) for one in decisions]

    half = ("eligible", ("OLD", "HALF", "FINE"))
    doubt = ("needs_review", ("FARE_SHIFT_UNCONFIRMED", "FINE"))
    assert verdicts(law) == [doubt, half]
    (shift,) = law.parameters["fare.shift"]
    sure = {**law.parameters, "fare.shift": (replace(shift, confirmed=True),)}
    assert verdicts(replace(law, parameters=sure)) == [half, half]


def test_an_alternative_that_changes_reasons_alone_leaves_the_charge(
    fare: RuleSpec, law_of: Callable[..., Law]
) -> None:
    """Also of a sheet behind another: the other sheets count as they are, each once."""
    oldest = """
  - id: fare.share.oldest
    from: 2021-01-01
    quote: the oldest pay half
    source: test
    basis: law
    when: {age: {">": 80}}
    then: {share: "1/2", because: [OLD], code: FINE}
"""
    until = """when: {age: {">=": {param: fare.old}, "<=": 80}}"""
    law = law_of(
        (SHARE, """when: {age: {">=": {param: fare.old}}}""", until),
        (SHARE, "code: HALF}\n", f"code: HALF}}{oldest}"),
        spec=replace(fare, sheets=("order.yaml", "share.yaml")),
    )
    rule = compiled(law, replace(fare, sheets=("order.yaml", "share.yaml")))
    facts = rule.read({"day": "2024-01-01", "age": 80, "member": True})
    decision = rule.decide(facts, DAY)
    assert (decision.verdict, decision.codes) == ("eligible", ("FINE", "OLD", "HALF"))


def test_one_sheet_can_be_walked_alone(boat: Rule) -> None:
    """By its name; another name is answered with those there are."""
    segment = boat.latest()
    leaf = segment.sheet("fare.order", boat.read({"member": False}))
    assert leaf.codes == ("NO_MEMBER",)
    assert segment.sheet("fare.share", boat.read({"age": 20})).codes == ("YOUNG", "FREE")
    with pytest.raises(LookupError) as caught:
        segment.sheet("share", boat.read({}))
    assert caught.value.args == ("there is no sheet 'share'; use one of fare.share, fare.order",)


def test_answers_are_remembered_as_long_as_there_is_room(
    boat: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And made afresh beyond: the same, but no second object of a remembered one."""
    monkeypatch.setattr(rules, "MOST_ANSWERS", 1)
    segment = boat.latest()
    first, second = (Node([FREE]), Node([FINE])), (Node([HALF]), Node([FINE]))
    assert segment.join(first) is segment.join(first)
    assert segment.join(second) is not segment.join(second)
    assert segment.join(second).verdict == "eligible"
    assert segment.join(first) is segment.join(first)


def test_doubts_are_remembered_as_long_as_there_is_room(
    fare: RuleSpec, law_of: Callable[..., Law], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And made afresh beyond: the same, but no second object of a remembered one."""
    monkeypatch.setattr(rules, "MOST_ANSWERS", 1)
    rule = compiled(law_of((NUMBERS, "[1, 2, 3]", "[-1, -2]")), fare)

    def doubt_at(age: int, *, member: bool) -> Answer:
        facts = rule.read({"day": "2024-01-01", "age": age, "member": member})
        return rule.latest().answer(facts)

    first = doubt_at(60, member=True)
    assert first.codes == ("FARE_SHIFT_UNCONFIRMED", "FINE")
    assert doubt_at(60, member=True) is first
    second = doubt_at(60, member=False)
    assert (second.verdict, second.values[0].values) == ("not_eligible", ())
    assert doubt_at(60, member=False) is not second
    assert doubt_at(60, member=True) is first
