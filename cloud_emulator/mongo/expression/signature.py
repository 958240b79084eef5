"""How an operator is declared: how many arguments it takes, and whether null makes it null."""

from collections.abc import Callable
from dataclasses import dataclass

from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.values import MISSING, Value, type_name


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator on evaluated arguments."""

    apply: Callable[..., Value]
    least: int = 1
    most: int | None = 1
    # The answer is null as soon as one argument is null or missing.
    nullable: bool = True


def is_null(value: Value) -> bool:
    """Tell null and missing from values."""
    return value is None or value is MISSING


def truthy(value: Value) -> bool:
    """MongoDB's truth: false, null, missing and 0 are false, everything else is true."""
    if value is None or value is MISSING or value is False:
        return False
    return not (value.__class__ in (int, float) and value == 0)


def need_number(value: Value, name: str) -> int | float:
    """Return a number or raise QueryError."""
    if value.__class__ in (int, float):
        number: int | float = value
        return number
    raise QueryError(f"{name} only supports numeric types, not {type_name(value)}")


def need_whole(value: Value, name: str) -> int:
    """Return a whole number or raise QueryError."""
    if value.__class__ is float and value.is_integer():
        return int(value)
    if value.__class__ is int:
        return int(value)
    raise QueryError(f"{name} needs a whole number, not {type_name(value)}")


def need_array(value: Value, name: str) -> list[Value]:
    """Return an array or raise QueryError."""
    if value.__class__ is list:
        array: list[Value] = value
        return array
    raise QueryError(f"{name} needs an array, not {type_name(value)}")


def need_text(value: Value, name: str) -> str:
    """Return a string or raise QueryError."""
    if value.__class__ is str:
        return str(value)
    raise QueryError(f"{name} needs a string, not {type_name(value)}")
