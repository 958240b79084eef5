"""What the history of a case says of a step: who may not be the same login, what comes once.

The needs named in `BY_HISTORY` are judged from the log alone; all others are for whoever holds
the papers, the stock or the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sizhu_rules.moves.table import Move
    from sizhu_rules.moves.words import Need


@dataclass(frozen=True, slots=True)
class LogRow:
    """One step of a case; `by` is a login."""

    source: str
    target: str
    by: str


def unmet(move: Move[str], log: Sequence[LogRow], login: str) -> tuple[Need, ...]:
    """Return the needs of a step that the history of a case forbids this login, in table order."""
    return tuple(
        need for need in move.needs if need in BY_HISTORY and not BY_HISTORY[need](log, login)
    )


def _not_of_last(target: str) -> Callable[[Sequence[LogRow], str], bool]:
    """Tell whether somebody else brought the case to a state the last time (or nobody did)."""

    def judge(log: Sequence[LogRow], login: str) -> bool:
        logins = [row.by for row in log if row.target == target]
        return not logins or logins[-1] != login

    return judge


def _no_appeal(log: Sequence[LogRow], _login: str) -> bool:
    return not any(row.source == "rejected" and row.target == "submitted" for row in log)


BY_HISTORY: Final[dict[Need, Callable[[Sequence[LogRow], str], bool]]] = {
    "first_appeal": _no_appeal,
    "not_author": _not_of_last("submitted"),
    "other_login": _not_of_last("village_ok"),
    "other_reviewer": _not_of_last("rejected"),
    "other_verifier": _not_of_last("verified"),
}
