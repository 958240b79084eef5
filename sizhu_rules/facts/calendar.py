"""The civil calendar of the town: Asia/Shanghai, one offset all year round."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta, timezone

# A fixed offset, not ZoneInfo: Windows ships no time zone data, and China has kept UTC+8 without
# summer time since 1991. No instant of this system is older than that.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_MONTHS = 12


def civil_date(instant: datetime) -> date:
    """Return the calendar day in Asia/Shanghai on which an instant falls.

    Raises `ValueError` for an instant without a time zone, because its day cannot be known, and
    for one outside the calendar.
    """
    if instant.utcoffset() is None:
        raise ValueError("The instant has no time zone: attach one, such as SHANGHAI or UTC.")
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:
        raise ValueError(
            "The instant lies outside the years 1 to 9999 in Asia/Shanghai: correct its year."
        ) from None


def months_after(day: date, months: int) -> date:
    """Return the corresponding day so many months later, or the last day of a shorter month.

    Source: 民法典 202. Raises `ValueError` for a day outside the calendar.
    """
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError("The day lies outside the years 1 to 9999: use fewer months.")
    return date(year, month, min(day.day, monthrange(year, month)[1]))
