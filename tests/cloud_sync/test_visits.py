"""Two visits at the same time: the later record is in doubt, the earlier one stays paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.visits import Span, counted
from sizhu_rules.facts.calendar import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

Document = dict[str, Any]


def town(make: Make, *cases: Document) -> dict[str, list[Document]]:
    """A village where nothing but these visits happened."""
    return {**make.village(), "cases": list(cases)}


def visit(make: Make, id_: str, start: str, end: str, filed: str, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """A verified visit of volunteer v1, and when its record came."""
    return make.service(
        id_,
        f"2023-06-{start}:00",
        f"2023-06-{end}:00",
        submittedAt=make.instant(f"2023-06-{filed}:00"),
        **changes,
    )


def verdicts(cloud: Cloud) -> dict[str, str]:
    """What was decided about each visit as it stands."""
    found = cloud.dump()
    return {
        id_: found["decisions"][f"dec:{id_}:{case['rev']}"]["decision"]["verdict"]
        for id_, case in found["cases"].items()
    }


def lines(cloud: Cloud) -> dict[str, int]:
    """Ledger lines: id and amount."""
    return {row["_id"]: row["delta"] for row in cloud.dump()["points_ledger"].values()}


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("21T09:30", "21T10:30", True),
        ("21T08:00", "21T12:00", True),
        ("21T10:00", "21T11:00", False),
        ("21T08:00", "21T09:00", False),
        ("21T08:00", "21T09:01", True),
        ("22T09:00", "22T10:00", False),
    ],
)
def test_the_later_record_of_two_visits_at_once_is_looked_at(
    start: str, end: str, *, overlaps: bool, clouds: Callable[..., Cloud], make: Make
) -> None:
    """One that begins when another ends does not overlap it."""
    first = visit(make, "first", "21T09:00", "21T10:00", "21T20:00")
    cloud = clouds(town(make, first, visit(make, "second", start, end, "22T20:00")))
    cloud.run()
    second = cloud.dump()["decisions"]["dec:second:1"]["decision"]
    assert second["reads"]["overlaps"] is overlaps
    assert ("OVERLAPS" in second["codes"]) is overlaps
    assert verdicts(cloud)["first"] == "eligible"
    assert sum(lines(cloud).values()) > 0
    if overlaps:
        assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 10}


def test_midnight_is_no_wall(clouds: Callable[..., Cloud], make: Make) -> None:
    """A visit that began the evening before is another day's, and at the same time all the same."""
    cloud = clouds(
        town(
            make,
            visit(make, "night", "20T22:00", "21T01:00", "21T02:00"),
            visit(make, "early", "21T00:30", "21T01:30", "21T03:00"),
        )
    )
    cloud.run()
    assert verdicts(cloud) == {"night": "eligible", "early": "needs_review"}
    assert lines(cloud) == {"pts:day:v1:2023-06-20:0": 30}


@pytest.mark.parametrize(
    "changes",
    [
        {"volunteerId": "v2"},
        {"status": "withdrawn"},
        {"status": "returned"},
        {"data": {"checkOutAt": None}},
    ],
)
def test_what_is_no_visit_of_this_volunteer_overlaps_nothing(
    changes: Document, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Somebody else's, one given up, one without an end."""
    other = visit(make, "other", "21T09:00", "21T10:00", "21T20:00", **changes)
    cloud = clouds(town(make, other, visit(make, "mine", "21T09:30", "21T10:30", "22T20:00")))
    cloud.run()
    assert cloud.dump()["decisions"]["dec:mine:1"]["decision"]["reads"]["overlaps"] is False
    assert lines(cloud)["pts:day:v1:2023-06-21:0"] == 10


@pytest.mark.slow
def test_the_order_of_runs_changes_no_points(clouds: Callable[..., Cloud], make: Make) -> None:
    """Decided together or one by one, in any order of arrival: who filed first is paid."""
    three = [
        visit(make, "a", "21T09:00", "21T10:00", "21T20:00"),
        visit(make, "b", "21T09:30", "21T11:00", "21T21:00"),
        visit(make, "c", "21T13:00", "21T14:00", "21T22:00"),
    ]
    for order in permutations(three):
        cloud = clouds(town(make))
        for number, case in enumerate(order):
            cloud.add("cases", case)
            if number != 1:
                cloud.run()
        found = verdicts(cloud)
        assert found["c"] == "eligible"
        assert found["a"] == "eligible"
        assert sum(lines(cloud).values()) == 20
        cloud.emulator.close()


def outcomes(cloud: Cloud) -> dict[str, tuple[object, object, int]]:
    """Of each visit as it stands: what counted before it, its verdict, and its points."""
    found = cloud.dump()
    told = {}
    for id_, case in found["cases"].items():
        decision = found["decisions"][f"dec:{id_}:{case['rev']}"]["decision"]
        before, points = decision["reads"]["half_hours_before"], decision["outcome"]["points"]
        told[id_] = (before, decision["verdict"], points)
    return told


def test_what_the_days_cap_cuts_a_person_looks_at(clouds: Callable[..., Cloud], make: Make) -> None:
    """Of three visits of four hours the one verified last waits, and the sum is the ledger's."""
    times = [("a", "06:00", "10:00", 3), ("b", "11:00", "15:00", 1), ("c", "16:00", "19:00", 2)]
    cloud = clouds(
        town(
            make,
            *(
                visit(
                    *(make, id_, f"21T{start}", f"21T{end}", "21T20:00"),
                    data={"verifiedAt": make.instant(f"2023-06-22T0{turn}:00:00")},
                )
                for id_, start, end, turn in times
            ),
        )
    )
    cloud.run()
    assert outcomes(cloud) == {
        "b": (0, "eligible", 40),
        "c": (8, "eligible", 30),
        "a": (14, "needs_review", 10),
    }
    assert "DAY_CAP" in cloud.dump()["decisions"]["dec:a:1"]["decision"]["codes"]
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 80}


def test_a_visit_verified_after_the_others_were_decided_meets_what_counts(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Whoever was filed first: what is verified last meets a day that is full."""
    first = visit(make, "first", "21T06:00", "21T10:00", "21T11:00", data={"verifiedAt": None})
    rest = [
        visit(make, "b", "21T11:00", "21T15:00", "21T20:00"),
        visit(make, "c", "21T16:00", "21T20:00", "21T21:00"),
    ]
    cloud = clouds(town(make, first, *rest))
    cloud.run()
    assert verdicts(cloud) == {"first": "needs_facts", "b": "eligible", "c": "eligible"}
    verified = {"data": {"verifiedAt": datetime(2023, 6, 25, tzinfo=SHANGHAI)}}
    cloud.write("cases", "first", **verified, rev=2, sync="todo")
    cloud.run()
    assert outcomes(cloud)["first"] == (16, "needs_review", 0)
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 80}


@pytest.mark.parametrize(
    "changes", [{"status": "disputed"}, {"volunteerId": "v2"}, {"data": {"verifiedAt": None}}]
)
def test_what_does_not_count_takes_no_room_of_the_day(
    changes: Document, clouds: Callable[..., Cloud], make: Make
) -> None:
    """A visit in dispute, one of somebody else, one that nobody verified."""
    others = [
        visit(make, "a", "21T06:00", "21T10:00", "21T11:00", **changes),
        visit(make, "b", "21T11:00", "21T15:00", "21T16:00", **changes),
    ]
    mine = visit(make, "mine", "21T16:00", "21T20:00", "22T20:00")
    cloud = clouds(town(make, *others, mine))
    cloud.run()
    assert cloud.dump()["decisions"]["dec:mine:1"]["decision"]["reads"]["half_hours_before"] == 0
    assert lines(cloud)["pts:day:v1:2023-06-21:0"] == 40


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"verifiedAt": {"$date": "9999-12-31T15:00:00.000Z"}}},
        {"data": {"verifiedAt": {"$date": "1800-01-01T00:00:00.000Z"}}},
        {"data": {"checkOutAt": {"$date": "1800-01-01T00:00:00.000Z"}}},
        {"villageId": "x"},
        {"log": "x"},
        {"channel": "phone"},
        {"status": ["verified"]},
    ],
)
def test_a_malformed_record_counts_nowhere_and_holds_up_no_other(
    changes: Document, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Only it is handed to a person; the others of its day are decided as if it did not count."""
    odd = visit(make, "odd", "21T06:00", "21T10:00", "21T11:00", **changes)
    rest = [
        visit(make, "b", "21T11:00", "21T15:00", "21T16:00"),
        visit(make, "c", "21T16:00", "21T20:00", "21T21:00"),
    ]
    cloud = clouds(town(make, odd, *rest))
    assert cloud.run().dead == 1
    assert cloud.case("odd")["sync"] == "dead"
    found = cloud.dump()["decisions"]
    said = {id_: row["decision"] for id_, row in found.items()}
    assert {id_: row["reads"]["half_hours_before"] for id_, row in said.items()} == {
        "dec:b:1": 0,
        "dec:c:1": 8,
    }
    assert {row["verdict"] for row in said.values()} == {"eligible"}
    assert lines(cloud) == {"pts:day:v1:2023-06-21:0": 80}


def test_what_the_rules_cannot_take_counts_nowhere() -> None:
    """An instant beyond the rules' years is left out of its day, and the others stay."""
    begun = datetime(2023, 6, 21, tzinfo=UTC)
    late = begun.replace(year=2300)
    hour = timedelta(hours=1)
    spans = [
        Span("odd", begun, begun, begun + hour, late, rev=1),
        Span("sound", begun, begun + hour, begun + 2 * hour, begun + 3 * hour, rev=2),
        Span("unverified", begun, begun + hour, begun + 2 * hour),
    ]
    assert [(visit.case_id, visit.rev) for visit in counted(spans, begun.date())] == [("sound", 2)]


@pytest.mark.parametrize("status", ["rejected", "returned", "declined", "disputed"])
def test_what_does_not_count_is_promised_nothing(
    status: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """A visit that was refused, given back or is in dispute is told of no points."""
    cloud = clouds(town(make, visit(make, "a", "21T06:00", "21T10:00", "21T11:00", status=status)))
    cloud.run()
    decision = cloud.dump()["decisions"]["dec:a:1"]["decision"]
    assert (decision["verdict"], decision["missing"]) == ("needs_facts", ["verified_at"])
    assert decision["outcome"] == {}
    assert lines(cloud) == {}


def test_the_company_in_a_batch_changes_no_overlap(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """A record of four days is seen from the days beside its beginning, whoever else is decided."""
    long = visit(make, "long", "19T09:00", "23T09:00", "19T10:00")
    near = visit(make, "near", "20T09:00", "20T10:00", "20T20:00")
    verified = {"verifiedAt": make.instant("2023-06-24T08:00:00")}
    mine = visit(make, "mine", "22T09:00", "22T10:00", "22T20:00", data=verified)
    cloud = clouds(town(make, long, near, mine))
    cloud.run()
    found = cloud.dump()["decisions"]
    said = {id_: row["decision"]["reads"]["overlaps"] for id_, row in found.items()}
    assert said == {"dec:long:1": False, "dec:near:1": True, "dec:mine:1": False}
    assert lines(cloud) == {"pts:day:v1:2023-06-22:0": 10}
