"""Conditions: the closed list, what is refused, and how they are judged."""

from __future__ import annotations

from datetime import date

import pytest

from sizhu_rules.engine.condition import (
    Comparison,
    Condition,
    Every,
    Not,
    Param,
    Some,
    bind,
    compare,
    cut_points,
    holds,
    parse,
)
from sizhu_rules.engine.condition import (
    tests as comparisons,
)
from sizhu_rules.engine.field import Field, Value
from sizhu_rules.engine.source import compose
from sizhu_rules.errors import PolicyError

FIELDS = {
    "age": Field("age", "int", low=0, high=130),
    "day": Field("day", "day", low=1, high=800_000),
    "status": Field("status", "enum", members=("none", "dibao")),
    "lapsed": Field("lapsed", "bool"),
}
NEW_YEAR = date(2024, 1, 1)


def read(text: str) -> Condition:
    """Parse a condition."""
    return parse(compose(text, "sheet.yaml"), FIELDS)


def age(operator: str, *operands: Value | Param, line: int = 1) -> Comparison:
    """Make a comparison of the age."""
    return Comparison("age", operator, operands, line)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("always", Every(())),
        ("{age: {'>=': 60}}", age(">=", 60)),
        ("{age: {'>=': {param: free_age}}}", age(">=", Param("free_age"))),
        ("{age: {between: [1, 2]}}", age("between", 1, 2)),
        ("{age: {in: [1, 2, 3]}}", age("in", 1, 2, 3)),
        ("{age: {'>=': 1, '<': 5}}", Every((age(">=", 1), age("<", 5)))),
        ("{day: {'<': 2024-01-01}}", Comparison("day", "<", (NEW_YEAR,), 1)),
        ("{status: {'==': none}}", Comparison("status", "==", ("none",), 1)),
        ("{status: {in: [none, dibao]}}", Comparison("status", "in", ("none", "dibao"), 1)),
        ("{lapsed: {'==': no}}", Comparison("lapsed", "==", (False,), 1)),
        ("{not: {age: {'==': 1}}}", Not(age("==", 1))),
        ("{or: [{age: {'==': 1}}, {age: {'==': 2}}]}", Some((age("==", 1), age("==", 2)))),
        ("{and: [{age: {'==': 1}}, always]}", Every((age("==", 1), Every(())))),
        (
            "{age: {'==': 1}, lapsed: {'==': yes}}",
            Every((age("==", 1), Comparison("lapsed", "==", (True,), 1))),
        ),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, condition: Condition) -> None:
    """Every form of the closed list."""
    assert read(text) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sometimes", "'sometimes' is not allowed here; use one of always"),
        ("{}", "the condition is empty; write 'always', or a comparison"),
        (
            "{aeg: {'==': 1}}",
            "'aeg' is no field of this sheet; use one of age, day, status, lapsed, and, or, not",
        ),
        ("{age: {}}", "'age' is compared with nothing; write {\"==\": …}"),
        (
            "{age: {'=': 1}}",
            "'=' is no comparison; use one of < <= > >= == in between",
        ),
        ("{status: {'<': none}}", "'status' has no order; use == or in"),
        ("{lapsed: {'>=': no}}", "'lapsed' has no order; use == or in"),
        ("{age: {between: [1]}}", "'between' needs both ends; write [first, last]"),
        ("{age: {between: [1, 2, 3]}}", "'between' needs both ends; write [first, last]"),
        ("{age: {in: []}}", "'in' lists nothing; write [first, second]"),
        (
            "{age: {'==': 131}}",
            "'131' lies outside the domain of 'age'; compare with a value of it",
        ),
        (
            "{status: {'==': tekun}}",
            "'tekun' lies outside the domain of 'status'; compare with a value of it",
        ),
        ("{age: {in: 1}}", "a list is expected here; write '- item' lines or [a, b]"),
    ],
)
def test_what_lies_outside_the_list_is_refused(text: str, message: str) -> None:
    """With the line, and how to mend it."""
    with pytest.raises(PolicyError) as caught:
        read(f"\n{text}")
    assert str(caught.value) == f"sheet.yaml:2: {message}"


def test_a_sheet_without_fields_says_so() -> None:
    """There is nothing to choose from then."""
    with pytest.raises(PolicyError, match=r"use one of its fields \(it has none\), and, or, not"):
        parse(compose("{age: {'==': 1}}", "sheet.yaml"), {})


def test_a_comparison_knows_its_line() -> None:
    """So that a gap can be mended where it arises."""
    condition = read("age:\n  '>=': 1\nlapsed:\n  '==': no\n")
    assert [test.line for test in comparisons(condition)] == [2, 4]


def test_every_comparison_is_found() -> None:
    """However deep it stands."""
    condition = Some((Not(age("==", 1)), Every((age("<", 2), Some((age(">", 3),))))))
    assert [test.operands for test in comparisons(condition)] == [(1,), (2,), (3,)]


def test_parameters_are_bound_wherever_they_stand() -> None:
    """Constants stay, and so does the shape."""
    condition = Not(Some((Every((age("==", Param("p")),)), age("between", 1, Param("q"), line=7))))
    bound = bind(condition, lambda param, _test: {"p": 5, "q": 9}[param.name])
    assert bound == Not(Some((Every((age("==", 5),)), age("between", 1, 9, line=7))))


@pytest.mark.parametrize(
    ("test", "cuts"),
    [
        (age("<", 60), (60,)),
        (age(">=", 60), (60,)),
        (age("<=", 60), (61,)),
        (age(">", 60), (61,)),
        (age("between", 5, 9), (5, 10)),
        (age("==", 60), (60, 61)),
        (age("in", 5, 9), (5, 6, 9, 10)),
        (Comparison("day", "<", (NEW_YEAR,)), (NEW_YEAR.toordinal(),)),
    ],
)
def test_where_a_comparison_cuts(test: Comparison, cuts: tuple[int, ...]) -> None:
    """Before each number at which its answer may turn."""
    assert cut_points(test) == cuts


@pytest.mark.parametrize(
    ("test", "true"),
    [
        (age("<", 3), [1, 2]),
        (age("<=", 3), [1, 2, 3]),
        (age(">", 3), [4, 5]),
        (age(">=", 3), [3, 4, 5]),
        (age("==", 3), [3]),
        (age("in", 2, 5), [2, 5]),
        (age("between", 2, 4), [2, 3, 4]),
    ],
)
def test_how_a_comparison_is_judged(test: Comparison, true: list[int]) -> None:
    """On both sides of every threshold."""
    assert [value for value in range(1, 6) if compare(test, value)] == true


def test_days_are_compared_as_days() -> None:
    """Between includes both ends."""
    test = Comparison("day", "between", (NEW_YEAR, date(2024, 1, 3)))
    days = [date(2023, 12, 31), NEW_YEAR, date(2024, 1, 3), date(2024, 1, 4)]
    assert [compare(test, day) for day in days] == [False, True, True, False]


def test_an_unbound_parameter_is_not_compared() -> None:
    """It has no value yet, and text has no order."""
    for test in (age("<", Param("p")), age("<", "sixty")):
        with pytest.raises(TypeError, match="bind the parameters first"):
            compare(test, 5)


@pytest.mark.parametrize(
    ("kind", "values", "result"),
    [
        (Every, [True, True], True),
        (Every, [True, False], False),
        (Every, [None, False], False),
        (Every, [None, True], None),
        (Every, [], True),
        (Some, [False, False], False),
        (Some, [False, True], True),
        (Some, [None, True], True),
        (Some, [None, False], None),
        (Some, [], False),
    ],
)
def test_three_values_as_kleene_has_them(
    kind: type[Every | Some], values: list[bool | None], result: object
) -> None:
    """Unknown only where what is known does not decide."""
    parts = tuple(age("==", position) for position in range(len(values)))
    truth = dict(zip(parts, values, strict=True))
    assert holds(kind(parts), truth.__getitem__) is result
    negated = None if result is None else not result
    assert holds(Not(kind(parts)), truth.__getitem__) is negated
