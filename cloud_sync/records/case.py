"""A case as the worker pulls it: the envelope that all kinds share, and each kind's own data.

Source: the shapes in the design of this system; every field without `| None` must be present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError

from cloud_sync.records.base import (
    Flag,
    Instant,
    Record,
    Text,
    VillageId,
    Whole,
    describe,
    record_error,
)
from sizhu_rules.moves.words import State  # noqa: TC001 - pydantic reads it at run time

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["village", "town", "city", "none"]

UNDECIDED_STATUSES: Final = ("draft", "withdrawn")
"""What nobody has asked for (any more): never decided."""
OPEN_STATUSES: Final = (
    "submitted", "village_ok", "town_ok", "city_ok", "approved", "doing", "returned",
)  # fmt: skip
"""An application that may still end in a delivery."""
AWAITING_STATUSES: Final = ("submitted", "village_ok", "town_ok", "city_ok", "returned")
"""What still waits for a person's decision: a new law may answer it otherwise."""
OPEN_WISH_STATUSES: Final = (
    "submitted", "returned", "published", "claimed", "delivered", "confirmed",
)  # fmt: skip
"""A small wish that is neither fulfilled and closed nor given up."""
DELIVERED_STATUSES: Final = ("delivered", "feedback", "closed")


class Queue(Record):
    """Where a case waits."""

    level: Level
    village_id: VillageId | None = None


class LogRow(Record):
    """One step of a case; the free text `note` stays in the cloud."""

    at: Instant
    by: Text
    from_: Text | None = Field(default=None, alias="from")
    to: Text


class DeviceData(Record):
    """An application for a device; `quote_fen` is the price in fen for all pieces."""

    class_code: Text | None = None
    qty: Annotated[Whole, Field(ge=1)] | None = None
    quote_fen: Annotated[Whole, Field(ge=0)] | None = None


class RetrofitData(Record):
    """An application for works in the home; `items` are codes of the rule's list."""

    items: tuple[Text, ...] | None = None
    house_owned: Flag | None = None
    owner_consent: Flag | None = None


class JobData(Record):
    """A wish for work; `former_post` is the kind of post held before."""

    former_post: Literal["cadre", "worker"] | None = None


class WishCheck(Record):
    """What the village found when it read the text of a wish."""

    asks_cash: Flag | None = None
    names_brand: Flag | None = None
    shows_private: Flag | None = None


class WishData(Record):
    """A small wish; `value_fen` is what the goods cost, in fen."""

    wish_kind: Literal["goods", "service"] | None = None
    value_fen: Annotated[Whole, Field(ge=0)] | None = None
    check: WishCheck = WishCheck()


class DonationData(Record):
    """An offer to give, with or without a named target."""

    directed: Literal["person", "village", "none"] | None = None
    to_person_id: Text | None = None
    to_village_id: VillageId | None = None


class IntentData(Record):
    """A volunteer's offer before any pairing."""

    wanted_village_id: VillageId | None = None


class ServiceData(Record):
    """One visit."""

    check_in_at: Instant | None = None
    check_out_at: Instant | None = None
    verified_at: Instant | None = None


Data = DeviceData | RetrofitData | JobData | WishData | DonationData | IntentData | ServiceData
DATA: Final[dict[str, type[Data]]] = {
    "device": DeviceData,
    "retrofit": RetrofitData,
    "job": JobData,
    "wish": WishData,
    "donation": DonationData,
    "intent": IntentData,
    "service": ServiceData,
}
_NEEDS: Final = {
    "device": "personId", "retrofit": "personId", "job": "personId", "wish": "personId",
    "intent": "volunteerId", "service": "volunteerId",
}  # fmt: skip


def _mapping(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError("must be a document")  # noqa: TRY004 - pydantic wants a ValueError
    return value


class Case(Record):
    """The envelope."""

    id: Text = Field(alias="_id")
    kind: Text
    village_id: VillageId
    person_id: Text | None = None
    volunteer_id: Text | None = None
    created_by: Text
    acted_by: Literal["self", "guardian", "helper", "staff"]
    on_behalf_of: Text | None = None
    channel: Literal["online", "offline"]
    client_key: Text
    status: State
    queue: Queue
    submitted_at: Instant
    data: Annotated[Any, BeforeValidator(_mapping)]
    log: list[LogRow]
    created_at: Instant
    updated_at: Instant
    version: Whole = Field(alias="_v")
    rev: Annotated[Whole, Field(ge=1)]
    policy_version: Any = None
    """The version of the law it was last decided under, or queued for."""

    @property
    def key(self) -> str:
        """Names the case and the version of it that a rule reads."""
        return f"{self.id}:{self.rev}"


CASE_FIELDS: Final = (
    "kind", "villageId", "personId", "volunteerId", "createdBy", "actedBy", "onBehalfOf",
    "channel", "clientKey", "status", "queue", "submittedAt", "log.at", "log.by", "log.from",
    "log.to", "createdAt", "updatedAt", "_v", "rev", "sync", "policyVersion",
    "data.classCode", "data.qty", "data.quoteFen", "data.directed", "data.toPersonId",
    "data.toVillageId", "data.wantedVillageId", "data.checkInAt", "data.checkOutAt",
    "data.verifiedAt", "data.items", "data.houseOwned", "data.ownerConsent", "data.formerPost",
    "data.wishKind", "data.valueFen", "data.check.asksCash", "data.check.namesBrand",
    "data.check.showsPrivate",
)  # fmt: skip
"""What is pulled of a case: the envelope and what a rule reads, no free text."""


def parse_case(document: Mapping[str, Any]) -> tuple[Case, Data]:
    """Read a case of a kind that a rule decides; raises `RecordError` naming every bad field."""
    try:
        case = Case.model_validate(document)
    except ValidationError as error:
        failure = describe(error, where="cases")
    else:
        needed = _NEEDS.get(case.kind)
        if needed is None or document.get(needed):
            return case, _data(case)
        failure = record_error([(needed, "is missing")], where="cases")
    raise failure


def _data(case: Case) -> Data:
    try:
        return DATA[case.kind].model_validate(case.data)
    except ValidationError as error:
        problems = describe(error, where="cases.data")
    raise problems
