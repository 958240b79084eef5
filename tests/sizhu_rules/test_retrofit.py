"""困难家庭无障碍改造: nobody is held up, and who needs it more never stands further back."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import decide, load_policy
from sizhu_rules.eligibility.retrofit.items import ITEMS, usual_items
from sizhu_rules.eligibility.shared.facts import Component
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules import Policy

SHIPPED = load_policy("simen@working")
# From the least needy up; None is unknown, and is compared with nothing.
LADDERS: Mapping[str, list[Any]] = {
    "certificate.grade": [4, 3, 2, 1],
    "household.disabled_members": [1, 2, 5],
    "household.elderly_carer": [False, True],
    "household.monitored": [False, True],
    "household.staff_marked": [False, True],
    "household.status": ["none", "zhichu", "dibian", "dibao", "tekun"],
    "birth_date": ["1990-01-01", "1964-11-20", "1940-01-01"],
}
BASE = {
    "submitted_on": "2024-11-21",
    "household.valid_to": "open_ended",
    "household.open_or_done": "none",
    "house.owned": True,
    "certificate.category": 4,
    "certificate.status": "valid",
    "certificate.valid_to": "2030-01-01",
}


LIMBS = ("ramp", "rail", "kitchen", "toilet")


def priority(facts: Mapping[str, Any], policy: Policy = SHIPPED) -> tuple[int, int]:
    """Return the span in which the priority can still be."""
    known = {path: value for path, value in {**BASE, **facts}.items() if value is not None}
    outcome: Any = decide("retrofit", known, policy=policy, known_on=TODAY).outcome
    return outcome["priority_least"], outcome["priority_most"]


def rungs(path: str) -> st.SearchStrategy[Any]:
    """Any rung of a ladder, or unknown."""
    return st.none() | st.sampled_from(LADDERS[path])


@settings(max_examples=200, deadline=None)
@given(
    facts=st.fixed_dictionaries({path: rungs(path) for path in LADDERS}),
    path=st.sampled_from(sorted(LADDERS)),
    data=st.data(),
)
def test_needier_never_lowers_the_priority(
    facts: dict[str, Any], path: str, data: st.DataObject
) -> None:
    """One fact a rung higher: neither end of the span goes down."""
    ladder = LADDERS[path]
    step = data.draw(st.integers(0, len(ladder) - 2))
    below, above = (
        priority({**facts, path: ladder[step]}),
        priority({**facts, path: ladder[step + 1]}),
    )
    assert below[0] <= above[0]
    assert below[1] <= above[1]


@settings(max_examples=100, deadline=None)
@given(facts=st.fixed_dictionaries({path: rungs(path) for path in LADDERS}), data=st.data())
def test_the_span_is_exactly_what_the_holes_can_still_make_of_it(
    facts: dict[str, Any], data: st.DataObject
) -> None:
    """Both ends are reached by some answer, and no answer leads outside."""
    holes = [path for path in sorted(LADDERS) if facts[path] is None][:3]
    kept = {path: value for path, value in facts.items() if value is not None}
    rest = {
        path: data.draw(st.sampled_from(LADDERS[path]))
        for path in LADDERS
        if path not in kept and path not in holes
    }
    spans = [
        priority({**kept, **rest, **dict(zip(holes, answers, strict=True))})
        for answers in product(*(LADDERS[path] for path in holes))
    ]
    least, most = priority({**kept, **rest})
    assert least == min(span[0] for span in spans)
    assert most == max(span[1] for span in spans)


def test_a_lapsed_status_loses_no_place_before_it_is_checked() -> None:
    """The span reaches to what the status would give; renewed, it is that."""
    known = {
        "certificate.grade": 3,
        "household.disabled_members": 1,
        "household.elderly_carer": False,
        "household.monitored": False,
        "household.staff_marked": False,
        "household.status": "dibao",
        "birth_date": "1990-01-01",
    }
    renewed = priority(known)
    assert priority({**known, "household.valid_to": "2024-01-01"}) == (0, renewed[1])
    assert renewed[0] == renewed[1]


def test_every_weight_counts_where_its_fact_holds() -> None:
    """A region's own numbers are used, each for its own reason, and the sentence names them."""
    all_of_them = {path: ladder[-1] for path, ladder in LADDERS.items()}
    weights = [name for name in SHIPPED.law.parameters if name.startswith("retrofit.weight.")]
    names = {name: 2**place for place, name in enumerate(sorted(weights))}
    policy = amend(SHIPPED, parameters=names)
    edge = names["retrofit.weight.edge"]
    destitute = names["retrofit.weight.destitute"]
    total = sum(names.values())
    assert priority(all_of_them, policy) == (total - edge, total - edge)
    poor = {**all_of_them, "household.status": "zhichu"}
    assert priority(poor, policy) == (total - destitute, total - destitute)
    decision = decide("retrofit", {**BASE, **all_of_them}, policy=policy, known_on=TODAY)
    severe = names["retrofit.weight.severe"]
    assert f"重度残疾（2级及更重），加{severe}分。" in decision.text["staff"]


@pytest.mark.parametrize(
    ("category", "components", "usual"),
    [
        (1, None, ("screen_reader", "voice_bell")),
        (2, None, ("flash_bell", "flash_kettle")),
        (3, None, ()),
        (4, (Component(1),), LIMBS),
        (5, None, ()),
        (6, None, ()),
        (7, None, None),
        (7, (), None),
        (7, (Component(4), Component(1)), (*LIMBS, "screen_reader", "voice_bell")),
    ],
)
def test_usual_items_follow_the_kind_of_disability(
    category: int, components: tuple[Component, ...] | None, usual: tuple[str, ...] | None
) -> None:
    """Limbs: ramp, rail, kitchen, toilet; sight: voice; hearing: light; several: all parts."""
    found = usual_items(category, components)
    assert found == usual
    assert set(found or ()) <= ITEMS.keys()
