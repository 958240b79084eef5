"""Visits as the rules see them: one set of facts for the decision and for the day's points.

Of two visits of one volunteer at the same time only the one submitted later is in doubt, in
whatever order they are decided: what the first has earned is not taken away by a second record.
Towards a day's cap they count in the order in which they were verified: a visit that is verified
later meets those that count already, so that whoever decides it sees what the cap cuts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.statement import _
from cloud_sync.writes import in_pieces, read_complete
from sizhu_rules import PointsFacts
from sizhu_rules.facts.calendar import SHANGHAI, civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from cloud_sync.client import CloudClient
    from cloud_sync.records.case import Case, ServiceData

NEVER_MADE: Final = frozenset({"draft", "withdrawn", "returned", "rejected", "declined"})
"""Statuses of records that do not stand for a visit."""
NOT_COUNTED: Final = NEVER_MADE | {"disputed"}
"""Statuses of records that earn nothing, whoever verified them."""
_FIELDS: Final = (
    *("volunteerId", "status", "submittedAt"),
    *("data.checkInAt", "data.checkOutAt", "data.verifiedAt"),
)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """When a visit took place, and when its record came; `verified_at` where it counts."""

    id: str
    submitted_at: datetime
    start: datetime
    end: datetime
    verified_at: datetime | None = None


Spans = dict[str, list[Span]]
"""Visits by volunteer."""

Before = Callable[[PointsFacts, Sequence[PointsFacts]], int | None]
"""How many half hours count before a visit, of others of its day."""


def visit_facts(case: Case, data: ServiceData, spans: Mapping[str, Sequence[Span]]) -> PointsFacts:
    """Gather the facts of a visit; what is in dispute counts as not verified until it is over."""
    verified = None if case.status == "disputed" else data.verified_at
    if data.check_in_at is None or data.check_out_at is None or case.volunteer_id is None:
        return PointsFacts(data.check_in_at, data.check_out_at, verified)
    span = Span(case.id, case.submitted_at, data.check_in_at, data.check_out_at, verified)
    return _facts(span, spans.get(case.volunteer_id, ()))


def with_day(facts: PointsFacts, case: Case, spans: Spans, before: Before) -> PointsFacts:
    """Add what counts already of the other visits of that volunteer's day."""
    if facts.check_in_at is None:
        return facts
    all_spans = spans.get(case.volunteer_id or "", ())
    day = civil_date(facts.check_in_at)
    others = [
        _facts(span, all_spans)
        for span in all_spans
        if span.id != case.id and span.verified_at is not None and civil_date(span.start) == day
    ]
    return replace(facts, half_hours_before=before(facts, others))


def read_spans(client: CloudClient, wanted: Iterable[tuple[str, datetime]]) -> Spans:
    """Read the visits of volunteers around the instants at which some of theirs began."""
    found: dict[str, dict[str, Span]] = defaultdict(dict)
    days = sorted({(civil_date(at), volunteer) for volunteer, at in wanted})

    def read(piece: Sequence[tuple[date, str]]) -> None:
        # The days are sorted, so that a piece spans few of them.
        where = around({volunteer for _day, volunteer in piece}, piece[0][0], piece[-1][0])
        for volunteer, spans in spans_of(read_complete(client, "cases", where, _FIELDS)).items():
            found[volunteer] |= {span.id: span for span in spans}

    in_pieces(days, lambda: client.sizes.lookup, read)
    return {volunteer: list(spans.values()) for volunteer, spans in found.items()}


def around(volunteers: Iterable[str], first: date, last: date) -> dict[str, object]:
    """Return the condition of visits that may touch one of these days (Asia/Shanghai)."""
    return {
        "kind": "service",
        "volunteerId": _.in_(sorted(volunteers)),
        "data.checkInAt": _.gte(_midnight(first - _DAY)).and_(_.lt(_midnight(last + 2 * _DAY))),
    }


def spans_of(documents: Iterable[dict[str, Any]]) -> Spans:
    """Return when these visits took place; a record without both ends has no length."""
    found: Spans = defaultdict(list)
    for document in documents:
        data, volunteer = document.get("data"), document.get("volunteerId")
        if not isinstance(data, dict) or not isinstance(volunteer, str):
            continue
        filed, status = document.get("submittedAt"), document.get("status")
        start, end, verified = (data.get(key) for key in ("checkInAt", "checkOutAt", "verifiedAt"))
        if status in NEVER_MADE or not (
            isinstance(filed, datetime)
            and isinstance(start, datetime)
            and isinstance(end, datetime)
        ):
            continue
        counts = isinstance(verified, datetime) and status not in NOT_COUNTED
        span = Span(document["_id"], filed, start, end, verified if counts else None)
        found[volunteer].append(span)
    return found


def _facts(visit: Span, spans: Iterable[Span]) -> PointsFacts:
    filed = (visit.submitted_at, visit.id)
    overlaps = any(
        (span.submitted_at, span.id) < filed and span.start < visit.end and visit.start < span.end
        for span in spans
        if span.start < span.end
    )
    return PointsFacts(visit.start, visit.end, visit.verified_at, overlaps=overlaps)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
