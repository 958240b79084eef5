"""What the rules read of a person, a household and the catalogue: never a name or number."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from cloud_sync.records.base import (
    Day,
    Flag,
    Instant,
    Record,
    Text,
    VillageId,
    Whole,
    parse_day,
    whole,
)
from sizhu_rules.facts.household import Status as HouseholdStatus  # noqa: TC001 - as above

Category = Annotated[Whole, Field(ge=1, le=7)]
Grade = Annotated[Whole, Field(ge=1, le=4)]
CertificateStatus = Literal["valid", "expired", "lost", "cancelled", "deceased", "moved"]


class Component(Record):
    """One part of a multiple disability."""

    category: Category
    grade: Grade | None = None


class Certificate(Record):
    """A disability certificate without its number; `valid_to` is its last day."""

    category: Category | None = None
    components: tuple[Component, ...] | None = None
    grade: Grade | None = None
    status: CertificateStatus | None = None
    valid_to: Day | None = None


class Person(Record):
    """A resident on the register."""

    id: Text = Field(alias="_id")
    birth_date: Day | None = None
    certificate: Certificate | None = None
    village_id: VillageId | None = None
    household_id: Text | None = None
    state: Literal["active", "deceased", "moved", "merged"] | None = None
    merged_into: Text | None = None


PERSON_FIELDS: Final = (
    "birthDate", "certificate.category", "certificate.components", "certificate.grade",
    "certificate.status", "certificate.validTo", "villageId", "householdId", "state", "mergedInto",
)  # fmt: skip


def _end(value: object) -> object:
    return value if value is None or value == "open_ended" else parse_day(value)


def _amount(value: object) -> object:
    if value is None or value == "none":
        return value
    number = whole(value)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError('must be a whole number from 0 up, or "none"')
    return number


class StatusEntry(Record):
    """One dated row of a household's economic status."""

    status: HouseholdStatus
    valid_from: Day
    valid_to: Annotated[date | Literal["open_ended"] | None, BeforeValidator(_end)] = None
    verified_at: Instant | None = None


class HardshipMark(Record):
    """The staff's own mark that a household is in hardship; its words stay in the cloud."""

    reason_code: Text | None = None


class Household(Record):
    """What is known of a household: its economic statuses over time, and what weighs beside them.

    `monitored` is 防返贫监测, `elderly_carer` 以老养残; both None where nobody has looked.
    """

    id: Text = Field(alias="_id")
    statuses: tuple[StatusEntry, ...] = ()
    monitored: Flag | None = None
    elderly_carer: Flag | None = None
    hardship_mark: HardshipMark | None = None

    @property
    def is_marked(self) -> bool:
        """Whether the staff marked it, with a reason; a mark is made here, so none is known."""
        return self.hardship_mark is not None and self.hardship_mark.reason_code is not None


HOUSEHOLD_FIELDS: Final = ("statuses", "monitored", "elderlyCarer", "hardshipMark.reasonCode")


class DeviceClass(Record):
    """A row of the device catalogue; money in fen per piece, life in years."""

    id: Text = Field(alias="_id")
    price_fen: Annotated[Whole, Field(ge=0)] | None = None
    cap_fen: Annotated[int | Literal["none"] | None, BeforeValidator(_amount)] = None
    life_years: Annotated[int | Literal["none"] | None, BeforeValidator(_amount)] = None
    allowed_categories: tuple[Category, ...] | None = None


CATALOGUE_FIELDS: Final = ("priceFen", "capFen", "lifeYears", "allowedCategories")
