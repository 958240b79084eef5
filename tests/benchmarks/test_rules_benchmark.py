"""The benchmark runs, compares like with like, and says so when a promise is broken."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from benchmarks.rules import __main__ as benchmark
from benchmarks.rules import (
    cases,
    native,
    openfisca_peer,
    rule_engine_peer,
    timing,
    zen_peer,
)
from sizhu_rules.facts.household import STATUSES

ROOT = Path(__file__).resolve().parent.parent.parent
QUICK = ["--no-peers", "--no-batch", "--rounds", "1", "--slice", "0.0002"]


def test_our_own_rows_are_measured_without_any_peer(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--no-peers` nothing but the project is needed, and every row gets a time."""
    assert benchmark.main([*QUICK, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["microseconds"]) == {
        native.BARE,
        native.PREPARED,
        native.CLAUSES,
        native.JSON,
        native.SHEET,
        native.GENERATED,
    }
    assert all(time > 0 for time in report["microseconds"].values())
    assert report["bare_decisions"][native.BARE] == 1
    assert set(report["absent"]) == {"durable_rules", "zen-engine", "rule-engine", "OpenFisca"}


def test_the_table_names_every_row_and_what_was_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reader of the table sees what was not measured."""
    assert benchmark.main(QUICK) == 0
    printed = capsys.readouterr().out
    assert native.BARE in printed
    assert "NOT measured, zen-engine: left out by --no-peers" in printed


def test_the_cases_ask_what_is_hard() -> None:
    """Age 60, lapsed statuses, every status: what engines get wrong is among the cases."""
    given = cases.cases()
    assert {case.status for case in given if case.age == 60} == set(STATUSES)
    assert any(case.lapsed and case.age > 60 for case in given)
    assert {cases.expected(case) for case in given} == {
        "eligible 0",
        "eligible 1/2",
        "needs_review 0|1/2",
    }


def test_the_table_for_first_hit_engines_answers_every_case_and_has_no_line_too_many() -> None:
    """What the peers are given says the same as the sheet; without any one line it would not."""
    given = cases.cases()
    rows = cases.first_hit_rows()

    def right(lines: list[cases.Row]) -> bool:
        return all(
            cases.first_hit(lines, (case.age, case.status, case.lapsed)) == cases.expected(case)
            for case in given
        )

    assert right(rows)
    assert not any(right([other for other in rows if other is not row]) for row in rows)


@pytest.mark.parametrize("age", [None, 45, 60, 75])
def test_the_generated_floor_knows_unknown_facts(age: int | None) -> None:
    """The if/elif is the whole walk: what it cannot know it leaves open."""
    share = native.generated()
    assert (share(age, None, None) == "open") is (age != 45)


def test_a_wrong_answer_stops_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is timed that answers another question."""
    monkeypatch.setattr(native, "answer", lambda _case: "eligible 0")
    with pytest.raises(SystemExit, match="nothing is compared"):
        benchmark.main(QUICK)


@pytest.mark.parametrize(("peer", "kept"), [(9.9, False), (10.1, True)])
def test_a_promise_is_judged_within_the_rounds(peer: float, *, kept: bool) -> None:
    """The median of the ratios counts, not the ratio of the medians."""
    promise = benchmark.Promise("ours", 10, "theirs")
    rounds = [
        {"ours": 1.0, "theirs": peer},
        {"ours": 2.0, "theirs": 2 * peer},
        {"ours": 9.0, "theirs": 1.0},
    ]
    finding = benchmark.judge(rounds, promise)
    assert finding.found == pytest.approx(peer)
    assert finding.kept is kept
    assert timing.medians(rounds)["ours"] == 2.0


def test_a_broken_promise_gives_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make bench-rules` fails where we are slower than we say."""
    broken = benchmark.Promise(native.BARE, 1_000, native.GENERATED)
    monkeypatch.setattr(benchmark, "PROMISES", (broken,))
    assert benchmark.main(QUICK) == 1


def test_zen_and_rule_engine_get_the_same_lines() -> None:
    """Both languages say what the line says."""
    line = cases.Row(60, None, ("dibao", "dibian"), lapsed=False, answer="eligible 0")
    assert rule_engine_peer.expression(line) == (
        'age >= 60 and not lapsed and (status == "dibao" or status == "dibian")'
    )
    (_, table, _) = zen_peer.decision_table([line])["nodes"]  # type: ignore[misc] # JSON
    assert table["content"]["rules"] == [  # type: ignore[has-type] # JSON
        {
            "_id": "line0",
            "age": ">= 60",
            "status": '"dibao", "dibian"',
            "lapsed": "false",
            "answer": '"eligible 0"',
        }
    ]


def test_openfisca_stays_a_program_of_its_own() -> None:
    """AGPL: nothing of ours imports OpenFisca, and its program imports nothing of ours."""
    ours = {"sizhu_rules", "cloud_sync", "sizhu_cli", "benchmarks", "synthetic_village"}
    assert not _imports(ROOT / "benchmarks" / "openfisca_program.py") & ours
    for path in (ROOT / "benchmarks" / "rules").glob("*.py"):
        assert "openfisca_core" not in _imports(path)
    assert openfisca_peer.absent() is None or "make bench-rules" in str(openfisca_peer.absent())


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found
