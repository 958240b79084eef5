"""What a sheet says in one cell, and how several sheets' words become one verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Verdict = Literal["eligible", "not_eligible", "needs_facts", "needs_review"]

# On known facts the later beats the earlier.
PRECEDENCE: Final[tuple[Verdict, ...]] = ("eligible", "needs_review", "not_eligible")

# The values of an outcome, such as (("share", "1/2"),); JSON-ready, in the sheet's order.
Values = tuple[tuple[str, int | bool | str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a sheet says in a cell on known facts.

    `candidates` are the outcomes still possible where a person must choose; `clauses` the indices
    of the clauses that fire; `adverse`: the person pays, is refused or gets less; `rests_on` what
    the result depends on and nobody has confirmed. `problems` are the codes of a sheet that
    collects: there the list of problems is itself the outcome.
    """

    verdict: Verdict
    values: Values
    candidates: tuple[Values, ...]
    codes: tuple[str, ...]
    adverse: bool
    clauses: tuple[int, ...]
    readings: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def same_outcome(self, other: Result) -> bool:
        """Tell whether two results differ in reasons at most."""
        return self is other or self.outcome == other.outcome

    @property
    def charges(self) -> bool:
        """Whether a person gets something and pays, or gets less; a question does neither."""
        return self.verdict == "eligible" and self.adverse

    @property
    def outcome(self) -> tuple[object, ...]:
        """What a person gets: the verdict and the values, reasons aside."""
        return (self.verdict, self.values, self.candidates, self.adverse, self.problems)


def badness(result: Result) -> int:
    """Rank what a person faces: 0 nothing, 1 an open question, 2 a charge or less, 3 a refusal."""
    if result.verdict == "not_eligible":
        return 3
    if result.verdict == "needs_review":
        return 1
    return 2 if result.adverse else 0


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that beats the others: refusal, then review, then eligible."""
    return max(verdicts, key=PRECEDENCE.index)


def shared_codes(results: Iterable[Result]) -> tuple[str, ...]:
    """Return the codes that all results carry, in the order of the first."""
    first, *others = [result.codes for result in results] or [()]
    return tuple(code for code in first if all(code in other for other in others))


def possible(results: Iterable[Result]) -> tuple[Values, ...]:
    """List the values that results leave open or give, each once, in their order."""
    return distinct(v for result in results for v in (result.candidates or (result.values,)))


def distinct(many: Iterable[Values]) -> tuple[Values, ...]:
    """List values each once, those that say something."""
    return tuple(dict.fromkeys(values for values in many if values))
