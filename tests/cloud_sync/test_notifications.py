"""Subscribe messages: at most once, and every outcome is written down."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

SEND = {"path": "/cgi-bin/message/subscribe/send"}
CLOCK_STEP = timedelta(minutes=11)


def states(cloud: Cloud) -> Counter[str]:
    """How many notifications are in which state."""
    return Counter(row["state"] for row in cloud.dump()["notifications"].values())


def fail_third(cloud: Cloud, do: dict[str, Any]) -> None:
    """Let the third message meet this fault."""
    cloud.faults({"match": SEND, "skip": 2, "times": 1, "do": do})


@pytest.mark.parametrize(
    ("code", "state"),
    [(43101, "refused"), (47003, "failed"), (40003, "failed"), (-1, "unknown")],
)
def test_each_code_has_its_state(code: int, state: str, cloud: Cloud) -> None:
    """One message fares badly; the others are sent."""
    fail_third(cloud, {"errcode": code})
    report = cloud.run()
    assert states(cloud) == {"sent": 12, state: 1}
    assert report.notified == 12
    (row,) = [row for row in cloud.dump()["notifications"].values() if row["state"] == state]
    assert row.get("errcode") == code
    cloud.run()
    assert states(cloud) == {"sent": 12, state: 1}


def test_a_person_who_is_being_written_to_gets_it_a_little_later(cloud: Cloud) -> None:
    """Two messages at once to one person: the second waits for the next run."""
    fail_third(cloud, {"errcode": 43108})
    assert cloud.run().notified == 12
    assert states(cloud) == {"sent": 12, "todo": 1}
    assert cloud.run().notified == 1
    assert states(cloud) == {"sent": 13}


@pytest.mark.parametrize(
    "fault", [{"reset": "after"}, {"reset": "before"}, {"http": 502}, {"garble": True}]
)
def test_an_unknown_outcome_stays_unknown(fault: dict[str, Any], cloud: Cloud) -> None:
    """Nobody can tell whether it arrived, so it is never sent again by itself."""
    fail_third(cloud, fault)
    cloud.run()
    assert states(cloud) == {"sent": 12, "unknown": 1}
    before = len(cloud.sent())
    cloud.run(sweep=True)
    assert states(cloud) == {"sent": 12, "unknown": 1}
    assert len(cloud.sent()) == before


def test_a_used_up_quota_pauses_sending_only(cloud: Cloud) -> None:
    """The run is well; what was not sent waits, unclaimed, for a later run."""
    fail_third(cloud, {"errcode": 45009})
    report = cloud.run()
    assert (report.written, report.notified) == (13, 2)
    assert states(cloud) == {"sent": 2, "todo": 11}
    waiting = [row for row in cloud.dump()["notifications"].values() if row["state"] == "todo"]
    assert not [row for row in waiting if "claim" in row]
    assert cloud.run().notified == 11
    assert states(cloud) == {"sent": 13}
    assert len(cloud.sent()) == 13


def test_a_rejected_template_stops_sending_for_the_run(cloud: Cloud) -> None:
    """No call is burnt on messages that would fare the same."""
    cloud.faults({"match": SEND, "do": {"errcode": 40037}})
    report = cloud.run()
    assert report.sends == 1
    assert states(cloud) == {"failed": 1, "todo": 12}


def test_an_unreachable_host_leaves_messages_waiting(cloud: Cloud, make: Make) -> None:
    """A connection that was never made is no unknown outcome."""

    def vanish(_number: int) -> None:
        if "subscribe/send" in session.url:
            pool = urllib3.connection.HTTPConnection("127.0.0.1")
            refused = urllib3.exceptions.NewConnectionError(pool, "refused")
            raise requests.ConnectionError(refused)

    session = make.hooked(before=vanish)
    with cloud.client(session=session) as client:
        report = cloud.run_with(client)
    assert (report.written, report.notified) == (13, 0)
    assert states(cloud) == {"todo": 13}
    assert cloud.run().notified == 13


def test_somebody_without_an_openid_gets_the_in_app_message_only(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Paper cases and unknown users fail without a call."""
    village = make.village()
    village["users"] = [
        user | ({"openid": 5} if user["_id"] == "user-dev-old" else {})
        for user in village["users"]
        if user["_id"] != "user-dev-young"
    ]
    cloud = clouds(village)
    report = cloud.run()
    assert states(cloud) == {"sent": 11, "failed": 2}
    assert report.sends == 11
    assert "msg:dec:dev-young:1:user-dev-young" in cloud.dump()["messages"]


def test_what_a_dead_worker_left_sending_becomes_unknown_after_its_lease(
    cloud: Cloud, make: Make
) -> None:
    """Not before: its worker may still be at it."""
    cloud.run()
    cloud.faults()
    id_ = f"ntf:dec:dev-old:1:{make.template}:user-dev-old"
    cloud.write("notifications", id_, state="sending", claim="a dead one", at=make.clock)
    cloud.run()
    assert states(cloud) == {"sent": 12, "sending": 1}
    cloud.clock = lambda: make.clock + CLOCK_STEP
    cloud.run()
    assert states(cloud) == {"sent": 12, "unknown": 1}
    assert len(cloud.sent()) == 13


def test_a_claim_whose_answer_was_lost_is_read_back(cloud: Cloud) -> None:
    """The claim's own id says which messages are mine; none is lost, none sent twice."""
    cloud.faults(
        {
            "match": {
                "path": "/tcb/databaseupdate",
                "collection": "notifications",
                "body": "claim",
            },
            "times": 1,
            "skip": 0,
            "do": {"reset": "after"},
        }
    )
    assert cloud.run().notified == 13
    assert states(cloud) == {"sent": 13}
    assert len(cloud.sent()) == 13


def test_a_damaged_notification_holds_up_no_other(cloud: Cloud, make: Make) -> None:
    """A row that somebody has broken fails by itself."""
    cloud.add(
        "notifications",
        {"_id": "ntf:broken", "state": "todo"},
        {"_id": "ntf:odd", "state": "todo", "userId": {"a": 1}, "template": 5},
    )
    assert cloud.run().notified == 13
    assert states(cloud) == {"sent": 13, "failed": 2}
    assert make.template


def test_messages_carry_the_template_within_its_limits(cloud: Cloud, make: Make) -> None:
    """What goes out names template, page and short values."""
    cloud.run()
    (message,) = [m for m in cloud.sent() if m["page"].endswith("id=dev-old")]
    assert message["template_id"] == make.template
    values = {key: value["value"] for key, value in message["data"].items()}
    assert values["thing1"] == "辅具器材申请"
    assert values["phrase2"] == "预计通过"
    assert values["time3"] == "2023-06-20 10:00"
    assert len(values["thing4"]) <= 20


def test_sending_beside_the_work_gives_the_same_result(
    clouds: Callable[..., Cloud],
) -> None:
    """The thread changes when messages go out, not whether."""
    inline, threaded = clouds(), clouds()
    inline.run(claim_id="run")
    with threaded.client() as client:
        threaded.run_with(client, claim_id="run", mailroom=threaded.mailroom(client), ahead=True)
    ours, theirs = inline.dump(), threaded.dump()
    # Each thread claims under a name of its own.
    for notices in (ours["notifications"], theirs["notifications"]):
        for row in notices.values():
            del row["claim"]
    assert ours == theirs


def test_a_thread_that_is_halted_gives_everything_back(cloud: Cloud) -> None:
    """After a used-up quota the thread sends nothing more and loses nothing."""
    fail_third(cloud, {"errcode": 45009})
    with cloud.client() as client:
        report = cloud.run_with(client, mailroom=cloud.mailroom(client, threads=1))
    assert report.notified == 2
    assert states(cloud) == {"sent": 2, "todo": 11}
