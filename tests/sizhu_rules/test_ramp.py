"""The ramp check: numbers of the standard on both sides of each limit, and what to measure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import FactError, RampFacts, load_policy, ramp_check, ramp_limits
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    from sizhu_rules.eligibility.shared.reason import Reason

POLICY = load_policy("simen@working")
LIMITS = ramp_limits(POLICY, on=TODAY)
WELL: dict[str, Any] = {
    "rise_mm": 300,
    "run_mm": 3_600,
    "width_mm": 1_200,
    "platform_depth_mm": 1_500,
    "rails": {
        "sides": 2,
        "height_mm": 850,
        "lower_height_mm": 650,
        "wall_gap_mm": 40,
        "extension_mm": 300,
    },
}
SIZES = {
    "rise_mm": st.integers(1, 1_600),
    "run_mm": st.integers(0, 20_000),
    "width_mm": st.integers(900, 1_500),
    "platform_depth_mm": st.integers(1_000, 2_000),
    "rails_sides": st.integers(0, 2),
    "rails_height_mm": st.integers(600, 1_000),
    "rails_lower_height_mm": st.just("none") | st.integers(600, 800),
    "rails_wall_gap_mm": st.integers(0, 80),
    "rails_extension_mm": st.integers(0, 400),
}


def railed(sides: int) -> dict[str, Any]:
    """Rails on so many sides."""
    return {"rails": {"sides": sides}}


def lower(height_mm: int) -> dict[str, Any]:
    """A lower rail of this height."""
    return {"rails": {"lower_height_mm": height_mm}}


def check(**sizes: Any) -> dict[str, Reason]:  # noqa: ANN401 - sizes, some of them mappings
    """Check a ramp in order but for some sizes; the reasons by their last name."""
    rails = {**WELL["rails"], **sizes.pop("rails", {})}
    ramp = RampFacts.from_mapping({**WELL, **sizes, "rails": rails})
    return {reason.id.removeprefix("retrofit.ramp."): reason for reason in ramp_check(ramp, LIMITS)}


def test_a_ramp_in_order_has_nothing_to_say() -> None:
    """Every limit is met exactly; every judgement names its source, and none is confirmed."""
    reasons = check()
    assert {reason.result for reason in reasons.values()} == {"pass"}
    assert {reason.code for reason in reasons.values()} == {None}
    texts = POLICY.rules["retrofit"].texts
    assert all(reason.staff(texts) == () for reason in reasons.values())
    for reason in reasons.values():
        found = reason.to_dict()
        assert found["basis"] == "practice"
        assert found["confirmed"] is False
        assert "GB 55019-2021" in str(found["source"])
        assert found["quote"]


@pytest.mark.parametrize(
    ("name", "sizes", "result", "code"),
    [
        ("slope", {"rise_mm": 300, "run_mm": 3_599}, "fail", "RAMP_TOO_STEEP"),
        ("slope", {"rise_mm": 150, "run_mm": 1_500}, "pass", "RAMP_STEEP_BUT_LOW"),
        ("slope", {"rise_mm": 150, "run_mm": 1_499}, "fail", "RAMP_TOO_STEEP"),
        ("slope", {"rise_mm": 150, "run_mm": 1_800}, "pass", None),
        ("slope", {"rise_mm": 151, "run_mm": 1_811}, "fail", "RAMP_TOO_STEEP"),
        ("slope", {"rise_mm": 151, "run_mm": 1_812}, "pass", None),
        ("rise", {"rise_mm": 750, "run_mm": 20_000}, "pass", None),
        ("rise", {"rise_mm": 751, "run_mm": 20_000}, "fail", "RAMP_RISE_TOO_HIGH"),
        ("platform", {"platform_depth_mm": 1_499}, "fail", "RAMP_PLATFORM_SHALLOW"),
        ("width", {"width_mm": 1_199}, "fail", "RAMP_NARROW"),
        (
            "rails",
            {"rise_mm": 301, "run_mm": 6_019, "rails": {"sides": 1}},
            "fail",
            "RAMP_RAILS_MISSING",
        ),
        (
            "rails",
            {"rise_mm": 301, "run_mm": 6_019, "rails": {"sides": 0}},
            "fail",
            "RAMP_RAILS_MISSING",
        ),
        ("rails", {"rise_mm": 301, "run_mm": 6_020, "rails": {"sides": 0}}, "pass", None),
        ("rails", {"rise_mm": 300, "run_mm": 3_600, "rails": {"sides": 0}}, "pass", None),
        ("rail_height", {"rails": {"height_mm": 849}}, "fail", "RAMP_RAIL_HEIGHT"),
        ("rail_height", {"rails": {"height_mm": 900}}, "pass", None),
        ("rail_height", {"rails": {"height_mm": 901}}, "fail", "RAMP_RAIL_HEIGHT"),
        (
            "lower_rail_height",
            {"rails": {"lower_height_mm": 649}},
            "fail",
            "RAMP_LOWER_RAIL_HEIGHT",
        ),
        ("lower_rail_height", {"rails": {"lower_height_mm": 700}}, "pass", None),
        (
            "lower_rail_height",
            {"rails": {"lower_height_mm": 701}},
            "fail",
            "RAMP_LOWER_RAIL_HEIGHT",
        ),
        ("rail_gap", {"rails": {"wall_gap_mm": 39}}, "fail", "RAMP_RAIL_GAP"),
        ("rail_extension", {"rails": {"extension_mm": 299}}, "fail", "RAMP_RAIL_EXTENSION"),
    ],
)
def test_each_limit_on_both_sides(
    name: str, sizes: dict[str, Any], result: str, code: str | None
) -> None:
    """One millimetre decides, in whole numbers."""
    reason = check(**sizes)[name]
    assert (reason.result, reason.code) == (result, code)


@pytest.mark.parametrize(
    ("name", "sizes", "missing", "words"),
    [
        ("slope", {"run_mm": None}, ("run_mm",), "一段坡道的水平长度"),
        (
            *("slope", {"rise_mm": None, "run_mm": None}, ("rise_mm", "run_mm")),
            "一段坡道升高多少、一段坡道的水平长度",
        ),
        ("rise", {"rise_mm": None}, ("rise_mm",), "一段坡道升高多少"),
        ("platform", {"platform_depth_mm": None}, ("platform_depth_mm",), "平台深度"),
        ("width", {"width_mm": None}, ("width_mm",), "坡道净宽"),
        ("rails", {"rise_mm": 400, "rails": {"sides": None}}, ("rails.sides",), "几侧有扶手"),
        (
            *("rails", {"rise_mm": 400, "run_mm": None, "rails": {"sides": 1}}, ("run_mm",)),
            "一段坡道的水平长度",
        ),
        ("rail_height", {"rails": {"height_mm": None}}, ("rails.height_mm",), "扶手高度"),
        (
            *("lower_rail_height", {"rails": {"lower_height_mm": None}}),
            *(("rails.lower_height_mm",), "有没有下层扶手、多高"),
        ),
        ("rail_gap", {"rails": {"wall_gap_mm": None}}, ("rails.wall_gap_mm",), "扶手离墙多少"),
        (
            *("rail_extension", {"rails": {"extension_mm": None}}),
            *(("rails.extension_mm",), "扶手两头伸出多少"),
        ),
    ],
)
def test_what_is_not_measured_is_asked_for(
    name: str, sizes: dict[str, Any], missing: tuple[str, ...], words: str
) -> None:
    """Unknown is no size: the check says what to measure."""
    reason = check(**sizes)[name]
    assert reason.result == "unknown"
    assert reason.missing == missing
    assert reason.staff(POLICY.rules["retrofit"].texts) == (f"请先量一量：{words}。",)


def test_what_cannot_matter_is_not_asked_for() -> None:
    """Rails on both sides, or a low ramp: the slope is no question of rails; no rail, no height."""
    assert check(run_mm=None, rise_mm=None)["rails"].result == "pass"
    assert check(run_mm=None, rise_mm=300, rails={"sides": None})["rails"].result == "pass"
    for sides in (0, None):
        assert "rail_height" not in check(rails={"sides": sides, "height_mm": None})
    assert "lower_rail_height" not in check(rails={"lower_height_mm": "none"})


def test_the_advice_names_the_way_out() -> None:
    """A sentence says what was measured and what would do, never that it is forbidden."""
    texts = POLICY.rules["retrofit"].texts
    steep = check(rise_mm=450, run_mm=4_500)["slope"].staff(texts)
    assert steep == ("坡道偏陡：高450毫米，水平长度最好有5400毫米，现在是4500毫米。",)
    high = check(rise_mm=1_501, run_mm=20_000)["rise"].staff(texts)
    assert high == ("一段坡道升高1501毫米，超过750毫米：最好中间加休息平台，分成3段。",)
    rails = check(rise_mm=450, rails={"sides": 1})["rails"].staff(texts)
    assert rails == ("坡道高于300毫米又比1比20陡：两侧都要有扶手，现在有1侧。",)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_measuring_more_changes_no_judgement(data: st.DataObject) -> None:
    """Any sizes, any of them unknown: a judgement stays when more is known."""
    sizes: dict[str, Any] = {
        name: data.draw(st.none() | values, label=name) for name, values in SIZES.items()
    }
    more: dict[str, Any] = {
        name: data.draw(SIZES[name], label=f"measured {name}") if value is None else value
        for name, value in sizes.items()
    }
    before = ramp_check(RampFacts(**sizes), LIMITS)
    after = {reason.id: reason for reason in ramp_check(RampFacts(**more), LIMITS)}
    texts = POLICY.rules["retrofit"].texts
    for reason in before:
        if reason.result == "unknown":
            assert reason.missing
            assert reason.staff(texts)
        else:
            assert after[reason.id].result == reason.result
    assert all(reason.result != "unknown" for reason in after.values())
    assert all(reason.staff(texts) for reason in after.values() if reason.result == "fail")


def test_the_numbers_are_those_of_region_and_day() -> None:
    """A town may set its own; before the first day there are none."""
    wide = ramp_limits(amend(POLICY, parameters={"retrofit.ramp.width_mm": 900}), on=TODAY)
    reasons = ramp_check(RampFacts(width_mm=900), wide)
    assert [r.result for r in reasons if r.id == "retrofit.ramp.width"] == ["pass"]
    with pytest.raises(LookupError, match="take a later day"):
        ramp_limits(POLICY, on=date(2020, 1, 1))


def test_a_size_that_is_none_is_refused() -> None:
    """Centimetres with a point, or text, are no millimetres; the error names the path only."""
    with pytest.raises(FactError, match="rise_mm"):
        RampFacts.from_mapping({"rise_mm": 45.5})
    with pytest.raises(FactError, match=r"rails\.sides"):
        RampFacts.from_mapping({"rails": {"sides": 3}})
