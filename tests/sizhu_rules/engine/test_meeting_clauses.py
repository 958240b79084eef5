"""What a sheet says where clauses meet: readings, contradictions, problems collected, sums."""

from __future__ import annotations

from datetime import date

import pytest

from sizhu_rules import PolicyError
from sizhu_rules.engine.field import CONTRADICTION
from sizhu_rules.engine.parameters import load_readings
from sizhu_rules.engine.source import compose
from sizhu_rules.engine.table import Table, compile_sheet
from tests.sizhu_rules.engine.sheets import FIELDS, toy_sheet

DAY = date(2024, 1, 1)
CONTRADICTED = FIELDS.replace("[0, 9]", "[0, 9], contradiction: IMPOSSIBLE")


def toy(*clauses: tuple[str, str, str], hit: str = "unique", readings: str = "") -> Table:
    """Compile a sheet written as YAML; raises the first error."""
    sheet = toy_sheet(*clauses, hit=hit, fields=CONTRADICTED)
    found = load_readings(compose(readings, "readings.yaml")) if readings else {}
    table, errors = compile_sheet(sheet, DAY, {}, found.values(), lambda _values: False, {})
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
