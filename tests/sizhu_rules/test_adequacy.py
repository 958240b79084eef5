from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules import load_policy
from sizhu_rules.adequacy import inadequacies
from sizhu_rules.cases import load_cases
from sizhu_rules.policies import rule_files
from sizhu_rules.testing import edited, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules import Policy

SHARE = "eligibility/device/share.yaml"
CASES = "eligibility/device/cases.yaml"
UNUSED = "  - {name: open_same_class, type: bool}\n"


def found(policy: Policy, *, without: str = "") -> list[str]:
    """What is inadequate about the device rule, its cases that mention a word left out."""
    cases = load_cases(policy.rules["device"].spec, rule_files())
    kept = [case for case in cases if not without or without not in repr(case.facts)]
    return list(inadequacies(policy.rules["device"], kept, policy))


def changed(texts: Mapping[str, str]) -> Policy:
    """Simen's working text with files replaced."""
    return edited("simen", texts)


def test_the_device_rule_is_adequate(policy: Policy) -> None:
    """Every clause has both cases, every declared fact is read, every field is looked at."""
    assert found(policy) == []


def test_a_clause_without_a_case_is_named_with_file_line_and_fix(policy: Policy) -> None:
    """Nobody has shown what the clause does."""
    problems = found(policy, without="tekun")
    assert any(
        problem.startswith(f"{SHARE}:") and "no case shows device.share.over_60_tekun" in problem
        for problem in problems
    )
    assert all(problem.endswith(f"add one to {CASES}") for problem in problems)


def test_a_declared_fact_that_no_case_makes_it_read_is_named(policy: Policy) -> None:
    """A declaration is believed only where it is observed."""
    problems = found(policy, without="certificate.components")
    assert any("declares the raw fact 'certificate.components'" in one for one in problems)


def test_a_field_that_no_clause_looks_at_is_named() -> None:
    """It would be asked for and change nothing."""
    text = text_of(SHARE).replace("fields:\n", "fields:\n" + UNUSED, 1)
    assert any("'open_same_class'; take it away" in one for one in found(changed({SHARE: text})))


def test_the_shipped_regions_load() -> None:
    """What is tested here is what is shipped."""
    assert load_policy("simen@working").region == "simen"
