"""What is asked for: enough, and nothing that could be left out."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules import DeviceFacts, DonationFacts, PointsFacts, decide
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend

if TYPE_CHECKING:
    from sizhu_rules import Policy
    from sizhu_rules.engine.raw import Facts

# A few values of each fact that reach all of its cells.
REACH: dict[str, list[Any]] = {
    "birth_date": ["1979-01-01", "1964-06-01", "1950-01-01"],
    "household.status": ["none", "dibao", "zhichu", "pending"],
    "household.valid_to": ["open_ended", "2024-01-01"],
    "certificate.category": [4, 2, 7],
    "certificate.components": [[4], [2]],
    "certificate.status": ["valid", "lost"],
    "certificate.valid_to": ["2030-01-01", "2024-01-01"],
    "device.allowed_categories": [[4], [1], "unlisted"],
    "device.life_years": ["none", 1, 50],
    "device.cap_fen": ["none", 1, 10**9],
    "device.qty": [1],
    "price_fen": [120_000],
    "last_delivered_on": ["never", "2020-01-01"],
    "open_same_class": [False, True],
    "directed": ["person", "village", "none"],
    "target_person_village_id": ["330281103203", "none"],
    "target_village_id": ["330281103205", "none"],
    "check_in_at": ["2023-05-01T09:00:00+08:00"],
    "check_out_at": ["2023-05-01T10:00:00+08:00", "2023-05-01T08:00:00+08:00"],
    "verified_at": ["2023-05-02T09:00:00+08:00"],
}
DEVICE = {
    **HARMLESS_DEVICE,
    "birth_date": "1963-11-20",
    "submitted_on": "2024-11-21",
    "household.status": "dibao",
    "household.valid_to": "open_ended",
}
HOLES = [
    ("device", DEVICE, holes)
    for holes in [
        ("household.status", "household.valid_to"),
        ("household.valid_to",),
        ("birth_date", "household.status", "household.valid_to"),
        ("certificate.category", "certificate.components"),
        ("device.allowed_categories", "certificate.category"),
        ("certificate.status", "certificate.valid_to"),
        ("device.life_years", "last_delivered_on"),
        ("last_delivered_on", "open_same_class"),
        ("device.cap_fen", "device.qty", "price_fen"),
        ("price_fen",),
        ("open_same_class", "household.valid_to", "price_fen"),
    ]
] + [
    ("donation", {"submitted_on": "2024-01-01"}, tuple(list(REACH)[-6:-3])),
    ("donation", {"submitted_on": "2024-01-01", "directed": "person"}, tuple(list(REACH)[-5:-3])),
    ("points", {"check_in_at": "2023-05-01T09:00:00+08:00"}, ("check_out_at", "verified_at")),
]
TYPES: dict[str, type[Facts]] = {
    "device": DeviceFacts,
    "donation": DonationFacts,
    "points": PointsFacts,
}


def outcome(rule: str, facts: dict[str, Any], policy: Policy) -> tuple[str, str]:
    """Return the verdict and, where it matters, the share."""
    found = decide(rule, facts, policy=policy, known_on=TODAY)
    return found.verdict, str(found.outcome.get("share"))


@pytest.mark.parametrize(("rule", "base", "holes"), HOLES)
def test_the_missing_set_is_enough_and_smallest(
    rule: str, base: dict[str, Any], holes: tuple[str, ...], policy: Policy
) -> None:
    """Every answer to it settles the case; no smaller set of the holes does."""
    facts = {path: value for path, value in base.items() if path not in holes}
    missing = decide(rule, facts, policy=policy, known_on=TODAY).missing

    def settles(asked: tuple[str, ...]) -> bool:
        return all(
            outcome(rule, {**facts, **dict(zip(asked, answers, strict=True))}, policy)[0]
            != "needs_facts"
            for answers in product(*(REACH[path] for path in asked))
        )

    if outcome(rule, facts, policy)[0] != "needs_facts":
        assert missing == ()
        return
    assert set(missing) <= {*holes, "certificate.components"}
    assert settles(missing)
    open_holes = [path for path in holes if path not in facts]
    smaller = [asked for size in range(len(missing)) for asked in combinations(open_holes, size)]
    assert not [asked for asked in smaller if settles(asked)]


def test_nothing_known_asks_for_what_could_ever_matter(policy: Policy) -> None:
    """An empty application: never the grade, the class code, or the pieces beyond the cap."""
    missing = decide("device", {}, policy=policy, known_on=TODAY).missing
    assert "certificate.grade" not in missing
    assert "device.class_code" not in missing
    assert "submitted_on" in missing
    assert "birth_date" in missing


def test_a_price_is_asked_only_where_the_cap_makes_it_matter(policy: Policy) -> None:
    """Without a cap the share is told and the price can wait."""
    facts = {path: value for path, value in DEVICE.items() if path != "price_fen"}
    free = decide("device", facts, policy=policy, known_on=TODAY)
    assert (free.verdict, free.missing) == ("eligible", ())
    assert "PRICE_UNKNOWN" in free.codes
    capped = decide("device", {**facts, "device.cap_fen": 5}, policy=policy, known_on=TODAY)
    assert (capped.verdict, capped.missing) == ("needs_facts", ("price_fen",))


def test_a_price_below_the_cap_of_one_piece_needs_no_number_of_pieces(policy: Policy) -> None:
    """Whatever the number, more pieces only raise the limit."""
    facts = {path: value for path, value in DEVICE.items() if path != "device.qty"}
    found = decide("device", {**facts, "device.cap_fen": 120_000}, policy=policy, known_on=TODAY)
    assert found.verdict == "eligible"


def test_what_changes_only_the_reasons_is_not_asked(policy: Policy) -> None:
    """A certificate reported lost goes to review anyway: only what could refuse is still asked."""
    one_open = amend(policy, confirm=["device.one_open_per_class"])
    unknown = ("device.allowed_categories", "open_same_class")
    facts = {path: value for path, value in DEVICE.items() if path not in unknown}
    facts["certificate.status"] = "lost"
    found = decide("device", facts, policy=one_open, known_on=TODAY)
    assert (found.verdict, found.missing) == ("needs_facts", ("open_same_class",))
    assert decide("device", facts, policy=policy, known_on=TODAY).verdict == "needs_review"
