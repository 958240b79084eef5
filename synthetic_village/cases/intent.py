"""Offers to help (帮扶意向) before any pairing: the town arranges all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from synthetic_village.cases.envelope import Filer, Filing, file_case
from synthetic_village.clock import moment
from synthetic_village.places import JIATANG, TAOJIALU, XIEJIALU

if TYPE_CHECKING:
    from synthetic_village.office import Office
    from synthetic_village.register import Document, Register
    from synthetic_village.volunteers import Volunteer

# Village of the volunteer, offer, wanted village, submitted, way so far.
_OFFERS: Final = (
    (XIEJIALU, "理发", XIEJIALU, moment("2023-02-09", "20:11"), ("submitted", "arranged")),
    (XIEJIALU, "陪诊", None, moment("2023-03-26", "13:37"), ("submitted",)),
    (XIEJIALU, "手机教学", XIEJIALU, moment("2023-06-24", "18:59"), ("submitted",)),
    (JIATANG, "代购", XIEJIALU, moment("2023-05-02", "10:45"), ("submitted", "declined")),
    (TAOJIALU, "陪伴聊天", None, moment("2023-06-29", "23:50"), ("submitted",)),
)


def file_intents(register: Register, office: Office, volunteers: dict[str, Volunteer]) -> None:
    """Write down the offers, the last but one without `rev`: an older program wrote it."""
    cases: list[Document] = []
    for village_id, offer, wanted, submitted, path in _OFFERS:
        volunteer = volunteers[village_id]
        data: Document = {"offer": offer}
        if wanted is not None:
            data["wantedVillageId"] = wanted
        filing = Filing(
            "intent",
            village_id,
            Filer(volunteer.user_id),
            data,
            submitted,
            path,
            volunteer_id=volunteer.id,
            at_town=True,
        )
        cases.append(file_case(register, office, filing))
    del cases[-2]["rev"]
    register.remember("case_without_rev", cases[-2]["_id"])
