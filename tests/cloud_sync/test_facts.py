"""What the rule is told about a person: the status of that day, and the history of that class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

Village = dict[str, list[dict[str, Any]]]


def reads(cloud: Cloud, id_: str = "asked", rev: int = 1) -> dict[str, Any]:
    """The facts that the decision about a case has read."""
    cloud.run()
    decision: dict[str, Any] = cloud.dump()["decisions"][f"dec:{id_}:{rev}"]["decision"]
    facts: dict[str, Any] = decision["reads"]
    return facts


def asking(make: Make, *cases: dict[str, Any], **person: Any) -> Village:  # noqa: ANN401 - any field
    """A village in which one resident of 73 asks for a wheelchair."""
    village = {**make.village(), "cases": [make.device("asked", "p-1"), *cases]}
    village["persons"] = [make.person("p-1", "1950-01-01", "h-1", **person)]
    village["households"] = [make.household("h-1", "none")]
    return village


def row(status: str, begin: str, end: str | None, *, verified: bool = True) -> dict[str, Any]:
    """One dated status of a household."""
    at = {"verifiedAt": {"$date": "2023-01-05T00:00:00.000Z"}} if verified else {}
    return {"status": status, "validFrom": begin, "validTo": end, **at}


@pytest.mark.parametrize(
    ("rows", "status", "valid_to"),
    [
        ([], None, None),
        ([row("dibao", "2023-06-21", "2023-12-31")], None, None),
        ([row("dibao", "2023-01-01", "2023-12-31")], "dibao", "2023-12-31"),
        ([row("dibao", "2023-01-01", "open_ended")], "dibao", "open_ended"),
        ([row("dibao", "2023-01-01", None)], "dibao", None),
        ([row("dibao", "2023-01-01", "2023-12-31", verified=False)], "pending", None),
        (
            [row("none", "2023-01-01", "open_ended"), row("dibao", "2022-01-01", "2023-06-20")],
            "dibao",
            "2023-06-20",
        ),
        (
            [row("none", "2023-01-01", "open_ended"), row("dibao", "2022-01-01", "2023-06-19")],
            "none",
            None,
        ),
        (
            [row("dibao", "2021-01-01", "2021-12-31"), row("dibian", "2022-01-01", "2022-12-31")],
            "dibian",
            "2022-12-31",
        ),
    ],
)
def test_the_household_status_is_that_of_the_submission_day(
    rows: list[dict[str, Any]],
    status: str | None,
    valid_to: str | None,
    clouds: Callable[..., Cloud],
    make: Make,
) -> None:
    """Not begun is nothing, unverified is pending, the most favourable valid one counts."""
    village = asking(make)
    village["households"][0]["statuses"] = rows
    found = reads(clouds(village))
    assert found.get("household.status") == status
    if valid_to is not None:
        assert found["household.valid_to"] == valid_to


@pytest.mark.parametrize(
    ("other", "open_same_class"),
    [
        ({}, False),
        ({"status": "village_ok"}, True),
        ({"status": "draft"}, False),
        ({"status": "withdrawn"}, False),
        ({"status": "rejected"}, False),
        ({"personId": "p-2"}, False),
        ({"data": {"classCode": "0433", "qty": 1}}, False),
        ({"submittedAt": "later"}, False),
        ({"kind": "retrofit"}, False),
    ],
)
def test_an_open_application_counts_when_it_came_first(
    other: dict[str, Any], *, open_same_class: bool, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Same person, same class, submitted before, still open."""
    if not other:
        village = asking(make)
    else:
        changes = {"submittedAt": make.instant("2023-06-01T10:00:00"), "sync": "done", **other}
        if changes["submittedAt"] == "later":
            changes["submittedAt"] = make.instant("2023-06-25T10:00:00")
        village = asking(make, make.device("other", "p-1", **changes))
    assert reads(clouds(village))["open_same_class"] is open_same_class


def test_of_two_open_applications_only_the_later_is_a_duplicate(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Whichever is decided first, and in the same batch."""
    village = asking(
        make, make.device("before", "p-1", submittedAt=make.instant("2023-06-19T10:00:00"))
    )
    cloud = clouds(village)
    assert reads(cloud)["open_same_class"] is True
    assert reads(cloud, "before")["open_same_class"] is False


def delivered(make: Make, id_: str, on: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """A wheelchair that was handed over on a day (Shanghai)."""
    log = [
        {"at": make.instant(f"{on}T23:30:00"), "by": "staff", "from": "doing", "to": "delivered"}
    ]
    fields = {
        "status": "closed",
        "submittedAt": make.instant("2020-01-01T10:00:00"),
        "log": log,
        "sync": "none",
        **changes,
    }
    return make.device(id_, "p-1", **fields)


def test_the_last_delivery_of_the_class_is_read_from_the_log(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The latest day counts, in Shanghai; another class does not."""
    village = asking(
        make,
        delivered(make, "d1", "2021-03-01"),
        delivered(make, "d2", "2022-05-01"),
        delivered(make, "d3", "2023-01-01", data={"classCode": "0433", "qty": 1}),
    )
    found = reads(clouds(village))
    assert found["last_delivered_on"] == "2022-05-01"


def test_never_delivered_is_a_fact(clouds: Callable[..., Cloud], make: Make) -> None:
    """Looked, and found none."""
    assert reads(clouds(asking(make)))["last_delivered_on"] == "never"


def test_a_delivery_without_its_day_is_no_fact(clouds: Callable[..., Cloud], make: Make) -> None:
    """Something was handed over, nobody knows when: the rule has to ask."""
    cloud = clouds(asking(make, delivered(make, "d1", "2021-03-01", log=[])))
    assert "last_delivered_on" not in reads(cloud)
    missing = cloud.dump()["decisions"]["dec:asked:1"]["decision"]["missing"]
    assert "last_delivered_on" in missing


def test_many_earlier_cases_are_all_read(clouds: Callable[..., Cloud], make: Make) -> None:
    """More than a page of earlier cases: the last of them is seen."""
    olds = [
        delivered(make, f"d{number:04d}", "2021-03-01", clientKey=f"k{number}")
        for number in range(1100)
    ]
    found = reads(clouds(asking(make, *olds, delivered(make, "z", "2023-06-01"))))
    assert found["last_delivered_on"] == "2023-06-01"


def test_a_merged_person_is_the_one_that_remains(clouds: Callable[..., Cloud], make: Make) -> None:
    """The same resident imported twice: the case still names the old record."""
    village = asking(make, state="merged", mergedInto="p-2")
    village["persons"] += [
        make.person("p-2", "1950-01-01", "h-1", state="merged", mergedInto="p-3"),
        make.person("p-3", "1990-01-01", "h-1"),
    ]
    assert reads(clouds(village))["birth_date"] == "1990-01-01"


def test_merging_in_a_circle_ends(clouds: Callable[..., Cloud], make: Make) -> None:
    """Two records that point at each other hold up nobody."""
    village = asking(make, state="merged", mergedInto="p-2")
    village["persons"].append(
        make.person("p-2", "1950-01-01", "h-1", state="merged", mergedInto="p-1")
    )
    assert reads(clouds(village))["birth_date"] == "1950-01-01"


@pytest.mark.parametrize("state", ["deceased", "moved"])
def test_who_died_or_moved_holds_no_valid_certificate(
    state: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Whatever the card still says."""
    assert reads(clouds(asking(make, state=state)))["certificate.status"] == state


@pytest.mark.parametrize(
    ("data", "price"),
    [
        ({"classCode": "1222", "qty": 2}, 240_000),
        ({"classCode": "1222", "qty": 2, "quoteFen": 99_999}, 99_999),
        ({"classCode": "1222", "qty": 2.0}, 240_000),
    ],
)
def test_the_price_is_the_quote_or_the_catalogue_times_the_number(
    data: dict[str, Any], price: int, clouds: Callable[..., Cloud], make: Make
) -> None:
    """In fen, for all pieces together."""
    village = asking(make)
    village["cases"] = [make.case("asked", "device", data, personId="p-1")]
    assert reads(clouds(village))["price_fen"] == price


def test_a_class_outside_the_catalogue_is_unlisted(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """A person decides about what the catalogue does not know."""
    village = asking(make)
    village["cases"] = [make.device("asked", "p-1", "9999")]
    cloud = clouds(village)
    assert reads(cloud)["device.allowed_categories"] == "unlisted"
    decision = cloud.dump()["decisions"]["dec:asked:1"]["decision"]
    assert "NOT_IN_CATALOGUE" in decision["codes"]


@pytest.mark.parametrize(
    ("target", "route"),
    [
        ({"toPersonId": "p-moved"}, {"level": "town"}),
        ({"toPersonId": "p-there"}, {"level": "village", "villageId": "330281103204"}),
        ({"toPersonId": "p-nobody"}, None),
    ],
)
def test_a_gift_to_a_person_goes_where_the_person_lives_now(
    target: dict[str, Any], route: dict[str, Any] | None, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Who has moved away is the town's to arrange; who is unknown leaves the queue as it is."""
    village = make.village()
    village["persons"].append(make.person("p-moved", "1950-01-01", state="moved"))
    village["cases"] = [make.case("gift", "donation", {"directed": "person", **target})]
    cloud = clouds(village)
    cloud.run()
    asked = {"level": "village", "villageId": make.here}
    assert cloud.case("gift")["queue"] == (route or asked)


def test_a_village_of_another_town_is_not_routed_to(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """No case may wait in a queue that nobody reads."""
    village = make.village()
    elsewhere = {"directed": "village", "toVillageId": "330281999999"}
    village["cases"] = [make.case("gift", "donation", elsewhere)]
    cloud = clouds(village)
    cloud.run()
    assert cloud.case("gift")["queue"] == {"level": "town"}


def test_a_person_without_a_village_is_the_towns_to_serve(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The town's own code is no village: such an application waits at the town."""
    village = make.village()
    town = "330281103000"
    village["persons"].append(make.person("p-homeless", "1990-01-01", villageId=None))
    case = make.case("asked", "device", {"classCode": "1222", "qty": 1}, personId="p-homeless")
    village["cases"] = [{**case, "villageId": town, "queue": {"level": "town"}}]
    cloud = clouds(village)
    cloud.run()
    assert cloud.case("asked")["queue"] == {"level": "town"}
    assert cloud.dump()["decisions"]["dec:asked:1"]["route"] == {"level": "town", "villageId": None}


def test_names_and_sealed_fields_are_never_asked_for(cloud: Cloud) -> None:
    """The queries name the fields they want, and no name is among them."""
    cloud.run()
    statements = [entry["statement"] or "" for entry in cloud.log()]
    people = [text for text in statements if '"persons"' in text]
    assert people
    for text in people:
        assert ".field({" in text
        assert "name" not in text.lower()
    for text in (text for text in statements if text.endswith(".get()")):
        assert ".field({" in text
        assert ".limit(" in text
