"""Which facts to ask for: the smallest set of raw facts that settles the answer.

"Settles" means: whatever values they turn out to have. What cannot change the answer is never
asked, however unknown it is.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.verdict import Verdict, strongest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sizhu_rules.engine.rule import Segment
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.walk import Node

MOST_ASKED: Final = 5_000
Codes = tuple[int | None, ...]
Profile = tuple[frozenset[Verdict], bool]


def smallest_missing(
    segment: Segment,
    roots: Sequence[Node],
    codes: Sequence[Codes],
    needs: Mapping[str, tuple[str, ...]],
) -> tuple[str, ...]:
    """Return the raw facts to ask for.

    `roots` begin the walks that were gone, `codes` are the cells read in each table (None: not
    read); `needs` gives for each unknown field the raw facts that settle it.
    """
    key = (tuple(roots), tuple(codes), tuple(needs.items()))
    found = segment.missing.get(key)
    if found is None:
        found = _search(list(zip(segment.tables, roots, codes, strict=True)), needs)
        if len(segment.missing) < MOST_ASKED:
            segment.missing[key] = found
    return found


def _search(
    tables: Sequence[tuple[Table, Node, Codes]], needs: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    names = tuple(needs)
    profiles: dict[tuple[int, frozenset[str]], frozenset[Profile]] = {}

    def settles(subset: Iterable[str]) -> bool:
        asked, chosen = frozenset(subset), []
        for position, (table, root, read) in enumerate(tables):
            key = (position, asked & {cells.field.name for cells in table.cells})
            if key not in profiles:
                profiles[key] = frozenset(_profiles(table, root, read, key[1]))
            chosen.append(profiles[key])
        return all(_settles(combination) for combination in product(*chosen))

    # Fields vary freely, so what two settling sets have in common settles as well: the smallest is
    # what no other answers can replace, and no set need be tried.
    asked = (name for name in names if not settles(other for other in names if other != name))
    return tuple(dict.fromkeys(raw for name in asked for raw in needs[name]))


def _profiles(table: Table, root: Node, read: Codes, ask: Iterable[str]) -> Iterable[Profile]:
    asked = set(ask)
    ranges = [
        range(cells.known)
        if cells.field.name in asked
        else (cells.known if code is None else code,)
        for cells, code in zip(table.cells, read, strict=True)
    ]
    for codes in product(*ranges):
        node = root
        while node.fact is not None:
            node = node.child(codes[node.field])
        yield node.verdicts, node.settled is not None


def _settles(profiles: Sequence[Profile]) -> bool:
    verdicts = {strongest(one) for one in product(*(verdicts for verdicts, _ in profiles))}
    if len(verdicts) > 1:
        return False
    return verdicts != {"eligible"} or all(settled for _, settled in profiles)
