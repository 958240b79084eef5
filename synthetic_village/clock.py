"""The one day on which the synthetic village stands still, and how its instants are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sizhu_rules.facts.calendar import SHANGHAI

CLOCK = datetime(2023, 6, 30, 9, 0, tzinfo=SHANGHAI)
"""Now, for everybody who works with the village."""

PERIOD_START = datetime(2023, 2, 1, 0, 0, tzinfo=SHANGHAI)
"""今年2月以来: the case study counts what was submitted from this instant up to `CLOCK`."""


def moment(day: date | str, time: str) -> datetime:
    """Return the instant at which the clocks in Asia/Shanghai show this day and `HH:MM`."""
    civil = date.fromisoformat(day) if isinstance(day, str) else day
    hour, minute = time.split(":")
    return datetime(civil.year, civil.month, civil.day, int(hour), int(minute), tzinfo=SHANGHAI)


IMPORTED = moment("2023-01-10", "09:00")
"""When the registers and the papers of the years before came into the system."""


def ejson(instant: datetime) -> dict[str, Any]:
    """Return an instant as WeChat's import reads it: `{"$date": "2023-06-30T01:00:00.000Z"}`."""
    text = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {"$date": f"{text}.{instant.microsecond // 1000:03d}Z"}


def from_ejson(value: dict[str, Any]) -> datetime:
    """Return the instant that `ejson` wrote, in Asia/Shanghai."""
    return datetime.fromisoformat(value["$date"]).astimezone(SHANGHAI)
