"""What a change of policy would do to a register: who gains, who loses, what it costs.

Every row is decided under both policies; only sums leave this module, with small cells hidden.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sizhu_rules.bulk.comparing import BANDS, Part, bands_of, compare
from sizhu_rules.bulk.deciding import decider
from sizhu_rules.bulk.lanes import in_order
from sizhu_rules.bulk.masking import Cell, is_hidden, mask_amounts, mask_counts
from sizhu_rules.bulk.naming import named_policy
from sizhu_rules.bulk.sources import VILLAGE, find
from sizhu_rules.facts.money import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Rule

COUNTS: Final = ("gains", "loses", "to_review")
_AHEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of going from one policy to another, as it may be shown to anybody.

    `total`, `villages` and `age_bands` hold counts of people and the cost in fen; hidden cells are
    "<3" or "*". Who gains gets a better verdict, or the same one and pays less; who comes to a
    person's review is neither, until that person decides. The cost counts what is granted
    without review.
    """

    rule: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    known_on: str
    rows: int
    rejected: int
    total: Mapping[str, Cell]
    villages: Mapping[str, Mapping[str, Cell]]
    age_bands: Mapping[str, Mapping[str, Cell]]

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "schema": 1,
            "rule": self.rule,
            "from": dict(self.before),
            "to": dict(self.after),
            "known_on": self.known_on,
            "rows": self.rows,
            "rejected": self.rejected,
            "total": dict(self.total),
            "villages": {name: dict(row) for name, row in self.villages.items()},
            "age_bands": {name: dict(row) for name, row in self.age_bands.items()},
        }


def preview(
    register: Path,
    *,
    before: str | Policy,
    after: str | Policy,
    rule: str = "device",
    known_on: date,
) -> Preview:
    """Decide a register (Parquet or CSV, file or folder) under two policies and compare.

    Villages are told by the column `village_id`. Raises `BulkError`, `PolicyError`, and
    LookupError for a rule that does not exist.
    """
    rules = [_rule(one, rule) for one in (before, after)]
    sources = find(register, rules[0].spec.facts)
    sides = [decider(one, known_on) for one in rules]
    bands = bands_of(rules[0])
    found = _Counts()
    with ThreadPoolExecutor(2) as pool:
        for source in sources:
            batches = source.batches((VILLAGE,))
            for part in in_order(pool, partial(compare, sides, bands), batches, _AHEAD):
                found.add(part)
    return Preview(
        rule=rule,
        before=rules[0].identity.to_dict(),
        after=rules[1].identity.to_dict(),
        known_on=known_on.isoformat(),
        rows=found.rows,
        rejected=found.rejected,
        **_shown(found),
    )


def cost_text(cost: Cell) -> str:
    """Return a cost in yuan, hidden ones as they are."""
    return cost if isinstance(cost, str) else f"{yuan(cost)} 元"


class _Counts:
    """The sums over all batches."""

    def __init__(self) -> None:
        self.rows = 0
        self.rejected = 0
        self.villages: dict[str, Numbers] = {}
        self.bands: dict[str, Numbers] = {}

    def add(self, part: Part) -> None:
        """Add a batch."""
        self.rows += part.rows
        self.rejected += part.rejected
        for sums, more in ((self.villages, part.villages), (self.bands, part.bands)):
            for name, numbers in more.items():
                sums[name] = sums.get(name, 0) + numbers


def _rule(policy: str | Policy, name: str) -> Rule:
    named = named_policy(policy) if isinstance(policy, str) else policy
    if name not in named.rules:
        raise LookupError(f"there is no rule '{name}'; use one of {', '.join(named.rules)}")
    return named.rules[name]


def _shown(found: _Counts) -> dict[str, Any]:
    """Hide small cells; villages in order of their number, bands in that of age."""
    villages = sorted(found.villages)
    bands = [band for band in BANDS if band in found.bands]
    groups = [[found.villages[v] for v in villages], [found.bands[b] for b in bands]]
    total: dict[str, Cell] = {}
    shown: list[dict[str, list[Cell]]] = [{}, {}]
    for number, name in enumerate(COUNTS):
        counts = [[int(row[number]) for row in group] for group in groups]
        total[name], cells = mask_counts(counts)
        for columns, column in zip(shown, cells, strict=True):
            columns[name] = column
    costs, people = ([[int(row[n]) for row in group] for group in groups] for n in (3, 4))
    hidden = [
        [is_hidden(columns, row) for row in range(len(group))]
        for columns, group in zip(shown, groups, strict=True)
    ]
    total["cost_fen"], cells = mask_amounts(costs, people, hidden)
    for columns, column in zip(shown, cells, strict=True):
        columns["cost_fen"] = column
    return {
        "total": total,
        "villages": _by_row(villages, shown[0]),
        "age_bands": _by_row(bands, shown[1]),
    }


def _by_row(names: Sequence[str], columns: Mapping[str, list[Cell]]) -> dict[str, dict[str, Cell]]:
    return {
        name: {column: cells[row] for column, cells in columns.items()}
        for row, name in enumerate(names)
    }
