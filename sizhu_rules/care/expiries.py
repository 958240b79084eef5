"""What lapses when: the expiries of a register on one day, each with whom it asks and why.

One kind of rows after the other is turned into facts of the rule `expiry`, whose sheet says what
is due; nothing is due that no clause says. Subjects are random ids; `today` is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sizhu_rules.care.expiry.expiry import Due, ExpiryFacts, due_of
from sizhu_rules.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sizhu_rules.care.expiry.expiry import Kind
    from sizhu_rules.engine.policy import Policy


@dataclass(frozen=True, slots=True)
class Expiry:
    """One thing that is due or soon will be.

    `due` is the last good day, `latest` the last by the more generous way of counting (they differ
    for the age only); `days_left` from today to `due`, below 0 where it is over. `by` says who
    acts: person, village, system.
    """

    due: date
    subject: str
    kind: Kind
    state: str
    by: str
    latest: date
    days_left: int
    reason: Reason

    @property
    def code(self) -> str:
        """The reason code."""
        return self.reason.code

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "code": self.code,
            "subject": self.subject,
            "kind": self.kind,
            "state": self.state,
            "by": self.by,
            "due": self.due.isoformat(),
            "latest": self.latest.isoformat(),
            "days_left": self.days_left,
            "clause": self.reason.to_dict(),
        }


def expiry(subject: str, facts: ExpiryFacts, policy: Policy) -> Expiry | None:
    """Judge one dated thing; None where nothing is due, no law is in force, or a fact is missing.

    `subject` is the random id of the record. Raises ValueError for a subject that is empty.
    """
    if not subject:
        raise ValueError("the subject has no id; give the record's own random id")
    rule = policy.rules["expiry"]
    segment = None if facts.as_of is None else rule.segment(facts.as_of)
    if segment is None or facts.as_of is None or facts.kind is None:
        return None
    numbers = {name: parameter.value for name, parameter in segment.parameters.items()}
    due = due_of(facts, numbers)
    result = segment.sheet("expiry.due", facts).settled
    if result is None or not isinstance(due, Due):
        return None
    values = dict(result.values)
    if values["state"] == "none":
        return None
    (clause,) = (rule.sheets[0].clauses[index] for index in result.clauses)
    return Expiry(
        due=due.due,
        subject=subject,
        kind=facts.kind,
        state=str(values["state"]),
        by=str(values["by"]),
        latest=due.latest,
        days_left=(due.due - facts.as_of).days,
        reason=Reason(
            code=cast("str", clause.effect.code),
            id=clause.id,
            quote=clause.quote,
            source=clause.source,
            basis=clause.basis,
        ),
    )


def expiries(things: Iterable[tuple[str, ExpiryFacts]], policy: Policy) -> tuple[Expiry, ...]:
    """Judge many dated things: what is due, the longest overdue first."""
    found = (expiry(subject, facts, policy) for subject, facts in things)
    return tuple(sorted((one for one in found if one is not None), key=_order))


def _order(one: Expiry) -> tuple[date, str, str]:
    return one.due, one.kind, one.subject
