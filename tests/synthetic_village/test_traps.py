"""Every trap of the domain is there, and is what it is called."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules.facts.age import age_on
from sizhu_rules.facts.calendar import civil_date

if TYPE_CHECKING:
    from synthetic_village import Village

XIEJIALU, XIANGGONGTAN = "330281103203", "330281103206"


def instant(value: dict[str, str]) -> datetime:
    """Read an instant of WeChat's import."""
    return datetime.fromisoformat(value["$date"])


def only(village: Village, name: str) -> str:
    """Return the id of a trap that is made of one row."""
    (row_id,) = village.named[name]
    return row_id


@pytest.mark.parametrize("name", ["deceased", "moved", "cancelled"])
def test_people_who_do_not_count(
    village: Village, persons: dict[str, dict[str, Any]], name: str
) -> None:
    """The dead, the moved and those without a certificate any more are kept and not counted."""
    for person_id in village.named[name]:
        person = persons[person_id]
        assert person["villageId"] == XIEJIALU
        assert person["certificate"]["status"] == name
        assert person["state"] == ("active" if name == "cancelled" else name)


def test_a_person_imported_twice_is_merged(
    village: Village, persons: dict[str, dict[str, Any]]
) -> None:
    """Two rows have one citizen ID; the second points to the first and counts no more."""
    merged, kept = village.named["imported_twice"]
    assert persons[merged]["state"] == "merged"
    assert persons[merged]["mergedInto"] == kept
    assert persons[kept]["state"] == "active"
    numbers = {
        row["personId"]: row["citizenId"] for row in village.clear_people if "personId" in row
    }
    assert numbers[merged] == numbers[kept]
    # Apart from that pair everybody is somebody else.
    assert len(set(numbers.values())) == len(numbers) - 1


def test_a_reissued_certificate_is_one_person(village: Village) -> None:
    """The number ends in B1, the old one is kept beside it, and there is one row."""
    person_id = only(village, "certificate_reissued")
    (row,) = [row for row in village.clear_people if row.get("personId") == person_id]
    assert row["certificateNumber"] == row["formerCertificateNumbers"][0] + "B1"


def test_the_moved_recipient_lives_elsewhere_now(
    village: Village, cases: dict[str, dict[str, Any]], persons: dict[str, dict[str, Any]]
) -> None:
    """Case and queue name the old village, the person's record the new one."""
    case = cases[only(village, "donation_to_moved_person")]
    person = persons[case["data"]["toPersonId"]]
    assert person["_id"] == only(village, "moved_within_town")
    assert person["state"] == "active"
    assert person["villageId"] == XIANGGONGTAN
    assert case["villageId"] == case["queue"]["villageId"] != XIANGGONGTAN


def test_donations_of_every_target(village: Village, cases: dict[str, dict[str, Any]]) -> None:
    """A person, a village and nobody are named as targets, the last ones wait at the town."""
    directed = {
        name: {cases[case_id]["data"]["directed"] for case_id in village.named[name]}
        for name in ("donation_directed", "donation_to_village", "donation_undirected")
    }
    assert directed == {
        "donation_directed": {"person"},
        "donation_to_village": {"village"},
        "donation_undirected": {"none"},
    }
    for case_id in village.named["donation_undirected"]:
        assert cases[case_id]["villageId"] != XIEJIALU


@pytest.mark.parametrize(
    ("name", "age", "codes"),
    [
        ("age_59_on_the_birthday", 59, "none"),
        ("age_60_none", 60, "none"),
        ("age_61_none_at_dawn", 61, "none"),
        ("age_72_dibao", 72, "dibao"),
        ("age_70_lapsed", 70, "dibian"),
        ("age_64_pending", 64, "dibao"),
        ("age_66_unknown", 66, None),
        ("age_60_dibao", 60, "dibao"),
        ("born_on_a_leap_day", 58, "none"),
        ("over_cap", 63, "none"),
        ("dibian_open_ended", 69, "dibian"),
        ("tekun", 75, "tekun"),
        ("zhichu", 62, "zhichu"),
        ("dibao_without_end", 80, "dibao"),
    ],
)
def test_device_requests_have_the_age_and_status_they_are_named_for(
    village: Village,
    cases: dict[str, dict[str, Any]],
    persons: dict[str, dict[str, Any]],
    name: str,
    age: int,
    codes: str | None,
) -> None:
    """Age on the Shanghai day of submission and the household's row are as the name says."""
    case = cases[only(village, name)]
    person = persons[case["personId"]]
    day = civil_date(instant(case["submittedAt"]))
    assert age_on(date.fromisoformat(person["birthDate"]), day, "day_after") == age
    (household,) = [
        row for row in village.collections["households"] if row["_id"] == person["householdId"]
    ]
    assert [row["status"] for row in household["statuses"]] == ([codes] if codes else [])
    row = household["statuses"][0] if codes else {}
    assert ("verifiedAt" in row) == (codes is not None and name != "age_64_pending")
    assert ((row.get("validTo") or "z") < day.isoformat()) == (name == "age_70_lapsed")


def test_dawn_is_another_day_in_utc(
    village: Village, cases: dict[str, dict[str, Any]], persons: dict[str, dict[str, Any]]
) -> None:
    """Whoever takes the UTC day makes the applicant a year younger, at 60."""
    case = cases[only(village, "age_61_none_at_dawn")]
    birth = date.fromisoformat(persons[case["personId"]]["birthDate"])
    submitted = instant(case["submittedAt"])
    assert age_on(birth, submitted.date(), "day_after") == 60
    assert age_on(birth, civil_date(submitted), "birthday") == 61


@pytest.mark.parametrize(
    ("name", "earlier"),
    [
        ("open_duplicate_over_cap", "age_61_none_at_dawn"),
        ("open_duplicate", "first_of_two"),
        ("in_service_life", "delivered_before"),
        ("certificate_expired_in_service_life", "delivered_before_expiry"),
    ],
)
def test_repeated_requests_are_of_one_person_and_class(
    village: Village, cases: dict[str, dict[str, Any]], name: str, earlier: str
) -> None:
    """The earlier request is still open, or was delivered and its service life runs on."""
    later, first = cases[only(village, name)], cases[only(village, earlier)]
    assert later["personId"] == first["personId"]
    assert later["data"]["classCode"] == first["data"]["classCode"]
    assert instant(first["submittedAt"]) < instant(later["submittedAt"])
    delivered = "delivered" in [row["to"] for row in first["log"]]
    assert delivered == ("delivered" in earlier)


def test_drafts_and_withdrawn_requests_wait_for_nobody(
    village: Village, cases: dict[str, dict[str, Any]]
) -> None:
    """The draft is a helper's and was never submitted; withdrawing counted as a change."""
    draft = cases[only(village, "device_draft")]
    assert (draft["actedBy"], draft["rev"], draft["submittedAt"]) == ("helper", 0, None)
    assert cases[only(village, "device_withdrawn")]["rev"] == 2


def test_cases_of_older_programs_lack_one_field(
    village: Village, cases: dict[str, dict[str, Any]]
) -> None:
    """One case has no `rev`, one no `sync`; every other case has both."""
    assert [c["_id"] for c in cases.values() if "rev" not in c] == village.named["case_without_rev"]
    assert [c["_id"] for c in cases.values() if "sync" not in c] == village.named[
        "visit_without_sync"
    ]


def test_visits_around_midnight_of_february(
    village: Village, cases: dict[str, dict[str, Any]]
) -> None:
    """One was reported at 23:30 on 31 January, the other began at 00:10 on 1 February."""
    before = instant(cases[only(village, "visit_before_february")]["submittedAt"])
    after = instant(cases[only(village, "visit_after_midnight_of_february")]["data"]["checkInAt"])
    assert before.date() == after.date() == date(2023, 1, 31)
    assert civil_date(before) == date(2023, 1, 31)
    assert civil_date(after) == date(2023, 2, 1)
    assert after - before == timedelta(minutes=40)


def test_visits_at_the_limits_of_the_points_rule(
    village: Village, cases: dict[str, dict[str, Any]]
) -> None:
    """Too short for half an hour, over the cap of a visit, over the cap of a day, over midnight."""

    def minutes(case_id: str) -> int:
        data = cases[case_id]["data"]
        return (instant(data["checkOutAt"]) - instant(data["checkInAt"])) // timedelta(minutes=1)

    assert minutes(only(village, "visit_of_20_minutes")) == 20
    assert minutes(only(village, "visit_over_visit_cap")) > 240
    day = village.named["visits_over_day_cap"]
    assert len({cases[case_id]["volunteerId"] for case_id in day}) == 1
    assert len({civil_date(instant(cases[i]["data"]["checkInAt"])) for i in day}) == 1
    assert max(map(minutes, day)) <= 240
    assert sum(map(minutes, day)) == 540
    midnight = cases[only(village, "visit_across_midnight")]["data"]
    assert civil_date(instant(midnight["checkInAt"])) < civil_date(instant(midnight["checkOutAt"]))


def test_visits_verified_and_not(village: Village, cases: dict[str, dict[str, Any]]) -> None:
    """Some wait for verification, some have no feedback, a neighbour came, paper came late."""
    for case_id in village.named["visit_unverified"]:
        assert "verifiedAt" not in cases[case_id]["data"]
    for case_id in village.named["visit_without_feedback"]:
        assert cases[case_id]["status"] == "verified"
        assert "verifiedAt" in cases[case_id]["data"]
    homes = {row["_id"]: row["villageId"] for row in village.collections["volunteers"]}
    visitor = cases[only(village, "visit_by_neighbour")]
    assert visitor["villageId"] == XIEJIALU != homes[visitor["volunteerId"]]
    away = cases[only(village, "visit_at_neighbour")]
    assert away["villageId"] != XIEJIALU == homes[away["volunteerId"]]
    paper = cases[only(village, "visit_entered_by_staff")]
    late = instant(paper["submittedAt"]) - instant(paper["data"]["checkOutAt"])
    assert timedelta(hours=24) < late <= timedelta(hours=72)


def test_two_persons_of_one_household_both_applied(
    village: Village, cases: dict[str, dict[str, Any]]
) -> None:
    """In two households both persons asked for works."""
    pairs = [cases[case_id] for case_id in village.named["two_persons_one_household"]]
    assert len({case["personId"] for case in pairs}) == 4
    assert len({case["data"]["householdId"] for case in pairs}) == 2


def test_pending_volunteers_have_no_role(village: Village) -> None:
    """Who waits for approval is no volunteer yet."""
    users = {user["_id"]: user for user in village.collections["users"]}
    for volunteer in village.collections["volunteers"]:
        pending = volunteer["_id"] in village.named["volunteer_pending"]
        assert (volunteer["state"] == "pending") == pending
        assert (users[volunteer["userId"]]["roles"] == []) == pending


def test_other_villages_have_rows_of_each_kind(village: Village) -> None:
    """No count of the village can be right that forgets to name it."""
    cases = village.collections["cases"]
    elsewhere = {case["kind"] for case in cases if case["villageId"] != XIEJIALU}
    assert elsewhere >= {"device", "donation", "intent", "service", "retrofit", "job"}
    for name in ("persons", "households", "volunteers"):
        assert any(row["villageId"] != XIEJIALU for row in village.collections[name])


def test_every_name_is_of_rows_that_exist(village: Village) -> None:
    """No name points into the void."""
    ids = {row["_id"] for rows in village.collections.values() for row in rows}
    ids |= {row["_id"] for row in village.replays["cases"]}
    assert {row_id for rows in village.named.values() for row_id in rows} <= ids
