"""Shapes of SDK requests: action, collection and field names without values, for log and faults."""

import json
import re
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.sdk.ejson import SERVER_DATE, WRAPPERS
from cloud_emulator.values import Document, Value

_ACTION: Final = re.compile(r"[a-zA-Z]{1,20}\.[a-zA-Z]{1,40}\Z")
_WIDEST: Final = 40
_TEXTS: Final = ("query", "order", "projection")
_FLAGS: Final = ("offset", "limit", "transactionId")


def sdk_shape(body: Document) -> str:
    """Write a request with `?` for every value; documents that are stored show their number."""
    action = body.get("action")
    if action.__class__ is not str or not _ACTION.match(action):
        return "unreadable"
    if action == "functions.invokeFunction":
        return f"{action}({safe_name(body.get('function_name'))})"
    if "collectionName" not in body:
        return str(action)
    parts = [f"{name}:{_text(body[name])}" for name in _TEXTS if body.get(name)]
    parts += _data(body)
    parts += [f"{name}:?" for name in _FLAGS if body.get(name)]
    return f'{action}("{safe_name(body["collectionName"])}",{{{",".join(parts)}}})'


def sdk_collection(body: Document) -> str | None:
    """Return the collection that a request is about, if it names one."""
    return safe_name(body["collectionName"]) if "collectionName" in body else None


def _data(body: Document) -> list[str]:
    stages = body.get("stages")
    if stages.__class__ is list:
        steps = [
            f"{safe_name(stage.get('stageKey'))}:{_text(stage.get('stageValue'))}"
            for stage in stages[:_WIDEST]
            if stage.__class__ is dict
        ]
        return [f"stages:[{','.join(steps)}]"]
    data = body.get("data")
    if data is None:
        return []
    if data.__class__ is list:
        return [f"data:[?×{len(data)}]"]
    return [f"data:{_text(data)}" if body.get("merge") is True else "data:?"]


def _text(text: Value) -> str:
    try:
        return _value(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return "?"


def _value(value: Value) -> str:
    if value.__class__ is list and any(item.__class__ is dict for item in value):
        return f"[{','.join(map(_value, value[:_WIDEST]))}]"
    if value.__class__ is not dict:
        return "?"
    if len(value) == 1 and next(iter(value)) in (*WRAPPERS, SERVER_DATE):
        return "?"
    items = list(value.items())[:_WIDEST]
    return "{" + ",".join(f"{safe_name(name)}:{_value(item)}" for name, item in items) + "}"
