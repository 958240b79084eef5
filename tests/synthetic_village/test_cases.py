"""The envelope of the cases, and what they point to."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules.eligibility.retrofit.items import ITEMS
from synthetic_village import CLOCK, Village, many_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

RULED = ("device", "intent", "donation", "service")
REQUIRED = {
    "_id",
    "kind",
    "villageId",
    "createdBy",
    "actedBy",
    "channel",
    "clientKey",
    "status",
    "queue",
    "submittedAt",
    "data",
    "log",
    "createdAt",
    "updatedAt",
    "_v",
}
OPTIONAL = {"personId", "volunteerId", "onBehalfOf", "rev", "sync"}
DATA = {
    "device": ({"classCode", "qty"}, {"quoteFen"}),
    "donation": ({"directed", "item", "qty"}, {"toPersonId", "toVillageId"}),
    "intent": ({"offer"}, {"wantedVillageId"}),
    "service": ({"personId", "checkInAt", "checkOutAt", "content"}, {"verifiedAt"}),
    "retrofit": ({"householdId", "items"}, {"houseOwned", "ownerConsent"}),
    "job": ({"want"}, {"placedAt"}),
    "wish": ({"text", "wishKind"}, {"valueFen", "check"}),
    "pairing": ({"personId", "relation"}, set()),
    "post": ({"text"}, set()),
}
STATUSES = {
    *("draft", "submitted", "withdrawn", "village_ok", "town_ok", "city_ok", "approved", "doing"),
    *("delivered", "feedback", "closed", "returned", "rejected", "accepted", "declined"),
    *("arranged", "received", "allocated", "handed_over", "verified", "disputed"),
    *("published", "claimed", "confirmed"),
}


@pytest.fixture(scope="module", params=["village", "load"])
def cases(request: pytest.FixtureRequest, village: Village) -> list[dict[str, Any]]:
    """The cases of the village, and those of a small load."""
    made = village if request.param == "village" else many_cases(120)
    return made.collections["cases"]


def instant(value: dict[str, str]) -> datetime:
    """Read an instant of WeChat's import."""
    return datetime.fromisoformat(value["$date"])


def instants(value: object) -> Iterator[datetime]:
    """Yield every instant in a document."""
    if isinstance(value, dict):
        if set(value) == {"$date"}:
            yield instant(value)
        for inner in value.values():
            yield from instants(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from instants(inner)


def test_envelope_is_complete_and_nothing_else(cases: list[dict[str, Any]]) -> None:
    """Each case has every required field, the fields of its kind, and none besides."""
    for case in cases:
        assert REQUIRED <= set(case) <= REQUIRED | OPTIONAL
        needed, allowed = DATA[case["kind"]]
        assert needed <= set(case["data"]) <= needed | allowed
        assert case["status"] in STATUSES
        assert len(case["villageId"]) == 12


def test_sync_and_rev_follow_the_rule_of_the_queue(cases: list[dict[str, Any]]) -> None:
    """Only what a rule reads waits for the worker; withdrawing and verifying bump `rev`."""
    for case in cases:
        idle = case["kind"] in ("pairing", "post") or case["status"] in ("draft", "withdrawn")
        assert case.get("sync", "todo") == ("none" if idle else "todo")
        steps = [row["to"] for row in case["log"]]
        bumps = sum(step in ("submitted", "withdrawn", "verified") for step in steps)
        assert case.get("rev", 1) == bumps
        assert case["_v"] == 1 + len(steps)


def test_log_is_a_chain_that_ends_at_the_status(cases: list[dict[str, Any]]) -> None:
    """Each step starts where the one before ended, later in time; the last is the status."""
    for case in cases:
        log = case["log"]
        assert (log[-1]["to"] if log else "draft") == case["status"]
        assert not log or (log[0]["from"], log[0]["at"]) == ("draft", case["submittedAt"])
        for before, after in pairwise(log):
            assert after["from"] == before["to"]
            assert instant(after["at"]) > instant(before["at"])


def test_queue_is_where_the_next_step_is_made(cases: list[dict[str, Any]]) -> None:
    """Offers and donations without a target wait at the town, what is over waits for nobody."""
    for case in cases:
        queue = case["queue"]
        assert (queue["level"] == "village") == ("villageId" in queue)
        assert queue.get("villageId", case["villageId"]) == case["villageId"]
        if case["status"] in ("draft", "closed", "withdrawn", "returned", "declined"):
            assert queue == {"level": "none"}
        if case["status"] == "submitted":
            undirected = case["data"].get("directed") == "none"
            at_town = case["kind"] == "intent" or undirected
            assert queue["level"] == ("town" if at_town else "village")


def test_nothing_lies_after_the_clock(village: Village) -> None:
    """No instant of any document is later than now."""
    latest = max(moment for moment in instants(village.collections))
    assert latest <= CLOCK


def test_drafts_have_no_submission(cases: list[dict[str, Any]]) -> None:
    """A draft was never submitted and everything else was."""
    for case in cases:
        assert (case["submittedAt"] is None) == (case["status"] == "draft")
        assert instant(case["createdAt"]) <= instant(case["updatedAt"])


def test_who_acts_for_whom(village: Village, cases: list[dict[str, Any]]) -> None:
    """Acting for another names that person; the phone of a guardian or helper is theirs."""
    for case in cases:
        assert ("onBehalfOf" in case) == (case["actedBy"] != "self")
        assert case.get("onBehalfOf") in (None, case.get("personId"))
        assert (case["channel"] == "offline") == (case["actedBy"] == "staff")
    wards = {
        (row["guardianUserId"], row["personId"]) for row in village.collections["guardianships"]
    }
    by_guardian = [c for c in village.collections["cases"] if c["actedBy"] == "guardian"]
    assert by_guardian
    assert all((case["createdBy"], case["personId"]) in wards for case in by_guardian)


def test_accounts_are_older_than_the_cases_they_file(village: Village) -> None:
    """Nobody files a case, or takes a step in one since the opening, before having an account."""
    opened = {user["_id"]: instant(user["createdAt"]) for user in village.collections["users"]}
    for case in village.collections["cases"]:
        assert opened[case["createdBy"]] <= instant(case["createdAt"])
        for row in case["log"]:
            # Steps of the years before are known from paper.
            on_paper = instant(row["at"]) < instant(case["createdAt"])
            assert on_paper or opened[row["by"]] <= instant(row["at"])


def test_visits_of_one_volunteer_do_not_overlap(cases: list[dict[str, Any]]) -> None:
    """Nobody is at two places at once; reports come after the visit, verification after both."""
    visits: dict[str, list[tuple[datetime, datetime]]] = {}
    for case in cases:
        if case["kind"] != "service":
            continue
        data = case["data"]
        start, end = instant(data["checkInAt"]), instant(data["checkOutAt"])
        assert start < end <= instant(case["submittedAt"])
        assert end <= instant(data.get("verifiedAt", data["checkOutAt"]))
        visits.setdefault(case["volunteerId"], []).append((start, end))
    for intervals in visits.values():
        for before, after in pairwise(sorted(intervals)):
            assert before[1] <= after[0]


@pytest.mark.parametrize("load", [False, True])
def test_everything_pointed_to_exists(village: Village, *, load: bool) -> None:
    """Persons, households, volunteers and accounts named anywhere are there."""
    made = many_cases(120) if load else village
    ids = {name: {row["_id"] for row in rows} for name, rows in made.collections.items()}
    for case in [*made.collections["cases"], *made.replays.get("cases", [])]:
        data = case["data"]
        people = {case.get("personId"), data.get("personId"), data.get("toPersonId")} - {None}
        assert people <= ids["persons"]
        assert {case.get("volunteerId")} - {None} <= ids["volunteers"]
        assert {data.get("householdId")} - {None} <= ids["households"]
        assert {case["createdBy"], *(row["by"] for row in case["log"])} <= ids["users"]
        if case["kind"] == "service":
            assert case["personId"] == data["personId"]
    for person in made.collections["persons"]:
        assert person["householdId"] in ids["households"]
        assert person.get("mergedInto", person["_id"]) in ids["persons"]
    for volunteer in made.collections["volunteers"]:
        assert volunteer["userId"] in ids["users"]
    for row in made.collections["guardianships"]:
        assert row["personId"] in ids["persons"]
        assert row["guardianUserId"] in ids["users"]
    for user in made.collections["users"]:
        for role in user["roles"]:
            assert role["grantedBy"] in ids["users"] | {"setup"}
            assert role.get("personId") in ids["persons"] | {None}


def test_households_and_their_people_live_in_one_village(village: Village) -> None:
    """A person's household is in the person's village."""
    homes = {row["_id"]: row["villageId"] for row in village.collections["households"]}
    for person in village.collections["persons"]:
        assert homes[person["householdId"]] == person["villageId"]


def test_what_is_to_be_changed_in_a_home_is_named_by_the_codes_of_the_rule(
    village: Village,
) -> None:
    """A word that the rule does not know would be a dead letter."""
    named = {
        item
        for case in village.collections["cases"]
        if case["kind"] == "retrofit"
        for item in case["data"]["items"]
    }
    assert len(named) > 5
    assert named <= set(ITEMS)


def test_a_load_has_all_four_kinds_and_a_person_for_each_case() -> None:
    """Pending cases of the four kinds, as many persons, households and accounts as cases."""
    load = many_cases(200)
    cases = load.collections["cases"]
    assert len(cases) == 200
    assert {case["kind"] for case in cases} == set(RULED)
    assert {(case["status"], case["sync"], case["rev"]) for case in cases} == {
        ("submitted", "todo", 1)
    }
    assert len({case["_id"] for case in cases}) == 200
    assert len(load.collections["persons"]) == len(load.collections["households"]) == 200
    assert len(load.collections["users"]) >= 200
    assert load.clear_people == []
    assert many_cases(0).collections["cases"] == []
