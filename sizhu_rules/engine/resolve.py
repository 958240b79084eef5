"""From the clauses that fire in one cell to what the sheet says there.

Two safeguards live here and nowhere else: an adverse result that rests on an unconfirmed value
becomes a review, and two clauses that disagree need a reading (读法).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sizhu_rules.engine.condition import (
    Comparison,
    Condition,
    Param,
    bind,
    compare,
    holds,
    tests,
)
from sizhu_rules.engine.sheet import GROUNDED, Clause
from sizhu_rules.engine.sides import applied, followed, still_possible
from sizhu_rules.engine.verdict import (
    Result,
    Values,
    badness,
    distinct,
    possible,
    shared_codes,
    strongest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sizhu_rules.engine.field import Value
    from sizhu_rules.engine.parameters import Number, Parameter, Reading


@dataclass(frozen=True, slots=True)
class BoundClause:
    """A clause on one date segment: parameters replaced by their values.

    `unconfirmed` lists what it rests on that nobody confirmed; `guards` are those comparisons of
    its condition that might come out otherwise for that reason, each with the parameters behind
    it; `result` is what it gives alone, before the safeguard of `effective`.
    """

    index: int
    clause: Clause
    condition: Condition
    parameters: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    guards: Mapping[Comparison, tuple[str, ...]]
    result: Result

    def might_fire(self, point: Mapping[str, Value]) -> bool:
        """Tell whether it fires at a point, or would if what nobody confirmed were otherwise."""

        def truth(test: Comparison) -> bool | None:
            return None if test in self.guards else compare(test, point[test.field])

        return holds(self.condition, truth) is not (not self.clause.fires_when)

    @property
    def guarded_by(self) -> tuple[str, ...]:
        """The unconfirmed parameters on which it depends whether it fires."""
        return tuple(dict.fromkeys(name for names in self.guards.values() for name in names))


class Conflict(Exception):  # noqa: N818 - caught in the compiler, which makes an Overlap of it
    """Clauses of different outcome fire together and no reading says which to follow."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        """Name the clauses."""
        super().__init__(" and ".join(clause.id for clause in clauses))
        self.clauses = clauses


def bind_clause(
    index: int,
    clause: Clause,
    parameters: Mapping[str, Parameter],
    adverse: Callable[[Values], bool],
    behind: Mapping[str, tuple[str, ...]],
) -> BoundClause:
    """Put the values of a date segment into a clause.

    `adverse` judges the values it gives; `behind` names the parameters behind a derived field.
    """
    used: list[str] = []

    def constant(value: Number | Param) -> Number:
        if isinstance(value, Param):
            used.append(value.name)
            return parameters[value.name].value
        return value

    def operand(param: Param, _test: Comparison) -> Value:
        return constant(param)

    effect = clause.effect
    condition = bind(clause.condition, operand)
    values = tuple((name, constant(value)) for name, value in effect.values)
    candidates = tuple(
        tuple((name, constant(value)) for name, value in one) for one in effect.candidates
    )
    used.extend(effect.rests_on)
    unconfirmed = [name for name in dict.fromkeys(used) if not parameters[name].confirmed]
    guards = _guards(clause.condition, condition, parameters, behind)
    unconfirmed += [name for names in guards.values() for name in names]
    if clause.basis not in GROUNDED and not effect.rests_on:
        unconfirmed.append(clause.id)
    return BoundClause(
        index=index,
        clause=clause,
        condition=condition,
        parameters=tuple(dict.fromkeys(used)),
        unconfirmed=tuple(dict.fromkeys(unconfirmed)),
        guards=guards,
        result=Result(
            verdict=effect.verdict,
            values=values,
            candidates=candidates,
            codes=(*effect.because, *((effect.code,) if effect.code else ())),
            adverse=effect.adverse or adverse(values),
            clauses=(index,),
        ),
    )


def _guards(
    written: Condition,
    bound: Condition,
    parameters: Mapping[str, Parameter],
    behind: Mapping[str, tuple[str, ...]],
) -> dict[Comparison, tuple[str, ...]]:
    found = {}
    for test, comparison in zip(tests(written), tests(bound), strict=True):
        names = [one.name for one in test.operands if isinstance(one, Param)]
        # A parameter behind a field with known alternatives is tried out when deciding; one without
        # cannot be, so that nothing adverse may rest on it.
        names += [name for name in behind.get(test.field, ()) if not parameters[name].alternatives]
        unconfirmed = tuple(name for name in names if not parameters[name].confirmed)
        if unconfirmed:
            found[comparison] = unconfirmed
    return found


def effective(clause: BoundClause, sheet: Sequence[BoundClause]) -> Result:
    """Return what a clause gives once the safeguard has seen it.

    Adverse and unconfirmed: a review, whose candidates are the favourable outcomes of the sheet
    and this one.
    """
    result = clause.result
    if not (result.adverse and clause.unconfirmed):
        return result
    return _left_to_a_person(result, sheet, clause.unconfirmed)


def beaten(result: Result, silent: Iterable[BoundClause], sheet: Sequence[BoundClause]) -> Result:
    """Return what a sheet gives, seen beside the clauses that do not fire but might.

    An adverse result rests on the kinder ones being silent: where only an unconfirmed value
    silences them it is a review.
    """
    if not result.adverse:
        return result
    kinder = [clause for clause in silent if badness(clause.result) < badness(result)]
    names = tuple(dict.fromkeys(name for clause in kinder for name in clause.guarded_by))
    return _left_to_a_person(result, sheet, names) if names else result


def _left_to_a_person(
    result: Result, sheet: Sequence[BoundClause], rests_on: tuple[str, ...]
) -> Result:
    kind = [
        other.result.values
        for other in sheet
        if other.result.verdict == "eligible" and not other.result.adverse
    ]
    return replace(
        result,
        verdict="needs_review",
        values=(),
        candidates=distinct([*kind, result.values]),
        adverse=False,
        rests_on=rests_on,
    )


def resolve_unique(
    fired: Sequence[BoundClause],
    sheet: Sequence[BoundClause],
    readings: Iterable[Reading],
    silent: Sequence[BoundClause] = (),
) -> Result:
    """Say what a sheet of hit policy `unique` gives where these clauses fire; raises Conflict.

    `silent` are those that do not fire but might (`beaten`).
    """
    results = {clause.clause.id: effective(clause, sheet) for clause in fired}
    texts = [clause.clause for clause in fired]
    speaking = applied(texts, readings)
    counting = followed(texts, speaking)
    agreed = [results[clause.id] for clause in counting]
    if any(not other.same_outcome(agreed[0]) for other in agreed):
        raise Conflict(texts)
    marks = tuple(reading.code for reading in speaking)
    clauses = tuple(clause.index for clause in fired)
    alive = still_possible(texts, speaking)
    rivals = [results[clause.id] for clause in texts if clause.id in alive]
    if any(not rival.same_outcome(agreed[0]) for rival in rivals):
        because = [code for clause in counting for code in clause.effect.because]
        return Result(
            verdict="needs_review",
            values=(),
            candidates=possible(rivals),
            codes=tuple(dict.fromkeys([*marks, *because])),
            adverse=False,
            clauses=clauses,
            readings=tuple(reading.id for reading in speaking),
            rests_on=tuple(reading.id for reading in speaking if not reading.confirmed),
        )
    codes = [code for result in agreed for code in result.codes]
    rests_on = [name for result in agreed for name in result.rests_on]
    result = replace(
        agreed[0],
        codes=tuple(dict.fromkeys([*marks, *codes])),
        clauses=clauses,
        readings=tuple(reading.id for reading in speaking),
        rests_on=tuple(dict.fromkeys(rests_on)),
    )
    return beaten(result, silent, sheet)


def resolve_first(
    fired: Sequence[BoundClause],
    sheet: Sequence[BoundClause],
    silent: Sequence[BoundClause] = (),
) -> Result:
    """Say what a sheet of hit policy `first` gives: the first clause that fires counts alone.

    `silent` are those that do not fire but might; of them those before it would have counted.
    """
    before = [clause for clause in silent if clause.index < fired[0].index]
    return beaten(effective(fired[0], sheet), before, sheet)


def resolve_sum(fired: Sequence[BoundClause], gives: Sequence[str]) -> Result:
    """Say what a sheet of hit policy `sum` gives: the numbers of all clauses that fire, added up.

    That they are whole numbers is checked before.
    """
    totals = dict.fromkeys(gives, 0)
    for clause in fired:
        for name, value in clause.result.values:
            totals[name] += int(value)
    codes = [code for clause in fired for code in clause.result.codes]
    return Result(
        verdict="eligible",
        values=tuple(totals.items()),
        candidates=(),
        codes=tuple(dict.fromkeys(codes)),
        adverse=False,
        clauses=tuple(clause.index for clause in fired),
    )


def resolve_collect(fired: Sequence[BoundClause], sheet: Sequence[BoundClause]) -> Result:
    """Say what a sheet of hit policy `collect` gives; raises Conflict.

    Problems may stand together and all are told; the clause that finds everything in order may
    stand with none of them.
    """
    results = [effective(clause, sheet) for clause in fired]
    harmless = [r for r in results if r.verdict == "eligible" and not r.adverse and not r.rests_on]
    if harmless and len(results) > 1:
        raise Conflict([clause.clause for clause in fired])
    codes = tuple(dict.fromkeys(code for result in results for code in result.codes))
    return Result(
        verdict=strongest(result.verdict for result in results),
        values=(),
        candidates=(),
        codes=codes,
        problems=codes,
        adverse=any(result.adverse for result in results),
        clauses=tuple(clause.index for clause in fired),
        rests_on=tuple(dict.fromkeys(name for r in results for name in r.rests_on)),
    )


def resolve_contradiction(results: Sequence[Result], code: str) -> Result:
    """Say what a sheet gives where a fact contradicts another, from the field's ordinary cells.

    Where the fact cannot matter it does not; else a person looks at it.
    """
    if all(result.same_outcome(results[0]) for result in results):
        return replace(
            results[0],
            codes=shared_codes(results),
            clauses=_shared(result.clauses for result in results),
            readings=(),
            rests_on=tuple(dict.fromkeys(name for r in results for name in r.rests_on)),
        )
    return Result(
        verdict="needs_review",
        values=(),
        candidates=possible(results),
        codes=(code, *shared_codes(results)),
        adverse=False,
        clauses=_shared(result.clauses for result in results),
    )


def named_parameters(clause: Clause) -> list[tuple[str, int]]:
    """List the parameters a clause names, each with the line on which it does."""
    named = [
        (operand.name, test.line or clause.line)
        for test in tests(clause.condition)
        for operand in test.operands
        if isinstance(operand, Param)
    ]
    effect = clause.effect
    constants = [value for _, value in effect.values]
    constants += [value for one in effect.candidates for _, value in one]
    named += [(value.name, effect.line) for value in constants if isinstance(value, Param)]
    named += [(name, effect.line) for name in effect.rests_on]
    return named


def _shared(clauses: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    sets = [set(one) for one in clauses]
    return tuple(sorted(set.intersection(*sets)))
