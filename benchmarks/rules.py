"""One device decision beside durable_rules, in one run: ratios, not promises.

    python benchmarks/rules.py [--rounds 7] [--json]

A round times every row in turn, each as the best of several short slices, so that a moment in
which the machine does something else spoils no row; the ratio to one durable_rules `post` is taken
within the round, and the table gives the median of the rounds. Facts are typed and ready; what
durable gets is a ready dictionary. Exit code 1 where a bare decision is not at least 8 × faster
than a `post`. That `post` answers one sheet of two: the row of the whole rule shows all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sizhu_rules import DeviceFacts, decide, engines, load_policy

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_RATIO = 8
SLICE = 0.01  # seconds
SLICES = 8
KNOWN_ON = date(2024, 11, 22)
BASE = DeviceFacts(
    birth_date=date(1963, 11, 20),
    submitted_on=date(2024, 11, 21),
    household_status="none",
    household_valid_to="open_ended",
    certificate_category=4,
    certificate_grade=3,
    certificate_status="valid",
    certificate_valid_to=date(2030, 1, 1),
    device_class_code="1222",
    device_life_years=4,
    device_allowed_categories=(4,),
    device_cap_fen=120_000,
    device_qty=1,
    price_fen=120_000,
    last_delivered_on="never",
    open_same_class=False,
)
CASES = [
    replace(
        BASE,
        birth_date=date(1963, 11, 20) + timedelta(days=97 * step),
        household_status=status,
    )
    for step in range(-40, 40)
    for status in ("none", "dibao", "dibian", "tekun")
]


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description="One device decision beside durable_rules.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = native_rows()
    absent = engines.available()["durable"]
    if absent is None:
        rows |= durable_rows()
    rounds = [{name: per_call(call) for name, call in rows.items()} for _ in range(options.rounds)]
    found = {name: median(times[name] for times in rounds) for name in rows}
    ratios = {}
    if absent is None:
        ratios = {name: median(times[POST] / times[name] for times in rounds) for name in rows}
    if options.json:
        print(json.dumps({"microseconds": found, "ratios": ratios, "durable_absent": absent}))
        return 0 if absent is not None or ratios[BARE] >= LEAST_RATIO else 1
    show(found, ratios)
    if absent is not None:
        print(f"durable_rules was NOT measured: {absent}")
        return 0
    print(f"bare decision: {ratios[BARE]:.1f} x durable_rules post ({LEAST_RATIO} wanted)")
    return 0 if ratios[BARE] >= LEAST_RATIO else 1


BARE = "native, bare: typed facts in, Decision out"
POST = "durable_rules post, quiet host, our share sheet"


def native_rows() -> dict[str, Callable[[], object]]:
    """Our own engine, from the bare decision to the whole JSON with its texts."""
    policy = load_policy("simen")
    facts = cycle(CASES)

    def bare() -> object:
        return decide("device", next(facts), policy=policy, known_on=KNOWN_ON)

    def verdict() -> object:
        return decide("device", next(facts), policy=policy, known_on=KNOWN_ON).verdict

    def clauses() -> object:
        return decide("device", next(facts), policy=policy, known_on=KNOWN_ON).clauses

    def whole() -> object:
        return decide("device", next(facts), policy=policy, known_on=KNOWN_ON).to_json()

    return {
        BARE: bare,
        "native, with the verdict read": verdict,
        "native, with clause results, reads, texts, digest": clauses,
        "native, full JSON": whole,
    }


def durable_rows() -> dict[str, Callable[[], object]]:
    """durable_rules on our share sheet, quiet as we use it and plain as its manual shows it.

    Both without its wall clock, which our adapter stops: that favours durable a little.
    """
    from durable import lang  # noqa: PLC0415 - an extra

    from sizhu_rules.engine.durable import Durable, definition_json, message_of  # noqa: PLC0415 - an extra

    policy = load_policy("simen")
    segment = policy.rules["device"].segment(KNOWN_ON)
    if segment is None:
        raise SystemExit("no device rule is in force; correct KNOWN_ON")
    share = segment.tables[0]
    values: list[list[Any]] = [
        [40 + n % 40, status, False]
        for n, status in enumerate(["none", "dibao", "dibian", "tekun"] * 80)
    ]
    messages = cycle([message_of(share, value) for value in values])
    quiet = Durable()
    plain: list[int] = []
    (definition,) = json.loads(definition_json(share))
    for number, rule in enumerate(definition.values()):
        rule["run"] = _record(plain, number)
    host = lang.get_host()
    host.set_rulesets({"plain": definition})
    quiet.fired(share, values[0])
    name = quiet.rulesets(share)[0]

    def post() -> object:
        return quiet.post(name, next(messages))

    def plain_post() -> object:
        plain.clear()
        return host.post("plain", dict(next(messages)))

    samples = [(table, [cells.points[0] for cells in table.cells]) for table in segment.tables]
    facts = cycle(CASES)

    def checked() -> object:
        decision = decide("device", next(facts), policy=policy, known_on=KNOWN_ON)
        return engines.cross_check(decision)

    def whole_rule() -> object:
        return [quiet.fired(table, one) for table, one in samples]

    return {
        POST: post,
        "durable_rules, whole device rule: all its rulesets": whole_rule,
        "durable_rules post, default host (background threads)": plain_post,
        "native decision + cross-check of both sheets": checked,
    }


def _record(hits: list[int], number: int) -> Callable[[Any], None]:
    def record(_context: Any) -> None:  # noqa: ANN401 - durable's own context
        hits.append(number)

    return record


def per_call(call: Callable[[], object]) -> float:
    """Return microseconds per call: the best of several slices of some milliseconds each."""
    number, spent = 1, 0.0
    while spent < SLICE:
        number *= 2
        spent = timed(call, number)
    return min(timed(call, number) for _ in range(SLICES)) / number * 1e6


def timed(call: Callable[[], object], number: int) -> float:
    """Return the seconds that so many calls take."""
    started = perf_counter()
    for _ in range(number):
        call()
    return perf_counter() - started


def show(found: dict[str, float], ratios: dict[str, float]) -> None:
    """Print the table."""
    print(f"Python {sys.version.split()[0]}, {len(CASES)} cases in turn, median of the rounds\n")
    print(f"{'':58}{'us':>9}{'per second':>13}{'x post':>9}")
    for name, microseconds in found.items():
        ratio = f"{ratios[name]:.2f}" if ratios else ""
        print(f"{name:58}{microseconds:9.2f}{1e6 / microseconds:13,.0f}{ratio:>9}")
    print()


if __name__ == "__main__":
    sys.exit(main())
