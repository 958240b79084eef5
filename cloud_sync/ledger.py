"""Step 5: points of a volunteer's day, decided in one place and written as the difference.

What a day may earn is counted over all verified visits of that volunteer and day (Asia/Shanghai)
that stand in the cloud, so that neither the order of cases nor two workers can over-award. The
ledger gets what is missing to that total under `pts:day:{volunteer}:{day}:{n}`, n being the lines
already there; a disputed visit gives a negative line. Lines are never changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.error_table import ErrorClass
from cloud_sync.errors import CloudError, Problem, RefusedError, StoppedError
from cloud_sync.outbox import Winner, earlier_visits
from cloud_sync.records.case import CASE_FIELDS
from cloud_sync.visits import Counted, around, counted, spans_of
from cloud_sync.writes import add_missing, in_pieces, read_by_ids, read_complete
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.points.ledger import (
    SERVICE_DAY,
    LedgerError,
    Line,
    day_line_id,
    next_day_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from cloud_sync.client import CloudClient
    from sizhu_rules.points import Visit

COLLECTION = "points_ledger"
_ROUNDS = 6
_FIRST_LOOK, _NEXT_LOOK = 1, 4
_BUSY: Final = Problem(
    ErrorClass.STOP_TOWN,
    "Other workers keep writing the points of the same days: stop all but one worker of "
    "this town, then run again.",
)
_TORN: Final = Problem(
    ErrorClass.BAD_RECORD,
    "A line in the middle of this day is missing in points_ledger, where lines are never taken "
    "away: restore it from the backup, then retry.",
)


@dataclass(frozen=True, slots=True, order=True)
class VolunteerDay:
    """One volunteer's civil day (Asia/Shanghai)."""

    day: date
    volunteer_id: str

    def line_id(self, number: int) -> str:
        """The `_id` of the day's n-th ledger line."""
        return day_line_id(self.volunteer_id, self.day, number)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every new line of a day carries besides its amount."""

    village_id: str | None
    rule_version: str


@dataclass
class Settled:
    """What became of days."""

    visits: dict[VolunteerDay, list[Counted]] = field(default_factory=dict)
    """What counted on each of them when it was last read."""
    refused: dict[VolunteerDay, CloudError] = field(default_factory=dict)
    """Days whose lines cannot be brought to their sum."""


def days_of(client: CloudClient, winners: Iterable[Winner]) -> dict[VolunteerDay, list[Winner]]:
    """Return the volunteer-days that these decisions touch.

    A visit that was moved to another day and submitted again touches the old day too, or that
    day's points would stay.
    """
    days: defaultdict[VolunteerDay, list[Winner]] = defaultdict(list)
    known = [winner for winner in winners if winner.case and winner.case.volunteer_id]
    again = {winner.case_id: winner for winner in known if winner.rev > 1}
    moments = [(winner, winner.check_in_at) for winner in known]
    moments += [(winner, winner.case.check_in_at) for winner in known if winner.case]
    if again:
        earlier = earlier_visits(client, sorted(again))
        moments += [(again[case_id], instant) for case_id, instant in earlier]
    for winner, instant in moments:
        if instant is not None and winner.case and winner.case.volunteer_id:
            day = VolunteerDay(civil_date(instant), winner.case.volunteer_id)
            if winner not in days[day]:
                days[day].append(winner)
    return days


def settle(
    client: CloudClient,
    days: dict[VolunteerDay, Stamp],
    *,
    total: Callable[[Sequence[Visit]], int],
    now: datetime,
) -> Settled:
    """Bring the ledger of these days to what their visits may earn.

    A day in which a line is missing is refused: its sum would be too small, and the difference
    paid twice. Raises `StoppedError` where other workers keep writing the same days.
    """
    result = Settled()
    open_days = sorted(days)
    for _round in range(_ROUNDS):
        if not open_days:
            return result
        found = _counted_visits(client, open_days)
        result.visits |= found
        written = _written(client, open_days)
        rows: dict[str, VolunteerDay] = {}
        documents: list[dict[str, Any]] = []
        torn: set[VolunteerDay] = set()
        for day in open_days:
            allowed = total([visit.facts for visit in found[day]])
            try:
                line = next_day_line(day.volunteer_id, day.day, written[day], allowed)
            except LedgerError:  # lines were added while we read piece by piece, or one is gone
                torn.add(day)
                continue
            if line is not None:
                rows[line.id] = day
                documents.append(_document(line, days[day], now))
        added = add_missing(client, COLLECTION, documents)
        result.refused |= {rows[id_]: error for id_, error in added.refused.items()}
        if added.added + len(added.refused) == len(documents) and not torn:
            return result
        # Some number was taken meanwhile, by another worker or by our own lost answer.
        open_days = sorted((set(rows.values()) - set(result.refused)) | torn)
    if torn == set(open_days):
        result.refused |= dict.fromkeys(torn, RefusedError(_TORN))
        return result
    raise StoppedError(_BUSY)


def _document(line: Line, stamp: Stamp, now: datetime) -> dict[str, Any]:
    return {
        "_id": line.id,
        "volunteerId": line.volunteer_id,
        "villageId": stamp.village_id,
        "delta": line.delta,
        "reason": line.reason,
        "ruleVersion": stamp.rule_version,
        "at": now,
    }


def _counted_visits(
    client: CloudClient, days: Sequence[VolunteerDay]
) -> dict[VolunteerDay, list[Counted]]:
    found: dict[VolunteerDay, list[Counted]] = {}

    def read(piece: Sequence[VolunteerDay]) -> None:
        # The days are sorted, so that a piece spans few of them.
        where = around({day.volunteer_id for day in piece}, piece[0].day, piece[-1].day)
        spans = spans_of(read_complete(client, "cases", where, CASE_FIELDS))
        for day in piece:
            found[day] = counted(spans.get(day.volunteer_id, ()), day.day)

    in_pieces(days, lambda: client.sizes.lookup, read)
    return found


def _written(client: CloudClient, days: Sequence[VolunteerDay]) -> dict[VolunteerDay, list[Line]]:
    """Return the lines of each day; they are numbered from 0."""
    found: dict[VolunteerDay, list[Line]] = {day: [] for day in days}
    looking, start, width = list(days), 0, _FIRST_LOOK
    while looking:
        ids = {
            day.line_id(number): day for day in looking for number in range(start, start + width)
        }
        full: dict[VolunteerDay, int] = dict.fromkeys(looking, 0)
        for row in read_by_ids(client, COLLECTION, ids, ("delta",)):
            day = ids[row["_id"]]
            line = Line(row["_id"], day.volunteer_id, int(row["delta"]), SERVICE_DAY)
            found[day].append(line)
            full[day] += 1
        looking = [day for day, count in full.items() if count == width]
        start, width = start + width, width * _NEXT_LOOK
    return found
