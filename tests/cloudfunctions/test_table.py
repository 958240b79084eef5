from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sizhu_rules import decide, load_policy
from sizhu_rules.export import export_rule
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sizhu_rules import Policy

Facts = dict[str, Any]

EVALUATE = Path(__file__).parent / "support" / "evaluate.js"
NODE = shutil.which("node")
DAY = date(2024, 11, 21)
SAID = ("verdict", "adverse", "outcome", "candidates", "codes")

pytestmark = pytest.mark.skipif(
    NODE is None and not os.environ.get("CI"),
    reason="node is not on PATH: install Node 20 or newer",
)

# Of each field of the two sheets, facts that fall into each of its cells, unknown ones included.
BIRTHS = ("1990-05-05", "1964-03-01", "1963-03-01", "1963-11-20", "1964-11-20", "2025-01-01", None)
STATUSES = ("none", "dibao", "dibian", "tekun", "zhichu", "pending", None)
ENDS = ("open_ended", "2024-11-20", "2024-11-21", None)
CATEGORIES = ((4, [4]), (2, [4]), (4, "unlisted"), (None, [4]), (7, [4]))
CERTIFICATES = (
    ("valid", "2030-01-01"),
    ("valid", "2024-11-20"),
    ("lost", None),
    ("cancelled", None),
    ("deceased", None),
    ("moved", None),
    ("expired", None),
    ("valid", None),
)
LIVES = ((4, "never"), (4, "2020-11-21"), (4, "2020-11-22"), ("none", None), (None, "2020-01-01"))
OPEN = (False, True, None)
CAPS = (("none", 120000), (120000, 120000), (120000, 120001), (120000, None), (None, 99999))

HARMLESS: Facts = {
    "birth_date": "1963-03-01",
    "submitted_on": DAY.isoformat(),
    "household.status": "none",
    "household.valid_to": "open_ended",
    "certificate.category": 4,
    "certificate.components": None,
    "certificate.grade": 3,
    "certificate.status": "valid",
    "certificate.valid_to": "2030-01-01",
    "device.class_code": "1222",
    "device.life_years": 4,
    "device.allowed_categories": [4],
    "device.cap_fen": 120000,
    "device.qty": 1,
    "price_fen": 120000,
    "last_delivered_on": "never",
    "open_same_class": False,
}


def _shares() -> Iterator[Facts]:
    for birth, status, end in product(BIRTHS, STATUSES, ENDS):
        yield {"birth_date": birth, "household.status": status, "household.valid_to": end}


def _entitlements() -> Iterator[Facts]:
    for parts in product(CATEGORIES, CERTIFICATES, LIVES, OPEN, CAPS, (None, True)):
        (category, allowed), (state, valid_to), (years, delivered) = parts[:3]
        one_open, (cap, price), conflict = parts[3:]
        yield {
            "certificate.category": category,
            "device.allowed_categories": allowed,
            "certificate.status": state,
            "certificate.valid_to": valid_to,
            "device.life_years": years,
            "last_delivered_on": delivered,
            "open_same_class": one_open,
            "device.cap_fen": cap,
            "price_fen": price,
            **({"birth_date_conflict": True} if conflict else {}),
        }


def _mixtures(count: int) -> Iterator[Facts]:
    chance = random.Random(20261123)  # noqa: S311 - the same mixtures in every run
    for _ in range(count):
        day = DAY + timedelta(days=chance.randint(-2200, 1200))
        birth = chance.choice(
            [
                day.replace(year=day.year - chance.choice([0, 45, 59, 60, 61, 131]), day=1),
                date(chance.choice([1960, 1964, 1968]), 2, 29),
                date.fromordinal(chance.randint(date(1890, 1, 1).toordinal(), day.toordinal())),
            ]
        )
        category, allowed = chance.choice([*CATEGORIES, (7, [1, 7]), (None, [1, 2, 3, 4, 5, 6, 7])])
        near = (day + timedelta(days=chance.randint(-1, 1))).isoformat()
        mixed: Facts = {
            "birth_date": (birth + timedelta(days=chance.randint(-1, 1))).isoformat(),
            "household.status": chance.choice(STATUSES),
            "household.valid_to": chance.choice(["open_ended", near]),
            "certificate.category": category,
            "certificate.components": chance.choice(
                [[], [{"category": 4, "grade": 2}], [{"category": 1}, {"category": 2, "grade": 4}]]
            ),
            "certificate.status": chance.choice(["valid", "valid", "valid", "lost"]),
            "certificate.valid_to": chance.choice([near, "2031-01-01"]),
            "device.life_years": chance.choice([0, 1, 4, "none"]),
            "device.allowed_categories": allowed,
            "device.cap_fen": chance.choice([0, 50001, 120000, "none"]),
            "device.qty": chance.randint(1, 3),
            "price_fen": chance.choice([0, 1, 99999, 120000, 150001]),
            "last_delivered_on": chance.choice(["never", "2024-02-29", near]),
            "open_same_class": chance.choice([False, False, True]),
        }
        unknown = {name: None for name in mixed if chance.random() < 0.08}
        yield {**mixed, **unknown, "submitted_on": day.isoformat()}


def _by_table(many: Iterable[Facts], *table: str) -> list[Any]:
    # All of them in one process: starting it takes longer than the answers.
    lines = "".join(json.dumps(facts) + "\n" for facts in many)
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(EVALUATE), *table],
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _by_rules(facts: Facts, policy: Policy) -> Any:  # noqa: ANN401 - the JSON of a decision
    decision = decide("device", facts, policy=policy, known_on=DAY).to_dict()
    return {name: decision[name] for name in SAID}


def _compare(
    changes: Iterable[Facts], policy: Policy | None = None, table: Path | None = None
) -> set[str]:
    policy = policy or load_policy("simen")
    many = [{**HARMLESS, **change} for change in changes]
    found = _by_table(many, *([str(table)] if table else []))
    assert len(found) == len(many)
    for facts, said in zip(many, found, strict=True):
        assert said == _by_rules(facts, policy), facts
    return {said["verdict"] for said in found}


def test_the_table_says_the_same_in_every_cell_of_the_share_sheet() -> None:
    """The estimate and the decision agree on age and household, whatever is unknown."""
    assert _compare(_shares()) == {"eligible", "needs_facts", "needs_review"}


@pytest.mark.slow
def test_the_table_says_the_same_in_every_cell_of_the_entitlement_sheet() -> None:
    """The estimate and the decision agree on disability, certificate, life, duplicates and cap."""
    assert _compare(_entitlements()) >= {"eligible", "needs_facts", "needs_review"}


@pytest.mark.slow
def test_the_table_says_the_same_on_mixtures_over_many_days() -> None:
    """The estimate and the decision agree where both sheets speak, on birthdays and leap days."""
    assert _compare(_mixtures(4000)) >= {"eligible", "needs_facts", "needs_review"}


@pytest.mark.slow
@pytest.mark.parametrize("side", ["free", "by_income"])
def test_the_table_says_the_same_where_no_convention_is_confirmed(
    side: str, tmp_path: Path
) -> None:
    """On a birthday a charge is a question in both, also beside something else that is open."""
    policy = amend(
        load_policy("simen"),
        parameters={"age.convention": "birthday"},
        readings={"boundary_60": side},
        confirm=["device.catalogue"],
    )
    table = tmp_path / "device.json"
    table.write_text(json.dumps(export_rule(policy, "device")), encoding="utf-8")
    births = [f"{year}-11-{day}" for year in (1963, 1964) for day in (20, 21, 22)]
    opens = [
        {"birth_date": birth, "open_same_class": one, "certificate.status": state, "price_fen": fen}
        for birth, one, state, fen in product(
            births, OPEN, ("valid", "lost", "cancelled", None), (120000, None)
        )
    ]
    holes = [
        {**one, "household.status": status, "household.valid_to": end}
        for one, status, end in product(opens, STATUSES, ENDS)
    ]
    assert _compare(holes, policy, table) >= {"eligible", "needs_facts", "needs_review"}
    many = [{**HARMLESS, **one} for one in opens]
    doubts = [
        said
        for said in _by_table(many, str(table))
        if "AGE_CONVENTION_UNCONFIRMED" in said["codes"]
    ]
    assert {said["verdict"] for said in doubts} == {"needs_review"}
    assert any(len(said["candidates"]) > 1 for said in doubts)
