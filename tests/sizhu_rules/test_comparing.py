"""Two versions compared cell by cell, and examples generated from the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sizhu_rules.comparing import compare
from sizhu_rules.examples import boundaries, flips
from sizhu_rules.testing import TODAY, amend, edited, text_of

if TYPE_CHECKING:
    from sizhu_rules import Policy
    from sizhu_rules.comparing import Difference
    from sizhu_rules.engine.table import Table

SIMEN = "policy/simen/device.yaml"


@pytest.fixture(scope="module")
def later() -> Policy:
    """Simen with the free age raised to 70."""
    return edited("simen", {SIMEN: text_of(SIMEN).replace("value: 60", "value: 70", 1)})


@pytest.fixture
def share(policy: Policy) -> Table:
    """The share sheet."""
    return policy.rules["device"].latest().tables[0]


def at(found: list[Difference], age: str, status: str) -> list[Difference]:
    """The differences that concern an age and a household status."""
    return [
        difference
        for difference in found
        if difference.where.get("age") == (age,)
        and status in difference.where.get("household.status", (status,))
    ]


def test_a_policy_does_not_differ_from_itself(policy: Policy) -> None:
    """Nothing is made up."""
    assert list(compare(policy, policy)) == []


def test_a_raised_age_says_who_gains_and_from_when(policy: Policy, later: Policy) -> None:
    """Between the two ages those who paid half pay nothing, and nobody younger or older changes."""
    found = list(compare(policy, later))
    assert {difference.sheet for difference in found} == {"device.share"}
    (gain,) = at(found, "61..69", "none")
    assert gain.direction == "better"
    assert (gain.before, gain.after) != (None, None)
    assert gain.before is not None
    assert gain.after is not None
    assert (dict(gain.before.values), dict(gain.after.values)) == ({"share": "1/2"}, {"share": "0"})
    ages = {label for difference in found for label in difference.where["age"]}
    assert ages == {"60", "61..69", "70"}


def test_a_charge_instead_of_a_question_is_worse_for_the_person(policy: Policy) -> None:
    """Confirming the reading by income turns the open case at 60 into a half."""
    found = list(compare(policy, amend(policy, readings={"boundary_60": "by_income"})))
    (charge,) = at(found, "60", "none")
    assert charge.direction == "worse"
    assert charge.after is not None
    assert charge.after.adverse


def test_other_reasons_for_the_same_result_are_told_apart(policy: Policy) -> None:
    """What a person gets did not change; the clause did."""
    found = list(compare(policy, amend(policy, readings={"boundary_60": "free"})))
    assert {difference.direction for difference in at(found, "60", "dibao")} == {
        "reasons",
        "better",
    }


def test_the_boxes_hold_every_differing_cell_once(policy: Policy, later: Policy) -> None:
    """Counted cell by cell on the finest cut, the differences are complete and do not overlap."""
    old = policy.rules["device"].latest().tables[0]
    new = later.rules["device"].latest().tables[0]
    differing = 0
    for age in (59, 60, 61, 70, 71):
        for status in old.cells[1].points:
            for lapsed in (False, True):
                results = [
                    table.result(
                        [c.code(v) for c, v in zip(table.cells, (age, status, lapsed), strict=True)]
                    )
                    for table in (old, new)
                ]
                one, other = ((r.outcome, r.codes) for r in results)
                differing += one != other
    assert sum(difference.cells for difference in compare(policy, later)) == differing


def test_a_sheet_that_one_version_lacks_is_named(policy: Policy) -> None:
    """A new rule is a difference for everybody."""
    fewer = {name: rule for name, rule in policy.rules.items() if name != "intent"}
    without = type(policy)(policy.law, policy.identity, fewer)
    (added,) = compare(without, policy)
    (removed,) = compare(policy, without)
    assert (added.sheet, added.direction) == ("intent.target", "added")
    assert (removed.sheet, removed.direction) == ("intent.target", "removed")
    assert removed.to_dict()["after"] is None


def test_every_threshold_has_its_triple(share: Table) -> None:
    """The number before, the number, the number after; at least two of them differ."""
    triples = list(boundaries(share))
    assert [triple.values for triple in triples] == [(59, 60, 61), (60, 61, 62)]
    assert all(len(set(map(repr, triple.results))) > 1 for triple in triples)


def test_every_flip_changes_one_fact_and_the_answer(policy: Policy) -> None:
    """And every clause that anything can change is flipped by some fact."""
    for rule in policy.rules.values():
        segment = rule.segment(TODAY)
        assert segment is not None
        for table in segment.tables:
            found = list(flips(table))
            for flip in found:
                assert flip.point[flip.field] != flip.to
                assert not flip.before.same_outcome(flip.after)
            if table.cells:
                assert {flip.clause for flip in found} == {b.clause.id for b in table.clauses}
