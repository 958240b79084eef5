"""Step 5: points of a volunteer's day, decided in one place and written as the difference.

What a day may earn is counted over all verified visits of that volunteer and day (Asia/Shanghai)
that stand in the cloud, so that neither the order of cases nor two workers can over-award. The
ledger gets what is missing to that total under `pts:day:{volunteer}:{day}:{n}`, n being the lines
already there; a disputed visit gives a negative line. Lines are never changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.error_table import ErrorClass
from cloud_sync.errors import CloudError, Problem, StoppedError
from cloud_sync.outbox import Winner, earlier_visits
from cloud_sync.records.base import RecordError
from cloud_sync.records.case import CASE_FIELDS, ServiceData, parse_case
from cloud_sync.statement import _
from cloud_sync.writes import add_missing, in_pieces, read_by_ids, read_complete
from sizhu_rules.facts.calendar import SHANGHAI, civil_date
from sizhu_rules.points import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from cloud_sync.client import CloudClient

COLLECTION = "points_ledger"
DAY_REASON: Final = "service_day"
AWARD_REASONS: Final = (DAY_REASON,)
"""Reasons of lines that count as earned."""
NOT_COUNTED: Final = frozenset(
    {"draft", "withdrawn", "returned", "rejected", "declined", "disputed"}
)
_ROUNDS = 6
_FIRST_LOOK, _NEXT_LOOK = 1, 4


@dataclass(frozen=True, slots=True, order=True)
class VolunteerDay:
    """One volunteer's civil day (Asia/Shanghai)."""

    day: date
    volunteer_id: str

    def line_id(self, number: int) -> str:
        """The `_id` of the day's n-th ledger line."""
        return f"pts:day:{self.volunteer_id}:{self.day.isoformat()}:{number}"


@dataclass(frozen=True, slots=True)
class Line:
    """What every new line of a day carries besides its amount."""

    village_id: str | None
    rule_version: str


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
    days: dict[VolunteerDay, Line],
    *,
    total: Callable[[Sequence[Visit]], int],
    now: datetime,
) -> dict[VolunteerDay, CloudError]:
    """Bring the ledger of these days to what their visits may earn; return the refused days.

    Raises `StoppedError` where other workers keep writing the same days.
    """
    refused: dict[VolunteerDay, CloudError] = {}
    open_days = sorted(days)
    for _round in range(_ROUNDS):
        if not open_days:
            return refused
        allowed = _allowed(client, open_days, total)
        written = _written(client, open_days)
        rows: dict[str, VolunteerDay] = {}
        documents: list[dict[str, Any]] = []
        for day in open_days:
            count, earned = written[day]
            if allowed[day] != earned:
                rows[day.line_id(count)] = day
                documents.append(
                    _line(day.line_id(count), day, days[day], allowed[day] - earned, now)
                )
        result = add_missing(client, COLLECTION, documents)
        refused |= {rows[id_]: error for id_, error in result.refused.items()}
        if result.added + len(result.refused) == len(documents):
            return refused
        # Some number was taken meanwhile, by another worker or by our own lost answer.
        open_days = sorted(set(rows.values()) - set(refused))
    raise StoppedError(
        Problem(
            ErrorClass.STOP_TOWN,
            "Other workers keep writing the points of the same days: stop all but one worker of "
            "this town, then run again.",
        )
    )


def _line(id_: str, day: VolunteerDay, line: Line, delta: int, now: datetime) -> dict[str, Any]:
    return {
        "_id": id_,
        "volunteerId": day.volunteer_id,
        "villageId": line.village_id,
        "delta": delta,
        "reason": DAY_REASON,
        "ruleVersion": line.rule_version,
        "at": now,
    }


def _allowed(
    client: CloudClient,
    days: Sequence[VolunteerDay],
    total: Callable[[Sequence[Visit]], int],
) -> dict[VolunteerDay, int]:
    visits: dict[VolunteerDay, list[Visit]] = {day: [] for day in days}

    def read(piece: Sequence[VolunteerDay]) -> None:
        # The days are sorted, so that a piece spans few of them.
        where = {
            "kind": "service",
            "volunteerId": _.in_(sorted({day.volunteer_id for day in piece})),
            "data.checkInAt": _.gte(_midnight(piece[0].day)).and_(
                _.lt(_midnight(piece[-1].day + timedelta(days=1)))
            ),
        }
        asked = set(piece)
        for document in read_complete(client, "cases", where, CASE_FIELDS):
            found = _visit(document)
            if found and found[0] in asked:
                visits[found[0]].append(found[1])

    in_pieces(days, lambda: client.sizes.lookup, read)
    return {day: total(found) for day, found in visits.items()}


def _visit(document: dict[str, Any]) -> tuple[VolunteerDay, Visit] | None:
    """Read a visit that counts: one that no dead letter waits for, verified, not disputed."""
    try:
        case, data = parse_case(document)
    except RecordError:
        return None
    if case.status in NOT_COUNTED or case.volunteer_id is None:
        return None
    if not isinstance(data, ServiceData) or data.check_in_at is None:
        return None
    if data.check_out_at is None or data.verified_at is None:
        return None
    day = VolunteerDay(civil_date(data.check_in_at), case.volunteer_id)
    return day, Visit(data.check_in_at, data.check_out_at, data.verified_at)


def _written(
    client: CloudClient, days: Sequence[VolunteerDay]
) -> dict[VolunteerDay, tuple[int, int]]:
    """Return (number of lines, their sum) of each day; lines are numbered without gaps."""
    found = dict.fromkeys(days, (0, 0))
    looking, start, width = list(days), 0, _FIRST_LOOK
    while looking:
        ids = {
            day.line_id(number): day for day in looking for number in range(start, start + width)
        }
        full: dict[VolunteerDay, int] = dict.fromkeys(looking, 0)
        for row in read_by_ids(client, COLLECTION, ids, ("delta",)):
            day = ids[row["_id"]]
            count, earned = found[day]
            found[day] = (count + 1, earned + int(row["delta"]))
            full[day] += 1
        looking = [day for day, count in full.items() if count == width]
        start, width = start + width, width * _NEXT_LOOK
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
