"""Literals made ready for the engine: server dates set, undefined dropped, commands refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cloud_emulator.errors import parameter_error, safe_name
from cloud_emulator.mongo.operators import Regex
from cloud_emulator.statement.model import UNDEFINED, Chain, Command, Projection, ServerDate
from cloud_emulator.statement.names import QUERY_COMMANDS
from cloud_emulator.values import Document, Instant, Value

_MONGO_NAME: Final = {"neq": "$ne"}
_LISTS: Final = ("in", "nin", "all")
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Literals:
    """Turns parsed literals into values at one instant of the emulator's clock."""

    now_ms: int

    @staticmethod
    def absent(value: Value) -> bool:
        """Tell whether a key with this value is not there."""
        return value is UNDEFINED

    def plain(self, value: Value) -> Value:
        """Return a value for a filter, with nested query commands in MongoDB's form."""
        if isinstance(value, Command):
            # Inside _.elemMatch and _.pull the SDK writes commands as they are.
            return self.operator(value)
        return self._walk(value, self.plain)

    def operator(self, command: Command) -> Document:
        """Return `{$operator: operand}` for one query command."""
        if command.name not in QUERY_COMMANDS:
            raise parameter_error(f"_.{command.name} is no query command: it has no place here")
        name = _MONGO_NAME.get(command.name, "$" + command.name)
        if command.name == "mod" and len(command.args) == _PAIR:
            return {name: self.plain(list(command.args))}
        if len(command.args) != 1:
            raise parameter_error(f"_.{command.name} takes one argument")
        operand = command.args[0]
        if command.name in _LISTS and operand.__class__ is not list:
            raise parameter_error(f"_.{command.name} needs a list")
        if command.name.startswith("geo"):
            raise parameter_error(f"_.{command.name}: geo queries are not part of this emulator")
        return {name: self.plain(operand)}

    def stored(self, value: Value) -> Value:
        """Return a value that may stand in a document; raise CloudError for what may not."""
        if isinstance(value, Command):
            raise parameter_error(
                f"_.{value.name} cannot stand here: commands belong to update, at a field",
            )
        if isinstance(value, Regex):
            raise parameter_error("a regular expression cannot be stored: store its text")
        if value.__class__ is dict:
            check_keys(value)
        return self._walk(value, self.stored)

    def _walk(self, value: Value, walk: Callable[[Value], Value]) -> Value:
        if value.__class__ is dict:
            return {name: walk(item) for name, item in value.items() if item is not UNDEFINED}
        if value.__class__ is list:
            return [None if item is UNDEFINED else walk(item) for item in value]
        if isinstance(value, ServerDate):
            return Instant(self.now_ms + value.offset)
        if isinstance(value, Projection):
            raise parameter_error("_.project belongs to field(…) only")
        if isinstance(value, Chain) or value is UNDEFINED:
            raise parameter_error("a collection or undefined is no value")
        return value


def check_keys(document: Document) -> None:
    """Refuse keys that MongoDB does not store: with a leading dollar or a zero character.

    Dots inside a key are stored as they are, as MongoDB has done since 3.6; no path reaches them.
    """
    for name in document:
        if name.startswith("$") or "\x00" in name:
            raise parameter_error(
                f"the key '{safe_name(name)}' cannot be stored: it must not start with $",
            )
