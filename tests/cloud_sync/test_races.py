"""Two workers, a resident and the staff at work at the same time: nothing is mixed or undone."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.decider import Decider
from cloud_sync.statement import _, db
from sizhu_rules import load_policy
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make


def sixty(make: Make) -> dict[str, list[dict[str, Any]]]:
    """The small village with a resident of exactly 60: the case on which rules differ."""
    village = make.village()
    village["persons"].append(make.person("p-sixty", "1963-01-01", "h-none"))
    village["cases"].append(make.device("dev-sixty", "p-sixty"))
    village["users"].append({"_id": "user-dev-sixty", "openid": "openid-user-dev-sixty"})
    wanted = {"dev-sixty", "dev-old", "dev-poison", "don-person", "svc-1", "svc-2"}
    village["cases"] = [case for case in village["cases"] if case["_id"] in wanted]
    return village


def other_rules() -> Decider:
    """A worker that reads the boundary at 60 as settled."""
    policy = amend(load_policy("simen"), readings={"boundary_60": "by_income"})
    return Decider(policy, cross_check=False)


def consistent(cloud: Cloud) -> None:
    """Every effect belongs to the stored decision, once, and nobody waits."""
    found = cloud.dump()
    for id_, case in found["cases"].items():
        assert case["sync"] in {"done", "dead"}, id_
    for row in found["decisions"].values():
        assert row["proj"] == "done"
        user = found["cases"][row["caseId"]]["createdBy"]
        message = found["messages"][f"msg:{row['_id']}:{user}"]
        lines = row["decision"]["text"]["resident"]
        assert message["lines"][: len(lines)] == lines
    for case in found["cases"].values():
        if case["sync"] == "done":
            assert f"dec:{case['_id']}:{case['rev']}" in found["decisions"]
    earned = sum(line["delta"] for line in found["points_ledger"].values())
    assert earned == 20
    assert found["points_accounts"]["v1"]["earned"] == 20
    sent = Counter(message["page"] for message in cloud.sent())
    decided = Counter(row["page"] for row in found["notifications"].values())
    assert not sent - decided


def test_the_two_rules_do_differ(clouds: Callable[..., Cloud], make: Make) -> None:
    """Otherwise the tests below would show nothing."""
    ours, theirs = clouds(sixty(make)), clouds(sixty(make))
    ours.run()
    theirs.run(decider=other_rules())
    key = "dec:dev-sixty:1"
    verdicts = [cloud.dump()["decisions"][key]["decision"]["verdict"] for cloud in (ours, theirs)]
    assert verdicts == ["needs_review", "eligible"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_second_worker_with_other_rules_may_run_at_any_moment(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Between any two requests of one worker another one runs to its end."""
    k = 0
    while True:
        cloud = clouds(sixty(make))
        met: list[int] = []

        def other(number: int, cloud: Cloud = cloud, met: list[int] = met, k: int = k) -> None:
            if number == k:
                met.append(number)
                cloud.run(decider=other_rules(), claim_id="other")

        with cloud.client(session=make.hooked(before=other)) as client:
            cloud.run_with(client)
        if not met:
            break
        consistent(cloud)
        cloud.emulator.close()
        k += 1
    assert k > 30


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_workers_on_one_day_never_award_more_than_its_cap(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Between any two requests of one worker a visit comes, and another worker counts the day."""
    hours = (("06", "10"), ("11", "15"), ("16", "20"))
    a, b, c = (
        make.service(name, f"2023-06-21T{start}:00:00", f"2023-06-21T{end}:00:00")
        for name, (start, end) in zip("abc", hours, strict=True)
    )
    k = 0
    while True:
        cloud = clouds({**make.village(), "cases": [a, b]})
        met: list[int] = []

        def other(number: int, cloud: Cloud = cloud, met: list[int] = met, k: int = k) -> None:
            if number == k:
                met.append(number)
                cloud.add("cases", c)
                cloud.run(claim_id="other")

        with cloud.client(session=make.hooked(before=other)) as client:
            cloud.run_with(client)
        if not met:
            break
        found = cloud.dump()
        lines = [line["delta"] for line in found["points_ledger"].values()]
        assert sum(lines) == found["points_accounts"]["v1"]["earned"] == 80
        assert all(0 < line <= 80 for line in lines)
        cloud.emulator.close()
        k += 1
    assert k > 15


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_resident_may_submit_again_at_any_moment(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The new version is decided as well, the old decision stays, and no visit is paid twice."""
    k = 0
    while True:
        cloud = clouds(sixty(make))
        met: list[int] = []

        def again(number: int, cloud: Cloud = cloud, met: list[int] = met, k: int = k) -> None:
            if number == k:
                met.append(number)
                change = {"rev": _.inc(1), "_v": _.inc(1), "sync": "todo"}
                cloud.write("cases", "dev-old", **change, data={"classCode": "0433"})
                cloud.write("cases", "svc-1", **change)

        with cloud.client(session=make.hooked(before=again)) as client:
            cloud.run_with(client)
        if not met:
            break
        cloud.run()
        consistent(cloud)
        found = cloud.dump()
        assert found["cases"]["dev-old"]["rev"] == found["cases"]["svc-1"]["rev"] == 2
        reads = found["decisions"]["dec:dev-old:2"]["decision"]["reads"]
        assert reads["price_fen"] == 30_001
        cloud.emulator.close()
        k += 1
    assert k > 30


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_changed_household_is_never_decided_from_an_old_reading(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """Whoever changes a household raises `rev`; the decision about that `rev` knows the change."""
    k = 0
    while True:
        cloud = clouds(sixty(make))
        met: list[int] = []

        def change(number: int, cloud: Cloud = cloud, met: list[int] = met, k: int = k) -> None:
            if number == k:
                met.append(number)
                row = make.household("h-none", "dibao")["statuses"][0]
                with cloud.client() as client:
                    chain = db.collection("households").where({"_id": "h-none"})
                    client.update(chain.update({"statuses.0.status": row["status"]}))
                cloud.write("cases", "dev-old", rev=_.inc(1), _v=_.inc(1), sync="todo")

        with cloud.client(session=make.hooked(before=change)) as client:
            # Small batches, so that the person might have been read long before.
            client.sizes.pull = 2
            client.sizes.grow = lambda: None  # type: ignore[method-assign] # batches stay small
            cloud.run_with(client)
        if not met:
            break
        cloud.run()
        decision = cloud.dump()["decisions"]["dec:dev-old:2"]["decision"]
        assert decision["outcome"]["share"] == "0"
        cloud.emulator.close()
        k += 3
    assert k > 30


def test_a_step_of_the_staff_in_between_is_not_undone(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The case is decided all the same, but it stays where the staff has put it."""
    cloud = clouds(sixty(make))
    done: list[bool] = []

    def accept(_number: int) -> None:
        if not done and "dec:don-person:1" in cloud.dump()["decisions"]:
            done.append(True)
            cloud.write("cases", "don-person", status="accepted", queue=_.set({"level": "town"}))

    with cloud.client(session=make.hooked(before=accept)) as client:
        cloud.run_with(client)
    case = cloud.case("don-person")
    assert done
    assert (case["sync"], case["status"], case["queue"]) == ("done", "accepted", {"level": "town"})


def test_a_withdrawal_in_between_is_respected(clouds: Callable[..., Cloud], make: Make) -> None:
    """Withdrawing raises `rev`, so the decision about the old version changes nothing."""
    cloud = clouds(sixty(make))
    done: list[bool] = []

    def withdraw(_number: int) -> None:
        if not done and "dec:dev-old:1" in cloud.dump()["decisions"]:
            done.append(True)
            cloud.write(
                "cases", "dev-old", status="withdrawn", sync="none", rev=_.inc(1), _v=_.inc(1)
            )

    with cloud.client(session=make.hooked(before=withdraw)) as client:
        cloud.run_with(client)
    case = cloud.case("dev-old")
    assert done
    assert (case["status"], case["sync"], case["rev"], case["_v"]) == ("withdrawn", "none", 2, 2)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_four_workers_at_once_do_the_work_of_one(clouds: Callable[..., Cloud], make: Make) -> None:
    """Real threads, read ahead and send beside; two of them with other rules."""
    cloud = clouds(sixty(make))
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with cloud.client() as client:
                deciders = {"decider": other_rules()} if number % 2 else {}
                mail = cloud.mailroom(client, f"worker-{number}")
                cloud.run_with(client, ahead=True, mailroom=mail, **deciders)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    cloud.run()
    consistent(cloud)


class Crash(BaseException):
    """The process is gone."""


def test_what_a_dead_worker_left_is_finished_though_the_case_went_on(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """It died after deciding; one resident submitted again, one withdrew: both get an answer."""
    cloud = clouds(sixty(make))

    def die(_number: int) -> None:
        if b'messages\\").add' in session.body and b"dec:dev-old:1" in session.body:
            raise Crash

    session = make.hooked(before=die)
    with cloud.client(session=session) as client, pytest.raises(Crash):
        cloud.run_with(client)
    assert cloud.dump()["decisions"]["dec:dev-old:1"]["proj"] == "todo"
    again = {"rev": _.inc(1), "_v": _.inc(1)}
    cloud.write("cases", "dev-old", **again, sync="todo")
    cloud.write("cases", "dev-sixty", **again, sync="none", status="withdrawn")
    cloud.run()
    found = cloud.dump()
    assert {row["proj"] for row in found["decisions"].values()} == {"done"}
    for key in ("dev-old:1", "dev-old:2", "dev-sixty:1"):
        user = f"user-{key.split(':', maxsplit=1)[0]}"
        assert f"msg:dec:{key}:{user}" in found["messages"]
    assert "dec:dev-sixty:2" not in found["decisions"]
