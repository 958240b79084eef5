"""durable_rules on the share sheet: quiet as our adapter uses it, and plain as its manual shows it.

Both run without its wall clock, which our adapter stops: that favours durable a little.
"""

from __future__ import annotations

import json
from itertools import cycle
from typing import TYPE_CHECKING, Any

from benchmarks.rules.cases import KNOWN_ON, POLICY, Case, answer_of, segment, share_table
from sizhu_rules import decide, engines
from sizhu_rules.engine.durable import Durable, definition_json, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.rules.timing import Calls

POST = "durable_rules: one post, quiet host"
_PLAIN = "durable_rules: one post, its default host"
_WHOLE = "durable_rules: the whole device rule"
_CHECKED = "sizhu: bare and cross-checked by durable_rules"


def absent() -> str | None:
    """Say why durable_rules cannot be measured, or None."""
    return engines.available()["durable"]


def rows(cases: Sequence[Case]) -> Calls:
    """Return durable's rows; messages are ready dictionaries of integers."""
    from durable import lang  # noqa: PLC0415 - an extra: imported where it is measured

    share, quiet, plain = share_table(), Durable(), list[int]()
    messages = cycle([message_of(share, _values(case)) for case in cases])
    (name,) = quiet.rulesets(share)
    (definition,) = json.loads(definition_json(share))
    for number, rule in enumerate(definition.values()):
        rule["run"] = _record(plain, number)
    host = lang.get_host()
    host.set_rulesets({"plain": definition})
    tables = segment().tables
    whole = [(table, [cells.points[0] for cells in table.cells]) for table in tables]
    facts = cycle(case.facts for case in cases)

    def plain_post() -> object:
        plain.clear()
        return host.post("plain", dict(next(messages)))

    def checked() -> object:
        decision = decide("device", next(facts), policy=POLICY, known_on=KNOWN_ON)
        return engines.cross_check(decision)

    return {
        POST: lambda: quiet.post(name, next(messages)),
        _PLAIN: plain_post,
        _WHOLE: lambda: [quiet.fired(table, values) for table, values in whole],
        _CHECKED: checked,
    }


def answers(cases: Sequence[Case]) -> list[str]:
    """Return what durable says: the clauses that fire, and what our reading makes of them."""
    share, quiet = share_table(), Durable()
    said = {share.fired(codes): answer_of(share.result(codes)) for codes in share.ordinary()}
    return [said[quiet.fired(share, _values(case))] for case in cases]


def _values(case: Case) -> list[Any]:
    return [case.age, case.status, case.lapsed]


def _record(hits: list[int], number: int) -> Callable[[Any], None]:
    def record(_context: Any) -> None:  # noqa: ANN401 - durable's own context
        hits.append(number)

    return record
