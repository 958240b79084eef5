"""What care looks at: a person of the register by a random id, with nothing that names anybody."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from sizhu_rules.eligibility.shared.facts import CertificateStatus, HouseholdStatus


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OwnedDevice:
    """A device that a person was given; life in years, None is unknown.

    `applied_again`: one of its class is asked for already. Where that is unknown the person is told
    all the same: a needless visit costs less than a missed one.
    """

    class_code: str
    delivered_on: date | None = None
    life_years: int | Literal["none"] | None = None
    applied_again: bool | None = None

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return "OwnedDevice()"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RegisterRow:
    """One person: a random id, and the facts on which expiries rest; None is unknown.

    `applied`: an application for a device is open, so that its day of submission stands; unknown
    counts as none, as for devices.
    """

    person_id: str
    village_id: str | None = None
    birth_date: date | None = None
    household_status: HouseholdStatus | None = None
    household_valid_to: date | Literal["open_ended"] | None = None
    certificate_status: CertificateStatus | None = None
    certificate_valid_to: date | None = None
    devices: tuple[OwnedDevice, ...] = ()
    applied: bool | None = None

    def __repr__(self) -> str:
        """Show the random id alone: what else there is is about a person."""
        return f"RegisterRow({self.person_id})"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are looked at, both included; raises ValueError where they are reversed."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.last < self.first:
            raise ValueError("the span ends before it begins; give the earlier day first")

    @classmethod
    def rest_of_month(cls, day: date) -> Self:
        """Return the span from a day to the end of its month."""
        return cls(day, day.replace(day=monthrange(day.year, day.month)[1]))

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """Return the span of a whole month."""
        return cls.rest_of_month(date(year, month, 1))
