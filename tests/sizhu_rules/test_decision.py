"""The decision: its JSON, what it read, and that it can be said again."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules import DeviceFacts, FactError, PolicyError, decide, load_policy
from sizhu_rules.engine.canonical import digest
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules import Decision, Policy

ID_OF_1963 = "330299196311200015"
SIXTY_ONE = {
    "birth_date": "1963-11-20",
    "submitted_on": "2024-11-21",
    "household.status": "none",
}


def test_the_json_has_exactly_the_keys_of_schema_1(device: Callable[..., Decision]) -> None:
    """Schema 1 is stable: the same keys, in the same order, for every decision."""
    keys = (
        "schema rule policy as_of known_on verdict adverse outcome candidates codes clauses"
        " missing reads would_change text digest"
    )
    decision = device(SIXTY_ONE)
    assert list(decision.to_dict()) == keys.split()
    assert json.loads(decision.to_json()) == decision.to_dict()


def test_the_example_of_the_design_comes_out(device: Callable[..., Decision]) -> None:
    """Sixty-one, neither 低保 nor 低边, 1200 yuan: half, with the seed's sentence as reason."""
    found = device(SIXTY_ONE).to_dict()
    assert (found["verdict"], found["adverse"]) == ("eligible", True)
    assert found["outcome"] == {"share": "1/2", "personal_fen": 60000, "subsidy_fen": 60000}
    assert found["codes"] == ["AGE_60_PLUS", "NOT_DIBAO_DIBIAN", "HALF"]
    assert {
        "id": "device.share.over_60_half",
        "result": "pass",
        "facts": {"age": 61, "household.status": "none"},
        "quote": "60周岁以上不是低保、低边要付一半的钱",
        "source": "seed 4.2 二 1",
    } in found["clauses"]  # type: ignore[operator] # a list in JSON
    assert (found["as_of"], found["known_on"]) == ("2024-11-21", "2024-11-22")


def test_the_policy_is_named_by_region_version_and_digest(
    device: Callable[..., Decision], policy: Policy
) -> None:
    """Every decision says under which law it was made."""
    assert device(SIXTY_ONE).to_dict()["policy"] == {
        "region": "simen",
        "version": policy.version,
        "digest": policy.digest,
    }
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", policy.digest)


def test_the_digest_covers_all_but_the_text(device: Callable[..., Decision]) -> None:
    """Whoever holds the JSON can check it."""
    found = device(SIXTY_ONE).to_dict()
    stated = found.pop("digest")
    found.pop("text")
    assert digest(found) == stated


def test_under_sixty_nobody_is_asked_about_income(device: Callable[..., Decision]) -> None:
    """Age 45: the household is not read although it is given (PIPL 6: no over-collection)."""
    decision = device({**SIXTY_ONE, "birth_date": "1979-01-01", "household.valid_to": "2024-12-31"})
    assert not [path for path in decision.reads if path.startswith("household")]
    assert "household" not in json.dumps(decision.to_dict()["reads"])
    half = next(c for c in decision.clauses if c["id"] == "device.share.over_60_half")
    assert (half["result"], half["facts"]) == ("fail", {"age": 45})


def test_who_is_dibao_is_not_asked_for_a_birth_date(device: Callable[..., Decision]) -> None:
    """低保 with no birth date is free whatever the age: only the household is read."""
    decision = device(
        {
            "submitted_on": "2024-11-21",
            "household.status": "dibao",
            "household.valid_to": "open_ended",
        }
    )
    assert decision.verdict == "eligible"
    assert decision.outcome["share"] == "0"
    assert decision.missing == ()
    assert "birth_date" not in decision.reads
    unknown = {c["id"]: c["result"] for c in decision.clauses}
    assert unknown["device.share.under_60_free"] == "unknown"


def test_facts_no_clause_looks_at_are_not_in_the_record(device: Callable[..., Decision]) -> None:
    """The grade, the class code and the pieces under no cap are given and not read."""
    reads = device(SIXTY_ONE).reads
    assert not {"certificate.grade", "device.class_code", "device.qty"} & set(reads)


@pytest.mark.parametrize(
    "changes",
    [
        SIXTY_ONE,
        {**SIXTY_ONE, "submitted_on": "2024-11-20"},
        {**SIXTY_ONE, "household.status": "dibao", "household.valid_to": "2024-10-31"},
        {**SIXTY_ONE, "household.status": None},
        {**SIXTY_ONE, "certificate.valid_to": "2024-01-01", "last_delivered_on": "2023-01-01"},
        {**SIXTY_ONE, "price_fen": 150000, "device.cap_fen": 60000, "device.qty": 2},
        {**SIXTY_ONE, "certificate.category": None},
        {**SIXTY_ONE, "birth_date": "1956-01-01", "citizen_id": ID_OF_1963},
    ],
)
def test_a_decision_is_said_again_from_what_it_read(
    device: Callable[..., Decision], policy: Policy, known_on: date, changes: dict[str, object]
) -> None:
    """`reads` alone, under the same policy, give the same bytes, text included."""
    decision = device(changes)
    again = decide("device", decision.reads, policy=policy, known_on=known_on)
    assert again.to_json() == decision.to_json()


def test_typed_facts_and_mappings_give_the_same(policy: Policy, known_on: date) -> None:
    """Nested, dotted and typed facts are three spellings of one case."""
    nested = {
        "birth_date": "1963-11-20",
        "submitted_on": "2024-11-21",
        "household": {"status": "dibao", "valid_to": "open_ended"},
        "certificate": {"category": 4, "status": "valid", "valid_to": "2030-01-01"},
    }
    dotted = {
        "birth_date": "1963-11-20",
        "submitted_on": "2024-11-21",
        "household.status": "dibao",
        "household.valid_to": "open_ended",
        "certificate.category": 4,
        "certificate.status": "valid",
        "certificate.valid_to": "2030-01-01",
    }
    typed = DeviceFacts.from_mapping(nested)
    found = {
        decide("device", facts, policy=policy, known_on=known_on).to_json()
        for facts in (nested, dotted, typed)
    }
    assert len(found) == 1


def test_what_would_change_it_was_decided_again(
    device: Callable[..., Decision], policy: Policy, known_on: date
) -> None:
    """A lapsed status: renewing is proposed, and renewing does give the promised outcome."""
    facts = {**SIXTY_ONE, "household.status": "dibao", "household.valid_to": "2024-10-31"}
    (change,) = device(facts).would_change
    assert (change["fact"], change["by"]) == ("household.valid_to", "renew_status")
    renewed = {**HARMLESS_DEVICE, **facts, "household.valid_to": change["to"]}
    again = decide("device", renewed, policy=policy, known_on=known_on)
    assert (again.verdict, again.outcome["share"]) == ("eligible", "0")
    assert change["verdict"] == again.verdict


def test_nobody_is_told_to_be_poorer(device: Callable[..., Decision]) -> None:
    """A status is no fact one changes: who pays half is not advised to become 低保."""
    assert device(SIXTY_ONE).would_change == ()


def test_a_day_that_has_passed_is_not_proposed(device: Callable[..., Decision]) -> None:
    """Submitting before a birthday is proposed only while that day is still to come."""
    facts = {"birth_date": "1964-05-10", "submitted_on": "2024-05-20", "household.status": "none"}
    from_before = device(facts, on=date(2024, 5, 10))
    from_after = device(facts, on=date(2024, 5, 11))
    assert [c["to"] for c in from_before.would_change] == ["2024-05-10"]
    assert from_after.would_change == ()


def test_the_citizen_id_is_nowhere_in_a_decision(device: Callable[..., Decision]) -> None:
    """It is turned into a birth date at the edge: no reads, clause, text or repr shows it."""
    decision = device({"citizen_id": ID_OF_1963, **SIXTY_ONE, "birth_date": None})
    assert decision.verdict == "eligible"
    for text in (decision.to_json(), repr(decision), repr(decision.facts)):
        assert ID_OF_1963 not in text
        assert "citizen_id" not in text


def test_a_conflict_of_id_and_birth_date_goes_to_a_person(device: Callable[..., Decision]) -> None:
    """Even where the share would be free, contradicting identity is looked at."""
    decision = device({**SIXTY_ONE, "birth_date": "1990-01-01", "citizen_id": ID_OF_1963})
    assert decision.verdict == "needs_review"
    assert "IDENTITY_CONFLICT" in decision.codes
    assert ID_OF_1963 not in decision.to_json()


def test_a_rule_that_does_not_exist_is_named_with_those_that_do(
    policy: Policy, known_on: date
) -> None:
    """The error ends in the fix."""
    with pytest.raises(LookupError, match=f"use one of {', '.join(policy.rules)}"):
        decide("devices", {}, policy=policy, known_on=known_on)


def test_facts_of_another_rule_are_refused(policy: Policy, known_on: date) -> None:
    """Typed facts name their rule."""
    with pytest.raises(FactError, match="use DonationFacts"):
        decide("donation", DeviceFacts(), policy=policy, known_on=known_on)


def test_a_region_that_does_not_exist_is_named_with_those_that_do(known_on: date) -> None:
    """The error ends in the fix."""
    with pytest.raises(PolicyError, match="use one of example-town, simen"):
        decide("intent", {}, policy="siment", known_on=known_on)


def test_the_day_of_deciding_is_a_day(policy: Policy) -> None:
    """A moment is no day: its day depends on where one stands."""
    moment = datetime(2024, 1, 1, tzinfo=None)  # noqa: DTZ001 - the mistake itself
    with pytest.raises(TypeError, match=r"give a datetime\.date"):
        decide("intent", {}, policy=policy, known_on=moment)


def test_a_policy_is_loaded_once() -> None:
    """Compiling costs a tenth of a second; asking again costs nothing."""
    assert load_policy("simen") is load_policy("simen")


def test_no_day_is_proposed_that_no_record_can_have() -> None:
    """A delivery day mistyped by a century is a valid day; the life it begins ends in no year."""
    facts = {
        **HARMLESS_DEVICE,
        "birth_date": "1990-01-01",
        "submitted_on": "2024-11-21",
        "device.life_years": 80,
        "last_delivered_on": "2124-01-01",
    }
    decision = decide("device", facts, known_on=TODAY)
    assert decision.verdict == "needs_review"
    assert decision.would_change == ()


def test_a_caller_changes_nothing_of_a_decision() -> None:
    """A worker that takes a fact out of the JSON it stores must not change the decision."""
    facts = {**HARMLESS_DEVICE, "birth_date": "1960-01-01", "submitted_on": "2024-11-21"}
    decision = decide("device", {**facts, "household.status": "none"}, known_on=TODAY)
    before = decision.to_json()
    told: dict[str, Any] = decision.to_dict()
    for part in told.values():
        if isinstance(part, dict | list):
            part.clear()
    given: Any = [decision.outcome, decision.reads, *decision.candidates, *decision.would_change]
    for part in given:
        part.clear()
    assert decision.outcome["share"] == "1/2"
    assert decision.to_json() == before
    assert json.loads(before) == decision.to_dict()
