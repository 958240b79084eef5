"""Every cell of every exported sheet: the functions' walk comes to the leaf of the library's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules import RULES, load_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sizhu_rules.engine.field import Cells
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.walk import Node

WALK = Path(__file__).parent / "support" / "walk.js"
NODE = shutil.which("node")
CONTRADICTING: dict[str, str] = {}

pytestmark = pytest.mark.skipif(
    NODE is None and not os.environ.get("CI"),
    reason="node is not on PATH: install Node 20 or newer",
)


def _sheets() -> Iterator[tuple[dict[str, Any], Table, Node]]:
    """Every compiled sheet of the region whose tables are shipped, with its place in the export."""
    policy = load_policy("simen")
    for name, rule in policy.rules.items():
        for turn, segment in enumerate(rule.segments):
            if segment is not None:
                for position, (table, root) in enumerate(
                    zip(segment.tables, segment.roots, strict=True)
                ):
                    yield {"rule": name, "segment": turn, "sheet": position}, table, root


def _low(cells: Cells) -> list[object]:
    """One value of each cell, the lowest where there are several."""
    return [*(_number(point) for point in cells.points), *_beside(cells)]


def _high(cells: Cells) -> list[object]:
    """One value of each cell, the highest where there are several."""
    if cells.field.kind in {"enum", "bool"}:
        return _low(cells)
    return [*(cut - 1 for cut in cells.cuts), cells.field.high, *_beside(cells)]


def _number(point: object) -> object:
    return point.toordinal() if isinstance(point, date) else point


def _beside(cells: Cells) -> list[object]:
    return [None] if cells.contradiction is None else [CONTRADICTING, None]


def _by_functions(asked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    # All of them in one process: starting it takes longer than the walks.
    done = subprocess.run(
        [NODE or "node", str(WALK)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _by_library(root: Node, codes: Sequence[int]) -> Node:
    node = root
    while node.fact is not None:
        node = node.child(codes[node.field])
    return node


def _said(node: Node) -> dict[str, Any]:
    """A leaf in the words of the export, written here once more: the export has to agree."""
    one = node.settled
    return {
        "verdicts": sorted(node.verdicts),
        "codes": list(node.codes),
        "settled": one
        and {
            "verdict": one.verdict,
            "values": dict(one.values),
            "candidates": [dict(values) for values in one.candidates],
            "adverse": one.adverse,
        },
    }


def test_every_cell_of_every_sheet_comes_to_the_same_leaf() -> None:
    """Unknown and contradicting cells included, at both ends of every interval."""
    sheets = list(_sheets())
    ends = (_low, _high)
    asked = [
        {**place, "values": [end(cells) for cells in table.cells]}
        for place, table, _ in sheets
        for end in ends
    ]
    answers = iter(_by_functions(asked))
    walked = 0
    for place, table, root in sheets:
        for end in ends:
            found = next(answers)
            cells = list(product(*(range(one.known + 1) for one in table.cells)))
            assert len(found["at"]) == len(cells) == table.size
            for codes, leaf in zip(cells, found["at"], strict=True):
                node = _by_library(root, codes)
                assert found["leaves"][leaf] == _said(node), (place, end.__name__, codes)
                _check_against_clauses(table, codes, node)
                walked += 1
    assert walked == 2 * sum(table.size for _, table, _ in sheets)
    assert {place["rule"] for place, _, _ in sheets} == set(RULES)


def _check_against_clauses(table: Table, codes: Sequence[int], node: Node) -> None:
    """What the walk says on known facts is what the clauses say in that cell, walk or no walk."""
    if all(code < one.known for code, one in zip(codes, table.cells, strict=True)):
        result = table.result(codes)
        assert node.settled is not None
        assert node.settled.outcome == result.outcome
