"""Filters: a MongoDB filter compiled to a predicate, with the terms that an index can serve."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cloud_emulator.errors import safe_name
from cloud_emulator.mongo.operators import TESTS, QueryError, Regex, equality
from cloud_emulator.mongo.paths import Test, any_at, split
from cloud_emulator.values import Document, Value

Predicate = Callable[[Document], bool]
ExpressionCompiler = Callable[[Value], Predicate]

# What an index can answer; the planner turns these into ranges of keys.
INDEXABLE: Final = ("$eq", "$in", "$gt", "$gte", "$lt", "$lte")
_WHOLE_ARRAY: Final = ("$size", "$elemMatch", "$all")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a conjunction: the field's path, the operator, its operand."""

    path: str
    operator: str
    operand: Value


@dataclass(frozen=True, slots=True)
class Filter:
    """A compiled filter.

    `terms` are conditions that every match fulfils; `complete` says that they are the whole filter.
    """

    matches: Predicate
    terms: tuple[Term, ...]
    complete: bool


def compile_filter(query: Document, expressions: ExpressionCompiler | None = None) -> Filter:
    """Compile a MongoDB filter; raise QueryError naming what is unknown or malformed.

    `expressions` compiles `$expr`; without it `$expr` is refused.
    """
    terms: list[Term] = []
    predicates: list[Predicate] = []
    complete = True
    for name, operand in query.items():
        if name.startswith("$"):
            part = _logical(name, operand, expressions)
        else:
            part = _field(name, operand)
        predicates.append(part.matches)
        terms += part.terms
        complete = complete and part.complete
    return Filter(_all_of(predicates), tuple(terms), complete)


def _all_of(predicates: list[Predicate]) -> Predicate:
    if not predicates:
        return lambda _document: True
    if len(predicates) == 1:
        return predicates[0]
    fixed = tuple(predicates)

    def every(document: Document) -> bool:
        for predicate in fixed:  # noqa: SIM110 - the plain loop is measurably faster than all()
            if not predicate(document):
                return False
        return True

    return every


def _logical(name: str, operand: Value, expressions: ExpressionCompiler | None) -> Filter:
    if name == "$expr" and expressions is not None:
        return Filter(expressions(operand), (), complete=False)
    if name not in ("$and", "$or", "$nor"):
        raise QueryError(f"unknown top level operator: {safe_name(name)}")
    if operand.__class__ is not list or not operand:
        raise QueryError(f"{name} needs a nonempty array")
    parts = []
    for item in operand:
        if item.__class__ is not dict:
            raise QueryError(f"{name} entries need to be objects")
        parts.append(compile_filter(item, expressions))
    predicates = [part.matches for part in parts]
    if name == "$and":
        terms = tuple(term for part in parts for term in part.terms)
        return Filter(_all_of(predicates), terms, all(part.complete for part in parts))
    fixed = tuple(predicates)
    if name == "$or":
        return Filter(lambda document: any(p(document) for p in fixed), (), complete=False)
    return Filter(lambda document: not any(p(document) for p in fixed), (), complete=False)


def _field(path: str, operand: Value) -> Filter:
    if operand.__class__ is dict and operand and next(iter(operand)).startswith("$"):
        return _operators(path, operand)
    predicate = _at(path, equality(operand))
    if isinstance(operand, Regex):
        return Filter(predicate, (), complete=False)
    _refuse_dollar_keys(operand)
    return Filter(predicate, (Term(path, "$eq", operand),), complete=True)


def _refuse_dollar_keys(operand: Value) -> None:
    if operand.__class__ is dict and any(name.startswith("$") for name in operand):
        raise QueryError("operators and plain fields are mixed in one object")


def _operators(path: str, operators: Document) -> Filter:
    terms: list[Term] = []
    predicates: list[Predicate] = []
    complete = True
    for name, operand in operators.items():
        if not name.startswith("$"):
            raise QueryError("operators and plain fields are mixed in one object")
        if name == "$options":
            if "$regex" not in operators:
                raise QueryError("$options needs a $regex")
            continue
        predicates.append(_operator(path, name, operand, operators))
        if name in INDEXABLE and not isinstance(operand, Regex):
            terms.append(Term(path, name, operand))
        else:
            complete = False
    return Filter(_all_of(predicates), tuple(terms), complete)


def _operator(  # noqa: PLR0911 - one return for each kind of operator
    path: str,
    name: str,
    operand: Value,
    siblings: Document,
) -> Predicate:
    if name == "$not":
        return _negation(path, operand)
    if name == "$ne":
        return _not(_at(path, equality(operand)))
    if name == "$nin":
        return _not(_at(path, TESTS["$in"](operand)))
    if name == "$exists":
        return _exists(path, wanted=bool(operand))
    if name == "$elemMatch":
        return _at(path, _element_test(operand), expand=False)
    if name == "$all":
        return _all(path, operand)
    if name == "$regex":
        operand = Regex.of(operand, siblings.get("$options", ""))
    if name not in TESTS:
        raise QueryError(f"unknown operator: {safe_name(name)}")
    return _at(path, TESTS[name](operand), expand=name not in _WHOLE_ARRAY)


def _not(predicate: Predicate) -> Predicate:
    return lambda document: not predicate(document)


def _at(path: str, test: Test, *, expand: bool = True) -> Predicate:
    parts = split(path)
    if len(parts) > 1:
        return lambda document: any_at(document, parts, test, expand=expand)

    def top_level(document: Document) -> bool:
        if path not in document:
            return any_at(document, parts, test, expand=expand)
        value = document[path]
        if test(value):
            return True
        return expand and value.__class__ is list and any(map(test, value))

    return top_level


def _exists(path: str, *, wanted: bool) -> Predicate:
    present = _at(path, TESTS["$exists"](None), expand=False)
    return present if wanted else _not(present)


def _negation(path: str, operand: Value) -> Predicate:
    if isinstance(operand, Regex):
        return _not(_at(path, equality(operand)))
    if operand.__class__ is not dict or not operand:
        raise QueryError("$not needs a regex or an object of operators")
    return _not(_operators(path, operand).matches)


def _all(path: str, operand: Value) -> Predicate:
    if operand.__class__ is not list:
        raise QueryError("$all needs an array")
    predicates = []
    for item in operand:
        if item.__class__ is dict and "$elemMatch" in item:
            predicates.append(_at(path, _element_test(item["$elemMatch"]), expand=False))
        else:
            predicates.append(_at(path, equality(item)))
    return _all_of(predicates) if predicates else lambda _document: False


def _element_test(operand: Value) -> Test:
    if operand.__class__ is not dict:
        raise QueryError("$elemMatch needs an object")
    first = next(iter(operand), "")
    if first.startswith("$") and first not in ("$and", "$or", "$nor", "$expr"):
        # Operators apply to each element itself: look at it as the field of a small document.
        inner = _operators("v", operand).matches

        def on_value(value: Value) -> bool:
            return value.__class__ is list and any(inner({"v": item}) for item in value)

        return on_value
    predicate = compile_filter(operand).matches

    def on_object(value: Value) -> bool:
        return value.__class__ is list and any(
            item.__class__ is dict and predicate(item) for item in value
        )

    return on_object
