"""`preview`: who gains, who loses, what it costs; sums only, small cells hidden."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from sizhu_rules import BulkError, DeviceFacts, decide, load_policy
from sizhu_rules.bulk import cost_text, preview
from sizhu_rules.facts.age import age_on
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from sizhu_rules import Decision, Policy

    People = Callable[[int, int], list[DeviceFacts]]
    Typed = Callable[[list[DeviceFacts]], pa.Table]

SIXTY = amend(load_policy("simen"), readings={"boundary_60": "by_income"})
SEVENTY = amend(SIXTY, parameters={"device.free_age": 70})
RANK = {"not_eligible": 0, "needs_review": 1, "needs_facts": 1, "eligible": 2}
BANDS = ((18, "0–17"), (45, "18–44"), (60, "45–59"), (70, "60–69"), (80, "70–79"), (999, "80+"))


def effect(old: Decision, new: Decision) -> str:
    """Say for one person what the module says for many."""
    if new.verdict == "needs_review" != old.verdict:
        return "to_review"
    change = RANK[new.verdict] - RANK[old.verdict]
    if change == 0:
        paid = [one.outcome.get("personal_fen") for one in (old, new)]
        if None not in paid:
            change = int(paid[0]) - int(paid[1])  # type: ignore[call-overload] # fen are numbers
        elif "share" in old.outcome and "share" in new.outcome:
            change = (old.outcome["share"] == "1/2") - (new.outcome["share"] == "1/2")
    return "gains" if change > 0 else "loses" if change < 0 else "same"


def granted(decision: Decision) -> int:
    """Return what is granted without review, in fen."""
    fen = decision.outcome.get("subsidy_fen", 0)
    return fen if decision.verdict == "eligible" and isinstance(fen, int) else 0


def band(facts: DeviceFacts) -> str:
    """Return the age band on the day of submission."""
    if facts.birth_date is None or facts.submitted_on is None:
        return "unknown"
    if facts.birth_date > facts.submitted_on:
        return "unknown"
    age = age_on(facts.birth_date, facts.submitted_on, "day_after")
    return "unknown" if age > 130 else next(name for limit, name in BANDS if age < limit)


@pytest.mark.parametrize(("before", "after"), [(SIXTY, SEVENTY), (SEVENTY, SIXTY)])
def test_sums_are_those_of_deciding_everybody_twice(
    tmp_path: Path, people: People, typed_table: Typed, before: Policy, after: Policy
) -> None:
    """In total, by village, by age band; whatever is shown is right, and most is shown."""
    facts = people(31, 3_000)
    pq.write_table(typed_table(facts), tmp_path / "r.parquet", row_group_size=500)
    found = preview(tmp_path / "r.parquet", before=before, after=after, known_on=TODAY)
    counts: Counter[tuple[str, str]] = Counter()
    for number, one in enumerate(facts):
        old, new = (decide("device", one, policy=p, known_on=TODAY) for p in (before, after))
        for group in ("total", f"33028110{number % 7:04d}", band(one)):
            counts[group, effect(old, new)] += 1
            counts[group, "cost_fen"] += granted(new) - granted(old)
    rows: dict[str, Any] = {"total": found.total, **found.villages, **found.age_bands}
    shown = 0
    for group, row in rows.items():
        for column, cell in row.items():
            if isinstance(cell, int):
                assert cell == counts[group, column], (group, column)
                shown += 1
            elif cell == "<3":
                assert counts[group, column] < 3
    assert shown > len(rows)
    assert found.rows == len(facts)
    assert counts["total", "gains" if after is SEVENTY else "loses"] > 20


def register(tmp_path: Path, births: dict[str, list[str]]) -> Path:
    """Write people of a few villages who differ by their birth date only."""
    facts = {k: v for k, v in HARMLESS_DEVICE.items() if isinstance(v, str | int)}
    names = [*facts, "device.allowed_categories", "household.status", "submitted_on"]
    common = [*map(str, facts.values()), '"[4]"', "none", "2024-11-21"]
    lines = [",".join(["village_id", "birth_date", *names])]
    for village, days in births.items():
        lines += [",".join([village, day, *common]).replace("False", "false") for day in days]
    path = tmp_path / "r.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_differencing_attack_finds_nobody(tmp_path: Path) -> None:
    """One person gains in the small village: neither that nor the amount follows from the rest."""
    over, under = "1960-05-05", "1990-05-05"
    births = {"v1": [over, under], "v2": [over] * 5 + [under], "v3": [over] * 9, "v4": [under] * 4}
    found = preview(register(tmp_path, births), before=SIXTY, after=SEVENTY, known_on=TODAY)
    assert found.total == {"gains": 15, "loses": 0, "to_review": 0, "cost_fen": 900_000}
    gains = {village: row["gains"] for village, row in found.villages.items()}
    assert gains == {"v1": "<3", "v2": "*", "v3": 9, "v4": 0}
    costs = {village: row["cost_fen"] for village, row in found.villages.items()}
    assert costs == {"v1": "*", "v2": "*", "v3": 540_000, "v4": 0}


def test_nothing_of_a_person_leaves(tmp_path: Path) -> None:
    """No id, no date, no price; malformed rows are counted."""
    births = {"v1": ["1960-05-05", "1960-13-05"], "v2": ["1960-05-06"] * 4}
    found = preview(register(tmp_path, births), before=SIXTY, after=SEVENTY, known_on=TODAY)
    text = json.dumps(found.to_dict())
    assert "1960" not in text
    assert "1222" not in text
    assert (found.rows, found.rejected) == (6, 1)
    assert found.to_dict()["from"] == dict(SIXTY.identity.to_dict())


def test_a_rule_by_row_can_be_previewed(tmp_path: Path) -> None:
    """By village; where a rule knows no age and no money there is no band and no cost."""
    path = tmp_path / "d.csv"
    path.write_text("directed,submitted_on,village_id\n" + "none,2024-01-01,v1\n" * 4)
    found = preview(path, before=SIXTY, after=SEVENTY, rule="donation", known_on=TODAY)
    assert found.total == {"gains": 0, "loses": 0, "to_review": 0, "cost_fen": 0}
    assert list(found.age_bands) == ["unknown"]


def test_policies_are_named_as_everywhere(tmp_path: Path) -> None:
    """A region, or a folder that overlays it; what is neither is said."""
    path = register(tmp_path, {"v1": ["1960-05-05"] * 5})
    folder = tmp_path / "draft" / "simen"
    folder.mkdir(parents=True)
    (folder / "region.yaml").write_text(
        'schema: 1\nregion: simen\ntitle: 余姚市泗门镇\nversion: "draft"\n', encoding="utf-8"
    )
    for name in (folder, folder.parent):
        found = preview(path, before="simen", after=str(name), known_on=date(2024, 11, 22))
        assert found.after["version"] == "draft"
    (tmp_path / "empty").mkdir()
    with pytest.raises(BulkError, match="0 regions lie in this folder"):
        preview(path, before="simen", after=str(tmp_path / "empty"), known_on=TODAY)


def test_a_cost_is_shown_in_yuan() -> None:
    """Fen are for machines."""
    assert cost_text(900_001) == "9000.01 元"
    assert cost_text("*") == "*"
