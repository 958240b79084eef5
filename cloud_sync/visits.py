"""Visits as the rules see them: one set of facts for the decision and for the day's points.

Of two visits of one volunteer at the same time only the one submitted later is in doubt, in
whatever order they are decided: what the first has earned is not taken away by a second record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.statement import _
from cloud_sync.writes import in_pieces, read_complete
from sizhu_rules import PointsFacts
from sizhu_rules.facts.calendar import SHANGHAI, civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from cloud_sync.client import CloudClient
    from cloud_sync.records.case import Case, ServiceData

NEVER_MADE: Final = frozenset({"draft", "withdrawn", "returned", "rejected", "declined"})
"""Statuses of records that do not stand for a visit."""
_FIELDS: Final = ("volunteerId", "status", "submittedAt", "data.checkInAt", "data.checkOutAt")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """When a visit took place, and when its record came."""

    id: str
    submitted_at: datetime
    start: datetime
    end: datetime


Spans = dict[str, list[Span]]
"""Visits by volunteer."""


def visit_facts(case: Case, data: ServiceData, spans: Mapping[str, Sequence[Span]]) -> PointsFacts:
    """Gather the facts of a visit; what is in dispute counts as not verified until it is over."""
    return PointsFacts(
        check_in_at=data.check_in_at,
        check_out_at=data.check_out_at,
        verified_at=None if case.status == "disputed" else data.verified_at,
        overlaps=_overlaps(case, data, spans.get(case.volunteer_id or "", ())),
    )


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
        at = (document.get("submittedAt"), data.get("checkInAt"), data.get("checkOutAt"))
        instants = [one for one in at if isinstance(one, datetime)]
        if len(instants) == len(at) and document.get("status") not in NEVER_MADE:
            found[volunteer].append(Span(document["_id"], *instants))
    return found


def _overlaps(case: Case, data: ServiceData, spans: Iterable[Span]) -> bool | None:
    start, end = data.check_in_at, data.check_out_at
    if start is None or end is None or case.volunteer_id is None:
        return None
    mine = (case.submitted_at, case.id)
    return any(
        (span.submitted_at, span.id) < mine and span.start < end and start < span.end
        for span in spans
        if span.start < span.end
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
