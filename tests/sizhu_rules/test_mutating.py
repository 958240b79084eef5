"""The mutator of sheets, and what it shows: the cases tell the law from every law next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from sizhu_rules.engine.field import Field
from sizhu_rules.engine.source import Files
from sizhu_rules.errors import PolicyError
from sizhu_rules.mutating import mutate
from sizhu_rules.mutating.conditions import Words, conditions
from sizhu_rules.mutating.judging import Jury
from sizhu_rules.mutating.mutants import Mutant, Nursery
from sizhu_rules.mutating.nodes import content
from sizhu_rules.policies import shipped
from sizhu_rules.registry import RULES, SPECS
from sizhu_rules.testing import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE = "eligibility/device/share.yaml"
CASES = "eligibility/device/cases.yaml"
WORDS = Words(
    fields={
        "age": Field("age", "int", low=0, high=130),
        "day": Field("day", "day", low=1, high=800_000),
        "status": Field("status", "enum", members=("none", "dibao", "dibian")),
        "lapsed": Field("lapsed", "bool"),
    },
    numbers={"free_age": 60, "old_age": 80, "share": "1/2"},
    codes=(),
    constants={},
)


def changed(condition: str) -> list[object]:
    """List what a condition becomes, as plain data."""
    node = yaml.compose(condition, Loader=yaml.SafeLoader)
    assert node is not None
    return [content(new) for _, new in conditions(node, WORDS)]


@pytest.fixture(scope="module")
def nursery() -> Nursery:
    """Where the mutants of Simen's working text are made."""
    return Nursery.of("simen", SPECS, Files(shipped()))


@pytest.fixture(scope="module")
def judge(nursery: Nursery) -> Callable[[str, str], str]:
    """Judge the mutant of a place and a change; returns its fate."""
    jury = Jury(nursery)
    mutants = list(nursery.mutants())

    def fate(where: str, what: str) -> str:
        (mutant,) = [m for m in mutants if m.where == where and m.what == what]
        return jury.judge(mutant).fate

    return fate


@pytest.mark.slow
def test_every_mutant_of_the_device_share_is_found_out(nursery: Nursery) -> None:
    """The town's one money rule: no law next to it passes the cases."""
    jury = Jury(nursery)
    mutants = [m for m in nursery.mutants() if m.file == SHARE or m.where == "boundary_60"]
    assert len(mutants) > 250
    assert [str(m) for m in mutants if jury.judge(m).fate == "survived"] == []


@pytest.mark.slow
def test_a_sample_of_all_mutants_is_found_out() -> None:
    """Every thirteenth; `make mutation` tries them all."""
    report = mutate("simen", every=13)
    assert {m.rules[0] for m in (one.mutant for one in report.judgements)} == set(RULES)
    assert [str(one.mutant) for one in report.of("survived")] == []
    assert report.percent == 100


@pytest.mark.slow
def test_another_region_answers_for_its_own_numbers() -> None:
    """By its own cases; the sheets are not its matter."""
    report = mutate("example-town", every=3)
    assert {one.mutant.file.split("/")[1] for one in report.judgements} == {"example-town"}
    assert [str(one.mutant) for one in report.of("survived")] == []


@pytest.mark.slow
def test_a_number_beside_the_sheets_is_told_apart() -> None:
    """No decision looks at it: its function has tests of its own."""
    report = mutate("simen", rules=["retrofit"])
    beside = {one.mutant.where for one in report.of("beside")}
    assert beside
    assert all(name.startswith("retrofit.ramp.") for name in beside)
    assert report.to_dict()["percent"] == 100


def test_a_case_taken_away_lets_a_mutant_live(nursery: Nursery) -> None:
    """The score can be other than 100: the cases do the work."""
    text = text_of(CASES)
    head, *cases = text.split("\n  - name: ")
    kept = [case for case in cases if "household.status: tekun" not in case]
    files = Files(shipped(), texts={CASES: "\n  - name: ".join([head, *kept])})
    jury = Jury(Nursery(files, nursery.law, nursery.specs))
    mutants = [m for m in nursery.mutants() if m.where == "device.share.over_60_tekun_free"]
    assert [m.what for m in mutants if jury.judge(m).fate == "survived"]


def test_cases_that_fail_already_judge_nobody(nursery: Nursery) -> None:
    """First the cases must pass on the law as it is."""
    text = text_of(CASES).replace('share: "1/2"', 'share: "1/3"', 1)
    files = Files(shipped(), texts={CASES: text})
    with pytest.raises(PolicyError, match="mend it before mutating"):
        Jury(Nursery(files, nursery.law, nursery.specs))


def test_an_unknown_rule_is_named() -> None:
    """With those there are."""
    with pytest.raises(LookupError, match="there is no rule devise; use device"):
        mutate("simen", rules=["devise"])


@pytest.mark.parametrize(
    ("where", "what", "fate"),
    [
        # A hole is found by the table, a wrong answer by a case.
        ("device.share.over_60_half", "deleted", "refused"),
        ("device.share.under_60_free", "when: age <= -> <", "caught"),
        ("boundary_60", "deleted", "refused"),
        ("boundary_60", "follow by_income -> free", "caught"),
        ("device.free_age", "value 60 -> 61", "caught"),
        # Half a share is adverse whatever the clause says; nobody looks at a catalogue's name.
        ("device.share.over_60_half", "then: adverse", "equivalent"),
        ("device.catalogue", "value 试点目录 -> 试点目录?", "equivalent"),
        ("device.catalogue", "confirmed", "caught"),
    ],
)
def test_the_fate_of_some_mutants(
    judge: Callable[[str, str], str], where: str, what: str, fate: str
) -> None:
    """Known mutants come to what one would expect."""
    assert judge(where, what) == fate


def test_a_mutant_says_where_it_is(nursery: Nursery) -> None:
    """With file, line and clause, so that one can write the case."""
    mutant = next(m for m in nursery.mutants() if m.where == "device.share.over_60_half")
    line = text_of(SHARE).splitlines()[mutant.line - 1]
    assert line.strip() == "- id: device.share.over_60_half"
    assert str(mutant) == f"{SHARE}:{mutant.line}: device.share.over_60_half: deleted"


def test_no_mutant_is_made_twice(nursery: Nursery) -> None:
    """Each is one change of its own."""
    mutants = list(nursery.mutants())
    assert len(set(map(str, mutants))) == len(mutants)


def test_mutants_of_shared_parameters_are_judged_by_every_rule(nursery: Nursery) -> None:
    """A number that two rules use must be caught by the cases of one of them."""
    names = {spec.name for spec in SPECS}
    mutants: list[Mutant] = list(nursery.mutants())
    assert all(set(mutant.rules) <= names for mutant in mutants)
    assert all(mutant.rules for mutant in mutants)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("always", []),
        (
            "{age: {'>=': 60}}",
            [
                "always",
                {"age": {">": "60"}},
                {"age": {"<": "60"}},
                {"age": {">=": "59"}},
                {"age": {">=": "61"}},
            ],
        ),
        (
            "{age: {'<': {param: free_age}}}",
            [
                "always",
                {"age": {"<=": {"param": "free_age"}}},
                {"age": {">=": {"param": "free_age"}}},
                {"age": {"<": {"param": "old_age"}}},
                {"age": {"<": "59"}},
                {"age": {"<": "61"}},
            ],
        ),
        (
            "{status: {'==': dibao}}",
            [
                "always",
                {"status": {"in": ["dibao", "none"]}},
                {"status": {"==": "none"}},
                {"status": {"in": ["dibao", "dibian"]}},
                {"status": {"==": "dibian"}},
            ],
        ),
        (
            "{status: {in: [none, dibao]}}",
            [
                "always",
                {"status": {"in": ["dibao"]}},
                {"status": {"in": ["none"]}},
                {"status": {"in": ["none", "dibao", "dibian"]}},
            ],
        ),
        ("{lapsed: {'==': true}}", ["always", {"lapsed": {"==": "no"}}]),
        (
            "{day: {'>': 2024-01-01}}",
            [
                "always",
                {"day": {">=": "2024-01-01"}},
                {"day": {"<=": "2024-01-01"}},
                {"day": {">": "2023-12-31"}},
                {"day": {">": "2024-01-02"}},
            ],
        ),
        (
            "{age: {between: [1, 5]}}",
            [
                "always",
                {"age": {"between": ["0", "5"]}},
                {"age": {"between": ["2", "5"]}},
                {"age": {"between": ["1", "4"]}},
                {"age": {"between": ["1", "6"]}},
            ],
        ),
        (
            "{lapsed: {'==': true}, status: {'==': none}}",
            [
                {"or": [{"lapsed": {"==": "true"}}, {"status": {"==": "none"}}]},
                {"status": {"==": "none"}},
                {"lapsed": {"==": "no"}, "status": {"==": "none"}},
                {"lapsed": {"==": "true"}},
                {"lapsed": {"==": "true"}, "status": {"in": ["none", "dibao"]}},
                {"lapsed": {"==": "true"}, "status": {"==": "dibao"}},
                {"lapsed": {"==": "true"}, "status": {"in": ["none", "dibian"]}},
                {"lapsed": {"==": "true"}, "status": {"==": "dibian"}},
            ],
        ),
        (
            "{not: {lapsed: {'==': true}}}",
            [
                "always",
                {"and": [{"lapsed": {"==": "true"}}]},
                {"not": "always"},
                {"not": {"lapsed": {"==": "no"}}},
            ],
        ),
        (
            "{or: [{lapsed: {'==': true}}, {age: {'==': 5}}]}",
            [
                "always",
                {"and": [{"lapsed": {"==": "true"}}, {"age": {"==": "5"}}]},
                {"or": [{"age": {"==": "5"}}]},
                {"or": ["always", {"age": {"==": "5"}}]},
                {"or": [{"lapsed": {"==": "no"}}, {"age": {"==": "5"}}]},
                {"or": [{"lapsed": {"==": "true"}}]},
                {"or": [{"lapsed": {"==": "true"}}, "always"]},
                {"or": [{"lapsed": {"==": "true"}}, {"age": {"<=": "5"}}]},
                {"or": [{"lapsed": {"==": "true"}}, {"age": {">=": "5"}}]},
                {"or": [{"lapsed": {"==": "true"}}, {"age": {"==": "4"}}]},
                {"or": [{"lapsed": {"==": "true"}}, {"age": {"==": "6"}}]},
            ],
        ),
    ],
)
def test_what_a_condition_becomes(condition: str, expected: list[object]) -> None:
    """Operators, thresholds by one, members, parts, and, or, not: each alone."""
    assert changed(condition) == expected
