"""Rules and moves as JSON, so that a cloud function says what the library says before submitting.

The form of a rule is the walk, not the bare table: facts are asked one by one and only as far as
needed, and an unknown is one more branch of every fact, exactly as the library decides. Equal
branches are written once. The evaluators stand in the functions' shared layer (`lib/table.js`,
`lib/moves.js`); tests prove them equal on every cell of every sheet and on every move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sizhu_rules.engine.source import Entry, compose
from sizhu_rules.moves import move_tables
from sizhu_rules.policies import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.field import Cells
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Segment
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.verdict import Result
    from sizhu_rules.engine.walk import Node

Json = dict[str, Any]


def exports(policy: Policy) -> Mapping[str, Json]:
    """Return all that the cloud functions read, by file name without `.json`.

    Every rule of the policy under its name, the moves of every kind as `moves.{kind}`, and what
    `routing/{name}/steps.yaml` says follows in time as `steps.{name}`.
    """
    rules = {name: export_rule(policy, name) for name in policy.rules}
    moves = {f"moves.{kind}": table.to_dict() for kind, table in move_tables().items()}
    return {**rules, **moves, **_steps()}


def _steps() -> dict[str, Json]:
    found = {}
    for folder in shipped().joinpath("routing").iterdir():
        file = folder.joinpath("steps.yaml")
        if file.is_file():
            name = f"routing/{folder.name}/steps.yaml"
            found[f"steps.{folder.name}"] = plain(compose(file.read_text(encoding="utf-8"), name))
    return dict(sorted(found.items()))


def plain(entry: Entry) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Return a YAML text as JSON-ready data; raises `PolicyError` for what JSON cannot say."""
    if entry.is_a("map"):
        return {key: plain(value) for key, value in entry.pairs()}
    if entry.is_a("seq"):
        return [plain(item) for item in entry.items()]
    return entry.day().isoformat() if entry.is_a("timestamp") else entry.value()


def export_rule(policy: Policy, name: str) -> Json:
    """Return the rule `name` of a policy as JSON-ready data, all its date segments included.

    Raises KeyError for a rule the policy does not have.
    """
    rule = policy.rules[name]
    return {
        "schema": 1,
        "rule": name,
        "region": policy.region,
        "version": policy.version,
        "digest": policy.digest,
        "segments": [
            {"from": start.isoformat(), **_segment(segment)}
            for start, segment in zip(rule.starts, rule.segments, strict=True)
        ],
    }


def _segment(segment: Segment | None) -> Json:
    if segment is None:
        return {"sheets": None}
    return {
        "parameters": {name: one.value for name, one in sorted(segment.parameters.items())},
        "alternatives": [
            {"parameter": name, "value": other, "sheet": position}
            for name, position, other in segment.rivals()
        ],
        "sheets": [
            _sheet(table, root) for table, root in zip(segment.tables, segment.roots, strict=True)
        ],
    }


def _sheet(table: Table, root: Node) -> Json:
    nodes: list[Json] = []
    numbers: dict[str, int] = {}

    def number(node: Node) -> int:
        written = _leaf(node)
        if written is None:
            codes = range(table.cells[node.field].known + 1)
            written = {"field": node.field, "next": [number(node.child(code)) for code in codes]}
        key = repr(written)
        if key not in numbers:
            numbers[key] = len(nodes)
            nodes.append(written)
        return numbers[key]

    return {
        "name": table.sheet.name,
        "fields": [_field(cells) for cells in table.cells],
        "root": number(root),
        "nodes": nodes,
    }


def _leaf(node: Node) -> Json | None:
    if node.fact is not None:
        return None
    return {
        "verdicts": sorted(node.verdicts),
        "codes": list(node.codes),
        "settled": None if node.settled is None else _result(node.settled),
    }


def _result(result: Result) -> Json:
    return {
        "verdict": result.verdict,
        "values": dict(result.values),
        "candidates": [dict(values) for values in result.candidates],
        "adverse": result.adverse,
    }


def _field(cells: Cells) -> Json:
    ordinary: Json = (
        {"members": list(cells.points)}
        if cells.field.kind in {"enum", "bool"}
        else {"cuts": list(cells.cuts)}
    )
    name = cells.field.name
    return {"name": name, "contradiction": cells.contradiction is not None, **ordinary}
