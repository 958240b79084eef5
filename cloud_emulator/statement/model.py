"""What a statement is once it has been read: a collection and the calls on it."""

from dataclasses import dataclass
from typing import Final

from cloud_emulator.values import Value


@dataclass(frozen=True, slots=True)
class Command:
    """A database command such as `_.gt(1)`, with its arguments as written."""

    name: str
    args: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ServerDate:
    """`db.serverDate({offset})`: the clock of the server plus milliseconds."""

    offset: int = 0


@dataclass(frozen=True, slots=True)
class Projection:
    """`_.project.slice(…)`: a projection operator already in MongoDB's form."""

    operators: dict[str, Value]


class Undefined:
    """The literal `undefined`: a key with this value is not there."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the literal."""
        return "undefined"


UNDEFINED: Final = Undefined()


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a chain."""

    name: str
    args: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Calls on a collection; `collection` is None for a pipeline inside a lookup."""

    collection: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole statement.

    `plain` says that its literals hold JSON values and dates only: no commands, no keys with a dot
    or a dollar, so that an added document needs no second walk.
    """

    chain: Chain
    plain: bool
