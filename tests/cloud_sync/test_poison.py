"""What cannot be read becomes a dead letter with reason and fix, and holds up nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.inspection import dead_list, dead_retry
from cloud_sync.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

REQUIRED = (
    "kind", "villageId", "createdBy", "actedBy", "channel", "clientKey", "status", "queue",
    "submittedAt", "data", "log", "createdAt", "updatedAt", "_v", "personId",
)  # fmt: skip
WRONG: dict[str, list[Any]] = {
    "kind": [5, "", {"a": 1}, True],
    "villageId": [330281103203, "谢家路村", "33028110320"],
    "createdBy": [17, "", {"name": "张三"}],
    "actedBy": ["nobody", 1],
    "channel": ["phone"],
    "clientKey": [5],
    "status": ["waiting", 3],
    "queue": ["village", {"level": "moon"}, {"villageId": "330281103203"}],
    "submittedAt": ["2023-06-20", 1688083200000, {"$date": 9 * 10**13}],
    "data": ["1222", [1]],
    "log": ["x", {"at": 1}],
    "createdAt": ["yesterday"],
    "updatedAt": [5],
    "_v": ["1", 1.5],
    "rev": ["1", 0, -3, 1.5, {"n": 1}],
    "personId": [9, ""],
    "onBehalfOf": [4],
}


def one_bad(make: Make, bad: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The small village with one more case, as given."""
    village = make.village()
    village["cases"] = [case for case in village["cases"] if case["_id"] != "dev-poison"]
    village["cases"].append(bad)
    village["users"].append({"_id": "user-bad", "openid": "openid-user-bad"})
    return village


def check(cloud: Cloud, *, letter: str = "dead:bad:1") -> dict[str, Any]:
    """The bad case is dead, all others are decided; return the letter."""
    report = cloud.run()
    found = cloud.dump()
    assert report.dead == 1
    assert report.decided == 13
    assert list(found["dead_letters"]) == [letter]
    row = found["dead_letters"][letter]
    assert found["cases"]["bad"]["sync"] == "dead"
    assert not [id_ for id_ in found["decisions"] if id_.startswith("dec:bad:")]
    assert (row["class"], row["state"]) == ("BadRecord", "open")
    assert row["reason"].endswith(".")
    assert row["fix"].endswith("run `sizhu dead retry`.")
    assert "张三" not in json.dumps(row, ensure_ascii=False)
    again = cloud.run()
    assert (again.pulled, again.dead) == (0, 0)
    assert cloud.dump() == found
    return row


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_field_of_the_envelope_is_named(
    name: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Every field without a question mark must be there; the resident is told honestly."""
    cloud = clouds(one_bad(make, make.device("bad", "p-old", **{name: None})))
    row = check(cloud)
    assert f"cases.{name} is missing" in row["reason"]
    messages = cloud.dump()["messages"]
    if name == "createdBy":
        assert not [id_ for id_ in messages if "dead:bad" in id_]
    else:
        message = messages["msg:dead:bad:1:user-bad"]
        assert message["lines"] == list(TEXTS.dead_letter.lines)
        assert (message["kind"], message["caseId"]) == ("dead_letter", "bad")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_of_the_envelope_is_named(
    name: str, value: object, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Wrong types, unknown members, impossible dates: the field is named, its value is not."""
    cloud = clouds(one_bad(make, make.device("bad", "p-old", **{name: value})))
    revs = {1: "dead:bad:1", 0: "dead:bad:0", -3: "dead:bad:0", 1.5: "dead:bad:0"}
    letter = "dead:bad:1"
    if name == "rev":
        letter = revs.get(value, "dead:bad:0") if isinstance(value, int | float) else "dead:bad:0"
    row = check(cloud, letter=letter)
    assert f"cases.{name}" in row["reason"]
    assert "谢家路村" not in row["reason"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"classCode": 1222, "qty": 1}, "classCode"),
        ({"classCode": "1222", "qty": "1"}, "qty"),
        ({"classCode": "1222", "qty": 0}, "qty"),
        ({"classCode": "1222", "qty": 1, "quoteFen": -1}, "quoteFen"),
        ({"classCode": "1222", "qty": 1, "quoteFen": 99.5}, "quoteFen"),
    ],
)
def test_a_wrong_value_of_a_kind_is_named(
    data: dict[str, Any], field: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """The fields of the kind itself are checked as well."""
    cloud = clouds(one_bad(make, make.case("bad", "device", data, personId="p-old")))
    assert f"cases.data.{field}" in check(cloud)["reason"]


@pytest.mark.parametrize("kind", ["intent", "service"])
def test_a_volunteer_is_required_where_one_acts(
    kind: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """An offer or a visit without a volunteer is nobody's."""
    cloud = clouds(one_bad(make, make.case("bad", kind, {})))
    assert "cases.volunteerId is missing" in check(cloud)["reason"]


@pytest.mark.parametrize("at", ["2023-06-31T10:00:00", 5, {"$date": -(10**16)}])
def test_an_impossible_time_of_a_visit_is_named(
    at: object, clouds: Callable[..., Cloud], make: Make
) -> None:
    """A text is no instant, and an instant of another age is none either."""
    cloud = clouds(one_bad(make, make.case("bad", "service", {"checkInAt": at}, volunteerId="v1")))
    assert "cases.data.checkInAt" in check(cloud)["reason"]


PEOPLE: list[tuple[str, dict[str, Any], str]] = [
    ("persons", {"birthDate": "1950-02-30"}, "persons.birthDate"),
    ("persons", {"birthDate": {"$date": 5}}, "persons.birthDate"),
    ("persons", {"birthDate": "1950-1-1"}, "persons.birthDate"),
    ("persons", {"certificate": {"category": 8}}, "persons.certificate.category"),
    ("persons", {"certificate": {"status": "fine"}}, "persons.certificate.status"),
    ("persons", {"certificate": {"validTo": "2030-13-01"}}, "persons.certificate.validTo"),
    ("persons", {"state": "gone"}, "persons.state"),
    ("households", {"statuses": "none"}, "households.statuses"),
    ("households", {"statuses": [{"status": "rich", "validFrom": "2023-01-01"}]}, "status"),
    ("households", {"statuses": [{"status": "none", "validFrom": "2023-02-29"}]}, "validFrom"),
    ("households", {"statuses": [{"status": "none"}]}, "validFrom is missing"),
    ("device_catalogue", {"capFen": "much"}, "device_catalogue.capFen"),
    ("device_catalogue", {"lifeYears": -1}, "device_catalogue.lifeYears"),
    ("device_catalogue", {"allowedCategories": [9]}, "device_catalogue.allowedCategories"),
    ("device_catalogue", {"priceFen": "120000"}, "device_catalogue.priceFen"),
]


@pytest.mark.parametrize(("collection", "change", "reason"), PEOPLE)
def test_a_malformed_record_that_a_case_needs_is_named(
    collection: str,
    change: dict[str, Any],
    reason: str,
    clouds: Callable[..., Cloud],
    make: Make,
) -> None:
    """Who else does not need that record is decided."""
    village = one_bad(make, make.device("bad", "p-bad", "9999"))
    village["persons"].append(make.person("p-bad", "1950-01-01", "h-bad"))
    village["households"].append(make.household("h-bad", "none"))
    village["device_catalogue"].append({"_id": "9999", "priceFen": 5, "capFen": "none"})
    village[collection][-1] |= change
    assert reason in check(clouds(village))["reason"]


def test_the_letters_of_one_batch_do_not_mix(clouds: Callable[..., Cloud], make: Make) -> None:
    """Several bad cases at once, among them some without a usable `rev` or author."""
    village = make.village()
    bad = [
        make.device("bad-1", "p-old", villageId="x"),
        make.device("bad-2", "p-old", rev="2"),
        make.device("bad-3", "p-old", rev="3"),
        make.device("bad-4", "p-old", createdBy=None, clientKey="other"),
        make.device("bad-5", "p-old", kind=None, rev=None, sync=None),
        make.device("bad-6", "p-old", rev=7, queue=None),
    ]
    village["cases"] = bad
    cloud = clouds(village)
    assert cloud.run().dead == 6
    found = cloud.dump()
    assert sorted(found["dead_letters"]) == [
        "dead:bad-1:1", "dead:bad-2:0", "dead:bad-3:0", "dead:bad-4:1", "dead:bad-5:1",
        "dead:bad-6:7",
    ]  # fmt: skip
    assert {case["sync"] for case in found["cases"].values()} == {"dead"}
    assert found["cases"]["bad-2"]["rev"] == "2"


def test_an_absent_fact_is_a_question_not_a_dead_letter(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """No person, no household, no class, no quantity: the rule asks for what is missing."""
    village = make.village()
    village["cases"] = [
        make.device("no-person", "p-nobody"),
        make.device("no-household", "p-bare"),
        make.case("no-class", "device", {}, personId="p-old"),
        make.case("no-target", "donation", {}),
        make.case("no-one", "donation", {"directed": "person", "toPersonId": "p-nobody"}),
        make.case("no-times", "service", {}, volunteerId="v1"),
    ]
    cloud = clouds(village)
    report = cloud.run()
    assert (report.decided, report.dead) == (6, 0)
    found = cloud.dump()["decisions"].values()
    assert {row["decision"]["verdict"] for row in found} == {"needs_facts"}
    assert all(row["decision"]["missing"] for row in found)


def test_a_mended_case_is_retried_and_its_letter_closed(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Retry at the same `rev`; a success closes the letter, a second failure opens it again."""
    cloud = clouds(one_bad(make, make.device("bad", "p-old", channel="phone")))
    check(cloud)
    with cloud.client() as client:
        (row,) = dead_list(client)
        assert (row.id, row.case, row.rev, row.state) == ("dead:bad:1", "bad", 1, "open")
        assert dead_retry(client).retried == ["dead:bad:1"]
    assert cloud.case("bad")["sync"] == "todo"
    assert cloud.run().dead == 1
    letter = cloud.dump()["dead_letters"]["dead:bad:1"]
    assert (letter["state"], cloud.case("bad")["sync"]) == ("open", "dead")
    cloud.write("cases", "bad", channel="online")
    with cloud.client() as client:
        result = dead_retry(client, ["dead:bad:1", "dead:nobody:1"])
    assert (result.retried, result.unknown) == (["dead:bad:1"], ["dead:nobody:1"])
    assert cloud.run().decided == 1
    found = cloud.dump()
    assert found["dead_letters"]["dead:bad:1"]["state"] == "closed"
    assert (found["cases"]["bad"]["sync"], found["cases"]["bad"]["rev"]) == ("done", 1)


def test_a_letter_of_a_version_that_was_replaced_is_closed_by_the_sweep(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The resident corrected the case and submitted it again: nobody need look at the letter."""
    cloud = clouds(one_bad(make, make.device("bad", "p-old", channel="phone")))
    check(cloud)
    cloud.write("cases", "bad", channel="online", rev=2, sync="todo")
    assert cloud.run().decided == 1
    cloud.run(sweep=True)
    assert cloud.dump()["dead_letters"]["dead:bad:1"]["state"] == "closed"


def test_a_document_that_the_cloud_refuses_is_isolated(cloud: Cloud, make: Make) -> None:
    """One message is refused for ever: its case goes to a person, all others are finished."""
    cloud.faults(
        {
            "match": {"path": "/tcb/databaseadd", "collection": "messages", "body": "dev-old"},
            "do": {"errcode": -502001, "errmsg": "document refused"},
        }
    )
    report = cloud.run()
    assert (report.written, report.dead) == (12, 2)
    found = cloud.dump()
    assert found["decisions"]["dec:dev-old:1"]["proj"] == "dead"
    assert found["cases"]["dev-old"]["sync"] == "dead"
    assert found["dead_letters"]["dead:dev-old:1"]["class"] == "RefusedDocument"
    assert not [id_ for id_ in found["notifications"] if "dev-old" in id_]
    before = cloud.dump()
    assert cloud.run().pulled == 0
    assert cloud.dump() == before
    cloud.calm()
    with cloud.client() as client:
        dead_retry(client, ["dead:dev-old:1"])
    assert cloud.run().written == 1
    found = cloud.dump()
    assert found["decisions"]["dec:dev-old:1"]["proj"] == "done"
    assert found["cases"]["dev-old"]["sync"] == "done"
    assert found["dead_letters"]["dead:dev-old:1"]["state"] == "closed"
    assert f"ntf:dec:dev-old:1:{make.template}:user-dev-old" in found["notifications"]


def test_a_decision_that_cannot_be_stored_is_isolated(cloud: Cloud) -> None:
    """The same for the decision itself: no effect of it is written."""
    cloud.faults(
        {
            "match": {"path": "/tcb/databaseadd", "collection": "decisions", "body": "svc-1"},
            "do": {"errcode": -501007, "errmsg": "invalid parameters"},
        }
    )
    report = cloud.run()
    assert (report.decided, report.dead) == (12, 2)
    found = cloud.dump()
    assert "dec:svc-1:1" not in found["decisions"]
    assert found["cases"]["svc-1"]["sync"] == "dead"
    assert found["decisions"]["dec:svc-2:1"]["proj"] == "done"


def test_a_missing_version_is_not_made_up(clouds: Callable[..., Cloud], make: Make) -> None:
    """Nothing counts up a `_v` that is not there: a retry without mending fails again."""
    cloud = clouds(one_bad(make, make.device("bad", "p-old", _v=None, rev=None, sync=None)))
    cloud.run()
    with cloud.client() as client:
        dead_retry(client)
    cloud.run()
    case = cloud.case("bad")
    assert case["sync"] == "dead"
    assert "_v" not in case
