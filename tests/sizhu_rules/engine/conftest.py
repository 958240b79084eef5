"""A rule made up for the engine's tests, the fare of a boat: two sheets, three parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pytest

from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.raw import Day, Facts, Flag, RawFact, Whole
from sizhu_rules.engine.source import Files
from sizhu_rules.engine.spec import Change, Derived, Outcome, RuleSpec, View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.parameters import Number

PARAMETER = """
  {name}:
    - value: {value}
      from: 2021-01-01
      basis: seed
      source: test
      quote: —
      checked_on: 2026-11-24
      owner: harbour
      confirmed: yes
"""
TEXTS = {
    "policy/town/region.yaml": 'schema: 1\nregion: town\ntitle: Town\nversion: "7"\n',
    "policy/town/fare.yaml": "schema: 1\nparameters:\n"
    + PARAMETER.format(name="fare.old", value=60)
    + PARAMETER.format(name="fare.price", value=200)
    + """
  fare.shift:
    - value: 0
      alternatives: [1, 2, 3]
      from: 2021-01-01
      basis: assumption
      source: test
      checked_on: 2026-11-24
      owner: harbour
      confirmed: no
""",
    "policy/default/limits.yaml": """\
schema: 1
limits:
  fare.old: [0, 140]
  fare.price: [0, 10000]
  fare.shift: [-140, 140]
""",
    "fare/share.yaml": """\
# Who pays what.
schema: 1
sheet: fare.share
title: share
gives: [share]
fields:
  - {name: age, type: int, range: [0, 140], changeable: age}
clauses:
  - id: fare.share.young
    from: 2021-01-01
    quote: the young are free
    source: test
    basis: law
    when: {age: {"<": {param: fare.old}}}
    then: {share: "0", because: [YOUNG], code: FREE}
  - id: fare.share.old
    from: 2021-01-01
    quote: the old pay half
    source: test
    basis: law
    when: {age: {">=": {param: fare.old}}}
    then: {share: "1/2", because: [OLD], code: HALF}
""",
    "fare/order.yaml": """\
schema: 1
sheet: fare.order
title: order
hit: collect
fields:
  - {name: member, type: bool}
clauses:
  - id: fare.order.member
    from: 2021-01-01
    quote: members only
    source: test
    basis: law
    require: {member: {"==": true}}
    otherwise: {verdict: not_eligible, because: [], code: NO_MEMBER, adverse: true}
  - id: fare.order.fine
    from: 2021-01-01
    quote: members only
    source: test
    basis: law
    when: {member: {"==": true}}
    then: {verdict: eligible, because: [], code: FINE}
""",
    "fare/texts.yaml": """\
schema: 1
headlines:
  fare: {resident: ["预计{share}。"], staff: ["share {share}"]}
codes:
  YOUNG: {staff: [young]}
  OLD: {staff: [old]}
  FREE: {}
  HALF: {}
  FINE: {}
  NO_MEMBER: {resident: [不是会员。], staff: [no member]}
  FARE_SHIFT_UNCONFIRMED: {staff: [shift]}
  NO_RULE_IN_FORCE: {staff: [no rule]}
changes:
  wait: {resident: ["等到{to}。"], staff: ["wait {to}"]}
facts: {day: 日期, age: 年龄, member: 会员}
ask: 还缺：{fact}。
closing: [这是预计。]
""",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trip(Facts):
    """The facts of one trip."""

    day: date | None = None
    age: int | None = None
    member: bool | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("day", "day", Day()),
        RawFact("age", "age", Whole(0, 130)),
        RawFact("member", "member", Flag()),
    )


def _age(numbers: Mapping[str, Number]) -> Callable[[Trip], int | None]:
    shift = int(numbers["fare.shift"])
    return lambda trip: None if trip.age is None else trip.age + shift


def _member(_numbers: Mapping[str, Number]) -> Callable[[Trip], bool | None]:
    return lambda trip: trip.member


def _outcome(view: View) -> Outcome:
    return Outcome(dict(view.values), tuple(view.candidates))


def _headline(_view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    return "fare", {"share": str(outcome.get("share", "?"))}


def _younger(view: View) -> tuple[Change, ...]:
    return tuple(
        Change("age", "wait", str(age), (("age", age),))
        for age in (view.facts.age, 59, 20, 61)
        if age is not None
    )


FARE = RuleSpec(
    name="fare",
    folder="fare",
    sheets=("share.yaml", "order.yaml"),
    facts=Trip,
    derived={
        "age": Derived(_age, ("age",), ("fare.shift",)),
        "member": Derived(_member, ("member",)),
    },
    dated_by="day",
    as_of=lambda trip: trip.day,
    outcome=_outcome,
    headline=_headline,
    adverse=lambda values: dict(values).get("share", "0") != "0",
    changes={"age": _younger},
    parameters=("fare.price",),
)


@pytest.fixture
def fare() -> RuleSpec:
    """The rule."""
    return replace(FARE)


@pytest.fixture
def law_of() -> Callable[..., Law]:
    """Load the town's law with some of its files edited: (file, what stands there, instead)."""

    def load(
        *edits: tuple[str, str, str],
        spec: RuleSpec = FARE,
        frozen: bool = False,
        region: str = "town",
    ) -> Law:
        texts = {
            name.replace("/town/", f"/{region}/"): text.replace("region: town", f"region: {region}")
            for name, text in TEXTS.items()
        }
        for name, before, after in edits:
            assert before in texts.get(name, "") or not before
            texts[name] = texts.get(name, "").replace(before, after) if before else after
        return load_law(region, [spec], Files(None, texts=texts), frozen=frozen)

    return load
