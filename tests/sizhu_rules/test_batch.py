"""Deciding by column: the same answers as one by one, on every cell and on random people."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules import DeviceFacts, decide, engines, load_policy
from sizhu_rules.eligibility.device.facts import Component
from sizhu_rules.engine.durable import Durable
from sizhu_rules.testing import TODAY, amend

np = pytest.importorskip("numpy", reason="the extra sizhu[bulk] is not installed")
pytest.importorskip("pyarrow", reason="the extra sizhu[bulk] is not installed")

from sizhu_rules.engine.batch import SheetLookup  # noqa: E402 - needs the extra
from sizhu_rules.engine.batch_columns import Columns  # noqa: E402 - as above
from sizhu_rules.engine.batch_rule import RuleLookup, columns_of  # noqa: E402 - as above

if TYPE_CHECKING:
    from sizhu_rules import Policy
    from sizhu_rules.engine.rule import Segment
    from sizhu_rules.engine.walk import Node

SHIPPED = load_policy("simen")
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
LEAP_DAYS = [date(1964, 2, 29), date(1964, 2, 28), date(1964, 3, 1), date(1960, 2, 29)]
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


def somebody(chance: random.Random) -> DeviceFacts:
    """Return random facts of one application, dense where the rule turns, with random holes."""
    day = date(2024, 11, 21)
    near = chance.choice([day, date(2023, 2, 28), date(2024, 2, 29), date(2020, 12, 31)])
    submitted = chance.choice([day, near, near + timedelta(days=chance.randint(-800, 800))])
    anniversary = submitted.year - chance.choice([59, 60, 61, 0, 130, 131])
    births = [
        *LEAP_DAYS,
        submitted.replace(year=anniversary, day=min(submitted.day, 28))
        + timedelta(days=chance.randint(-2, 2)),
        date(1900, 1, 1) + timedelta(days=chance.randint(0, 46_000)),
    ]
    delivered = [
        date(2020, 2, 29),
        date(2019, 2, 28),
        date(2023, 2, 28),
        submitted,
        date(2010, 5, 5),
    ]
    price = chance.choice([0, 1, 99_999, 120_000, 120_001, 10**12])
    facts: dict[str, Any] = {
        "birth_date": chance.choice(births),
        "birth_date_conflict": chance.choice([None] * 20 + [True, False]),
        "submitted_on": submitted,
        "household_status": chance.choice(
            ["none"] * 3 + ["dibao", "dibian", "tekun", "zhichu", "pending"]
        ),
        "household_valid_to": chance.choice(
            ["open_ended", submitted, submitted - timedelta(days=1)]
        ),
        "certificate_category": chance.randint(1, 7),
        "certificate_components": tuple(
            Component(chance.randint(1, 6), chance.choice([None, 1, 4]))
            for _ in range(chance.randint(0, 3))
        ),
        "certificate_grade": chance.randint(1, 4),
        "certificate_status": chance.choice(
            ["valid"] * 9 + ["expired", "lost", "cancelled", "deceased", "moved"]
        ),
        "certificate_valid_to": submitted + timedelta(days=chance.randint(-1, 9)),
        "device_class_code": "1222",
        "device_life_years": chance.choice(["none", 0, 1, 4, 5, 100]),
        "device_allowed_categories": chance.choice(
            [(1, 2, 3, 4, 5, 6, 7)] * 4 + ["unlisted", (7,), (2, 4), (1,)]
        ),
        "device_cap_fen": chance.choice(["none", 0, 40_000, 120_000, 10**12]),
        "device_qty": chance.choice([1, 1, 2, 3, 1000]),
        "price_fen": price,
        "last_delivered_on": chance.choice(["never", *delivered, *delivered]),
        "open_same_class": chance.choice([False] * 4 + [True]),
    }
    holes = chance.choice([0, 0, 1, 4])
    for name in chance.sample(sorted(facts), holes):
        facts[name] = None
    return DeviceFacts(**facts)


def people(seed: int, number: int = PEOPLE) -> list[DeviceFacts]:
    """Return many random people, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - people, not secrets
    return [somebody(chance) for _ in range(number)]


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


@pytest.mark.parametrize("seed", [2026])
@pytest.mark.parametrize("name", POLICIES)
def test_the_device_rule_by_column_says_what_it_says_one_by_one(name: str, seed: int) -> None:
    """Verdict, adverse, codes, share and fen of random people, under every kind of policy."""
    facts = people(seed, PEOPLE if name == "shipped" else PEOPLE // 4)
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
