"""The second engine: durable_rules says the same on the whole domain of every sheet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules import decide, engines, load_policy
from sizhu_rules.engine.durable import MOST_ROWS, Durable, definition_json
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend

if TYPE_CHECKING:
    from sizhu_rules import Policy
    from sizhu_rules.engine.table import Table

ABSENT = engines.available()["durable"]
needs_durable = pytest.mark.skipif(
    ABSENT is not None and os.environ.get("CI") != "true",
    reason=f"durable_rules is absent: {ABSENT}",
)
SIXTY_ONE = {
    **HARMLESS_DEVICE,
    "birth_date": "1963-11-20",
    "submitted_on": "2024-11-21",
    "household.status": "none",
}


def tables(policy: Policy) -> list[Table]:
    """List every compiled sheet of a policy."""
    return [
        table
        for rule in policy.rules.values()
        for segment in rule.segments
        if segment is not None
        for table in segment.tables
    ]


def values_of(table: Table, codes: tuple[int, ...]) -> list[Any]:
    """Return one value of each cell."""
    return [cells.points[code] for cells, code in zip(table.cells, codes, strict=True)]


def test_the_second_engine_is_there_where_it_must_be() -> None:
    """CI has a compiler: there its absence is a failure, elsewhere it comes with a reason."""
    if os.environ.get("CI") == "true":
        assert ABSENT is None, ABSENT
    assert engines.available()["native"] is None
    assert ABSENT is None or "durable_rules" in ABSENT


@needs_durable
@pytest.mark.parametrize("table", tables(load_policy("simen@working")), ids=lambda t: t.sheet.name)
def test_both_engines_agree_on_the_whole_domain(table: Table) -> None:
    """Every cell on known facts: the same clauses fire in both."""
    durable = Durable()
    for codes in table.ordinary():
        fired = durable.fired(table, values_of(table, codes))
        native = table.result(codes).clauses
        assert tuple(table.clauses[position].index for position in fired) == native


@needs_durable
def test_both_engines_agree_on_every_age_and_minute(policy: Policy) -> None:
    """Not one point per cell but every number: boundaries are where engines differ."""
    durable = Durable()
    share = tables(policy)[0]
    for age in range(131):
        for status in share.cells[1].points:
            values: list[Any] = [age, status, False]
            codes = [c.code(v) for c, v in zip(share.cells, values, strict=True)]
            fired = durable.fired(share, values)
            assert tuple(share.clauses[i].index for i in fired) == share.result(codes).clauses
    sheets = {table.sheet.name: table for table in tables(policy)}
    looks: list[tuple[str, list[Any]]] = [
        ("points.plausibility", [minutes, "clear", "volunteer", True])
        for minutes in range(-40, 560)
    ]
    looks += [("points.visit", [half_hours, True]) for half_hours in range(20)]
    for name, values in looks:
        table = sheets[name]
        codes = [c.code(v) for c, v in zip(table.cells, values, strict=True)]
        fired = durable.fired(table, values)
        assert tuple(table.clauses[i].index for i in fired) == table.result(codes).clauses


@needs_durable
@pytest.mark.parametrize(
    "facts",
    [
        SIXTY_ONE,
        {**SIXTY_ONE, "submitted_on": "2024-06-01"},
        {"submitted_on": "2024-06-01"},
        {},
        {**SIXTY_ONE, "birth_date": "2025-01-01"},
        {**SIXTY_ONE, "submitted_on": "2019-01-01"},
        {**SIXTY_ONE, "household.status": "dibao"},
    ],
)
def test_a_decision_is_cross_checked_with_its_unknowns(
    facts: dict[str, object], policy: Policy
) -> None:
    """Known, unknown, contradicting, undated, before any law: never a false alarm."""
    decision = decide("device", facts, policy=policy, known_on=TODAY)
    agreement = engines.cross_check(decision)
    assert agreement.engine == "durable"
    assert (agreement.cells == 0) == ("NO_RULE_IN_FORCE" in decision.codes)


@needs_durable
@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("donation", {"directed": "person", "submitted_on": "2023-05-01"}),
        ("intent", {"submitted_on": "2023-05-01"}),
        ("points", {"check_in_at": "2023-05-01T09:00:00+08:00"}),
    ],
)
def test_every_rule_can_be_decided_with_a_second_opinion(
    rule: str, facts: dict[str, object], policy: Policy
) -> None:
    """`engine="durable"` asks both and gives the same decision."""
    both = decide(rule, facts, policy=policy, known_on=TODAY, engine="durable")
    alone = decide(rule, facts, policy=policy, known_on=TODAY)
    assert both.to_json() == alone.to_json()


@needs_durable
def test_a_difference_refuses_the_decision(policy: Policy) -> None:
    """A table that says other than its clauses is caught, and the error names no fact."""
    tampered = amend(policy, readings={"boundary_60": "by_income"})
    decision = decide("device", SIXTY_ONE, policy=tampered, known_on=TODAY)
    assert engines.cross_check(decision).cells > 0
    table = tables(tampered)[0]
    results = table.tensor.results
    half = next(r for r in results if ("share", "1/2") in r.values and not r.readings)
    free = next(r for r in results if "DIBAO" in r.codes)
    results[results.index(half)] = free
    decision = decide("device", SIXTY_ONE, policy=tampered, known_on=TODAY)
    with pytest.raises(engines.Disagreement) as caught:
        engines.cross_check(decision)
    assert caught.value.sheet == "device.share"
    assert tampered.digest in str(caught.value)
    assert "1963" not in str(caught.value)


@needs_durable
def test_a_table_that_is_not_its_clauses_is_caught(policy: Policy) -> None:
    """durable_rules is given the clauses: where the table was made of others, it disagrees."""
    other = amend(policy, readings={"boundary_60": "by_income"}, parameters={"device.free_age": 65})
    same = amend(policy, readings={"boundary_60": "by_income"})
    table = tables(same)[0]
    object.__setattr__(table, "clauses", tables(other)[0].clauses)
    decision = decide("device", SIXTY_ONE, policy=same, known_on=TODAY)
    with pytest.raises(engines.Disagreement, match=r"native says \[device\.share\.over_60_half\]"):
        engines.cross_check(decision)


@needs_durable
def test_what_durable_gets_is_small_and_typed(policy: Policy) -> None:
    """At most 64 rows, integers only: text would be compared byte by byte."""
    for table in tables(policy):
        text = definition_json(table)
        assert text.count('"pri"') <= MOST_ROWS * 8
        assert "dibao" not in text


def test_an_engine_that_does_not_exist_is_named_with_those_that_do(policy: Policy) -> None:
    """The error ends in the fix."""
    with pytest.raises(LookupError, match="use one of native, durable"):
        decide("intent", {}, policy=policy, known_on=TODAY, engine="drools")  # type: ignore[arg-type] # the mistake itself


def test_absence_comes_with_the_way_to_get_it(
    policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without durable_rules all works; who asks for it is told why not."""
    monkeypatch.setattr(engines, "_why_no_durable", lambda: "durable_rules is not installed; pip …")
    decision = decide("intent", {"submitted_on": "2024-01-01"}, policy=policy, known_on=TODAY)
    assert decision.verdict == "eligible"
    assert engines.available() == {
        "native": None,
        "durable": "durable_rules is not installed; pip …",
    }
    with pytest.raises(engines.EngineUnavailable, match="not installed"):
        engines.cross_check(decision)


def test_the_reason_of_an_absence_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """No compiler, or Python 3.13 without its flag: each has its own fix."""

    def fails(message: str) -> Any:  # noqa: ANN401 - stands in for the host
        def host() -> None:
            raise ImportError(message)

        return host

    why = engines._why_no_durable.__wrapped__
    monkeypatch.setattr(engines, "_host", fails("No module named 'durable'"))
    assert "needs a C compiler" in (why() or "")
    monkeypatch.setattr(engines, "_host", fails("undefined symbol: PyEval_CallObject"))
    assert "CPPFLAGS" in (why() or "")
