"""The one door: a rule's name and facts in, a decision out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from sizhu_rules.policies import load_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.raw import Facts


def decide(
    rule: str,
    facts: Facts | Mapping[str, object],
    *,
    policy: str | Policy = "simen",
    known_on: date,
    engine: Literal["native", "durable"] = "native",
) -> Decision:
    """Decide one case.

    `facts` are the rule's typed facts or a nested mapping with ISO dates; every fact may be
    absent. `known_on` is the day of deciding; whose law applies follows from the facts. With
    `engine="durable"` durable_rules is asked as well, and a difference raises `Disagreement`.
    Raises `FactError` for malformed facts, `PolicyError` for a policy that cannot be loaded,
    `LookupError` for a rule that does not exist.
    """
    if isinstance(policy, str):
        policy = load_policy(policy)
    if type(known_on) is not date:
        raise TypeError(
            "known_on is no civil day; give a datetime.date, such as date(2024, 11, 22)"
        )
    try:
        chosen = policy.rules[rule]
    except KeyError:
        known = ", ".join(policy.rules)
        raise LookupError(f"there is no rule '{rule}'; use one of {known}") from None
    if type(facts) is not chosen.spec.facts:
        facts = chosen.read(facts)
    decision = chosen.decide(facts, known_on)
    if engine != "native":
        _second_opinion(engine, decision)
    return decision


def _second_opinion(engine: str, decision: Decision) -> None:
    from sizhu_rules import engines  # noqa: PLC0415 - only where it is asked for

    if engine != "durable":
        raise LookupError(
            f"there is no engine '{engine}'; use one of {', '.join(engines.available())}"
        )
    engines.cross_check(decision)
