"""What the tests of the rules share: the shipped policy, amended ones, and short ways to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest

from sizhu_rules import decide, load_policy
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sizhu_rules import Decision, Policy

# For `python dev.py mutation`: the same examples for every mutant, and few of them.
hypothesis.settings.register_profile(
    "mutation",
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """Simen's policy as shipped: nothing confirmed yet."""
    return load_policy("simen@working")


@pytest.fixture(scope="session")
def confirmed(policy: Policy) -> Policy:
    """The same policy after the town has confirmed everything as proposed."""
    unconfirmed = [
        value.name
        for timeline in policy.law.parameters.values()
        for value in timeline
        if not value.confirmed
    ]
    return amend(policy, confirm=[*unconfirmed, *policy.law.readings])


@pytest.fixture
def known_on() -> date:
    """The day of deciding."""
    return TODAY


@pytest.fixture
def device(policy: Policy) -> Callable[..., Decision]:
    """Decide a harmless device application with some facts changed; None leaves a fact out."""

    def run(changes: dict[str, object], *, under: Policy = policy, on: date = TODAY) -> Decision:
        facts = {**HARMLESS_DEVICE, **changes}
        present = {path: value for path, value in facts.items() if value is not None}
        return decide("device", present, policy=under, known_on=on)

    return run
