"""Households and their economic statuses, as the register of the town would hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from synthetic_village.clock import IMPORTED, ejson, moment

if TYPE_CHECKING:
    from synthetic_village.register import Document, Register

Status = Literal["none", "dibao", "dibian", "tekun", "zhichu"]

_SOURCES: Final[dict[Status, str]] = {
    "none": "村级入户核实",
    "dibao": "民政低保系统核对",
    "dibian": "民政低边系统核对",
    "tekun": "镇特困供养台账",
    "zhichu": "镇社会事务办认定",
}


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One certified status of a household.

    `valid_to` is a civil day, `open_ended`, or `None` where the paper states no end. A row that
    was never verified reads as pending.
    """

    status: Status
    valid_from: str
    valid_to: str | None
    verified: bool = True

    @property
    def written_on(self) -> str:
        """The civil day of the entry; a status that begins in July was entered in June."""
        return min(self.valid_from, _LAST_ENTRY)

    def document(self) -> Document:
        """Return the row as the household document holds it."""
        row: Document = {
            "status": self.status,
            "validFrom": self.valid_from,
            "validTo": self.valid_to,
            "source": _SOURCES[self.status],
        }
        if self.verified:
            row["verifiedAt"] = ejson(moment(self.written_on, "10:30"))
        return row


NONE = StatusRow("none", "2023-01-12", "2024-01-11")
DIBAO = StatusRow("dibao", "2022-10-01", "2023-09-30")
LAPSED_DIBIAN = StatusRow("dibian", "2022-04-01", "2023-03-31")
PENDING_DIBAO = StatusRow("dibao", "2023-06-01", "2024-05-31", verified=False)

_LAST_ENTRY: Final = "2023-06-20"

# What the households of the crowd hold, in turn; most are not poor. An empty row is "unknown".
CROWD: Final[tuple[tuple[StatusRow, ...], ...]] = (
    (NONE,),
    (DIBAO,),
    (StatusRow("none", "2022-11-03", None),),
    (StatusRow("none", "2023-02-20", "open_ended"),),
    (),
    (StatusRow("dibian", "2023-01-01", "2023-12-31"),),
    (NONE,),
    (StatusRow("none", "2022-12-15", None),),
    (LAPSED_DIBIAN,),
    (NONE,),
    (StatusRow("dibao", "2022-07-01", "open_ended"),),
    (StatusRow("none", "2023-03-08", None),),
    (PENDING_DIBAO,),
    (NONE,),
    (StatusRow("tekun", "2020-05-01", "open_ended"),),
    (StatusRow("dibao", "2021-10-01", "2022-09-30"), NONE),
    (StatusRow("none", "2022-10-18", None),),
    (StatusRow("dibao", "2022-11-01", None),),
    (NONE, PENDING_DIBAO),
    (StatusRow("zhichu", "2023-04-01", "2024-03-31"),),
    (NONE,),
    (StatusRow("dibian", "2023-07-01", "2024-06-30"),),
    (StatusRow("none", "2023-04-26", None),),
)


def add_household(register: Register, village_id: str, rows: tuple[StatusRow, ...]) -> str:
    """Write down a household and return its id."""
    changed = max([IMPORTED, *(moment(row.written_on, "10:30") for row in rows)])
    document = register.add(
        "households",
        {
            "_id": register.new_id("h"),
            "villageId": village_id,
            "statuses": [row.document() for row in rows],
            "createdAt": ejson(IMPORTED),
            "updatedAt": ejson(changed),
            "_v": 1 if changed == IMPORTED else 2,
        },
    )
    household_id: str = document["_id"]
    return household_id
