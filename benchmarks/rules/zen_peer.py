"""zen-engine on the share sheet: a first-hit decision table, called in its fastest way.

Measured beforehand, microseconds: static loader 4.5; `ZenDecisionContent` behind a Python loader
4.9; `get_decision` or `create_decision`, which compile again at each call, 100; batches of its
`evaluate_batch` 6 a decision. Contexts are ready dictionaries (JSON text or bytes: the same).
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import cycle
from typing import TYPE_CHECKING

from benchmarks.rules.cases import first_hit_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.rules.cases import Case, Row
    from benchmarks.rules.timing import Calls

STATIC = "zen-engine: static loader"
CONTENT = "zen-engine: ZenDecisionContent and a loader"
TRACE = "zen-engine: static loader, with trace"
_FIELDS = ("age", "status", "lapsed")


def absent() -> str | None:
    """Say why zen-engine cannot be measured, or None."""
    return None if find_spec("zen") else "zen-engine is not installed here; use make bench-rules"


def rows(cases: Sequence[Case]) -> Calls:
    """Return zen's rows."""
    import zen  # noqa: PLC0415 - a peer: installed in the benchmark's environment only

    table = decision_table(first_hit_rows())
    content = zen.ZenDecisionContent(json.dumps(table))
    static = zen.ZenEngine({"loader": {"type": "static", "content": {"share": table}}})
    loaded = zen.ZenEngine({"loader": lambda _key: content})
    contexts = cycle([_context(case) for case in cases])
    return {
        STATIC: lambda: static.evaluate("share", next(contexts)),
        CONTENT: lambda: loaded.evaluate("share", next(contexts)),
        TRACE: lambda: static.evaluate("share", next(contexts), {"trace": True}),
    }


def answers(cases: Sequence[Case]) -> list[str]:
    """Return what zen says."""
    import zen  # noqa: PLC0415 - as above

    table = decision_table(first_hit_rows())
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"share": table}}})
    return [str(engine.evaluate("share", _context(case))["result"]["answer"]) for case in cases]


def decision_table(lines: Sequence[Row]) -> dict[str, object]:
    """Write the table as zen's JSON decision model."""
    node = {"position": {"x": 0, "y": 0}}
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": f, "name": f, "field": f, "type": "expression"} for f in _FIELDS],
        "outputs": [{"id": "answer", "name": "answer", "field": "answer", "type": "expression"}],
        "rules": [
            {"_id": f"line{n}", **_cells(line), "answer": json.dumps(line.answer)}
            for n, line in enumerate(lines)
        ],
    }
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "request", **node},
            {"id": "t", "type": "decisionTableNode", "name": "share", "content": table, **node},
            {"id": "out", "type": "outputNode", "name": "response", **node},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "t"},
            {"id": "e2", "type": "edge", "sourceId": "t", "targetId": "out"},
        ],
    }


def _cells(line: Row) -> dict[str, str]:
    ages = {
        (True, True): "",
        (True, False): f"<= {line.high}",
        (False, True): f">= {line.low}",
        (False, False): f"[{line.low}..{line.high}]",
    }
    return {
        "age": ages[line.low is None, line.high is None],
        "status": ", ".join(json.dumps(status) for status in line.statuses or ()),
        "lapsed": "" if line.lapsed is None else json.dumps(line.lapsed),
    }


def _context(case: Case) -> dict[str, object]:
    return {"age": case.age, "status": case.status, "lapsed": case.lapsed}
