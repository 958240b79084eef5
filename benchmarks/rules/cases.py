"""The question put to every engine: the share of a device's price, by age and household status.

Our own engine decides the whole device rule from raw facts (dates, certificate, catalogue); the
others are asked its share sheet alone, with age and lapse computed beforehand. Age 60 (two clauses,
one reading) and lapsed statuses are among the cases; unknown facts are not, because the others
cannot express them: told nothing, they give an empty result, a catch-all row, a default, or raise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sizhu_rules import DeviceFacts, load_policy
from sizhu_rules.engine.condition import Comparison, Condition, Every
from sizhu_rules.facts.age import age_on
from sizhu_rules.facts.household import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sizhu_rules.eligibility.shared.facts import HouseholdStatus
    from sizhu_rules.engine.rule import Segment
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.verdict import Result

KNOWN_ON = date(2024, 11, 22)
SUBMITTED_ON = date(2024, 11, 21)
POLICY = load_policy("simen")
LAPSED_ON = date(2024, 6, 30)

BASE = DeviceFacts(
    submitted_on=SUBMITTED_ON,
    household_status="none",
    household_valid_to="open_ended",
    certificate_category=4,
    certificate_grade=3,
    certificate_status="valid",
    certificate_valid_to=date(2030, 1, 1),
    device_class_code="1222",
    device_life_years=4,
    device_allowed_categories=(4,),
    device_cap_fen=120_000,
    device_qty=1,
    price_fen=120_000,
    last_delivered_on="never",
    open_same_class=False,
)


class Case(NamedTuple):
    """One application: as we get it, and what the other engines are told of it."""

    facts: DeviceFacts
    age: int
    status: str
    lapsed: bool


Cell = tuple[int, str, bool]


class Row(NamedTuple):
    """One line of a first-hit table: bounds of age (included), statuses, lapse; None is any."""

    low: int | None
    high: int | None
    statuses: tuple[str, ...] | None
    lapsed: bool | None
    answer: str

    def holds(self, age: int, status: str, *, lapsed: bool) -> bool:
        """Tell whether the line answers this case."""
        return (
            (self.low is None or age >= self.low)
            and (self.high is None or age <= self.high)
            and (self.statuses is None or status in self.statuses)
            and (self.lapsed is None or lapsed is self.lapsed)
        )


def cases() -> list[Case]:
    """Return 400 applications, ages 39 to 79; four in ten households have no status."""
    households: list[tuple[HouseholdStatus, bool]] = [
        *(("none", False) for _ in range(4)),
        *((status, False) for status in STATUSES if status != "none"),
        ("dibao", True),
    ]
    found = []
    for years in range(40, 80):
        birth = date(SUBMITTED_ON.year - years, 1 + years * 5 % 12, 1 + years % 28)
        for status, lapsed in households:
            facts = replace(
                BASE,
                birth_date=birth,
                household_status=status,
                household_valid_to=LAPSED_ON if lapsed else "open_ended",
            )
            age = age_on(birth, SUBMITTED_ON, "day_after")
            found.append(Case(facts, age, status, lapsed))
    return found


def segment() -> Segment:
    """Return the device rule as in force on the day of the cases."""
    found = POLICY.rules["device"].segment(SUBMITTED_ON)
    if found is None:
        raise SystemExit("no device rule is in force on the day of the cases; correct the day")
    return found


def share_table() -> Table:
    """Return the compiled share sheet."""
    return segment().tables[0]


def answer_of(result: Result) -> str:
    """Write what a result gives a person, reasons aside: "eligible 0", "needs_review 0|1/2"."""
    options = result.candidates or (result.values,)
    return f"{result.verdict} {'|'.join(str(value) for values in options for _, value in values)}"


def expected(case: Case) -> str:
    """Return the share sheet's own answer, from the raw facts."""
    settled = segment().sheet("device.share", case.facts).settled
    if settled is None:
        raise SystemExit("a case of the benchmark is not settled; complete its facts")
    return answer_of(settled)


def first_hit_rows() -> list[Row]:
    """Return the share sheet as the shortest table that a first-hit engine needs.

    Clauses that fire together give a line of their own; the narrowest lines come first, and a line
    without which every cell keeps its answer is dropped.
    """
    table = share_table()
    wanted = list(_cells(table))
    answers = {table.fired(cell): answer_of(table.result(cell)) for cell in table.ordinary()}
    rows = [
        _row([table.clauses[position].condition for position in fired], answer)
        for fired, answer in answers.items()
    ]
    for row in tuple(rows):
        twin = row._replace(lapsed=True)
        if row.lapsed is False and twin in rows:  # lapsed or not is all the same there
            rows = [other for other in rows if other not in (row, twin)]
            rows.append(row._replace(lapsed=None))
    rows.sort(key=lambda row: sum(part is None for part in row))
    for row in tuple(rows):
        fewer = [other for other in rows if other is not row]
        if all(first_hit(fewer, cell) == answer for cell, answer in wanted):
            rows = fewer
    return rows


def first_hit(rows: Sequence[Row], cell: Cell) -> str | None:
    """Return the answer of the first line that holds."""
    age, status, lapsed = cell
    for row in rows:
        if row.holds(age, status, lapsed=lapsed):
            return row.answer
    return None


def _cells(table: Table) -> Iterator[tuple[Cell, str]]:
    ages, statuses, lapses = (cast("tuple[Any, ...]", cells.points) for cells in table.cells)
    for codes in table.ordinary():
        age, status, lapsed = codes
        cell = (ages[age], statuses[status], lapses[lapsed])
        yield cell, answer_of(table.result(codes))


def _row(conditions: Sequence[Condition], answer: str) -> Row:
    row = Row(None, None, None, None, answer)
    for test in (test for condition in conditions for test in _tests(condition)):
        operands: tuple[Any, ...] = test.operands  # bound: no parameter's name is left
        if test.field == "age" and test.operator == "<=":
            row = row._replace(high=operands[0])
        elif test.field == "age" and test.operator == ">=":
            row = row._replace(low=operands[0])
        elif test.field == "household.status" and test.operator in {"==", "in"}:
            row = row._replace(statuses=tuple(operands))
        elif test.field == "household.lapsed" and test.operator == "==":
            row = row._replace(lapsed=operands[0])
        else:
            raise SystemExit(f"the share sheet now tests {test.field} {test.operator}; teach me it")
    return row


def _tests(condition: Condition) -> list[Comparison]:
    parts = condition.parts if isinstance(condition, Every) else (condition,)
    if not all(isinstance(part, Comparison) for part in parts):
        raise SystemExit("the share sheet is no list of conjunctions any more; teach me its form")
    return [part for part in parts if isinstance(part, Comparison)]
