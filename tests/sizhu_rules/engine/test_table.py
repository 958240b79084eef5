"""A sheet compiled: its cells, what each says, and every way in which it is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.parameters import load_parameters, load_readings
from sizhu_rules.engine.source import compose
from sizhu_rules.engine.table import Table, compile_sheet, describe
from sizhu_rules.errors import GapError, OverlapError, PolicyError
from tests.sizhu_rules.engine.sheets import FIELDS, toy_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.parameters import Parameter

DAY = date(2024, 1, 1)
NUMBERS = """\
five:
  - value: {value}
    from: 2020-01-01
    basis: {basis}
    source: test
    quote: —
    checked_on: 2024-01-01
    owner: us
    confirmed: {confirmed}
"""
LOW = ("low", '{number: {"<": {param: five}}}', '{word: "0", because: [LOW]}')
HIGH = ("high", '{number: {">=": {param: five}}}', "{word: half, because: [HIGH]}")


def numbers(value: object = 5, *, confirmed: bool = True) -> Mapping[str, Parameter]:
    """Return the parameter `five`."""
    basis, word = ("seed", "yes") if confirmed else ("assumption", "no")
    text = NUMBERS.format(value=value, basis=basis, confirmed=word)
    timelines = load_parameters(compose(text, "numbers.yaml"))
    return {name: timeline[0] for name, timeline in timelines.items()}


def compiled(
    *clauses: tuple[str, str, str],
    hit: str = "unique",
    fields: str = FIELDS,
    parameters: Mapping[str, Parameter] | None = None,
    day: date = DAY,
) -> tuple[Table | None, list[PolicyError]]:
    """Compile a sheet; a half is adverse."""
    sheet = toy_sheet(*clauses, hit=hit, fields=fields)
    known = numbers() if parameters is None else parameters
    return compile_sheet(sheet, day, known, (), lambda values: ("word", "half") in values, {})


def sound(*clauses: tuple[str, str, str], **options: object) -> Table:
    """Compile a sheet that must be sound."""
    table, errors = compiled(*clauses, **options)  # type: ignore[arg-type] # handed on
    assert errors == []
    assert table is not None
    return table


def refused(*clauses: tuple[str, str, str], **options: object) -> list[PolicyError]:
    """Return the errors of a sheet that must not compile."""
    table, errors = compiled(*clauses, **options)  # type: ignore[arg-type] # handed on
    assert table is None
    return errors


def test_a_table_has_one_cell_more_than_is_known_in_every_field() -> None:
    """Two numbers, two letters, and one unknown each."""
    table = sound(LOW, HIGH)
    assert table.size == 9
    assert list(table.ordinary()) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [table.fired(codes) for codes in table.ordinary()] == [(0,), (0,), (1,), (1,)]
    assert table.result((0, 1)).values == (("word", "0"),)
    assert (table.result((1, 0)).values, table.result((1, 0)).adverse) == (
        (("word", "half"),),
        True,
    )


def letters(*sizes: int) -> str:
    """Write one field for each of these numbers of members."""
    lines = ""
    for position, size in enumerate(sizes):
        members = ", ".join(f"m{number}" for number in range(size))
        lines += f"  - {{name: f{position}, type: enum, members: [{members}]}}\n"
    return lines


def test_a_table_may_be_as_large_as_the_limit() -> None:
    """Ten thousand cells with the unknown ones, and not one more; the error tells the size."""
    always = ("always", "always", LOW[2])
    assert sound(always, fields=letters(99, 99)).size == 10_000
    (error,) = refused(always, fields=letters(72, 136))
    assert error.what == "the sheet has 10001 cells, more than 10000"
    assert error.fix == "split it into stages"
    assert error.file == "toy.yaml"


def test_a_gap_is_told_with_its_first_cell_and_how_many_more() -> None:
    """One is told alone."""
    b = ("b", '{letter: {"==": b}}', "{word: half, because: [HIGH]}")
    low_a = ("a", '{letter: {"==": a}, number: {"<": {param: five}}}', "{word: x, because: [LOW]}")
    (one,) = refused(low_a, b)
    assert isinstance(one, GapError)
    assert one.what == "no clause of toy says what holds where number >= 5, letter a"
    assert one.fix == "add a clause, or widen one"
    (three,) = refused(low_a)
    assert three.what == (
        "no clause of toy says what holds where number <= 4, letter b (and in 2 more cells)"
    )


@pytest.mark.parametrize("hit", ["unique", "first", "collect"])
def test_a_sheet_that_decides_has_no_gap(hit: str) -> None:
    """Whatever its hit policy; of two gaps the second is counted."""
    (gap,) = refused(LOW, hit=hit)
    assert isinstance(gap, GapError)
    assert gap.what.endswith("holds where number >= 5, letter a (and in 1 more cells)")


def test_an_overlap_is_told_once_with_its_first_cell() -> None:
    """At the line of the later clause."""
    b = ("b", '{letter: {"==": b}}', "{word: other, because: [HIGH]}")
    errors = refused(LOW, HIGH, b)
    assert [type(error) for error in errors] == [OverlapError, OverlapError]
    assert [error.what for error in errors] == [
        "toy.low and toy.b disagree where number <= 4, letter b",
        "toy.high and toy.b disagree where number >= 5, letter b",
    ]
    assert {error.line for error in errors} == {24}


def test_a_parameter_without_a_value_is_told_where_it_stands() -> None:
    """Once for every place, with day and fix; clauses of other days are not looked at."""
    errors = refused(LOW, HIGH, parameters={})
    assert [(error.file, error.line) for error in errors] == [("toy.yaml", 15), ("toy.yaml", 22)]
    assert {error.what for error in errors} == {"the parameter 'five' has no value on 2024-01-01"}
    assert errors[0].fix == "add it to the region's policy for that day, or correct its name"


@pytest.mark.parametrize("value", [10, -1, "x"])
def test_a_parameter_outside_the_domain_of_its_field_is_refused(value: object) -> None:
    """It could never be met."""
    errors = refused(LOW, HIGH, parameters=numbers(value))
    assert [error.line for error in errors] == [15, 22]
    assert errors[0].what == f"a parameter gives '{value}', outside the domain of 'number'"
    assert errors[0].fix == "correct the parameter's value, or the field's range"


@pytest.mark.parametrize("value", [-1, "x", "yes"])
def test_a_sum_adds_whole_numbers_from_nought_up(value: object) -> None:
    """What a sum took away would be adverse and unseen."""
    always = ("always", "always", "{word: {param: five}, because: [HIGH]}")
    (error,) = refused(always, hit="sum", parameters=numbers(value))
    assert error.what.endswith("and a sum adds whole numbers from 0 up")
    assert (error.line, error.fix) == (16, "correct the parameter's value")
    table = sound(always, hit="sum", parameters=numbers(0))
    assert table.result((0, 0)).values == (("word", 0),)
    for hit in ("first", "unique"):
        other = sound(always, hit=hit, parameters=numbers(value))
        assert other.result((0, 0)).verdict == "eligible"


def test_of_a_sum_nothing_need_fire() -> None:
    """Then it is nought."""
    table = sound(("low", LOW[1], "{word: 3, because: [LOW]}"), hit="sum")
    assert [table.result(codes).values for codes in ((0, 0), (1, 1))] == [
        (("word", 3),),
        (("word", 0),),
    ]


def test_a_clause_that_only_an_unconfirmed_number_silences_is_silent() -> None:
    """A charge beside it is a review; a confirmed number silences for good."""
    table = sound(LOW, HIGH, parameters=numbers(confirmed=False))
    assert [table.silent(codes) for codes in ((0, 0), (1, 0))] == [(1,), (0,)]
    assert table.result((1, 0)).verdict == "needs_review"
    assert table.result((0, 0)).verdict == "eligible"
    assert sound(LOW, HIGH).silent((1, 0)) == ()


def test_clauses_are_judged_on_what_was_read() -> None:
    """Pass, fail or unknown, with the fields that are known."""
    both = '{number: {"<": {param: five}}, letter: {"==": a}}'
    other = '{or: [{number: {">=": {param: five}}}, {letter: {"==": b}}]}'
    table = sound(("both", both, LOW[2]), ("other", other, HIGH[2]))

    def judged(*codes: int | None) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.result, one.fields) for one in table.judge(codes)]

    number, letter = ("number",), ("letter",)
    assert judged(0, 0) == [("pass", number + letter), ("fail", number + letter)]
    assert judged(0, None) == [("unknown", number), ("unknown", number)]
    assert judged(0, 2) == [("unknown", number), ("unknown", number)]
    assert judged(1, None) == [("fail", number), ("pass", number)]
    assert judged(None, 1) == [("fail", letter), ("pass", letter)]
    assert [one.clause.id for one in table.judge((0, 0))] == ["toy.both", "toy.other"]


READING = """\
r:
  sheet: {sheet}
  question: 5?
  sides: {{low: [toy.low], high: [toy.high]}}
  follow: high
  code: BOUNDARY
  basis: law
  source: test
  quote: —
  by: test
  on: 2024-01-01
  confirmed: no
"""


@pytest.mark.parametrize(("name", "chosen"), [("toy", 1), ("other", 0), ("zoo", 0)])
def test_a_table_keeps_the_readings_of_its_own_sheet(name: str, chosen: int) -> None:
    """Those of other sheets have nothing to say here."""
    readings = load_readings(compose(READING.format(sheet=name), "readings.yaml"))
    sheet = sound(LOW, HIGH).sheet
    table, errors = compile_sheet(sheet, DAY, numbers(), readings.values(), lambda _: False, {})
    assert errors == []
    assert table is not None
    assert len(table.readings) == chosen


def test_a_cell_of_no_field_is_every_case() -> None:
    """A sheet that reads nothing."""
    assert describe((), ()) == "in every case"
