"""Sheets as they are read: what each key may be, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from sizhu_rules.engine.sheet import Sheet, load_sheet
from sizhu_rules.engine.source import compose
from sizhu_rules.errors import PolicyError

FIELDS = "{name: age, type: int, range: [0, 130]}"
CLAUSE = {
    "id": "demo.one",
    "from": "2021-01-01",
    "quote": "so it says",
    "source": "the seed",
    "basis": "seed",
    "when": "always",
    "then": "{}",
}


def sheet(*, top: str = "", fields: str = FIELDS, schema: int = 1, **clause: str | None) -> Sheet:
    """Load a sheet of one clause, changed in some keys (`since` for from); None leaves it out."""
    if "since" in clause:
        clause["from"] = clause.pop("since")
    keys = {**CLAUSE, **clause}
    lines = [f"schema: {schema}", "sheet: demo", "title: demo", *([top] if top else [])]
    lines += [f"fields: [{fields}]", "clauses:"]
    lines += [
        f"  {'-' if key == 'id' else ' '} {key}: {value}"
        for key, value in keys.items()
        if value is not None
    ]
    return load_sheet(compose("\n".join(lines), "demo.yaml"))


def refusal(**changes: str) -> str:
    """Return how a sheet is refused."""
    with pytest.raises(PolicyError) as caught:
        sheet(**changes)  # type: ignore[arg-type] # the keys of `sheet`
    return str(caught.value)


@pytest.mark.parametrize("schema", [0, 2])
def test_another_schema_is_refused(schema: int) -> None:
    """Neither an older nor a newer one is guessed at."""
    with pytest.raises(PolicyError, match="the schema is unknown; write 'schema: 1'"):
        sheet(schema=schema)


@pytest.mark.parametrize("basis", ["seed", "law", "practice", "assumption"])
def test_a_clause_keeps_its_basis(basis: str) -> None:
    """Nobody's assumption passes for law."""
    assert sheet(basis=basis).clauses[0].basis == basis


@pytest.mark.parametrize("hit", ["unique", "first", "collect"])
def test_a_sheet_keeps_its_hit_policy(hit: str) -> None:
    """`unique` where none is named."""
    assert sheet(top=f"hit: {hit}").hit == hit
    assert sheet().hit == "unique"


def test_a_clause_may_hold_for_a_single_day() -> None:
    """Or for many, but not for less than one."""
    clause = sheet(to="2021-01-01").clauses[0]
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 2)]
    assert [clause.in_force(day) for day in days] == [False, True, False]
    longer = sheet(to="2021-01-31").clauses[0]
    assert [longer.in_force(date(2021, month, 31)) for month in (1, 3)] == [True, False]
    assert longer.in_force(date(2021, 1, 15))
    assert "the clause ends before it begins; correct one" in refusal(to="2020-12-31")


@pytest.mark.parametrize(
    ("halves", "fires_when"),
    [
        ({"when": "always", "then": "{}"}, True),
        ({"when": None, "then": None, "require": "always", "otherwise": "{}"}, False),
    ],
)
def test_a_clause_has_two_halves(halves: dict[str, str | None], fires_when: object) -> None:
    """`when` with `then`, or `require` with `otherwise`."""
    found = sheet(**halves)  # type: ignore[arg-type] # the keys of a clause
    assert found.clauses[0].fires_when is fires_when


@pytest.mark.parametrize(
    "halves",
    [
        {"then": None},
        {"when": None},
        {"otherwise": "{}"},
        {"require": "always"},
        {"require": "always", "otherwise": "{}"},
        {"when": None, "require": "always"},
        {"when": None, "then": None, "require": "always"},
        {"when": None, "require": "always", "otherwise": "{}"},
    ],
)
def test_halves_that_do_not_fit_are_refused(halves: dict[str, str | None]) -> None:
    """Neither one alone, nor a half of each, nor three."""
    with pytest.raises(PolicyError, match="a clause needs a condition and an outcome"):
        sheet(**halves)  # type: ignore[arg-type] # the keys of a clause


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("{name: a, type: enum, members: [x]}", None),
        ("{name: a, type: bool}", None),
        ("{name: a, type: day, range: [2021-01-01, 2021-01-02]}", None),
        ("{name: a, type: enum}", "the members of 'a' do not fit its type"),
        ("{name: a, type: bool, members: [x]}", "the members of 'a' do not fit its type"),
        ("{name: a, type: enum, members: [x, x]}", "list each member of an enum once"),
        ("{name: a, type: int}", "an ordered field needs its bounds; add 'range: [first, last]'"),
        ("{name: a, type: int, range: [1]}", "a range has two ends; write [first, last]"),
        ("{name: a, type: int, range: [1, 2, 3]}", "a range has two ends; write [first, last]"),
        ("{name: a, type: int, range: [2, 1]}", "the range is empty; write the smaller end first"),
        ("{name: a, type: int, range: [1, 1]}", "the range is empty; write the smaller end first"),
        ("{name: a, type: bool, range: [0, 1]}", "a field of type bool has no range; take it away"),
        ("{name: a, type: bool}, {name: a, type: bool}", "the field 'a' stands here twice"),
    ],
)
def test_what_a_field_may_be(fields: str, fault: str | None) -> None:
    """Members for an enum, a range for what is ordered, each name once."""
    if fault is None:
        assert sheet(fields=fields).fields[0].name == "a"
    else:
        assert fault in refusal(fields=fields)


def test_the_ends_of_a_range() -> None:
    """Whole numbers as they are, days by their ordinals; what has no order has none."""
    ages, flags, days = sheet(
        fields="{name: a, type: int, range: [1, 9]}, {name: b, type: bool},"
        "{name: c, type: day, range: [2021-01-01, 2021-12-31]}"
    ).fields
    assert (ages.low, ages.high) == (1, 9)
    assert days.low == date(2021, 1, 1).toordinal()
    assert days.high == date(2021, 12, 31).toordinal()
    assert (flags.low, flags.high) == (0, 0)


@pytest.mark.parametrize(
    ("then", "basis", "fault"),
    [
        ("{verdict: needs_review, candidates: [{share: '0'}]}", "seed", None),
        ("{verdict: eligible, candidates: [{share: '0'}]}", "seed", "only a review has candidates"),
        ("{candidates: [{share: '0'}]}", "seed", "only a review has candidates"),
        (
            "{verdict: not_eligible, candidates: [{share: '0'}]}",
            "seed",
            "take them away, or write verdict: needs_review",
        ),
        ("{verdict: needs_facts}", "seed", "use one of eligible, not_eligible, needs_review"),
        ("{adverse: yes}", "law", None),
        (
            "{adverse: yes}",
            "practice",
            "an adverse outcome of basis 'practice' must name what it rests on",
        ),
        ("{adverse: yes, rests_on: [p]}", "practice", None),
        ("{adverse: no}", "practice", None),
        ("{verdict: not_eligible}", "seed", None),
        ("{verdict: not_eligible}", "assumption", "must name what it rests on; add 'rests_on"),
        ("{verdict: needs_review}", "assumption", None),
    ],
)
def test_what_an_outcome_may_be(then: str, basis: str, fault: str | None) -> None:
    """Candidates belong to a review; what takes something away rests on something."""
    if fault is None:
        assert sheet(top="gives: [share]", then=then, basis=basis)
    else:
        assert fault in refusal(top="gives: [share]", then=then, basis=basis)


@pytest.mark.parametrize(
    ("then", "adverse"),
    [
        ("{verdict: not_eligible}", True),
        ("{verdict: needs_review}", False),
        ("{verdict: eligible}", False),
        ("{}", False),
        ("{adverse: yes}", True),
    ],
)
def test_a_refusal_is_adverse_by_itself(then: str, adverse: object) -> None:
    """Nothing else is, unless it says so."""
    assert sheet(then=then).clauses[0].effect.adverse is adverse


@pytest.mark.parametrize(
    ("then", "well"),
    [
        ("{score: 1}", True),
        ("{score: 0}", True),
        ("{score: -1}", False),
        ("{score: {param: p}}", True),
        ("{score: yes}", False),
        ("{score: '1'}", False),
        ("{}", False),
        ("{score: 1, verdict: needs_review}", False),
        ("{score: 1, adverse: yes}", False),
    ],
)
def test_what_a_sum_may_add(then: str, well: object) -> None:
    """Whole numbers from nought up, and nothing that decides or takes away."""
    top = "hit: sum\ngives: [score]"
    if well:
        assert sheet(top=top, then=then).hit == "sum"
    else:
        assert "a clause of a sum" in refusal(top=top, then=then)


def test_a_sum_gives_something() -> None:
    """And says what."""
    assert "a sum adds whole numbers" in refusal(top="hit: sum", then="{}")


def test_an_id_is_of_its_sheet_and_its_own() -> None:
    """So that a reading can name it."""
    assert "'other.one' is not of this sheet; begin it with 'demo.'" in refusal(id="other.one")
