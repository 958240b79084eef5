"""rule-engine on the share sheet: one compiled expression a line, asked in turn until one holds."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import cycle
from typing import TYPE_CHECKING, Any

from benchmarks.rules.cases import first_hit_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.rules.cases import Case, Row
    from benchmarks.rules.timing import Calls

MATCHES = "rule-engine: matches, line by line"


def absent() -> str | None:
    """Say why rule-engine cannot be measured, or None."""
    return None if find_spec("rule_engine") else "rule-engine is not installed here"


def rows(cases: Sequence[Case]) -> Calls:
    """Return rule-engine's row."""
    things = cycle([_thing(case) for case in cases])
    decided = decider()
    return {MATCHES: lambda: decided(next(things))}


def answers(cases: Sequence[Case]) -> list[str]:
    """Return what rule-engine says."""
    decided = decider()
    return [str(decided(_thing(case))) for case in cases]


def decider() -> Callable[[dict[str, Any]], str | None]:
    """Compile the lines; the function returns the answer of the first that matches."""
    import rule_engine  # noqa: PLC0415 - a peer: installed in the benchmark's environment only

    kinds = rule_engine.DataType
    context = rule_engine.Context(
        type_resolver=rule_engine.type_resolver_from_dict(
            {"age": kinds.FLOAT, "status": kinds.STRING, "lapsed": kinds.BOOLEAN}
        )
    )
    lines = [
        (rule_engine.Rule(expression(line), context=context).matches, line.answer)
        for line in first_hit_rows()
    ]

    def decided(thing: dict[str, Any]) -> str | None:
        for matches, answer in lines:
            if matches(thing):
                return answer
        return None

    return decided


def expression(line: Row) -> str:
    """Write a line in rule-engine's language; cheap tests first."""
    parts = []
    if line.low is not None:
        parts.append(f"age >= {line.low}")
    if line.high is not None:
        parts.append(f"age <= {line.high}")
    if line.lapsed is not None:
        parts.append("lapsed" if line.lapsed else "not lapsed")
    if line.statuses is not None:
        either = " or ".join(f"status == {json.dumps(status)}" for status in line.statuses)
        parts.append(f"({either})")
    return " and ".join(parts) or "true"


def _thing(case: Case) -> dict[str, Any]:
    return {"age": case.age, "status": case.status, "lapsed": case.lapsed}
