"""Works in the home, work and small wishes: what the rules are told, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.statement import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

Document = dict[str, Any]
Village = dict[str, list[Document]]


def asking(make: Make, *cases: Document, **home: Any) -> Village:  # noqa: ANN401 - any field
    """A resident of 73 whose household gets 低保, and who asks for what the cases say."""
    village = {**make.village(), "cases": list(cases)}
    village["persons"] = [make.person("p-1", "1950-01-01", "h-1")]
    known = {"monitored": False, "elderlyCarer": False}
    village["households"] = [{**make.household("h-1", "dibao"), **known, **home}]
    return village


def decided(cloud: Cloud, id_: str = "asked", rev: int = 1) -> Document:
    """The decision about a case."""
    cloud.run()
    found: Document = cloud.dump()["decisions"][f"dec:{id_}:{rev}"]["decision"]
    return found


def test_works_in_a_home_are_judged_by_household_and_home(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """All that is known is read; the answer is a priority with its reasons, at the village."""
    cloud = clouds(asking(make, make.retrofit("asked", "p-1"), elderlyCarer=True))
    found = decided(cloud)
    assert (found["rule"], found["verdict"], found["adverse"]) == ("retrofit", "eligible", False)
    assert found["codes"] == [
        "HARDSHIP_CERTIFIED", "SEVERE", "ELDERLY_CARER", "ELDER", "DESTITUTE", "ITEMS_SUGGESTED",
    ]  # fmt: skip
    assert found["outcome"]["priority_least"] == found["outcome"]["priority_most"] == 90
    assert found["reads"]["household.disabled_members"] == 1
    assert found["reads"]["household.open_or_done"] == "none"
    case = cloud.case("asked")
    assert (case["sync"], case["queue"]) == ("done", {"level": "village", "villageId": make.here})
    message = cloud.dump()["messages"]["msg:dec:asked:1:user-asked"]
    assert message["title"] == "无障碍改造申请有了初步结果"
    assert message["lines"][-1] == "现在由村（社区）残协办理。"


def test_what_nobody_looked_at_is_unknown(clouds: Callable[..., Cloud], make: Make) -> None:
    """No field stands for no: what is missing is asked for, and the priority is a span."""
    village = asking(make, make.retrofit("asked", "p-1", data={"houseOwned": None}))
    del village["households"][0]["monitored"], village["households"][0]["elderlyCarer"]
    found = decided(clouds(village))
    assert found["verdict"] == "needs_facts"
    assert {"house.owned", "household.monitored", "household.elderly_carer"} <= set(
        found["missing"]
    )
    assert found["outcome"]["priority_least"] < found["outcome"]["priority_most"]


def test_without_a_household_nothing_is_known_of_it(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Whether it has asked before, and how many live in it, least of all."""
    village = asking(make, make.retrofit("asked", "p-1"))
    del village["persons"][0]["householdId"]
    found = decided(clouds(village))
    assert found["verdict"] == "needs_facts"
    assert {"household.open_or_done", "household.disabled_members"} <= set(found["missing"])
    assert not any(name.startswith("household.") for name in found["reads"])


@pytest.mark.parametrize(
    ("changes", "members"),
    [
        ({}, 2),
        ({"certificate": {"status": "expired"}}, 2),
        ({"certificate": {"status": "lost"}}, 2),
        ({"certificate": {"status": "cancelled"}}, 1),
        ({"certificate": None}, 1),
        ({"state": "moved"}, 1),
        ({"state": "deceased"}, 1),
        ({"state": "merged", "mergedInto": "p-1"}, 1),
        ({"householdId": "h-2"}, 1),
    ],
)
def test_disabled_members_are_those_who_live_there_with_a_certificate(
    changes: Document, members: int, clouds: Callable[..., Cloud], make: Make
) -> None:
    """一户多残 counts the applicant too, and nobody who is gone."""
    village = asking(make, make.retrofit("asked", "p-1"))
    village["persons"].append(make.person("p-2", "1980-01-01", "h-1", **changes))
    found = decided(clouds(village))
    assert found["reads"]["household.disabled_members"] == members
    assert ("SEVERAL_DISABLED" in found["codes"]) == (members > 1)


@pytest.mark.parametrize(
    ("other", "works", "code"),
    [
        ({"status": "village_ok"}, "open", "HOUSEHOLD_OPEN"),
        ({"status": "delivered"}, "done", "HOUSEHOLD_SERVED"),
        ({"status": "closed"}, "done", "HOUSEHOLD_SERVED"),
        ({"status": "rejected"}, "none", None),
        ({"status": "withdrawn"}, "none", None),
        ({"kind": "device"}, "none", None),
        ({"personId": "p-3"}, "none", None),
        ({"submittedAt": "later"}, "none", None),
        ({"status": "delivered", "submittedAt": "later"}, "done", "HOUSEHOLD_SERVED"),
    ],
)
def test_the_household_counts_as_one(
    other: Document, works: str, code: str | None, clouds: Callable[..., Cloud], make: Make
) -> None:
    """An application of a housemate before this one, or works done, lead to a person."""
    day = "25" if other.get("submittedAt") == "later" else "01"
    changes = {**other, "submittedAt": make.instant(f"2023-06-{day}T10:00:00")}
    mate = make.retrofit("other", changes.pop("personId", "p-2"), sync="done", **changes)
    village = asking(make, make.retrofit("asked", "p-1"), mate)
    village["persons"] += [
        make.person("p-2", "1980-01-01", "h-1"),
        make.person("p-3", "1980-01-01", "h-3"),
    ]
    found = decided(clouds(village))
    assert found["reads"]["household.open_or_done"] == works
    assert found["verdict"] == ("needs_review" if code else "eligible")
    assert not code or code in found["codes"]


@pytest.mark.parametrize(
    ("home", "code"),
    [
        ({"hardshipMark": {"reasonCode": "illness", "by": "user-x"}}, "HARDSHIP_MARKED"),
        ({"hardshipMark": {"by": "user-x"}}, "NOT_HARDSHIP"),
        ({"monitored": True}, "HARDSHIP_MONITORED"),
        ({}, "NOT_HARDSHIP"),
    ],
)
def test_hardship_may_be_marked_with_a_reason(
    home: Document, code: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """A mark without a reason is none; no certified status is a person's look, no refusal."""
    village = asking(make, make.retrofit("asked", "p-1"), make.wish("wished", "p-1"), **home)
    village["households"][0]["statuses"][0]["status"] = "none"
    cloud = clouds(village)
    verdict = "needs_review" if code == "NOT_HARDSHIP" else "eligible"
    for id_ in ("asked", "wished"):
        found = decided(cloud, id_)
        assert (found["verdict"], code in found["codes"]) == (verdict, True)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"items": ["ramp", "lift"]}, "items"),
        ({"items": "ramp"}, "items"),
        ({"houseOwned": "yes"}, "houseOwned"),
    ],
)
def test_a_malformed_application_is_a_dead_letter(
    data: Document, field: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """It names the field and the fix; its neighbours are decided."""
    village = asking(make, make.retrofit("asked", "p-1", data=data), make.job("job", "p-1"))
    cloud = clouds(village)
    assert (cloud.run().dead, cloud.case("job")["sync"]) == (1, "done")
    letter = cloud.dump()["dead_letters"]["dead:asked:1"]
    assert field in letter["reason"]
    assert "lift" not in letter["reason"] + letter["fix"]


def test_a_housemate_with_a_broken_record_holds_up_this_household_only(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """How many live there cannot be counted; a device is not asked for by a household."""
    village = asking(make, make.retrofit("asked", "p-1"), make.device("device", "p-1"))
    village["persons"].append(make.person("p-2", "1980-02-30", "h-1"))
    cloud = clouds(village)
    cloud.run()
    assert [cloud.case(id_)["sync"] for id_ in ("asked", "device")] == ["dead", "done"]


@pytest.mark.parametrize(
    ("born", "verdict", "band"),
    [
        ("2007-06-20", "needs_review", None),
        ("2007-06-19", "eligible", "young"),
        ("2005-06-20", "eligible", "young"),
        ("2005-06-19", "eligible", "adult"),
        ("1930-01-01", "eligible", "adult"),
    ],
)
def test_who_seeks_work_is_never_refused(
    born: str, verdict: str, band: str | None, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Below 16 a person looks; there is no highest age."""
    village = asking(make, make.job("asked", "p-1"))
    village["persons"][0]["birthDate"] = born
    found = decided(clouds(village))
    assert (found["verdict"], found["outcome"].get("band")) == (verdict, band)
    assert found["adverse"] is False


def test_a_job_reads_nothing_of_the_household(clouds: Callable[..., Cloud], make: Make) -> None:
    """What a rule does not need is not even fetched."""
    cloud = clouds(asking(make, make.job("asked", "p-1", data={"formerPost": "cadre"})))
    assert set(decided(cloud)["reads"]) <= {
        "birth_date", "submitted_on", "certificate.status", "certificate.valid_to", "former_post",
    }  # fmt: skip
    assert "households" not in "".join(str(entry) for entry in cloud.log())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"valueFen": 50_000}, None),
        ({"valueFen": 50_001}, "OVER_LIMIT"),
        ({"wishKind": "service", "valueFen": None}, None),
        ({"check": {"asksCash": True, "namesBrand": False, "showsPrivate": False}}, "ASKS_CASH"),
        (
            {"check": {"asksCash": False, "namesBrand": False, "showsPrivate": True}},
            "SHOWS_PRIVATE",
        ),
    ],
)
def test_a_wish_is_checked_before_it_is_published(
    data: Document, code: str | None, clouds: Callable[..., Cloud], make: Make
) -> None:
    """The village's findings and the value decide; the worst is a person's look."""
    found = decided(clouds(asking(make, make.wish("asked", "p-1", data=data))))
    assert found["verdict"] == ("needs_review" if code else "eligible")
    assert not code or code in found["codes"]


def test_a_wish_that_the_village_has_not_read_waits_for_its_findings(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """They are asked for by name; once they are there, the new revision is decided by them."""
    wish = make.wish("asked", "p-1")
    del wish["data"]["check"]
    cloud = clouds(asking(make, wish))
    found = decided(cloud)
    assert found["verdict"] == "needs_facts"
    assert set(found["missing"]) == {"wish.asks_cash", "wish.names_brand", "wish.shows_private"}
    check = {"asksCash": False, "namesBrand": False, "showsPrivate": False}
    cloud.write("cases", "asked", data={"check": check}, sync="todo", rev=_.inc(1), _v=_.inc(1))
    assert decided(cloud, rev=2)["verdict"] == "eligible"


@pytest.mark.parametrize(
    ("status", "day", "is_open"),
    [
        ("submitted", "01", True),
        ("published", "01", True),
        ("claimed", "01", True),
        ("confirmed", "01", True),
        ("closed", "01", False),
        ("rejected", "01", False),
        ("withdrawn", "01", False),
        ("published", "25", False),
    ],
)
def test_one_wish_at_a_time(
    status: str, day: str, *, is_open: bool, clouds: Callable[..., Cloud], make: Make
) -> None:
    """An earlier wish that is not closed makes the later one a person's look."""
    at = make.instant(f"2023-06-{day}T10:00:00")
    other = make.wish("other", "p-1", status=status, submittedAt=at, sync="done")
    found = decided(clouds(asking(make, make.wish("asked", "p-1"), other)))
    assert found["reads"]["open_wish"] is is_open
    assert ("OPEN_WISH" in found["codes"]) is is_open


def test_the_words_of_a_wish_stay_in_the_cloud(clouds: Callable[..., Cloud], make: Make) -> None:
    """Neither the wish nor the mark's reason in words is ever pulled."""
    home = {"hardshipMark": {"reasonCode": "illness", "note": "儿子住院"}}
    wish = make.wish("asked", "p-1", data={"text": "想看一次海"})
    cloud = clouds(asking(make, wish, make.retrofit("works", "p-1"), **home))
    seen: list[bytes] = []

    def note(_number: int) -> None:
        seen.append(session.answer)

    session = make.hooked(after=note)
    with cloud.client(session=session) as client:
        assert cloud.run_with(client).decided == 2
    answers = b"".join(seen).decode()
    assert "illness" in answers
    assert "想看一次海" not in answers
    assert "儿子住院" not in answers
