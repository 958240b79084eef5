"""What lapses when: the last good day, who acts, and by which sentence."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import decide, load_policy
from sizhu_rules.care.expiries import Expiry, expiries, expiry
from sizhu_rules.care.expiry.expiry import Due, ExpiryFacts, Kind, due_of
from sizhu_rules.facts.age import age_on
from sizhu_rules.testing import amend

POLICY = load_policy("simen@working")
TODAY = date(2024, 11, 22)
NUMBERS = {
    "device.free_age": 60,
    "household.recheck_months": 12,
    "help.contact_stale_days": 90,
    "wish.claim_days": 7,
    "feedback.close_days": 30,
}
THINGS = st.builds(
    ExpiryFacts,
    kind=st.none() | st.sampled_from(get_args(Kind)),
    starts_on=st.none() | st.just("open_ended") | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    life_years=st.none() | st.just("none") | st.integers(0, 20),
    as_of=st.none() | st.dates(date(2021, 1, 1), date(2040, 1, 1)),
)


def only(one: Expiry | None) -> Expiry:
    """The expiry, which must be there."""
    assert one is not None
    return one


def test_an_expiry_says_what_when_who_and_why() -> None:
    """All of it JSON-ready, with the random id and nothing else of the person."""
    facts = ExpiryFacts(kind="certificate", starts_on=date(2024, 12, 1), as_of=TODAY)
    assert json.loads(json.dumps(only(expiry("p-1", facts, POLICY)).to_dict())) == {
        "code": "CERT_ENDING",
        "subject": "p-1",
        "kind": "certificate",
        "state": "soon",
        "by": "person",
        "due": "2024-12-01",
        "latest": "2024-12-01",
        "days_left": 9,
        "clause": {
            "code": "CERT_ENDING",
            "id": "expiry.due.certificate_ending",
            "quote": "残疾人证到期前九十天提醒换证",
            "source": "泗助设定，待镇残联确认",
            "basis": "assumption",
        },
    }


def test_the_age_of_60_has_a_safe_day_and_a_last_one() -> None:
    """周岁 by both conventions: the day before the birthday is safe, the birthday is the last."""
    facts = ExpiryFacts(kind="age_60", starts_on=date(1964, 12, 1), as_of=TODAY)
    one = only(expiry("draft-1", facts, POLICY))
    assert (one.due, one.latest, one.by) == (date(2024, 11, 30), date(2024, 12, 1), "person")
    assert one.reason.quote == "60周岁以下免费申请"


@settings(max_examples=200, deadline=None)
@given(birth=st.dates(date(1940, 1, 1), date(2000, 1, 1)))
def test_the_safe_day_is_the_last_on_which_both_conventions_say_59(birth: date) -> None:
    """29 February included."""
    due = due_of(ExpiryFacts(kind="age_60", starts_on=birth), NUMBERS)
    assert isinstance(due, Due)
    for day, by_birthday, by_day_after in (
        (due.due, 59, 59),
        (due.due + timedelta(days=1), 60, 59),
        (due.latest, 60, 59),
        (due.latest + timedelta(days=1), 60, 60),
    ):
        assert age_on(birth, day, "birthday") == by_birthday
        assert age_on(birth, day, "day_after") == by_day_after


@settings(max_examples=300, deadline=None)
@given(facts=THINGS)
def test_the_list_says_what_the_rule_decides(facts: ExpiryFacts) -> None:
    """One sheet behind both; what is missing or far away is in no list."""
    decision = decide("expiry", facts, policy=POLICY, known_on=TODAY)
    one = expiry("x", facts, POLICY)
    if one is None:
        assert decision.verdict == "needs_facts" or decision.outcome["state"] == "none"
        return
    assert decision.outcome == {
        "state": one.state,
        "by": one.by,
        "due": one.due.isoformat(),
        "latest": one.latest.isoformat(),
        "days_left": one.days_left,
    }
    assert decision.codes == (one.code,)
    assert (one.state == "over") == (one.days_left < 0)
    assert {"id": one.reason.id, "result": "pass"}.items() <= {
        (key, value)
        for clause in decision.clauses
        if clause["id"] == one.reason.id
        for key, value in clause.items()
        if isinstance(value, str)
    }


@settings(max_examples=100, deadline=None)
@given(facts=THINGS.filter(lambda one: one.as_of is not None), days=st.integers(1, 400))
def test_what_is_over_stays_over(facts: ExpiryFacts, days: int) -> None:
    """Until somebody acts, no later day makes it good again."""
    assert facts.as_of is not None
    before = expiry("x", facts, POLICY)
    later = ExpiryFacts(
        kind=facts.kind,
        starts_on=facts.starts_on,
        life_years=facts.life_years,
        as_of=facts.as_of + timedelta(days=days),
    )
    if before is not None and before.state == "over":
        assert only(expiry("x", later, POLICY)).state == "over"


def test_the_longest_overdue_comes_first_and_the_order_is_stable() -> None:
    """By day, then kind, then id."""
    things = [
        ("b", ExpiryFacts(kind="certificate", starts_on=date(2024, 12, 1), as_of=TODAY)),
        ("a", ExpiryFacts(kind="certificate", starts_on=date(2024, 12, 1), as_of=TODAY)),
        ("c", ExpiryFacts(kind="contact", starts_on=date(2023, 1, 1), as_of=TODAY)),
        ("d", ExpiryFacts(kind="wish_claim", starts_on=TODAY, as_of=TODAY)),
        ("e", ExpiryFacts(kind="certificate", as_of=TODAY)),
    ]
    ends = ExpiryFacts(kind="household_end", starts_on=date(2024, 12, 1), as_of=TODAY)
    things.append(("A", ends))
    assert [one.subject for one in expiries(things, POLICY)] == ["c", "a", "b", "A"]
    assert expiries(reversed(things), POLICY) == expiries(things, POLICY)


def test_a_town_sets_its_own_days() -> None:
    """Ninety days' notice is a parameter."""
    facts = ExpiryFacts(kind="certificate", starts_on=date(2024, 12, 1), as_of=TODAY)
    policy = amend(POLICY, parameters={"certificate.warn_days": 8})
    assert expiry("p-1", facts, policy) is None
    assert only(expiry("p-1", facts, amend(POLICY, parameters={"certificate.warn_days": 9})))


def test_without_a_day_or_before_any_law_nothing_is_due() -> None:
    """Today is a fact; nobody's clock is asked."""
    facts = ExpiryFacts(kind="certificate", starts_on=date(2019, 1, 1))
    assert expiry("p-1", facts, POLICY) is None
    old = ExpiryFacts(kind="certificate", starts_on=date(2019, 1, 1), as_of=date(2020, 1, 1))
    assert expiry("p-1", old, POLICY) is None


def test_a_record_without_an_id_is_refused() -> None:
    """Nobody could find it again."""
    facts = ExpiryFacts(kind="certificate", starts_on=TODAY, as_of=TODAY)
    with pytest.raises(ValueError, match="give the record's own random id"):
        expiry("", facts, POLICY)
