"""What the names `db`, `_` and `$` offer. A closed list: nothing else can be reached."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from cloud_emulator.errors import statement_error
from cloud_emulator.mongo.operators import QueryError, Regex
from cloud_emulator.statement.model import Chain, Command, Projection, ServerDate, Step
from cloud_emulator.values import MAX_MS, Instant, Value, parse_iso

MAX_LINKS: Final = 64
_PAIR: Final = 2


class Root(Enum):
    """A name that is no value but leads to some."""

    DB = "db"
    COMMAND = "db.command"
    AGGREGATE = "db.command.aggregate"
    PROJECT = "db.command.project"
    GEO = "db.Geo"
    DATE = "Date"
    REGEXP = "RegExp"


@dataclass(frozen=True, slots=True)
class Member:
    """A function of a name, not yet called."""

    owner: Value
    name: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


QUERY_COMMANDS: Final = _words(
    """eq neq lt lte gt gte in nin all elemMatch exists size mod geoNear geoWithin
    geoIntersects""",
)
LOGIC_COMMANDS: Final = _words(
    "and or not nor",
)
UPDATE_COMMANDS: Final = _words(
    "set remove inc mul push pull pullAll pop shift unshift addToSet rename bit max min",
)
_COMMANDS: Final = QUERY_COMMANDS | LOGIC_COMMANDS | UPDATE_COMMANDS | {"expr"}
# What may follow a command: `_.gt(1).lt(5)`, `_.gt(1).and(…)`.
_LINKS: Final = _words(
    "and or eq neq gt gte lt lte in nin geoNear geoWithin geoIntersects",
)
AGGREGATE_OPERATORS: Final = _words(
    """abs add ceil divide exp floor ln log log10 mod multiply pow sqrt subtract trunc arrayElemAt
    arrayToObject concatArrays filter in indexOfArray isArray map range reduce reverseArray size
    slice zip and not or cmp eq gt gte lt lte neq cond ifNull switch dateFromParts dateFromString
    dayOfMonth dayOfWeek dayOfYear isoDayOfWeek isoWeek isoWeekYear millisecond minute month second
    hour week year literal mergeObjects objectToArray allElementsTrue anyElementTrue setDifference
    setEquals setIntersection setIsSubset setUnion concat dateToString indexOfBytes indexOfCP split
    strLenBytes strLenCP strcasecmp substr substrBytes substrCP toLower toUpper addToSet avg
    first last max min push stdDevPop stdDevSamp sum let""",
)
STAGES: Final = _words(
    """addFields bucket bucketAuto count geoNear group limit lookup match project replaceRoot sample
    skip sort sortByCount unwind""",
)
_CHAIN_METHODS: Final = (
    _words(
        """where orderBy skip limit field doc get add update set remove count aggregate end
        done""",
    )
    | STAGES
)
_GEO_SHAPES: Final = _words(
    "Point LineString Polygon MultiPoint MultiLineString MultiPolygon",
)
_MEMBERS: Final = {
    (Root.DB, "command"): Root.COMMAND,
    (Root.DB, "Geo"): Root.GEO,
    (Root.COMMAND, "aggregate"): Root.AGGREGATE,
    (Root.COMMAND, "project"): Root.PROJECT,
}
_FUNCTIONS: Final = {
    Root.DB: frozenset({"collection", "serverDate", "RegExp"}),
    Root.COMMAND: _COMMANDS,
    Root.AGGREGATE: AGGREGATE_OPERATORS | {"pipeline"},
    Root.PROJECT: frozenset({"slice", "elemMatch"}),
    Root.GEO: _GEO_SHAPES,
}
ROOTS: Final[dict[str, Root]] = {
    "db": Root.DB,
    "_": Root.COMMAND,
    "$": Root.AGGREGATE,
    "Date": Root.DATE,
    "RegExp": Root.REGEXP,
}


def member(owner: Value, name: str) -> Value:
    """Return what `owner.name` is; raise CloudError for everything outside the closed list."""
    if isinstance(owner, Root):
        if (owner, name) in _MEMBERS:
            return _MEMBERS[owner, name]
        if name in _FUNCTIONS.get(owner, ()):
            return Member(owner, name)
        raise statement_error(f"{owner.value} has no function of this name")
    if isinstance(owner, Command) and name in _LINKS:
        return Member(owner, name)
    if isinstance(owner, Chain) and name in _CHAIN_METHODS:
        return Member(owner, name)
    raise statement_error("a value has no function of this name: statements are data")


def call(target: Value, args: tuple[Value, ...], *, new: bool = False) -> Value:
    """Return what a call gives; raise CloudError if the name cannot be called."""
    if target is Root.DATE and new:
        return _date(args)
    if target is Root.REGEXP:
        return _regex(args)
    if not isinstance(target, Member):
        raise statement_error("only functions of db, _ and $ can be called")
    owner, name = target.owner, target.name
    if isinstance(owner, Chain):
        return Chain(owner.collection, (*owner.steps, Step(name, args)))
    if isinstance(owner, Command):
        return _linked(owner, name, args)
    return _ROOT_CALLS[owner](name, args)


def _linked(owner: Command, name: str, args: tuple[Value, ...]) -> Command:
    if name in LOGIC_COMMANDS:
        more = tuple(args[0]) if args and args[0].__class__ is list else args
        linked = Command(name, (owner, *more))
    else:
        # `_.gt(1).lt(5)` is `_.gt(1).and(_.lt(5))`.
        linked = Command("and", (owner, Command(name, args)))
    links, at = 0, linked
    while isinstance(at, Command) and at.args and at.name in LOGIC_COMMANDS:
        links, at = links + 1, at.args[0]
        if links > MAX_LINKS:
            raise statement_error("a command has too many links")
    return linked


def _only(args: tuple[Value, ...]) -> Value:
    if len(args) != 1:
        raise statement_error("the function takes one argument")
    return args[0]


def _db(name: str, args: tuple[Value, ...]) -> Value:
    if name == "collection":
        collection = _only(args)
        if collection.__class__ is not str or not collection:
            raise statement_error("db.collection needs a name")
        return Chain(collection, ())
    if name == "RegExp":
        options = _only(args)
        if options.__class__ is not dict:
            raise statement_error("db.RegExp needs {regexp, options}")
        return _regex((options.get("regexp"), options.get("options", "")))
    options = args[0] if args else {}
    offset = options.get("offset", 0) if options.__class__ is dict else None
    if offset.__class__ is not int or abs(offset) > MAX_MS:
        raise statement_error("db.serverDate takes {offset: milliseconds}")
    return ServerDate(offset)


def _command(name: str, args: tuple[Value, ...]) -> Value:
    return {"$expr": _only(args)} if name == "expr" else Command(name, args)


def _aggregate(name: str, args: tuple[Value, ...]) -> Value:
    if name == "pipeline":
        return Chain(None, ())
    # The SDK names it neq, MongoDB ne.
    return {"$ne" if name == "neq" else "$" + name: _only(args)}


def _project(name: str, args: tuple[Value, ...]) -> Value:
    return Projection({"$" + name: _only(args)})


def _geo(name: str, args: tuple[Value, ...]) -> Value:
    if name == "Point":
        numbers = all(item.__class__ in (int, float) for item in args)
        if len(args) != _PAIR or not numbers:
            raise statement_error("db.Geo.Point needs longitude and latitude")
        return {"type": "Point", "coordinates": list(args)}
    items = _only(args)
    if items.__class__ is not list:
        raise statement_error(f"db.Geo.{name} needs a list")
    coordinates = []
    for item in items:
        if item.__class__ is not dict or "coordinates" not in item:
            raise statement_error(f"db.Geo.{name} needs a list of shapes")
        coordinates.append(item["coordinates"])
    return {"type": name, "coordinates": coordinates}


_ROOT_CALLS: Final = {
    Root.DB: _db,
    Root.COMMAND: _command,
    Root.AGGREGATE: _aggregate,
    Root.PROJECT: _project,
    Root.GEO: _geo,
}


def _date(args: tuple[Value, ...]) -> Value:
    if not args:
        return ServerDate()
    value = _only(args)
    if value.__class__ is float:
        value = int(value)
    if value.__class__ is int and abs(value) <= MAX_MS:
        return Instant(value)
    if value.__class__ is str:
        try:
            return parse_iso(value)
        except (ValueError, OverflowError):
            pass
    raise statement_error("new Date needs milliseconds or an ISO text with its offset")


def regex(pattern: str, options: str) -> Regex:
    """Make a regular expression or raise CloudError."""
    try:
        return Regex(pattern, options)
    except QueryError as error:
        raise statement_error(str(error)) from None


def _regex(args: tuple[Value, ...]) -> Value:
    pattern = args[0] if args else None
    options = args[1] if len(args) > 1 else ""
    if pattern.__class__ is not str or options.__class__ is not str or not pattern:
        raise statement_error("RegExp needs a pattern and options, both strings")
    return regex(pattern, options)
