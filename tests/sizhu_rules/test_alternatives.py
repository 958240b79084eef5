"""A charge that rests on nothing unconfirmed, beside a share that favours the person."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from sizhu_rules import decide, load_policy
from sizhu_rules.replaying import again
from sizhu_rules.testing import HARMLESS_DEVICE, amend

DAY: Final = date(2024, 11, 22)
# A price above a confirmed cap is a charge whatever the age. On the sixtieth birthday the person is
# 59 as the days are counted, so nobody asks for the household; counted otherwise it would matter.
POLICY: Final = amend(
    load_policy("simen@working"),
    confirm=["device.catalogue"],
    readings={"boundary_60": "by_income"},
)
FACTS: Final = {
    **HARMLESS_DEVICE,
    "birth_date": "1964-11-21",
    "submitted_on": "2024-11-21",
    "price_fen": 5000,
    "device.cap_fen": 1000,
}


@pytest.mark.parametrize(
    "household", [{}, {"household.status": "none"}, {"household.status": "dibao"}]
)
def test_a_charge_that_stands_either_way_opens_no_other_question(
    household: dict[str, str],
) -> None:
    """The share stays free, and nobody asks for the household for the sake of the cap."""
    decision = decide("device", {**FACTS, **household}, policy=POLICY, known_on=DAY)
    assert (decision.verdict, decision.adverse) == ("eligible", True)
    assert decision.outcome == {"share": "0", "personal_fen": 4000, "subsidy_fen": 1000}
    assert "OVER_CAP" in decision.codes
    assert "household.status" not in decision.reads
    assert again(decision.to_dict(), POLICY).digest == decision.digest
