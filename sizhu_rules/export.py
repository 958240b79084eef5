"""A compiled rule as JSON, so that a cloud function shows the same estimate before submitting.

The form is the walk, not the bare table: facts are asked one by one and only as far as needed, and
an unknown is one more branch of every fact, exactly as the library decides. Equal branches are
written once. The evaluator stands in the functions' shared layer (`lib/table.js`); a test proves it
equal to `decide` on every cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sizhu_rules.engine.field import Cells
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Segment
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.verdict import Result
    from sizhu_rules.engine.walk import Node

Json = dict[str, Any]


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
