"""The numbers of the case study come out of the documents by counting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synthetic_village import Village

XIEJIALU = "330281103203"
START = datetime(2023, 1, 31, 16, 0, tzinfo=UTC)  # 1 February 00:00 in Shanghai
END = datetime(2023, 6, 30, 1, 0, tzinfo=UTC)  # 30 June 09:00 in Shanghai


def instant(value: dict[str, str]) -> datetime:
    """Read an instant of WeChat's import."""
    return datetime.fromisoformat(value["$date"])


def filed(cases: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the cases of a kind that the village got in the period and that still stand."""
    return [
        case
        for case in cases
        if case["kind"] == kind
        and case["villageId"] == XIEJIALU
        and case["status"] not in ("draft", "withdrawn")
        and START <= instant(case["submittedAt"]) <= END
    ]


def residents(village: Village) -> list[dict[str, Any]]:
    """Return the persons who count as residents."""
    return [
        person
        for person in village.collections["persons"]
        if person["villageId"] == XIEJIALU
        and person["state"] == "active"
        and person["certificate"]["status"] not in ("cancelled", "deceased", "moved")
    ]


def test_183_residents_are_all_online(village: Village) -> None:
    """183 residents, each with a recorded installation by one of three ways."""
    people = residents(village)
    assert len(people) == 183
    assert all(instant(person["onboarding"]["at"]) <= END for person in people)
    assert {person["onboarding"]["mode"] for person in people} == {"self", "guardian", "helper"}


def test_97_volunteers_are_approved(village: Village) -> None:
    """97 approved volunteers live in the village, and all five identities are among them."""
    volunteers = [
        volunteer
        for volunteer in village.collections["volunteers"]
        if volunteer["villageId"] == XIEJIALU and volunteer["state"] == "approved"
    ]
    assert len(volunteers) == 97
    assert {identity for volunteer in volunteers for identity in volunteer["identities"]} == {
        "村级骨干",
        "党员",
        "村民代表",
        "退役军人",
        "其他爱心人士",
    }


def test_2_placements(village: Village) -> None:
    """Two people started work in the period, by the day of the placement and of the wish alike."""
    jobs = [
        case
        for case in village.collections["cases"]
        if case["kind"] == "job" and case["villageId"] == XIEJIALU and "placedAt" in case["data"]
    ]
    assert sum(START <= instant(case["data"]["placedAt"]) <= END for case in jobs) == 2
    assert sum("placedAt" in case["data"] for case in filed(jobs, "job")) == 2
    assert len(jobs) == 3


def test_9_devices_and_30_visits(village: Village) -> None:
    """Nine device requests and thirty visits were filed in the period."""
    assert len(filed(village.collections["cases"], "device")) == 9
    assert len(filed(village.collections["cases"], "service")) == 30


def test_32_households_applied_for_works_more_than_32_times(village: Village) -> None:
    """Thirty-two households made thirty-four applications."""
    retrofits = filed(village.collections["cases"], "retrofit")
    assert len({case["data"]["householdId"] for case in retrofits}) == 32
    assert len(retrofits) == 34


def test_1_directed_and_no_undirected_donation(village: Village) -> None:
    """One donation had a named target, and none of the village was without one."""
    donations = filed(village.collections["cases"], "donation")
    assert [case["data"]["directed"] for case in donations] == ["person"]


def test_careless_counts_find_other_numbers(village: Village) -> None:
    """Each trap moves the number of whoever forgets it: none of them is idle."""
    cases = village.collections["cases"]
    people = [p for p in village.collections["persons"] if p["villageId"] == XIEJIALU]
    assert len(people) == 183 + 5
    assert sum(person["state"] == "active" for person in people) == 184
    everyone = village.collections["persons"]
    assert any("onboarding" not in p for p in everyone if p["villageId"] != XIEJIALU)
    assert any("onboarding" not in person for person in people)
    assert sum(v["villageId"] == XIEJIALU for v in village.collections["volunteers"]) == 99
    for kind, in_all_villages, ever_in_203 in (("device", 26, 13), ("service", 33, 32)):
        assert sum(case["kind"] == kind for case in cases) > in_all_villages
        of_203 = [c for c in cases if c["kind"] == kind and c["villageId"] == XIEJIALU]
        assert len(of_203) == ever_in_203
    utc_february = datetime(2023, 2, 1, tzinfo=UTC)
    visits = filed(cases, "service")
    assert sum(instant(case["submittedAt"]) >= utc_february for case in visits) == 29
