"""Pipelines: the documented aggregation stages on an iterator of documents."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.buckets import bucket, bucket_auto
from cloud_emulator.mongo.expression.signature import need_whole
from cloud_emulator.mongo.expressions import (
    Expression,
    Scope,
    compile_expression,
    field_at,
    predicate,
    root_scope,
)
from cloud_emulator.mongo.grouping import compile_group
from cloud_emulator.mongo.matching import compile_filter
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.reshape import add_fields, project
from cloud_emulator.mongo.sorting import sort_documents
from cloud_emulator.values import MISSING, Document, Value

Rows = Iterable[Document]
Lookup = Callable[[str, Document], Iterator[Document]]
Stage = Callable[[Rows, Scope], Rows]
_DEEPEST: Final = 20


def run_pipeline(
    documents: Rows,
    pipeline: list[Document],
    lookup: Lookup,
    scope: Scope | None = None,
    depth: int = 0,
) -> list[Document]:
    """Run stages over documents; raise QueryError naming an unknown stage or operator.

    `lookup(collection, filter)` reads another collection; `scope` holds the variables of an
    enclosing `$lookup`.
    """
    if depth > _DEEPEST:
        raise QueryError("pipelines are nested too deeply")
    variables = scope or {}
    stages = [_compile(stage, lookup, depth) for stage in pipeline]
    rows = documents
    for stage in stages:
        rows = stage(rows, variables)
    return list(rows)


def _compile(stage: Document, lookup: Lookup, depth: int) -> Stage:
    if stage.__class__ is not dict or len(stage) != 1:
        raise QueryError("a pipeline stage is an object with exactly one field")
    name, operand = next(iter(stage.items()))
    if name == "$lookup":
        return _lookup(operand, lookup, depth)
    if name not in _STAGES:
        raise QueryError(
            f"Unrecognized pipeline stage name: '{safe_name(name)}' is not part of this emulator",
        )
    return _STAGES[name](operand)


def _object(operand: Value, name: str) -> Document:
    if operand.__class__ is not dict or not operand:
        raise QueryError(f"{name} needs a nonempty object")
    found: Document = operand
    return found


def _match(operand: Value) -> Stage:
    if operand.__class__ is not dict:
        raise QueryError("$match needs an object")
    if not _mentions_expr(operand):
        matches = compile_filter(operand, predicate).matches
        return lambda rows, _scope: filter(matches, rows)

    def with_variables(rows: Rows, scope: Scope) -> Rows:
        def compiled(source: Value) -> Callable[[Document], bool]:
            expression = compile_expression(source)
            return lambda row: _true(expression({**scope, **root_scope(row)}))

        return filter(compile_filter(operand, compiled).matches, rows)

    return with_variables


def _true(value: Value) -> bool:
    return not (value is None or value is MISSING or value is False or value == 0)


def _mentions_expr(operand: Value) -> bool:
    if operand.__class__ is dict:
        return "$expr" in operand or any(map(_mentions_expr, operand.values()))
    return operand.__class__ is list and any(map(_mentions_expr, operand))


def _project(operand: Value) -> Stage:
    reshape = project(_object(operand, "$project"))
    return lambda rows, scope: (reshape(row, {**scope, **root_scope(row)}) for row in rows)


def _add_fields(operand: Value) -> Stage:
    reshape = add_fields(_object(operand, "$addFields"))
    return lambda rows, scope: (reshape(row, {**scope, **root_scope(row)}) for row in rows)


def _group(operand: Value) -> Stage:
    return compile_group(_object(operand, "$group"))


def _positive(operand: Value, name: str) -> int:
    number = need_whole(operand, name)
    if number <= 0:
        raise QueryError(f"{name} must be positive")
    return number


def _limit(operand: Value) -> Stage:
    most = _positive(operand, "the limit")

    def cut(rows: Rows, _scope: Scope) -> Rows:
        for number, row in enumerate(rows, 1):
            yield row
            if number >= most:
                return

    return cut


def _skip(operand: Value) -> Stage:
    number = need_whole(operand, "$skip")
    if number < 0:
        raise QueryError("$skip must not be negative")
    return lambda rows, _scope: (row for at, row in enumerate(rows) if at >= number)


def _sort(operand: Value) -> Stage:
    spec = _object(operand, "$sort")
    if any(way.__class__ is not int or way not in (1, -1) for way in spec.values()):
        raise QueryError("$sort takes 1 or -1 for each field")
    fields = tuple(spec.items())
    return lambda rows, _scope: sort_documents(list(rows), fields)


def _count(operand: Value) -> Stage:
    if operand.__class__ is not str or not operand or operand.startswith("$") or "." in operand:
        raise QueryError("$count needs the name of a field")

    def count(rows: Rows, _scope: Scope) -> Rows:
        total = sum(1 for _ in rows)
        return [{operand: total}] if total else []

    return count


def _sample(operand: Value) -> Stage:
    spec = _object(operand, "$sample")
    size = _positive(spec.get("size"), "the size of a $sample")

    def choose(rows: Rows, _scope: Scope) -> Rows:
        found = list(rows)
        return secrets.SystemRandom().sample(found, min(size, len(found)))

    return choose


def _sort_by_count(operand: Value) -> Stage:
    group = compile_group({"_id": operand, "count": {"$sum": 1}})
    order = (("count", -1),)
    return lambda rows, scope: sort_documents(list(group(rows, scope)), order)


def _replace_root(operand: Value) -> Stage:
    new_root = compile_expression(_object(operand, "$replaceRoot").get("newRoot"))

    def replaced(rows: Rows, scope: Scope) -> Rows:
        for row in rows:
            value = new_root({**scope, **root_scope(row)})
            if value.__class__ is not dict:
                raise QueryError("$replaceRoot: newRoot must evaluate to an object")
            yield value

    return replaced


def _unwind(operand: Value) -> Stage:
    options = {"path": operand} if operand.__class__ is str else _object(operand, "$unwind")
    path = options.get("path")
    if path.__class__ is not str or not path.startswith("$") or len(path) == 1:
        raise QueryError("$unwind needs a path that starts with $")
    parts = path[1:].split(".")
    index_field = options.get("includeArrayIndex")
    keep_empty = options.get("preserveNullAndEmptyArrays") is True

    def spread(rows: Rows, _scope: Scope) -> Rows:
        for row in rows:
            value = field_at(row, parts)
            if value.__class__ is not list:
                if keep_empty or not (value is None or value is MISSING):
                    yield _numbered(row, index_field, None)
            elif value:
                for at, item in enumerate(value):
                    yield _numbered(_with(row, parts, item), index_field, at)
            elif keep_empty:
                yield _numbered(_with(row, parts, MISSING), index_field, None)

    return spread


def _numbered(row: Document, index_field: Value, at: int | None) -> Document:
    return {**row, index_field: at} if index_field.__class__ is str else row


def _with(row: Document, parts: list[str], value: Value) -> Document:
    """Return a copy of the row with one value replaced, or removed where it is MISSING."""
    copy = dict(row)
    if len(parts) > 1:
        inner = copy.get(parts[0])
        if inner.__class__ is dict:
            copy[parts[0]] = _with(inner, parts[1:], value)
    elif value is MISSING:
        copy.pop(parts[0], None)
    else:
        copy[parts[0]] = value
    return copy


def _lookup(operand: Value, lookup: Lookup, depth: int) -> Stage:
    spec = _object(operand, "$lookup")
    source, target = spec.get("from"), spec.get("as")
    if source.__class__ is not str or target.__class__ is not str:
        raise QueryError("$lookup needs from and as")
    parts = target.split(".")
    if "pipeline" in spec:
        return _lookup_pipeline(spec, lookup, depth, parts)
    local, foreign = spec.get("localField"), spec.get("foreignField")
    if local.__class__ is not str or foreign.__class__ is not str:
        raise QueryError("$lookup needs localField and foreignField, or a pipeline")
    local_parts = local.split(".")

    def joined(rows: Rows, _scope: Scope) -> Rows:
        for row in rows:
            value = field_at(row, local_parts)
            wanted = value if value.__class__ is list else [None if value is MISSING else value]
            yield _placed(row, parts, list(lookup(source, {foreign: {"$in": wanted}})))

    return joined


def _lookup_pipeline(spec: Document, lookup: Lookup, depth: int, parts: list[str]) -> Stage:
    pipeline, variables = spec["pipeline"], spec.get("let", {})
    if pipeline.__class__ is not list or variables.__class__ is not dict:
        raise QueryError("$lookup needs an array as pipeline and an object as let")
    compiled: list[tuple[str, Expression]] = [
        (name, compile_expression(item)) for name, item in variables.items()
    ]
    source = spec["from"]

    def joined(rows: Rows, scope: Scope) -> Rows:
        for row in rows:
            outer = {**scope, **root_scope(row)}
            inner = {**scope, **{name: item(outer) for name, item in compiled}}
            found = run_pipeline(lookup(source, {}), pipeline, lookup, inner, depth + 1)
            yield _placed(row, parts, found)

    return joined


def _placed(row: Document, parts: list[str], value: Value) -> Document:
    copy = dict(row)
    if len(parts) == 1:
        copy[parts[0]] = value
    else:
        inner = copy.get(parts[0])
        copy[parts[0]] = _placed(inner if inner.__class__ is dict else {}, parts[1:], value)
    return copy


_STAGES: Final[dict[str, Callable[[Value], Stage]]] = {
    "$match": _match,
    "$project": _project,
    "$addFields": _add_fields,
    "$group": _group,
    "$limit": _limit,
    "$skip": _skip,
    "$sort": _sort,
    "$count": _count,
    "$sample": _sample,
    "$sortByCount": _sort_by_count,
    "$replaceRoot": _replace_root,
    "$unwind": _unwind,
    "$bucket": bucket,
    "$bucketAuto": bucket_auto,
}
