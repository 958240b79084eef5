"""Residents who must not be counted, or not twice, and the rows that arrive a second time."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from synthetic_village.clock import ejson, from_ejson
from synthetic_village.households import DIBAO, NONE
from synthetic_village.people import Profile, Resident, enrol
from synthetic_village.places import TAOJIALU, XIEJIALU

if TYPE_CHECKING:
    from synthetic_village.office import Office
    from synthetic_village.register import Register

_REISSUED: Final = Profile(XIEJIALU, date(1969, 3, 3), grade=2, statuses=(NONE,), reissue=1)
_TWICE: Final = Profile(XIEJIALU, date(1974, 12, 5), category=1, grade=2, statuses=(DIBAO,))

_GONE: Final = (
    Profile(XIEJIALU, date(1938, 5, 17), certificate_status="deceased", state="deceased"),
    Profile(
        XIEJIALU, date(1944, 1, 26), certificate_status="deceased", state="deceased", install=None
    ),
    Profile(XIEJIALU, date(1983, 6, 11), certificate_status="moved", state="moved"),
    # The certificate was given back (注销): the person stays, but not as one of the 183.
    Profile(XIEJIALU, date(1979, 10, 2), certificate_status="cancelled"),
)


def enrol_trapped(register: Register, office: Office) -> None:
    """Write down a re-issued certificate, a double import, the dead, moved and cancelled."""
    reissued = enrol(register, office, _REISSUED)
    register.remember("certificate_reissued", reissued.id)
    _import_twice(register, office)
    for profile in _GONE:
        register.remember(profile.certificate_status, enrol(register, office, profile).id)


def enrol_mover(register: Register, office: Office) -> Resident:
    """Write down a resident of 陶家路村 who will move to another village of the town."""
    return enrol(register, office, Profile(TAOJIALU, date(1970, 8, 19), grade=1, statuses=(NONE,)))


def replay_cases(register: Register) -> None:
    """Repeat submissions whose answer was lost: the same key in a document with another id.

    The unique index on `createdBy` and `clientKey` must refuse each of them.
    """
    for name in ("age_60_none", "visit_entered_by_staff"):
        (case_id,) = register.named[name]
        case = next(row for row in register.collections["cases"] if row["_id"] == case_id)
        again = deepcopy(case)
        again["_id"] = register.new_id("c")
        again["createdAt"] = ejson(from_ejson(case["createdAt"]) + timedelta(minutes=2))
        again |= {"_v": 2, "rev": 1, "status": "submitted", "log": again["log"][:1]}
        again["updatedAt"] = again["submittedAt"]
        again["data"].pop("verifiedAt", None)
        again["queue"] = {"level": "village", "villageId": again["villageId"]}
        register.replayed_cases.append(again)
        register.remember("replayed", again["_id"])


def _import_twice(register: Register, office: Office) -> None:
    """Import one person twice; the second row is merged into the first."""
    kept = enrol(register, office, _TWICE)
    second = enrol(register, office, replace(_TWICE, household_id=kept.household_id, install=None))
    second.document.update(
        state="merged", mergedInto=kept.id, nameMasked=kept.document["nameMasked"], _v=2
    )
    for key in ("name", "citizenId", "certificateNumber", "address"):
        second.clear[key] = kept.clear[key]
    register.remember("imported_twice", second.id, kept.id)
