"""What must hold for any facts with any holes."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sizhu_rules import Component, DeviceFacts, decide, load_policy
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules import Decision

SHIPPED = load_policy("simen@working")
POLICIES = {
    "shipped": SHIPPED,
    "confirmed": amend(
        SHIPPED,
        confirm=["device.catalogue", "device.one_open_per_class", "boundary_60", "age.convention"],
    ),
    "free at sixty": amend(SHIPPED, readings={"boundary_60": "free"}),
    "catalogue confirmed, birthday not": amend(
        SHIPPED,
        parameters={"age.convention": "birthday"},
        readings={"boundary_60": "free"},
        confirm=["device.catalogue"],
    ),
    "birthday, unconfirmed": amend(
        SHIPPED, parameters={"age.convention": "birthday"}, readings={"boundary_60": "free"}
    ),
    "catalogue confirmed, day after not": amend(
        SHIPPED, readings={"boundary_60": "free"}, confirm=["device.catalogue"]
    ),
    "one of a class confirmed, birthday not": amend(
        SHIPPED,
        parameters={"age.convention": "birthday"},
        readings={"boundary_60": "free"},
        confirm=["device.one_open_per_class"],
    ),
}
DAY = date(2024, 11, 21)
BIRTHS = st.one_of(
    st.dates(date(1900, 1, 1), date(2030, 1, 1)),
    # Around the sixtieth and sixty-first birthday, where the rule turns.
    st.integers(-3, 370).map(lambda n: date(1963, 11, 21) + timedelta(days=n)),
    st.sampled_from([date(1964, 2, 29), date(1870, 1, 1)]),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "birth_date": BIRTHS,
    "submitted_on": st.one_of(st.just(DAY), st.dates(date(2020, 6, 1), date(2030, 1, 1))),
    "household_status": st.sampled_from(["none", "dibao", "dibian", "tekun", "zhichu", "pending"]),
    "household_valid_to": st.one_of(
        st.just("open_ended"), st.integers(-40, 40).map(lambda n: DAY + timedelta(days=n))
    ),
    "certificate_category": st.integers(1, 7),
    "certificate_components": st.lists(
        st.builds(Component, st.integers(1, 6), st.none() | st.integers(1, 4)), max_size=3
    ).map(tuple),
    "certificate_grade": st.integers(1, 4),
    "certificate_status": st.sampled_from(
        ["valid", "valid", "valid", "expired", "lost", "cancelled", "deceased", "moved"]
    ),
    "certificate_valid_to": st.integers(-40, 400).map(lambda n: DAY + timedelta(days=n)),
    "device_class_code": st.just("1222"),
    "device_life_years": st.just("none") | st.integers(0, 8),
    "device_allowed_categories": st.just("unlisted")
    | st.sets(st.integers(1, 7), min_size=1).map(lambda found: tuple(sorted(found))),
    "device_cap_fen": st.just("none") | st.integers(0, 300_000),
    "device_qty": st.integers(1, 4),
    "price_fen": st.integers(0, 400_001),
    "last_delivered_on": st.just("never") | st.dates(date(2010, 2, 28), date(2025, 1, 1)),
    "open_same_class": st.booleans(),
}


@st.composite
def facts_with_holes(draw: st.DrawFn) -> DeviceFacts:
    """Any facts of a device application, any of them unknown."""
    chance = draw(st.sampled_from([0, 1, 3]))
    stated = {
        name: draw(values)
        for name, values in VALUES.items()
        if chance == 0 or draw(st.integers(0, 9)) >= chance
    }
    return DeviceFacts(**stated)


def run(facts: DeviceFacts | Mapping[str, object], policy: str) -> Decision:
    """Decide under one of the policies; by name, for a failing example is printed whole."""
    return decide("device", facts, policy=POLICIES[policy], known_on=TODAY)


TROUBLES = {
    "HOLD",
    "STATUS_PENDING",
    "ZHICHU",
    "HALF",
    "AGE_CONVENTION_UNCONFIRMED",
    "CERT_EXPIRED",
    "IN_SERVICE_LIFE",
}
under_each_policy = pytest.mark.parametrize("policy", POLICIES)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_strategy_knows_every_fact() -> None:
    """A fact added to the rule must be added here."""
    assert VALUES.keys() == {field.name for field in fields(DeviceFacts)} - {"birth_date_conflict"}


@under_each_policy
@quickly
@given(facts=facts_with_holes())
def test_any_facts_give_a_decision_that_can_be_said_again(facts: DeviceFacts, policy: str) -> None:
    """Never an exception; and what was read alone gives the same bytes."""
    decision = run(facts, policy)
    again = run(decision.reads, policy)
    assert again.to_json() == decision.to_json()


@under_each_policy
@quickly
@given(facts=facts_with_holes(), data=st.data())
def test_filling_a_hole_changes_nothing_that_was_settled(
    facts: DeviceFacts, policy: str, data: st.DataObject
) -> None:
    """A verdict, a share or an amount settled with a hole stays when the hole is filled.

    An amount marked CAP_UNKNOWN is an estimate and says so.
    """
    holes = [name for name in VALUES if getattr(facts, name) is None]
    filled = replace(
        facts,
        **{
            name: data.draw(VALUES[name], label=name)
            for name in holes
            if data.draw(st.booleans(), label=f"fill {name}")
        },
    )
    before, after = run(facts, policy), run(filled, policy)
    if before.verdict != "needs_facts":
        assert after.verdict == before.verdict
        assert after.adverse == before.adverse
    provisional = {"personal_fen", "subsidy_fen"} if "CAP_UNKNOWN" in before.codes else set()
    if after.verdict != "not_eligible":
        for key in before.outcome.keys() - provisional:
            assert after.outcome[key] == before.outcome[key]
    # Where an unconfirmed number turns out to matter, only the reasons that hold either way stay.
    if "AGE_CONVENTION_UNCONFIRMED" not in after.codes:
        assert set(before.codes) - {"PRICE_UNKNOWN", "CAP_UNKNOWN"} <= set(after.codes)


@under_each_policy
@quickly
@given(facts=facts_with_holes(), data=st.data())
def test_stating_what_is_missing_settles_the_case(
    facts: DeviceFacts, policy: str, data: st.DataObject
) -> None:
    """Whatever the missing facts turn out to be, nothing more is asked afterwards."""
    before = run(facts, policy)
    if before.verdict != "needs_facts":
        assert before.missing == ()
        return
    attributes = DeviceFacts.paths()
    assert before.missing
    assert all(getattr(facts, attributes[path]) in (None, ()) for path in before.missing)
    components = VALUES["certificate_components"].filter(bool)
    answers = {
        attributes[path]: data.draw(
            components if path == "certificate.components" else VALUES[attributes[path]],
            label=path,
        )
        for path in before.missing
    }
    assert run(replace(facts, **answers), policy).verdict != "needs_facts"


@under_each_policy
@quickly
@given(facts=facts_with_holes())
def test_amounts_sum_to_the_price_and_favour_the_person(facts: DeviceFacts, policy: str) -> None:
    """Fen for fen; a half is rounded down for the person; a free device costs only the excess."""
    outcome = run(facts, policy).outcome
    if "personal_fen" not in outcome:
        return
    personal, subsidy = outcome["personal_fen"], outcome["subsidy_fen"]
    assert isinstance(personal, int)
    assert isinstance(subsidy, int)
    assert facts.price_fen == personal + subsidy
    assert min(personal, subsidy) >= 0
    cap, pieces = facts.device_cap_fen, facts.device_qty
    capped = isinstance(cap, int) and pieces is not None and facts.price_fen > cap * pieces
    if not capped:
        assert personal == (0 if outcome["share"] == "0" else facts.price_fen // 2)


@quickly
@given(facts=facts_with_holes())
def test_nothing_adverse_rests_on_an_unconfirmed_value(facts: DeviceFacts) -> None:
    """As shipped only the seed's own sentence charges anybody; refusals there are none."""
    decision = run(facts, "shipped")
    assert decision.verdict != "not_eligible"
    if decision.adverse:
        assert decision.codes[:3] == ("AGE_60_PLUS", "NOT_DIBAO_DIBIAN", "HALF")
        assert not {"OVER_CAP", "BOUNDARY_60", "IN_SERVICE_LIFE"} & set(decision.codes)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    facts=facts_with_holes(),
    pair=st.sampled_from(
        [
            ("birthday, unconfirmed", "free at sixty"),
            ("catalogue confirmed, birthday not", "catalogue confirmed, day after not"),
        ]
    ),
)
def test_no_charge_is_told_that_the_other_convention_would_not_make(
    facts: DeviceFacts, pair: tuple[str, str]
) -> None:
    """Whatever else is open, under review or refused: a share that is paid holds either way."""
    ways = [run(facts, policy) for policy in pair]
    for told, other in (ways, reversed(ways)):
        if told.outcome.get("share", "0") != "0":
            assert other.outcome.get("share") == told.outcome["share"]


@pytest.mark.parametrize(
    "change", [{}, {"open_same_class": True}, {"open_same_class": None}, {"price_fen": None}]
)
def test_on_the_birthday_a_charge_is_a_question(change: dict[str, Any]) -> None:
    """Aged 61 by one convention, 60 and free by the other: nobody is told to pay half."""
    who = {"birth_date": "1963-11-21", "submitted_on": DAY.isoformat(), "household.status": "none"}
    facts = DeviceFacts.from_mapping({**HARMLESS_DEVICE, **who})
    decision = run(replace(facts, **change), "birthday, unconfirmed")
    assert "share" not in decision.outcome
    assert "personal_fen" not in decision.outcome
    assert not decision.adverse
    if decision.verdict == "needs_review":
        assert "AGE_CONVENTION_UNCONFIRMED" in decision.codes
        assert {one["share"] for one in decision.candidates} == {"0", "1/2"}
    next_day = replace(facts, **change, submitted_on=DAY + timedelta(days=1))
    assert run(next_day, "birthday, unconfirmed").outcome["share"] == "1/2"


@under_each_policy
@quickly
@given(facts=facts_with_holes())
def test_a_decision_is_plain_json_without_floats(facts: DeviceFacts, policy: str) -> None:
    """Whole numbers, text, lists and mappings; money is fen."""

    def refuse(number: str) -> float:
        raise AssertionError(f"a float in a decision: {number}")

    json.loads(run(facts, policy).to_json(), parse_float=refuse, parse_constant=refuse)


@under_each_policy
@quickly
@given(facts=facts_with_holes())
def test_the_resident_reads_short_sentences_that_promise_nothing(
    facts: DeviceFacts, policy: str
) -> None:
    """Thirty characters at most, an estimate said to be one, and no charge before its time."""
    decision = run(facts, policy)
    lines = decision.text["resident"]
    assert all(0 < len(line) <= 30 and "{" not in line for line in lines)
    assert any("预计" in line for line in lines)
    assert "这是预计结果，由工作人员决定。" in lines
    charged = [line for line in lines if "自付" in line]
    assert all("预计" in line for line in charged)
    if decision.verdict in ("needs_review", "needs_facts"):
        assert not [line for line in charged if "元" in line]
    if decision.verdict == "needs_facts":
        assert len([line for line in lines if line.startswith("还缺：")]) == len(decision.missing)


@under_each_policy
@quickly
@given(facts=facts_with_holes())
def test_would_change_is_true_and_better(facts: DeviceFacts, policy: str) -> None:
    """Doing what is proposed gives what is promised, on all facts; and it is worth doing."""
    before = run(facts, policy)
    order = ["eligible", "needs_review", "not_eligible"]
    for change in before.would_change:
        to = date.fromisoformat(str(change["to"]))
        changed: dict[str, dict[str, Any]] = {
            "renew_status": {"household_valid_to": to},
            "renew_certificate": {"certificate_status": "valid", "certificate_valid_to": to},
            "submit_by": {"submitted_on": to},
            "submit_after_life": {"submitted_on": to},
        }
        after = run(replace(facts, **changed[str(change["by"])]), policy)
        assert after.verdict == change["verdict"]
        assert order.index(after.verdict) <= order.index(before.verdict)
        shares = [
            Fraction(str(d.outcome["share"])) for d in (after, before) if "share" in d.outcome
        ]
        assert len(shares) < 2 or shares[0] <= shares[1]
        gained = (
            order.index(after.verdict) < order.index(before.verdict)
            or after.adverse < before.adverse
            or (after.outcome.get("share") == "0" != before.outcome.get("share"))
            or len(set(after.codes) & TROUBLES) < len(set(before.codes) & TROUBLES)
        )
        assert gained, change
        if change["by"] == "submit_by":
            assert before.as_of is not None
            assert TODAY <= to < before.as_of
