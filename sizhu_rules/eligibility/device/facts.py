"""The typed facts of a device application (辅具器材), and how each is read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple, Self

from sizhu_rules.engine.raw import (
    Day,
    Facts,
    Flag,
    Malformed,
    Member,
    RawFact,
    Text,
    Whole,
    flatten,
)
from sizhu_rules.errors import FactError
from sizhu_rules.facts.citizen_id import CitizenIdError, parse_citizen_id

if TYPE_CHECKING:
    from datetime import date

HouseholdStatus = Literal["none", "dibao", "dibian", "tekun", "zhichu", "pending"]
CertificateStatus = Literal["valid", "expired", "lost", "cancelled", "deceased", "moved"]

MULTIPLE: Final = 7
EVERY_CATEGORY: Final = (1, 2, 3, 4, 5, 6, MULTIPLE)
UNLISTED: Final = "unlisted"
_MOST_FEN = 10**12
_HOUSEHOLD = {
    "none": "无",
    "dibao": "低保",
    "dibian": "低边",
    "tekun": "特困",
    "zhichu": "支出型",
    "pending": "申请中或未核对",
}
_CERTIFICATE = {
    "valid": "有效",
    "expired": "过期",
    "lost": "挂失",
    "cancelled": "注销",
    "deceased": "已故",
    "moved": "迁出",
}


class Component(NamedTuple):
    """One part of a multiple disability: category 1–6, and its grade 1–4 where known."""

    category: int
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class _Components:
    """The parts of a multiple disability (多重); an empty list says that none was recorded."""

    def parse(self, value: object) -> object:
        """Read [{"category": 2, "grade": 3}, …]; a bare number is a category."""
        if not isinstance(value, list | tuple) or isinstance(value, Component):
            raise Malformed(
                "this is no list", 'write [{"category": 2, "grade": 3}], or leave it out'
            )
        return tuple(self._component(item) for item in value)

    def _component(self, item: object) -> Component:
        parts: dict[object, object]
        if isinstance(item, Component):
            parts = item._asdict()  # type: ignore[assignment] # str keys are objects
        elif isinstance(item, dict):
            parts = item
        else:
            parts = {"category": item}
        if not parts.keys() <= {"category", "grade"} or "category" not in parts:
            raise Malformed("a component has other keys", 'write {"category": 2, "grade": 3}')
        category, grade = parts["category"], parts.get("grade")
        if type(category) is not int or not 1 <= category < MULTIPLE:
            raise Malformed("a component's category is none of 1 to 6", "write 1 to 6")
        if grade is not None and (type(grade) is not int or not 1 <= grade <= 4):  # noqa: PLR2004 - grades 1–4
            raise Malformed("a component's grade is none of 1 to 4", "write 1 (heaviest) to 4")
        return Component(category, grade)

    def render(self, value: tuple[Component, ...]) -> object:
        """Write it as read."""
        return [
            {"category": part.category}
            if part.grade is None
            else {"category": part.category, "grade": part.grade}
            for part in value
        ]


@dataclass(frozen=True, slots=True)
class _Categories:
    """The disability categories a device is meant for, or "unlisted" (no catalogue row)."""

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
class DeviceFacts(Facts):
    """The facts of one device application; None is unknown. Raises `FactError` when built wrong.

    Money in fen: `price_fen` for all `device_qty` pieces, `device_cap_fen` per piece. Life in
    years. Days are civil days in Asia/Shanghai. `birth_date_conflict` is True where an ID and the
    stored birth date disagree; a citizen ID itself is no fact here (see `from_mapping`).
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
        RawFact("birth_date", "birth_date", Day()),
        RawFact("birth_date_conflict", "birth_date_conflict", Flag(), remark=True),
        RawFact("submitted_on", "submitted_on", Day()),
        RawFact("household.status", "household_status", Member(_HOUSEHOLD)),
        RawFact("household.valid_to", "household_valid_to", Day(("open_ended",))),
        RawFact("certificate.category", "certificate_category", Whole(1, MULTIPLE)),
        RawFact("certificate.components", "certificate_components", _Components()),
        RawFact("certificate.grade", "certificate_grade", Whole(1, 4)),
        RawFact("certificate.status", "certificate_status", Member(_CERTIFICATE)),
        RawFact("certificate.valid_to", "certificate_valid_to", Day()),
        RawFact("device.class_code", "device_class_code", Text(r"[0-9A-Za-z_.-]{1,40}", "1222")),
        RawFact("device.life_years", "device_life_years", Whole(0, 100, ("none",))),
        RawFact("device.allowed_categories", "device_allowed_categories", _Categories()),
        RawFact("device.cap_fen", "device_cap_fen", Whole(0, _MOST_FEN, ("none",))),
        RawFact("device.qty", "device_qty", Whole(1, 1000)),
        RawFact("price_fen", "price_fen", Whole(0, _MOST_FEN)),
        RawFact("last_delivered_on", "last_delivered_on", Day(("never",))),
        RawFact("open_same_class", "open_same_class", Flag()),
    )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """Read facts from a mapping, in which `citizen_id` may stand for `birth_date`.

        The ID is turned into the birth date here and kept nowhere. Raises `FactError`.
        """
        paths = {**cls.paths(), "citizen_id": "citizen_id"}
        if not isinstance(mapping, Mapping):
            raise FactError("facts", "this is no mapping", "write {…} with one key per fact")
        flat = dict(flatten(mapping, paths))
        number = flat.pop("citizen_id", None)
        facts = cls._typed(flat)
        if number is None:
            return facts
        if not isinstance(number, str):
            raise FactError("citizen_id", "this is no text", "write the 18 characters in quotes")
        try:
            birth = parse_citizen_id(number).birth_date
        except CitizenIdError as error:
            raise FactError("citizen_id", "this is no valid number", str(error)) from None
        if facts.birth_date is None:
            return cls._typed({**flat, "birth_date": birth})
        if facts.birth_date != birth:
            return cls._typed({**flat, "birth_date_conflict": True})
        return facts
