"""Aggregation expressions: `$field`, `$$variable`, literals and operators, as functions."""

from collections.abc import Callable
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.expression import arithmetic, arrays, dates, strings
from cloud_emulator.mongo.expression.signature import Operator, is_null, need_array, truthy
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.ordering import key
from cloud_emulator.mongo.totals import TOTALS
from cloud_emulator.values import MISSING, Document, Value

Scope = dict[str, Value]
Expression = Callable[[Scope], Value]
# Absent sorts before null in expressions, where a filter takes them for the same.
_ABSENT: Final = b"\x01"


def compile_expression(source: Value) -> Expression:
    """Compile an expression; raise QueryError naming an unknown operator."""
    if source.__class__ is str and source.startswith("$"):
        return _path(source)
    if source.__class__ is list:
        items = [compile_expression(item) for item in source]
        return lambda scope: [_stored(item(scope)) for item in items]
    if source.__class__ is not dict:
        return lambda _scope: source
    first = next(iter(source), "")
    if first.startswith("$"):
        if len(source) != 1:
            raise QueryError(f"an expression has one operator: {safe_name(first)} has neighbours")
        return _operator(first, source[first])
    fields = [(name, compile_expression(item)) for name, item in source.items()]

    def build(scope: Scope) -> Value:
        built = ((name, item(scope)) for name, item in fields)
        return {name: value for name, value in built if value is not MISSING}

    return build


def predicate(source: Value) -> Callable[[Document], bool]:
    """Compile the expression of a `$expr` to a test on documents."""
    expression = compile_expression(source)
    return lambda document: truthy(expression(root_scope(document)))


def root_scope(document: Document) -> Scope:
    """Return the scope in which a document is CURRENT and ROOT."""
    return {"CURRENT": document, "ROOT": document}


def _stored(value: Value) -> Value:
    """Return what an array or a result keeps: absence becomes null."""
    return None if value is MISSING else value


def field_at(value: Value, parts: list[str]) -> Value:
    """Follow a path of names; arrays on the way give an array of what their objects have."""
    for depth, name in enumerate(parts):
        if value.__class__ is dict:
            value = value.get(name, MISSING)
        elif value.__class__ is list:
            found = (field_at(item, parts[depth:]) for item in value if item.__class__ is not list)
            return [item for item in found if item is not MISSING]
        else:
            return MISSING
    return value


def _path(source: str) -> Expression:
    if source.startswith("$$"):
        name, *parts = source[2:].split(".")
        if name == "REMOVE":
            return lambda _scope: MISSING

        def variable(scope: Scope) -> Value:
            if name not in scope:
                raise QueryError(f"Use of undefined variable: {safe_name(name)}")
            return field_at(scope[name], parts)

        return variable
    parts = source[1:].split(".")
    if "" in parts:
        raise QueryError("a field path needs a name after the $")
    if len(parts) == 1:
        name = parts[0]

        def top_level(scope: Scope) -> Value:
            current = scope["CURRENT"]
            if current.__class__ is dict:
                return current.get(name, MISSING)
            return field_at(current, parts)

        return top_level
    return lambda scope: field_at(scope["CURRENT"], parts)


# -- operators that decide themselves what they evaluate ------------------------------------


def _named(operand: Value, operator: str, needed: set[str], allowed: set[str]) -> Document:
    if operand.__class__ is not dict or not needed <= set(operand) <= needed | allowed:
        names = ", ".join(sorted(needed | allowed))
        raise QueryError(f"{operator} needs an object with {names}")
    found: Document = operand
    return found


def _literal(operand: Value) -> Expression:
    return lambda _scope: operand


def _cond(operand: Value) -> Expression:
    if operand.__class__ is list and len(operand) == len(("if", "then", "else")):
        operand = dict(zip(("if", "then", "else"), operand, strict=True))
    parts = _named(operand, "$cond", {"if", "then", "else"}, set())
    test, yes, no = (compile_expression(parts[name]) for name in ("if", "then", "else"))
    return lambda scope: yes(scope) if truthy(test(scope)) else no(scope)


def _if_null(operand: Value) -> Expression:
    if operand.__class__ is not list or len(operand) < len(("value", "replacement")):
        raise QueryError("$ifNull needs two arguments at least")
    items = [compile_expression(item) for item in operand]

    def choose(scope: Scope) -> Value:
        value: Value = None
        for item in items:
            value = item(scope)
            if not is_null(value):
                break
        return value

    return choose


def _switch(operand: Value) -> Expression:
    parts = _named(operand, "$switch", {"branches"}, {"default"})
    branches = []
    for branch in need_array(parts["branches"], "$switch"):
        own = _named(branch, "$switch", {"case", "then"}, set())
        branches.append((compile_expression(own["case"]), compile_expression(own["then"])))
    default = compile_expression(parts["default"]) if "default" in parts else None

    def choose(scope: Scope) -> Value:
        for case, then in branches:
            if truthy(case(scope)):
                return then(scope)
        if default is None:
            raise QueryError("$switch could not find a matching branch, and no default was given")
        return default(scope)

    return choose


def _let(operand: Value) -> Expression:
    parts = _named(operand, "$let", {"vars", "in"}, set())
    if parts["vars"].__class__ is not dict:
        raise QueryError("$let needs an object of vars")
    variables = [(name, compile_expression(item)) for name, item in parts["vars"].items()]
    inner = compile_expression(parts["in"])
    return lambda scope: inner({**scope, **{name: item(scope) for name, item in variables}})


def _filter(operand: Value) -> Expression:
    parts = _named(operand, "$filter", {"input", "cond"}, {"as"})
    source, test = compile_expression(parts["input"]), compile_expression(parts["cond"])
    name = parts.get("as", "this")

    def keep(scope: Scope) -> Value:
        array = source(scope)
        if is_null(array):
            return None
        items = need_array(array, "$filter")
        return [item for item in items if truthy(test({**scope, name: item}))]

    return keep


def _map(operand: Value) -> Expression:
    parts = _named(operand, "$map", {"input", "in"}, {"as"})
    source, inner = compile_expression(parts["input"]), compile_expression(parts["in"])
    name = parts.get("as", "this")

    def each(scope: Scope) -> Value:
        array = source(scope)
        if is_null(array):
            return None
        return [_stored(inner({**scope, name: item})) for item in need_array(array, "$map")]

    return each


def _reduce(operand: Value) -> Expression:
    parts = _named(operand, "$reduce", {"input", "initialValue", "in"}, set())
    source, start, inner = (
        compile_expression(parts[name]) for name in ("input", "initialValue", "in")
    )

    def fold(scope: Scope) -> Value:
        array = source(scope)
        if is_null(array):
            return None
        value = start(scope)
        for item in need_array(array, "$reduce"):
            value = inner({**scope, "value": value, "this": item})
        return value

    return fold


def _zip(operand: Value) -> Expression:
    parts = _named(operand, "$zip", {"inputs"}, {"useLongestLength", "defaults"})
    inputs = compile_expression(parts["inputs"])
    defaults = compile_expression(parts.get("defaults"))
    longest = parts.get("useLongestLength", False) is True

    def join(scope: Scope) -> Value:
        found = need_array(inputs(scope), "$zip")
        if any(is_null(item) for item in found):
            return None
        return arrays.zip_arrays(found, longest=longest, defaults=defaults(scope))

    return join


def _every(operand: Value) -> Expression:
    items = _arguments(operand)
    return lambda scope: all(truthy(item(scope)) for item in items)


def _some(operand: Value) -> Expression:
    items = _arguments(operand)
    return lambda scope: any(truthy(item(scope)) for item in items)


def _date_part(name: str) -> Callable[[Value], Expression]:
    def build(operand: Value) -> Expression:
        if operand.__class__ is list and len(operand) == 1:
            operand = operand[0]
        zone: Value = None
        if operand.__class__ is dict and "date" in operand:
            parts = _named(operand, name, {"date"}, {"timezone"})
            operand, zone = parts["date"], parts.get("timezone")
        value, place = compile_expression(operand), compile_expression(zone)
        return lambda scope: dates.date_part(name, value(scope), place(scope))

    return build


def _options(
    name: str, apply: Callable[[Document], Value], allowed: set[str]
) -> Callable[..., Expression]:
    def build(operand: Value) -> Expression:
        parts = _named(operand, name, set(), allowed)
        items = [(label, compile_expression(item)) for label, item in parts.items()]
        return lambda scope: apply({label: _stored(item(scope)) for label, item in items})

    return build


_SPECIAL: Final[dict[str, Callable[[Value], Expression]]] = {
    "$literal": _literal,
    "$cond": _cond,
    "$ifNull": _if_null,
    "$switch": _switch,
    "$let": _let,
    "$filter": _filter,
    "$map": _map,
    "$reduce": _reduce,
    "$zip": _zip,
    "$and": _every,
    "$or": _some,
    **{name: _date_part(name) for name in dates.PART_NAMES},
    "$dateToString": _options(
        "$dateToString",
        dates.date_to_string,
        {"date", "format", "timezone", "onNull"},
    ),
    "$dateFromString": _options(
        "$dateFromString",
        dates.date_from_string,
        {"dateString", "format", "timezone", "onNull", "onError"},
    ),
    "$dateFromParts": _options(
        "$dateFromParts",
        dates.date_from_parts,
        {"year", "month", "day", "hour", "minute", "second", "millisecond", "timezone"},
    ),
}


# -- operators on evaluated arguments -------------------------------------------------------


def order_key(value: Value) -> bytes:
    """Return the key by which expressions compare: absent, then null, then the rest."""
    return _ABSENT if value is MISSING else key(value)


def _compared(test: Callable[[bytes, bytes], Value]) -> Operator:
    return Operator(
        lambda left, right: test(order_key(left), order_key(right)),
        2,
        2,
        nullable=False,
    )


_PLAIN: Final[dict[str, Operator]] = {
    **arithmetic.OPERATORS,
    **arrays.OPERATORS,
    **strings.OPERATORS,
    "$not": Operator(lambda value: not truthy(value), nullable=False),
    "$cmp": _compared(lambda left, right: (left > right) - (left < right)),
    "$eq": _compared(lambda left, right: left == right),
    "$ne": _compared(lambda left, right: left != right),
    "$gt": _compared(lambda left, right: left > right),
    "$gte": _compared(lambda left, right: left >= right),
    "$lt": _compared(lambda left, right: left < right),
    "$lte": _compared(lambda left, right: left <= right),
}


def _arguments(operand: Value) -> list[Expression]:
    items = operand if operand.__class__ is list else [operand]
    return [compile_expression(item) for item in items]


def _total(name: str, operand: Value) -> Expression:
    """`$sum`, `$avg`, `$min` … outside `$group`: over the arguments, or over one array."""
    items, finish = _arguments(operand), TOTALS[name]

    def over(scope: Scope) -> Value:
        values = [item(scope) for item in items]
        if len(values) == 1 and values[0].__class__ is list:
            values = values[0]
        return finish(values)

    return over


def _operator(name: str, operand: Value) -> Expression:
    if name in _SPECIAL:
        return _SPECIAL[name](operand)
    if name in TOTALS:
        return _total(name, operand)
    operator = _PLAIN.get(name)
    if operator is None:
        raise QueryError(f"Unrecognized expression '{safe_name(name)}'")
    items = _arguments(operand)
    most = len(items) if operator.most is None else operator.most
    if not operator.least <= len(items) <= most:
        raise QueryError(f"Expression {name} takes another number of arguments")
    apply, nullable = operator.apply, operator.nullable

    def evaluate(scope: Scope) -> Value:
        values = [item(scope) for item in items]
        if nullable and any(is_null(value) for value in values):
            return None
        return apply(*values)

    return evaluate
