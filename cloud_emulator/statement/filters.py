"""`where({…})` to a MongoDB filter, as the official SDK's serializer does it."""

from cloud_emulator.errors import parameter_error, safe_name
from cloud_emulator.mongo.operators import Regex
from cloud_emulator.statement.literals import Literals
from cloud_emulator.statement.model import Command
from cloud_emulator.statement.names import LOGIC_COMMANDS, QUERY_COMMANDS
from cloud_emulator.values import Document, Value


def compile_where(query: Value, literals: Literals) -> Document:
    """Compile the argument of `where` or `match`; raise CloudError for what the SDK refuses."""
    if isinstance(query, Command):
        return _logic(None, query, literals)
    if query.__class__ is not dict:
        raise parameter_error("where needs an object or a command such as _.or([…])")
    if query and all(literals.absent(value) for value in query.values()):
        raise parameter_error("where: every value is undefined, which would match all documents")
    compiled: Document = {}
    for path, value in flatten(query, literals):
        _merge(compiled, _condition(path, value, literals))
    return compiled


def flatten(query: Document, literals: Literals, prefix: str = "") -> list[tuple[str, Value]]:
    """Turn nested objects into dotted paths; empty objects vanish, `$` keys stay where they are."""
    found: list[tuple[str, Value]] = []
    for name, value in query.items():
        if literals.absent(value):
            continue
        if name.startswith("$") or value.__class__ is not dict:
            found.append((prefix + name, value))
            continue
        native = {own: item for own, item in value.items() if own.startswith("$")}
        if native:
            found.append((prefix + name, native))
        plain = {own: item for own, item in value.items() if not own.startswith("$")}
        found += flatten(plain, literals, f"{prefix}{name}.")
    return found


def _merge(target: Document, condition: Document) -> None:
    """Add a condition as the SDK does: lists of one logical operator are joined.

    So `{a: _.or(…), b: _.or(…)}` becomes one `$or` of all, wider than it reads: a client that
    means both must write `_.and([…])`.
    """
    for name, value in condition.items():
        if name in target and name in ("$and", "$or", "$nor"):
            target[name] = target[name] + value
        else:
            target[name] = value


def _condition(path: str, value: Value, literals: Literals) -> Document:
    if isinstance(value, Command):
        if value.name in LOGIC_COMMANDS:
            return _logic(path, value, literals)
        return {path: literals.operator(value)}
    return {path: literals.plain(value)}


def _operands(command: Command) -> list[Value]:
    args = command.args
    return list(args[0]) if args and args[0].__class__ is list else list(args)


def _logic(path: str | None, command: Command, literals: Literals) -> Document:
    """Compile `_.and/or/nor/not`, on a field where `path` names one."""
    if command.name not in LOGIC_COMMANDS:
        raise parameter_error(
            f"_.{command.name} needs a field: write {{field: _.{command.name}(…)}}"
        )
    operands = _operands(command)
    if not operands:
        raise parameter_error(f"_.{command.name} needs conditions")
    if command.name == "not":
        return _negation(path, operands, literals)
    return {"$" + command.name: [_operand(path, item, literals) for item in operands]}


def _operand(path: str | None, operand: Value, literals: Literals) -> Document:
    if path is None:
        return compile_where(operand, literals)
    if isinstance(operand, (Command, Regex)):
        return _condition(path, operand, literals)
    if operand.__class__ is dict:
        return compile_where(operand, literals)
    raise parameter_error("a condition inside _.and or _.or must be a command: write _.eq(value)")


def _negation(path: str | None, operands: list[Value], literals: Literals) -> Document:
    if path is None or len(operands) != 1:
        raise parameter_error("_.not negates one command on a field: {field: _.not(_.gt(1))}")
    operand = operands[0]
    if isinstance(operand, Regex):
        return {path: {"$not": operand}}
    if isinstance(operand, Command) and operand.name in QUERY_COMMANDS:
        return {path: {"$not": literals.operator(operand)}}
    raise parameter_error(f"_.not on '{safe_name(path)}' negates a query command or a regex only")
