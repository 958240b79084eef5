"""`$bucket` and `$bucketAuto`."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cloud_emulator.mongo.expressions import (
    Scope,
    compile_expression,
    order_key,
    root_scope,
)
from cloud_emulator.mongo.grouping import compile_totals
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.ordering import key, rank
from cloud_emulator.values import MISSING, Document, Value

Stage = Callable[[Iterable[Document], Scope], Iterable[Document]]
_COUNT: Final = {"count": {"$sum": 1}}
_FEWEST_BOUNDARIES: Final = 2


def _options(operand: Value, name: str, needed: set[str], allowed: set[str]) -> Document:
    if operand.__class__ is not dict or not needed <= set(operand) <= needed | allowed:
        raise QueryError(f"{name} needs an object with {', '.join(sorted(needed | allowed))}")
    found: Document = operand
    return found


def _summed(own_id: Value, scopes: list[Scope], output: Document) -> Document:
    result: Document = {"_id": own_id}
    for name, expression, total in compile_totals(output):
        result[name] = total([expression(scope) for scope in scopes])
    return result


def bucket(operand: Value) -> Stage:
    """Group rows by boundaries; a row outside needs a `default`."""
    options = _options(operand, "$bucket", {"groupBy", "boundaries"}, {"default", "output"})
    boundaries = options["boundaries"]
    if boundaries.__class__ is not list or len(boundaries) < _FEWEST_BOUNDARIES:
        raise QueryError("$bucket needs two boundaries at least")
    keys = [key(value) for value in boundaries]
    if keys != sorted(set(keys)) or len({rank(value) for value in boundaries}) > 1:
        raise QueryError("the boundaries of a $bucket must be of one type and ascending")
    by = compile_expression(options["groupBy"])
    output = options.get("output", _COUNT)
    compile_totals(output)

    def stage(rows: Iterable[Document], scope: Scope) -> Iterator[Document]:
        found: dict[int, list[Scope]] = {}
        for row in rows:
            inner = {**scope, **root_scope(row)}
            at = bisect_right(keys, order_key(by(inner))) - 1
            if not 0 <= at < len(keys) - 1:
                if "default" not in options:
                    raise QueryError("$bucket met a value outside the boundaries and no default")
                at = len(keys)
            found.setdefault(at, []).append(inner)
        for at in sorted(found):
            own_id = boundaries[at] if at < len(keys) else options["default"]
            yield _summed(own_id, found[at], output)

    return stage


def bucket_auto(operand: Value) -> Stage:
    """Group rows into buckets of about equal size; equal values share a bucket."""
    options = _options(operand, "$bucketAuto", {"groupBy", "buckets"}, {"output"})
    wanted = options["buckets"]
    if wanted.__class__ is not int or wanted <= 0:
        raise QueryError("$bucketAuto needs a positive whole number of buckets")
    by = compile_expression(options["groupBy"])
    output = options.get("output", _COUNT)
    compile_totals(output)

    def stage(rows: Iterable[Document], scope: Scope) -> Iterator[Document]:
        scopes = [{**scope, **root_scope(row)} for row in rows]
        valued: list[tuple[bytes, Value, Scope]] = []
        for inner in scopes:
            value = by(inner)
            valued.append((order_key(value), None if value is MISSING else value, inner))
        valued.sort(key=lambda item: item[0])
        size = max(1, round(len(valued) / wanted))
        parts: list[list[tuple[bytes, Value, Scope]]] = []
        for item in valued:
            full = parts and len(parts[-1]) >= size and parts[-1][-1][0] != item[0]
            if not parts or (full and len(parts) < wanted):
                parts.append([])
            parts[-1].append(item)
        for at, part in enumerate(parts):
            last = parts[at + 1][0][1] if at + 1 < len(parts) else part[-1][1]
            own_id = {"min": part[0][1], "max": last}
            yield _summed(own_id, [inner for _, _, inner in part], output)

    return stage
