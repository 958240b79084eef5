"""Where an unconfirmed value would turn an adverse answer, and what the other value looks at."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from sizhu_rules import decide, load_policy
from sizhu_rules.replaying import again
from sizhu_rules.testing import HARMLESS_DEVICE, amend

DAY: Final = date(2024, 11, 22)
# A price above a confirmed cap is a charge whatever the age. On the sixtieth birthday the person is
# 59 as the days are counted, so nobody asks for the household; counted otherwise it matters.
POLICY: Final = amend(
    load_policy("simen@working"),
    confirm=["device.catalogue"],
    readings={"boundary_60": "by_income"},
)
FACTS: Final = {
    **HARMLESS_DEVICE,
    "birth_date": "1964-11-21",
    "submitted_on": "2024-11-21",
    "device.cap_fen": 1000,
}
HOUSEHOLDS: Final = {
    "eligible": {"household.status": "dibao", "household.valid_to": "open_ended"},
    "needs_review": {"household.status": "none"},
    "needs_facts": {},
}


@pytest.mark.parametrize("verdict", HOUSEHOLDS)
def test_what_only_the_other_value_reads_is_recorded(verdict: str) -> None:
    """So the decision re-derives from its reads."""
    decision = decide("device", {**FACTS, **HOUSEHOLDS[verdict]}, policy=POLICY, known_on=DAY)
    assert decision.verdict == verdict
    assert again(decision.to_dict(), POLICY).digest == decision.digest


def test_a_fact_that_only_the_other_value_needs_is_asked_for() -> None:
    """A review would be settled, and then turn into an answer once the fact is there."""
    decision = decide("device", FACTS, policy=POLICY, known_on=DAY)
    assert not decision.adverse
    assert decision.missing == ("household.status", "household.valid_to")
    assert decision.outcome == {}
    assert "OVER_CAP" in decision.codes
