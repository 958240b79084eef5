"""What a rule's folder brings beside its sheets: typed facts, derived facts, arithmetic, words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.raw import Facts, Recorder
    from sizhu_rules.engine.verdict import Values, Verdict


@dataclass(frozen=True, slots=True)
class Derived:
    """A field of a sheet as a function of raw facts.

    `fact(parameters)` gives the function: facts to a value, None (unknown) or CONTRADICTION.
    `reads` declares every raw fact (by path) it may look at; `check` proves it. A function that
    answers None has looked at every raw fact it could use. `parameters` are the names it takes
    from the region. `fewest(facts)`, where not all absent facts are needed, lists the smallest set
    that settles the field whatever they turn out to be.
    """

    fact: Callable[[Mapping[str, Number]], Callable[[Any], Known | None]]
    reads: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    fewest: Callable[[Any], tuple[str, ...]] | None = None

    def needs(self, facts: Facts) -> tuple[str, ...]:
        """List the absent raw facts (by path) to ask for, so that the field is settled."""
        return facts.absent(*self.reads) if self.fewest is None else self.fewest(facts)


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal along a changeable fact: what to do, and the attributes it would set."""

    fact: str
    by: str
    to: str
    attributes: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What a rule's own functions see when a decision is explained.

    `facts` records what they read. `values` are the outcome values all completions share,
    `candidates` those a person must choose from, `problems` what settled sheets that collect found;
    `ranges` the lowest and highest that each value
    of a sum can still come to; `parameters` the numbers of the segment.
    """

    facts: Recorder
    fields: Mapping[str, Known | None]
    verdict: Verdict
    values: Mapping[str, Number]
    candidates: tuple[Mapping[str, Number], ...]
    problems: tuple[str, ...]
    ranges: Mapping[str, tuple[int, int]]
    parameters: Mapping[str, Number]
    as_of: date | None
    known_on: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """The arithmetic of a decision: JSON-ready outcome, candidates, and codes of its own."""

    outcome: Mapping[str, object]
    candidates: tuple[Mapping[str, object], ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """What a rule's folder brings beside its sheets: typed facts, derived facts, arithmetic.

    `dated_by` is the raw fact that fixes whose law applies, `as_of` the day it gives. `headline`
    names the first sentence of the text and fills its blanks. `columns` is the module in which the
    rule decides many people by column (`engine/batch_columns.py`), if it does.
    """

    name: str
    folder: str
    sheets: tuple[str, ...]
    facts: type[Facts]
    derived: Mapping[str, Derived]
    dated_by: str
    as_of: Callable[[Any], date | None]
    outcome: Callable[[View], Outcome]
    headline: Callable[[View, Mapping[str, object]], tuple[str, Mapping[str, str]]]
    adverse: Callable[[Values], bool] = lambda _values: False
    changes: Mapping[str, Callable[[View], tuple[Change, ...]]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    columns: str | None = None
