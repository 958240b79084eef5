"""EJSON as the SDK writes it, read into values: `$numberInt`, `$date`, `$regularExpression`.

The SDK encodes operators itself, so an object with any other `$` name is MongoDB's and stays.
"""

import json
from typing import TYPE_CHECKING, Final

from cloud_emulator.errors import CloudError, parameter_error, safe_name
from cloud_emulator.mongo.operators import QueryError, Regex
from cloud_emulator.statement.literals import check_keys
from cloud_emulator.values import (
    MAX_MS,
    Document,
    Instant,
    Value,
    js_float,
    js_int,
    parse_iso,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER_DATE: Final = "$tcb_server_date"


def _number(inner: Value) -> Value:
    if inner.__class__ is not str:
        raise ValueError("a wrapped number is a string")
    if inner.lstrip("-").isdecimal():
        return js_int(inner)
    return js_float(inner)


def _date(inner: Value) -> Value:
    if inner.__class__ is str:
        return parse_iso(inner)
    if inner.__class__ is not int or abs(inner) > MAX_MS:
        raise ValueError("a date is milliseconds or an ISO text")
    return Instant(inner)


def _regex(inner: Value) -> Value:
    return Regex(inner["pattern"], inner.get("options", ""))


def _refuse(name: str) -> "Callable[[Value], Value]":
    def refuse(_inner: Value) -> Value:
        raise QueryError(f"{name} is a type that this emulator does not keep: write plain values")

    return refuse


WRAPPERS: Final[dict[str, "Callable[[Value], Value]"]] = {
    "$numberInt": _number,
    "$numberLong": _number,
    "$numberDouble": _number,
    "$date": _date,
    "$regularExpression": _regex,
    **{
        name: _refuse(name)
        for name in ("$oid", "$binary", "$uuid", "$numberDecimal", "$timestamp", "$symbol", "$code")
    },
}


def read(text: Value, now_ms: int) -> Value:
    """Read one EJSON text at an instant of the emulator's clock, for `$tcb_server_date`.

    Raises CloudError -501007 for a text that is no EJSON or holds a type nobody can store here.
    """

    def unwrap(pairs: Document) -> Value:
        if len(pairs) != 1:
            return pairs
        name = next(iter(pairs))
        if name == SERVER_DATE:
            return Instant(now_ms + int(pairs[name].get("offset", 0)))
        wrapper = WRAPPERS.get(name)
        return pairs if wrapper is None else wrapper(pairs[name])

    if text.__class__ is not str:
        raise parameter_error("a query or document must be a text of EJSON")
    try:
        return json.loads(
            text,
            object_hook=unwrap,
            parse_int=js_int,
            parse_float=js_float,
            parse_constant=js_float,
        )
    except QueryError as error:
        raise parameter_error(str(error)) from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise parameter_error("the text is no EJSON that this emulator can read") from None


def read_object(text: Value, now_ms: int) -> Document:
    """Read an object; an absent or empty text is an empty one, as the SDK sends no query so."""
    if text is None or text == "":
        return {}
    found = read(text, now_ms)
    if found.__class__ is not dict:
        raise parameter_error("a query or document must be an object")
    document: Document = found
    return document


def read_document(text: Value, now_ms: int) -> Document:
    """Read a document that is to be stored; raise CloudError for what may not stand in one."""
    document = read_object(text, now_ms)
    _check_stored(document)
    return document


def check_update(update: Document) -> None:
    """Raise CloudError where an update would store what may not stand in a document."""
    operands = update.get("$set")
    for name, operand in operands.items() if operands.__class__ is dict else ():
        try:
            _check_stored(operand)
        except CloudError:
            raise parameter_error(
                f"the value of '{safe_name(name)}' cannot be stored: no $ names, no RegExp",
            ) from None


def _check_stored(value: Value) -> None:
    if isinstance(value, Regex):
        raise parameter_error("a regular expression cannot be stored: store its text")
    if value.__class__ is dict:
        check_keys(value)
        for item in value.values():
            _check_stored(item)
    elif value.__class__ is list:
        for item in value:
            _check_stored(item)
