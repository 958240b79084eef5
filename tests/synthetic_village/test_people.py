"""Residents, households, guardians, volunteers and accounts."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from sizhu_rules.facts.age import age_on
from sizhu_rules.facts.certificate import parse_certificate_number
from sizhu_rules.facts.citizen_id import parse_citizen_id
from sizhu_rules.facts.mask import mask_name
from synthetic_village import CLOCK

if TYPE_CHECKING:
    from synthetic_village import Village

PERSON_KEYS = {
    "_id",
    "birthDate",
    "certificate",
    "villageId",
    "householdId",
    "state",
    "nameMasked",
    "createdAt",
    "updatedAt",
    "_v",
}


def test_all_numbers_are_valid_and_synthetic(
    village: Village, persons: dict[str, dict[str, Any]]
) -> None:
    """Every ID and certificate number passes its checks and says what the record says."""
    residents = [row for row in village.clear_people if "personId" in row]
    assert len(residents) == len(persons)
    for row in residents:
        person = persons[row["personId"]]
        citizen_id = parse_citizen_id(row["citizenId"], on=CLOCK.date())
        certificate = parse_certificate_number(row["certificateNumber"])
        assert citizen_id.division == "330299"
        assert citizen_id.birth_date.isoformat() == person["birthDate"]
        assert certificate.citizen_id == citizen_id
        assert certificate.category == person["certificate"]["category"]
        assert certificate.grade == person["certificate"]["grade"]
        assert mask_name(row["name"]) == person["nameMasked"]


def test_phones_are_nobodys_and_different(village: Village) -> None:
    """Every phone lies in the range that nobody can own, and belongs to one row."""
    phones = [row["phone"] for row in village.clear_people if "phone" in row]
    assert all(re.fullmatch(r"1000000\d{4}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)


def test_no_clear_data_in_any_loaded_collection(village: Village) -> None:
    """Names, numbers, phones and addresses appear in no document that an environment loads."""
    loaded = json.dumps([village.collections, village.replays], ensure_ascii=False)
    keys = ("name", "citizenId", "certificateNumber", "phone", "address")
    secrets = [row[key] for row in village.clear_people for key in keys if key in row]
    assert len(secrets) > 1000
    assert [secret for secret in secrets if secret in loaded] == []
    assert re.findall(r"(?<!\d)\d{17}[\dX]|1000000\d{4}", loaded) == []


def test_names_are_varied(village: Village) -> None:
    """Names have two to four characters, some of them a compound surname."""
    names = [row["name"] for row in village.clear_people]
    assert {len(name) for name in names} == {2, 3, 4}
    assert any(name.startswith(("欧阳", "司马", "诸葛", "上官", "夏侯")) for name in names)
    assert len(set(names)) > 300


def test_persons_have_the_clear_fields_and_no_more(village: Village) -> None:
    """A person is the clear facts, the masked name and the bookkeeping."""
    for person in village.collections["persons"]:
        assert PERSON_KEYS <= set(person) <= PERSON_KEYS | {"onboarding", "mergedInto"}
        certificate = person["certificate"]
        grades = [component["grade"] for component in certificate["components"]]
        assert certificate["grade"] == min(grades)
        assert len(grades) == (2 if certificate["category"] == 7 else 1)
        assert date.fromisoformat(certificate["validTo"]).year >= 2022


def test_who_cannot_act_alone_has_a_guardian(village: Village) -> None:
    """Children online have a guardian with an account; a child's guardianship has an end."""
    guardianships = {row["personId"]: row for row in village.collections["guardianships"]}
    roles = {
        (user["_id"], role["personId"])
        for user in village.collections["users"]
        for role in user["roles"]
        if role["role"] == "guardian"
    }
    for person in village.collections["persons"]:
        is_child = age_on(date.fromisoformat(person["birthDate"]), CLOCK.date(), "day_after") < 18
        by_guardian = person.get("onboarding", {}).get("mode") == "guardian"
        assert by_guardian or not is_child or "onboarding" not in person
        assert by_guardian == (person["_id"] in guardianships)
    for person_id, row in guardianships.items():
        assert (row["guardianUserId"], person_id) in roles
        assert row["validTo"] == "open_ended" or row["validTo"] > CLOCK.date().isoformat()
    wards = [row["guardianUserId"] for row in guardianships.values()]
    assert len(set(wards)) < len(wards)


def test_households_hold_every_kind_of_status(village: Village) -> None:
    """All statuses occur in the village, with open, missing, past and future ends, and pending."""
    rows = []
    unknown = 0
    for household in village.collections["households"]:
        if household["villageId"] == "330281103203":
            rows += household["statuses"]
            unknown += not household["statuses"]
    today = CLOCK.date().isoformat()
    assert {row["status"] for row in rows} == {"none", "dibao", "dibian", "tekun", "zhichu"}
    assert unknown > 3
    assert any("verifiedAt" not in row for row in rows)
    assert any(row["validTo"] is None for row in rows)
    assert any(row["validTo"] == "open_ended" for row in rows)
    assert any(row["validFrom"] > today for row in rows)
    lapsed = [row for row in rows if row["status"] != "none" and (row["validTo"] or "z") < today]
    assert lapsed


def test_accounts_cover_all_roles(village: Village) -> None:
    """Residents, guardians, volunteers, staff of several villages and of the town can log in."""
    users = village.collections["users"]
    openids = [user["openid"] for user in users]
    assert len(set(openids)) == len(openids)
    assert all(re.fullmatch(r"o[\w-]{27}", openid) for openid in openids)
    roles = [role for user in users for role in user["roles"]]
    assert {role["role"] for role in roles} == {
        "pwd",
        "guardian",
        "volunteer",
        "village_staff",
        "town_staff",
    }
    staffed = {role["villageId"] for role in roles if role["role"] == "village_staff"}
    assert len(staffed) == 5
    assert sum(not user["roles"] for user in users) == 3  # volunteers who wait for approval


def test_ids_say_nothing(village: Village) -> None:
    """Ids are random-looking, different, and in no order that follows the records."""
    ids = [row["_id"] for rows in village.collections.values() for row in rows]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]_[0-9a-z]{12}", one) for one in ids)
    persons = [row["_id"] for row in village.collections["persons"]]
    assert persons != sorted(persons)
