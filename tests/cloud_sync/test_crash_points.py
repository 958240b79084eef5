"""Whatever dies, and whenever: another run brings the database to where it belongs.

For every request of a run the fault is put exactly there; then a run without faults follows. The
result must equal that of an undisturbed run but for the state and claim of notifications.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from cloud_sync.errors import CloudSyncError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud, Make

Dump = dict[str, dict[str, dict[str, Any]]]


class Crash(BaseException):
    """The process is gone."""


def village(make: Make) -> dict[str, list[dict[str, Any]]]:
    """One case or two of everything, so that a run has every kind of step."""
    found = make.village()
    wanted = {
        "dev-old", "dev-bare", "dev-forgotten", "dev-withdrawn", "dev-poison", "don-person",
        "svc-1", "svc-2",
    }  # fmt: skip
    found["cases"] = [case for case in found["cases"] if case["_id"] in wanted]
    found["cases"] += [make.retrofit("works", "p-old"), make.wish("wish", "p-poor")]
    return found


def comparable(dump: Dump) -> Dump:
    """Leave out what may differ: whether a message was sent, and who claimed it."""
    free = ("state", "claim", "attempts", "errcode", "at")
    for row in dump["notifications"].values():
        for name in free:
            row.pop(name, None)
    return dump


@pytest.fixture
def clean(clouds: Callable[..., Cloud], make: Make) -> tuple[Dump, int]:
    """The database after an undisturbed run, and the requests it took."""
    cloud = clouds(village(make))
    with cloud.client(session=(session := make.hooked())) as client:
        cloud.run_with(client)
    return comparable(cloud.dump()), session.count


def check(cloud: Cloud, expected: Dump) -> None:
    """The database is as expected, and nobody got a message twice."""
    found = comparable(cloud.dump())
    for name in expected:
        assert found[name] == expected[name], name
    receivers = [(message["touser"], message["page"]) for message in cloud.sent()]
    assert len(receivers) == len(set(receivers))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_request_or_answer_changes_nothing(
    moment: str, clouds: Callable[..., Cloud], make: Make, clean: tuple[Dump, int]
) -> None:
    """Request k never arrives, or arrives and its answer is lost; the run goes on by itself."""
    expected, requests_of_a_run = clean
    assert requests_of_a_run > 40
    for k in range(requests_of_a_run):
        cloud = clouds(village(make))
        cloud.faults({"match": {"path": "/"}, "skip": k, "times": 1, "do": {"reset": moment}})
        cloud.run()
        check(cloud, expected)
        before = cloud.dump()
        assert cloud.run().decided == 0
        assert comparable(cloud.dump()) == comparable(before)
        cloud.emulator.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_death_at_any_request_is_repaired_by_the_next_run(
    moment: str, clouds: Callable[..., Cloud], make: Make, clean: tuple[Dump, int]
) -> None:
    """The process dies before request k, or after the cloud has done it; another run follows."""
    expected, requests_of_a_run = clean
    for k in range(requests_of_a_run):
        cloud = clouds(village(make))

        def die(number: int, k: int = k) -> None:
            if number >= k:
                raise Crash

        with (
            cloud.client(session=make.hooked(**{moment: die})) as client,
            pytest.raises(Crash),
        ):
            cloud.run_with(client)
        cloud.run()
        check(cloud, expected)
        cloud.emulator.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_faults_in_one_run_change_nothing(
    clouds: Callable[..., Cloud], make: Make, clean: tuple[Dump, int]
) -> None:
    """An answer is lost, and the process dies some requests later."""
    expected, requests_of_a_run = clean
    for k in range(0, requests_of_a_run - 4, 2):
        cloud = clouds(village(make))
        cloud.faults({"match": {"path": "/"}, "skip": k, "times": 1, "do": {"reset": "after"}})

        def die(number: int, k: int = k) -> None:
            if number >= k + 4:
                raise Crash

        with cloud.client(session=make.hooked(after=die)) as client, pytest.raises(Crash):
            cloud.run_with(client)
        cloud.run()
        check(cloud, expected)
        cloud.emulator.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        {"errcode": -1},
        {"errcode": -501001},
        {"errcode": -501004},
        {"errcode": 42001},
        {"http": 502},
        {"truncate": 20},
        {"garble": True},
        {"duplicate": True},
    ],
)
def test_every_passing_fault_is_survived(
    fault: dict[str, Any], clouds: Callable[..., Cloud], make: Make, clean: tuple[Dump, int]
) -> None:
    """Busy systems, dead tokens, half answers and double deliveries, every fifth request."""
    expected, requests_of_a_run = clean
    cloud = clouds(village(make))
    rules = [
        {"match": {"path": "/tcb/"}, "skip": k, "times": 1, "do": fault}
        for k in range(1, requests_of_a_run, 5)
    ]
    cloud.faults(*rules)
    for _run in range(6):
        try:
            cloud.run()
        except CloudSyncError:
            continue
    cloud.calm()
    cloud.run()
    check(cloud, expected)


def test_a_quota_that_runs_out_midway_loses_nothing(
    clouds: Callable[..., Cloud], make: Make, clean: tuple[Dump, int]
) -> None:
    """The run stops with one sentence; the next day goes on from there."""
    expected, _requests = clean
    cloud = clouds(village(make))
    cloud.faults({"match": {"path": "/tcb/"}, "skip": 20, "do": {"errcode": 45009}})
    with pytest.raises(CloudSyncError, match="quota") as caught:
        cloud.run()
    assert caught.value.exit_code == 1
    cloud.calm()
    cloud.run()
    check(cloud, expected)


def test_a_refused_connection_loses_nothing(cloud: Cloud) -> None:
    """An unreachable cloud is one sentence within seconds, and nothing was touched."""
    before = cloud.dump()
    settings = cloud.settings.model_copy(update={"api_base": "http://127.0.0.1:9"})
    cloud.settings = settings
    with pytest.raises(CloudSyncError, match="SIZHU_API_BASE") as caught:
        cloud.run()
    assert caught.value.exit_code == 1
    assert sum(cloud.slept) < 10
    assert not isinstance(caught.value.__context__, requests.RequestException)
    assert cloud.dump() == before
