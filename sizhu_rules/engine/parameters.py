"""Dated parameters and readings (读法) of a region: every number says where it comes from.

A parameter is a timeline of values that touch without overlap. `confirmed` is yes for basis seed
and law (the customer's sentence, the statute); for practice and assumption only when somebody of
the town put their name to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sizhu_rules.engine.sheet import BASES, GROUNDED, Basis

if TYPE_CHECKING:
    from sizhu_rules.engine.source import Entry

Number = int | bool | str
_CITATION = ("basis", "source", "quote")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of one parameter on a span of days; `until` is its last day, None is open.

    `alternatives` are the rival values of an unconfirmed one: an adverse result that would differ
    under any of them is left to a person.
    """

    name: str
    value: Number
    since: date
    until: date | None
    basis: Basis
    source: str
    quote: str | None
    checked_on: date
    owner: str
    confirmed: bool
    confirmed_by: str | None
    alternatives: tuple[Number, ...]
    file: str = field(compare=False)
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A recorded answer to a text that says two things at once (读法).

    `sides` are the rival groups of clauses; where clauses of two sides hold in one cell the
    followed side counts, if somebody confirmed it (`confirmed_by`: name and office), and a person
    decides otherwise. `code` marks every decision in such a cell.
    """

    id: str
    sheet: str
    question: str
    sides: tuple[tuple[str, tuple[str, ...]], ...]
    follow: str
    code: str
    basis: Basis
    source: str
    quote: str
    by: str
    on: date
    confirmed: bool
    confirmed_by: str | None
    file: str = field(compare=False)
    line: int = field(compare=False)

    def side_of(self, clause: str) -> str | None:
        """Return the side on which a clause stands, if any."""
        return next((name for name, clauses in self.sides if clause in clauses), None)


def load_parameters(entry: Entry) -> dict[str, tuple[Parameter, ...]]:
    """Read the timelines of a file's parameters; raises `PolicyError`."""
    return {name: _timeline(name, item) for name, item in entry.pairs()}


def load_readings(entry: Entry) -> dict[str, Reading]:
    """Read a file's readings; raises `PolicyError`."""
    return {name: _reading(name, item) for name, item in entry.pairs()}


def _timeline(name: str, entry: Entry) -> tuple[Parameter, ...]:
    values: list[Parameter] = []
    for item in entry.items():
        value = _parameter(name, item)
        if values:
            before = values[-1]
            if before.until is None or value.since <= before.until:
                raise item.error(
                    f"this period of '{name}' overlaps the one before it",
                    "end the earlier one with 'to:', on the day before this one begins",
                )
            if value.since != before.until + timedelta(days=1):
                raise item.error(
                    f"'{name}' has no value between {before.until} and {value.since}",
                    "let the periods touch",
                )
        values.append(value)
    if not values:
        raise entry.error(f"'{name}' has no value", "write one, or remove the parameter")
    return tuple(values)


def _parameter(name: str, entry: Entry) -> Parameter:
    keys = entry.mapping(
        ["value", "from", "basis", "source", "checked_on", "owner", "confirmed"],
        ["to", "quote", "alternatives", "confirmed_by", "note"],
    )
    since = keys["from"].day()
    until = keys["to"].day() if "to" in keys else None
    if until is not None and until < since:
        raise keys["to"].error("the period ends before it begins", "correct one of the two days")
    basis = keys["basis"].choice(BASES)
    if basis == "seed" and "quote" not in keys:
        raise entry.error("a value of basis seed has no quote", "add the seed's own sentence")
    confirmed = keys["confirmed"].boolean()
    if basis in GROUNDED and not confirmed:
        raise keys["confirmed"].error(
            f"a value of basis {basis} counts as confirmed",
            "write yes, or basis: assumption if it is a way of reading the text",
        )
    if basis not in GROUNDED and confirmed and "confirmed_by" not in keys:
        raise keys["confirmed"].error(
            f"a value of basis {basis} is confirmed by nobody",
            "add 'confirmed_by: name and office', or write confirmed: no",
        )
    value = keys["value"].value()
    alternatives = (
        tuple(item.value() for item in keys["alternatives"].items())
        if "alternatives" in keys
        else ()
    )
    for other in alternatives:
        if type(other) is not type(value) or other == value:
            raise keys["alternatives"].error(
                "an alternative must be another value of the same type", "correct the list"
            )
    return Parameter(
        name=name,
        value=value,
        since=since,
        until=until,
        basis=basis,
        source=keys["source"].text(),
        quote=keys["quote"].text() if "quote" in keys else None,
        checked_on=keys["checked_on"].day(),
        owner=keys["owner"].text(),
        confirmed=confirmed,
        confirmed_by=keys["confirmed_by"].text() if "confirmed_by" in keys else None,
        alternatives=alternatives,
        file=entry.file,
        line=entry.line,
    )


def _reading(name: str, entry: Entry) -> Reading:
    keys = entry.mapping(
        [*("sheet", "question", "sides", "follow", "code", "by", "on", "confirmed"), *_CITATION],
        ["confirmed_by", "note"],
    )
    sides = tuple((side, item.texts()) for side, item in keys["sides"].pairs())
    if len(sides) < 2:  # noqa: PLR2004 - a reading chooses between at least two
        raise keys["sides"].error("a reading chooses between sides", "name at least two")
    listed = [clause for _, clauses in sides for clause in clauses]
    if len(set(listed)) != len(listed):
        raise keys["sides"].error("a clause stands on two sides", "keep it on one")
    basis = keys["basis"].choice(BASES)
    confirmed = keys["confirmed"].boolean()
    if confirmed and "confirmed_by" not in keys:
        raise keys["confirmed"].error(
            "a reading is confirmed by nobody",
            "add 'confirmed_by: name and office', or write confirmed: no",
        )
    return Reading(
        id=name,
        sheet=keys["sheet"].text(),
        question=keys["question"].text(),
        sides=sides,
        follow=keys["follow"].choice([side for side, _ in sides]),
        code=keys["code"].text(),
        basis=basis,
        source=keys["source"].text(),
        quote=keys["quote"].text(),
        by=keys["by"].text(),
        on=keys["on"].day(),
        confirmed=confirmed,
        confirmed_by=keys["confirmed_by"].text() if "confirmed_by" in keys else None,
        file=entry.file,
        line=entry.line,
    )
