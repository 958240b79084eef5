"""Where cases go: donations, offers of help, applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from sizhu_rules import ApplicationFacts, DonationFacts, IntentFacts, decide
from sizhu_rules.routing import Route, route_application

if TYPE_CHECKING:
    from datetime import date

    from sizhu_rules import Policy

HERE, THERE = "330281103203", "330281103205"


def test_an_application_waits_at_its_village_or_at_the_town() -> None:
    """Village of the person; the town where there is none."""
    assert route_application(HERE) == Route("village", HERE)
    assert route_application(None) == Route("town", None)


@pytest.mark.parametrize("kind", ["device", "retrofit", "job", "wish", None])
@pytest.mark.parametrize(("village", "home"), [(HERE, HERE), ("none", None)])
def test_an_application_says_why_it_waits_there(
    kind: Literal["device", "retrofit", "job", "wish"] | None,
    village: str,
    home: str | None,
    policy: Policy,
    known_on: date,
) -> None:
    """The rule gives the route that the function gives, whatever is applied for, with a clause."""
    facts = ApplicationFacts(kind=kind, person_village_id=village, submitted_on=known_on)
    decision = decide("application", facts, policy=policy, known_on=known_on)
    assert decision.outcome == {"route": route_application(home).to_dict()}
    (passed,) = [c for c in decision.clauses if c["result"] == "pass"]
    assert passed["id"] == f"application.target.{'village' if home else 'town'}"


def test_a_gift_for_a_person_goes_to_where_the_person_lives(policy: Policy, known_on: date) -> None:
    """Not to the village the donor wrote: that is not even read."""
    facts = DonationFacts(
        directed="person",
        target_person_village_id=HERE,
        target_village_id=THERE,
        submitted_on=known_on,
    )
    decision = decide("donation", facts, policy=policy, known_on=known_on)
    assert decision.outcome == {"route": {"level": "village", "village_id": HERE}}
    assert "target_village_id" not in decision.reads


@pytest.mark.parametrize(("level", "clause"), [("town", "undirected"), ("village", "village")])
def test_a_route_says_by_which_sentence_of_the_seed(
    level: str, clause: str, policy: Policy, known_on: date
) -> None:
    """定向 to the village's 残协, 不定向 to the town's 残联."""
    facts = DonationFacts(
        directed="none" if level == "town" else "village",
        target_village_id=HERE,
        submitted_on=known_on,
    )
    decision = decide("donation", facts, policy=policy, known_on=known_on)
    (passed,) = [c for c in decision.clauses if c["result"] == "pass"]
    assert passed["id"] == f"donation.target.{clause}"
    assert str(passed["source"]).startswith("seed 4.2 一")
    assert decision.outcome["route"]["level"] == level  # type: ignore[index] # a route


def test_an_offer_is_not_read_by_the_rule(policy: Policy, known_on: date) -> None:
    """What a volunteer writes is for people; the route does not depend on it."""
    facts = IntentFacts(offer="周末可以陪诊", wanted_village_id=HERE, submitted_on=known_on)
    decision = decide("intent", facts, policy=policy, known_on=known_on)
    assert list(decision.reads) == ["submitted_on"]
    assert "陪诊" not in decision.to_json()
    assert decision.outcome == {"route": {"level": "town", "village_id": None}}
