"""Column twins of the derived facts that several rules share, and the calendar they count in.

Each function says for columns what its namesake in `derived.py` says for one person; tests prove
them equal on random people with holes. numpy is an extra, imported on use.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from sizhu_rules.eligibility.shared.derived import OLDEST
from sizhu_rules.eligibility.shared.facts import MULTIPLE, Component
from sizhu_rules.engine.batch import look_up
from sizhu_rules.engine.batch_columns import (
    Columns,
    Form,
    ListForm,
    Twin,
    contradiction,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.parameters import Number

BYTE: Final = np.dtype(np.int8)
SHORT: Final = np.dtype(np.int16)
UNKNOWN: Final = unknown(BYTE)
YEAR: Final = 9  # bits below the year in a calendar number: month and day
_STATES: Final = ("valid", "expired", "lost", "cancelled", "deceased", "moved")
_STATUSES: Final = ("none", "dibao", "dibian", "tekun", "zhichu", "pending")
_FIRST: Final = np.datetime64("1850-01-01").astype(np.int32)
_LAST: Final = np.datetime64("2201-01-01").astype(np.int32)
_LEAP_DAY: Final = 2 * 32 + 29
_EVE: Final = 2 * 32 + 28
_ODD: Final = 1 << 10  # beside the bits of all categories


@cache
def calendar() -> tuple[Numbers, Numbers]:
    """Number the days so that numbers of two days give the years between them.

    A number is year, month and day side by side. In the second column 28 February of a year
    without a 29th stands for the 29th: who was born on it has the birthday then.
    """
    days = np.arange(_FIRST, _LAST, dtype=np.int32).astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    months = days.astype("datetime64[M]")
    year = years.astype(np.int32) + 1970
    month = (months - years.astype("datetime64[M]")).astype(np.int32) + 1
    day = (days - months.astype("datetime64[D]")).astype(np.int32) + 1
    plain = month * 32 + day
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    birthday = np.where(~leap & (plain == _EVE), _LEAP_DAY, plain)
    return (year << YEAR) + plain, (year << YEAR) + birthday


def place(days: Numbers) -> Numbers:
    """Return where days stand in the calendar; words and unknown ones get some place in it."""
    place: Numbers = np.clip(days, _FIRST, _LAST - 1)
    place -= _FIRST
    return place


def _age(parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    after = parameters["age.convention"] == "day_after"

    def age(raw: Columns) -> Numbers:
        birth, day = raw["birth_date"], raw["submitted_on"]
        plain, birthdays = calendar()
        numbers = plain if after else birthdays
        passed = numbers.take(place(day)) - plain.take(place(birth))
        if after:  # the year is full on the day after the birthday, and nobody is -1 when born
            passed -= 1
        years: Numbers = np.maximum(passed >> YEAR, 0).astype(SHORT)
        years[(day < birth) | (years > OLDEST)] = contradiction(SHORT)
        open_ = (birth == raw.unknown("birth_date")) | (day == raw.unknown("submitted_on"))
        years[open_] = unknown(SHORT)
        return years

    return age


def _status(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    return lambda raw: raw["household.status"]


def _lapsed(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def household_lapsed(raw: Columns) -> Numbers:
        end, day = raw["household.valid_to"], raw["submitted_on"]
        lapsed: Numbers = (end < day).astype(BYTE)
        open_ = (end == raw.unknown("household.valid_to")) | (day == raw.unknown("submitted_on"))
        lapsed[open_] = UNKNOWN
        lapsed[end == raw.word("household.valid_to", "open_ended")] = 0
        return lapsed

    return household_lapsed


def _consistent(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def consistent(raw: Columns) -> Numbers:
        found: Numbers = (raw["birth_date_conflict"] != 1).astype(BYTE)
        return found

    return consistent


def _certificate(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    valid, expired = _STATES.index("valid"), _STATES.index("expired")

    def certificate_state(raw: Columns) -> Numbers:
        status = raw["certificate.status"]
        end, day = raw["certificate.valid_to"], raw["submitted_on"]
        open_ = (end == raw.unknown("certificate.valid_to")) | (day == raw.unknown("submitted_on"))
        dated = np.where(end < day, expired, valid).astype(BYTE)
        dated[open_] = UNKNOWN
        return np.where(status == valid, dated, status)

    return certificate_state


def _bit(category: int) -> int:
    return 1 << (category - 1)


def list_form(words: tuple[str, ...], highest: int, *, filled: bool) -> ListForm:
    """Make the form of a list of categories up to `highest`: one bit for each."""

    def number(value: tuple[int | Component, ...]) -> int:
        bits = 0
        for part in value:
            bits |= _bit(part.category if isinstance(part, Component) else part)
        return bits

    known = np.full(1 << 8, _ODD, dtype=SHORT)
    known[1 : highest + 1] = [_bit(category) for category in range(1, highest + 1)]
    table = pa.array(known)

    def bits(parts: Mapping[str, Numbers], starts: Numbers) -> tuple[Numbers, Numbers]:
        one = np.zeros(len(parts["category"]) + 1, dtype=SHORT)
        one[:-1] = look_up(table, parts["category"])
        if "grade" in parts:
            grade = parts["grade"]
            one[:-1][(grade < 1) | (grade > 4)] = _ODD  # noqa: PLR2004 - grades 1–4
        # `reduceat` gives a list without elements the next one's first: those are cleared after.
        found = np.bitwise_or.reduceat(one, starts[:-1])
        empty = starts[1:] == starts[:-1]
        found[empty] = 0
        return found, (found & _ODD != 0) | (empty & filled)

    return ListForm(Form(SHORT, words, number), bits)


AGE: Final = Twin(_age)
HOUSEHOLD_STATUS: Final = Twin(_status, _STATUSES)
HOUSEHOLD_LAPSED: Final = Twin(_lapsed)
IDENTITY_CONSISTENT: Final = Twin(_consistent)
CERTIFICATE_STATE: Final = Twin(_certificate, _STATES)
COMPONENTS: Final = list_form((), MULTIPLE - 1, filled=False)
