"""The sentence-named cases beside the sheets, each as a test of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sizhu_rules import load_policy
from sizhu_rules.cases import HOME, Case, load_cases, run_case
from sizhu_rules.policies import rule_files
from sizhu_rules.registry import SPECS

if TYPE_CHECKING:
    from sizhu_rules import Policy

CASES = [case for spec in SPECS for case in load_cases(spec, rule_files())]
ELSEWHERE = [
    (region, case)
    for region in rule_files().regions()
    if region != HOME
    for spec in SPECS
    for case in load_cases(spec, rule_files(), region)
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_a_case_comes_out_as_its_sentence_says(case: Case, policy: Policy) -> None:
    """Facts in, decision out, as written beside the sheet."""
    assert run_case(case, policy) is None


@pytest.mark.parametrize(
    ("region", "case"), ELSEWHERE, ids=lambda one: one if isinstance(one, str) else one.name
)
def test_a_case_of_another_region_comes_out_under_its_own_law(region: str, case: Case) -> None:
    """The same sheets, other numbers and readings."""
    assert run_case(case, load_policy(f"{region}@working")) is None


def test_every_other_region_brings_cases_of_its_own() -> None:
    """A region without cases would be a number that nobody looked at."""
    assert {region for region, _ in ELSEWHERE} == set(rule_files().regions()) - {HOME}


@pytest.mark.parametrize("vector", [f"V{number}" for number in range(1, 14)])
def test_every_vector_of_the_domain_is_there(vector: str) -> None:
    """V1 to V13 run as whole decisions and on the share sheet."""
    whole = [case for case in CASES if f"（{vector}）" in case.name]
    alone = [case for case in CASES if f"（{vector}，" in case.name]
    assert whole
    assert alone
    assert all(case.sheet == "device.share" for case in alone)


def test_a_case_that_expects_something_else_is_reported(policy: Policy) -> None:
    """The runner can fail: an altered expectation is named with file, line and what came."""
    case = next(case for case in CASES if case.expect.get("share") == "0" and not case.sheet)
    altered = Case(
        **{
            **{name: getattr(case, name) for name in Case.__slots__},
            "expect": {"share": "1/2"},
        }
    )
    failure = run_case(altered, policy)
    assert failure is not None
    assert failure.startswith(f"eligibility/device/cases.yaml:{case.line}:")
    assert "got '0'" in failure
