"""`bulk` and its files: folders, ids, messy lines, runs that are killed, memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sizhu_rules import BulkError, decide, load_policy
from sizhu_rules.bulk import bulk, sources
from sizhu_rules.facts.citizen_id import make_citizen_id
from sizhu_rules.testing import TODAY
from tests.sizhu_rules.bulk.registers import rows_of, run, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sizhu_rules.bulk.registers import CsvRows, People, Typed


def test_a_folder_is_decided_file_by_file_with_running_numbers(tmp_path: Path) -> None:
    """One output for each input; numbers run on, so that each row has its own."""
    row = {"submitted_on": "2024-06-01", "birth_date": "1990-01-01"}
    for name in ("b", "a"):
        write_csv(tmp_path / "in" / f"{name}.csv", [row, {**row, "birth_date": "x"}, row])
    write_csv(tmp_path / "in" / "_draft.csv", [{"what": "ever"}])
    summary = bulk(tmp_path / "in", tmp_path / "out", rule="device", known_on=TODAY)
    assert [file.file for file in summary.files] == ["a.csv", "b.csv"]
    assert [row["row_id"] for row in rows_of(tmp_path / "out" / "a.parquet")] == [0, 2]
    assert [row["row_id"] for row in rows_of(tmp_path / "out" / "b.parquet")] == [3, 5]
    assert pq.read_table(tmp_path / "out" / "_rejects" / "b.parquet")["row_id"].to_pylist() == ["4"]
    assert json.loads((tmp_path / "out" / "_summary.json").read_text())["rejected"] == 2


def test_a_row_without_its_id_is_rejected(tmp_path: Path) -> None:
    """A decision that nobody can find again is worth nothing."""
    pq.write_table(pa.table({"id": ["a", None, "c"]}), tmp_path / "r.parquet")
    rows = run(tmp_path / "r.parquet", tmp_path / "out")
    assert [row["row_id"] for row in rows] == ["a", "c"]
    (reject,) = rows_of(tmp_path / "out" / "_rejects" / "r.parquet")
    assert (reject["row"], reject["path"]) == (1, "id")


@pytest.mark.parametrize("as_number", [True, False])
def test_identity_numbers_are_no_ids(tmp_path: Path, *, as_number: bool) -> None:
    """They would stand in every output and reject; one that looks like it by chance may stay."""
    numbers = [make_citizen_id("330299", date(1963, 11, day), 100) for day in range(1, 29)]
    numbers = [number for number in numbers if number.isdigit()]
    ids = [int(number) for number in numbers] if as_number else numbers
    pq.write_table(pa.table({"id": ids}), tmp_path / "r.parquet")
    with pytest.raises(BulkError, match="these are identity numbers; give every row a number"):
        run(tmp_path / "r.parquet", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.parquet"))
    chance = [*ids[:1], *(type(ids[0])(number) for number in range(9))]
    pq.write_table(pa.table({"id": chance}), tmp_path / "r.parquet")
    assert len(run(tmp_path / "r.parquet", tmp_path / "out")) == 10


def test_output_of_another_run_is_not_mixed_with_this_one(tmp_path: Path) -> None:
    """A folder read as a whole must hold one run: what would be left over is refused."""
    for name in ("a", "b"):
        write_csv(tmp_path / "in" / f"{name}.csv", [{"price_fen": "1"}, {"price_fen": "x"}])
    bulk(tmp_path / "in", tmp_path / "out", rule="device", known_on=TODAY)
    (tmp_path / "in" / "b.csv").unlink()
    with pytest.raises(BulkError, match=r"b\.parquet lies there from another run"):
        bulk(tmp_path / "in", tmp_path / "out", rule="device", known_on=TODAY)
    (tmp_path / "out" / "b.parquet").unlink()
    with pytest.raises(BulkError, match=r"_rejects: b\.parquet lies there"):
        bulk(tmp_path / "in", tmp_path / "out", rule="device", known_on=TODAY)
    (tmp_path / "out" / "_rejects" / "b.parquet").unlink()
    write_csv(tmp_path / "in" / "a.csv", [{"price_fen": "1"}])
    bulk(tmp_path / "in", tmp_path / "out", rule="device", known_on=TODAY)
    assert not list((tmp_path / "out" / "_rejects").iterdir())


def test_what_cannot_be_done_is_said_with_its_fix(tmp_path: Path) -> None:
    """No input, two files of one name, output among the input, no CSV, ragged lines."""
    write_csv(tmp_path / "in" / "a.csv", [{"price_fen": "1"}])
    options: dict[str, Any] = {"rule": "device", "known_on": TODAY}
    with pytest.raises(BulkError, match="no file to decide"):
        bulk(tmp_path / "nothing", tmp_path / "out", **options)
    with pytest.raises(BulkError, match="would lie among the input"):
        bulk(tmp_path / "in", tmp_path / "in", **options)
    with pytest.raises(LookupError, match="use one of device"):
        bulk(tmp_path / "in", tmp_path / "out", rule="devise", known_on=TODAY)
    pq.write_table(pa.table({"price_fen": [1]}), tmp_path / "in" / "a.parquet")
    with pytest.raises(BulkError, match="two files have this name"):
        bulk(tmp_path / "in", tmp_path / "out", **options)
    (tmp_path / "b.parquet").write_text("no Parquet")
    with pytest.raises(BulkError, match="cannot be read as Parquet"):
        bulk(tmp_path / "b.parquet", tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"price_fen,id\n1,2\n3\n4,5\n", "line 3 has 1 cells, not 2; mend it"),
        ("price_fen\n1\n泗门\n".encode("gbk"), "this is not UTF-8; save it as 'CSV UTF-8'"),
        ("birth_date,x_姓名\n1,2\n".encode("gbk"), "this is not UTF-8; save it as 'CSV UTF-8'"),
        ("birth_date\n1990-01-01\n".encode("utf-16"), "this is not UTF-8; save it as"),
        (b"birth_date;id\n1990-01-01;1\n", "save it as CSV with commas"),
        (b"330299199001010011,x\n330299196311200011,y\n", "column 1 bears the name of no fact"),
        ("张三,birth_date\n李四,1990-01-01\n".encode(), "the names of the facts in the first line"),
        ("张三,张三\n李四,李四\n".encode(), "two columns are named as column 1 is; keep one"),
        (b"", "this cannot be read as CSV with a line of names"),
    ],
)
def test_a_messy_file_is_refused_by_its_line_and_never_quoted(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    """What a spreadsheet saves: the sentence ends in the fix and holds nothing of a person."""
    (tmp_path / "odd.csv").write_bytes(content)
    with pytest.raises(BulkError) as caught:
        bulk(tmp_path / "odd.csv", tmp_path / "out", rule="device", known_on=TODAY)
    assert sentence in str(caught.value)
    assert not any(value in str(caught.value) for value in ("3302", "1990", "张三", "泗门"))
    assert not (tmp_path / "out").exists()


def test_an_odd_line_far_down_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that looks whole is left of the rows before it."""
    monkeypatch.setattr(sources, "_CSV_BLOCK", 1 << 12)
    lines = ["birth_date,id", *("1990-01-01,1" for _ in range(2_000)), "1990-01-01"]
    (tmp_path / "odd.csv").write_text("\n".join(lines))
    with pytest.raises(BulkError, match=r"odd\.csv: line 2002 has 1 cells, not 2; mend it"):
        bulk(tmp_path / "odd.csv", tmp_path / "out", rule="device", known_on=TODAY)
    assert list((tmp_path / "out").iterdir()) == []


DONATIONS = [
    {"id": "1", "directed": "person", "target_person_village_id": "330281100000"},
    {"id": "2", "directed": "person", "target_person_village_id": "none"},
    {"id": "3", "directed": "village", "target_village_id": "330281100001"},
    {"id": "4", "directed": "none", "target_village_id": ""},
    {"id": "5", "directed": "nobody"},
    {"id": "6", "directed": "", "target_person_village_id": ""},
]


def test_a_rule_without_columns_is_decided_row_by_row(tmp_path: Path) -> None:
    """In two processes, with its own outcome values in columns of their own."""
    names = ("id", "directed", "target_person_village_id", "target_village_id")
    rows = [{name: row.get(name, "") for name in names} for row in DONATIONS]
    rows = [{**row, "submitted_on": "2024-06-01"} for row in rows]
    write_csv(tmp_path / "gifts.csv", rows)
    found = run(tmp_path / "gifts.csv", tmp_path / "out", rule="donation")
    assert [row["row_id"] for row in found] == ["1", "2", "3", "4", "6"]
    for row in found:
        stated = {k: v for k, v in rows[int(row["row_id"]) - 1].items() if v and k != "id"}
        decision = decide("donation", stated, known_on=TODAY)
        route: dict[str, Any] = decision.outcome.get("route", {})  # type: ignore[assignment] # this rule's own
        assert row["verdict"] == decision.verdict
        assert row["codes"] == " ".join(decision.codes)
        assert row["route.level"] == route.get("level")
        assert row["route.village_id"] == route.get("village_id")
    assert not list((tmp_path / "out").glob(".*"))
    (reject,) = rows_of(tmp_path / "out" / "_rejects" / "gifts.parquet")
    assert (reject["row_id"], reject["path"]) == ("5", "directed")


def test_a_rule_by_row_with_moments_and_numbers(tmp_path: Path) -> None:
    """Typed moments are read as such; whole numbers of the outcome stay numbers."""
    moments = pa.array([datetime(2024, 6, 1, 1, tzinfo=UTC), None])
    later = pa.array([datetime(2024, 6, 1, 3, 10, tzinfo=UTC), None])
    table = pa.table({"check_in_at": moments, "check_out_at": later, "verified_at": later})
    pq.write_table(table, tmp_path / "visits.parquet")
    first, second = run(tmp_path / "visits.parquet", tmp_path / "out", rule="points")
    assert (first["verdict"], first["minutes"], first["half_hours"]) == ("eligible", 130, 4)
    assert (second["verdict"], second["minutes"]) == ("needs_facts", None)


SCRIPT = """
import os, signal, sys
from datetime import date
from pathlib import Path
from sizhu_rules.bulk import bulk, sources
def progress(rows, total):
    os.kill(os.getpid(), signal.SIGKILL)
source, target, kill = sys.argv[1:]
bulk(Path(source), Path(target), rule="device", known_on=date(2024, 11, 22),
     progress=progress if kill == "kill" else None)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_leaves_nothing_that_looks_whole(
    tmp_path: Path, people: People, typed_table: Typed
) -> None:
    """Killed after its first batch: no output under its name, no summary; the next run is whole."""
    pq.write_table(typed_table(people(8, 300)), tmp_path / "r.parquet")
    out = tmp_path / "out"
    for how in ("kill", "finish"):
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / "r.parquet"), str(out), how]
        done = subprocess.run(command, check=False, env={**os.environ})
        names = {path.name for path in out.iterdir() if not path.name.startswith(".")}
        if how == "kill":
            assert done.returncode == -signal.SIGKILL
            assert names == set()
            assert (out / ".r.parquet.part").exists()
        else:
            assert done.returncode == 0
            assert names == {"r.parquet", "_summary.json"}
            assert not list(out.glob(".*"))
    assert pq.read_metadata(out / "r.parquet").num_rows == 300


def test_an_earlier_whole_run_stays_until_the_next_is_whole(
    tmp_path: Path, people: People, csv_rows: CsvRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that fails half way leaves the earlier output as it was."""
    monkeypatch.setattr(sources, "_CSV_BLOCK", 4_096)
    source = write_csv(tmp_path / "r.csv", csv_rows(people(9, 200)))
    run(source, tmp_path / "out")
    before = (tmp_path / "out" / "r.parquet").read_bytes()
    with source.open("a", encoding="utf-8") as file:
        file.write("one,cell,too,few\n")
    with pytest.raises(BulkError, match="line 202 has 4 cells, not"):
        run(source, tmp_path / "out")
    assert (tmp_path / "out" / "r.parquet").read_bytes() == before
    assert not list((tmp_path / "out").glob(".*"))


# The kernel's own mark of this process: what getrusage tells begins with the memory of the parent,
# a worker of pytest that may hold a gigabyte itself.
MEASURE = """
import sys
from datetime import date
from pathlib import Path
from sizhu_rules.bulk import bulk
bulk(Path(sys.argv[1]), Path(sys.argv[2]), rule="device", known_on=date(2024, 11, 22))
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which only Linux has")
def test_memory_does_not_grow_with_the_register(
    tmp_path: Path, people: People, typed_table: Typed
) -> None:
    """Six times the rows, no more memory than a few batches; far below two gigabytes."""
    table = typed_table(people(10, 2_000)).drop_columns(["id"])
    peaks = []
    for times in (260, 1_560):
        source = tmp_path / f"{times}.parquet"
        with pq.ParquetWriter(source, table.schema) as writer:
            batch = pa.concat_tables([table] * 130)
            for _ in range(times // 130):
                writer.write_table(batch)
        command = [sys.executable, "-c", MEASURE, str(source), str(tmp_path / f"out-{times}")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 250
    assert max(peaks) < 1_000


@pytest.mark.parametrize("rule", ["device", "donation"])
@pytest.mark.parametrize("lines", ["", "2024-02-30\n2024-13-01\n"])
def test_a_register_of_which_nothing_is_left_is_written_all_the_same(
    tmp_path: Path, lines: str, rule: str
) -> None:
    """No row at all, or none that is well-formed: an output without rows, and the count."""
    (tmp_path / "r.csv").write_text(f"submitted_on\n{lines}")
    policy = load_policy("simen@working")
    summary = bulk(tmp_path / "r.csv", tmp_path / "out", rule=rule, known_on=TODAY, policy=policy)
    assert summary.rows == summary.rejected == lines.count("\n")
    assert rows_of(tmp_path / "out" / "r.parquet") == []
    again: dict[str, Any] = {
        "rule": rule,
        "known_on": TODAY,
        "policy": policy,
        "previous": tmp_path / "out",
    }
    assert bulk(tmp_path / "r.csv", tmp_path / "diff", **again).gone == 0
