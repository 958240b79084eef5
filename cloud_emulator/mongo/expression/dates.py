"""Date operators, in UTC or in a fixed offset (`+08:00`, `Asia/Shanghai`)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from cloud_emulator.mongo.expression.signature import is_null, need_text, need_whole
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.values import Document, Instant, Value, datetime_of, instant_of, type_name

_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)?\Z")
# China has had no daylight saving since 1991; no table of time zones is needed for it.
_NAMED: Final = {
    "UTC": UTC,
    "GMT": UTC,
    "Z": UTC,
    "Asia/Shanghai": timezone(timedelta(hours=8), "Asia/Shanghai"),
}
_PARTS: Final[dict[str, Callable[[datetime], int]]] = {
    "$year": lambda at: at.year,
    "$month": lambda at: at.month,
    "$dayOfMonth": lambda at: at.day,
    "$hour": lambda at: at.hour,
    "$minute": lambda at: at.minute,
    "$second": lambda at: at.second,
    "$millisecond": lambda at: at.microsecond // 1000,
    "$dayOfYear": lambda at: at.timetuple().tm_yday,
    "$dayOfWeek": lambda at: at.isoweekday() % 7 + 1,
    "$isoDayOfWeek": lambda at: at.isoweekday(),
    "$isoWeek": lambda at: at.isocalendar().week,
    "$isoWeekYear": lambda at: at.isocalendar().year,
    "$week": lambda at: int(at.strftime("%U")),
}
PART_NAMES: Final = tuple(_PARTS)
_FORMATS: Final[dict[str, Callable[[datetime], str]]] = {
    "%Y": lambda at: f"{at.year:04d}",
    "%m": lambda at: f"{at.month:02d}",
    "%d": lambda at: f"{at.day:02d}",
    "%H": lambda at: f"{at.hour:02d}",
    "%M": lambda at: f"{at.minute:02d}",
    "%S": lambda at: f"{at.second:02d}",
    "%L": lambda at: f"{at.microsecond // 1000:03d}",
    "%j": lambda at: f"{at.timetuple().tm_yday:03d}",
    "%u": lambda at: str(at.isoweekday()),
    "%w": lambda at: str(at.isoweekday() % 7 + 1),
    "%U": lambda at: at.strftime("%U"),
    "%V": lambda at: f"{at.isocalendar().week:02d}",
    "%G": lambda at: f"{at.isocalendar().year:04d}",
    "%z": lambda at: at.strftime("%z"),
    "%Z": lambda at: str(round((at.utcoffset() or timedelta()).total_seconds() / 60)),
    "%%": lambda _at: "%",
}
_DEFAULT_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%LZ"


def _zone(name: Value) -> timezone:
    if is_null(name):
        return UTC
    text = need_text(name, "timezone")
    if text in _NAMED:
        return _NAMED[text]
    match = _OFFSET.match(text)
    if match is None:
        raise QueryError("timezone must be an offset like +08:00, UTC or Asia/Shanghai")
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes >= timedelta(days=1).total_seconds() / 60:
        raise QueryError("timezone must be an offset below 24 hours")
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _local(value: Value, zone: Value, name: str) -> datetime:
    if not isinstance(value, Instant):
        raise QueryError(f"{name} needs a date, not {type_name(value)}")
    place = _zone(zone)
    try:
        return datetime_of(value).astimezone(place)
    except (OverflowError, ValueError):
        raise QueryError(f"{name} needs a date in the years 1 to 9999") from None


def date_part(name: str, value: Value, zone: Value) -> Value:
    """Return one part of a date, null for null."""
    return None if is_null(value) else _PARTS[name](_local(value, zone, name))


def date_to_string(options: Document) -> Value:
    """Write a date by a format of `%` signs; `onNull` stands in for null."""
    value = options.get("date")
    if is_null(value):
        return options.get("onNull")
    at = _local(value, options.get("timezone"), "$dateToString")
    form = options.get("format")
    text = _DEFAULT_FORMAT if is_null(form) else need_text(form, "$dateToString")

    def written(match: re.Match[str]) -> str:
        if match[0] not in _FORMATS:
            raise QueryError("$dateToString: unknown sign in the format")
        return _FORMATS[match[0]](at)

    return re.sub(r"%.?", written, text)


def date_from_string(options: Document) -> Value:
    """Read an ISO date; `onNull` and `onError` stand in."""
    text = options.get("dateString")
    if is_null(text):
        return options.get("onNull")
    if not is_null(options.get("format")):
        raise QueryError("$dateFromString: a format is not part of this emulator, write ISO dates")
    try:
        moment = datetime.fromisoformat(need_text(text, "$dateFromString"))
    except ValueError:
        if "onError" in options:
            return options["onError"]
        raise QueryError("$dateFromString cannot read the text as an ISO date") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(options.get("timezone")))
    return instant_of(moment)


def date_from_parts(options: Document) -> Value:
    """Make a date of numbers; what lies over carries into the next part."""
    if any(is_null(value) for value in options.values()):
        return None
    names = ("year", "month", "day", "hour", "minute", "second", "millisecond")
    if set(options) - {*names, "timezone"} or "year" not in options:
        raise QueryError("$dateFromParts takes year, month, day, hour, minute, second, millisecond")
    defaults = (0, 1, 1, 0, 0, 0, 0)
    year, month, day, hour, minute, second, ms = (
        need_whole(options.get(name, default), "$dateFromParts")
        for name, default in zip(names, defaults, strict=True)
    )
    place = _zone(options.get("timezone"))
    try:
        first = datetime(
            year + (month - 1) // 12,
            (month - 1) % 12 + 1,
            1,
            tzinfo=place,
        )
        return instant_of(
            first
            + timedelta(
                days=day - 1,
                hours=hour,
                minutes=minute,
                seconds=second,
                milliseconds=ms,
            ),
        )
    except (OverflowError, ValueError):
        raise QueryError("$dateFromParts leaves the years 1 to 9999") from None
