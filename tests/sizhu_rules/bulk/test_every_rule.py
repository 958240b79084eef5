"""Every rule of the registry can be decided in bulk: its own cases, as a register."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from sizhu_rules import FactError, decide, load_policy
from sizhu_rules.bulk import bulk
from sizhu_rules.bulk.deciding import flat
from sizhu_rules.cases import load_cases
from sizhu_rules.policies import rule_files
from sizhu_rules.registry import SPECS
from sizhu_rules.testing import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.engine.spec import RuleSpec

POLICY = load_policy("simen@working")
FIXED = {"row_id", "verdict", "codes", "adverse"}


def facts_of(spec: RuleSpec) -> list[Facts]:
    """Return the facts of a rule's cases that are no example of malformed ones."""
    found = []
    for case in load_cases(spec, rule_files()):
        try:
            found.append(spec.facts.from_mapping(case.facts))
        except FactError:
            continue
    return found


def cells(one: Facts) -> dict[str, str]:
    """Write facts as cells of text."""
    written = {}
    for raw in one.SCHEMA:
        value = getattr(one, raw.attribute)
        if value is not None:
            shown = raw.kind.render(value)
            written[raw.path] = shown if isinstance(shown, str) else json.dumps(shown)
    return written


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_cases_of_a_rule_come_out_of_a_register_as_they_do_alone(
    spec: RuleSpec, tmp_path: Path
) -> None:
    """By column or by row: verdict, codes, adverse, and every value of the outcome."""
    facts = facts_of(spec)
    assert facts
    with (tmp_path / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(spec.facts.paths()), restval="")
        writer.writeheader()
        writer.writerows(map(cells, facts))
        writer.writerow(dict.fromkeys(spec.facts.paths(), ""))
        facts.append(spec.facts())
    summary = bulk(
        tmp_path / "cases.csv", tmp_path / "out", rule=spec.name, known_on=TODAY, policy=POLICY
    )
    assert summary.rejected == 0
    rows = pq.read_table(tmp_path / "out" / "cases.parquet").to_pylist()
    assert len(rows) == len(facts)
    for row, one in zip(rows, facts, strict=True):
        decision = decide(spec.name, one, policy=POLICY, known_on=TODAY)
        assert row["verdict"] == decision.verdict
        assert row["codes"] == " ".join(decision.codes)
        assert row["adverse"] == decision.adverse
        wanted = flat(decision.outcome)
        for name in row.keys() - FIXED:
            assert as_json(row[name]) == as_json(wanted.get(name)), name
        # The columns of the device rule are these four; a day after is told one by one only.
        missing = {name for name, value in wanted.items() if value is not None} - row.keys()
        assert missing <= ({"next_on"} if spec.name == "device" else set())


def as_json(value: Any) -> str:  # noqa: ANN401 - what Parquet holds
    """Write a value so that 1 and true differ."""
    return json.dumps(value, ensure_ascii=False)
