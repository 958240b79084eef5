"""Raw facts: every kind at its bounds, what is refused with which words, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

from sizhu_rules.engine.raw import (
    Day,
    Facts,
    Flag,
    Instant,
    Kind,
    Malformed,
    Member,
    RawFact,
    Recorder,
    Text,
    Whole,
)
from sizhu_rules.errors import FactError

EAST = timezone(timedelta(hours=8))
KINDS = Member({"a": "甲", "b": "乙"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ship(Facts):
    """The facts of one ship."""

    built: date | None = None
    home: str | None = None
    crew: int | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("built", "built", Day()),
        RawFact("port.home", "home", Text(r"[a-z]+", "ningbo")),
        RawFact("port.crew", "crew", Whole(0, 9)),
    )


@pytest.mark.parametrize(
    ("kind", "stated", "typed", "json"),
    [
        (Day(), "2024-02-29", date(2024, 2, 29), "2024-02-29"),
        (Day(), "1850-01-01", date(1850, 1, 1), "1850-01-01"),
        (Day(), date(2200, 12, 31), date(2200, 12, 31), "2200-12-31"),
        (Day(("never",)), "never", "never", "never"),
        (Whole(1, 9), 1, 1, 1),
        (Whole(1, 9), 9, 9, 9),
        (Whole(1, 9, ("none",)), "none", "none", "none"),
        (KINDS, "a", "a", "a"),
        (Flag(), False, False, False),
        (Text(r"\d{3}", "123"), "123", "123", "123"),
        (Text(r"\d{3}", "123", ("any",)), "any", "any", "any"),
        (
            Instant(),
            "1850-01-01T09:00:00.5+08:00",
            datetime(1850, 1, 1, 9, 0, 0, 500_000, EAST),
            "1850-01-01T09:00:00.500000+08:00",
        ),
        (Instant(), "2200-12-31T09:00Z", datetime(2200, 12, 31, 9, tzinfo=UTC), None),
        (Instant(), "2024-01-01T09:00-09:30", None, "2024-01-01T09:00:00-09:30"),
        (Instant(), "2024-01-01T09:00+00:01", None, "2024-01-01T09:00:00+00:01"),
    ],
)
def test_what_is_stated_is_what_is_known(
    kind: Kind, stated: object, typed: object, json: object
) -> None:
    """Typed as read, and written back as it may be stated again."""
    found = kind.parse(stated)
    if typed is not None:
        assert (found, type(found)) == (typed, type(typed))
    assert kind.parse(found) == found
    if json is not None:
        assert kind.render(found) == json
        assert kind.parse(json) == found


NO_DAY = ("this is no day", "write YYYY-MM-DD, or leave it out")
NO_YEAR = ("the year cannot be right", "write a year from 1850 to 2200")
NO_WHOLE = "this is no whole number"
NO_MOMENT = (
    "this is no moment with an offset",
    "write YYYY-MM-DDTHH:MM:SS+08:00, or leave it out",
)


@pytest.mark.parametrize(
    ("kind", "stated", "message"),
    [
        (Day(), "2024-1-1", NO_DAY),
        (Day(), "2024-01-011", NO_DAY),
        (Day(), datetime(2024, 1, 1, tzinfo=UTC), NO_DAY),
        (
            Day(("never", "open")),
            "x",
            (NO_DAY[0], "write YYYY-MM-DD or 'never' or 'open', or leave it out"),
        ),
        (Day(), "2023-02-29", ("this day does not exist", "correct month and day")),
        (Day(), "1849-12-31", NO_YEAR),
        (Day(), "2201-01-01", NO_YEAR),
        (Whole(1, 9), 0, ("the number is out of range", "write 1 to 9")),
        (
            Whole(1, 9, ("none",)),
            10,
            ("the number is out of range", "write 1 to 9 or 'none'"),
        ),
        (Whole(1, 9), "5", (NO_WHOLE, "write digits without quotes, or leave it out")),
        (Whole(0, 9), True, (NO_WHOLE, "write digits without quotes, or leave it out")),
        (
            Whole(1, 9, ("none",)),
            "all",
            (NO_WHOLE, "write digits without quotes or 'none', or leave it out"),
        ),
        (
            KINDS,
            "c",
            (
                "this is none of the known codes",
                "write one of a (甲), b (乙), or leave it out",
            ),
        ),
        (
            Flag(),
            1,
            ("this is neither true nor false", "write true or false, or leave it out"),
        ),
        (
            Text(r"\d{3}", "123", ("any",)),
            "1234",
            ("this has another shape", "write it like 123 or 'any'"),
        ),
        (Text(r"\d{3}", "123"), 123, ("this has another shape", "write it like 123")),
        (
            Instant(),
            "2024-02-30T09:00Z",
            ("this moment does not exist", "correct day and time"),
        ),
        (Instant(), "2024-01-01T09:00", NO_MOMENT),
        (Instant(), datetime(2024, 1, 1, 9), NO_MOMENT),  # noqa: DTZ001 - the point
        (
            Instant(),
            datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=8, seconds=1))),
            NO_MOMENT,
        ),
        (Instant(), date(2024, 1, 1), NO_MOMENT),
        (Instant(), "1849-12-31T09:00Z", NO_YEAR),
        (Instant(), "2201-01-01T09:00Z", NO_YEAR),
    ],
)
def test_what_does_not_fit_is_refused(kind: Kind, stated: object, message: tuple[str, str]) -> None:
    """With what is wrong and what to write."""
    with pytest.raises(Malformed) as caught:
        kind.parse(stated)
    assert (caught.value.what, caught.value.fix) == message
    assert str(caught.value) == message[0]


def test_a_moment_of_a_zone_keeps_its_offset_alone() -> None:
    """Two moments of a zone with summer time subtract as moments then; a fold is spent."""
    zone = ZoneInfo("Europe/Berlin")
    early = Instant().parse(datetime(2024, 10, 27, 2, 30, tzinfo=zone))
    late = Instant().parse(datetime(2024, 10, 27, 2, 30, tzinfo=zone, fold=1))
    assert isinstance(early, datetime)
    assert isinstance(late, datetime)
    assert late - early == timedelta(hours=1)
    assert (early.fold, late.fold) == (0, 0)
    assert (late.tzinfo, late.hour) == (timezone(timedelta(hours=1)), 2)
    fixed = datetime(2024, 1, 1, 9, tzinfo=EAST)
    assert Instant().parse(fixed) is fixed


def refusal(mapping: dict[str, object]) -> tuple[str, str, str]:
    """Return how facts are refused: path, what, fix."""
    with pytest.raises(FactError) as caught:
        Ship.from_mapping(mapping)
    return caught.value.path, caught.value.what, caught.value.fix


def test_facts_may_be_nested_or_dotted() -> None:
    """A group that is null says nothing, as a fact that is."""
    whole = Ship(built=date(2000, 1, 1), home="ningbo", crew=3)
    assert Ship.from_mapping(
        {"built": "2000-01-01", "port": {"home": "ningbo", "crew": 3}}
    ) == Ship.from_mapping({"built": "2000-01-01", "port.home": "ningbo", "port.crew": 3})
    assert Ship.from_mapping(
        {"built": "2000-01-01", "port": {"home": "ningbo"}, "port.crew": 3}
    ) == (whole)
    assert Ship.from_mapping({"port": None, "built": None}) == Ship()
    assert Ship.from_mapping({"port": None, "built": "2000-01-01"}).built == date(2000, 1, 1)


def test_a_key_that_is_no_fact_is_refused_with_the_nearest() -> None:
    """Or with all there are; a group is in no group, and what may be a datum is not repeated."""
    assert refusal({"bilt": 1}) == ("bilt", "no such fact", "did you mean 'built'?")
    assert refusal({"port": {"hom": 1}}) == (
        *("port.hom", "no such fact", "did you mean 'port.home'?"),
    )
    assert refusal({"xyzzy": 1}) == (
        *("xyzzy", "no such fact", "use one of built, port, port.crew, port.home"),
    )
    assert refusal({"port": {"port": {"home": "ningbo"}}})[0] == "port.port"
    silent = ("facts", "a key is no name of a fact", "use the documented names")
    for key in ("330299", "a" * 41, "a b", 7):
        assert refusal({key: 1}) == silent  # type: ignore[dict-item] # a number as key: the point
    assert refusal({"a" * 40: 1})[0] == "a" * 40


def test_a_fact_is_stated_once() -> None:
    """And a group is a mapping."""
    twice: dict[str, object] = {"port": {"home": "a"}, "port.home": "a"}
    assert refusal(twice) == ("port.home", "the fact is stated twice", "state it once")
    assert refusal({"port": "ningbo"}) == (
        *("port", "this is no mapping", "write {…} with the facts of port"),
    )
    with pytest.raises(FactError) as caught:
        Ship.from_mapping([])  # type: ignore[arg-type] # the point
    assert str(caught.value) == "facts: this is no mapping; write {…} with one key per fact"


def test_facts_built_wrong_are_refused_by_path() -> None:
    """What is stated as text is typed."""
    with pytest.raises(FactError) as caught:
        Ship(crew=10)
    assert str(caught.value) == "port.crew: the number is out of range; write 0 to 9"
    assert Ship(built="2000-01-01").built == date(2000, 1, 1)  # type: ignore[arg-type] # as JSON


def test_facts_tell_what_is_known_and_what_is_absent() -> None:
    """By path, in the order asked, never the values."""
    ship = Ship(crew=0)
    assert repr(ship) == "Ship(known: port.crew)"
    assert repr(Ship()) == "Ship(known: nothing)"
    assert repr(Ship(built=date(2000, 1, 1), crew=1)) == "Ship(known: built, port.crew)"
    assert ship.absent("port.home", "port.crew", "built") == ("port.home", "built")
    assert dict(Ship.paths()) == {"built": "built", "port.home": "home", "port.crew": "crew"}
    assert Ship.paths() is Ship.paths()
    with pytest.raises(TypeError):
        Ship.paths()["built"] = "home"  # type: ignore[index] # the point


def test_only_what_is_known_leaves_a_trace_when_read() -> None:
    """Zero is known."""
    recorder = Recorder(Ship(crew=0, home="ningbo"))
    assert recorder.read == {}
    assert (recorder.crew, recorder.built) == (0, None)
    assert recorder.read == {"crew": 0}
    with pytest.raises(AttributeError):
        _ = recorder.captain


@pytest.mark.parametrize(
    ("kind", "same", "other"),
    [
        (Flag(), Flag(), Instant()),
        (Instant(), Instant(), Flag()),
        (Day(), Day(), Day(("never",))),
        (Whole(0, 9), Whole(0, 9), Whole(0, 8)),
        (Text("a", "a"), Text("a", "a"), Text("b", "a")),
        (KINDS, Member({"a": "甲", "b": "乙"}), Member({"a": "甲"})),
    ],
)
def test_two_facts_of_one_kind_are_one_fact(kind: Kind, same: Kind, other: Kind) -> None:
    """A kind is a value: what tells two schemas apart is what may be stated."""
    fact = RawFact("port.home", "home", kind)
    assert fact == RawFact("port.home", "home", same)
    assert fact != RawFact("port.home", "home", other)


def test_a_raw_fact_is_no_remark_unless_it_says_so() -> None:
    """Its absence is an unknown."""
    assert not Ship.SCHEMA[0].remark
