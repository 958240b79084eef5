"""What would change it: proposals along changeable facts, each proved better by deciding again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from sizhu_rules.engine.verdict import PRECEDENCE, badness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.engine.rule import Answer, Rule
    from sizhu_rules.engine.spec import Change, View


def would_change(
    rule: Rule, view: View, read: Facts, answer: Answer
) -> tuple[Mapping[str, object], ...]:
    """List what a person can do for a better answer, each proved by deciding again.

    `read` holds the facts that were read and no others: a promise rests on nothing else.
    """
    if answer.verdict == "needs_facts" or not rule.spec.changes:
        return ()
    changeable = [
        field.changeable
        for sheet in rule.sheets
        for field in sheet.fields
        if field.changeable is not None and view.fields.get(field.name) is not None
    ]
    found = []
    for name in dict.fromkeys(changeable):
        for change in rule.spec.changes[name](view):
            changed = replace(cast("Any", read), **dict(change.attributes))
            then = rule.decide(changed, view.known_on)
            if better(then.parts[2], answer):
                found.append(_change(change, then.verdict, then.outcome))
    return tuple(found)


def better(after: Answer, before: Answer) -> bool:
    """Tell whether nothing got worse and something better: the verdict, or a sheet's part."""
    if after.verdict == "needs_facts" or len(after.leaves) != len(before.leaves):
        return False
    pairs = list(zip(_badness(after), _badness(before), strict=True))
    return all(new <= old for new, old in pairs) and any(new < old for new, old in pairs)


def _badness(answer: Answer) -> list[tuple[int, ...]]:
    # Of the whole the verdict counts: a person gets further where a question is answered. Of each
    # sheet also the charge: an open share must not be traded for a certain half.
    sheets = [
        max((badness(result), len(result.problems)) for result in leaf.results)
        for leaf in answer.leaves
    ]
    return [(_rank(answer.verdict), answer.adverse), *sheets]


def _rank(verdict: str) -> int:
    return PRECEDENCE.index(cast("Any", verdict))


def _change(change: Change, verdict: str, outcome: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "fact": change.fact,
        "by": change.by,
        "to": change.to,
        "verdict": verdict,
        "outcome": dict(outcome),
    }
