"""The ramp check (坡道核对): measured sizes against good practice, as advice; it never blocks.

Homes often cannot comply, so a fail is something to talk about, not a refusal. A size that nobody
measured is asked for, never assumed. Whole millimetres throughout; a slope of 1:12 is the whole
number 12. Source: domain.md §5; the numbers stand in `policy/*/retrofit.yaml`, dated.

    limits = ramp_limits(load_policy("simen"), on=today)
    ramp_check(RampFacts(rise_mm=450, run_mm=4500), limits)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple, cast

from sizhu_rules.eligibility.shared.reason import Reason
from sizhu_rules.engine.raw import Facts, RawFact, Whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sizhu_rules.engine.parameters import Parameter
    from sizhu_rules.engine.policy import Policy

_PREFIX: Final = "retrofit.ramp."
_NAMES: Final = (
    *("run_per_rise", "run_per_rise_low", "low_rise_mm", "flight_rise_mm"),
    *("platform_mm", "width_mm", "rail_rise_mm", "rail_run_per_rise"),
    *("rail_least_mm", "rail_most_mm", "lower_rail_least_mm", "lower_rail_most_mm"),
    *("wall_gap_mm", "extension_mm"),
)
RAMP_PARAMETERS: Final = tuple(_PREFIX + name for name in _NAMES)
_BOTH: Final = 2
_MEASURES: Final = {
    "rise_mm": "一段坡道升高多少",
    "run_mm": "一段坡道的水平长度",
    "width_mm": "坡道净宽",
    "platform_depth_mm": "平台深度",
    "rails.sides": "几侧有扶手",
    "rails.height_mm": "扶手高度",
    "rails.lower_height_mm": "有没有下层扶手、多高",
    "rails.wall_gap_mm": "扶手离墙多少",
    "rails.extension_mm": "扶手两头伸出多少",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RampFacts(Facts):
    """The sizes of one flight of a ramp, in whole millimetres; None is not measured yet.

    `run_mm` is horizontal. `rails_sides`: on how many sides there is a rail; lower rail "none":
    there is one rail only. Raises `FactError` when built wrong.
    """

    rise_mm: int | None = None
    run_mm: int | None = None
    width_mm: int | None = None
    platform_depth_mm: int | None = None
    rails_sides: int | None = None
    rails_height_mm: int | None = None
    rails_lower_height_mm: int | Literal["none"] | None = None
    rails_wall_gap_mm: int | None = None
    rails_extension_mm: int | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        RawFact("rise_mm", "rise_mm", Whole(1, 20_000)),
        RawFact("run_mm", "run_mm", Whole(0, 200_000)),
        RawFact("width_mm", "width_mm", Whole(0, 20_000)),
        RawFact("platform_depth_mm", "platform_depth_mm", Whole(0, 20_000)),
        RawFact("rails.sides", "rails_sides", Whole(0, _BOTH)),
        RawFact("rails.height_mm", "rails_height_mm", Whole(0, 3_000)),
        RawFact("rails.lower_height_mm", "rails_lower_height_mm", Whole(0, 3_000, ("none",))),
        RawFact("rails.wall_gap_mm", "rails_wall_gap_mm", Whole(0, 3_000)),
        RawFact("rails.extension_mm", "rails_extension_mm", Whole(0, 10_000)),
    )


def ramp_limits(policy: Policy, *, on: date) -> Mapping[str, Parameter]:
    """Return the numbers in force in a region on a day.

    Raises LookupError for a day before the first of them.
    """
    segment = policy.rules["retrofit"].segment(on)
    if segment is None:
        raise LookupError(f"{policy.region} has no ramp numbers on {on}; take a later day")
    return {name: segment.parameters[_PREFIX + name] for name in _NAMES}


def ramp_check(ramp: RampFacts, limits: Mapping[str, Parameter]) -> tuple[Reason, ...]:
    """Compare a ramp with the limits, thing by thing, in the order in which one builds it."""
    return tuple(_Check(ramp, limits).reasons())


class _Band(NamedTuple):
    """A size and the limits between which it should lie; without `most` there is no upper one."""

    check: str
    path: str
    code: str
    least: str
    most: str | None = None


_BANDS: Final = (
    _Band("platform", "platform_depth_mm", "RAMP_PLATFORM_SHALLOW", "platform_mm"),
    _Band("width", "width_mm", "RAMP_NARROW", "width_mm"),
)
_RAIL_BANDS: Final = (
    _Band("rail_height", "rails.height_mm", "RAMP_RAIL_HEIGHT", "rail_least_mm", "rail_most_mm"),
    _Band(
        *("lower_rail_height", "rails.lower_height_mm", "RAMP_LOWER_RAIL_HEIGHT"),
        *("lower_rail_least_mm", "lower_rail_most_mm"),
    ),
    _Band("rail_gap", "rails.wall_gap_mm", "RAMP_RAIL_GAP", "wall_gap_mm"),
    _Band("rail_extension", "rails.extension_mm", "RAMP_RAIL_EXTENSION", "extension_mm"),
)


class _Check:
    """One ramp beside one set of limits."""

    def __init__(self, ramp: RampFacts, limits: Mapping[str, Parameter]) -> None:
        self._ramp = ramp
        self._limits = limits

    def reasons(self) -> Iterator[Reason]:
        """List what is to be said, always in the same order."""
        yield self._slope()
        yield self._rise()
        for band in _BANDS:
            yield self._within(band)
        yield self._rails()
        if self._ramp.rails_sides:
            for band in _RAIL_BANDS:
                if self._size(band.path) != "none":
                    yield self._within(band)

    def _slope(self) -> Reason:
        rise, run = self._ramp.rise_mm, self._ramp.run_mm
        looked_at = ("rise_mm", "run_mm")
        if rise is None or run is None:
            return self._unknown("slope", "run_per_rise", looked_at)
        gentle = self._number("run_per_rise") * rise
        if run >= gentle:
            return self._judged("slope", "run_per_rise", looked_at)
        if rise <= self._number("low_rise_mm") and run >= self._number("run_per_rise_low") * rise:
            return self._judged("slope", "run_per_rise_low", looked_at, code="RAMP_STEEP_BUT_LOW")
        blanks = {"least": str(gentle)}
        return self._judged(
            "slope", "run_per_rise", looked_at, failed=True, code="RAMP_TOO_STEEP", blanks=blanks
        )

    def _rise(self) -> Reason:
        rise, most = self._ramp.rise_mm, self._number("flight_rise_mm")
        if rise is None:
            return self._unknown("rise", "flight_rise_mm", ("rise_mm",))
        if rise <= most:
            return self._judged("rise", "flight_rise_mm", ("rise_mm",))
        blanks = {"most": str(most), "flights": str(-(-rise // most))}
        return self._judged(
            *("rise", "flight_rise_mm", ("rise_mm",)),
            failed=True,
            code="RAMP_RISE_TOO_HIGH",
            blanks=blanks,
        )

    def _rails(self) -> Reason:
        sides, needed = self._ramp.rails_sides, self._rails_needed()
        looked_at = ("rise_mm", "run_mm", "rails.sides")
        if sides == _BOTH or needed is False:
            return self._judged("rails", "rail_rise_mm", looked_at)
        if sides is None or needed is None:
            # Below the height no slope matters; beside a rail on both sides nothing does.
            return self._unknown("rails", "rail_rise_mm", looked_at)
        blanks = {
            "rise": str(self._number("rail_rise_mm")),
            "run": str(self._number("rail_run_per_rise")),
        }
        return self._judged(
            "rails",
            "rail_rise_mm",
            looked_at,
            failed=True,
            code="RAMP_RAILS_MISSING",
            blanks=blanks,
        )

    def _rails_needed(self) -> bool | None:
        rise, run = self._ramp.rise_mm, self._ramp.run_mm
        if rise is None:
            return None
        if rise <= self._number("rail_rise_mm"):
            return False
        return None if run is None else run < self._number("rail_run_per_rise") * rise

    def _within(self, band: _Band) -> Reason:
        size, looked_at = cast("int | None", self._size(band.path)), (band.path,)
        if size is None:
            return self._unknown(band.check, band.least, looked_at)
        least = self._number(band.least)
        most = None if band.most is None else self._number(band.most)
        if size >= least and (most is None or size <= most):
            return self._judged(band.check, band.least, looked_at)
        blanks = {"least": str(least), "most": str(most)}
        return self._judged(
            band.check, band.least, looked_at, failed=True, code=band.code, blanks=blanks
        )

    def _judged(
        self,
        check: str,
        limit: str,
        looked_at: tuple[str, ...],
        *,
        failed: bool = False,
        code: str | None = None,
        blanks: Mapping[str, str] | None = None,
    ) -> Reason:
        facts = self._known(looked_at)
        sizes = {path.removeprefix("rails."): str(size) for path, size in facts.items()}
        return Reason(
            _PREFIX + check,
            "fail" if failed else "pass",
            code,
            facts,
            self._limits[limit],
            blanks={**sizes, **(blanks or {})},
        )

    def _unknown(self, check: str, limit: str, looked_at: tuple[str, ...]) -> Reason:
        facts = self._known(looked_at)
        missing = tuple(path for path in looked_at if path not in facts)
        measure = "、".join(_MEASURES[path] for path in missing)
        return Reason(
            _PREFIX + check,
            "unknown",
            "RAMP_MEASURE",
            facts,
            self._limits[limit],
            missing=missing,
            blanks={"measure": measure},
        )

    def _known(self, paths: tuple[str, ...]) -> dict[str, object]:
        sizes = {path: self._size(path) for path in paths}
        return {path: size for path, size in sizes.items() if size is not None}

    def _size(self, path: str) -> object:
        return getattr(self._ramp, RampFacts.paths()[path])

    def _number(self, name: str) -> int:
        return cast("int", self._limits[name].value)
