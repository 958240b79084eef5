"""Ten million rows: our columns beside memcpy, Polars and DuckDB, in one run: ratios, no promises.

    python benchmarks/bulk.py [--rows 10000000] [--rounds 5] [--json]

(a) Codes: the share sheet on ready columns of one byte per fact; who is compared with us says the
same sheet in its own words. (b) Parquet to Parquet: the whole device rule with verdict, share, fen,
codes and unknown facts, beside the same rule written by hand in Polars (`bulk_polars.py`), same
file, same codec, each in a process of its own. Rounds alternate; ratios are medians of the rounds'
ratios. All answers are compared, row by row. Needs polars and duckdb: what is absent is said.
Exit code 1 where answers differ or a target is missed.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.bulk_data import write
from sizhu_rules import load_policy
from sizhu_rules.bulk import bulk
from sizhu_rules.bulk.writing import CODEC, LEVEL
from sizhu_rules.engine.batch import SheetLookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.batch_columns import Numbers

KNOWN_ON = date(2024, 11, 22)
LEAST_ON_CODES = 1.0  # × Polars
LEAST_ON_FILES = 0.9  # × Polars
MOST_MEGABYTES = 2_000
OURS, MEMCPY, OURS_ONE = "ours, two threads", "memcpy of the same bytes", "ours, one thread"
OUTCOMES = ("free", "half", "needs_review", "needs_facts")


def main() -> int:
    """Measure, compare, print, and judge."""
    parser = argparse.ArgumentParser(description="Registers by column beside Polars and DuckDB.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=3, metavar=("WHO", "SOURCE", "TARGET"))
    options = parser.parse_args()
    if options.one:
        return decide_once(*options.one)
    absent = [name for name in ("polars", "duckdb") if find_spec(name) is None]
    found = {
        "rows": options.rows,
        "absent": absent,
        "codes": on_codes(options.rows, options.rounds, absent),
        "files": on_files(options.rows, options.rounds, absent),
    }
    print(json.dumps(found) if options.json else report(found))
    return 0 if well(found) else 1


def on_codes(rows: int, rounds: int, absent: list[str]) -> dict[str, Any]:
    """Time the share sheet on columns of codes."""
    segment = load_policy("simen").rules["device"].latest()
    sheet = SheetLookup(segment.tables[0], segment.roots[0])
    if sheet.sizes != (5, 7, 3):
        raise SystemExit("the share sheet has other cells now: write its twins here anew")
    chance = np.random.default_rng(20261124)
    codes = [chance.integers(0, size, rows, dtype=np.uint8) for size in sheet.sizes]
    bytes_in = np.concatenate(codes)
    copy = np.empty_like(bytes_in)
    ways: dict[str, Callable[[], object]] = {
        MEMCPY: lambda: np.copyto(copy, bytes_in),
        OURS: lambda: sheet.decide(codes, threads=2),
        OURS_ONE: lambda: sheet.decide(codes),
    }
    outcome = np.array([outcome_of(ending) for ending in sheet.endings], dtype=np.uint8)
    wanted = outcome[sheet.decide(codes)]
    same = {}
    others = ({} if "polars" in absent else polars_ways(codes)) | (
        {} if "duckdb" in absent else duckdb_ways(codes)
    )
    for name, way in others.items():
        same[name] = bool((np.asarray(way()) == wanted).all())
    times = alternate({**ways, **others}, rounds)
    return {
        "million_rows_per_second": {
            name: round(rows / median(many) / 1e6) for name, many in times.items()
        },
        "times_slower_than_memcpy": ratios(times, MEMCPY),
        "ours_against": {
            name: round(median(b / a for a, b in zip(times[OURS], many, strict=True)), 2)
            for name, many in times.items()
        },
        "same_answers": same,
    }


def outcome_of(ending: Any) -> int:  # noqa: ANN401 - an ending
    """Return what a person gets where a walk ends."""
    verdicts = sorted(ending.leaf.verdicts)
    if ending.leaf.settled is None:
        return OUTCOMES.index("needs_facts" if len(verdicts) > 1 else verdicts[0])
    values = dict(ending.leaf.settled.values)
    names = {"0": "free", "1/2": "half"}
    return OUTCOMES.index(names.get(str(values.get("share")), verdicts[0]))


def polars_ways(codes: list[Numbers]) -> dict[str, Callable[[], object]]:
    """The sheet in Polars: conditions, as one would write them, and a gather from a table."""
    import polars as pl  # noqa: PLC0415 - optional
    from polars import col, lit  # noqa: PLC0415 - optional

    frame = pl.DataFrame(dict(zip(("age", "status", "lapsed"), codes, strict=True)))
    age, status, lapsed = col("age"), col("status"), col("lapsed")
    benefit = (status >= 1) & (status <= 3)
    other = (status == 4) | (status == 5) | (benefit & (lapsed == 1))
    doubt = other | (status == 0) | ((status == 6) & (lapsed == 1))
    number = [lit(place, pl.UInt8) for place in range(len(OUTCOMES))]
    conditions = (
        pl.when((age == 0) | (benefit & (lapsed == 0)))
        .then(number[0])
        .when((age == 2) & (status == 0))
        .then(number[1])
        .when((((age == 1) | (age == 3)) & doubt) | ((age == 2) & other))
        .then(number[2])
        .otherwise(number[3])
    )
    cells = np.array(
        [[a, s, x] for a in range(5) for s in range(7) for x in range(3)], dtype=np.uint8
    )
    small = pl.DataFrame(cells, schema=["age", "status", "lapsed"], orient="row")
    table = pl.lit(small.select(conditions).to_series())
    gathered = table.gather(age.cast(pl.UInt32) * 21 + status * 3 + lapsed)
    return {
        "Polars, when/then": lambda: frame.lazy().select(conditions).collect().to_series(),
        "Polars, gather": lambda: frame.lazy().select(gathered).collect().to_series(),
    }


def duckdb_ways(codes: list[Numbers]) -> dict[str, Callable[[], object]]:
    """The sheet in SQL, over Arrow columns."""
    import duckdb  # noqa: PLC0415 - optional

    database = duckdb.connect()
    table = pa.table(dict(zip(("age", "status", "lapsed"), map(pa.array, codes), strict=True)))
    database.register("cases", table)
    other = "status in (4, 5) or (status between 1 and 3 and lapsed = 1)"
    query = f"""
        select cast(case
            when age = 0 or (status between 1 and 3 and lapsed = 0) then 0
            when age = 2 and status = 0 then 1
            when age in (1, 3) and ({other} or status = 0 or (status = 6 and lapsed = 1)) then 2
            when age = 2 and ({other}) then 2
            else 3 end as utinyint) as outcome
        from cases"""  # noqa: S608 - no input of anybody in it
    return {"DuckDB, over Arrow": lambda: database.sql(query).to_arrow_table()["outcome"]}


def on_files(rows: int, rounds: int, absent: list[str]) -> dict[str, Any]:
    """Time the whole rule, Parquet to Parquet, each time in a new process."""
    who = ["ours", *(["polars"] if "polars" not in absent else [])]
    times: dict[str, list[float]] = {name: [] for name in who}
    peaks = dict.fromkeys(who, 0)
    with TemporaryDirectory() as folder:
        source = Path(folder, "register.parquet")
        write(source, rows, CODEC, LEVEL)
        targets = {name: Path(folder, name, "register.parquet") for name in who}
        for target in targets.values():
            target.parent.mkdir()
        for _ in range(rounds):
            for name, target in targets.items():
                command = [sys.executable, __file__, "--one", name, str(source), str(target)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                measured = json.loads(done.stdout)
                times[name].append(measured["seconds"])
                peaks[name] = max(peaks[name], measured["megabytes"])
        found: dict[str, Any] = {
            "codec": f"{CODEC} {LEVEL}",
            "seconds": {name: round(median(many), 2) for name, many in times.items()},
            "peak_megabytes": peaks,
            "output_megabytes": {
                name: target.stat().st_size >> 20 for name, target in targets.items()
            },
        }
        if len(who) > 1:
            pairs = zip(times["ours"], times["polars"], strict=True)
            found["ours_against_polars"] = round(median(b / a for a, b in pairs), 2)
            found["same_answers"] = same_files(*targets.values())
    return found


def decide_once(who: str, source: str, target: str) -> int:
    """Decide a register once, in this process; prints the seconds and the peak of memory."""
    if who == "polars":
        from benchmarks import bulk_polars  # noqa: PLC0415 - optional

        started = perf_counter()
        bulk_polars.decide(Path(source), Path(target), CODEC, LEVEL)
    else:
        started = perf_counter()
        bulk(Path(source), Path(target).parent, rule="device", known_on=KNOWN_ON)
    seconds = perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({"seconds": seconds, "megabytes": peak}))
    return 0


def same_files(one: Path, other: Path) -> bool:
    """Tell whether two outputs say the same of every row, in the same order."""
    with pq.ParquetFile(one) as first, pq.ParquetFile(other) as second:
        rest = second.iter_batches(1 << 18)
        left = pa.table({})
        for batch in first.iter_batches(1 << 18):
            while left.num_rows < batch.num_rows:
                more = pa.Table.from_batches([plain(next(rest))])
                left = pa.concat_tables([left, more]) if left.num_rows else more
            mine = pa.Table.from_batches([plain(batch)])
            if not mine.equals(left.slice(0, batch.num_rows).select(mine.column_names)):
                return False
            left = left.slice(batch.num_rows)
    return not left.num_rows and next(rest, None) is None


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with text as text, however it is stored."""
    columns = {
        name: column.cast(pa.string())
        if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type)
        else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }
    return pa.RecordBatch.from_pydict(columns)


def alternate(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time every way in turn, so that what else the machine does meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            slices = []
            for _ in range(3):
                started = perf_counter()
                way()
                slices.append(perf_counter() - started)
            times[name].append(min(slices))
    return times


def ratios(times: dict[str, list[float]], base: str) -> dict[str, float]:
    """Return how many times longer each took than the base, round by round."""
    return {
        name: round(median(a / b for a, b in zip(many, times[base], strict=True)), 1)
        for name, many in times.items()
    }


def well(found: dict[str, Any]) -> bool:
    """Tell whether all answers agree and all targets are met."""
    codes, files = found["codes"], found["files"]
    polars = [r for name, r in codes["ours_against"].items() if name.startswith("Polars")]
    return (
        all(codes["same_answers"].values())
        and files.get("same_answers", True)
        and min(polars, default=LEAST_ON_CODES) >= LEAST_ON_CODES
        and files.get("ours_against_polars", LEAST_ON_FILES) >= LEAST_ON_FILES
        and files["peak_megabytes"]["ours"] <= MOST_MEGABYTES
    )


def report(found: dict[str, Any]) -> str:
    """Return the tables as text."""
    codes, files = found["codes"], found["files"]
    lines = [
        f"{found['rows']:,} rows, Python {sys.version.split()[0]}",
        "",
        "(a) codes of the sheet",
    ]
    lines.append(f"{'':28}{'M rows/s':>10}{'x memcpy':>10}{'ours is':>10}{'same':>8}")
    for name, speed in codes["million_rows_per_second"].items():
        slower, ours = codes["times_slower_than_memcpy"][name], codes["ours_against"][name]
        same = {True: "yes", False: "NO", None: ""}[codes["same_answers"].get(name)]
        lines.append(f"{name:28}{speed:>10,}{slower:>10}{ours:>9}x{same:>8}")
    lines += ["", f"(b) Parquet to Parquet, {files['codec']}"]
    lines.append(f"{'':28}{'seconds':>10}{'peak MB':>10}{'file MB':>10}")
    for name, seconds in files["seconds"].items():
        peak, size = files["peak_megabytes"][name], files["output_megabytes"][name]
        lines.append(f"{name:28}{seconds:>10}{peak:>10,}{size:>10}")
    if "ours_against_polars" in files:
        same = "the same answers" if files["same_answers"] else "DIFFERENT ANSWERS"
        lines.append(f"ours is {files['ours_against_polars']}x as fast as Polars by hand; {same}")
    lines += [f"{name} was NOT measured: it is not installed" for name in found["absent"]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
