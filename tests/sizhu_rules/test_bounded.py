"""What a long-lived worker remembers is bounded, and what it forgot it finds again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sizhu_rules import load_policy
from sizhu_rules.eligibility.job_match.facts import ABILITIES, MatchFacts
from sizhu_rules.engine import missing, rule, walk
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    import pytest


def seekers(number: int) -> list[MatchFacts]:
    """Draw seekers and jobs with holes; hardly two of them are alike."""
    chance = random.Random(7)  # noqa: S311 - test data
    paths = [f"{side}.{name}" for side in ("need", "able") for name in ABILITIES]
    return [
        MatchFacts.from_mapping(
            {"submitted_on": TODAY, **{path: chance.choice([0, 1, 2, None]) for path in paths}}
        )
        for _ in range(number)
    ]


def test_combinations_beyond_a_most_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job match has billions of combinations: keeping each would fill any memory in time."""
    policy = load_policy("simen@working")
    free = amend(policy).rules["job_match"]
    monkeypatch.setattr(rule, "MOST_ANSWERS", 20)
    monkeypatch.setattr(walk, "MOST_IN_COURSE", 50)
    monkeypatch.setattr(missing, "MOST_ASKED", 5)
    tight = amend(policy).rules["job_match"]
    segment = tight.latest()
    for facts in seekers(150):
        one, other = tight.decide(facts, TODAY), free.decide(facts, TODAY)
        assert one.to_dict() == other.to_dict()
    assert len(segment._answers) == 20
    assert len(segment.missing) == 5
    assert held(segment._start) <= 50


def held(start: walk.Step[rule.Answer]) -> int:
    """Count the steps that are held by the first one."""
    seen: set[int] = set()
    ahead = [start]
    while ahead:
        step = ahead.pop()
        if id(step) not in seen:
            seen.add(id(step))
            ahead += step.next.values()
    return len(seen)
