"""Raw facts and derived facts as columns: small numbers in which unknown is a number as well.

A column holds days (since 1970-01-01), whole numbers, or positions in a list of words. The lowest
number of its type says unknown; the next say CONTRADICTION (derived facts) or the words a raw fact
may have beside its values ("never" for a day). Nothing is a default: absence stays absence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sizhu_rules.engine.raw import Day, Flag, Member, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sizhu_rules.engine.field import Cells
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.raw import Facts, Kind
    from sizhu_rules.engine.rule import Answer

Numbers = NDArray[Any]

EPOCH: Final = 719_163  # the ordinal of 1970-01-01
_WORD_BITS: Final = 16


def unknown(dtype: np.dtype[Any]) -> int:
    """Return the number that says unknown in columns of a type."""
    return int(np.iinfo(dtype).min)


def contradiction(dtype: np.dtype[Any]) -> int:
    """Return the number that says CONTRADICTION in derived columns of a type."""
    return int(np.iinfo(dtype).min) + 1


@dataclass(frozen=True, slots=True)
class Form:
    """How a raw fact stands in a column: the type, its words, and the number of a typed value."""

    dtype: np.dtype[Any]
    words: tuple[str, ...]
    number: Callable[[Any], int]

    @property
    def unknown(self) -> int:
        """The number that says unknown."""
        return unknown(self.dtype)

    def word(self, word: str) -> int:
        """Return the number of a word; raises ValueError for a word the fact does not have."""
        return unknown(self.dtype) + 1 + self.words.index(word)

    def of(self, value: object) -> int:
        """Return the number of a typed value, of a word, or of None."""
        if value is None:
            return self.unknown
        if isinstance(value, str) and value in self.words:
            return self.word(value)
        return self.number(value)


def form_of(kind: Kind) -> Form | None:
    """Return the column form of a kind; None for kinds that only their rule can number."""
    if isinstance(kind, Day):
        return Form(np.dtype(np.int32), kind.words, lambda day: int(day.toordinal()) - EPOCH)
    if isinstance(kind, Whole):
        words = len(kind.words)
        types: tuple[np.dtype[Any], ...] = tuple(map(np.dtype, ("i1", "i2", "i4", "i8")))
        for dtype in types:
            limits = np.iinfo(dtype)
            if limits.min + 1 + words <= kind.low and kind.high <= limits.max:
                return Form(dtype, kind.words, int)
        return None
    if isinstance(kind, Member):
        return Form(np.dtype(np.int8), (), tuple(kind.labels).index)
    if isinstance(kind, Flag):
        return Form(np.dtype(np.int8), (), int)
    return None


class Columns:
    """The raw facts of many people, by path; a fact that no column states is unknown for all."""

    __slots__ = ("_columns", "_some", "forms", "rows")

    def __init__(
        self,
        forms: Mapping[str, Form],
        columns: dict[str, Numbers],
        rows: int,
        some: tuple[Columns, Numbers] | None = None,
    ) -> None:
        """Keep columns of equal length; `some` are the people of others that these are."""
        self.forms = forms
        self.rows = rows
        self._columns = columns
        self._some = some

    def __getitem__(self, path: str) -> Numbers:
        """Return the column of a raw fact."""
        if path not in self._columns:
            form = self.forms[path]
            if self._some is None:
                self._columns[path] = np.full(self.rows, form.unknown, form.dtype)
            else:
                others, rows = self._some
                self._columns[path] = others[path].take(rows)
        return self._columns[path]

    def word(self, path: str, word: str) -> int:
        """Return the number by which a column says a word."""
        return self.forms[path].word(word)

    def unknown(self, path: str) -> int:
        """Return the number by which a column says unknown."""
        return self.forms[path].unknown

    def take(self, rows: Numbers) -> Columns:
        """Return some of the people; of their facts only what is asked for is copied."""
        return Columns(self.forms, {}, len(rows), (self, rows))


@dataclass(frozen=True, slots=True)
class Twin:
    """The column twin of a derived fact.

    `fact(parameters)` gives the function: raw columns to one column of values, unknown and
    CONTRADICTION. Truth is 0 or 1, a member of an enum its position in `words`.
    """

    fact: Callable[[Mapping[str, Number]], Callable[[Columns], Numbers]]
    words: tuple[str, ...] = ()


class Settled(Protocol):
    """What the arithmetic of a rule sees of the rows of one segment."""

    @property
    def columns(self) -> Columns:
        """The raw facts."""
        ...

    def column(self, name: str, of: Callable[[Answer], int]) -> Numbers:
        """Return for each row a number of its answer; `name` is how it is remembered."""
        ...

    def field(self, name: str) -> Numbers:
        """Return the values of a derived fact, unknown where the walk did not look at it."""
        ...


@dataclass(frozen=True, slots=True)
class Results:
    """The outcome columns of many people: numbers with their validity, and codes of arithmetic.

    `numbers[name]` is (values, stated); `extra` numbers for each row one of `codes`.
    """

    numbers: Mapping[str, tuple[Numbers, Numbers]] = field(default_factory=dict)
    extra: Numbers | None = None
    codes: tuple[tuple[str, ...], ...] = ((),)


@dataclass(frozen=True, slots=True)
class ListForm:
    """How a raw fact that is a list stands in a column: as a set of bits.

    `bits(parts, starts)` takes the flat elements of lists, as bytes by key, and where each list
    starts; it returns a number per list, and which lists are odd and must be looked at one by one.
    """

    form: Form
    bits: Callable[[Mapping[str, Numbers], Numbers], tuple[Numbers, Numbers]]


@dataclass(frozen=True, slots=True)
class RuleColumns:
    """What a rule's folder brings to be decided by column: `columns.py` exports one as COLUMNS.

    `texts` are outcome values that each answer has one of (a share); `numbers` are columns of
    arithmetic (fen), which `outcome` computes.
    """

    facts: type[Facts]
    twins: Mapping[str, Twin]
    lists: Mapping[str, ListForm]
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    outcome: Callable[[Any, Mapping[str, Number]], Results]

    def forms(self) -> dict[str, Form]:
        """Return the column form of each raw fact that has one."""
        found = {}
        for raw in self.facts.SCHEMA:
            form = self.lists[raw.path].form if raw.path in self.lists else form_of(raw.kind)
            if form is not None:
                found[raw.path] = form
        return found


class CodeMap:
    """From the values of a derived column to the codes of its cells."""

    __slots__ = ("_cells", "_tables", "_words")

    def __init__(self, cells: Cells, words: Sequence[str]) -> None:
        """Prepare nothing: tables are made for the types that come."""
        self._cells = cells
        self._words = words
        self._tables: dict[np.dtype[Any], Numbers] = {}

    def codes(self, values: Numbers) -> Numbers:
        """Return the codes of a column of values."""
        dtype = values.dtype
        if np.iinfo(dtype).bits > _WORD_BITS:
            return self._by_search(values)
        if dtype not in self._tables:
            every = np.arange(1 << np.iinfo(dtype).bits, dtype=np.int64).astype(dtype)
            self._tables[dtype] = self._by_search(every)
        unsigned = values.view(f"u{dtype.itemsize}")
        return self._tables[dtype].take(unsigned)

    def _by_search(self, values: Numbers) -> Numbers:
        cells, dtype = self._cells, values.dtype
        kind = cells.field.kind
        wide = values.astype(np.int64)
        if kind in ("int", "day"):
            shift = EPOCH if kind == "day" else 0
            found = np.searchsorted(np.array(cells.cuts, dtype=np.int64), wide + shift, "right")
        else:
            places = [cells.points.index(point) for point in self._words or (False, True)]
            known = np.array([*places, cells.known])
            found = known.take(np.clip(wide, 0, len(places)))
        codes = found.astype(np.min_scalar_type(cells.known))
        codes[values == unknown(dtype)] = cells.known
        if cells.contradiction is not None:
            codes[values == contradiction(dtype)] = cells.contradiction
        return codes
