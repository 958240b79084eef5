"""Statements to operations: which calls an endpoint takes, with their arguments checked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cloud_emulator.errors import parameter_error, statement_error
from cloud_emulator.mongo.sorting import SortSpec
from cloud_emulator.statement.filters import compile_where
from cloud_emulator.statement.literals import Literals
from cloud_emulator.statement.model import UNDEFINED, Chain, Command, Projection, Statement, Step
from cloud_emulator.statement.names import STAGES
from cloud_emulator.statement.updates import compile_update
from cloud_emulator.values import Document, Value

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 1000
# What an aggregate without a limit of its own gives: the documented default of `end()`.
DEFAULT_AGGREGATE: Final = 20
_ORDER_ARGS: Final = 2


@dataclass(frozen=True, slots=True)
class Find:
    """Read one page."""

    collection: str
    query: Document
    sort: SortSpec
    skip: int
    limit: int
    projection: Document | None


@dataclass(frozen=True, slots=True)
class Count:
    """Count matches."""

    collection: str
    query: Document


@dataclass(frozen=True, slots=True)
class Add:
    """Add documents."""

    collection: str
    documents: list[Document]


@dataclass(frozen=True, slots=True)
class Change:
    """Update matches."""

    collection: str
    query: Document
    update: Document


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace or add one document."""

    collection: str
    id: Value
    document: Document


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove matches."""

    collection: str
    query: Document


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Run a pipeline."""

    collection: str
    pipeline: list[Document]


Operation = Find | Count | Add | Change | Replace | Remove | Aggregate

_TERMINALS: Final = {
    "databasequery": ("get",),
    "databaseadd": ("add",),
    "databaseupdate": ("update", "set"),
    "databasedelete": ("remove",),
    "databasecount": ("count",),
    "databaseaggregate": ("end",),
}
DATABASE_ENDPOINTS: Final = tuple(_TERMINALS)


def compile_statement(statement: Statement, endpoint: str, now_ms: int) -> Operation:
    """Compile a statement for an endpoint; raise CloudError for a wrong end or wrong arguments."""
    chain = statement.chain
    terminals = _TERMINALS[endpoint]
    if not chain.steps or chain.steps[-1].name not in terminals:
        ends = " or ".join(f".{name}(…)" for name in terminals)
        raise statement_error(f"a statement for {endpoint} ends in {ends}")
    literals = Literals(now_ms)
    last = chain.steps[-1]
    if last.name == "end":
        return _aggregate(chain, literals)
    options = _Options(literals)
    for step in chain.steps[:-1]:
        options.take(step)
    return _BUILDERS[last.name](str(chain.collection), options, last, statement)


class _Options:
    """What the calls before the last one ask for."""

    def __init__(self, literals: Literals) -> None:
        self.literals = literals
        self.query: Document = {}
        self.id: Value = None
        self.sort: dict[str, int] = {}
        self.skip = 0
        self.limit = DEFAULT_LIMIT
        self.projection: Document | None = None

    def take(self, step: Step) -> None:
        """Read one call."""
        readers: dict[str, Callable[[Step], None]] = {
            "where": self._where,
            "doc": self._doc,
            "orderBy": self._order_by,
            "skip": self._skip,
            "limit": self._limit,
            "field": self._field,
        }
        if step.name not in readers:
            raise statement_error(f".{step.name}(…) has no place in the middle of a statement")
        readers[step.name](step)

    def _where(self, step: Step) -> None:
        if self.id is not None:
            raise statement_error("doc(…) and where(…) do not go together")
        self.query = compile_where(_only(step), self.literals)

    def _doc(self, step: Step) -> None:
        own = _only(step)
        if own.__class__ not in (str, int, float):
            raise parameter_error("docId必须为字符串或数字: doc needs a string or a number")
        if self.query:
            raise statement_error("doc(…) and where(…) do not go together")
        self.id, self.query = own, {"_id": own}

    def _order_by(self, step: Step) -> None:
        if len(step.args) != _ORDER_ARGS or step.args[0].__class__ is not str or not step.args[0]:
            raise parameter_error('orderBy needs a field and "asc" or "desc"')
        path, way = step.args
        if way.__class__ is not str or way not in ("asc", "desc"):
            raise parameter_error('orderBy takes "asc" or "desc" only')
        self.sort[path] = 1 if way == "asc" else -1

    def _skip(self, step: Step) -> None:
        self.skip = _whole(step)

    def _limit(self, step: Step) -> None:
        # The SDK reads a limit of 0 as "no limit given".
        self.limit = min(_whole(step), MAX_LIMIT) or DEFAULT_LIMIT

    def _field(self, step: Step) -> None:
        spec = _only(step)
        if spec.__class__ is not dict:
            raise parameter_error("field needs an object such as {name: true}")
        self.projection = {
            name: value.operators if isinstance(value, Projection) else value
            for name, value in spec.items()
            if value is not UNDEFINED
        }


def _only(step: Step) -> Value:
    if len(step.args) != 1:
        raise parameter_error(f".{step.name}(…) takes one argument")
    return step.args[0]


def _none(step: Step) -> None:
    if step.args:
        raise statement_error(f".{step.name}() takes no argument")


def _whole(step: Step) -> int:
    number = _only(step)
    if number.__class__ is not int or number < 0:
        raise parameter_error(f"{step.name} must be a whole number that is not negative")
    return int(number)


def _data(step: Step) -> Value:
    """Return the `data` of the WeChat form `{data: …}`."""
    options = step.args[0] if step.args else None
    if options.__class__ is not dict or "data" not in options:
        raise parameter_error(
            f"The request is missing a required parameter `data`: write .{step.name}({{data: …}})",
        )
    return options["data"]


def _find(name: str, options: _Options, step: Step, _statement: Statement) -> Operation:
    _none(step)
    sort = tuple(options.sort.items())
    return Find(name, options.query, sort, options.skip, options.limit, options.projection)


def _count(name: str, options: _Options, step: Step, _statement: Statement) -> Operation:
    _none(step)
    return Count(name, options.query)


def _add(name: str, options: _Options, step: Step, statement: Statement) -> Operation:
    if options.query or options.id is not None:
        raise statement_error("add follows the collection directly")
    data = _data(step)
    documents = data if data.__class__ is list else [data]
    if not documents or any(item.__class__ is not dict for item in documents):
        raise parameter_error(
            "The request is missing a required parameter `MgoDocs`: data must be an object or a "
            "nonempty list of objects",
        )
    if statement.plain:
        return Add(name, documents)
    return Add(name, [options.literals.stored(document) for document in documents])


def _update(name: str, options: _Options, step: Step, _statement: Statement) -> Operation:
    return Change(name, options.query, compile_update(_data(step), options.literals))


def _set(name: str, options: _Options, step: Step, _statement: Statement) -> Operation:
    if options.id is None:
        raise statement_error("set follows doc(…)")
    data = _data(step)
    if data.__class__ is not dict:
        raise parameter_error("parameter.data should be object")
    if "_id" in data:
        raise parameter_error("不能更新_id的值: leave _id out of the data")
    if _has_command(data):
        raise parameter_error("update operator complicit: set takes a whole document, no commands")
    return Replace(name, options.id, options.literals.stored(data))


def _has_command(value: Value) -> bool:
    if isinstance(value, Command):
        return True
    if value.__class__ is dict:
        return any(map(_has_command, value.values()))
    return value.__class__ is list and any(map(_has_command, value))


def _remove(name: str, options: _Options, step: Step, _statement: Statement) -> Operation:
    _none(step)
    return Remove(name, options.query)


_BUILDERS: Final = {
    "get": _find,
    "count": _count,
    "add": _add,
    "update": _update,
    "set": _set,
    "remove": _remove,
}


def _aggregate(chain: Chain, literals: Literals) -> Operation:
    if not chain.steps or chain.steps[0].name != "aggregate" or chain.steps[0].args:
        raise statement_error("a pipeline is db.collection(…).aggregate()….end()")
    _none(chain.steps[-1])
    pipeline = _stages(chain.steps[1:-1], literals)
    if not any("$limit" in stage for stage in pipeline):
        pipeline.append({"$limit": DEFAULT_AGGREGATE})
    return Aggregate(str(chain.collection), pipeline)


def _stages(steps: tuple[Step, ...], literals: Literals) -> list[Document]:
    pipeline: list[Document] = []
    for step in steps:
        if step.name not in STAGES:
            raise statement_error(f".{step.name}(…) is no stage of a pipeline")
        operand = _only(step)
        if step.name == "match":
            pipeline.append({"$match": compile_where(operand, literals)})
        elif step.name == "lookup":
            pipeline.append({"$lookup": _lookup(operand, literals)})
        else:
            pipeline.append({f"${step.name}": literals.plain(operand)})
    return pipeline


def _lookup(operand: Value, literals: Literals) -> Value:
    """Compile a lookup; its pipeline may be written with `$.pipeline()….done()`."""
    if operand.__class__ is not dict or "pipeline" not in operand:
        return literals.plain(operand)
    inner = operand["pipeline"]
    rest = literals.plain({name: item for name, item in operand.items() if name != "pipeline"})
    if isinstance(inner, Chain) and inner.collection is None:
        steps = inner.steps[:-1] if inner.steps and inner.steps[-1].name == "done" else inner.steps
        return {**rest, "pipeline": _stages(steps, literals)}
    return {**rest, "pipeline": literals.plain(inner)}
