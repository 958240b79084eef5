"""The citizen identity number (公民身份号码) of 18 characters.

Source: GB 11643-1999; check character by ISO 7064 MOD 11-2. Six digits of division, eight of
birth, three of sequence (odd: male, even: female), one check character. The division is that of
the first registration and proves nothing about where a person lives now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Sex = Literal["M", "F"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_LENGTH = 18
_OLD_LENGTH = 15
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_DIVISION = re.compile(r"[1-9][0-9]{5}")
_HIGHEST_SEQUENCE = 999


class CitizenIdError(ValueError):
    """The text is no citizen ID; the sentence says what to correct and never shows the number."""


@dataclass(frozen=True, slots=True, repr=False)
class CitizenId:
    """A citizen ID that satisfies the standard; built by `parse_citizen_id`.

    `number` is the full number, normalised to an upper-case X; `repr` and `str` show it masked.
    Building one from any other text raises `CitizenIdError`.
    """

    number: str
    birth_date: date = field(init=False, compare=False)
    sex: Sex = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Derive what the number says, refusing a number that breaks the standard."""
        number = self.number
        if _SHAPE.fullmatch(number) is None:
            raise CitizenIdError(_misshapen(number))
        birth = _birth_date(number)
        if _check_character(number[:-1]) != number[-1]:
            raise CitizenIdError(
                "The check character of the citizen ID does not fit its other digits: "
                "compare it digit by digit with the card."
            )
        object.__setattr__(self, "birth_date", birth)
        object.__setattr__(self, "sex", "M" if int(number[16]) % 2 else "F")

    @property
    def division(self) -> str:
        """The six-digit division of the first registration; not where the person lives."""
        return self.number[:6]

    def __repr__(self) -> str:
        """Show three and four characters of the number, as `mask_citizen_id` does."""
        return f"CitizenId({self.number[:3]}{'*' * 11}{self.number[-4:]})"

    __str__ = __repr__


def parse_citizen_id(text: str, *, on: date | None = None) -> CitizenId:
    """Return the citizen ID that a text states; a lower-case x is accepted.

    With `on`, a birth after that day is refused. Raises `CitizenIdError`, also for old numbers of
    15 digits, full-width digits and spaces. Source: GB 11643-1999.
    """
    citizen_id = CitizenId(text.replace("x", "X"))
    if on is not None and citizen_id.birth_date > on:
        raise CitizenIdError(
            "The birth date in the citizen ID lies in the future: compare digits 7 to 14 "
            "with the card."
        )
    return citizen_id


def make_citizen_id(division: str, birth: date, sequence: int) -> str:
    """Return the number with its check character, for tests and synthetic people.

    `sequence` is 0 to 999, odd for a man, even for a woman. Use the unassigned division `330299`:
    no real person can have such a number. Raises `CitizenIdError`.
    """
    if _DIVISION.fullmatch(division) is None:
        raise CitizenIdError("The division is malformed: give six digits, the first not 0.")
    if not 0 <= sequence <= _HIGHEST_SEQUENCE:
        raise CitizenIdError("The sequence is out of range: give a number from 0 to 999.")
    # Not strftime: it pads years before 1000 on some platforms only.
    body = f"{division}{birth.year:04d}{birth.month:02d}{birth.day:02d}{sequence:03d}"
    return body + _check_character(body)


def _check_character(body: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def _birth_date(number: str) -> date:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise CitizenIdError(
            "The birth date in the citizen ID does not exist: compare digits 7 to 14 with the card."
        ) from None


def _misshapen(text: str) -> str:
    """Say what is wrong with a text that has not the shape of a number, without showing it."""
    if any(character.isspace() for character in text):
        return "The citizen ID contains spaces or line breaks: remove them."
    if not text.isascii():
        return (
            "The citizen ID contains characters that are not plain digits, such as full-width "
            "digits or ×: type it again with half-width digits and the letter X."
        )
    if len(text) == _OLD_LENGTH and text.isdigit():
        return (
            "This is an old number of 15 digits, which is no longer valid: ask for the "
            "18-character number on the present card."
        )
    if len(text) != _LENGTH:
        return f"The citizen ID has {len(text)} characters: enter all 18 from the card."
    if text[0] == "0":
        return "No division begins with 0: compare the first six digits with the card."
    return (
        "The citizen ID must be 17 digits and then a digit or X: compare it with the card "
        "and type it again."
    )
