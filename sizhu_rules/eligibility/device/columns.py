"""The device rule by column: the twins of its derived facts and of its arithmetic.

Each function says for columns what its namesake in `derived.py` and `outcome.py` says for one
person; tests prove them equal on random people with holes. numpy is an extra, imported on use.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from sizhu_rules.eligibility.device.facts import UNLISTED, DeviceFacts
from sizhu_rules.eligibility.shared.columns import (
    AGE,
    BYTE,
    CERTIFICATE_STATE,
    COMPONENTS,
    HOUSEHOLD_LAPSED,
    HOUSEHOLD_STATUS,
    IDENTITY_CONSISTENT,
    SHORT,
    UNKNOWN,
    YEAR,
    calendar,
    list_form,
    place,
)
from sizhu_rules.eligibility.shared.facts import MULTIPLE
from sizhu_rules.engine.batch_columns import Columns, Results, RuleColumns, Settled, Twin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.batch_columns import Numbers
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.rule import Answer

_MATCH: Final = ("match", "mismatch", "unlisted")


def _category(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    match, mismatch, unlisted = range(len(_MATCH))
    every = (1 << MULTIPLE) - 1

    def category_match(raw: Columns) -> Numbers:
        """Ask for the bit of the person's category, or of the parts of a multiple one."""
        allowed, category = raw["device.allowed_categories"], raw["certificate.category"]
        no_category = category == raw.unknown("certificate.category")
        own = np.left_shift(1, np.where(no_category, 0, category - 1), dtype=SHORT)
        found = np.where(allowed & own, match, mismatch).astype(BYTE)
        found[no_category] = UNKNOWN
        several = np.flatnonzero((category == MULTIPLE) & (found == mismatch))
        if len(several):
            parts = raw["certificate.components"].take(several)
            known = np.where(allowed.take(several) & parts, match, mismatch)
            found[several] = np.where(parts > 0, known, UNKNOWN)
        found[allowed == raw.unknown("device.allowed_categories")] = UNKNOWN
        found[allowed == every] = match
        found[allowed == raw.word("device.allowed_categories", UNLISTED)] = unlisted
        return found

    return category_match


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
        found = np.zeros(raw.rows, dtype=BYTE)
        rest = np.flatnonzero(~settled)
        if len(rest):
            # Lives end on the same day of the year; 29 February on the 28th where there is none,
            # which is the last day before 1 March all the same: compare with the birthdays.
            plain, birthdays = calendar()
            over = plain.take(place(delivered.take(rest)))
            over += years.take(rest).astype(np.int32) << YEAR
            found[rest] = birthdays.take(place(day.take(rest))) < over
        found[open_] = UNKNOWN
        found[never | (years == raw.word("device.life_years", "none"))] = 0
        return found

    return in_service_life


def _one_open(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    return lambda raw: raw["open_same_class"]


def _over_cap(_parameters: Mapping[str, Number]) -> Callable[[Columns], Numbers]:
    def over_cap(raw: Columns) -> Numbers:
        cap, price, pieces = raw["device.cap_fen"], raw["price_fen"], raw["device.qty"]
        over = (price > cap * np.maximum(pieces, 1)).astype(BYTE)
        open_ = (cap == raw.unknown("device.cap_fen")) | (price == raw.unknown("price_fen"))
        # One piece's cap suffices, whatever the number of pieces.
        open_ |= (pieces == raw.unknown("device.qty")) & (price > cap)
        over[open_] = UNKNOWN
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
    extra = np.zeros(raw.rows, dtype=BYTE)
    # On hold no amount is named, so that nothing is said of its cap.
    estimated = stated | (named & priced & (part.field("household.lapsed") != 1))
    extra[estimated & (over == UNKNOWN)] = _CODES.index(("CAP_UNKNOWN",))
    extra[shared & granted & ~priced] = _CODES.index(("PRICE_UNKNOWN",))
    return Results(
        {"personal_fen": (own + (price - base), stated), "subsidy_fen": (base - own, stated)},
        extra,
        _CODES,
    )


def _own(part: Settled, base: Numbers) -> Numbers:
    """Return the person's share of amounts in fen, rounded down for the person."""
    own: Numbers = base * part.column("numerator", lambda answer: _fraction(answer).numerator)
    denominators = part.column("denominator", lambda answer: _fraction(answer).denominator)
    for denominator in np.flatnonzero(np.bincount(denominators)).tolist():
        if denominator > 1:
            rows = np.flatnonzero(denominators == denominator)
            own[rows] = own.take(rows) // denominator
    return own


def _fraction(answer: Answer) -> Fraction:
    return Fraction(_share(answer) or "0")


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


_CODES: Final[tuple[tuple[str, ...], ...]] = ((), ("PRICE_UNKNOWN",), ("CAP_UNKNOWN",))

COLUMNS: Final = RuleColumns(
    facts=DeviceFacts,
    twins={
        "age": AGE,
        "household.status": HOUSEHOLD_STATUS,
        "household.lapsed": HOUSEHOLD_LAPSED,
        "identity.consistent": IDENTITY_CONSISTENT,
        "device.category_match": Twin(_category, _MATCH),
        "certificate.state": CERTIFICATE_STATE,
        "device.in_service_life": Twin(_life),
        "open_same_class": Twin(_one_open),
        "device.over_cap": Twin(_over_cap),
    },
    lists={
        "device.allowed_categories": list_form((UNLISTED,), MULTIPLE, filled=True),
        "certificate.components": COMPONENTS,
    },
    texts=("share",),
    numbers=("personal_fen", "subsidy_fen"),
    outcome=outcome,
)
