"""The typed facts of a device application (辅具器材), and how each is read and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from sizhu_rules.eligibility.shared.facts import (
    BIRTH,
    CERTIFICATE,
    HOUSEHOLD,
    MULTIPLE,
    SUBMITTED,
    CertificateStatus,
    Component,
    HouseholdStatus,
    Identified,
)
from sizhu_rules.engine.raw import Day, Flag, Malformed, RawFact, Text, Whole

if TYPE_CHECKING:
    from datetime import date

EVERY_CATEGORY: Final = (1, 2, 3, 4, 5, 6, MULTIPLE)
UNLISTED: Final = "unlisted"
_MOST_FEN = 10**12


@dataclass(frozen=True, slots=True)
class _Categories:
    """The disability categories a device is meant for, or "unlisted" (no catalogue row)."""

    words: tuple[str, ...] = (UNLISTED,)

    def parse(self, value: object) -> object:
        """Read [4] or "unlisted"; all seven are always the same object."""
        if value == UNLISTED:
            return UNLISTED
        if not isinstance(value, list | tuple) or not value:
            raise Malformed("this is no list of categories", "write [4], or 'unlisted'")
        if any(type(item) is not int or not 1 <= item <= MULTIPLE for item in value):
            raise Malformed("a category is none of 1 to 7", "write numbers from 1 to 7")
        found = tuple(sorted(set(value)))
        return EVERY_CATEGORY if found == EVERY_CATEGORY else found

    def render(self, value: tuple[int, ...] | str) -> object:
        """Write it as read."""
        return value if isinstance(value, str) else list(value)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeviceFacts(Identified):
    """The facts of one device application; None is unknown. Raises `FactError` when built wrong.

    Money in fen: `price_fen` for all `device_qty` pieces, `device_cap_fen` per piece. Life in
    years. Days are civil days in Asia/Shanghai.
    """

    birth_date: date | None = None
    birth_date_conflict: Literal[True] | None = None
    submitted_on: date | None = None
    household_status: HouseholdStatus | None = None
    household_valid_to: date | Literal["open_ended"] | None = None
    certificate_category: int | None = None
    certificate_components: tuple[Component, ...] | None = None
    certificate_grade: int | None = None
    certificate_status: CertificateStatus | None = None
    certificate_valid_to: date | None = None
    device_class_code: str | None = None
    device_life_years: int | Literal["none"] | None = None
    device_allowed_categories: tuple[int, ...] | Literal["unlisted"] | None = None
    device_cap_fen: int | Literal["none"] | None = None
    device_qty: int | None = None
    price_fen: int | None = None
    last_delivered_on: date | Literal["never"] | None = None
    open_same_class: bool | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        *BIRTH,
        SUBMITTED,
        *HOUSEHOLD,
        *CERTIFICATE,
        RawFact("device.class_code", "device_class_code", Text(r"[0-9A-Za-z_.-]{1,40}", "1222")),
        RawFact("device.life_years", "device_life_years", Whole(0, 100, ("none",))),
        RawFact("device.allowed_categories", "device_allowed_categories", _Categories()),
        RawFact("device.cap_fen", "device_cap_fen", Whole(0, _MOST_FEN, ("none",))),
        RawFact("device.qty", "device_qty", Whole(1, 1000)),
        RawFact("price_fen", "price_fen", Whole(0, _MOST_FEN)),
        RawFact("last_delivered_on", "last_delivered_on", Day(("never",))),
        RawFact("open_same_class", "open_same_class", Flag()),
    )
