"""A day that changes after its visits were decided: who is told otherwise now is decided again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from cloud_sync.decider import Decider
from cloud_sync.inspection import dead_retry
from sizhu_rules import load_policy
from sizhu_rules.testing import amend
from tests.cloud_sync.days import Crash, agree, changes, three, told, town, visit

if TYPE_CHECKING:
    from cloud_sync.report import Report
    from tests.cloud_sync.conftest import Cloud, Make
    from tests.cloud_sync.days import Clouds, Document, Told

FULL: Final[Told] = {
    "a": (0, "eligible", 40),
    "b": (8, "eligible", 40),
    "c": (16, "needs_review", 0),
}
"""Three visits of four hours: the last one meets the cap of sixteen half hours."""
WITHOUT_A: Final[Told] = {
    "a": (None, "needs_facts", None),
    "b": (8, "eligible", 40),
    "c": (8, "eligible", 40),
}
"""As above, decided while all counted; b is told the same without a, and not decided again."""


ODD_END: Final = {"data": {"checkOutAt": {"$date": "9999-12-31T12:00:00.000Z"}}}
SHORT: Final = {"data": {"checkOutAt": {"$date": "2023-06-20T22:10:00.000Z"}}}
MOVED: Final = {**FULL, "c": (8, "eligible", 40)}
LAST: Final = {"a": (16, "needs_review", 0), "b": (8, "eligible", 40), "c": (8, "eligible", 40)}


@pytest.mark.parametrize(
    ("before", "how", "expected", "requeued"),
    [
        ({"status": "disputed"}, "is verified again", {**FULL, "b": (0, "eligible", 40)}, 1),
        (SHORT, "was longer", {**FULL, "b": (0, "eligible", 40)}, 1),
        (None, "is imported", {**FULL, "b": (0, "eligible", 40)}, 1),
        ({"villageId": "x"}, "is mended", {**FULL, "b": (0, "eligible", 40)}, 1),
        # Nobody can say whether the others were at the same time.
        (ODD_END, "was longer", FULL, 2),
        ({}, "is disputed", WITHOUT_A, 1),
        ({}, "is rejected", WITHOUT_A, 1),
        ({}, "is returned", WITHOUT_A, 1),
        ({}, "was on another day", MOVED, 1),
        ({}, "was verified last", LAST, 1),
    ],
)
def test_who_is_told_otherwise_now_is_decided_again(
    before: Document | None, how: str, expected: Told, requeued: int, clouds: Clouds, make: Make
) -> None:
    """The first of three visits changes: the last is told in the same run, once for all."""
    cloud = clouds(town(make, *(three(make)[1:] if before is None else three(make, **before))))
    cloud.run()
    changes(cloud, make, how)
    assert cloud.run().requeued == requeued
    assert told(cloud) == expected
    agree(cloud)
    again, idle = cloud.run(), cloud.run()
    assert again.idle
    assert again.calls == idle.calls


def test_an_older_record_of_the_same_time_is_told_too(clouds: Clouds, make: Make) -> None:
    """Filed before and verified after: nothing counts before the other, but it is in doubt now."""
    older = {"submittedAt": make.instant("2023-06-21T20:30:00")}
    last = {"verifiedAt": make.instant("2023-06-22T08:00:00")}
    cloud = clouds(town(make, *three(make)[1:]))
    cloud.run()
    cloud.add("cases", visit(make, "a", "16:30", "20:00", data=last, **older))
    assert cloud.run().requeued == 1
    assert told(cloud) == {
        "a": (8, "eligible", 35),
        "b": (0, "eligible", 40),
        "c": (8, "needs_review", None),
    }
    agree(cloud)


def test_a_visit_is_queued_as_by_any_other_writer(clouds: Clouds, make: Make) -> None:
    """Its `rev` and its `_v` count up, and both of its decisions stay with their messages."""
    cloud = clouds(town(make, *three(make)[1:]))
    cloud.run()
    before = cloud.case("c")
    cloud.add("cases", three(make)[0])
    cloud.run()
    after, found = cloud.case("c"), cloud.dump()
    assert (after["rev"], after["_v"]) == (before["rev"] + 1, before["_v"] + 2)
    assert {"dec:c:1", "dec:c:2"} <= set(found["decisions"])
    assert {"msg:dec:c:1:user-v1", "msg:dec:c:2:user-v1"} <= set(found["messages"])


def test_what_is_queued_before_it_was_completed_names_its_law(clouds: Clouds, make: Make) -> None:
    """The day changes while its visits are projected: no worker of an older law may take them."""
    met: list[bool] = []

    def come(_number: int) -> None:
        if not met and b'messages\\").add' in session.body:
            met.append(True)
            cloud.add("cases", three(make)[0])

    def die(_number: int) -> None:
        if b'rev\\":_.inc' in session.body:
            raise Crash

    cloud = clouds(town(make, *three(make)[1:]))
    session = make.hooked(before=come, after=die)
    with cloud.client(session=session) as client, pytest.raises(Crash):
        cloud.run_with(client)
    case = cloud.case("c")
    version = load_policy("simen").version
    assert (case["rev"], case["sync"], case["policyVersion"]) == (2, "todo", version)
    cloud.run()
    agree(cloud)


def looked_up(cloud: Cloud, make: Make, *cases: Document) -> tuple[int, Report]:
    """How often decisions are read when these visits are decided."""
    seen: list[bytes] = []
    session = make.hooked(before=lambda _number: seen.append(session.body))
    cloud.add("cases", *cases)
    with cloud.client(session=session) as client:
        report = cloud.run_with(client, full=False)
    return sum(b'decisions\\").where' in body and b".get()" in body for body in seen), report


def test_only_decisions_that_were_not_just_read_are_looked_up(clouds: Clouds, make: Make) -> None:
    """No call more for a visit that is the only one of its day, nor for those decided together."""
    a, b, c = three(make)
    alone, together = clouds(town(make)), clouds(town(make))
    counts = [looked_up(alone, make, one)[0] for one in (a, b)]
    assert counts == [1, 2]
    count, report = looked_up(together, make, a, b, c)
    assert (count, report.requeued) == (1, 0)


def test_what_another_law_decided_is_left_to_it(clouds: Clouds, make: Make) -> None:
    """A decision under another version of the law is not judged by this one."""
    theirs = amend(load_policy("simen"), parameters={"points.day_cap_half_hours": 14})
    cloud = clouds(town(make, *three(make)[1:]))
    cloud.run(decider=Decider(theirs, cross_check=False))
    cloud.add("cases", three(make)[0])
    assert cloud.run().requeued == 0
    assert [cloud.case(id_)["rev"] for id_ in "abc"] == [1, 1, 1]


def test_a_dead_letter_is_not_opened_by_others(clouds: Clouds, make: Make) -> None:
    """A case that waits for a person stays with that person; when retried, its day is counted."""
    cloud = clouds(town(make, *three(make)[1:]))
    cloud.run()
    cloud.write("cases", "c", sync="dead")
    cloud.write("decisions", "dec:c:1", proj="dead")
    letter = {"_id": "dead:c:1", "caseId": "c", "rev": 1, "class": "RefusedDocument"}
    text = {"reason": "A message is refused.", "fix": "Retry.", "state": "open"}
    cloud.add("dead_letters", {**letter, **text, "at": make.instant("2023-06-25T08:00:00")})
    cloud.add("cases", three(make)[0])
    assert cloud.run().requeued == 0
    assert (cloud.case("c")["sync"], cloud.case("c")["rev"]) == ("dead", 1)
    with cloud.client() as client:
        dead_retry(client, ["dead:c:1"])
    assert cloud.run().requeued == 1
    agree(cloud)
