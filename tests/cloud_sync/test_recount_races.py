"""Whatever comes in which order, whoever dies or works beside: a day is told what it is paid."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from tests.cloud_sync.days import Crash, agree, changes, three, told, town, visit

if TYPE_CHECKING:
    from tests.cloud_sync.conftest import Cloud, Make
    from tests.cloud_sync.days import Clouds


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "times",
    [
        {"a": ("06:00", "10:00"), "b": ("10:00", "13:30"), "c": ("14:00", "18:00"),
         "d": ("18:00", "20:00")},
        {"a": ("13:00", "16:30"), "b": ("06:00", "10:00"), "c": ("15:00", "19:00"),
         "d": ("10:00", "13:30")},
    ],
    ids=["one after the other", "some at once"],
)  # fmt: skip
def test_any_order_of_arrival_comes_to_the_same(
    times: dict[str, tuple[str, str]], clouds: Clouds, make: Make
) -> None:
    """Four visits, decided one by one or two by two: at the end each is told what it is paid."""
    four = [visit(make, id_, *ends) for id_, ends in times.items()]
    points: set[tuple[tuple[str, object], ...]] = set()
    for order in permutations(four):
        for pieces in (order[:1], order[1:2], order[2:3], order[3:]), (order[:2], order[2:]):
            cloud = clouds(town(make))
            for piece in pieces:
                cloud.add("cases", *piece)
                cloud.run()
                agree(cloud)
            assert cloud.run().idle
            points.add(tuple(sorted((id_, said[2]) for id_, said in told(cloud).items())))
            cloud.emulator.close()
    assert len(points) == 1


def imported(clouds: Clouds, make: Make) -> Cloud:
    """A day of two visits, decided; an older record has just come."""
    cloud = clouds(town(make, *three(make)[1:]))
    cloud.run()
    cloud.add("cases", three(make)[0])
    return cloud


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_death_at_any_request_of_a_recount_is_repaired(
    moment: str, clouds: Clouds, make: Make
) -> None:
    """Whether the visit was queued already or not: the next run leaves what no death leaves."""
    clean = imported(clouds, make)
    assert clean.run().requeued == 1
    expected = clean.dump()
    k = 0
    while True:
        cloud = imported(clouds, make)

        def die(number: int, k: int = k) -> None:
            if number >= k:
                raise Crash

        with cloud.client(session=make.hooked(**{moment: die})) as client:
            try:
                cloud.run_with(client)
            except Crash:
                cloud.run()
            else:
                break
        found = cloud.dump()
        for name in ("cases", "decisions", "messages", "points_ledger", "points_accounts"):
            assert found[name] == expected[name], (k, name)
        cloud.emulator.close()
        k += 1
    assert k > 40


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("what", ["is imported", "is disputed"])
def test_a_second_worker_may_meet_the_change_at_any_moment(
    what: str, clouds: Clouds, make: Make
) -> None:
    """Between any two requests of one worker the day changes and another worker runs."""
    k = 0
    while True:
        cloud = clouds(town(make, *three(make)[what == "is imported" :]))
        met: list[int] = []

        def other(number: int, cloud: Cloud = cloud, met: list[int] = met, k: int = k) -> None:
            if number == k:
                met.append(number)
                changes(cloud, make, what)
                cloud.run(claim_id="other")

        with cloud.client(session=make.hooked(before=other)) as client:
            cloud.run_with(client)
        if not met:
            break
        cloud.run()
        agree(cloud)
        assert cloud.run().idle
        cloud.emulator.close()
        k += 1
    assert k > 25
