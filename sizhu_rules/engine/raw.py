"""Raw facts: what a caller may state, how it is checked, and how it is written back.

A mapping may be nested (`{"household": {"status": …}}`) or dotted (`{"household.status": …}`, as
in a decision's `reads`); dates are ISO text. `None` and absence say the same: unknown. A malformed
value raises `FactError`, which never repeats the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from sizhu_rules.errors import FactError, meant

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)
_KEY = re.compile(r"[A-Za-z][A-Za-z_.]{0,39}")
YEARS = range(1850, 2201)  # in which a day of a person or a record can lie


class Malformed(Exception):  # noqa: N818 - becomes a FactError as soon as the path is known
    """A value does not fit; carries what is wrong and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        """Keep both parts."""
        super().__init__(what)
        self.what = what
        self.fix = fix


class Kind(Protocol):
    """How one type of raw fact is read from JSON, checked and written back."""

    def parse(self, value: object) -> object:
        """Turn a JSON value, or an already typed one, into the typed one; raises Malformed."""
        ...

    def render(self, value: Any) -> object:  # noqa: ANN401 - each kind knows its own type
        """Turn a typed value into JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day in Asia/Shanghai, or one of a few words such as "never"."""

    words: tuple[str, ...] = ()

    def parse(self, value: object) -> object:
        """Read YYYY-MM-DD."""
        if isinstance(value, str) and value in self.words:
            return value
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                raise Malformed("this day does not exist", "correct month and day") from None
        if type(value) is not date:
            words = "".join(f" or '{word}'" for word in self.words)
            raise Malformed("this is no day", f"write YYYY-MM-DD{words}, or leave it out")
        if value.year not in YEARS:
            raise Malformed("the year cannot be right", "write a year from 1850 to 2200")
        return value

    def render(self, value: Any) -> object:  # noqa: ANN401 - see Kind
        """Write YYYY-MM-DD, or the word."""
        return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds (fen, years, pieces, codes), or one of a few words."""

    low: int
    high: int
    words: tuple[str, ...] = ()

    def parse(self, value: object) -> object:
        """Read a number; a truth value, a fraction or digits in quotes are none."""
        if isinstance(value, str) and value in self.words:
            return value
        words = "".join(f" or '{word}'" for word in self.words)
        if type(value) is not int:
            raise Malformed(
                "this is no whole number", f"write digits without quotes{words}, or leave it out"
            )
        if not self.low <= value <= self.high:
            raise Malformed("the number is out of range", f"write {self.low} to {self.high}{words}")
        return value

    def render(self, value: Any) -> object:  # noqa: ANN401 - see Kind
        """Write it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Member:
    """One of a few code words; `labels` give the Chinese name of each for the fix."""

    labels: Mapping[str, str]

    def parse(self, value: object) -> object:
        """Read a code word, exactly as listed."""
        if isinstance(value, str) and value in self.labels:
            return value
        listed = ", ".join(f"{code} ({name})" for code, name in self.labels.items())
        raise Malformed(
            "this is none of the known codes", f"write one of {listed}, or leave it out"
        )

    def render(self, value: Any) -> object:  # noqa: ANN401 - see Kind
        """Write the code word."""
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false; 0 and 1 are numbers."""

    def parse(self, value: object) -> object:
        """Read true or false."""
        if isinstance(value, bool):
            return value
        raise Malformed("this is neither true nor false", "write true or false, or leave it out")

    def render(self, value: Any) -> object:  # noqa: ANN401 - see Kind
        """Write it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment with its offset from UTC."""

    def parse(self, value: object) -> object:
        """Read ISO 8601 with an offset."""
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise Malformed("this moment does not exist", "correct day and time") from None
        offset = value.utcoffset() if isinstance(value, datetime) else None
        if not isinstance(value, datetime) or offset is None or offset % timedelta(minutes=1):
            raise Malformed(
                "this is no moment with an offset",
                "write YYYY-MM-DDTHH:MM:SS+08:00, or leave it out",
            )
        if value.year not in YEARS:
            raise Malformed("the year cannot be right", "write a year from 1850 to 2200")
        if isinstance(value.tzinfo, timezone):
            return value
        # Within a zone that has summer time clocks are subtracted, not moments.
        return value.replace(tzinfo=timezone(offset), fold=0)

    def render(self, value: Any) -> object:  # noqa: ANN401 - see Kind
        """Write ISO 8601 with the offset given."""
        return value.isoformat()


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a fixed shape, such as a village code, or one of a few words."""

    shape: str
    example: str
    words: tuple[str, ...] = ()

    def parse(self, value: object) -> object:
        """Read text of the shape."""
        if isinstance(value, str) and (value in self.words or re.fullmatch(self.shape, value)):
            return value
        words = "".join(f" or '{word}'" for word in self.words)
        raise Malformed("this has another shape", f"write it like {self.example}{words}")

    def render(self, value: Any) -> object:  # noqa: ANN401 - see Kind
        """Write it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class RawFact:
    """One raw fact: its path in mappings, its attribute in typed facts, its kind.

    A `remark` is stated only where there is something to state: its absence is no unknown but
    says that the record has no such remark. It is never asked for.
    """

    path: str
    attribute: str
    kind: Kind
    remark: bool = False


@cache
def _paths(facts: type[Facts]) -> Mapping[str, str]:
    return MappingProxyType({raw.path: raw.attribute for raw in facts.SCHEMA})


class Facts:
    """Base of the typed facts of one rule: frozen dataclasses whose every field may be None.

    Building one checks every value, so that a decision need not. Raises `FactError`.
    """

    __slots__ = ()
    SCHEMA: ClassVar[tuple[RawFact, ...]] = ()

    def __post_init__(self) -> None:
        """Refuse a value that no raw fact may have."""
        for raw in self.SCHEMA:
            value = getattr(self, raw.attribute)
            if value is not None:
                try:
                    typed = raw.kind.parse(value)
                except Malformed as error:
                    raise FactError(raw.path, error.what, error.fix) from None
                if typed is not value:
                    object.__setattr__(self, raw.attribute, typed)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """Read facts from a nested or dotted mapping; raises `FactError`."""
        if not isinstance(mapping, Mapping):
            raise FactError("facts", "this is no mapping", "write {…} with one key per fact")
        return cls._typed(dict(flatten(mapping, cls.paths())))

    @classmethod
    def paths(cls) -> Mapping[str, str]:
        """Map the path of each raw fact to its attribute."""
        return _paths(cls)  # type: ignore[arg-type] # mypy takes the hash of its instances

    def __repr__(self) -> str:
        """Show which facts are known, never their values: they are about a person."""
        known = [raw.path for raw in self.SCHEMA if getattr(self, raw.attribute) is not None]
        return f"{type(self).__name__}(known: {', '.join(known) or 'nothing'})"

    def absent(self, *paths: str) -> tuple[str, ...]:
        """Return those of the raw facts named by path that are unknown."""
        attributes = self.paths()
        return tuple(path for path in paths if getattr(self, attributes[path]) is None)

    @classmethod
    def _typed(cls, flat: dict[str, object]) -> Self:
        attributes = cls.paths()
        return cls(**{attributes[path]: value for path, value in flat.items()})


def flatten(
    mapping: Mapping[str, object], paths: Mapping[str, str], above: str = ""
) -> Iterator[tuple[str, object]]:
    """List the stated facts by dotted path; refuses unknown keys and facts stated twice."""
    seen: set[str] = set()
    groups = {path[: path.index(".")] for path in paths if "." in path}
    for key, value in mapping.items():
        path = f"{above}{key}"
        if path in paths:
            found = [(path, value)]
        elif path in groups and not above:
            if value is None:
                continue
            if not isinstance(value, Mapping):
                raise FactError(path, "this is no mapping", f"write {{…}} with the facts of {path}")
            found = list(flatten(value, paths, f"{path}."))
        else:
            raise _unknown_key(path, [*paths, *groups])
        for name, fact in found:
            if name in seen:
                raise FactError(name, "the fact is stated twice", "state it once")
            seen.add(name)
            yield name, fact


def _unknown_key(path: object, known: list[str]) -> FactError:
    # A key that looks like no key may be somebody's datum in the wrong place: not repeated.
    if not isinstance(path, str) or not _KEY.fullmatch(path):
        return FactError("facts", "a key is no name of a fact", "use the documented names")
    fix = meant(path, known, f"use one of {', '.join(sorted(known))}")
    return FactError(path, "no such fact", fix)


class Recorder:
    """Facts that remember which of them were read; unknown ones leave no trace.

    It stands in for typed facts in derived functions, so what a rule reads is observed, never
    declared beside the code.
    """

    __slots__ = ("_facts", "read")

    def __init__(self, facts: Facts) -> None:
        """Wrap the facts; nothing is read yet."""
        self._facts = facts
        self.read: dict[str, object] = {}

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - stands in for any facts
        """Read a fact and remember it."""
        value = getattr(self._facts, attribute)
        if value is not None:
            self.read[attribute] = value
        return value
