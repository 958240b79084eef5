"""A table of moves: what may follow what, by whom, with what, and where the case waits then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sizhu_rules.errors import ForbiddenMove

if TYPE_CHECKING:
    from collections.abc import Collection

    from sizhu_rules.moves.words import Kind, Need, Queue, Role

S = TypeVar("S", bound=str)
"""The states of one kind, as a Literal."""
S_co = TypeVar("S_co", bound=str, covariant=True)


@dataclass(frozen=True, slots=True)
class Move(Generic[S_co]):
    """One step: from a state to another, by some roles, with what must be there.

    `after` names the parameter that holds the term after which the system takes the step.
    """

    source: S_co
    target: S_co
    by: tuple[Role, ...]
    needs: tuple[Need, ...]
    queue: Queue
    after: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The form that the cloud functions read."""
        return {
            "from": self.source,
            "to": self.target,
            "by": list(self.by),
            "needs": list(self.needs),
            "queue": self.queue,
            **({} if self.after is None else {"after": self.after}),
        }


@dataclass(frozen=True, slots=True)
class MoveTable(Generic[S]):
    """All moves of one kind of case; a move that is not here does not exist.

    A case begins at `start` and may rest for good at `ends`. While it stands in one of `frozen`,
    the points that it gave do not count.
    """

    kind: Kind
    start: S
    ends: tuple[S, ...]
    frozen: tuple[S, ...]
    moves: tuple[Move[S], ...]

    @property
    def states(self) -> tuple[S, ...]:
        """The states in the order in which the table comes to them."""
        found = [self.start, *(s for move in self.moves for s in (move.source, move.target))]
        return tuple(dict.fromkeys(found))

    def from_state(self, state: S, roles: Collection[Role]) -> tuple[Move[S], ...]:
        """The moves open to somebody with these roles, in the table's order."""
        return tuple(
            move for move in self.moves if move.source == state and set(move.by) & set(roles)
        )

    def step(self, source: S, target: S, role: Role) -> Move[S]:
        """Return the one step by which a role brings a case from a state to another.

        Raises `ForbiddenMove`, which says what this role may do instead, and who may do this.
        """
        for move in self.from_state(source, (role,)):
            if move.target == target:
                return replace(move, by=(role,))
        raise ForbiddenMove(
            self.kind, f"{source} → {target}", role, self._instead(source, target, role)
        )

    def _instead(self, source: S, target: S, role: Role) -> str:
        others = [m for m in self.moves if m.source == source and m.target == target]
        if others:
            return f"leave it to {' or '.join(r for move in others for r in move.by)}"
        targets = dict.fromkeys(move.target for move in self.from_state(source, (role,)))
        if targets:
            return f"from {source}, take one of {', '.join(targets)}"
        roles = dict.fromkeys(r for move in self.moves if move.source == source for r in move.by)
        if roles:
            return f"from {source}, leave the next step to {' or '.join(roles)}"
        return f"nothing follows {source}: file a new case"

    def to_dict(self) -> dict[str, Any]:
        """The form that the cloud functions read."""
        return {
            "schema": 1,
            "kind": self.kind,
            "start": self.start,
            "ends": list(self.ends),
            "frozen": list(self.frozen),
            "moves": [move.to_dict() for move in self.moves],
        }
