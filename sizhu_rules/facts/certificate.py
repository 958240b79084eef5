"""The number of a disability certificate (残疾人证): citizen ID, category, grade, re-issue.

Source: 残疾人证管理办法 arts. 1–5 and 19–20 as quoted in domain.md §2.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sizhu_rules.facts.citizen_id import CitizenId, CitizenIdError, parse_citizen_id

if TYPE_CHECKING:
    from datetime import date

# 1 is sight and 2 is hearing; pages that have it the other way round are wrong.
CATEGORIES: Final = {1: "视力", 2: "听力", 3: "言语", 4: "肢体", 5: "智力", 6: "精神", 7: "多重"}
# 1 is the heaviest.
GRADES: Final = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}

_ID_LENGTH = 18
_TAIL = re.compile(r"([1-7])([1-4])(?:B([1-9][0-9]?))?")


class CertificateNumberError(ValueError):
    """The text is no certificate number; the sentence says what to correct, never the number."""


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A certificate number taken apart; built by `parse_certificate_number`.

    `category` is 1 to 7 and `grade` 1 (heaviest) to 4. `reissue` is 1 for `B1`, 2 for `B2`, …,
    and `None` for a number never re-issued. Raises `CertificateNumberError` for other values.
    """

    citizen_id: CitizenId
    category: int
    grade: int
    reissue: int | None = None

    def __post_init__(self) -> None:
        """Refuse values that no certificate carries."""
        if _TAIL.fullmatch(self._tail()) is None:
            raise CertificateNumberError(
                "The certificate does not exist: use category 1 to 7, grade 1 to 4 and re-issue "
                "1 to 99 or none."
            )

    @property
    def number(self) -> str:
        """The full number: 20 characters, or 22 to 23 after a re-issue."""
        return self.citizen_id.number + self._tail()

    def same_person(self, other: CertificateNumber) -> bool:
        """Say whether both belong to one person: a re-issue never makes a second one."""
        return self.citizen_id == other.citizen_id

    def _tail(self) -> str:
        reissue = "" if self.reissue is None else f"B{self.reissue}"
        return f"{self.category}{self.grade}{reissue}"


def parse_certificate_number(text: str, *, on: date | None = None) -> CertificateNumber:
    """Return the certificate number that a text states; lower-case x and b are accepted.

    With `on`, a birth after that day is refused. Raises `CertificateNumberError`, whose sentence
    ends in the fix and never contains the number.
    """
    try:
        citizen_id = parse_citizen_id(text[:_ID_LENGTH], on=on)
    except CitizenIdError as error:
        raise CertificateNumberError(
            f"The first 18 characters of the certificate number are wrong. {error}"
        ) from None
    tail = text[_ID_LENGTH:].upper()
    parts = _TAIL.fullmatch(tail)
    if parts is None:
        raise CertificateNumberError(_wrong_tail(tail))
    category, grade, reissue = parts.groups()
    return CertificateNumber(
        citizen_id, int(category), int(grade), None if reissue is None else int(reissue)
    )


def _wrong_tail(tail: str) -> str:
    if not tail:
        return "This is a citizen ID: add the category and grade that follow it on the certificate."
    if not tail.isascii() or any(character.isspace() for character in tail):
        return (
            "The end of the certificate number contains spaces or characters that are not plain: "
            "type it again with half-width digits."
        )
    if tail[0] not in "1234567":
        return "Character 19 is the category: enter 1 to 7 as on the certificate."
    if tail[1:2] not in {"1", "2", "3", "4"}:
        return "Character 20 is the grade: enter 1 to 4 as on the certificate."
    return "After the grade only B1 to B99 may follow: enter the re-issue as on the certificate."
