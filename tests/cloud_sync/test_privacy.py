"""Nothing personal leaves the cloud's own documents: not in logs, errors, letters or messages."""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.errors import CloudSyncError
from cloud_sync.inspection import dead_list, doctor, explain, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

NAME, ID_NUMBER, PHONE = "欧阳锋", "330299196311200015", "10000000001"
CERTIFICATE, ADDRESS, NEED = ID_NUMBER + "43", "谢家路村七组12号", "膝盖疼得下不了床"
BIRTH = "1963-11-20"
SECRETS = (NAME, ID_NUMBER, PHONE, CERTIFICATE, ADDRESS, NEED)


def full_records(make: Make) -> dict[str, list[dict[str, Any]]]:
    """People and cases as an old import would have left them: with everything in the clear."""
    village = make.village()
    personal = {
        "name": NAME,
        "idNumber": ID_NUMBER,
        "phone": PHONE,
        "address": ADDRESS,
        "certificateNumber": CERTIFICATE,
    }
    for person in village["persons"]:
        person.update(personal)
        person["certificate"]["number"] = CERTIFICATE
    village["persons"] += [
        make.person("p-sixty", BIRTH, "h-none", **personal),
        make.person("p-broken", ID_NUMBER, "h-none", **personal),
        make.person("p-odd", "1950-01-01", "h-odd", **personal),
    ]
    village["households"].append({"_id": "h-odd", "statuses": [{"status": NAME}]})
    for case in village["cases"]:
        case["data"] |= {"need": NEED, "contact": PHONE, "name": NAME}
        case["log"][0]["note"] = f"{NAME} {PHONE}"
    village["cases"] += [
        make.device("bad-status", "p-old", status=NAME),
        make.device("bad-village", "p-old", villageId=ADDRESS),
        make.device("bad-log", "p-old", log=[{"at": NAME, "by": PHONE, "to": 1}]),
        make.device("bad-person", "p-broken"),
        make.device("bad-household", "p-odd"),
        make.device("bad-class", "p-old", f"{NAME} {PHONE}"),
        make.device("bad-rev", "p-old", rev=ID_NUMBER),
        make.device("bad-key", "p-old", clientKey={"name": NAME}),
        make.case("bad-visit", "service", {"checkInAt": ID_NUMBER}, volunteerId="v1"),
        make.case("bad-gift", "donation", {"directed": NAME}),
        make.device("sixty", "p-sixty"),
    ]
    return village


def assert_clean(text: str, *more: str) -> None:
    """No personal value stands in the text."""
    for value in (*SECRETS, *more):
        assert value not in text


def test_full_records_leave_no_trace(
    clouds: Callable[..., Cloud], make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Logs, dead letters, messages, notifications and the emulator's log are free of them."""
    caplog.set_level(logging.DEBUG)
    cloud = clouds(full_records(make))
    cloud.faults({"match": {"path": "/"}, "skip": 9, "times": 2, "do": {"reset": "after"}})
    report = cloud.run()
    assert report.dead == 11
    assert caplog.records
    assert_clean(caplog.text, BIRTH, "emulator")
    assert "access_token=" not in caplog.text.replace("access_token=…", "")
    found = cloud.dump()
    for collection in ("dead_letters", "messages", "notifications", "points_ledger"):
        assert_clean(json.dumps(found[collection], ensure_ascii=False), BIRTH)
    # A decision holds what the rule has read, and of that nothing that names a person.
    assert_clean(json.dumps(found["decisions"], ensure_ascii=False))
    assert_clean(json.dumps(cloud.log(), ensure_ascii=False), BIRTH)
    assert_clean(json.dumps(cloud.sent(), ensure_ascii=False), BIRTH)


def test_no_answer_to_the_worker_holds_a_name(clouds: Callable[..., Cloud], make: Make) -> None:
    """The worker does not even pull what it must not show."""
    cloud = clouds(full_records(make))
    seen: list[bytes] = []

    def note(_number: int) -> None:
        seen.append(session.answer)

    session = make.hooked(after=note)
    with cloud.client(session=session) as client:
        cloud.run_with(client)
    answers = b"".join(seen).decode()
    assert "p-sixty" in answers
    # What somebody wrote into a field that a rule reads does come along; sealed fields never.
    for value in (CERTIFICATE, NEED, "nameMasked", "idNumber"):
        assert value not in answers


def test_what_the_operator_sees_is_clean(clouds: Callable[..., Cloud], make: Make) -> None:
    """Status, doctor, explanations and dead letters name cases by their random ids."""
    cloud = clouds(full_records(make))
    cloud.run()
    with cloud.client() as client:
        shown = [
            status(client, clock=cloud.clock, region="simen").to_dict(),
            doctor(client, settings=cloud.settings, clock=cloud.clock).to_dict(),
            [row.to_dict() for row in dead_list(client)],
            *(explain(client, id_).to_dict() for id_ in ("sixty", "dev-old", "bad-class")),
        ]
    assert_clean(json.dumps(shown, ensure_ascii=False, default=str), BIRTH)


@pytest.mark.parametrize(
    "fault",
    [
        {"errcode": -602002, "errmsg": f"invalid query string {NAME} {ID_NUMBER}"},
        {"errcode": 45009, "errmsg": f"{NAME} {PHONE}"},
        {"errcode": 99999, "errmsg": f"{NAME} {PHONE}"},
        {"http": 502},
        {"reset": "after"},
        {"truncate": 30},
        {"garble": True},
    ],
)
def test_no_failure_shows_anything(
    fault: dict[str, Any],
    clouds: Callable[..., Cloud],
    make: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The whole traceback, chained causes included, holds no person, token or secret."""
    caplog.set_level(logging.DEBUG)
    cloud = clouds(full_records(make))
    cloud.faults({"match": {"path": "/tcb/"}, "skip": 6, "do": fault})
    with pytest.raises(CloudSyncError) as caught:
        cloud.run()
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert_clean(shown, BIRTH, "access_token=7")
    assert str(caught.value).endswith(".")
