"""From the clauses that fire to what a sheet says: the two safeguards, and every hit policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sizhu_rules.engine.condition import Comparison, Every, Param
from sizhu_rules.engine.parameters import Reading
from sizhu_rules.engine.resolve import (
    BoundClause,
    Conflict,
    beaten,
    effective,
    named_parameters,
    resolve_collect,
    resolve_contradiction,
    resolve_first,
    resolve_sum,
    resolve_unique,
)
from sizhu_rules.engine.sheet import Clause, Effect
from sizhu_rules.engine.verdict import Result, Values, Verdict

FREE: Values = (("share", "0"),)
HALF: Values = (("share", "1/2"),)
OLD = Comparison("age", ">=", (60,), 1)
POOR = Comparison("income", "<", (100,), 1)


def clause(
    index: int,
    values: Values = (),
    *,
    verdict: Verdict = "eligible",
    adverse: bool = False,
    unconfirmed: tuple[str, ...] = (),
    candidates: tuple[Values, ...] = (),
) -> BoundClause:
    """Make a clause that gives this; its id, code and reason follow from its index."""
    effect = Effect(verdict, values, candidates, (f"BECAUSE_{index}",), None, adverse, (), 1)
    day = date(2021, 1, 1)
    text = Clause(f"demo.{index}", "", "", "seed", Every(()), True, effect, day, None, 1)  # noqa: FBT003 - fires when it holds
    codes = (f"BECAUSE_{index}", f"CODE_{index}")
    result = Result(verdict, values, candidates, codes, adverse=adverse, clauses=(index,))
    return BoundClause(index, text, Every(()), (), unconfirmed, {}, result)


def reading(follow: str, *, confirmed: bool) -> Reading:
    """Make a reading between clause 0 and clause 1."""
    sides = (("zero", ("demo.0",)), ("one", ("demo.1",)))
    day = date(2021, 1, 1)
    return Reading(
        *("r", "demo", "which", sides, follow, "DOUBT", "practice", "", "", "us", day),
        confirmed=confirmed,
        confirmed_by=None,
        file="",
        line=1,
    )


def test_what_takes_away_on_an_unconfirmed_number_is_a_review() -> None:
    """A person chooses between what the sheet gives otherwise and this."""
    sheet = [
        clause(0, FREE),
        clause(1, HALF, adverse=True, unconfirmed=("p",)),
        clause(2, (("share", "1/3"),), adverse=True),
        clause(3, (("share", "1/4"),), verdict="needs_review"),
        clause(4, FREE),
    ]
    result = effective(sheet[1], sheet)
    assert (result.verdict, result.values, result.adverse) == ("needs_review", (), False)
    assert result.candidates == (FREE, HALF)
    assert result.rests_on == ("p",)
    assert result.codes == ("BECAUSE_1", "CODE_1")


def test_what_is_confirmed_or_harms_nobody_stands() -> None:
    """The safeguard touches nothing else."""
    harmless = clause(0, FREE, unconfirmed=("p",))
    confirmed = clause(1, HALF, adverse=True)
    assert effective(harmless, [harmless]) is harmless.result
    assert effective(confirmed, [confirmed]) is confirmed.result


def test_clauses_that_agree_speak_together() -> None:
    """One outcome, the reasons of both."""
    fired = [clause(0, FREE), clause(1, FREE)]
    result = resolve_unique(fired, fired, [])
    assert result.values == FREE
    assert result.codes == ("BECAUSE_0", "CODE_0", "BECAUSE_1", "CODE_1")
    assert result.clauses == (0, 1)
    assert (result.readings, result.rests_on) == ((), ())


def test_clauses_that_disagree_need_a_reading() -> None:
    """Without one the sheet does not load."""
    fired = [clause(0, FREE), clause(1, HALF, adverse=True)]
    with pytest.raises(Conflict, match=r"demo\.0 and demo\.1") as caught:
        resolve_unique(fired, fired, [])
    assert [one.id for one in caught.value.clauses] == ["demo.0", "demo.1"]


@pytest.mark.parametrize(("follow", "values"), [("zero", FREE), ("one", HALF)])
def test_a_confirmed_reading_decides(follow: str, values: Values) -> None:
    """The side followed counts, and the decision is marked."""
    fired = [clause(0, FREE), clause(1, HALF, adverse=True)]
    result = resolve_unique(fired, fired, [reading(follow, confirmed=True)])
    index = 0 if follow == "zero" else 1
    assert (result.verdict, result.values) == ("eligible", values)
    assert result.codes == ("DOUBT", f"BECAUSE_{index}", f"CODE_{index}")
    assert (result.clauses, result.readings, result.rests_on) == ((0, 1), ("r",), ())


def test_an_unconfirmed_reading_leaves_it_to_a_person() -> None:
    """With both outcomes, and the reason of the side that would be followed."""
    fired = [clause(0, FREE), clause(1, HALF, adverse=True)]
    result = resolve_unique(fired, fired, [reading("one", confirmed=False)])
    assert (result.verdict, result.values, result.adverse) == ("needs_review", (), False)
    assert result.candidates == (FREE, HALF)
    assert result.codes == ("DOUBT", "BECAUSE_1")
    assert (result.clauses, result.readings, result.rests_on) == ((0, 1), ("r",), ("r",))


def test_an_unconfirmed_reading_of_one_outcome_disputes_nothing() -> None:
    """Both sides give the same: it is given, and marked."""
    fired = [clause(0, FREE), clause(1, FREE)]
    result = resolve_unique(fired, fired, [reading("one", confirmed=False)])
    assert (result.verdict, result.values) == ("eligible", FREE)
    assert result.codes == ("DOUBT", "BECAUSE_1", "CODE_1")


def test_a_confirmed_reading_may_leave_another_moot() -> None:
    """It is looked at first: the side it leaves out raises no doubt any more."""
    fired = [clause(0, FREE), clause(1, HALF, adverse=True), clause(2, FREE)]
    doubtful = reading("zero", confirmed=False)
    sides = (("one", ("demo.1",)), ("two", ("demo.2",)))
    settled = replace(reading("two", confirmed=True), id="settled", sides=sides, code="SETTLED")
    result = resolve_unique(fired, fired, [doubtful, settled])
    assert (result.verdict, result.values, result.readings) == ("eligible", FREE, ("settled",))
    assert result.codes == ("SETTLED", "BECAUSE_0", "CODE_0", "BECAUSE_2", "CODE_2")
    assert resolve_unique(fired[:2], fired, [doubtful]).readings == ("r",)


def test_a_reading_of_which_one_side_speaks_is_silent() -> None:
    """Also where another reading speaks."""
    fired = [clause(0, FREE), clause(2, FREE)]
    assert resolve_unique(fired, fired, [reading("zero", confirmed=False)]).readings == ()


def test_a_burden_rests_on_what_silences_the_kinder_clauses() -> None:
    """Whose silence nobody has confirmed: then a person looks, with both outcomes."""
    half = clause(1, HALF, adverse=True)
    kinder = replace(clause(0, FREE), guards={OLD: ("p", "q"), POOR: ("q",)})
    assert kinder.guarded_by == ("p", "q")
    result = resolve_unique([half], [kinder, half], [], [kinder])
    assert (result.verdict, result.values, result.adverse) == ("needs_review", (), False)
    assert (result.candidates, result.rests_on) == ((FREE, HALF), ("p", "q"))
    assert result.codes == ("BECAUSE_1", "CODE_1")


def test_a_burden_stands_beside_silent_clauses_that_are_no_kinder() -> None:
    """As it does beside none; and a favour stands in any case."""
    half = clause(1, HALF, adverse=True)
    guarded = {OLD: ("p",)}
    equal = replace(clause(2, (("share", "1/3"),), adverse=True), guards=guarded)
    worse = replace(clause(3, verdict="not_eligible"), guards=guarded)
    review = replace(clause(4, verdict="needs_review"), guards=guarded)
    assert beaten(half.result, [equal, worse], [half]) is half.result
    assert beaten(half.result, [], [half]) is half.result
    assert beaten(half.result, [review], [half]).rests_on == ("p",)
    free = clause(0, FREE)
    assert beaten(free.result, [review], [free]) is free.result


def test_of_silent_clauses_the_first_that_fires_fears_those_before_it() -> None:
    """One behind it would not have counted."""
    half = clause(1, HALF, adverse=True)
    before = replace(clause(0, FREE), guards={OLD: ("p",)})
    behind = replace(clause(2, FREE), guards={OLD: ("p",)})
    assert resolve_first([half], [before, half, behind], [behind]) is half.result
    result = resolve_first([half], [before, half, behind], [before, behind])
    assert (result.verdict, result.candidates) == ("needs_review", (FREE, HALF))


def test_of_several_that_fire_the_first_fears_none_behind_it() -> None:
    """Also where one more fires farther behind: it does not count anyway."""
    half, third = clause(0, HALF, adverse=True), clause(2, (("share", "1/3"),), adverse=True)
    between = replace(clause(1, FREE), guards={OLD: ("p",)})
    assert resolve_first([half, third], [half, between, third], [between]) is half.result


@pytest.mark.parametrize(
    ("fires_when", "age", "income", "might"),
    [
        (True, 59, 99, True),
        (True, 60, 99, True),
        (True, 60, 100, False),
        (False, 60, 99, True),
        (False, 60, 100, True),
    ],
)
def test_a_clause_might_fire_whatever_is_unconfirmed(
    *, fires_when: bool, age: int, income: int, might: bool
) -> None:
    """A guarded comparison may come out either way; the others are as they are."""
    one = clause(0)
    bound = replace(
        one,
        clause=replace(one.clause, fires_when=fires_when),
        condition=Every((OLD, POOR)),
        guards={OLD: ("p",)},
    )
    assert bound.might_fire({"age": age, "income": income}) is might


def test_a_clause_that_fires_where_nothing_holds_might_not() -> None:
    """A requirement that is met for certain is no problem."""
    one = clause(0)
    text = replace(one.clause, fires_when=False)
    bound = replace(one, clause=text, condition=Every((POOR,)), guards={OLD: ("p",)})
    assert not bound.might_fire({"age": 60, "income": 99})
    assert bound.might_fire({"age": 60, "income": 100})


def test_a_parameter_is_named_with_the_line_on_which_it_stands() -> None:
    """Of a comparison its own, if it has one; of an outcome that of the outcome."""
    written = clause(0).clause
    condition = Every(
        (
            Comparison("age", ">=", (Param("old"),), 7),
            Comparison("age", "<", (Param("young"),), 0),
            Comparison("age", "<", (3,), 8),
        )
    )
    effect = replace(
        written.effect,
        values=(("share", Param("share")), ("kind", "x")),
        candidates=((("share", Param("rival")),),),
        rests_on=("list",),
        line=9,
    )
    assert named_parameters(replace(written, condition=condition, effect=effect, line=5)) == [
        *(("old", 7), ("young", 5), ("share", 9), ("rival", 9), ("list", 9))
    ]


def test_a_reading_applies_where_both_sides_speak() -> None:
    """And where the side it follows is one of them; who stands on no side is heard."""
    alone = [clause(1, HALF)]
    assert resolve_unique(alone, alone, [reading("one", confirmed=True)]).readings == ()
    third = [clause(0, FREE), clause(1, HALF), clause(2, FREE)]
    result = resolve_unique(third, third, [reading("zero", confirmed=True)])
    assert result.codes == ("DOUBT", "BECAUSE_0", "CODE_0", "BECAUSE_2", "CODE_2")
    with pytest.raises(Conflict):
        resolve_unique(third, third, [reading("one", confirmed=True)])


def test_the_first_counts_alone() -> None:
    """Whatever the others say, with the safeguard."""
    fired = [clause(0, FREE), clause(1, HALF)]
    assert resolve_first(fired, fired) is fired[0].result
    doubtful = [clause(0, HALF, adverse=True, unconfirmed=("p",)), clause(1, FREE)]
    assert resolve_first(doubtful, doubtful).candidates == (FREE, HALF)


def test_a_sum_adds_what_fires() -> None:
    """And is nought where nothing does."""
    fired = [clause(0, (("a", 2), ("b", 3))), clause(1, (("a", 5),))]
    result = resolve_sum(fired, ["a", "b"])
    assert (result.verdict, result.adverse) == ("eligible", False)
    assert result.values == (("a", 7), ("b", 3))
    assert result.codes == ("BECAUSE_0", "CODE_0", "BECAUSE_1", "CODE_1")
    assert result.clauses == (0, 1)
    assert resolve_sum([], ["a"]).values == (("a", 0),)


def test_problems_stand_together() -> None:
    """The strongest verdict, all codes, what any of them rests on."""
    fired = [
        clause(0, verdict="needs_review"),
        clause(1, verdict="not_eligible", adverse=True),
        clause(2, verdict="not_eligible", adverse=True, unconfirmed=("p",)),
    ]
    result = resolve_collect(fired, fired)
    assert (result.verdict, result.adverse) == ("not_eligible", True)
    assert result.problems == result.codes
    assert result.codes[:2] == ("BECAUSE_0", "CODE_0")
    assert (result.clauses, result.rests_on) == ((0, 1, 2), ("p",))
    calm = resolve_collect(fired[:1], fired)
    assert (calm.verdict, calm.adverse, calm.rests_on) == ("needs_review", False, ())


def test_nothing_is_in_order_and_a_problem_at_once() -> None:
    """The clause that finds no problem stands alone."""
    order, problem = clause(0), clause(1, verdict="needs_review")
    costs = clause(2, adverse=True)
    assert resolve_collect([order], [order]).verdict == "eligible"
    with pytest.raises(Conflict):
        resolve_collect([order, problem], [order, problem])
    assert resolve_collect([costs, problem], [costs, problem]).adverse


def test_a_contradiction_that_cannot_matter_does_not() -> None:
    """All ordinary cells say the same: so does this one, by what they share."""
    one = Result("eligible", FREE, (), ("A", "B"), adverse=False, clauses=(0, 2), readings=("r",))
    two = replace(one, codes=("B", "C"), clauses=(2, 3))
    result = resolve_contradiction([one, two], "IMPLAUSIBLE")
    assert (result.values, result.codes) == (FREE, ("B",))
    assert (result.clauses, result.readings) == ((2,), ())


def test_a_contradiction_that_cannot_matter_rests_on_what_any_cell_does() -> None:
    """One of them holds, nobody knows which."""
    cells = [
        Result("needs_review", (), (FREE,), (), adverse=False, clauses=(), rests_on=names)
        for names in (("p", "q"), ("r", "p"))
    ]
    assert resolve_contradiction(cells, "IMPLAUSIBLE").rests_on == ("p", "q", "r")


def test_a_contradiction_that_matters_is_for_a_person() -> None:
    """With every outcome that is possible, each once."""
    free = Result("eligible", FREE, (), ("A", "B"), adverse=False, clauses=(0, 2))
    half = Result("eligible", HALF, (), ("B",), adverse=True, clauses=(1, 2))
    review = Result("needs_review", (), (FREE, HALF), ("B",), adverse=False, clauses=(2,))
    result = resolve_contradiction([free, half, review], "IMPLAUSIBLE")
    assert (result.verdict, result.values, result.adverse) == ("needs_review", (), False)
    assert result.candidates == (FREE, HALF)
    assert (result.codes, result.clauses) == (("IMPLAUSIBLE", "B"), (2,))


def test_a_contradiction_in_a_field_of_one_cell_changes_nothing() -> None:
    """There is nothing else it could be."""
    one = Result("eligible", FREE, (), ("A",), adverse=False, clauses=(0,))
    assert resolve_contradiction([one], "IMPLAUSIBLE") == one
