"""Which parameters decisions look at: in their sheets, derived facts and outcomes.

Of the others only the confirmation counts (they stand under `rests_on`), or they belong to a
function beside the sheets. What an outcome looks at is observed while the cases run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sizhu_rules.cases import run_case
from sizhu_rules.engine.condition import Param, tests
from sizhu_rules.engine.policy import compile_law

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.cases import Case
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.sheet import Sheet
    from sizhu_rules.engine.spec import RuleSpec, View
    from sizhu_rules.mutating.mutants import Nursery


def seen_parameters(nursery: Nursery, cases: Mapping[str, list[Case]]) -> set[str]:
    """Name the parameters whose value some decision looks at."""
    seen = {
        name
        for spec in nursery.specs
        for derived in spec.derived.values()
        for name in derived.parameters
    }
    for sheets in nursery.law.sheets.values():
        for sheet in sheets:
            seen |= set(_of_sheet(sheet))
    watched, errors = compile_law(nursery.law, [_watched(spec, seen) for spec in nursery.specs])
    if watched is None:
        raise errors[0]
    for many in cases.values():
        for case in many:
            run_case(case, watched)
    return seen


def _of_sheet(sheet: Sheet) -> Iterator[str]:
    for clause in sheet.clauses:
        operands = [one for test in tests(clause.condition) for one in test.operands]
        groups = (clause.effect.values, *clause.effect.candidates)
        values = [value for group in groups for _, value in group]
        yield from (one.name for one in (*operands, *values) if isinstance(one, Param))


def _watched(spec: RuleSpec, seen: set[str]) -> RuleSpec:
    """Let the functions of a rule look at parameters that remember it."""

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def watching(view: View, *more: object) -> object:
            return function(replace(view, parameters=_Watched(view.parameters, seen)), *more)

        return watching

    # Not the headline: what a sentence quotes decides nothing.
    changes = {name: watch(change) for name, change in spec.changes.items()}
    return replace(spec, outcome=watch(spec.outcome), changes=changes)


class _Watched(Mapping[str, "Number"]):
    def __init__(self, numbers: Mapping[str, Number], seen: set[str]) -> None:
        self._numbers = numbers
        self._seen = seen

    def __getitem__(self, name: str) -> Number:
        self._seen.add(name)
        return self._numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
