"""A table of moves: typed, checked when it is read, exported as JSON to the cloud functions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sizhu_rules.engine.source import compose

if TYPE_CHECKING:
    from collections.abc import Collection

    from sizhu_rules.engine.source import Entry

Role = Literal["resident", "guardian", "village_staff", "town_staff"]
Need = Literal["client_key", "papers", "reason", "quote", "other_login", "first_appeal"]
Queue = Literal["village", "town", "city", "none"]
State = Literal[
    "draft", "submitted", "village_ok", "town_ok", "approved", "returned", "rejected", "withdrawn"
]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True, slots=True)
class Move:
    """One step: from a state to another, by some roles, with what must be there."""

    source: State
    target: State
    by: tuple[Role, ...]
    needs: tuple[Need, ...]
    queue: Queue

    def to_dict(self) -> dict[str, Any]:
        """The form that the cloud functions read."""
        return {
            "from": self.source,
            "to": self.target,
            "by": list(self.by),
            "needs": list(self.needs),
            "queue": self.queue,
        }


@dataclass(frozen=True, slots=True)
class MoveTable:
    """All moves of one kind of case; a move that is not here does not exist."""

    kind: str
    moves: tuple[Move, ...]

    def from_state(self, state: State, roles: Collection[Role]) -> tuple[Move, ...]:
        """The moves open to somebody with these roles, in the table's order."""
        return tuple(
            move for move in self.moves if move.source == state and set(move.by) & set(roles)
        )

    def to_dict(self) -> dict[str, Any]:
        """The form that the cloud functions read."""
        return {
            "schema": 1,
            "kind": self.kind,
            "moves": [move.to_dict() for move in self.moves],
        }


@lru_cache
def load_moves(kind: str) -> MoveTable:
    """Read the shipped table of a kind; raises `PolicyError` with file, line and fix."""
    name = f"moves/{kind}.yaml"
    text = files("sizhu_rules").joinpath(name).read_text(encoding="utf-8")
    return read_moves(text, name)


def read_moves(text: str, name: str) -> MoveTable:
    """Read a table from YAML; `name` is the file for messages. Raises `PolicyError`."""
    top = compose(text, name).mapping(("schema", "kind", "moves"))
    seen: set[tuple[State, State]] = set()
    moves = []
    for entry in top["moves"].items():
        move = _move(entry)
        step = (move.source, move.target)
        if step in seen:
            raise entry.error(
                f"the step from {move.source} to {move.target} is listed twice",
                "join the two lines into one",
            )
        seen.add(step)
        moves.append(move)
    return MoveTable(top["kind"].text(), tuple(moves))


def _move(entry: Entry) -> Move:
    parts = entry.mapping(("from", "to", "by", "needs", "queue"))
    source: Any = parts["from"].choice(STATES)
    target: Any = parts["to"].choice(STATES)
    by: Any = tuple(one.choice(ROLES) for one in parts["by"].items())
    needs: Any = tuple(one.choice(get_args(Need)) for one in parts["needs"].items())
    queue: Any = parts["queue"].choice(get_args(Queue))
    if not by:
        raise parts["by"].error("nobody may take this step", "name a role, or take the line away")
    if source == target:
        raise entry.error("the step leads to where it begins", "correct `to`")
    return Move(source, target, by, needs, queue)
