"""`update({data})` to a MongoDB update, as the official SDK's serializer does it."""

from collections.abc import Callable
from typing import Final

from cloud_emulator.errors import parameter_error, safe_name
from cloud_emulator.statement.filters import flatten
from cloud_emulator.statement.literals import Literals
from cloud_emulator.statement.model import Command
from cloud_emulator.statement.names import UPDATE_COMMANDS
from cloud_emulator.values import Document, Value

_EACH: Final = ("each", "position", "sort", "slice")
_FIXED: Final = {"remove": ("$unset", ""), "pop": ("$pop", 1), "shift": ("$pop", -1)}


def compile_update(data: Value, literals: Literals) -> Document:
    """Compile the `data` of an update; nested objects merge, empty ones vanish.

    Raises CloudError for `_id` in the data, as the SDK does (不能更新_id的值).
    """
    if data.__class__ is not dict:
        raise parameter_error("update needs {data: {…}}: parameter.data should be object")
    if "_id" in data:
        raise parameter_error("不能更新_id的值: leave _id out of the data")
    update: Document = {}
    for path, value in flatten(data, literals):
        if path.startswith("$"):
            # MongoDB's own operators pass through the serializer.
            if value.__class__ is not dict:
                raise parameter_error(f"{safe_name(path)} needs an object")
            update.setdefault(path, {}).update(literals.plain(value))
            continue
        operator, operand = _operator(value, literals)
        update.setdefault(operator, {})[path] = operand
    return update


def _operator(value: Value, literals: Literals) -> tuple[str, Value]:
    if not isinstance(value, Command):
        return "$set", literals.stored(value)
    if value.name not in UPDATE_COMMANDS:
        raise parameter_error(f"_.{value.name} is a query command: it has no place in an update")
    if value.name in _FIXED:
        return _FIXED[value.name]
    return "$push" if value.name == "unshift" else "$" + value.name, _operand(value, literals)


def _operand(command: Command, literals: Literals) -> Value:
    special = _OPERANDS.get(command.name)
    if special is not None:
        return special(command, literals)
    if len(command.args) != 1:
        raise parameter_error(f"_.{command.name} takes one argument")
    return literals.stored(command.args[0])


def _push(command: Command, literals: Literals) -> Value:
    first = command.args[0] if command.args else None
    if first.__class__ is dict and "each" in first:
        options = {f"${name}": first[name] for name in _EACH if name in first}
        return {name: literals.stored(value) for name, value in options.items()}
    values = first if first.__class__ is list else list(command.args)
    return {"$each": literals.stored(values)}


def _unshift(command: Command, literals: Literals) -> Value:
    first = command.args[0] if command.args else None
    values = first if first.__class__ is list else list(command.args)
    return {"$each": literals.stored(values), "$position": 0}


def _one(command: Command) -> Value:
    if len(command.args) != 1:
        raise parameter_error(f"_.{command.name} takes one argument")
    return command.args[0]


def _pull(command: Command, literals: Literals) -> Value:
    return literals.plain(_one(command))


def _add_to_set(command: Command, literals: Literals) -> Value:
    operand = _one(command)
    if operand.__class__ is dict and "$each" in operand:
        return {name: literals.stored(item) for name, item in operand.items()}
    return literals.stored(operand)


_OPERANDS: Final[dict[str, Callable[[Command, Literals], Value]]] = {
    "push": _push,
    "unshift": _unshift,
    "pull": _pull,
    "addToSet": _add_to_set,
}
