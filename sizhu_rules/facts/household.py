"""Economic status of a household: which of its dated rows counts on a day, and whether it lapsed.

A status is certified by 民政, never computed from income. Favour runs from 特困 to 无; of the rows
begun by the day the most favourable valid one counts, else the latest lapsed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

Status = Literal["none", "dibao", "dibian", "tekun", "zhichu", "pending"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)

# From the most favourable down. `pending` stands above `none`: it may still turn into a benefit.
_FAVOUR: Final[tuple[Status, ...]] = ("tekun", "dibao", "dibian", "zhichu", "pending", "none")

_BENEFITS: Final = ("tekun", "dibao", "dibian")


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One dated row of a household: a status from a day on, to a day, and whether it was verified.

    `valid_to` None means unknown, "open_ended" means without an end. The last day still counts.
    """

    status: Status
    valid_from: date
    valid_to: date | Literal["open_ended"] | None
    verified: bool

    @property
    def effective(self) -> Status:
        """The status as it may be used: a row that nobody verified reads as `pending`."""
        return self.status if self.verified else "pending"


def lapsed(valid_to: date | Literal["open_ended"] | None, day: date) -> bool | None:
    """Say whether a status had run out by `day` (None: its end is unknown)."""
    if valid_to is None:
        return None
    return valid_to != "open_ended" and valid_to < day


def status_on(rows: Iterable[StatusRow], day: date) -> StatusRow | None:
    """Choose the row that counts on `day`, or None where no row had begun (status unknown).

    A row whose end is unknown competes as valid: whether it lapsed is then a question to ask, not
    an answer to assume; but it is not asked where another benefit is known to be valid.
    """
    begun = [row for row in rows if row.valid_from <= day]
    valid = [row for row in begun if not lapsed(row.valid_to, day)]
    if valid:
        return min(valid, key=_favour)
    return max(begun, key=_end_then_start, default=None)


def _favour(row: StatusRow) -> tuple[bool, bool, int, int]:
    status = row.effective
    return (
        status not in _BENEFITS,
        row.valid_to is None,
        _FAVOUR.index(status),
        -row.valid_from.toordinal(),
    )


def _end_then_start(row: StatusRow) -> tuple[int, int]:
    end = row.valid_to
    if end is None or end == "open_ended":  # unreachable for a lapsed row
        return (0, 0)
    return (end.toordinal(), row.valid_from.toordinal())
