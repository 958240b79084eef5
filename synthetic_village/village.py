"""The village as a whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.device import file_devices
from synthetic_village.cases.donation import file_donation_to_moved, file_donations
from synthetic_village.cases.intent import file_intents
from synthetic_village.cases.job import file_jobs
from synthetic_village.cases.pairing import file_pairings
from synthetic_village.cases.post import file_posts
from synthetic_village.cases.retrofit import file_retrofits
from synthetic_village.cases.service import file_visits
from synthetic_village.cases.wish import file_wishes
from synthetic_village.office import open_offices
from synthetic_village.people import crowd, is_valid_resident
from synthetic_village.places import NEIGHBOURS, TAOJIALU, XIEJIALU
from synthetic_village.register import Register
from synthetic_village.traps import enrol_mover, enrol_trapped, replay_cases
from synthetic_village.volunteers import enlist

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic_village.register import Document

RESIDENTS: Final = 183
VOLUNTEERS: Final = 97
_NEIGHBOURS_EACH: Final = 9
_NEIGHBOUR_VOLUNTEERS_EACH: Final = 3


@dataclass(frozen=True, slots=True)
class Village:
    """Documents ready for the emulator's `load` and for WeChat's import.

    `clear_people` holds names, numbers and phones and is loaded nowhere. `replays` holds rows
    that the unique indexes must refuse. `named` gives ids by what they are there for: each trap
    of domain.md §11 and each finding of the device rule has its name.
    """

    collections: dict[str, list[Document]]
    clear_people: list[Document] = field(default_factory=list)
    replays: dict[str, list[Document]] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)

    def write(self, out: Path) -> None:
        """Write JSON Lines, one file for each collection, and the folders `clear` and `replays`.

        The bytes are the same on every system. Files of an earlier run are replaced.
        """
        for name, documents in self.collections.items():
            _write_lines(out / f"{name}.jsonl", documents)
        for name, documents in self.replays.items():
            _write_lines(out / "replays" / f"{name}.jsonl", documents)
        if self.clear_people:
            _write_lines(out / "clear" / "people.jsonl", self.clear_people)


def build() -> Village:
    """Return 谢家路村 and four neighbours at `CLOCK`, the same in every run."""
    register = Register("sizhu village 1")
    office = open_offices(register)
    volunteers = {XIEJIALU: [enlist(register, office, XIEJIALU) for _ in range(VOLUNTEERS)]}
    for village_id in NEIGHBOURS:
        volunteers[village_id] = [
            enlist(register, office, village_id) for _ in range(_NEIGHBOUR_VOLUNTEERS_EACH)
        ]
    for village_id in (XIEJIALU, XIEJIALU, TAOJIALU):
        pending = enlist(register, office, village_id, approved=False)
        register.remember("volunteer_pending", pending.id)
    first = {village_id: group[0] for village_id, group in volunteers.items()}

    file_devices(register, office, helper=first[XIEJIALU])
    enrol_trapped(register, office)
    missing = RESIDENTS - _valid_residents(register, XIEJIALU)
    residents = {XIEJIALU: crowd(register, office, XIEJIALU, missing)}
    for village_id in NEIGHBOURS:
        residents[village_id] = crowd(register, office, village_id, _NEIGHBOURS_EACH)

    recipients = {village_id: group[0] for village_id, group in residents.items()}
    file_donations(register, office, first, recipients)
    mover = enrol_mover(register, office)
    file_donation_to_moved(register, office, first[TAOJIALU], mover)
    file_intents(register, office, first)
    file_visits(register, office, volunteers, residents)
    file_retrofits(register, office, residents)
    file_jobs(register, office, residents)
    file_pairings(register, office, volunteers[XIEJIALU], residents[XIEJIALU])
    file_posts(register, office, first[XIEJIALU])
    replay_cases(register)
    file_wishes(register, office, residents)
    return Village(
        register.collections,
        register.clear_people,
        {"cases": register.replayed_cases},
        register.named,
    )


def _valid_residents(register: Register, village_id: str) -> int:
    return sum(
        is_valid_resident(person)
        for person in register.collections["persons"]
        if person["villageId"] == village_id
    )


def _write_lines(path: Path, documents: list[Document]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
        for document in documents
    )
    # Bytes, because text mode would write other line ends on Windows.
    path.write_bytes("".join(lines).encode())
