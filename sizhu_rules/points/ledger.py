"""The ledger of points (积分台账): ids from the business, lines that are only ever added.

A line is never changed and never taken away; what was wrong is reversed by another line. Its id is
the business it stands for, so that writing twice is writing once:

    pts:day:{volunteer}:{YYYY-MM-DD}:{n}   the n-th line of a volunteer's day, from 0
    pts:redemption:{case}                  goods handed over for points
    pts:{source}:{source id}               anything else
    rev:{that id}                          the reversal of a line

The lines of a day are not reversed: their next one brings the day to what is allowed, so that a
reversal beside it would take the same points back twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

SERVICE_DAY: Final = "service_day"
REDEMPTION: Final = "redemption"
AWARD_REASONS: Final = (SERVICE_DAY,)
"""Reasons of lines that count as earned; a reversal keeps the reason of what it reverses."""

_SOURCE = re.compile(r"[a-z][a-z_]{0,39}")
_RESERVED = ("day", "redemption")
_REVERSAL = "rev:"
_OF_A_DAY = "pts:day:"


class LedgerError(ValueError):
    """A line that the ledger may not hold; the message ends in what to do instead."""


class DuplicateLineError(LedgerError):
    """The id is taken: read the lines again and compute anew from them."""


class OverdraftError(LedgerError):
    """The points do not suffice."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: so many points for one volunteer, for a reason."""

    id: str
    volunteer_id: str
    delta: int
    reason: str


def day_line_id(volunteer_id: str, day: date, number: int) -> str:
    """Return the id of the n-th line of a volunteer's civil day (Asia/Shanghai), from 0."""
    return f"{_OF_A_DAY}{_named(volunteer_id)}:{day.isoformat()}:{number}"


def redemption_line_id(case_id: str) -> str:
    """Return the id of the line of a redemption case."""
    return f"pts:redemption:{_named(case_id)}"


def source_line_id(source: str, source_id: str) -> str:
    """Return the id of a line of another source.

    Raises LedgerError for a source that is no plain word, or that has lines of its own form.
    """
    if not _SOURCE.fullmatch(source) or source in _RESERVED:
        raise LedgerError(
            "the source is no plain word or has ids of its own; use small letters, and the "
            "functions for day and redemption"
        )
    return f"pts:{source}:{_named(source_id)}"


def reversal_line_id(line_id: str) -> str:
    """Return the id of the line that takes this one back.

    Raises LedgerError for a reversal (what was reversed wrongly is earned or spent anew) and for a
    line of a day.
    """
    if line_id.startswith(_OF_A_DAY):
        raise LedgerError("the lines of a day are not reversed; write its next line instead")
    if line_id.startswith(_REVERSAL):
        raise LedgerError("a reversal is not reversed; write a new line for the business itself")
    return f"{_REVERSAL}{_named(line_id)}"


def next_day_line(volunteer_id: str, day: date, there: Iterable[Line], allowed: int) -> Line | None:
    """Return the line that brings a volunteer's day to the allowed total; None where it is there.

    `there` are the lines of that day read just now, in any order. The difference is negative where
    less is allowed than is written (a disputed visit). Raises LedgerError where a number is
    missing among the lines: then not all of them were read, and the sum would be wrong.
    """
    lines = {line.id: line.delta for line in there}
    expected = {day_line_id(volunteer_id, day, number) for number in range(len(lines))}
    if lines.keys() != expected:
        raise LedgerError("the lines of the day have a gap; read all lines of the day, then retry")
    delta = allowed - sum(lines.values())
    if delta == 0:
        return None
    return Line(day_line_id(volunteer_id, day, len(lines)), volunteer_id, delta, SERVICE_DAY)


def reversal(line: Line) -> Line:
    """Return the line that takes another one back whole; raises as `reversal_line_id`."""
    return Line(reversal_line_id(line.id), line.volunteer_id, -line.delta, line.reason)


@dataclass(frozen=True, slots=True)
class Account:
    """What a volunteer's lines come to: points earned, and points spent (as a positive number)."""

    earned: int = 0
    spent: int = 0

    @property
    def balance(self) -> int:
        """The sum of all lines; below 0 where points were taken back after they were spent."""
        return self.earned - self.spent

    @property
    def available(self) -> int:
        """What may be spent now; a debt is shown as 0 and waits for new points."""
        return max(0, self.balance)

    def with_line(self, line: Line) -> Account:
        """Return the account with one more line."""
        if line.reason == REDEMPTION:
            return Account(self.earned, self.spent - line.delta)
        return Account(self.earned + line.delta, self.spent)


def account(lines: Iterable[Line]) -> Account:
    """Sum the lines of one volunteer."""
    total = Account()
    for line in lines:
        total = total.with_line(line)
    return total


def redemption(there: Account, volunteer_id: str, case_id: str, cost: int) -> Line:
    """Return the line of a redemption; requires earned − spent ≥ cost.

    Raises OverdraftError where the points do not suffice, LedgerError for a cost below 1.
    """
    if cost < 1:
        raise LedgerError("goods cost at least 1 point; correct the price")
    if there.balance < cost:
        raise OverdraftError("the points do not suffice; choose something else, or wait")
    return Line(redemption_line_id(case_id), volunteer_id, -cost, REDEMPTION)


@dataclass(slots=True)
class Ledger:
    """All lines of all volunteers: they are added, never changed, never taken away."""

    _lines: dict[str, Line] = field(default_factory=dict)
    _accounts: dict[str, Account] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """Add a line; the only way in.

        Raises DuplicateLineError for an id that is taken, OverdraftError for a redemption beyond
        what is there, LedgerError for a line of 0 points and for a reversal that does not take
        back a line as it stands.
        """
        if line.delta == 0:
            raise LedgerError("a line of 0 points says nothing; write none")
        if line.id in self._lines:
            raise DuplicateLineError("the line is there already; read again and compute anew")
        there = self.account(line.volunteer_id)
        if line.id.startswith(_REVERSAL):
            self._check_reversal(line)
        elif line.reason == REDEMPTION and (line.delta > 0 or there.balance + line.delta < 0):
            raise OverdraftError("the points do not suffice; choose something else, or wait")
        self._lines[line.id] = line
        self._accounts[line.volunteer_id] = there.with_line(line)

    def account(self, volunteer_id: str) -> Account:
        """Return what a volunteer's lines come to; nothing for one who has none."""
        return self._accounts.get(volunteer_id, Account())

    def line(self, line_id: str) -> Line | None:
        """Return the line of an id, or None."""
        return self._lines.get(line_id)

    def lines(self, volunteer_id: str) -> tuple[Line, ...]:
        """List a volunteer's lines in the order in which they were added."""
        return tuple(line for line in self._lines.values() if line.volunteer_id == volunteer_id)

    def day(self, volunteer_id: str, day: date) -> tuple[Line, ...]:
        """List the lines of a volunteer's day, which are numbered without a gap."""
        found: list[Line] = []
        while line := self._lines.get(day_line_id(volunteer_id, day, len(found))):
            found.append(line)
        return tuple(found)

    def _check_reversal(self, line: Line) -> None:
        taken_back = self._lines.get(line.id.removeprefix(_REVERSAL))
        if taken_back is None or reversal(taken_back) != line:
            raise LedgerError(
                "the reversal fits no line; make it with reversal(line) from a line of the ledger"
            )


def _named(identifier: str) -> str:
    if not identifier:
        raise LedgerError("the id is empty; give the record's own id")
    return identifier
