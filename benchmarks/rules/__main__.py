"""Decisions beside other engines, in one run: ratios, not promises.

    make bench-rules        (python dev.py bench-rules [--rounds 7] [--json] [--no-batch])

Every engine first answers the same cases; a difference stops the benchmark. Then come rounds: in
each, all rows are timed in turn in short slices, ratios are taken within the round, and the table
gives the medians. Exit code 1 where a promise of `PROMISES` is broken. See docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.rules import (
    durable_peer,
    native,
    openfisca_peer,
    rule_engine_peer,
    timing,
    zen_peer,
)
from benchmarks.rules.cases import cases, expected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.rules.cases import Case
    from benchmarks.rules.timing import Calls

PEERS = {
    "durable_rules": durable_peer,
    "zen-engine": zen_peer,
    "rule-engine": rule_engine_peer,
}
OPENFISCA_ROWS = (1_000_000, 10_000_000)


class Promise(NamedTuple):
    """One of our rows must be so many times faster than one of a peer."""

    row: str
    times: float
    peer: str


class Finding(NamedTuple):
    """A promise and what was measured."""

    row: str
    times: float
    peer: str
    found: float
    kept: bool


class Batch(NamedTuple):
    """One population in OpenFisca: seconds to build and to calculate."""

    rows: int
    build: float
    calculate: float
    rows_per_second: float


PROMISES = (
    Promise(native.BARE, 10, durable_peer.POST),
    Promise(native.BARE, 4, zen_peer.STATIC),
    Promise(native.BARE, 4, zen_peer.CONTENT),
    Promise(native.CLAUSES, 1, zen_peer.TRACE),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the answers, measure, print, and judge."""
    parser = argparse.ArgumentParser(description="Decisions beside other rule engines.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slice", type=float, default=0.01, help="seconds of one slice")
    parser.add_argument("--json", action="store_true", help="one JSON object, without bulk.py")
    parser.add_argument("--no-peers", action="store_true", help="our own rows only")
    parser.add_argument("--no-batch", action="store_true", help="single decisions only")
    options = parser.parse_args(arguments)
    given = cases()
    about = machine()
    absent = {name: peer.absent() for name, peer in PEERS.items()}
    absent["OpenFisca"] = openfisca_peer.absent()
    if options.no_peers:
        absent = dict.fromkeys(absent, "left out by --no-peers")
    batches = []
    with ExitStack() as stack:
        openfisca = None
        if absent["OpenFisca"] is None:
            openfisca = stack.enter_context(openfisca_peer.running())
        calls = native.rows(given)
        for name, peer in PEERS.items():
            if absent[name] is None:
                calls |= peer.rows(given)
        verify(given, absent, openfisca)
        rounds = measure(calls, options.rounds, options.slice, openfisca)
        if openfisca is not None and not options.no_batch:
            batches = [batch(openfisca, rows) for rows in OPENFISCA_ROWS]
    findings = [judge(rounds, promise) for promise in PROMISES if promise.peer in rounds[0]]
    missing = {name: reason for name, reason in absent.items() if reason is not None}
    if options.json:
        report = {
            "machine": about,
            "cases": len(given),
            "rounds": options.rounds,
            "microseconds": timing.medians(rounds),
            "bare_decisions": timing.relative(rounds, native.BARE),
            "promises": [finding._asdict() for finding in findings],
            "absent": missing,
            "openfisca_batch": [one._asdict() for one in batches],
        }
        print(json.dumps(report))
    else:
        words = ", ".join(f"{name} {value}" for name, value in about.items())
        print(f"{words}; {len(given)} cases in turn, {options.rounds} rounds\n")
        show(rounds)
        explain(findings, missing, batches)
    code = 0 if all(finding.kept for finding in findings) else 1
    return code if options.no_batch or options.json else max(code, bulk())


def verify(
    given: Sequence[Case], absent: dict[str, str | None], openfisca: openfisca_peer.OpenFisca | None
) -> None:
    """Stop where an engine's answer to a case is not the sheet's."""
    floor = native.generated()
    said = {
        "sizhu": [native.answer(case) for case in given],
        "if/elif": [floor(case.age, case.status, case.lapsed) for case in given],
    }
    said |= {name: peer.answers(given) for name, peer in PEERS.items() if absent[name] is None}
    if openfisca is not None:
        said["OpenFisca"] = openfisca.answers(given)
    for engine, answers in said.items():
        for case, answer in zip(given, answers, strict=True):
            if answer != expected(case):
                raise SystemExit(
                    f"{engine} answers '{answer}' where the sheet says '{expected(case)}' (age "
                    f"{case.age}, {case.status}, lapsed {case.lapsed}): nothing is compared"
                )


def measure(
    calls: Calls, rounds: int, seconds: float, openfisca: openfisca_peer.OpenFisca | None
) -> list[dict[str, float]]:
    """Time all rows, round by round; microseconds for each."""
    found = []
    for _ in range(rounds):
        one = timing.measure_round(calls, seconds)
        if openfisca is not None:
            one[openfisca_peer.SINGLE] = openfisca.single(seconds)
        found.append(one)
    return found


def judge(rounds: list[dict[str, float]], promise: Promise) -> Finding:
    """Compare a promise with what was measured."""
    found = timing.times_faster(rounds, promise.row, promise.peer)
    return Finding(*promise, found, kept=found >= promise.times)


def machine() -> dict[str, object]:
    """Say what this was measured on, and how busy it was."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": load,
    }


def batch(openfisca: openfisca_peer.OpenFisca, rows: int) -> Batch:
    """Time OpenFisca on one large population."""
    found = openfisca.batch(rows)
    if not found["equal"]:
        raise SystemExit(f"OpenFisca's answers to {rows} rows are not those to the single cases")
    build, calculate = found["build"], found["calculate"]
    return Batch(rows, build, calculate, rows / (build + calculate))


def show(rounds: list[dict[str, float]]) -> None:
    """Print the table of single decisions."""
    print(f"{'one decision':54}{'us':>9}{'per second':>13}{'x bare':>9}")
    relative = timing.relative(rounds, native.BARE)
    for name, microseconds in sorted(timing.medians(rounds).items(), key=lambda row: row[1]):
        print(f"{name:54}{microseconds:9.2f}{1e6 / microseconds:13,.0f}{relative[name]:9.2f}")
    print()


def explain(findings: list[Finding], missing: dict[str, str], batches: list[Batch]) -> None:
    """Print which promises are kept, what was not measured, and OpenFisca's populations."""
    for finding in findings:
        word = "kept" if finding.kept else "BROKEN"
        ratio = f"{finding.found:.1f} x {finding.peer} ({finding.times} promised)"
        print(f"{word:7} {finding.row}: {ratio}")
    for name, reason in missing.items():
        print(f"NOT measured, {name}: {reason}")
    for one in batches:
        print(
            f"OpenFisca, {one.rows:,} rows: build {one.build:.2f} s, calculate "
            f"{one.calculate:.2f} s, {one.rows_per_second:,.0f} rows per second"
        )


def bulk() -> int:
    """Run the batch benchmark, a program of its own so that it starts with an empty memory."""
    program = Path(__file__).resolve().parent.parent / "bulk.py"
    if not program.exists():
        return 0
    print(flush=True)
    return subprocess.run([sys.executable, program], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
