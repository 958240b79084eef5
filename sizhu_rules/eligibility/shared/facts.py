"""Raw facts that several rules read: birth, household, certificate, and lists of codes.

A rule lists in its own SCHEMA which of them it may read, and declares their attributes: so what is
asked of a person for one kind of help stands in one place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

from sizhu_rules.engine.raw import Day, Facts, Flag, Malformed, Member, RawFact, Whole, flatten
from sizhu_rules.errors import FactError
from sizhu_rules.facts.citizen_id import CitizenIdError, parse_citizen_id
from sizhu_rules.facts.household import Status as HouseholdStatus

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "BIRTH",
    "CERTIFICATE",
    "CERTIFICATE_STATE",
    "HARDSHIP",
    "HOUSEHOLD",
    "MULTIPLE",
    "SUBMITTED",
    "CertificateStatus",
    "Codes",
    "Component",
    "HouseholdStatus",
    "Identified",
    "Texts",
]

CertificateStatus = Literal["valid", "expired", "lost", "cancelled", "deceased", "moved"]

MULTIPLE: Final = 7
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
class Codes:
    """A list of distinct code words, or a single word that stands for a list, such as "any".

    `labels` give the Chinese name of each code for the fix. An empty list is a fact: none of them.
    """

    labels: Mapping[str, str]
    words: tuple[str, ...] = ()

    def parse(self, value: object) -> object:
        """Read a list of code words, each exactly as listed; order and repetition do not matter."""
        if isinstance(value, str) and value in self.words:
            return value
        words = "".join(f" or '{word}'" for word in self.words)
        if not isinstance(value, list | tuple):
            raise Malformed("this is no list", f"write a list of codes{words}, or leave it out")
        if any(not isinstance(item, str) or item not in self.labels for item in value):
            listed = ", ".join(f"{code} ({name})" for code, name in self.labels.items())
            raise Malformed("an item is none of the known codes", f"use codes of {listed}")
        return tuple(code for code in self.labels if code in value)

    def render(self, value: tuple[str, ...] | str) -> object:
        """Write it as read, in the order of the code list."""
        return value if isinstance(value, str) else list(value)


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of distinct texts of a fixed shape, or a single word that stands for a list."""

    shape: str
    example: str
    words: tuple[str, ...] = ()

    def parse(self, value: object) -> object:
        """Read a list of texts of the shape; order and repetition do not matter."""
        if isinstance(value, str) and value in self.words:
            return value
        words = "".join(f" or '{word}'" for word in self.words)
        if not isinstance(value, list | tuple):
            raise Malformed("this is no list", f"write [{self.example}]{words}, or leave it out")
        if any(not isinstance(item, str) or not re.fullmatch(self.shape, item) for item in value):
            raise Malformed("an item has another shape", f"write it like {self.example}")
        return tuple(sorted(set(value)))

    def render(self, value: tuple[str, ...] | str) -> object:
        """Write it as read, in order."""
        return value if isinstance(value, str) else list(value)


BIRTH: Final = (
    RawFact("birth_date", "birth_date", Day()),
    RawFact("birth_date_conflict", "birth_date_conflict", Flag(), remark=True),
)
SUBMITTED: Final = RawFact("submitted_on", "submitted_on", Day())
HOUSEHOLD: Final = (
    RawFact("household.status", "household_status", Member(_HOUSEHOLD)),
    RawFact("household.valid_to", "household_valid_to", Day(("open_ended",))),
)
# What makes a household 困难 beside its certified status: 防返贫监测, or a mark of the staff, which
# counts only where its reason is on record.
HARDSHIP: Final = (
    RawFact("household.monitored", "household_monitored", Flag()),
    RawFact("household.staff_marked", "household_staff_marked", Flag()),
)
CERTIFICATE_STATE: Final = (
    RawFact("certificate.status", "certificate_status", Member(_CERTIFICATE)),
    RawFact("certificate.valid_to", "certificate_valid_to", Day()),
)
CERTIFICATE: Final = (
    RawFact("certificate.category", "certificate_category", Whole(1, MULTIPLE)),
    RawFact("certificate.components", "certificate_components", _Components()),
    RawFact("certificate.grade", "certificate_grade", Whole(1, 4)),
    *CERTIFICATE_STATE,
)


class Identified(Facts):
    """Base of facts with `BIRTH`: in a mapping `citizen_id` may stand for `birth_date`.

    `birth_date_conflict` is True where an ID and the stored birth date disagree; a citizen ID
    itself is no fact.
    """

    __slots__ = ()
    birth_date: date | None

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
