"""`$project` and `$addFields`: documents rebuilt from fields and expressions."""

from collections.abc import Callable

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.expressions import Expression, Scope, compile_expression
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.projection import compile_projection
from cloud_emulator.values import MISSING, Document, Value

Reshape = Callable[[Document, Scope], Document]


def _is_flag(value: Value) -> bool:
    return value.__class__ in (bool, int, float)


def _flatten(spec: Document, prefix: str = "") -> Document:
    flat: Document = {}
    for name, value in spec.items():
        if "" in name.split(".") or name.startswith("$"):
            raise QueryError(f"'{safe_name(name)}' cannot be the name of a field here")
        if value.__class__ is dict and value and not next(iter(value)).startswith("$"):
            flat.update(_flatten(value, f"{prefix}{name}."))
        else:
            flat[prefix + name] = value
    return flat


def _put(target: Document, parts: list[str], value: Value) -> None:
    """Set one path in a private document; arrays on the way get it in each object."""
    name, rest = parts[0], parts[1:]
    if not rest:
        if value is MISSING:
            target.pop(name, None)
        else:
            target[name] = value
        return
    inner = target.get(name)
    if inner.__class__ is list:
        target[name] = [_placed(item, rest, value) for item in inner]
    else:
        target[name] = _placed(inner, rest, value)


def _placed(inner: Value, parts: list[str], value: Value) -> Document:
    copy = dict(inner) if inner.__class__ is dict else {}
    _put(copy, parts, value)
    return copy


def add_fields(spec: Document) -> Reshape:
    """Compile `$addFields`."""
    fields = _compiled(_flatten(spec))

    def reshape(row: Document, scope: Scope) -> Document:
        new = dict(row)
        for parts, expression in fields:
            value = expression(scope)
            if value is not MISSING:
                _put(new, parts, value)
        return new

    return reshape


def _compiled(flat: Document) -> list[tuple[list[str], Expression]]:
    return [(path.split("."), compile_expression(value)) for path, value in flat.items()]


def project(spec: Document) -> Reshape:
    """Compile `$project`: inclusion with expressions, or exclusion."""
    flat = _flatten(spec)
    flags = {path: value for path, value in flat.items() if _is_flag(value)}
    computed = {path: value for path, value in flat.items() if not _is_flag(value)}
    excluded = [path for path, value in flags.items() if not value and path != "_id"]
    if computed and excluded:
        raise QueryError("Invalid $project: exclusion cannot be mixed with expressions")
    if not computed:
        plain = compile_projection(flags)
        return lambda row, _scope: row if plain is None else plain(row)
    keep_id = bool(flags.get("_id", True)) and "_id" not in computed
    chosen = {path: value for path, value in flags.items() if path != "_id"}
    include = compile_projection({"_id": True, **chosen})
    fields = _compiled(computed)

    def reshape(row: Document, scope: Scope) -> Document:
        new = {} if include is None else include(row)
        if not keep_id:
            new.pop("_id", None)
        for parts, expression in fields:
            value = expression(scope)
            if value is not MISSING:
                _put(new, parts, value)
        return new

    return reshape
