"""Who should act and has not: nobody in vain on the list, nobody who would lose left off."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sizhu_rules import decide, load_policy
from sizhu_rules.care.proactive import Suggestion, better, proactive
from sizhu_rules.care.register import OwnedDevice, RegisterRow, Span
from sizhu_rules.testing import HARMLESS_DEVICE, amend

if TYPE_CHECKING:
    from sizhu_rules import Decision, Policy

SHIPPED = load_policy("simen@working")
CONFIRMED = amend(
    SHIPPED,
    parameters={"age.convention": "birthday"},
    confirm=["device.catalogue", "boundary_60", "age.convention"],
)
POLICIES = {"shipped": SHIPPED, "confirmed": CONFIRMED}
NOVEMBER = Span(date(2024, 11, 1), date(2024, 11, 30))
AFTER = date(2024, 12, 1)
FAR = date(2030, 1, 1)
FIFTY_NINE = date(1964, 11, 15)


def row(**changes: Any) -> RegisterRow:  # noqa: ANN401 - any field
    """Somebody for whom nothing is due."""
    quiet: dict[str, Any] = {
        "person_id": "p-1",
        "village_id": "330281103203",
        "birth_date": date(1990, 1, 1),
        "household_status": "none",
        "certificate_status": "valid",
        "certificate_valid_to": FAR,
        "applied": False,
    }
    return RegisterRow(**{**quiet, **changes})


def four_years(delivered_on: date) -> OwnedDevice:
    """A device with a life of four years."""
    return OwnedDevice(class_code="1222", delivered_on=delivered_on, life_years=4)


def listed(*rows: RegisterRow, span: Span = NOVEMBER, policy: Policy = SHIPPED) -> list[Any]:
    """What is on the list: kind and last good day."""
    found = proactive(rows, span, policy).suggestions
    return [(one.what, None if one.due is None else one.due.isoformat()) for one in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"birth_date": FIFTY_NINE}, [("apply", "2024-11-14")]),
        ({"birth_date": FIFTY_NINE, "applied": True}, []),
        (
            {
                "birth_date": FIFTY_NINE,
                "household_status": "dibao",
                "household_valid_to": "open_ended",
            },
            [],
        ),
        ({"birth_date": FIFTY_NINE, "household_status": "pending"}, [("apply", "2024-11-14")]),
        ({"birth_date": FIFTY_NINE, "household_status": None}, []),
        ({"birth_date": date(1964, 12, 1)}, [("apply", "2024-11-30")]),
        ({"birth_date": date(1964, 11, 2)}, [("apply", "2024-11-01")]),
        ({"birth_date": date(1964, 12, 2)}, []),
        ({"birth_date": date(1964, 11, 1)}, [("apply", "2024-11-01")]),
        ({"birth_date": date(1964, 10, 31)}, []),
        ({"birth_date": None}, []),
        (
            {"certificate_valid_to": date(2024, 11, 30)},
            [("renew_certificate", "2024-11-30")],
        ),
        ({"certificate_valid_to": date(2024, 12, 1)}, []),
        (
            {"certificate_valid_to": date(2023, 1, 1), "certificate_status": "expired"},
            [("renew_certificate", "2023-01-01")],
        ),
        (
            {"certificate_valid_to": None, "certificate_status": "expired"},
            [("renew_certificate", None)],
        ),
        ({"certificate_valid_to": None}, []),
        ({"certificate_status": "deceased", "certificate_valid_to": date(2023, 1, 1)}, []),
        (
            {
                "birth_date": date(1950, 1, 1),
                "household_status": "dibao",
                "household_valid_to": date(2024, 11, 20),
            },
            [("renew_status", "2024-11-20")],
        ),
        (
            # At 40 the device is free whatever the status: renewing changes nothing here.
            {"household_status": "dibao", "household_valid_to": date(2024, 11, 20)},
            [],
        ),
        (
            {"birth_date": date(1950, 1, 1), "household_valid_to": date(2024, 11, 20)},
            [],
        ),
        (
            {"devices": (four_years(date(2020, 11, 10)),)},
            [("apply_again", "2024-11-09")],
        ),
        (
            {"devices": (four_years(date(2020, 11, 30)),)},
            [("apply_again", "2024-11-29")],
        ),
        (
            {"devices": (four_years(date(2020, 12, 1)),)},
            [],
        ),
        (
            {
                "devices": (
                    OwnedDevice(
                        class_code="1222",
                        delivered_on=date(2019, 1, 1),
                        life_years=4,
                        applied_again=True,
                    ),
                    OwnedDevice(class_code="1", delivered_on=date(2019, 1, 1), life_years="none"),
                    OwnedDevice(class_code="2", delivered_on=date(2019, 1, 1)),
                    OwnedDevice(class_code="3"),
                )
            },
            [],
        ),
    ],
)
def test_who_is_listed_for_what(changes: dict[str, Any], expected: list[Any]) -> None:
    """Sentence by sentence: only where acting changes the answer, and has not been done."""
    assert listed(row(**changes)) == expected


def test_on_the_birthday_it_is_the_last_chance_by_one_way_of_counting() -> None:
    """Unconfirmed, the birthday is still under 60; confirmed as 'birthday', it is too late."""
    born = row(birth_date=date(1964, 11, 1))
    assert listed(born) == [("apply", "2024-11-01")]
    assert listed(born, policy=CONFIRMED) == []


@pytest.mark.parametrize("status", ["deceased", "moved"])
def test_who_is_not_here_any_more_is_never_listed(status: str) -> None:
    """For the same person alive and here three things are due."""
    due: dict[str, Any] = {
        "birth_date": FIFTY_NINE,
        "household_valid_to": date(2024, 11, 20),
        "devices": (four_years(date(2020, 11, 1)),),
    }
    assert len(listed(row(**due))) > 1
    assert listed(row(**due, certificate_status=status)) == []
    unknown = row(certificate_status=status, birth_date=None)
    assert proactive([unknown], NOVEMBER, SHIPPED).unknown == 0


def test_a_row_shows_nothing_of_the_person() -> None:
    """In a log or an error its random id must do."""
    one = row(devices=(four_years(date(2020, 11, 1)),))
    assert repr(one) == "RegisterRow(p-1)"
    assert repr(one.devices) == "(OwnedDevice(),)"


def test_what_is_over_without_a_day_says_so() -> None:
    """A certificate marked expired, nobody knows since when: the clause of what is over."""
    unknown = row(certificate_status="expired", certificate_valid_to=None)
    (one,) = proactive([unknown], NOVEMBER, SHIPPED).suggestions
    assert (one.due, one.reason.code) == (None, "CERT_ENDED")


def test_a_device_long_past_its_life_may_be_asked_for_today() -> None:
    """Not on the day on which its life ended, years ago."""
    worn = row(devices=(four_years(date(2015, 1, 1)),))
    (one,) = proactive([worn], NOVEMBER, SHIPPED).suggestions
    assert one.acting.as_of == one.waiting.as_of == NOVEMBER.first


def test_better_is_better_for_sure_and_in_nothing_worse() -> None:
    """A gain on one sheet does not make up for a loss on the other; an unknown is no gain."""
    old = row(birth_date=date(1950, 1, 1))
    lapsed: dict[str, Any] = {"certificate__status": "expired"}
    half = ask(old, AFTER, CONFIRMED)
    free_but_expired = ask(row(), AFTER, CONFIRMED, **lapsed)
    assert not better(half, free_but_expired)
    assert not better(free_but_expired, half)
    who_knows = ask(old, AFTER, CONFIRMED, household__status=None)
    assert not better(who_knows, half)
    assert not better(half, who_knows)
    assert better(ask(row(), AFTER, CONFIRMED), half)


def test_before_any_law_nobody_is_listed() -> None:
    """No sentence, no suggestion."""
    assert listed(row(birth_date=date(1959, 11, 15)), span=Span.month(2019, 11)) == []


def test_the_list_is_counted_and_names_nobody() -> None:
    """Sorted by day; random ids; what comes out, not what was read."""
    rows = [
        row(person_id="p-3", certificate_valid_to=date(2024, 11, 20)),
        row(person_id="p-1", birth_date=FIFTY_NINE, certificate_valid_to=date(2024, 11, 20)),
        row(person_id="p-2", certificate_valid_to=None, certificate_status="expired"),
        row(person_id="p-4", birth_date=None),
    ]
    found = proactive(rows, NOVEMBER, SHIPPED)
    assert [(one.person_id, one.what) for one in found.suggestions] == [
        ("p-2", "renew_certificate"),
        ("p-1", "apply"),
        ("p-1", "renew_certificate"),
        ("p-3", "renew_certificate"),
    ]
    assert found.counts == {"apply": 1, "renew_certificate": 3}
    assert (found.people, found.rows, found.unknown) == (3, 4, 2)
    text = json.dumps(found.to_dict(), ensure_ascii=False)
    assert "1964" not in text
    assert "birth_date" not in text
    one = found.to_dict()["suggestions"][1]
    assert one["acting"]["share"] == "0"
    assert "BOUNDARY_60" in one["waiting"]["codes"]
    assert one["clause"]["quote"] == "60周岁以下免费申请"


def test_a_span_is_two_days_in_order() -> None:
    """A month, the rest of one, a single day."""
    assert Span.month(2024, 2) == Span(date(2024, 2, 1), date(2024, 2, 29))
    assert Span.rest_of_month(date(2024, 11, 22)).last == date(2024, 11, 30)
    with pytest.raises(ValueError, match="give the earlier day first"):
        Span(AFTER, date(2024, 11, 30))


DAYS = st.integers(-500, 500).map(lambda n: date(2024, 11, 15) + timedelta(days=n))
BIRTHS = st.integers(-450, 450).map(lambda n: FIFTY_NINE + timedelta(days=n))
DEVICES = st.builds(
    OwnedDevice,
    class_code=st.just("1222"),
    delivered_on=st.integers(-900, 100).map(lambda n: date(2022, 11, 15) + timedelta(days=n)),
    life_years=st.just("none") | st.integers(0, 4),
    applied_again=st.booleans(),
)
ROWS = st.builds(
    RegisterRow,
    person_id=st.just("p-1"),
    birth_date=BIRTHS | st.dates(date(1930, 1, 1), date(2010, 1, 1)),
    household_status=st.sampled_from(["none", "dibao", "dibian", "tekun", "zhichu", "pending"]),
    household_valid_to=DAYS | st.just("open_ended"),
    certificate_status=st.sampled_from(["valid", "expired", "lost", "cancelled"]),
    certificate_valid_to=DAYS,
    devices=st.lists(DEVICES, max_size=2).map(tuple),
    applied=st.booleans(),
)
SPANS = st.builds(
    lambda first, length: Span(first, first + timedelta(days=length)),
    st.integers(-40, 40).map(lambda n: date(2024, 11, 15) + timedelta(days=n)),
    st.integers(0, 40),
)
RANK = ["eligible", "needs_review", "not_eligible"]


def ask(one: RegisterRow, on: date, policy: Policy, **changes: Any) -> Decision:  # noqa: ANN401 - facts of any type
    """Decide an application on a day, all facts known, independent of what is tested."""
    facts = {
        **HARMLESS_DEVICE,
        "birth_date": one.birth_date,
        "submitted_on": on,
        "household.status": one.household_status,
        "household.valid_to": one.household_valid_to,
        "certificate.status": one.certificate_status,
        "certificate.valid_to": one.certificate_valid_to,
        "device.life_years": "none",
        **{key.replace("__", "."): value for key, value in changes.items()},
    }
    return decide("device", facts, policy=policy, known_on=date(2024, 11, 1))


def loses(before: Decision, after: Decision) -> bool:
    """As anybody reads two decisions: free no more, or a worse verdict, or one more problem."""
    free = before.outcome.get("share") == "0" and after.outcome.get("share") != "0"
    return free or RANK.index(after.verdict) > RANK.index(before.verdict)


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=250, deadline=None)
@given(one=ROWS, span=SPANS)
def test_nobody_is_listed_for_whom_acting_changes_nothing(
    one: RegisterRow, span: Span, policy: str
) -> None:
    """Of each suggestion the two decisions differ, for the better, in what a person would see."""
    for found in proactive([one], span, POLICIES[policy]).suggestions:
        assert improves(found), found.to_dict()
        assert found.due is None or found.due <= span.last + timedelta(days=1)


def improves(found: Suggestion) -> bool:
    """A better share, verdict, or fewer things in the way."""
    acting, waiting = found.acting, found.waiting
    trouble = {"CERT_EXPIRED", "IN_SERVICE_LIFE", "HOLD", "STATUS_EXPIRED"}
    fewer = trouble & set(acting.codes) < trouble & set(waiting.codes)
    return loses(acting, waiting) or fewer


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=400, deadline=None)
@given(one=ROWS, span=SPANS)
@example(one=row(birth_date=date(1964, 12, 1)), span=NOVEMBER)
@example(one=row(birth_date=date(1964, 11, 30)), span=NOVEMBER)
def test_nobody_who_would_lose_by_waiting_is_left_out(
    one: RegisterRow, span: Span, policy: str
) -> None:
    """Today against the day after the span, decided as a whole: who loses is on the list."""
    chosen = POLICIES[policy]
    kinds = {found.what for found in proactive([one], span, chosen).suggestions}
    after = span.last + timedelta(days=1)
    kept: dict[str, Any] = {"certificate__status": "valid", "certificate__valid_to": FAR}
    today, then = ask(one, span.first, chosen), ask(one, after, chosen)
    if not one.applied and loses(today, then):
        assert kinds, "loses by waiting, and nobody tells"
    # Each thing by itself: what only this act would save must be on the list under its name.
    under_60 = ask(one, span.first, chosen, household__status="none", **kept)
    if not one.applied and under_60.outcome.get("share") == "0":
        late = ask(one, after, chosen, **kept)
        assert late.outcome.get("share") == "0" or "apply" in kinds
    renewed = ask(one, after, chosen, certificate__status="valid", certificate__valid_to=FAR)
    if one.certificate_status in ("valid", "expired") and loses(renewed, then):
        assert "renew_certificate" in kinds
    status_kept = ask(one, after, chosen, household__valid_to=FAR, **kept)
    if loses(status_kept, ask(one, after, chosen, **kept)):
        assert "renew_status" in kinds


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=200, deadline=None)
@given(one=ROWS, span=SPANS)
def test_a_device_past_its_life_is_told_once_a_new_one_may_be_asked_for(
    one: RegisterRow, span: Span, policy: str
) -> None:
    """By decide: in its life by the first day it would be in the way, and no more by the last."""
    found = proactive([one], span, POLICIES[policy]).suggestions
    expected = sum(
        not device.applied_again
        and isinstance(device.life_years, int)
        and device.life_years > 0
        and "IN_SERVICE_LIFE" not in ask_for(device, one, span.last, POLICIES[policy]).codes
        for device in one.devices
    )
    assert sum(suggestion.what == "apply_again" for suggestion in found) == expected


def ask_for(device: OwnedDevice, one: RegisterRow, on: date, policy: Policy) -> Decision:
    """Ask for the same device again."""
    return ask(
        one,
        on,
        policy,
        device__life_years=device.life_years,
        last_delivered_on=device.delivered_on,
    )
