"""The mechanism on random sheets: cells, walks, unknowns."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules.engine.condition import Comparison, Every, Not, Some, compare, holds
from sizhu_rules.engine.field import Field, cut
from sizhu_rules.engine.sheet import Clause, Effect, Sheet
from sizhu_rules.engine.table import Table, compile_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sizhu_rules.engine.condition import Condition
    from sizhu_rules.engine.verdict import Values

DAY = date(2024, 1, 1)
NUMBER = Field("number", "int", low=0, high=7)
LETTER = Field("letter", "enum", members=("a", "b", "c"))
FLAG = Field("flag", "bool")
FIELDS = (NUMBER, LETTER, FLAG)
DOMAIN: dict[str, tuple[Any, ...]] = {
    "number": tuple(range(8)),
    "letter": LETTER.members,
    "flag": (False, True),
}


def never_adverse(_values: Values) -> bool:
    """No outcome of these sheets takes anything from anybody."""
    return False


def built(sheet: Sheet) -> Table:
    """Compile a sheet that must be sound."""
    table, errors = compile_sheet(sheet, DAY, {}, (), never_adverse, {})
    assert not errors
    assert table is not None
    return table


def clause(number: int, condition: Condition, outcome: str) -> Clause:
    """Make a clause that gives a word."""
    return Clause(
        id=f"toy.{number}",
        quote="—",
        source="test",
        basis="law",
        condition=condition,
        fires_when=True,
        effect=Effect("eligible", (("word", outcome),), (), (), outcome, False, (), 1),  # noqa: FBT003 - in order of its fields
        since=date(2020, 1, 1),
        until=None,
        line=number,
    )


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Any comparison of the closed list."""
    name = draw(st.sampled_from(["number", "letter", "flag"]))
    if name == "number":
        operator = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "in", "between"]))
        if operator in ("in", "between"):
            return Comparison(name, operator, draw(st.tuples(st.integers(0, 7), st.integers(0, 7))))
        return Comparison(name, operator, (draw(st.integers(0, 7)),))
    chosen = draw(st.lists(st.sampled_from(DOMAIN[name]), min_size=1, max_size=2, unique=True))
    return Comparison(name, "in", tuple(chosen))


conditions = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Some(tuple(parts))),
    ),
    max_leaves=5,
)


@st.composite
def sound_sheets(draw: st.DrawFn) -> Sheet:
    """A sheet without gap and overlap: the leaves of a random decision tree."""
    clauses: list[Clause] = []

    def grow(above: tuple[Condition, ...], depth: int) -> None:
        if depth == 0 or draw(st.integers(0, 3)) == 0:
            word = draw(st.sampled_from("xyz"))
            clauses.append(clause(len(clauses), Every(above), word))
            return
        test = draw(conditions)
        grow((*above, test), depth - 1)
        grow((*above, Not(test)), depth - 1)

    grow((), 3)
    order = draw(st.permutations(FIELDS))
    return Sheet("toy", "玩具", "unique", ("word",), tuple(order), tuple(clauses), "toy.yaml", 1)


def plainly(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Evaluate a condition on facts in the most obvious way, independent of the engine."""
    match condition:
        case Not(part):
            return not plainly(part, facts)
        case Every(parts):
            return all(plainly(part, facts) for part in parts)
        case Some(parts):
            return any(plainly(part, facts) for part in parts)
        case Comparison(field, operator, operands):
            value: Any = facts[field]
            first: Any = operands[0]
            last: Any = operands[-1]
            answers = {
                "<": value < first if operator == "<" else None,
                "<=": value <= first if operator == "<=" else None,
                ">": value > first if operator == ">" else None,
                ">=": value >= first if operator == ">=" else None,
                "==": value == first,
                "in": value in operands,
                "between": first <= value <= last if operator == "between" else None,
            }
            return bool(answers[operator])
    raise AssertionError(condition)


def reader(name: str) -> Callable[[Any], Any]:
    """Read a field from a mapping."""
    return lambda facts: facts.get(name)


READERS = {name: reader(name) for name in DOMAIN}


def truths(sheet: Sheet) -> dict[tuple[Any, ...], str]:
    """Say by the clauses alone what holds for every combination of values."""
    return {
        values: next(
            str(dict(c.effect.values)["word"])
            for c in sheet.clauses
            if plainly(c.condition, dict(zip(DOMAIN, values, strict=True)))
        )
        for values in product(*DOMAIN.values())
    }


@settings(max_examples=120, deadline=None)
@given(sheet=sound_sheets())
def test_the_table_says_what_the_clauses_say(sheet: Sheet) -> None:
    """On every value of every domain, known or unknown, read in any order.

    Unknown: settled exactly where all completions give the same.
    """
    table = built(sheet)
    root = table.walk(READERS)
    names = list(DOMAIN)
    truth = truths(sheet)
    for facts in product(*((None, *domain) for domain in DOMAIN.values())):
        node = root
        stated = dict(zip(names, facts, strict=True))
        while node.fact is not None:
            node = node.steps[node.fact(stated)]
        possible = {
            word
            for values, word in truth.items()
            if all(fact in (None, value) for fact, value in zip(facts, values, strict=True))
        }
        assert {dict(result.values)["word"] for result in node.results} == possible
        assert (node.settled is not None) == (len(possible) == 1)


@settings(max_examples=60, deadline=None)
@given(sheet=sound_sheets())
def test_no_fact_is_read_that_cannot_matter(sheet: Sheet) -> None:
    """A fact is read only where some completion of what is unknown turns on its value."""
    table, truth, names = built(sheet), truths(sheet), list(DOMAIN)
    for facts in product(*((None, *domain) for domain in DOMAIN.values())):
        stated = dict(zip(names, facts, strict=True))
        node, read = table.walk(READERS), dict[str, Any]()
        while node.fact is not None:
            position = names.index(table.cells[node.field].field.name)
            worlds: dict[tuple[Any, ...], set[str]] = {}
            for values, word in truth.items():
                if all(read.get(n) in (None, v) for n, v in zip(names, values, strict=True)):
                    rest = (*values[:position], *values[position + 1 :])
                    worlds.setdefault(rest, set()).add(word)
            assert any(len(words) > 1 for words in worlds.values())
            read[names[position]] = stated[names[position]]
            node = node.steps[node.fact(stated)]


@settings(max_examples=200, deadline=None)
@given(
    condition=conditions,
    facts=st.fixed_dictionaries(
        {name: st.none() | st.sampled_from(domain) for name, domain in DOMAIN.items()}
    ),
)
def test_kleene_says_unknown_only_where_it_is(condition: Condition, facts: dict[str, Any]) -> None:
    """A definite answer holds for every completion."""

    def truth(test: Comparison) -> bool | None:
        value = facts[test.field]
        return None if value is None else compare(test, value)

    said = holds(condition, truth)
    completions = product(
        *(DOMAIN[name] if value is None else (value,) for name, value in facts.items())
    )
    answers = {plainly(condition, dict(zip(facts, one, strict=True))) for one in completions}
    if said is not None:
        assert answers == {said}


def test_days_are_cut_like_numbers() -> None:
    """A day field compares civil days and names its cells by them."""
    low, high = date(2020, 1, 1).toordinal(), date(2030, 12, 31).toordinal()
    field = Field("day", "day", low=low, high=high)
    cells = cut(field, [date(2024, 1, 1).toordinal(), date(2024, 1, 2).toordinal()])
    codes = [cells.code(date(2023, 12, 31)), cells.code(date(2024, 1, 1)), cells.code(DAY)]
    assert codes == [0, 1, 1]
    assert cells.code(date(2029, 1, 1)) == 2
    assert [cells.label(code) for code in range(4)] == [
        "<= 2023-12-31",
        "2024-01-01",
        ">= 2024-01-02",
        "unknown",
    ]
    assert compare(Comparison("day", "between", (DAY, DAY)), DAY)
