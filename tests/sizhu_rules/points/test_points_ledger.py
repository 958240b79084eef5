"""The ledger of points: ids from the business, lines only added, never more than the day's cap."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sizhu_rules import load_policy
from sizhu_rules.facts.calendar import SHANGHAI
from sizhu_rules.points import Visit, day_total
from sizhu_rules.points.ledger import (
    REDEMPTION,
    SERVICE_DAY,
    Account,
    DuplicateLineError,
    Ledger,
    LedgerError,
    Line,
    OverdraftError,
    account,
    day_line_id,
    next_day_line,
    redemption,
    redemption_line_id,
    reversal,
    reversal_line_id,
    source_line_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

POLICY = load_policy("simen@working")
DAY = date(2023, 5, 1)
CAP = 80
MORNING = datetime(2023, 5, 1, 6, 0, tzinfo=SHANGHAI)


def visit(start: int, minutes: int) -> Visit:
    """Make a verified visit, so many minutes after six in the morning."""
    begin = MORNING + timedelta(minutes=start)
    end = begin + timedelta(minutes=minutes)
    return Visit(begin, end, end)


MORNINGS, NOON, EVENING = visit(0, 240), visit(300, 210), visit(600, 240)


class World:
    """What two deciders share: the visits that stand in the cloud, and a ledger."""

    def __init__(self, visits: list[Visit], ledger: Ledger | None = None) -> None:
        """Start with these visits."""
        self.visits = list(visits)
        self.ledger = ledger or Ledger()

    @property
    def total(self) -> int:
        """What the day's lines come to."""
        return sum(line.delta for line in self.ledger.day("v1", DAY))


def decider(world: World, blind: tuple[Visit, ...] = ()) -> Generator[None]:
    """Settle the day as a worker does; each `yield` is a moment at which another one may act.

    What stands in `blind` it does not see at first: it looked too early, or at a slow copy.
    """
    while True:
        visits = [one for one in world.visits if one not in blind]
        yield
        there = world.ledger.day("v1", DAY)
        yield
        line = next_day_line("v1", DAY, there, day_total(visits, POLICY))
        if line is None:
            return
        try:
            world.ledger.add(line)
        except DuplicateLineError:
            blind = ()
            yield
        else:
            return


def arrivals(world: World, *visits: Visit) -> Generator[None]:
    """Volunteers go on working while the deciders count."""
    for one in visits:
        world.visits.append(one)
        yield


def schedules(
    build: Callable[[], tuple[World, list[Generator[None]]]],
) -> Iterator[tuple[World, bool]]:
    """Run every interleaving of the steps; after each give the world, and whether all ended."""
    stack: list[tuple[int, ...]] = [()]
    while stack:
        prefix = stack.pop()
        world, actors = build()
        alive = dict(enumerate(actors))
        for who in prefix:
            if next(alive[who], alive) is alive:
                del alive[who]
        yield world, not alive
        stack += [(*prefix, who) for who in alive]


def finished(world: World) -> None:
    """Whatever happened, the next look brings the day to what its visits may earn."""
    for _ in decider(world):
        pass
    assert world.total == day_total(world.visits, POLICY)


@pytest.mark.parametrize(
    ("blind_one", "blind_two", "late"),
    [
        ((), (), ()),
        ((NOON,), (MORNINGS,), ()),
        ((NOON, EVENING), (MORNINGS,), ()),
        ((MORNINGS, NOON, EVENING), (), ()),
        ((NOON,), (), (EVENING,)),
    ],
)
def test_two_deciders_never_award_more_than_the_cap(
    blind_one: tuple[Visit, ...], blind_two: tuple[Visit, ...], late: tuple[Visit, ...]
) -> None:
    """Every interleaving of read, compute and add, with different knowledge of the day's visits."""

    def build() -> tuple[World, list[Generator[None]]]:
        world = World([one for one in (MORNINGS, NOON, EVENING) if one not in late])
        actors = [decider(world, blind_one), decider(world, blind_two)]
        return world, [*actors, arrivals(world, *late)] if late else actors

    looked = ended = 0
    for world, done in schedules(build):
        assert 0 <= world.total <= CAP
        looked, ended = looked + 1, ended + done
        if done:
            finished(world)
    assert looked > ended >= 10


class Forgetful(Ledger):
    """A store without unique ids: what the ledger must not be."""

    def __init__(self) -> None:
        """Count the lines, to give each an id that is never taken."""
        super().__init__()
        self.written: list[int] = []

    def add(self, line: Line) -> None:
        """Take every line."""
        self.written.append(line.delta)


def test_without_unique_ids_the_cap_would_be_passed() -> None:
    """The interleavings above do find the fault they look for."""

    def build() -> tuple[World, list[Generator[None]]]:
        world = World([MORNINGS, NOON, EVENING], Forgetful())
        return world, [one_pass(world), one_pass(world)]

    worst = 0
    for world, _done in schedules(build):
        assert isinstance(world.ledger, Forgetful)
        worst = max(worst, sum(world.ledger.written))
    assert worst == 2 * CAP


def one_pass(world: World) -> Generator[None]:
    """Read, compute and add once."""
    there = world.ledger.day("v1", DAY)
    yield
    line = next_day_line("v1", DAY, there, day_total(world.visits, POLICY))
    assert line is not None
    world.ledger.add(line)


class TwoDeciders(RuleBasedStateMachine):
    """Visits come, are disputed and come back, while two deciders are somewhere in their steps."""

    @initialize()
    def begin(self) -> None:
        """Begin with an empty day."""
        self.world = World([])
        self.working: dict[int, Generator[None]] = {}
        self.gone: list[Visit] = []

    @rule(start=st.integers(0, 600), minutes=st.integers(-30, 500))
    def work(self, start: int, minutes: int) -> None:
        """Record a verified visit."""
        self.world.visits.append(visit(start, minutes))

    @precondition(lambda self: self.world.visits)
    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        """Take a visit out of those that count."""
        position = data.draw(st.integers(0, len(self.world.visits) - 1))
        self.gone.append(self.world.visits.pop(position))

    @precondition(lambda self: self.gone)
    @rule()
    def settle_dispute(self) -> None:
        """Bring a visit back."""
        self.world.visits.append(self.gone.pop())

    @rule(who=st.integers(0, 1))
    def step(self, who: int) -> None:
        """Let one decider take its next step; one that is done starts again."""
        if who not in self.working:
            self.working[who] = decider(self.world)
        if next(self.working[who], self) is self:
            del self.working[who]

    @invariant()
    def within_the_cap(self) -> None:
        """At every moment, whoever stands where."""
        assert 0 <= self.world.total <= CAP
        assert self.world.ledger.account("v1") == Account(earned=self.world.total)

    def teardown(self) -> None:
        """In the end one more look brings the day to what it may earn."""
        finished(self.world)


TestTwoDeciders = TwoDeciders.TestCase
TestTwoDeciders.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


KINDS = ["day", "day", "redeem", "redeem", "reverse", "again", "other"]


def drawn(
    kind: str, who: str, number: int, ledger: Ledger, written: list[Line], chance: random.Random
) -> Line | None:
    """Make the line of one random operation."""
    match kind:
        case "day":
            day = DAY + timedelta(days=chance.randrange(400))
            allowed = chance.randrange(0, CAP + 1, 5)
            return next_day_line(who, day, ledger.day(who, day), allowed)
        case "redeem":
            return redemption(ledger.account(who), who, f"c{number}", chance.randrange(1, 400))
        case "reverse":
            return reversal(chance.choice(written))
        case "again":
            return chance.choice(written)
        case _:
            return Line(source_line_id("seed_award", f"{number}"), who, 5, SERVICE_DAY)


@pytest.mark.slow
def test_a_hundred_thousand_operations_keep_the_books() -> None:
    """Balance is the sum of the lines, nothing is overdrawn, no line changes or goes away."""
    chance = random.Random(20261124)  # noqa: S311 - a seeded run, not a secret
    ledger = Ledger()
    volunteers = [f"v{number}" for number in range(12)]
    sums: defaultdict[str, int] = defaultdict(int)
    written: list[Line] = []
    happened: Counter[str] = Counter()
    for number in range(100_000):
        who, kind = chance.choice(volunteers), chance.choice(KINDS if written else ["other"])
        before = ledger.account(who)
        try:
            line = drawn(kind, who, number, ledger, written, chance)
            if line is None:
                happened["nothing to add"] += 1
                continue
            ledger.add(line)
        except LedgerError as error:
            happened[type(error).__name__] += 1
            assert ledger.account(who) == before
        else:
            happened[kind] += 1
            written.append(line)
            sums[line.volunteer_id] += line.delta
        there = ledger.account(who)
        assert there.balance == sums[who]
        assert there.spent <= before.spent or there.balance >= 0
    for who in volunteers:
        assert ledger.account(who) == account(ledger.lines(who))
        assert ledger.account(who).available == max(0, sums[who])
    assert [ledger.line(line.id) for line in written] == written
    assert sum(len(ledger.lines(who)) for who in volunteers) == len(written)
    assert happened.pop("again", 0) == 0
    assert min(happened.values()) > 1_000, happened


def test_ids_come_from_the_business() -> None:
    """As the cloud stores them."""
    assert day_line_id("v1", DAY, 2) == "pts:day:v1:2023-05-01:2"
    assert redemption_line_id("c7") == "pts:redemption:c7"
    assert source_line_id("correction", "x") == "pts:correction:x"
    assert reversal_line_id("pts:redemption:c7") == "rev:pts:redemption:c7"


@pytest.mark.parametrize("source", ["", "day", "redemption", "Day", "a:b"])
def test_a_source_cannot_take_the_form_of_another(source: str) -> None:
    """Else two businesses could have one id."""
    with pytest.raises(LedgerError, match="use small letters"):
        source_line_id(source, "x")


def test_an_empty_id_is_refused() -> None:
    """It would be the id of everybody."""
    with pytest.raises(LedgerError, match="give the record's own id"):
        redemption_line_id("")


def test_a_reversal_is_not_reversed() -> None:
    """Back and forth would leave nobody able to say what holds."""
    line = Line(redemption_line_id("c1"), "v1", -5, REDEMPTION)
    back = reversal(line)
    assert back == Line("rev:pts:redemption:c1", "v1", 5, REDEMPTION)
    with pytest.raises(LedgerError, match="a reversal is not reversed"):
        reversal(back)


def test_a_reversal_takes_back_a_line_as_it_stands() -> None:
    """Neither more nor less, once, and only of a line that is there."""
    ledger = Ledger()
    line = Line("pts:seed_award:7", "v1", 40, SERVICE_DAY)
    with pytest.raises(LedgerError, match="fits no line"):
        ledger.add(reversal(line))
    ledger.add(line)
    with pytest.raises(LedgerError, match="fits no line"):
        ledger.add(Line(reversal_line_id(line.id), "v1", -45, SERVICE_DAY))
    ledger.add(reversal(line))
    with pytest.raises(DuplicateLineError, match="compute anew"):
        ledger.add(reversal(line))
    assert ledger.account("v1") == Account()


def test_a_line_of_a_day_is_not_reversed() -> None:
    """The next line of the day takes back what is allowed no more: twice would be a debt."""
    ledger = Ledger()
    first = next_day_line("v1", DAY, (), 40)
    assert first is not None
    ledger.add(first)
    with pytest.raises(LedgerError, match="write its next line"):
        reversal(first)
    with pytest.raises(LedgerError, match="write its next line"):
        ledger.add(Line(f"rev:{first.id}", "v1", -40, SERVICE_DAY))
    disputed = next_day_line("v1", DAY, ledger.day("v1", DAY), 0)
    assert disputed is not None
    ledger.add(disputed)
    assert ledger.account("v1") == Account()


def test_points_cannot_be_spent_twice() -> None:
    """Earned minus spent must reach the cost; what was spent and then taken back is a debt."""
    ledger = Ledger()
    ledger.add(Line("pts:day:v1:2023-05-01:0", "v1", 40, SERVICE_DAY))
    one = redemption(ledger.account("v1"), "v1", "c1", 40)
    other = redemption(ledger.account("v1"), "v1", "c2", 1)  # computed from the same look
    ledger.add(one)
    with pytest.raises(OverdraftError, match="do not suffice"):
        ledger.add(other)
    ledger.add(Line("pts:day:v1:2023-05-01:1", "v1", -40, SERVICE_DAY))
    debt = ledger.account("v1")
    assert (debt.balance, debt.available) == (-40, 0)
    with pytest.raises(OverdraftError, match="do not suffice"):
        redemption(debt, "v1", "c3", 1)
    with pytest.raises(LedgerError, match="at least 1 point"):
        redemption(debt, "v1", "c3", 0)


def test_a_line_of_nothing_is_refused() -> None:
    """And a day that is as it should be gets no line."""
    with pytest.raises(LedgerError, match="write none"):
        Ledger().add(Line("pts:day:v1:2023-05-01:0", "v1", 0, SERVICE_DAY))
    there = [Line("pts:day:v1:2023-05-01:0", "v1", 40, SERVICE_DAY)]
    assert next_day_line("v1", DAY, there, 40) is None
    assert next_day_line("v1", DAY, there, 15) == Line(
        day_line_id("v1", DAY, 1), "v1", -25, SERVICE_DAY
    )


def test_a_day_read_in_part_is_not_computed_from() -> None:
    """With a line unread the sum is too small, and the difference would pay twice."""
    there = [Line("pts:day:v1:2023-05-01:1", "v1", 40, SERVICE_DAY)]
    with pytest.raises(LedgerError, match="read all lines of the day"):
        next_day_line("v1", DAY, there, 80)
