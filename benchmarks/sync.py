"""10 000 pending cases, 30 ms added to every call: how near is the worker to the network's limit.

Run `make bench-sync`. The emulator and the worker are processes of their own; every case has its
own person, household and account. Prints calls per 1 000 cases and which share of the elapsed time
is nothing but waiting for the network: what is left is all that better code could still win.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cloud_emulator import Emulator
from cloud_sync.schema import read_schema
from synthetic_village import many_cases

DELAY_MS = 30


def post(url: str, path: str, body: object) -> None:
    """Call the emulator's control door."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        answer.read()


def fill(folder: Path, cases: int) -> None:
    """Write the cases into the emulator's folder before the clock runs."""
    schema = read_schema()
    with Emulator(folder) as emulator:
        emulator.apply_schema([item.name for item in schema.collections], schema.indexes)
        rows = schema.seed | many_cases(cases).collections
        for collection, documents in rows.items():
            emulator.load(collection, documents)


def measure(cases: int, delay: int, path: str) -> dict[str, float]:
    """Fill, serve, delay, run once; the worker's report and the elapsed seconds."""
    sizhu = [sys.executable, "-m", "sizhu_cli.main"]
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), cases)
        serving = [*sizhu, "emulator", "--data", folder]
        with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as emulator:
            try:
                said = emulator.stdout.readline() if emulator.stdout else ""
                url = said.removeprefix("listening on ").strip()
                rule = {"match": {"path": path}, "skip": 0, "p": 1, "do": {"delay": delay}}
                post(url, "/_emu/faults", {"seed": 1, "rules": [rule]})
                env = {
                    **os.environ,
                    "SIZHU_API_BASE": url,
                    "SIZHU_APPID": "wx0000000000000000",
                    "SIZHU_SECRET": "emulator",
                    "SIZHU_ENV": "local",
                }
                began = time.perf_counter()
                done = subprocess.run(
                    [*sizhu, "once", "--json"], env=env, check=True, capture_output=True, text=True
                )
                elapsed = time.perf_counter() - began
            finally:
                emulator.terminate()
    return {**json.loads(done.stdout), "elapsed": elapsed}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--delay", type=int, default=DELAY_MS, help="milliseconds added per call")
    parser.add_argument("--path", default="/tcb/", help="which calls are delayed")
    options = parser.parse_args()
    report = measure(options.cases, options.delay, options.path)
    calls = report["calls"] - report["sends"]
    waiting = calls * options.delay / 1000
    print(
        f"cases                     {report['pulled']:.0f} pulled, {report['decided']:.0f} decided"
    )
    print(f"calls                     {calls:.0f} and {report['sends']:.0f} subscribe sends")
    print(f"calls per 1 000 cases     {calls * 1000 / options.cases:.1f}")
    print(f"elapsed                   {report['elapsed']:.1f} s")
    print(f"waiting for the network   {waiting:.1f} s = {waiting / report['elapsed']:.0%} of it")
    print(f"cases per second          {options.cases / report['elapsed']:.0f}")


if __name__ == "__main__":
    main()
