"""`$group`: rows gathered by a key, values made into totals."""

from collections.abc import Callable, Iterable, Iterator

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.expressions import (
    Expression,
    Scope,
    compile_expression,
    order_key,
    root_scope,
)
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.totals import ACCUMULATORS
from cloud_emulator.values import MISSING, Document, Value

Total = Callable[[list[Value]], Value]
Grouping = Callable[[Iterable[Document], Scope], Iterator[Document]]


def compile_totals(fields: Document) -> list[tuple[str, Expression, Total]]:
    """Compile `{name: {$accumulator: expression}}`; raise QueryError naming what is unknown."""
    compiled = []
    for name, source in fields.items():
        if source.__class__ is not dict or len(source) != 1:
            raise QueryError(f"The field '{safe_name(name)}' must be an accumulator object")
        operator, operand = next(iter(source.items()))
        if operator not in ACCUMULATORS:
            raise QueryError(f"unknown group operator '{safe_name(operator)}'")
        if "." in name:
            raise QueryError("a field of a $group cannot contain '.'")
        compiled.append((name, compile_expression(operand), ACCUMULATORS[operator]))
    return compiled


def compile_group(operand: Document) -> Grouping:
    """Compile a `$group`; groups come in the order in which they were first met."""
    if "_id" not in operand:
        raise QueryError("a group specification must include an _id")
    own_key = compile_expression(operand["_id"])
    totals = compile_totals({name: item for name, item in operand.items() if name != "_id"})

    def group(rows: Iterable[Document], scope: Scope) -> Iterator[Document]:
        groups: dict[bytes, tuple[Value, list[list[Value]]]] = {}
        for row in rows:
            inner = {**scope, **root_scope(row)}
            value = own_key(inner)
            _, columns = groups.setdefault(order_key(value), (value, [[] for _ in totals]))
            for column, (_, expression, _) in zip(columns, totals, strict=True):
                column.append(expression(inner))
        for value, columns in groups.values():
            result: Document = {"_id": None if value is MISSING else value}
            for column, (name, _, total) in zip(columns, totals, strict=True):
                result[name] = total(column)
            yield result

    return group
