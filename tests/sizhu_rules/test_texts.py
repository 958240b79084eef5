"""The three voices: every code has its words, and the words are kind, short and honest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sizhu_rules import RULES, decide
from sizhu_rules.engine.texts import RESIDENT_LENGTH
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules import Decision, Policy

SIXTY_ONE = {
    "birth_date": "1963-11-20",
    "submitted_on": "2024-11-21",
    "household.status": "none",
}
HARD_WORDS = ("残疾人朋友", "患者", "残废", "申请人", "无资格", "拒绝", "不予")


@pytest.mark.parametrize("rule", RULES)
def test_resident_sentences_are_plain(rule: str, policy: Policy) -> None:
    """No office words, no word that hurts, no code, no foreign letters."""
    texts = policy.rules[rule].texts
    phrases = [*texts.headlines.values(), *texts.codes.values(), *texts.changes.values()]
    lines = [line for phrase in phrases for line in phrase.resident] + list(texts.closing)
    for line in lines:
        assert not any(word in line for word in HARD_WORDS), line
        assert not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", line)), line
        assert line.endswith(("。", "？")), line
        assert len(line) <= RESIDENT_LENGTH


@pytest.mark.parametrize("rule", RULES)
def test_whatever_a_headline_promises_is_an_estimate(rule: str, policy: Policy) -> None:
    """Every headline of a result says 预计; review and missing facts promise nothing."""
    for name, phrase in policy.rules[rule].texts.headlines.items():
        if name not in ("needs_review", "needs_facts"):
            assert any("预计" in line for line in phrase.resident), name


def test_half_is_told_in_yuan_and_as_an_estimate(device: Callable[..., Decision]) -> None:
    """The amount, that it is an estimate, and whom to ask."""
    assert device(SIXTY_ONE).text["resident"] == (
        "预计自付600元。",
        "预计补贴600元。",
        "这是预计结果，由工作人员决定。",
        "不明白或不同意，可找村残协。",
    )


def test_at_sixty_no_amount_is_told(device: Callable[..., Decision]) -> None:
    """An unconfirmed reading is no bill."""
    lines = device({**SIXTY_ONE, "submitted_on": "2024-06-01"}).text["resident"]
    assert "您正好60周岁，两条规定都适用。" in lines
    assert not [line for line in lines if "元" in line]


def test_a_lapsed_status_is_told_without_a_charge_and_with_a_way_out(
    device: Callable[..., Decision],
) -> None:
    """HOLD: nothing is charged meanwhile, and renewing counts from the same day."""
    facts = {**SIXTY_ONE, "household.status": "dibao", "household.valid_to": "2024-10-31"}
    decision = device(facts)
    assert "复核以前，先不收钱。" in decision.text["resident"]
    assert "身份续期后，可以重新算。" in decision.text["resident"]
    assert "若困难身份续期到2024-11-21或以后，重算结果更有利。" in decision.text["staff"]


def test_missing_facts_are_named_in_plain_words(device: Callable[..., Decision]) -> None:
    """Not household.status but what people call it."""
    lines = device({**SIXTY_ONE, "household.status": None}).text["resident"]
    assert "还缺：家庭是不是低保、低边或特困。" in lines
    assert "还缺：家庭困难身份的有效期。" in lines


def test_staff_are_told_what_to_check(device: Callable[..., Decision]) -> None:
    """Each problem has a sentence that says what to look at."""
    decision = device(
        {
            **SIXTY_ONE,
            "household.status": "dibao",
            "household.valid_to": "open_ended",
            "certificate.status": "lost",
            "last_delivered_on": "2022-03-01",
            "device.cap_fen": 1,
        }
    )
    staff = "".join(decision.text["staff"])
    for words in ("残疾人证已挂失", "预计2026-03-01起可再申请", "价格超过目录限额"):
        assert words in staff


def test_the_auditor_gets_every_clause_by_its_id(device: Callable[..., Decision]) -> None:
    """One line per clause in force, the policy with its digest, and what was read by name."""
    decision = device(SIXTY_ONE)
    audit = decision.text["audit"]
    assert decision.policy["digest"] in audit[0]
    for clause in decision.clauses:
        assert [line for line in audit if line.startswith(f"{clause['id']} ")]
    assert "1963" not in "".join(audit)


def test_an_amount_does_not_break_the_thirty_characters(policy: Policy) -> None:
    """Even the dearest device a catalogue may hold is told in short sentences."""
    facts = {**HARMLESS_DEVICE, **SIXTY_ONE, "price_fen": 999_999_999}
    decision = decide("device", facts, policy=policy, known_on=TODAY)
    assert all(len(line) <= RESIDENT_LENGTH for line in decision.text["resident"])
    assert "预计自付4999999.99元。" in decision.text["resident"]
