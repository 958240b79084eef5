"""What earlier cases say: of a device class, of a household's works, of a person's wishes.

An open case counts where it was submitted before this one, so that of two only the later is a
duplicate, in whatever order they are decided. A delivery always counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from cloud_sync.records.base import PLAUSIBLE_YEARS
from cloud_sync.records.case import DELIVERED_STATUSES, OPEN_STATUSES, OPEN_WISH_STATUSES
from sizhu_rules.facts.calendar import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cloud_sync.records.case import Case

PRIOR_FIELDS: Final = ("personId", "status", "submittedAt", "data.classCode", "log.at", "log.to")
PRIOR_STATUSES: Final = {
    "device": (*OPEN_STATUSES, *DELIVERED_STATUSES),
    "retrofit": (*OPEN_STATUSES, *DELIVERED_STATUSES),
    "wish": OPEN_WISH_STATUSES,
}
"""By kind: in which statuses an earlier case says something."""


@dataclass(frozen=True, slots=True)
class Prior:
    """One earlier case."""

    id: str
    class_code: str | None
    status: str
    submitted_at: datetime | None
    delivered_on: date | None

    def is_open_before(self, case: Case, statuses: Iterable[str] = OPEN_STATUSES) -> bool:
        """Whether it was submitted before this case and is still open."""
        return (
            self.submitted_at is not None
            and self.status in statuses
            and (self.submitted_at, self.id) < (case.submitted_at, case.id)
        )


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """What earlier cases say of one person and one device class."""

    last_delivered_on: date | Literal["never"] | None
    """None where a delivery stands without its day."""
    open_same_class: bool | None


def device_history(case: Case, class_code: str | None, priors: Iterable[Prior]) -> DeviceHistory:
    """Return what the person's other cases of this class say."""
    if case.person_id is None or class_code is None:
        return DeviceHistory(None, None)
    others = [prior for prior in priors if prior.id != case.id]
    same = [prior for prior in others if prior.class_code == class_code]
    return DeviceHistory(
        last_delivered_on=_last_delivery(others, class_code),
        open_same_class=any(prior.is_open_before(case) for prior in same),
    )


def works_of_household(case: Case, priors: Iterable[Prior]) -> Literal["none", "open", "done"]:
    """Return how far works in the home have come by other applications of the household."""
    others = [prior for prior in priors if prior.id != case.id]
    if any(prior.status in DELIVERED_STATUSES for prior in others):
        return "done"
    return "open" if any(prior.is_open_before(case) for prior in others) else "none"


def has_open_wish(case: Case, priors: Iterable[Prior]) -> bool:
    """Tell whether the person has made another wish before that is not closed."""
    return any(prior.is_open_before(case, OPEN_WISH_STATUSES) for prior in priors)


def prior_of(document: dict[str, Any]) -> Prior:
    """Read an earlier case, whatever state its fields are in."""
    delivered: list[datetime] = []
    submitted, data, log = document.get("submittedAt"), document.get("data"), document.get("log")
    for row in log if isinstance(log, list) else []:
        if isinstance(row, dict) and row.get("to") == "delivered":
            at = row.get("at")
            if isinstance(at, datetime) and at.year in PLAUSIBLE_YEARS:
                delivered.append(at)
    code = data.get("classCode") if isinstance(data, dict) else None
    return Prior(
        id=document["_id"],
        class_code=code if isinstance(code, str) else None,
        status=str(document.get("status")),
        submitted_at=submitted if isinstance(submitted, datetime) else None,
        delivered_on=max(map(civil_date, delivered)) if delivered else None,
    )


def _last_delivery(others: list[Prior], class_code: str) -> date | Literal["never"] | None:
    days = []
    for prior in others:
        if prior.class_code == class_code and prior.delivered_on:
            days.append(prior.delivered_on)
        elif prior.status in DELIVERED_STATUSES and prior.class_code in {class_code, None}:
            # Something of this class may have been delivered, on a day nobody wrote down.
            return None
    return max(days) if days else "never"
