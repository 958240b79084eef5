"""Shapes: a statement without its values, for the log and for matching faults."""

from cloud_emulator.errors import safe_name
from cloud_emulator.statement.model import Chain, Command, Statement, Step
from cloud_emulator.values import Value

_WIDEST = 40


def shape(statement: Statement) -> str:
    """Write a statement with `?` for every literal; field and collection names stay.

    Documents that are added show their number only: their keys may be anything.
    """
    chain = statement.chain
    calls = "".join(f".{_call(step)}" for step in chain.steps)
    return f'db.collection("{safe_name(chain.collection)}"){calls}'


def _call(step: Step) -> str:
    if step.name == "add":
        data = step.args[0].get("data") if step.args and step.args[0].__class__ is dict else None
        return f"add({{data:[?×{len(data)}]}})" if data.__class__ is list else "add({data:?})"
    if step.name == "set":
        return "set({data:?})"
    if step.name == "orderBy" and step.args:
        return f"orderBy({safe_name(step.args[0])},?)"
    return f"{step.name}({','.join(map(_value, step.args))})"


def _value(value: Value) -> str:
    if isinstance(value, Command):
        inner = value.args
        if inner and isinstance(inner[0], (Command, dict)):
            return f"_.{value.name}({','.join(map(_value, inner))})"
        if (
            inner
            and inner[0].__class__ is list
            and any(isinstance(item, (Command, dict)) for item in inner[0])
        ):
            return f"_.{value.name}([{','.join(map(_value, inner[0][:_WIDEST]))}])"
        return f"_.{value.name}(?)" if inner else f"_.{value.name}()"
    if value.__class__ is dict:
        items = list(value.items())[:_WIDEST]
        return "{" + ",".join(f"{safe_name(name)}:{_value(item)}" for name, item in items) + "}"
    if isinstance(value, Chain):
        return "pipeline"
    return "?"
