"""What can go wrong, by who must act.

    ValueError
    ├── FactError      the caller's facts are malformed (absent ones are not: `needs_facts`)
    ├── ForbiddenMove  a case may not be brought there by that role; says who may, or what else
    ├── BulkError      a file or folder of facts cannot be decided as it is
    └── PolicyError    a sheet, a parameter or a reading is wrong; names file, line and fix
        ├── GapError      no clause says what holds in some cell
        └── OverlapError  two clauses disagree in some cell, and no reading (读法) says
    RuntimeError
    ├── Disagreement   two engines gave different answers; nobody may act on either
    └── ReplayError    a recorded decision cannot be derived again, or comes out otherwise

No message holds a fact's value: facts are about people.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return the fix for a name that nobody knows: the one that was meant, or else the other."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else otherwise


class FactError(ValueError):
    """A fact is malformed: it names the path of the fact, what is wrong and how to mend it."""

    def __init__(self, path: str, what: str, fix: str) -> None:
        """Keep the three parts apart, so that a dead letter can store them."""
        super().__init__(f"{path}: {what}; {fix}")
        self.path = path
        self.what = what
        self.fix = fix


class ForbiddenMove(ValueError):  # noqa: N818 - it is named for what was tried
    """A step that no table lists: it names the kind, the step, the role and what to do instead."""

    def __init__(self, kind: str, step: str, role: str, fix: str) -> None:
        """Keep the four parts apart, so that a caller can answer in its own words."""
        super().__init__(f"{kind}: {role} may not take the step {step}; {fix}")
        self.kind = kind
        self.step = step
        self.role = role
        self.fix = fix


class PolicyError(ValueError):
    """A rule text is wrong: it names the file, the line, what is wrong and how to mend it."""

    def __init__(self, file: str, line: int, what: str, fix: str) -> None:
        """Keep the four parts apart, so that a report can list them."""
        super().__init__(f"{file}:{line}: {what}; {fix}")
        self.file = file
        self.line = line
        self.what = what
        self.fix = fix


class BulkError(ValueError):
    """A file or folder given to `bulk` cannot be used: it names it, what is wrong and the fix."""

    def __init__(self, where: str, what: str, fix: str) -> None:
        """Keep the three parts apart, so that a report can list them."""
        super().__init__(f"{where}: {what}; {fix}")
        self.where = where
        self.what = what
        self.fix = fix


class GapError(PolicyError):
    """Some combination of facts has no clause."""


class OverlapError(PolicyError):
    """Two clauses of different outcome hold together and no reading says which to follow."""


class Disagreement(RuntimeError):  # noqa: N818 - it is named for what engines do
    """Two engines differ on the same facts: the decision is refused and a person is called."""

    def __init__(self, sheet: str, digest: str, native: str, other: str) -> None:
        """Name the sheet, the policy digest and both answers, never the facts."""
        super().__init__(
            f"{sheet}: native says [{native}], durable_rules says [{other}] under policy {digest};"
            " nothing was decided: hand the case to a person and report both answers"
        )
        self.sheet = sheet
        self.digest = digest
        self.native = native
        self.other = other


class ReplayError(RuntimeError):
    """A recorded decision cannot be derived again; the message says why and what to do."""
