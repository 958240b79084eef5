"""`check`: what is wrong in a region is found before anybody is judged by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from sizhu_rules import check, load_policy
from sizhu_rules.cases import HOME
from sizhu_rules.checking import adverse_on_unconfirmed
from sizhu_rules.policies import rule_files
from sizhu_rules.registry import SPECS
from sizhu_rules.testing import amend, text_of

if TYPE_CHECKING:
    from sizhu_rules import Policy

SIMEN = "policy/simen/device.yaml"
SHARE = "eligibility/device/share.yaml"
SHEETS = [f"{spec.folder}/{name}" for spec in SPECS for name in spec.sheets]


def clauses() -> list[tuple[str, str]]:
    """List (sheet file, clause id) of all sheets."""
    return [
        (file, identifier)
        for file in SHEETS
        for identifier in re.findall(r"^  - id: (\S+)$", text_of(file), re.MULTILINE)
    ]


def without(file: str, identifier: str) -> str:
    """Return a sheet's text with one clause cut out."""
    text = text_of(file)
    return re.sub(
        rf"^  - id: {re.escape(identifier)}\n(?:    .*\n|\n)*", "", text, flags=re.MULTILINE
    )


def assumed_parameters() -> list[str]:
    """Read the parameter values of basis assumption or practice, past our own loader."""
    files = [*rule_files().region("default"), *rule_files().region("simen")]
    merged: dict[str, list[dict[str, str]]] = {}
    for file in files:
        merged |= yaml.safe_load(text_of(file)).get("parameters", {})
    return sorted(
        name
        for name, values in merged.items()
        for value in values
        if value["basis"] in ("assumption", "practice")
    )


@pytest.mark.parametrize("region", rule_files().regions())
def test_every_shipped_region_is_well(region: str) -> None:
    """No gap, no overlap without a reading, every case passes, nothing adverse unconfirmed."""
    report = check(region)
    assert report.problems == ()
    assert report.ok
    assert (report.gaps, report.overlaps, report.adverse_on_unconfirmed) == ((), (), 0)
    assert report.cases >= (100 if region == HOME else 20)


def test_a_refusal_needs_one_confirmed_reason_and_no_more(policy: Policy) -> None:
    """Beside a confirmed problem another may be unconfirmed; alone it is a review."""
    partly = amend(policy, confirm=["device.catalogue"])
    table = partly.rules["device"].segments[-1].tables[1]  # type: ignore[union-attr] # in force
    assert adverse_on_unconfirmed(table) == 0
    unsure = policy.rules["device"].segments[-1].tables[1].clauses  # type: ignore[union-attr] # in force
    object.__setattr__(table, "clauses", unsure)
    assert adverse_on_unconfirmed(table) > 0


def test_every_assumption_is_listed_as_unconfirmed() -> None:
    """Nothing that somebody of ours chose passes for the town's word."""
    report = check("simen")
    names = [str(value["name"]) for value in report.unconfirmed]
    assert names == assumed_parameters()
    assert {"age.convention", "device.catalogue", "points.per_hour", "wish.max_fen"} <= set(names)
    assert {clause["basis"] for clause in report.assumed_clauses} <= {"assumption", "practice"}
    readings = {str(reading["id"]): reading["confirmed"] for reading in report.readings}
    assert readings == {"boundary_60": False, "zhichu": False}
    for name in readings:
        assert any(f"'{name}' is unconfirmed" in note for note in report.notes)


def test_the_report_is_json_and_lines() -> None:
    """For a program and for a person."""
    report = check("simen")
    found = report.to_dict()
    assert found["ok"] is True
    assert {"gaps", "overlaps", "readings", "unconfirmed", "problems"} <= found.keys()
    assert report.lines()[0].startswith(f"simen {load_policy('simen').version}: well, 0 gaps")


@pytest.mark.parametrize(("file", "identifier"), clauses())
def test_a_sheet_with_a_clause_removed_is_refused(file: str, identifier: str) -> None:
    """Every clause is needed: without it some facts have no clause, or a name hangs loose."""
    report = check("simen", texts={file: without(file, identifier)})
    assert not report.ok
    assert re.match(r"\S+:\d+: .+; .+", report.problems[0])
    # A gap; or, found before it: the reading names the clause, only it used a parameter, or the
    # sheet is left empty. A sum has no gap: there a case misses the clause.
    found = ["no clause of", "the sheet has no clause", "no rule uses", "a list is expected"]
    if "\nhit: sum\n" in text_of(file):
        found.append("expects ")
    assert any(words in report.problems[0] for words in found)


# Of an open question both sides cover the same cells: without one there is no gap.
ZHICHU = ("zhichu_free", "zhichu_lapsed_hold", "zhichu_half")


@pytest.mark.parametrize(
    "identifier", [i for file, i in clauses() if file == SHARE and not i.endswith(ZHICHU)]
)
def test_a_share_clause_removed_with_its_name_in_the_reading_leaves_a_gap(identifier: str) -> None:
    """The table itself finds what no clause covers."""
    reading = re.sub(rf"^        - {identifier}\n", "", text_of(SIMEN), flags=re.MULTILINE)
    if identifier.endswith("under_60_free"):
        reading = re.sub(r"readings:(?s:.*)", "", text_of(SIMEN))
    report = check("simen", texts={SHARE: without(SHARE, identifier), SIMEN: reading})
    assert len(report.gaps) == 1
    assert re.match(
        r"eligibility/device/share\.yaml:\d+: no clause of device\.share", report.gaps[0]
    )
    assert report.gaps[0].endswith("add a clause, or widen one")


@pytest.mark.parametrize("name", ZHICHU)
def test_without_one_side_of_a_question_the_cases_fail(name: str) -> None:
    """The question would be gone, and the other side decide alone: somebody would notice."""
    identifier = f"device.share.over_60_{name}"
    reading = re.sub(rf"^        - {identifier}\n", "", text_of(SIMEN), flags=re.MULTILINE)
    if name == "zhichu_half":
        reading = re.sub(r"  zhichu:\n(?s:.*)", "", reading)
    report = check("simen", texts={SHARE: without(SHARE, identifier), SIMEN: reading})
    assert not report.ok
    assert not report.gaps
    found = "".join(report.problems)
    assert "支出型困难" in found or "no 'zhichu' to amend" in found


def test_without_its_reading_the_overlap_at_sixty_is_refused() -> None:
    """以上 and 以下 both include the number: the sheet does not load until somebody says how."""
    text = re.sub(r"readings:(?s:.*)", "", text_of(SIMEN))
    report = check("simen", texts={SIMEN: text})
    assert not report.ok
    assert report.overlaps
    first = report.overlaps[0]
    assert "device.share.under_60_free and device.share.over_60_half disagree" in first
    assert "age 60, household.status none" in first
    assert "record a reading" in first
    # Where both say free there is nothing to rule on.
    assert not [o for o in report.overlaps if "dibao_free" in o.split(" disagree")[0]]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (SHARE, 'age: {"<=": {param: device.free_age}}', 'age: {"<=": 59}'),
        (SHARE, 'age: {"<=": {param: device.free_age}}', 'age: {"<=": 61}'),
        (SIMEN, "value: 60", "value: 61"),
        (SIMEN, 'value: "1/2"', 'value: "1/3"'),
        (SIMEN, "follow: by_income", "follow: free"),
        (
            "policy/default/device.yaml",
            "value: day_after\n      alternatives: [birthday]",
            "value: birthday\n      alternatives: [day_after]",
        ),
        ("policy/default/points.yaml", "value: 480", "value: 479"),
        ("policy/default/points.yaml", "value: 10\n", "value: 11\n"),
        ("policy/default/points.yaml", "value: 30\n", "value: 31\n"),
        ("policy/default/points.yaml", "value: 8\n", "value: 7\n"),
    ],
)
def test_a_shifted_number_is_caught(file: str, before: str, after: str) -> None:
    """By the cases where the sheet still hangs together, by the table where it does not."""
    text = text_of(file)
    assert before in text
    report = check("simen", texts={file: text.replace(before, after, 1)})
    assert not report.ok, f"{before} -> {after} passed unseen"


def test_a_clause_that_never_fires_is_a_problem() -> None:
    """A condition that cannot hold is a slip, not a rule."""
    name = "points/visit/plausibility.yaml"
    before = "visit.overlap: {in: [clear, unrecorded]}}\n    otherwise"
    after = "visit.overlap: {in: [clear, overlapping, unrecorded]}}\n    otherwise"
    text = text_of(name).replace(
        "in: [clear, unrecorded]}\n", "in: [clear, overlapping, unrecorded]}\n"
    )
    assert before in text
    report = check("simen", texts={name: text.replace(before, after)})
    assert any("points.plausibility.overlap never fires" in problem for problem in report.problems)


def test_a_region_that_does_not_exist_is_a_problem() -> None:
    """`check` reports; it does not raise."""
    report = check("nowhere")
    assert not report.ok
    assert "use one of example-town, simen" in report.problems[0]


def test_the_count_of_adverse_paths_can_be_other_than_nought(policy: Policy) -> None:
    """It is counted from the clauses, not from the safeguard that makes it nought."""
    half = amend(policy, readings={"boundary_60": "by_income"})
    table = half.rules["device"].segments[-1].tables[0]  # type: ignore[union-attr] # in force
    assert adverse_on_unconfirmed(table) == 0
    unsure = policy.rules["device"].segments[-1].tables[0].readings  # type: ignore[union-attr] # in force
    object.__setattr__(table, "readings", unsure)
    assert adverse_on_unconfirmed(table) == 2  # age 60, status none, lapsed or not


@pytest.mark.parametrize(
    ("parameter", "unconfirmed"),
    [("device.personal_share", "1/2"), ("device.free_age", 60)],
)
def test_a_charge_that_rests_on_an_unconfirmed_number_is_a_review(
    parameter: str, unconfirmed: object
) -> None:
    """The safeguard is the mechanism's, not this policy's good luck."""
    text = text_of(SIMEN)
    block = text.split(f"  {parameter}:")[1].split("confirmed: yes")[0]
    text = text.replace(
        block + "confirmed: yes",
        block.replace("basis: seed", "basis: assumption") + "confirmed: no",
    )
    report = check("simen", texts={SIMEN: text})
    assert not report.ok  # the cases expect a charge
    assert report.adverse_on_unconfirmed == 0
    assert any("needs_review" in problem for problem in report.problems), unconfirmed


def test_a_charge_by_a_clause_that_nobody_wrote_is_a_review() -> None:
    """An adverse clause of our own making rests on itself: unconfirmed, until it is law."""
    text = text_of(SHARE)
    half = text.split("- id: device.share.over_60_half")[1].split("- id:")[0]
    ours = text.replace(half, half.replace("basis: seed", "basis: assumption"))
    report = check("simen", texts={SHARE: ours})
    assert report.adverse_on_unconfirmed == 0
    assert any("needs_review" in problem for problem in report.problems)
