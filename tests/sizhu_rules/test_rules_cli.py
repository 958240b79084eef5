"""`sizhu rules`: what a person at a terminal gets for what people really have in their files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from sizhu_cli.main import app
from sizhu_rules import PolicyError
from sizhu_rules.testing import text_of

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '{"birth_date": "1990-01-01"}'
BOM = b"\xef\xbb\xbf"


def sizhu(*arguments: object, given: bytes | None = None) -> Any:  # noqa: ANN401 - typer's own result
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"x_name": "张三"}'.encode("gbk"), "This is not UTF-8. Save the file as UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"price_fen": 1' + b"0" * 5_000 + b"}", "A number is too long"),
        (b'{"price_fen": 100, "price_fen": 200}', "A fact is stated twice. State it once."),
        (b"{'price_fen': 100}", "This is not JSON"),
    ],
)
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_line_that_cannot_be_read_stops_no_other(
    tmp_path: Path, line: bytes, says: str, way: str
) -> None:
    """Its error stands in its place, without a value; the lines around it are decided."""
    lines = BOM + GOOD.encode() + b"\r\n" + line + b"\n" + GOOD.encode()
    (tmp_path / "f.jsonl").write_bytes(lines)
    name = "-" if way == "stdin" else tmp_path / "f.jsonl"
    done = sizhu("rules", "decide", "device", "--facts", name, given=lines)
    first, middle, last = (json.loads(answer) for answer in done.stdout.splitlines())
    assert done.exit_code == 1
    assert first["verdict"] == last["verdict"] == "needs_facts"
    assert says in middle["error"]
    assert not any(value in done.stdout for value in ("张三", "0000"))
    explained = sizhu("rules", "explain", "device", "--facts", "-", given=line)
    assert (explained.exit_code, explained.stdout) == (1, "")
    assert says in explained.stderr


def test_facts_with_a_byte_order_mark_are_explained() -> None:
    """Windows editors put one before what they save as UTF-8."""
    done = sizhu("rules", "explain", "device", "--facts", "-", "--json", given=BOM + GOOD.encode())
    assert json.loads(done.stdout)["verdict"] == "needs_facts"


@pytest.mark.parametrize("command", ["export", "docs"])
def test_a_folder_that_cannot_be_written_is_said_with_its_fix(tmp_path: Path, command: str) -> None:
    """A file of that name stands there."""
    (tmp_path / "taken").write_text("")
    done = sizhu("rules", command, "--out", tmp_path / "taken")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
    assert done.stderr.endswith("Name another folder with --out.\n")


def test_a_town_s_own_folder_is_exported(tmp_path: Path) -> None:
    """What the cloud functions get is the law of the folder that decides."""
    (tmp_path / "newtown").mkdir()
    for name in ("region.yaml", "device.yaml", "points.yaml"):
        text = example(name).replace("region: example-town", "region: newtown")
        (tmp_path / "newtown" / name).write_text(text, encoding="utf-8")
    done = sizhu("rules", "export", "--out", tmp_path / "out", "--policy-dir", tmp_path,
                 "--region", "newtown")  # fmt: skip
    assert done.exit_code == 0, done.output
    exported = json.loads((tmp_path / "out" / "device.json").read_bytes())
    assert exported["region"] == "newtown"


def example(name: str) -> str:
    """Return a file of the second region."""
    return text_of(f"policy/example-town/{name}")


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("export", "--out", "x"),
        ("docs", "--out", "x"),
        ("decide", "device", "--facts", "-"),
        ("compare", "--from", "simen", "--to", "simen"),
        ("preview", "--from", "simen", "--to", "simen", "--register", "x.csv"),
    ],
)
def test_a_mistyped_policy_folder_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Otherwise `check` would praise what nobody meant."""
    with pytest.raises(PolicyError, match="no such folder of policies; correct SIZHU_POLICY_DIR"):
        CliRunner().invoke(
            app,
            ["rules", *command, "--policy-dir", str(tmp_path / "polcy")],
            catch_exceptions=False,
        )
