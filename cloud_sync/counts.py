"""The headline numbers of a village, counted in the cloud from persons, volunteers and cases.

Exact and live: the wall display and the demo show these, never a stored total. People are counted
in 人, homes in 户, everything else in 人次 (times). Source: domain model §11; a case belongs to the
village in its own `villageId`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cloud_sync.statement import Operator, _, db

if TYPE_CHECKING:
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.statement import Query

NOT_FILED = ("draft", "withdrawn")
NO_LONGER_HELD = ("cancelled", "deceased", "moved")


@dataclass(frozen=True)
class VillageCounts:
    """One village at one instant; `onboarded` of `residents` have the mini-program installed."""

    residents: int
    onboarded: int
    volunteers: int
    placements: int
    device_applications: int
    visits: int
    retrofit_households: int
    directed_donations: int

    def to_dict(self) -> dict[str, int]:
        """JSON-ready form."""
        return asdict(self)


def count_village(
    client: CloudClient, village_id: str, *, since: datetime, until: datetime
) -> VillageCounts:
    """Count `village_id`; cases count when filed from `since` to `until`, both included."""
    period = _.gte(since).and_(_.lte(until))
    filed = {"villageId": village_id, "status": _.nin(NOT_FILED)}

    def cases(kind: str, **more: object) -> Query:
        return db.collection("cases").where({"kind": kind, "submittedAt": period, **filed, **more})

    persons = {
        "villageId": village_id,
        "state": "active",
        "certificate.status": _.nin(NO_LONGER_HELD),
    }
    placements = {"kind": "job", **filed, "data.placedAt": period}
    return VillageCounts(
        residents=_count(client, "persons", persons),
        onboarded=_count(client, "persons", {**persons, "onboarding.at": _.lte(until)}),
        volunteers=_count(client, "volunteers", {"villageId": village_id, "state": "approved"}),
        placements=_count(client, "cases", placements),
        device_applications=client.count(cases("device").count()),
        visits=client.count(cases("service").count()),
        retrofit_households=_distinct_households(client, village_id, period),
        directed_donations=client.count(
            cases("donation", **{"data.directed": _.in_(["person", "village"])}).count()
        ),
    )


def _count(client: CloudClient, collection: str, condition: dict[str, object]) -> int:
    return client.count(db.collection(collection).where(condition).count())


def _distinct_households(client: CloudClient, village_id: str, period: Operator) -> int:
    chain = (
        db.collection("cases")
        .aggregate()
        .match(
            {
                "kind": "retrofit",
                "villageId": village_id,
                "submittedAt": period,
                "status": _.nin(NOT_FILED),
            }
        )
        .group({"_id": "$data.householdId"})
        .group({"_id": None, "households": _.sum(1)})
    )
    groups = client.aggregate(chain.end())
    return int(groups[0]["households"]) if groups else 0
