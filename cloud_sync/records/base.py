"""What all records share: field types of the cloud's documents, and errors that name no value."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError

PLAUSIBLE_YEARS = range(1900, 2201)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class RecordError(ValueError):
    """A document cannot be used; says what is wrong and how to mend it, never a value."""

    def __init__(self, reason: str, fix: str) -> None:
        """Keep both sentences apart, as a dead letter stores them."""
        super().__init__(f"{reason} {fix}")
        self.reason = reason
        self.fix = fix


class Record(BaseModel):
    """A document of the cloud: camelCase there, snake_case here; unknown fields are left alone."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True
    )


def whole(value: object) -> object:
    """Turn a double without a fraction into an integer; leave anything else as it is."""
    # A number typed in the cloud console is stored as a double.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def parse_day(value: object) -> date:
    """Read a civil day written YYYY-MM-DD; raises `ValueError` without naming the value."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a day written YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a possible day") from None


def _plausible(instant: datetime) -> datetime:
    if instant.year not in PLAUSIBLE_YEARS:
        raise ValueError("lies in an impossible year")
    return instant


Text = Annotated[str, Strict(), StringConstraints(min_length=1)]
Instant = Annotated[datetime, Strict(), AfterValidator(_plausible)]
Day = Annotated[date, BeforeValidator(parse_day)]
Whole = Annotated[int, Strict(), BeforeValidator(whole)]
Flag = Annotated[bool, Strict()]
VillageId = Annotated[str, Strict(), StringConstraints(pattern=r"^[0-9]{12}$")]


def describe(error: ValidationError, *, where: str) -> RecordError:
    """Turn a validation error into a reason and a fix that name fields, never values."""
    problems = [_problem(dict(item)) for item in error.errors(include_url=False)]
    return record_error(problems, where=where)


def record_error(problems: Iterable[tuple[str, str]], *, where: str) -> RecordError:
    """Make the error from (field path, what is wrong) pairs of one document."""
    found = dict(problems)
    reason = "; ".join(f"{where}.{path} {what}" for path, what in found.items())
    fields = ", ".join(found)
    return RecordError(
        f"{reason}.",
        f"Correct {fields} of the {_NAMES.get(where, 'document')} in the cloud console or the "
        "program that wrote it, then run `sizhu dead retry`.",
    )


_NAMES = {
    "cases": "case",
    "persons": "person this case names",
    "households": "household of this case's person",
    "device_catalogue": "catalogue row of this case's device class",
}


def _problem(item: dict[str, Any]) -> tuple[str, str]:
    path = ".".join(str(part) for part in item["loc"]) or "(document)"
    kind = str(item["type"])
    if kind == "missing" or item["input"] is None:
        return path, "is missing"
    if kind == "value_error":
        return path, str(item["msg"]).removeprefix("Value error, ")
    if kind == "literal_error":
        return path, f"must be one of {item['ctx']['expected']}"
    return path, _KINDS.get(kind, "has the wrong type")


_KINDS = {
    "string_too_short": "is empty",
    "string_pattern_mismatch": "must be a division code of 12 digits",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
}
