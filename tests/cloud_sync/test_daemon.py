"""The daemon polls at the right pace, survives failures, and ends when a person must act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_sync.daemon import LONGEST_POLL, Daemon, Pace
from cloud_sync.errors import ConfigError, ProgramError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud_sync.report import Report
    from tests.cloud_sync.conftest import Cloud


class Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        """Start anywhere."""
        self.now = 5000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def time() -> Time:
    """A clock that never steps back."""
    return Time()


@pytest.fixture
def reports() -> list[Report]:
    """What the polls reported."""
    return []


@pytest.fixture
def daemon(cloud: Cloud, time: Time, reports: list[Report]) -> Iterator[Daemon]:
    """A daemon whose polls the test makes."""
    with cloud.client() as client:
        yield Daemon(
            client,
            settings=cloud.settings,
            clock=cloud.clock,
            monotonic=time,
            on_report=reports.append,
        )


def test_the_pace_follows_the_work() -> None:
    """Work brings the shortest wait back; idleness doubles it up to five minutes."""
    pace = Pace(10)
    waits = [pace.after(worked=False) for _poll in range(7)]
    assert waits == [20, 40, 80, 160, 300, 300, 300]
    assert pace.after(worked=True) == 10
    assert LONGEST_POLL == 300


def test_an_idle_day_costs_few_calls(daemon: Daemon, time: Time, reports: list[Report]) -> None:
    """About three hundred polls of one call, and now and then a look for forgotten cases."""
    daemon.poll()
    begin = time.now
    while time.now < begin + 86_400:
        time.now += daemon.pace.seconds
        daemon.poll()
    calls = sum(report.calls for report in reports[1:])
    assert 280 <= len(reports) <= 300
    assert calls < 400
    assert reports[0].decided == 13
    assert all(report.idle for report in reports[1:])


def test_a_failing_cloud_only_slows_the_polls(
    daemon: Daemon, cloud: Cloud, reports: list[Report]
) -> None:
    """The quota is used up: wait longer and longer, then go on where it stopped."""
    cloud.faults({"match": {"path": "/tcb/"}, "skip": 12, "do": {"errcode": 45009}})
    daemon.poll()
    daemon.poll()
    assert daemon.pace.seconds == 40
    assert (reports, daemon.error, daemon.stop.is_set()) == ([], None, False)
    cloud.calm()
    daemon.poll()
    assert reports[0].written == 13
    assert daemon.pace.seconds == 10


@pytest.mark.parametrize(
    ("code", "error"), [(40164, ConfigError), (-501005, ConfigError), (-602002, ProgramError)]
)
def test_what_waiting_does_not_cure_ends_the_daemon(
    code: int, error: type[Exception], daemon: Daemon, cloud: Cloud
) -> None:
    """A person must act: the process ends, and whoever supervises it sees why."""
    cloud.faults({"match": {"path": "/tcb/"}, "do": {"errcode": code}})
    daemon.poll()
    assert isinstance(daemon.error, error)
    assert daemon.stop.is_set()


def test_after_a_stop_nothing_begins(daemon: Daemon, reports: list[Report]) -> None:
    """A signal came while the next poll was due."""
    daemon.stop.set()
    daemon.poll()
    assert reports == []


def test_a_stop_in_a_run_ends_it_after_the_batch(daemon: Daemon, cloud: Cloud) -> None:
    """What was begun is finished; the rest of the queue waits."""
    with cloud.client() as client:
        client.sizes.pull = 4
        client.sizes.grow = lambda: None  # type: ignore[method-assign] # batches stay small
        report = cloud.run_with(client, stop=lambda: True)
    assert report.stopped
    assert (report.pulled, report.written) == (4, 3)
    projs = {row["proj"] for row in cloud.dump()["decisions"].values()}
    assert projs == {"done"}
    assert daemon.error is None


def test_a_clock_that_steps_back_is_noticed(
    daemon: Daemon, time: Time, reports: list[Report]
) -> None:
    """The trigger sleeps; the watchdog's clock tells that a poll is long overdue."""
    daemon.poll()
    assert not daemon.overdue()
    time.now += 2 * daemon.pace.seconds + 31
    assert daemon.overdue()
    daemon.poll()
    assert not daemon.overdue()
    assert len(reports) == 2


def test_a_sweep_is_a_poll_that_compares_everything(
    daemon: Daemon, cloud: Cloud, reports: list[Report]
) -> None:
    """The nightly job finds what was never queued."""
    daemon.poll()
    cloud.write("cases", "dev-old", rev=2)
    daemon.poll()
    assert reports[-1].decided == 0
    daemon.poll(sweep=True)
    assert (reports[-1].adopted, reports[-1].decided) == (1, 1)
