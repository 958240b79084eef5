"""岗位匹配: nothing unknown excludes, a score that can be explained, a ranking without chance."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import FactError, load_policy, match, rank
from sizhu_rules.eligibility.job_match.facts import ABILITIES, JOB_PATHS, SEEKER_PATHS, MatchFacts
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules import Match

POLICY = load_policy("simen@working")
ON = date(2026, 11, 20)
HERE, THERE = "330281103203", "330281103204"
SEEKER: dict[str, Any] = {
    "birth_date": "1990-05-10",
    "able": dict.fromkeys(ABILITIES, 1),
    "seeker": {
        "places": [HERE],
        "reach_m": 5_000,
        "minutes_most": 1_800,
        "day_parts": ["morning", "afternoon"],
        "kinds": ["sheltered"],
        "skills": ["缝纫"],
        "pay_least_fen": 200_000,
        "with_carer": False,
    },
}
JOB: dict[str, Any] = {
    "need": dict.fromkeys(ABILITIES, 0),
    "job": {
        "open_places": 2,
        "valid_to": "open_ended",
        "at_home": False,
        "place": HERE,
        "transport": False,
        "minutes_per_week": 1_200,
        "day_parts": ["morning"],
        "kind": "sheltered",
        "skills": [],
        "pay_fen": 200_000,
        "accessible": True,
        "carer_welcome": False,
    },
}
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    **{f"need.{name}": st.integers(0, 2) for name in ABILITIES},
    "job.open_places": st.integers(0, 3),
    "job.valid_to": st.sampled_from(["open_ended", "2026-11-19", "2026-11-20"]),
    "job.at_home": st.booleans(),
    "job.place": st.sampled_from([HERE, THERE]),
    "job.transport": st.booleans(),
    "job.minutes_per_week": st.integers(1_799, 1_801),
    "job.day_parts": st.lists(st.sampled_from(["morning", "night"]), max_size=2),
    "job.kind": st.sampled_from(["sheltered", "public"]),
    "job.skills": st.lists(st.sampled_from(["缝纫", "电焊"]), max_size=2),
    "job.pay_fen": st.integers(199_999, 200_001),
    "job.accessible": st.booleans(),
    "job.carer_welcome": st.booleans(),
}


@st.composite
def jobs_with_holes(draw: st.DrawFn) -> dict[str, Any]:
    """Any job, any of its facts unknown."""
    return {path: draw(values) for path, values in VALUES.items() if draw(st.integers(0, 3))}


def look(job: Mapping[str, Any], seeker: Mapping[str, Any] = SEEKER, **more: Any) -> Match:  # noqa: ANN401 - distance and policy
    """Match under the shipped policy, one kilometre away unless said otherwise."""
    return match(seeker, job, **{"policy": POLICY, "on": ON, "distance_m": 1_000, **more})


def changed(side: Mapping[str, Any], group: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - facts
    """Change some facts of one side."""
    return {**side, group: {**side[group], **changes}}


def test_every_fact_belongs_to_one_side() -> None:
    """But the day and the way between them: those belong to the pair."""
    assert set(SEEKER_PATHS) | set(JOB_PATHS) | {"submitted_on", "distance_m"} == set(
        MatchFacts.paths()
    )
    assert not set(SEEKER_PATHS) & set(JOB_PATHS)
    assert not any("certificate" in path or "category" in path for path in MatchFacts.paths())


def test_a_fitting_job_says_why() -> None:
    """Each filter passes with a sentence; the parts add up to the score."""
    found = look(JOB)
    assert found.state == "fits"
    assert [one["result"] for one in found.filters] == ["pass"] * 14
    assert found.filters[0]["sentence"] == "岗位要久站走动的，本人要能久站走动：符合。"
    assert found.score_least == found.score_most == 95
    assert sum(part["points_least"] for part in found.parts) == 95  # type: ignore[misc] # whole numbers
    assert found.to_dict()["policy"] == POLICY.rules["job_match"].identity.to_dict()


@pytest.mark.parametrize("ability", ABILITIES)
def test_an_ability_nobody_asked_about_excludes_nothing(ability: str) -> None:
    """Unknown is an open question with the words to ask it; short by a step is a talk."""
    needing = changed(JOB, "need", **{ability: 2})
    unknown = look(needing, changed(SEEKER, "able", **{ability: None}))
    assert unknown.state == "open"
    (asked,) = [one for one in unknown.filters if one["result"] == "unknown"]
    assert asked["id"] == f"job_match.ability.needs_{ability}"
    assert "还不清楚，要问本人" in str(asked["sentence"])
    short = look(needing)
    assert short.state == "clashes"
    assert short.decision.verdict == "needs_review"
    (clash,) = [one for one in short.filters if one["result"] == "fail"]
    assert str(clash["sentence"]).endswith("：不符合，可以商量。")
    assert look(needing, changed(SEEKER, "able", **{ability: 2})).state == "fits"


@settings(max_examples=120, deadline=None)
@given(job=jobs_with_holes(), data=st.data())
def test_answers_narrow_the_score_and_undo_no_clash(
    job: dict[str, Any], data: st.DataObject
) -> None:
    """The sum of the parts is the span; filling a hole leads inside it; a known state stays."""
    before = look(job)
    answers = {
        path: data.draw(values, label=path)
        for path, values in VALUES.items()
        if path not in job and data.draw(st.booleans(), label=f"fill {path}")
    }
    after = look({**job, **answers})
    assert before.score_least <= after.score_least <= after.score_most <= before.score_most
    assert before.state in ("open", after.state)
    for found in (before, after):
        least = sum(part["points_least"] for part in found.parts)  # type: ignore[misc] # whole numbers
        most = sum(part["points_most"] for part in found.parts)  # type: ignore[misc] # whole numbers
        assert (least, most) == (found.score_least, found.score_most)
        results = {one["result"] for one in found.filters}
        assert (found.state == "clashes") == ("fail" in results)
        assert (found.state == "fits") == (results == {"pass"})


@settings(max_examples=60, deadline=None)
@given(jobs=st.lists(jobs_with_holes(), max_size=6), data=st.data())
def test_a_ranking_is_the_same_in_whatever_order_the_jobs_come(
    jobs: list[dict[str, Any]], data: st.DataObject
) -> None:
    """All jobs are there, each once; what fits comes first, what clashes last."""
    named = {f"job_{number}": job for number, job in enumerate(jobs)}
    distances = {
        name: data.draw(st.integers(2_999, 5_001), label=name)
        for name in named
        if data.draw(st.booleans(), label=f"way to {name} known")
    }
    shuffled = data.draw(st.permutations(list(named)), label="order")
    first = rank(SEEKER, named, policy=POLICY, on=ON, distances=distances)
    again = rank(
        SEEKER, {name: named[name] for name in shuffled}, policy=POLICY, on=ON, distances=distances
    )
    assert [one.to_dict() for one in first] == [one.to_dict() for one in again]
    assert sorted(one.job_id for one in first) == sorted(named)
    order = ["fits", "open", "clashes"]
    states = [order.index(one.state) for one in first]
    assert states == sorted(states)
    for one, following in pairwise(first):
        if one.state == following.state:
            assert one.score_least >= following.score_least


@settings(max_examples=60, deadline=None)
@given(job=jobs_with_holes(), ability=st.sampled_from(ABILITIES), able=st.integers(0, 1))
def test_to_be_able_to_more_never_harms(job: dict[str, Any], ability: str, able: int) -> None:
    """One ability a step higher: the state is no worse, the score the same."""
    order = ["fits", "open", "clashes"]
    below = look(job, changed(SEEKER, "able", **{ability: able}))
    above = look(job, changed(SEEKER, "able", **{ability: able + 1}))
    assert order.index(above.state) <= order.index(below.state)
    assert (above.score_least, above.score_most) == (below.score_least, below.score_most)


def test_a_child_may_not_be_employed() -> None:
    """The law's own sentence stands beside the clash; unknown age is asked, not assumed."""
    child = look(JOB, {**SEEKER, "birth_date": "2011-01-01"})
    (clash,) = [one for one in child.filters if one["result"] == "fail"]
    assert (clash["quote"], clash["source"]) == (
        "禁止用人单位招用未满十六周岁的未成年人。",
        "劳动法 15",
    )
    assert look(JOB, {**SEEKER, "birth_date": None}).state == "open"
    odd = look(JOB, {**SEEKER, "birth_date": "2026-12-01"})
    assert odd.state == "open"
    assert "要问出生日期、匹配的日期" in str(odd.filters[-1]["sentence"])


def test_a_town_weighs_as_it_likes() -> None:
    """Weights and the near distance are the region's; each part has its own."""
    weights = ("accessible", "carer", "kind", "near", "pay", "skills")
    numbers = {f"job.weight.{name}": 2**place for place, name in enumerate(weights)}
    policy = amend(POLICY, parameters={**numbers, "job.near_m": 1_000})
    at_limit = look(JOB, policy=policy)
    points = {str(part["id"]).rpartition(".")[2]: part["points_least"] for part in at_limit.parts}
    assert points == {
        "kind_wished": 4,
        "skills_fit": 32,
        "pay_fits": 16,
        "near": 8,
        "accessible": 1,
        "with_carer": 0,
    }
    assert look(JOB, policy=policy, distance_m=1_001).score_most == at_limit.score_most - 8


def test_what_is_of_the_other_side_is_refused() -> None:
    """A job holds no abilities of a person, a seeker no pay; and nobody's disability is asked."""
    with pytest.raises(FactError, match="able"):
        look({**JOB, "able": {"hands": 1}})
    with pytest.raises(FactError, match="job"):
        look(JOB, {**SEEKER, "job": {"pay_fen": 1}})
    with pytest.raises(FactError, match="certificate"):
        look(JOB, {**SEEKER, "certificate": {"category": 4}})
    with pytest.raises(LookupError, match="take a later day"):
        look(JOB, on=date(2020, 1, 1))
