"""Who should act in these days and has not: the list from which somebody goes and rings a bell.

Nobody is listed because a day is near, but because deciding again says so: the device rule is
asked for the same person once as if they acted and once as if they let the days pass, and only
where acting comes out better is the person on the list. Random ids only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from sizhu_rules.care.expiries import expiry
from sizhu_rules.care.expiry.expiry import Due, ExpiryFacts, due_of
from sizhu_rules.eligibility.device.facts import EVERY_CATEGORY, DeviceFacts
from sizhu_rules.engine.verdict import PRECEDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sizhu_rules.care.expiry.expiry import Kind
    from sizhu_rules.care.register import RegisterRow, Span
    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.verdict import Result
    from sizhu_rules.reasons import Reason

What = Literal["apply", "renew_certificate", "renew_status", "apply_again"]
_ONE_DAY: Final = timedelta(days=1)
_LAPSING: Final = ("valid", "expired")
# Nobody rings at the door of who has died; who moved away acts elsewhere.
_NOT_HERE: Final = ("deceased", "moved")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One person, one thing to do, and what the device rule says with and without it.

    `due` is the last good day (for `apply_again` the last day of the old device's life, after
    which a new one may be asked for); None where it is over and nobody knows since when.
    `waiting` is what comes out if the days pass (for `apply_again`: while the life still ran).
    """

    due: date | None
    person_id: str
    village_id: str | None
    what: What
    acting: Decision
    waiting: Decision
    reason: Reason

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready; of the decisions only what comes out, nothing that was read."""
        return {
            "due": None if self.due is None else self.due.isoformat(),
            "person_id": self.person_id,
            "village_id": self.village_id,
            "what": self.what,
            "acting": _result(self.acting),
            "waiting": _result(self.waiting),
            "clause": self.reason.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Proactive:
    """The list, the most urgent first, and its counts.

    `counts` by what is to be done; `people` is how many are on the list, `rows` how many were
    looked at; `unknown` how many of them lack the birth date or the certificate's end, so that
    something may be due that nobody can see.
    """

    suggestions: tuple[Suggestion, ...]
    counts: Mapping[str, int]
    people: int
    rows: int
    unknown: int

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "suggestions": [one.to_dict() for one in self.suggestions],
            "counts": dict(self.counts),
            "people": self.people,
            "rows": self.rows,
            "unknown": self.unknown,
        }


def proactive(rows: Iterable[RegisterRow], span: Span, policy: Policy) -> Proactive:
    """List who should act within the span and has not, under a policy; sorted by the day due.

    What lapsed before the span and was not renewed is listed as well: it is still to be done. Who
    has died or moved away is never listed.
    """
    found: list[Suggestion] = []
    number = unknown = 0
    for row in rows:
        number += 1
        here = row.certificate_status not in _NOT_HERE
        unknown += here and (row.birth_date is None or row.certificate_valid_to is None)
        found += _suggestions(row, span, policy)
    found.sort(key=lambda one: (one.due or date.min, one.person_id, one.what))
    return Proactive(
        suggestions=tuple(found),
        counts=dict(sorted(Counter(one.what for one in found).items())),
        people=len({one.person_id for one in found}),
        rows=number,
        unknown=unknown,
    )


def _suggestions(row: RegisterRow, span: Span, policy: Policy) -> Iterator[Suggestion]:
    if row.certificate_status in _NOT_HERE:
        return
    look = _Look(row, span, policy)
    if look.numbers:  # else no law of expiries is in force
        yield from _before_60(look)
        yield from _certificate(look)
        yield from _status(look)
        yield from _devices(look)


def _before_60(look: _Look) -> Iterator[Suggestion]:
    row, span = look.row, look.span
    age = look.due("age_60", row.birth_date)
    if row.applied or age is None or age.due > span.last or age.latest < span.first:
        return
    acting = look.applies(span.first)
    waiting = look.applies(max(look.after, age.latest + _ONE_DAY))
    # By one way of counting the birthday itself is still in time: then it is the last chance.
    due = age.due if age.due >= span.first else age.latest
    facts = ExpiryFacts(kind="age_60", starts_on=row.birth_date, as_of=age.due)
    yield from look.listed("apply", due, facts, acting, waiting)


def _certificate(look: _Look) -> Iterator[Suggestion]:
    status, ends = look.row.certificate_status, look.row.certificate_valid_to
    if status not in _LAPSING:
        return
    kept = look.applies(look.after, certificate_valid_to=look.after)
    lost = look.applies(look.after, certificate_status=status, certificate_valid_to=ends)
    over = ends is not None and ends <= look.span.last
    judged = max(look.span.first, ends) if ends is not None and over else look.span.first
    # A certificate may be marked expired without a day: any past day leads to its clause.
    start = ends if over else look.span.first - _ONE_DAY
    facts = ExpiryFacts(kind="certificate", starts_on=start, as_of=judged)
    due = ends if over else None
    yield from look.listed("renew_certificate", due, facts, kept, lost)


def _status(look: _Look) -> Iterator[Suggestion]:
    ends = look.row.household_valid_to
    if not isinstance(ends, date) or ends > look.span.last:
        return
    kept, lost = look.applies(look.after, household_valid_to=look.after), look.applies(look.after)
    today = max(look.span.first, ends)
    facts = ExpiryFacts(kind="household_end", starts_on=ends, as_of=today)
    yield from look.listed("renew_status", ends, facts, kept, lost)


def _devices(look: _Look) -> Iterator[Suggestion]:
    for device in look.row.devices:
        life = look.due("device_life", device.delivered_on, device.life_years)
        if life is None or life.due >= look.span.last or device.applied_again:
            continue
        day = max(look.span.first, life.due + _ONE_DAY)
        given = {"device_class_code": device.class_code, "device_life_years": device.life_years}
        again = look.applies(day, **given, last_delivered_on=device.delivered_on)
        before = look.applies(day, **given, last_delivered_on=day)
        facts = ExpiryFacts(
            kind="device_life",
            starts_on=device.delivered_on,
            life_years=device.life_years,
            as_of=day,
        )
        yield from look.listed("apply_again", life.due, facts, again, before)


class _Look:
    """One row, looked at under one policy for one span."""

    def __init__(self, row: RegisterRow, span: Span, policy: Policy) -> None:
        self.row = row
        self.span = span
        self.after = span.last + _ONE_DAY
        self.policy = policy
        self.rule = policy.rules["device"]
        segment = policy.rules["expiry"].segment(span.first)
        parameters = {} if segment is None else segment.parameters
        self.numbers = {name: parameter.value for name, parameter in parameters.items()}

    def due(
        self, kind: Kind, start: date | None, years: int | Literal["none"] | None = None
    ) -> Due | None:
        """Return the last good day, or None where there is none or it is unknown."""
        facts = ExpiryFacts(kind=kind, starts_on=start, life_years=years)
        due = due_of(facts, self.numbers)
        return due if isinstance(due, Due) else None

    def applies(self, day: date, **changes: Any) -> Decision:  # noqa: ANN401 - as in DeviceFacts
        """Decide an application on a day for something that fits and that they do not have.

        It is a supposition, not a fact: whatever they may ask for, nothing else is in the way.
        """
        supposed: dict[str, Any] = {
            "birth_date": self.row.birth_date,
            "submitted_on": day,
            "household_status": self.row.household_status,
            "household_valid_to": self.row.household_valid_to,
            "certificate_status": "valid",
            "certificate_valid_to": day,
            "device_life_years": "none",
            "device_allowed_categories": EVERY_CATEGORY,
            "device_cap_fen": "none",
            "device_qty": 1,
            "last_delivered_on": "never",
            "open_same_class": False,
        }
        return self.rule.decide(DeviceFacts(**{**supposed, **changes}), self.span.first)

    def listed(
        self, what: What, due: date | None, facts: ExpiryFacts, acting: Decision, waiting: Decision
    ) -> Iterator[Suggestion]:
        """Give the suggestion if acting comes out better than letting the days pass."""
        one = expiry(self.row.person_id, facts, self.policy) if better(acting, waiting) else None
        if one is not None:
            ids = (self.row.person_id, self.row.village_id)
            yield Suggestion(due, *ids, what, acting, waiting, one.reason)


def better(one: Decision, other: Decision) -> bool:
    """Tell whether a decision is surely better for the person: no sheet worse, and one better.

    Of what is unknown the worst counts for the one and the best for the other, but a sheet that
    says the same of both is a reason for neither.
    """
    ours, theirs = one.parts[2].leaves, other.parts[2].leaves
    if len(ours) != len(theirs):  # on one of the days no law was in force
        return False
    pairs = [
        (max(map(_badness, a.results)), min(map(_badness, b.results)))
        for a, b in zip(ours, theirs, strict=True)
        if a.results != b.results
    ]
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def _badness(result: Result) -> tuple[int, bool, int]:
    return PRECEDENCE.index(result.verdict), result.adverse, len(result.problems)


def _result(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "share": decision.outcome.get("share"),
        "codes": list(decision.codes),
    }
