"""The facts a sheet looks at, and the cells into which its conditions cut each of them.

Every field has one cell more than its domain: unknown. A field may name a `contradiction` code;
it then has another cell for facts that are given and cannot be (born after the submission).
Asking does not cure those, so they are no unknowns.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["int", "day", "enum", "bool"]
Value = int | bool | str | date


class Special(Enum):
    """What a derived fact says beside a value (None says: unknown)."""

    CONTRADICTION = "contradiction"


CONTRADICTION: Final = Special.CONTRADICTION
Known = Value | Literal[Special.CONTRADICTION]


@dataclass(frozen=True, slots=True)
class Field:
    """One unary fact of a sheet with a finite or bounded domain.

    `low` and `high` bound `int` (inclusive) and `day` (ordinals); `members` list an `enum`.
    `changeable` names the raw fact along which a person may change it, if any.
    """

    name: str
    kind: Kind
    members: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    contradiction: str | None = None
    changeable: str | None = None
    line: int = 0

    def accepts(self, value: Value) -> bool:
        """Tell whether a constant may be compared with this field."""
        if self.kind == "enum":
            return value in self.members
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "day":
            return isinstance(value, date) and self.low <= value.toordinal() <= self.high
        return type(value) is int and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one field on one date segment.

    `points` holds one value of each ordinary cell. Codes run over the ordinary cells, then the
    contradiction cell if there is one, then unknown.
    """

    field: Field
    cuts: tuple[int, ...]
    points: tuple[Value, ...]

    @property
    def contradiction(self) -> int | None:
        """The code of the contradiction cell, if the field has one."""
        return None if self.field.contradiction is None else len(self.points)

    @property
    def known(self) -> int:
        """How many cells a known (or contradicting) fact may fall into; also the unknown's code."""
        return len(self.points) + (self.field.contradiction is not None)

    def code(self, value: Known | None) -> int:
        """Return the code of a fact's cell."""
        if value is None:
            return self.known
        if isinstance(value, Special):
            if self.contradiction is None:
                raise ValueError(f"{self.field.name} declares no contradiction; declare its code")
            return self.contradiction
        if self.field.kind in ("enum", "bool"):
            return self.points.index(value)
        return bisect_right(self.cuts, value.toordinal() if isinstance(value, date) else value)

    def label(self, code: int) -> str:
        """Describe a cell for a report, without any person's value."""
        if code == self.known:
            return "unknown"
        if code == self.contradiction:
            return "contradicting"
        if self.field.kind in ("enum", "bool"):
            return str(self.points[code]).lower()
        low = self.points[code]
        if code == len(self.points) - 1:
            return f">= {low}" if len(self.points) > 1 else "any"
        high = self.cuts[code] - 1
        last: Value = date.fromordinal(high) if self.field.kind == "day" else high
        if code == 0:
            return f"<= {last}"
        return f"{low}" if low == last else f"{low}..{last}"


def cut(field: Field, cuts: Iterable[int]) -> Cells:
    """Cut a field's domain before each of the given numbers (day ordinals for `day`)."""
    if field.kind == "enum":
        return Cells(field, (), field.members)
    if field.kind == "bool":
        return Cells(field, (), (False, True))
    inside = tuple(sorted({c for c in cuts if field.low < c <= field.high}))
    starts = (field.low, *inside)
    points: tuple[Value, ...] = (
        tuple(date.fromordinal(start) for start in starts) if field.kind == "day" else starts
    )
    return Cells(field, inside, points)
