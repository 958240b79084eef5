"""Decoding of the extended JSON (EJSON) texts that the cloud database answers with.

The HTTP API hands out each document as a text; numbers and instants may come plain or wrapped
(`{"$numberInt": "5"}`, `{"$date": {"$numberLong": "…"}}`), and both forms mean the same. Source:
MongoDB Extended JSON v2; the documented answer of databaseaggregate shows wrapped doubles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EjsonError(ValueError):
    """A text is no EJSON; the message names the wrapper, never the value."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """Stands where a document held a wrapper with an impossible value; fails every type check."""

    wrapper: str


def decode(text: str, *, lenient: bool = False) -> Any:  # noqa: ANN401 - any JSON value may stand at the top
    """Read one EJSON text; instants become aware UTC datetimes.

    Raises `EjsonError` for text that is no JSON, and for a wrapper with an impossible value; if
    `lenient`, such a value becomes `Impossible` and the rest of the document stays readable.
    """
    try:
        return (_lenient if lenient else _strict).decode(text)
    except json.JSONDecodeError as error:
        raise EjsonError(
            f"A document is no JSON (line {error.lineno}, column {error.colno}): "
            "look at it in the cloud console."
        ) from None
    except RecursionError:
        raise EjsonError("A document is nested too deeply: flatten it.") from None


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    return _EPOCH + timedelta(milliseconds=_number(value))


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value


def _integer(value: object) -> int:
    return int(_text(value))


def _double(value: object) -> float:
    return float(_text(value))


def _decimal(value: object) -> Decimal:
    return Decimal(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


_WRAPPERS: dict[str, Callable[[object], object]] = {
    "$date": _instant,
    "$numberInt": _integer,
    "$numberLong": _integer,
    "$numberDouble": _double,
    "$numberDecimal": _decimal,
    "$oid": _text,
}


def _unwrap(document: dict[str, Any]) -> Any:  # noqa: ANN401 - a wrapper stands for any value
    if len(document) != 1:
        return document
    (key,) = document
    unwrap = _WRAPPERS.get(key)
    if unwrap is None:
        return document
    try:
        return unwrap(document[key])
    except (ValueError, TypeError, OverflowError, InvalidOperation):
        return Impossible(key)


def _unwrap_strictly(document: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    value = _unwrap(document)
    if isinstance(value, Impossible):
        raise EjsonError(f"A {value.wrapper} holds an impossible value: correct it in the console.")
    return value


_lenient = json.JSONDecoder(object_hook=_unwrap)
_strict = json.JSONDecoder(object_hook=_unwrap_strictly)
