"""A charge rests also on the kinder clause that stays silent: on what keeps it silent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from sizhu_rules.checking import adverse_on_unconfirmed
from sizhu_rules.engine.parameters import load_parameters, load_readings
from sizhu_rules.engine.sheet import load_sheet
from sizhu_rules.engine.source import compose
from sizhu_rules.engine.table import Table, compile_sheet

if TYPE_CHECKING:
    from sizhu_rules.engine.verdict import Values

DAY: Final = date(2024, 1, 1)
SHEET: Final = """
schema: 1
sheet: toy
title: 玩具
hit: {hit}
gives: [share]
fields:
  - {{name: number, type: int, range: [0, 9]}}
clauses:
  - id: toy.free
    from: 2020-01-01
    quote: —
    source: test
    basis: law
    when: {{number: {{"<=": {{param: toy.limit}}}}}}
    then: {{share: "0", code: FREE}}
  - id: toy.half
    from: 2020-01-01
    quote: —
    source: test
    basis: law
    when: {when}
    then: {{share: "1/2", adverse: true, code: HALF}}
"""
LIMIT: Final = """
toy.limit:
  - value: 5
    from: 2020-01-01
    basis: assumption
    source: test
    checked_on: 2024-01-01
    owner: test
    confirmed: {confirmed}
"""
READING: Final = """
both:
  sheet: toy
  question: 5?
  sides: {low: [toy.free], high: [toy.half]}
  follow: low
  code: BOUNDARY
  basis: law
  source: test
  quote: —
  by: test
  on: 2024-01-01
  confirmed: yes
  confirmed_by: test office
"""
SHEETS: Final = {"first": "always", "unique": '{number: {">=": 5}}'}


def toy(hit: str, *, confirmed: bool) -> Table:
    """Compile the sheet; what is free up to a limit is charged beyond it by another clause."""
    sheet = load_sheet(compose(SHEET.format(hit=hit, when=SHEETS[hit]), "toy.yaml"))
    word = "yes\n    confirmed_by: test office" if confirmed else "no"
    limits = load_parameters(compose(LIMIT.format(confirmed=word), "limit.yaml"))
    parameters = {name: timeline[0] for name, timeline in limits.items()}
    readings = load_readings(compose(READING, "readings.yaml")).values()
    table, errors = compile_sheet(sheet, DAY, parameters, readings, never_adverse, {})
    assert table is not None, errors
    return table


def never_adverse(_values: Values) -> bool:
    """Judge by what the sheet says itself."""
    return False


@pytest.mark.parametrize("hit", SHEETS)
def test_a_charge_by_an_unconfirmed_limit_of_another_clause_is_a_review(hit: str) -> None:
    """The clause that charges names no limit; it is the kinder one that would have come first."""
    table = toy(hit, confirmed=False)
    result = table.result(table_cell(table, 6))
    assert (result.verdict, result.adverse, result.values) == ("needs_review", False, ())
    assert result.candidates == ((("share", "0"),), (("share", "1/2"),))
    assert result.rests_on == ("toy.limit",)
    assert table.result(table_cell(table, 5)).values == (("share", "0"),)
    assert adverse_on_unconfirmed(table) == 0


@pytest.mark.parametrize("hit", SHEETS)
def test_a_confirmed_limit_charges(hit: str) -> None:
    """Nobody is sent to a person where everything is settled."""
    table = toy(hit, confirmed=True)
    result = table.result(table_cell(table, 6))
    assert (result.verdict, result.adverse) == ("eligible", True)
    assert adverse_on_unconfirmed(table) == 0


def table_cell(table: Table, number: int) -> tuple[int, ...]:
    """Return the cell of a number."""
    return (table.cells[0].code(number),)
