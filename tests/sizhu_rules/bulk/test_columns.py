"""Deciding by column: the same answers as one by one, on every cell and on random people."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sizhu_rules import DeviceFacts, decide, engines, load_policy
from sizhu_rules.engine.batch import CHUNK, SheetLookup
from sizhu_rules.engine.batch_columns import CodeMap, Columns, contradiction, unknown
from sizhu_rules.engine.batch_rule import RuleLookup, columns_of
from sizhu_rules.engine.batch_segment import Answers, SegmentLookup
from sizhu_rules.engine.durable import Durable
from sizhu_rules.engine.field import CONTRADICTION
from sizhu_rules.engine.rule import combine, doubted
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend, edited, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules import Policy
    from sizhu_rules.engine.rule import Answer, Segment
    from sizhu_rules.engine.walk import Node

SHIPPED = load_policy("simen@working")
EVERYTHING = [
    value.name
    for timeline in SHIPPED.law.parameters.values()
    for value in timeline
    if not value.confirmed
]
POLICIES = {
    "shipped": SHIPPED,
    "confirmed": amend(SHIPPED, confirm=[*EVERYTHING, *SHIPPED.law.readings]),
    "free at sixty": amend(SHIPPED, readings={"boundary_60": "free"}),
    "birthday, unconfirmed": amend(
        SHIPPED, parameters={"age.convention": "birthday"}, readings={"boundary_60": "free"}
    ),
    "birthday, catalogue confirmed": amend(
        SHIPPED,
        parameters={"age.convention": "birthday"},
        readings={"boundary_60": "by_income"},
        confirm=["device.catalogue", "device.one_open_per_class"],
    ),
    "a third": amend(SHIPPED, parameters={"device.personal_share": "1/3"}, confirm=EVERYTHING),
}
SEGMENTS = [
    pytest.param(segment, id=f"{name} since {start}")
    for name, rule in SHIPPED.rules.items()
    for start, segment in zip(rule.starts, rule.segments, strict=True)
    if segment is not None
]
PEOPLE = 20_000
ABSENT = engines.available()["durable"]


def grid(sheet: SheetLookup) -> list[Any]:
    """Return the codes of every cell of a sheet, in the order of its numbers."""
    size = len(sheet.numbers)
    return [column.astype(np.uint8) for column in np.unravel_index(np.arange(size), sheet.sizes)]


def walk(root: Node, codes: tuple[int, ...]) -> Node:
    """Walk one cell as the native engine does."""
    while root.fact is not None:
        root = root.child(codes[root.field])
    return root


@pytest.mark.parametrize("segment", SEGMENTS)
def test_every_cell_of_every_sheet_ends_where_the_walk_does(segment: Segment) -> None:
    """Unknown and contradicting cells included; leaves are the very same objects."""
    for table, root in zip(segment.tables, segment.roots, strict=True):
        sheet = SheetLookup(table, root)
        assert len(sheet.numbers) == table.size
        codes = grid(sheet) if sheet.sizes else []
        for cell, number in enumerate(sheet.decide(codes).tolist()):
            where = tuple(int(column[cell]) for column in codes)
            assert sheet.endings[number].leaf is walk(root, where)


@pytest.mark.skipif(
    ABSENT is not None and os.environ.get("CI") != "true",
    reason=f"durable_rules is absent: {ABSENT}",
)
@pytest.mark.parametrize("segment", SEGMENTS)
def test_every_known_cell_fires_the_clauses_that_durable_rules_fires(segment: Segment) -> None:
    """The third engine: what the look-up array gives is what durable_rules says."""
    durable = Durable()
    for table, root in zip(segment.tables, segment.roots, strict=True):
        sheet = SheetLookup(table, root)
        for codes in table.ordinary():
            columns = [np.array([code], dtype=np.uint8) for code in codes]
            leaf = sheet.endings[int(sheet.decide(columns)[0])].leaf
            values = [c.points[code] for c, code in zip(table.cells, codes, strict=True)]
            fired = tuple(table.clauses[i].index for i in durable.fired(table, values))
            assert fired in {result.clauses for result in leaf.results}
            if len(leaf.results) == 1:
                assert fired == leaf.results[0].clauses


def as_columns(lookup: RuleLookup, facts: list[DeviceFacts]) -> Columns:
    """Number typed facts by their forms."""
    columns = {
        raw.path: np.array(
            [lookup.forms[raw.path].of(getattr(one, raw.attribute)) for one in facts],
            dtype=lookup.forms[raw.path].dtype,
        )
        for raw in DeviceFacts.SCHEMA
        if raw.path in lookup.forms
    }
    return Columns(lookup.forms, columns, len(facts))


def lookup_of(policy: Policy) -> RuleLookup:
    """Return the device rule of a policy by column."""
    rule = policy.rules["device"]
    columns = columns_of(rule)
    assert columns is not None
    return RuleLookup(rule, columns)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *((name, PEOPLE // 8) for name in POLICIES),
        pytest.param("shipped", PEOPLE, marks=pytest.mark.slow),
    ],
)
def test_the_device_rule_by_column_says_what_it_says_one_by_one(
    name: str, number: int, people: Callable[[int, int], list[DeviceFacts]]
) -> None:
    """Verdict, adverse, codes and fen of random people, under every kind of policy."""
    facts = people(2026, number)
    lookup = lookup_of(POLICIES[name])
    answers, results = lookup.decide(as_columns(lookup, facts))
    personal, personal_stated = results.numbers["personal_fen"]
    subsidy, subsidy_stated = results.numbers["subsidy_fen"]
    extra = np.zeros(len(facts), int) if results.extra is None else results.extra
    for row, one in enumerate(facts):
        decision = decide("device", one, policy=POLICIES[name], known_on=TODAY)
        decided = lookup.answers.known[int(answers[row])]
        by_column = {
            "verdict": decided.answer.verdict,
            "adverse": decided.answer.adverse,
            "codes": (*decided.answer.codes, *results.codes[int(extra[row])]),
            "personal_fen": int(personal[row]) if personal_stated[row] else None,
            "subsidy_fen": int(subsidy[row]) if subsidy_stated[row] else None,
        }
        assert by_column == {
            "verdict": decision.verdict,
            "adverse": decision.adverse,
            "codes": decision.codes,
            "personal_fen": decision.outcome.get("personal_fen"),
            "subsidy_fen": decision.outcome.get("subsidy_fen"),
        }, decision.to_json()


@pytest.mark.parametrize("convention", ["day_after", "birthday"])
def test_the_twin_of_each_derived_fact_says_what_its_namesake_says(
    convention: str, people: Callable[[int, int], list[DeviceFacts]]
) -> None:
    """Value for value, unknown and contradiction included; every outcome is met."""
    facts = people(59, PEOPLE // 2)
    rule = SHIPPED.rules["device"]
    lookup = lookup_of(SHIPPED)
    raw = as_columns(lookup, facts)
    parameters = {"age.convention": convention}
    for name, twin in lookup.columns.twins.items():
        column = twin.fact(parameters)(raw)
        single = rule.spec.derived[name].fact(parameters)
        special = {unknown(column.dtype): None, contradiction(column.dtype): CONTRADICTION}
        words = dict(enumerate(twin.words))
        met = set()
        for number, one in zip(column.tolist(), facts, strict=True):
            value = special.get(number, words.get(number, number))
            assert value == single(one), (name, one)
            met.add(value)
        assert None in met or name == "identity.consistent"
        assert (CONTRADICTION in met) == (name == "age")
        assert met.issuperset(twin.words)


@pytest.mark.parametrize("convention", ["day_after", "birthday"])
def test_ages_and_lives_turn_on_the_same_days(convention: str) -> None:
    """Each day around each birthday of those born at the end of February, leap years or not."""
    lookup = lookup_of(SHIPPED)
    rule = SHIPPED.rules["device"]
    births = [
        date(y, 2, 26) + timedelta(days=d) for y in (1899, 1900, 1963, 1964) for d in range(5)
    ]
    days = [date(y, 2, 25) + timedelta(days=d) for y in (1964, 2023, 2024, 2100) for d in range(7)]
    facts = [
        DeviceFacts(birth_date=b, submitted_on=d, last_delivered_on=b, device_life_years=years)
        for b in births
        for d in days
        for years in (0, 59, 60, 61, 100)
    ]
    raw = as_columns(lookup, facts)
    parameters = {"age.convention": convention}
    for name in ("age", "device.in_service_life"):
        single = rule.spec.derived[name].fact(parameters)
        column = lookup.columns.twins[name].fact(parameters)(raw)
        wanted = [single(one) for one in facts]
        special = contradiction(column.dtype)
        assert column.tolist() == [special if w is CONTRADICTION else w for w in wanted]


@pytest.mark.parametrize("segment", SEGMENTS)
def test_values_fall_into_the_cells_they_fall_into_one_by_one(segment: Segment) -> None:
    """Both sides of every cut, in every type a column may have."""
    for table in segment.tables:
        for cells in table.cells:
            if cells.field.kind != "int":
                continue
            low, high = cells.field.low, cells.field.high
            values = sorted({low, high, *cells.cuts, *(cut - 1 for cut in cells.cuts)})
            for dtype in (np.int16, np.int32, np.int64):
                if high > np.iinfo(dtype).max or low <= np.iinfo(dtype).min + 1:
                    continue
                codes = CodeMap(cells, ()).codes(np.array(values, dtype=dtype))
                assert codes.tolist() == [cells.code(value) for value in values]
                lowest = np.array([np.iinfo(dtype).min], dtype=dtype)
                assert CodeMap(cells, ()).codes(lowest).tolist() == [cells.known]


def test_long_columns_are_looked_up_like_short_ones() -> None:
    """Eight rows at a time, two threads, odd lengths: the same numbers."""
    chance = np.random.default_rng(3)
    segment = SHIPPED.rules["device"].latest()
    for table, root in zip(segment.tables, segment.roots, strict=True):
        sheet = SheetLookup(table, root)
        rows = CHUNK + 13
        codes = [chance.integers(0, size, rows, dtype=np.uint8) for size in sheet.sizes]
        plain = np.zeros(rows, dtype=np.int64)
        for column, size in zip(codes, sheet.sizes, strict=True):
            plain = plain * size + column
        for threads in (1, 2):
            assert (sheet.decide(codes, threads=threads) == sheet.numbers[plain]).all()


def test_a_code_that_no_cell_has_is_refused() -> None:
    """It would otherwise read the answer of another cell."""
    segment = SHIPPED.rules["device"].latest()
    sheet = SheetLookup(segment.tables[0], segment.roots[0])
    with pytest.raises(ValueError, match="age has codes from 0 to 4 only"):
        sheet.decide([np.array([5], np.uint8), np.zeros(1, np.uint8), np.zeros(1, np.uint8)])


def test_rows_of_different_times_are_decided_by_their_own_law() -> None:
    """Before any law, undated, and on both sides of a change, in one column."""
    sixty = "    - value: 60\n      from: 2021-01-01\n"
    rest = text_of("policy/simen/device.yaml").partition(sixty)[2].partition("  device.")[0]
    later = f"{sixty}      to: 2023-12-31\n{rest}    - value: 65\n      from: 2024-01-01\n"
    text = text_of("policy/simen/device.yaml").replace(sixty, later, 1)
    policy = edited("simen", {"policy/simen/device.yaml": text})
    days = [None, date(2020, 12, 31), date(2021, 1, 1), date(2023, 12, 31), date(2024, 1, 1)]
    harmless = DeviceFacts.from_mapping(HARMLESS_DEVICE)
    facts = [
        replace(harmless, birth_date=date(1961, 5, 5), household_status="none", submitted_on=day)
        for day in [*days, *days]
    ]
    lookup = lookup_of(policy)
    answers, results = lookup.decide(as_columns(lookup, facts))
    codes = [
        (*lookup.answers.known[number].answer.codes, *results.codes[extra])
        for number, extra in zip(answers.tolist(), results.extra.tolist(), strict=True)  # type: ignore[union-attr] # there are several segments
    ]
    wanted = [decide("device", one, policy=policy, known_on=TODAY) for one in facts]
    assert codes == [decision.codes for decision in wanted]
    assert len({decision.codes for decision in wanted}) == 4
    personal, stated = results.numbers["personal_fen"]
    found = [int(fen) if there else None for fen, there in zip(personal, stated, strict=True)]
    assert found == [decision.outcome.get("personal_fen") for decision in wanted]


def by_walking(
    segment: Segment, codes: list[tuple[int, ...]], other: list[tuple[int, ...]]
) -> Answer:
    """Join the leaves of some cells as the native engine joins them; `other` holds rival cells."""
    leaves = tuple(walk(root, cell) for root, cell in zip(segment.roots, codes, strict=True))
    turned = [
        (name, position, node)
        for name, position, root in segment.alternatives
        if leaves[position].weighs
        and not leaves[position].same_as(node := walk(root, other[position]))
    ]
    return combine(doubted(leaves, tuple(turned)))


def draw(chance: np.random.Generator, lookup: SegmentLookup, rows: int) -> dict[str, Any]:
    """Draw codes of all fields; often the first cell, so that adverse answers are met."""
    return {
        name: (chance.integers(0, size, rows) * (chance.random(rows) < 0.4)).astype(np.uint8)
        for sheet in lookup.sheets
        for name, size in zip(sheet.fields, sheet.sizes, strict=True)
    }


@pytest.mark.parametrize("name", POLICIES)
def test_cells_of_all_sheets_give_the_answer_that_walking_gives(name: str) -> None:
    """Every rule, thousands of random cells, unconfirmed alternatives included."""
    chance = np.random.default_rng(17)
    rows, turned = 1_000, 0
    for rule in POLICIES[name].rules.values():
        segment, answers = rule.latest(), Answers()
        lookup = SegmentLookup(segment, answers)
        drawn, rival = (draw(chance, lookup, rows) for _ in range(2))

        def rivals(_number: int, some: Any, rival: dict[str, Any] = rival) -> dict[str, Any]:  # noqa: ANN401 - an array
            return {field: column[some] for field, column in rival.items()}

        numbers = lookup.decide(drawn, rivals, rows)
        for row in range(rows):
            cells, other = (
                [tuple(int(one[field][row]) for field in sheet.fields) for sheet in lookup.sheets]
                for one in (drawn, rival)
            )
            wanted = by_walking(segment, cells, other)
            found = answers.known[int(numbers[row])].answer
            assert found.verdict == wanted.verdict
            assert found.codes == wanted.codes
            assert found.adverse == wanted.adverse
            assert found.values == wanted.values
            turned += "AGE_CONVENTION_UNCONFIRMED" in found.codes
    assert turned > 0 or name in {"confirmed", "a third"}
