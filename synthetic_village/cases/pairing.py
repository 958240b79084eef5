"""Standing relations of a volunteer and a resident (结对): no rule reads or counts them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.clock import moment

if TYPE_CHECKING:
    from synthetic_village.office import Office
    from synthetic_village.people import Resident
    from synthetic_village.register import Register
    from synthetic_village.volunteers import Volunteer

PAIRS: Final = 12
_FIRST: Final = moment("2023-02-02", "18:30")


def file_pairings(
    register: Register, office: Office, volunteers: list[Volunteer], residents: list[Resident]
) -> None:
    """Write down a dozen relations, every third of them the party branch's."""
    for number in range(PAIRS):
        volunteer, resident = volunteers[number], residents[number]
        filing = Filing(
            "pairing",
            resident.village_id,
            Filer(volunteer.user_id),
            {"personId": resident.id, "relation": "party" if number % 3 == 0 else "volunteer"},
            _FIRST + timedelta(hours=number),
            ("submitted", "accepted"),
            person_id=resident.id,
            volunteer_id=volunteer.id,
        )
        register.remember("pairing", file_case(register, office, filing)["_id"])
