"""微心愿: three ways of being in hardship, and a limit that a resident understands."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from sizhu_rules import decide
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    from sizhu_rules import Decision, Policy

DOUBTS = {"NOT_HARDSHIP", "STATUS_EXPIRED", "STATUS_PENDING"}
WISH = {
    "submitted_on": "2024-11-20",
    "wish": {
        "kind": "goods",
        "value_fen": 20_000,
        "asks_cash": False,
        "names_brand": False,
        "shows_private": False,
    },
    "open_wish": False,
    "certificate": {"status": "valid", "valid_to": "2030-01-01"},
}


def run(policy: Policy, household: dict[str, object], **changes: object) -> Decision:
    """Decide a wish in which nothing is in the way but what is changed."""
    facts = {**WISH, "household": household, **changes}
    return decide("wish", facts, policy=policy, known_on=TODAY)


@pytest.mark.parametrize(
    ("status", "valid", "monitored", "marked"),
    list(
        product(
            ["none", "dibao", "dibian", "tekun", "zhichu", "pending"],
            [True, False],
            [True, False],
            [True, False],
        )
    ),
)
def test_any_of_three_ways_makes_hardship(
    policy: Policy, *, status: str, valid: bool, monitored: bool, marked: bool
) -> None:
    """A valid status, monitoring, a mark with its reason: one suffices, none is a review."""
    household: dict[str, object] = {
        "status": status,
        "valid_to": "2025-01-01" if valid else "2024-01-01",
        "monitored": monitored,
        "staff_marked": marked,
    }
    decision = run(policy, household)
    certified = valid and status not in {"none", "pending"}
    assert bool(set(decision.codes) & DOUBTS) == (not (certified or monitored or marked))
    assert decision.verdict == ("eligible" if certified or monitored or marked else "needs_review")


def test_the_resident_is_told_the_limit_in_yuan(policy: Policy) -> None:
    """Fen never reach a resident; the limit is that of the region."""
    household: dict[str, object] = {"status": "tekun", "valid_to": "open_ended"}
    wish = {"kind": "goods", "value_fen": 50_001}
    told = run(policy, household, wish=wish).text["resident"]
    assert "心愿的价值预计超过500元。" in told
    higher = amend(policy, parameters={"wish.max_fen": 50_010})
    assert run(higher, household, wish={"kind": "goods", "value_fen": 50_010}).codes == (
        "HARDSHIP_CERTIFIED",
    )
    told = run(higher, household, wish={"kind": "goods", "value_fen": 50_011}).text["resident"]
    assert "心愿的价值预计超过500.10元。" in told
