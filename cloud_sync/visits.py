"""Visits as the rules see them: one set of facts for the decision and for the day's points.

Of two visits of one volunteer at the same time only the one submitted later is in doubt, in
whatever order they are decided: what the first has earned is not taken away by a second record.
Towards a day's cap they count in the order in which they were verified: a visit that is verified
later meets those that count already, so that whoever decides it sees what the cap cuts. What
counts is read in one way for the decision and for the ledger: what one of them leaves out, the
other leaves out too.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.records.base import RecordError
from cloud_sync.records.case import CASE_FIELDS, ServiceData, parse_case
from cloud_sync.statement import _
from cloud_sync.writes import in_pieces, read_complete
from sizhu_rules import FactError, PointsFacts
from sizhu_rules.facts.calendar import SHANGHAI, civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from cloud_sync.client import CloudClient
    from cloud_sync.records.case import Case

NEVER_MADE: Final = frozenset({"draft", "withdrawn", "returned", "rejected", "declined"})
"""Statuses of records that do not stand for a visit."""
NOT_COUNTED: Final = NEVER_MADE | {"disputed"}
"""Statuses of records that earn nothing, whoever verified them."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """When a visit took place, and when its record came; `verified_at` and `rev` if it counts."""

    id: str
    submitted_at: datetime
    start: datetime
    end: datetime
    verified_at: datetime | None = None
    rev: int = 0


Spans = dict[str, list[Span]]
"""Visits by volunteer."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A visit that counts towards its day: the version of its case, and its facts."""

    case_id: str
    rev: int
    facts: PointsFacts


def visit_facts(case: Case, data: ServiceData, spans: Mapping[str, Sequence[Span]]) -> PointsFacts:
    """Gather the facts of a visit; one that does not count is as if nobody had verified it."""
    verified = None if case.status in NOT_COUNTED else data.verified_at
    if data.check_in_at is None or data.check_out_at is None or case.volunteer_id is None:
        return PointsFacts(data.check_in_at, data.check_out_at, verified)
    span = Span(case.id, case.submitted_at, data.check_in_at, data.check_out_at, verified)
    near = _near(spans.get(case.volunteer_id, ()), civil_date(span.start))
    return _facts(span, near)


def counted(spans: Sequence[Span], day: date) -> list[Counted]:
    """Return what counts of one volunteer's visits on a day (Asia/Shanghai)."""
    found: list[Counted] = []
    near = _near(spans, day)
    for span in near:
        if span.verified_at is not None and civil_date(span.start) == day:
            # What the rules cannot take is for a person, and holds up no other visit.
            with suppress(FactError):
                found.append(Counted(span.id, span.rev, _facts(span, near)))
    return found


def read_spans(client: CloudClient, wanted: Iterable[tuple[str, datetime]]) -> Spans:
    """Read the visits of volunteers around the instants at which some of theirs began."""
    found: dict[str, dict[str, Span]] = defaultdict(dict)
    days = sorted({(civil_date(at), volunteer) for volunteer, at in wanted})

    def read(piece: Sequence[tuple[date, str]]) -> None:
        # The days are sorted, so that a piece spans few of them.
        where = around({volunteer for _day, volunteer in piece}, piece[0][0], piece[-1][0])
        documents = read_complete(client, "cases", where, CASE_FIELDS)
        for volunteer, spans in spans_of(documents).items():
            found[volunteer] |= {span.id: span for span in spans}

    in_pieces(days, lambda: client.sizes.lookup, read)
    return {volunteer: list(spans.values()) for volunteer, spans in found.items()}


def around(volunteers: Iterable[str], first: date, last: date) -> dict[str, object]:
    """Return the condition of visits that may touch one of these days (Asia/Shanghai)."""
    start, end = _window(first, last)
    return {
        "kind": "service",
        "volunteerId": _.in_(sorted(volunteers)),
        "data.checkInAt": _.gte(start).and_(_.lt(end)),
    }


def spans_of(documents: Iterable[dict[str, Any]]) -> Spans:
    """Return when these visits took place; a record without both ends has no length.

    The documents must have been read with `CASE_FIELDS`: a record that is malformed elsewhere may
    stand in the way of another visit, but does not count.
    """
    found: Spans = defaultdict(list)
    for document in documents:
        data, volunteer = document.get("data"), document.get("volunteerId")
        if not isinstance(data, dict) or not isinstance(volunteer, str):
            continue
        filed, status = document.get("submittedAt"), document.get("status")
        start, end = (data.get(key) for key in ("checkInAt", "checkOutAt"))
        never_made = isinstance(status, str) and status in NEVER_MADE
        if never_made or not (
            isinstance(filed, datetime)
            and isinstance(start, datetime)
            and isinstance(end, datetime)
        ):
            continue
        found[volunteer].append(Span(document["_id"], filed, start, end, *_counts(document)))
    return found


def _counts(document: dict[str, Any]) -> tuple[datetime | None, int]:
    """Return when a visit was verified, and its version; (None, 0) for one that does not count."""
    with suppress(RecordError):
        case, data = parse_case(document)
        if case.status not in NOT_COUNTED and isinstance(data, ServiceData) and data.verified_at:
            return data.verified_at, case.rev
    return None, 0


def _facts(visit: Span, spans: Iterable[Span]) -> PointsFacts:
    filed = (visit.submitted_at, visit.id)
    overlaps = any(
        (span.submitted_at, span.id) < filed and span.start < visit.end and visit.start < span.end
        for span in spans
        if span.start < span.end
    )
    return PointsFacts(visit.start, visit.end, visit.verified_at, overlaps=overlaps)


def _near(spans: Iterable[Span], day: date) -> list[Span]:
    """Leave out what was read for other days, or a visit would depend on its company in a batch."""
    start, end = _window(day, day)
    return [span for span in spans if start <= span.start < end]


def _window(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the bounds of when visits begin that may touch one of these days."""
    return _midnight(first - _DAY), _midnight(last + 2 * _DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
