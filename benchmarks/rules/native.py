"""Our own rows, from the bare decision to the whole JSON, and the floor: generated if/elif."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

from benchmarks.rules.cases import KNOWN_ON, POLICY, Case, answer_of, segment, share_table
from sizhu_rules import decide
from sizhu_rules.engine.field import CONTRADICTION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.rules.timing import Calls
    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.field import Cells
    from sizhu_rules.engine.walk import Node

BARE = "sizhu: bare, whole device rule from raw facts"
PREPARED = "sizhu: the same, the rule looked up once"
CLAUSES = "sizhu: with clause results"
JSON = "sizhu: full JSON with texts and digest"
SHEET = "sizhu: the share sheet alone, from raw facts"
GENERATED = "if/elif generated from the share sheet"


def rows(cases: Sequence[Case]) -> Calls:
    """Return our rows; each call takes the next case."""
    given = cycle(case.facts for case in cases)
    told = cycle((case.age, case.status, case.lapsed) for case in cases)
    share, rule, floor = segment(), POLICY.rules["device"], generated()

    def bare() -> Decision:
        return decide("device", next(given), policy=POLICY, known_on=KNOWN_ON)

    return {
        BARE: bare,
        PREPARED: lambda: rule.decide(next(given), KNOWN_ON),
        CLAUSES: lambda: bare().clauses,
        JSON: lambda: bare().to_json(),
        SHEET: lambda: share.sheet("device.share", next(given)),
        GENERATED: lambda: floor(*next(told)),
    }


def answer(case: Case) -> str:
    """Return what the whole decision says about the share."""
    decision = decide("device", case.facts, policy=POLICY, known_on=KNOWN_ON)
    settled = decision.parts[2].leaves[0].settled
    return "open" if settled is None else answer_of(settled)


def generated() -> Callable[[int | None, str | None, bool | None], str]:
    """Compile the if/elif of the share sheet; unknown and contradicting facts are among its cases.

    It is the same walk written out as code, and gives a ready text: what an engine costs more than
    this, it costs for reasons, dates and checks.
    """
    space: dict[str, Any] = {"CONTRADICTION": CONTRADICTION}
    exec(compile(source(), "<the share sheet>", "exec"), space)  # noqa: S102 - our own code
    function: Callable[[int | None, str | None, bool | None], str] = space["share"]
    return function


def source() -> str:
    """Write the share sheet as Python."""
    root = segment().roots[0]
    return "\n".join(["def share(age, status, lapsed):", *_written(root, "    ")])


def _written(node: Node, indent: str) -> list[str]:
    if node.fact is None:
        return [f"{indent}return {_said(node)!r}"]
    cells = share_table().cells[node.field]
    name = cells.field.name.removeprefix("household.")
    branches: dict[tuple[str, ...], list[str]] = {}
    for code in _codes(cells):
        branch = tuple(_written(node.child(code), indent + "    "))
        # Equal branches are joined, but not those of numbers, which are asked in ascending order.
        key = (*branch, str(code)) if cells.cuts else branch
        branches.setdefault(key, []).append(_test(cells, name, code))
    lines = []
    for branch, tests in branches.items():
        lines += [f"{indent}if {' or '.join(tests)}:", *(branch[:-1] if cells.cuts else branch)]
    return [*lines, f"{indent}raise ValueError({name!r})"]


def _said(node: Node) -> str:
    return "open" if node.settled is None else answer_of(node.settled)


def _codes(cells: Cells) -> list[int]:
    """Unknown and contradicting come first for numbers, which cannot be compared with them."""
    ordinary = list(range(len(cells.points)))
    special = list(range(len(cells.points), cells.known + 1))
    return special + ordinary if cells.cuts else ordinary + special


def _test(cells: Cells, name: str, code: int) -> str:
    if code == cells.known:
        return f"{name} is None"
    if code == cells.contradiction:
        return f"{name} is CONTRADICTION"
    if not cells.cuts:
        sign = "is" if cells.field.kind == "bool" else "=="
        return f"{name} {sign} {cells.points[code]!r}"
    return (
        f"{name} < {cells.cuts[code]}" if code < len(cells.cuts) else f"{name} >= {cells.cuts[-1]}"
    )
