"""Money in integer fen (分): a split rounds toward the person and always sums to the price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

_FEN_PER_YUAN = 100
_NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Split:
    """Who pays what of one price, in fen."""

    personal_fen: int
    subsidy_fen: int


def split(price_fen: int, share: Fraction, *, cap_fen: int | None = None) -> Split:
    """Divide a price between the person and the town.

    All in fen. The town's part is counted on the price up to `cap_fen` (None: no cap); what lies
    above the cap is the person's (domain vector V11). The person's share is rounded down, so an
    odd fen falls to the town (V10). Raises ValueError for a negative amount or a share outside
    0..1.
    """
    if price_fen < 0 or (cap_fen is not None and cap_fen < 0):
        raise ValueError("an amount is negative; give fen as a whole number from 0 up")
    if not 0 <= share.numerator <= share.denominator:
        raise ValueError("a share lies outside 0 to 1; give it as a fraction such as 1/2")
    base = price_fen if cap_fen is None else min(price_fen, cap_fen)
    own = base * share.numerator // share.denominator
    return Split(personal_fen=own + price_fen - base, subsidy_fen=base - own)


def yuan(fen: int) -> str:
    """Write fen as yuan the way people do: 60000 → "600", 49999 → "499.99", 10 → "0.10"."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    units, rest = divmod(whole, _FEN_PER_YUAN)
    return f"{sign}{units}.{rest:02d}" if rest else f"{sign}{units}"


def share_words(share: Fraction) -> str:
    """Say a share the way people do: 1/2 → "一半", 3/10 → "三成", 1/3 → "三分之一"."""
    part, whole = share.numerator, share.denominator
    if (part, whole) == (1, 2):
        return "一半"
    if len(_NUMERALS) - 1 in (whole, whole * 2, whole * 5) and part < whole:
        return f"{_NUMERALS[part * (len(_NUMERALS) - 1) // whole]}成"
    if part < len(_NUMERALS) and whole < len(_NUMERALS):
        return f"{_NUMERALS[whole]}分之{_NUMERALS[part]}"
    return f"{part}/{whole}"
