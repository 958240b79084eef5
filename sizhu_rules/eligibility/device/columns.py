"""The device rule by column: the twins of its derived facts and of its arithmetic.

Each function says for columns what its namesake in `derived.py` and `outcome.py` says for one
person; tests prove them equal on random people with holes. numpy is an extra, imported on use.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from sizhu_rules.eligibility.device.facts import UNLISTED, DeviceFacts
from sizhu_rules.eligibility.shared.derived import OLDEST
from sizhu_rules.eligibility.shared.facts import MULTIPLE, Component
from sizhu_rules.engine.batch_columns import (
    Columns,
    Form,
    ListForm,
    Results,
    RuleColumns,
    Settled,
    Twin,
    contradiction,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.rule import Answer


_BYTE: Final = np.dtype(np.int8)
_SHORT: Final = np.dtype(np.int16)
_UNKNOWN: Final = unknown(_BYTE)
_MATCH: Final = ("match", "mismatch", "unlisted")
_STATES: Final = ("valid", "expired", "lost", "cancelled", "deceased", "moved")
_STATUSES: Final = ("none", "dibao", "dibian", "tekun", "zhichu", "pending")
_FIRST: Final = np.datetime64("1850-01-01").astype(np.int32)
_LAST: Final = np.datetime64("2201-01-01").astype(np.int32)
_YEAR: Final = 9  # bits below the year in a calendar number: month and day
_LEAP_DAY: Final = 2 * 32 + 29
_EVE: Final = 2 * 32 + 28


@cache
def _calendar() -> tuple[Numbers, Numbers]:
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
    return (year << _YEAR) + plain, (year << _YEAR) + birthday


def _place(days: Numbers) -> Numbers:
    """Return where days stand in the calendar; words and unknown ones get some place in it."""
    place: Numbers = np.clip(days, _FIRST, _LAST - 1)
    place -= _FIRST
    return place


def _age(parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    after = parameters["age.convention"] == "day_after"

    def age(raw: Columns) -> Numbers:
        birth, day = raw["birth_date"], raw["submitted_on"]
        plain, birthdays = _calendar()
        numbers = plain if after else birthdays
        passed = numbers.take(_place(day)) - plain.take(_place(birth))
        if after:  # the year is full on the day after the birthday, and nobody is -1 when born
            passed -= 1
        years: Numbers = np.maximum(passed >> _YEAR, 0).astype(_SHORT)
        years[(day < birth) | (years > OLDEST)] = contradiction(_SHORT)
        open_ = (birth == raw.unknown("birth_date")) | (day == raw.unknown("submitted_on"))
        years[open_] = unknown(_SHORT)
        return years

    return age


def _status(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    return lambda raw: raw["household.status"]


def _lapsed(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def household_lapsed(raw: Columns) -> Numbers:
        end, day = raw["household.valid_to"], raw["submitted_on"]
        lapsed: Numbers = (end < day).astype(_BYTE)
        open_ = (end == raw.unknown("household.valid_to")) | (day == raw.unknown("submitted_on"))
        lapsed[open_] = _UNKNOWN
        lapsed[end == raw.word("household.valid_to", "open_ended")] = 0
        return lapsed

    return household_lapsed


def _consistent(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def consistent(raw: Columns) -> Numbers:
        found: Numbers = (raw["birth_date_conflict"] != 1).astype(_BYTE)
        return found

    return consistent


def _category(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    match, mismatch, unlisted = range(len(_MATCH))
    every = (1 << MULTIPLE) - 1

    def category_match(raw: Columns) -> Numbers:
        """Ask for the bit of the person's category, or of the parts of a multiple one."""
        allowed, category = raw["device.allowed_categories"], raw["certificate.category"]
        no_category = category == raw.unknown("certificate.category")
        own = np.left_shift(1, np.where(no_category, 0, category - 1), dtype=_SHORT)
        found = np.where(allowed & own, match, mismatch).astype(_BYTE)
        found[no_category] = _UNKNOWN
        several = np.flatnonzero((category == MULTIPLE) & (found == mismatch))
        if len(several):
            parts = raw["certificate.components"].take(several)
            known = np.where(allowed.take(several) & parts, match, mismatch)
            found[several] = np.where(parts > 0, known, _UNKNOWN)
        found[allowed == raw.unknown("device.allowed_categories")] = _UNKNOWN
        found[allowed == every] = match
        found[allowed == raw.word("device.allowed_categories", UNLISTED)] = unlisted
        return found

    return category_match


def _certificate(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    valid, expired = _STATES.index("valid"), _STATES.index("expired")

    def certificate_state(raw: Columns) -> Numbers:
        status = raw["certificate.status"]
        end, day = raw["certificate.valid_to"], raw["submitted_on"]
        open_ = (end == raw.unknown("certificate.valid_to")) | (day == raw.unknown("submitted_on"))
        dated = np.where(end < day, expired, valid).astype(_BYTE)
        dated[open_] = _UNKNOWN
        return np.where(status == valid, dated, status)

    return certificate_state


def _life(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def in_service_life(raw: Columns) -> Numbers:
        years, delivered = raw["device.life_years"], raw["last_delivered_on"]
        day = raw["submitted_on"]
        never = delivered == raw.word("last_delivered_on", "never")
        open_ = (
            (years == raw.unknown("device.life_years"))
            | (delivered == raw.unknown("last_delivered_on"))
            | (day == raw.unknown("submitted_on"))
        )
        settled = never | open_ | (years == raw.word("device.life_years", "none"))
        found = np.zeros(raw.rows, dtype=_BYTE)
        rest = np.flatnonzero(~settled)
        if len(rest):
            # Lives end on the same day of the year; 29 February on the 28th where there is none,
            # which is the last day before 1 March all the same: compare with the birthdays.
            plain, birthdays = _calendar()
            over = plain.take(_place(delivered.take(rest)))
            over += years.take(rest).astype(np.int32) << _YEAR
            found[rest] = birthdays.take(_place(day.take(rest))) < over
        found[open_] = _UNKNOWN
        found[never | (years == raw.word("device.life_years", "none"))] = 0
        return found

    return in_service_life


def _one_open(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    return lambda raw: raw["open_same_class"]


def _over_cap(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def over_cap(raw: Columns) -> Numbers:
        cap, price, pieces = raw["device.cap_fen"], raw["price_fen"], raw["device.qty"]
        over = (price > cap * np.maximum(pieces, 1)).astype(_BYTE)
        open_ = (cap == raw.unknown("device.cap_fen")) | (price == raw.unknown("price_fen"))
        # One piece's cap suffices, whatever the number of pieces.
        open_ |= (pieces == raw.unknown("device.qty")) & (price > cap)
        over[open_] = _UNKNOWN
        over[cap == raw.word("device.cap_fen", "none")] = 0
        return over

    return over_cap


def outcome(part: Settled, _parameters: Mapping[str, Number]) -> Results:
    """Give what each person pays and gets, in fen, where the share is settled and a price known."""
    raw = part.columns
    price = raw["price_fen"]
    priced = price != raw.unknown("price_fen")
    granted, shared, named = (
        part.column(name, of).astype(bool)
        for name, of in (("granted", _granted), ("shared", _shared), ("named", _named))
    )
    over = part.field("device.over_cap")
    base = price.copy()
    capped = np.flatnonzero(over == 1)
    if len(capped):
        limit = raw["device.cap_fen"].take(capped) * raw["device.qty"].take(capped)
        base[capped] = np.minimum(price.take(capped), limit)
    own = _own(part, base)
    stated = shared & granted & priced
    extra = np.zeros(raw.rows, dtype=_BYTE)
    # On hold no amount is named, so that nothing is said of its cap.
    estimated = stated | (named & priced & (part.field("household.lapsed") != 1))
    extra[estimated & (over == _UNKNOWN)] = _CODES.index(("CAP_UNKNOWN",))
    extra[shared & granted & ~priced] = _CODES.index(("PRICE_UNKNOWN",))
    return Results(
        {"personal_fen": (own + (price - base), stated), "subsidy_fen": (base - own, stated)},
        extra,
        _CODES,
    )


def _own(part: Settled, base: Numbers) -> Numbers:
    """Return the person's share of amounts in fen, rounded down for the person."""
    shares: list[str] = []

    def place(answer: Answer) -> int:
        share = _share(answer) or "0"
        if share not in shares:
            shares.append(share)
        return shares.index(share)

    places = np.array([place(one) for one in part.every], dtype=_BYTE).take(part.answers)
    own = np.zeros(len(base), dtype=np.int64)
    for number, share in enumerate(map(Fraction, shares)):
        if share:
            rows = np.flatnonzero(places == number)
            own[rows] = base.take(rows) * share.numerator // share.denominator
    return own


def _share(answer: Answer) -> str | None:
    found = [str(value) for r in answer.values for name, value in r.values if name == "share"]
    return found[-1] if found else None


def _granted(answer: Answer) -> int:
    return int(answer.verdict != "not_eligible")


def _shared(answer: Answer) -> int:
    return int(_share(answer) is not None)


def _named(answer: Answer) -> int:
    """Tell whether shares are candidates between which a person must choose."""
    named = any("share" in dict(one) for r in answer.values for one in r.candidates)
    return int(_share(answer) is None and named)


def _bit(category: int) -> int:
    return 1 << (category - 1)


def _list_form(words: tuple[str, ...], highest: int, *, filled: bool) -> ListForm:
    """Make the form of a list of categories up to `highest`: one bit for each."""

    def number(value: tuple[int | Component, ...]) -> int:
        bits = 0
        for part in value:
            bits |= _bit(part.category if isinstance(part, Component) else part)
        return bits

    def bits(parts: Mapping[str, Numbers], starts: Numbers) -> tuple[Numbers, Numbers]:
        category, grade = parts["category"], parts.get("grade")
        odd = (category < 1) | (category > highest)
        if grade is not None:
            odd |= (grade < 1) | (grade > 4)  # noqa: PLR2004 - grades 1–4; without one: looked at
        one = np.left_shift(1, np.where(odd, 0, category - 1), dtype=_SHORT)
        one[odd] = _ODD
        # `reduceat` gives a list without elements the next one's first: those are cleared after.
        found = np.bitwise_or.reduceat(np.append(one, _SHORT.type(0)), starts[:-1])
        empty = starts[1:] == starts[:-1]
        found[empty] = 0
        return found, (found & _ODD != 0) | (empty & filled)

    return ListForm(Form(_SHORT, words, number), bits)


_CODES: Final[tuple[tuple[str, ...], ...]] = ((), ("PRICE_UNKNOWN",), ("CAP_UNKNOWN",))
_ODD: Final = 1 << 10  # beside the bits of all categories

COLUMNS: Final = RuleColumns(
    facts=DeviceFacts,
    twins={
        "age": Twin(_age),
        "household.status": Twin(_status, _STATUSES),
        "household.lapsed": Twin(_lapsed),
        "identity.consistent": Twin(_consistent),
        "device.category_match": Twin(_category, _MATCH),
        "certificate.state": Twin(_certificate, _STATES),
        "device.in_service_life": Twin(_life),
        "open_same_class": Twin(_one_open),
        "device.over_cap": Twin(_over_cap),
    },
    lists={
        "device.allowed_categories": _list_form((UNLISTED,), MULTIPLE, filled=True),
        "certificate.components": _list_form((), MULTIPLE - 1, filled=False),
    },
    texts=("share",),
    numbers=("personal_fen", "subsidy_fen"),
    outcome=outcome,
)
