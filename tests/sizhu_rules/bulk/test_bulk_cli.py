"""`sizhu bulk` and `sizhu rules preview`: what a person at a terminal, or a program, gets."""

from __future__ import annotations

import builtins
import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sizhu_cli.bulk import Bar
from sizhu_cli.main import app
from sizhu_rules.testing import text_of, under_version

if TYPE_CHECKING:
    from pathlib import Path

ON = ["--known-on", "2024-11-22"]
LINES = "id,birth_date,submitted_on\n1,1990-01-01,2024-06-01\n2,1960-01-01,2024-06-01\n"


def sizhu(*arguments: object) -> Any:  # noqa: ANN401 - typer's own result
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_register_is_decided_and_counted(tmp_path: Path) -> None:
    """Exit code 0 where every row was decided; the JSON has the counts."""
    (tmp_path / "r.csv").write_text(LINES)
    done = sizhu("bulk", "--in", tmp_path / "r.csv", "--out", tmp_path / "out", *ON, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["rows"], found["rejected"], found["verdicts"]) == (2, 0, {"needs_facts": 2})
    again = sizhu("bulk", "--in", tmp_path / "r.csv", "--out", tmp_path / "diff", *ON, "--diff",
                  tmp_path / "out")  # fmt: skip
    assert "2 rows, 2 decided, 0 rejected, 0 written" in again.stdout
    assert "gone since the earlier run: 0" in again.stdout
    assert pq.read_metadata(tmp_path / "out" / "r.parquet").num_rows == 2


def test_rejected_rows_give_exit_code_1_and_say_where_they_are(tmp_path: Path) -> None:
    """The rest is decided all the same."""
    (tmp_path / "r.csv").write_text(LINES + "3,1990-2-30,2024-06-01\n4,1990-2-3,x\n5,,1990/6/1\n")
    done = sizhu("bulk", "--in", tmp_path / "r.csv", "--out", tmp_path / "out", *ON)
    assert done.exit_code == 1
    assert "5 rows, 2 decided, 3 rejected" in done.stdout
    fix = "write YYYY-MM-DD, or leave it out"
    assert f"birth_date: this is no day; {fix} (2 rows, the first is row 2)" in done.stdout
    assert f"submitted_on: this is no day; {fix} (1 rows, the first is row 4)" in done.stdout
    assert "_rejects" in done.stdout
    assert "1990" not in done.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rule", "devise"], "use one of device"),
        (["--known-on", "2024-02-30"], "--known-on needs a real day"),
        (["--policy", "./nowhere"], "0 regions lie in this folder"),
    ],
)
def test_what_is_wrong_with_the_command_gives_exit_code_2(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    """One sentence that ends in the fix."""
    (tmp_path / "r.csv").write_text(LINES)
    done = sizhu("bulk", "--in", tmp_path / "r.csv", "--out", tmp_path / "out", *ON, *arguments)
    assert done.exit_code == 2
    assert sentence in done.output


def test_a_preview_is_a_table_or_json(tmp_path: Path) -> None:
    """The same policy on both sides changes nothing."""
    (tmp_path / "r.csv").write_text(LINES)
    command = ("rules", "preview", "--from", "simen", "--to", "simen", "--register")
    table = sizhu(*command, tmp_path / "r.csv", *ON)
    assert table.exit_code == 0, table.output
    assert "60–69" in table.stdout
    found = json.loads(sizhu(*command, tmp_path / "r.csv", *ON, "--json").stdout)
    assert found["total"] == {"gains": 0, "loses": 0, "to_review": 0, "cost_fen": 0}
    wrong = sizhu(*command, tmp_path / "none.csv", *ON)
    assert (wrong.exit_code, "no file to decide" in wrong.output) == (2, True)


def test_without_the_extra_the_fix_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numpy and pyarrow are optional: everything else works without them."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as __import__
        if name.startswith("sizhu_rules.bulk"):
            raise ImportError(name="pyarrow")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    (tmp_path / "r.csv").write_text(LINES)
    for command in (
        ("bulk", "--in", tmp_path / "r.csv", "--out", tmp_path / "out"),
        ("rules", "preview", "--from", "a", "--to", "b", "--register", tmp_path / "r.csv"),
    ):
        done = sizhu(*command)
        assert done.exit_code == 2
        assert "pip install 'sizhu[bulk]'" in done.output


def test_the_bar_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log is no place for it."""
    with Bar() as progress:
        assert progress is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Bar() as progress:
        assert progress is not None
        progress(5, None)
        progress(5, 10)


def test_a_folder_that_cannot_be_made_is_said_with_its_fix(tmp_path: Path) -> None:
    """A file stands where its parent should be."""
    (tmp_path / "r.csv").write_text(LINES)
    done = sizhu("bulk", "--in", tmp_path / "r.csv", "--out", tmp_path / "r.csv" / "out", *ON)
    assert done.exit_code == 2
    assert done.stderr.endswith("Give a folder with room; run again.\n")


def test_the_folder_of_policies_is_that_of_all_other_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With SIZHU_POLICY_DIR set, no command decides by the numbers shipped instead."""
    town = tmp_path / "policy" / "simen"
    town.mkdir(parents=True)
    (town / "region.yaml").write_text(under_version("simen", "2030.1"), encoding="utf-8")
    (town / "device.yaml").write_text(text_of("policy/simen/device.yaml"), encoding="utf-8")
    (tmp_path / "r.csv").write_text(LINES)
    monkeypatch.setenv("SIZHU_POLICY_DIR", str(tmp_path / "policy"))
    common = (*ON, "--json")
    register = ("--in", tmp_path / "r.csv")
    plain = sizhu("bulk", *register, "--out", tmp_path / "a", *common)
    draft = sizhu("bulk", *register, "--out", tmp_path / "b", "--policy", "simen@working", *common)
    folder = sizhu(
        "bulk", *register, "--out", tmp_path / "c", "--policy", f"{town}@working", *common
    )
    for done in (plain, draft, folder):
        assert json.loads(done.stdout)["policy"]["version"] == "2030.1", done.output
    seen = sizhu("rules", "preview", "--from", "example-town", "--to", "simen", "--register",
                 tmp_path / "r.csv", *common)  # fmt: skip
    assert json.loads(seen.stdout)["to"]["version"] == "2030.1"


def test_a_village_may_be_named_as_it_likes(tmp_path: Path) -> None:
    """Its name is text, never a terminal's markup."""
    (tmp_path / "r.csv").write_text("village_id,birth_date\n[/x],1990-01-01\n[red]a,1990-01-01\n")
    done = sizhu("rules", "preview", "--from", "simen", "--to", "simen", "--register",
                 tmp_path / "r.csv", *ON)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "[/x]" in done.stdout
    assert "[red]a" in done.stdout
