"""The mechanism on sheets of its own: cells, walks, unknowns, contradictions, hit policies."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import PolicyError
from sizhu_rules.engine.condition import Comparison, Every, Not, Some, compare, holds
from sizhu_rules.engine.field import CONTRADICTION, Field, cut
from sizhu_rules.engine.parameters import load_parameters, load_readings
from sizhu_rules.engine.sheet import Clause, Effect, Sheet, load_sheet
from sizhu_rules.engine.source import compose
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


SHEET = """
schema: 1
sheet: toy
title: 玩具
{hit}gives: [word]
fields:
  - {{name: number, type: int, range: [0, 9], contradiction: IMPOSSIBLE}}
  - {{name: letter, type: enum, members: [a, b]}}
clauses:
"""
CLAUSE = """
  - id: toy.{id}
    from: 2020-01-01
    quote: —
    source: test
    basis: law
    when: {when}
    then: {then}
"""


def toy(*clauses: tuple[str, str, str], hit: str = "", readings: str = "") -> Table:
    """Compile a sheet written as YAML; raises the first error."""
    text = SHEET.format(hit=f"hit: {hit}\n" if hit else "")
    text += "".join(CLAUSE.format(id=i, when=when, then=then) for i, when, then in clauses)
    sheet = load_sheet(compose(text, "toy.yaml"))
    found = load_readings(compose(readings, "readings.yaml")) if readings else {}
    table, errors = compile_sheet(sheet, DAY, {}, found.values(), never_adverse, {})
    if table is None:
        raise errors[0]
    return table


LOW = ("low", '{number: {"<=": 5}}', "{word: free, because: [LOW]}")
HIGH = ("high", '{number: {">=": 5}}', "{word: half, because: [HIGH], code: HALF}")
READING = """
five:
  sheet: toy
  question: 5?
  sides: {low: [toy.low], high: [toy.high]}
  follow: high
  code: BOUNDARY
  basis: law
  source: test
  quote: —
  by: test
  on: 2024-01-01
  confirmed: CONFIRMED
"""
CONFIRMED = "yes\n  confirmed_by: test office"


def test_an_overlap_needs_a_reading() -> None:
    """5 is both <= 5 and >= 5: the error shows the cell and what to do."""
    with pytest.raises(PolicyError, match=r"toy\.low and toy\.high disagree where number 5"):
        toy(LOW, HIGH)


def test_an_unconfirmed_reading_leaves_the_choice_to_a_person() -> None:
    """Both candidates are told, with the reading's code and the facts that hold."""
    table = toy(LOW, HIGH, readings=READING.replace("CONFIRMED", "no"))
    result = table.result((1, 0))
    assert (result.verdict, result.values) == ("needs_review", ())
    assert result.candidates == ((("word", "free"),), (("word", "half"),))
    assert result.codes == ("BOUNDARY", "HIGH")


def test_a_confirmed_reading_decides() -> None:
    """The followed side counts; the code stays as a mark."""
    table = toy(LOW, HIGH, readings=READING.replace("CONFIRMED", CONFIRMED))
    result = table.result((1, 0))
    assert (result.verdict, result.values) == ("eligible", (("word", "half"),))
    assert result.codes == ("BOUNDARY", "HIGH", "HALF")


# Whether five belongs to the lower or the upper side, and which of two upper clauses counts.
MORE = ("more", '{number: {">=": 5}}', "{word: free, because: [HIGH], code: FREE}")
FIVE = READING.replace("[toy.high]", "[toy.high, toy.more]").replace("CONFIRMED", CONFIRMED)
WHICH = (
    READING.replace("five:", "which:")
    .replace("low: [toy.low], high: [toy.high]", "high: [toy.high], more: [toy.more]")
    .replace("BOUNDARY", "WHICH")
    .replace("CONFIRMED", "no")
)


def test_a_confirmed_reading_settles_its_question_and_leaves_another_open() -> None:
    """Five belongs to the upper side; which of the upper clauses counts is for a person."""
    result = toy(LOW, HIGH, MORE, readings=FIVE + WHICH).result((1, 0))
    assert result.verdict == "needs_review"
    assert result.rests_on == ("which",)
    assert result.codes == ("BOUNDARY", "WHICH", "HIGH")


@pytest.mark.parametrize("moot_first", [False, True])
def test_a_question_that_a_confirmed_reading_made_moot_is_not_asked(*, moot_first: bool) -> None:
    """Five belongs to the lower side: nobody need rule on what holds above, in either order."""
    five = FIVE.replace("follow: high", "follow: low")
    readings = WHICH + five if moot_first else five + WHICH
    result = toy(LOW, HIGH, MORE, readings=readings).result((1, 0))
    assert (result.verdict, result.values) == ("eligible", (("word", "free"),))
    assert result.readings == ("five",)
    assert result.codes == ("BOUNDARY", "LOW")


def test_clauses_that_agree_need_no_reading() -> None:
    """Two sentences that say the same are no conflict; both reasons are told."""
    table = toy(LOW, ("also", '{number: {">=": 5}}', "{word: free, because: [HIGH]}"))
    assert table.result((1, 0)).codes == ("LOW", "HIGH")


def test_a_gap_shows_a_counter_example() -> None:
    """What no clause covers is named as facts."""
    with pytest.raises(PolicyError, match=r"where number >= 6, letter a \(and in 1 more cells\)"):
        toy(LOW)


def test_a_contradiction_matters_only_where_the_fact_does() -> None:
    """An impossible number: free where the letter decides anyway, else a person looks."""
    table = toy(
        ("a", '{letter: {"==": a}}', "{word: free}"),
        ("b_low", '{letter: {"==": b}, number: {"<": 5}}', "{word: free}"),
        ("b_high", '{letter: {"==": b}, number: {">=": 5}}', "{word: half}"),
    )
    impossible = table.cells[0].code(CONTRADICTION)
    assert table.result((impossible, 0)).values == (("word", "free"),)
    result = table.result((impossible, 1))
    assert (result.verdict, result.codes) == ("needs_review", ("IMPOSSIBLE",))
    assert result.candidates == ((("word", "free"),), (("word", "half"),))


def test_collect_lists_all_problems_and_the_worst_verdict() -> None:
    """not_eligible beats needs_review beats eligible; nothing is left out."""
    table = toy(
        ("fine", '{number: {"<": 5}, letter: {"==": a}}', "{}"),
        ("number", '{number: {">=": 5}}', "{verdict: not_eligible, because: [NUMBER]}"),
        ("letter", '{letter: {"==": b}}', "{verdict: needs_review, because: [LETTER]}"),
        hit="collect",
    )
    assert table.result((0, 0)).verdict == "eligible"
    assert table.result((0, 1)).codes == ("LETTER",)
    both = table.result((1, 1))
    assert (both.verdict, both.codes) == ("not_eligible", ("NUMBER", "LETTER"))


def test_collect_refuses_to_call_a_problem_in_order() -> None:
    """The clause that finds nothing may not hold beside a problem."""
    with pytest.raises(PolicyError, match=r"toy\.fine and toy\.number disagree"):
        toy(
            ("fine", "always", "{}"),
            ("number", '{number: {">=": 5}}', "{verdict: needs_review, because: [NUMBER]}"),
            hit="collect",
        )


def test_a_sum_takes_nothing_away() -> None:
    """What it took away would be adverse, and the safeguard looks at no clause of a sum."""
    with pytest.raises(PolicyError, match="whole numbers from 0 up"):
        toy(("less", '{number: {"<=": 5}}', "{word: -1}"), hit="sum")
    assert toy(("none", '{number: {"<=": 5}}', "{word: 0}"), hit="sum").size == 12


def test_a_sheet_too_large_is_split() -> None:
    """Ten thousand cells are no sheet an official can read."""
    clauses = tuple((f"c{n}", f'{{number: {{"==": {n}}}}}', "{word: x}") for n in range(10))
    names = "".join(
        f"  - {{name: f{n}, type: enum, members: [a, b, c, d, e, f, g, h]}}\n" for n in range(4)
    )
    text = SHEET.format(hit="").replace("clauses:\n", names + "clauses:\n")
    text += "".join(CLAUSE.format(id=i, when=when, then=then) for i, when, then in clauses)
    _, errors = compile_sheet(load_sheet(compose(text, "toy.yaml")), DAY, {}, (), never_adverse, {})
    assert "split it into stages" in str(errors[0])


def test_parameters_are_timelines() -> None:
    """Two touching periods are two values."""
    value = (
        "- {value: 1, from: 2024-01-01, to: 2024-06-30, basis: law, source: s,"
        " checked_on: 2024-01-01, owner: o, confirmed: yes}"
    )
    later = value.replace("value: 1", "value: 2").replace("2024-01-01, to", "2024-07-01, to")
    later = later.replace("to: 2024-06-30, ", "")
    found = load_parameters(compose(f"x:\n  {value}\n  {later}\n", "p.yaml"))
    assert [v.value for v in found["x"]] == [1, 2]
