"""The typed facts of one seeker beside one job; what belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from sizhu_rules.eligibility.shared.facts import BIRTH, SUBMITTED, Codes, Texts
from sizhu_rules.engine.raw import Day, Facts, Flag, Member, RawFact, Text, Whole
from sizhu_rules.routing.route import VILLAGE_CODE

if TYPE_CHECKING:
    from datetime import date

ABILITIES: Final = ("standing", "hands", "sight", "hearing", "speech", "reading", "phone")
ANY: Final = "any"
FULLY: Final = 2
_VILLAGE: Final = "330281103203"
_SKILL: Final = r"\w{1,20}"
_MOST_FEN: Final = 10**9
_WEEK: Final = 7 * 24 * 60
_FAR: Final = 1_000_000
_PARTS: Final = {"morning": "上午", "afternoon": "下午", "evening": "晚上", "night": "夜里"}
KINDS: Final = {
    "quota": "按比例就业",
    "concentrated": "集中就业",
    "public": "公益性岗位",
    "sheltered": "辅助性就业、残疾人之家",
    "flexible": "灵活就业",
    "home": "居家就业",
    "business": "自主创业",
    "farming": "种植养殖",
    "carer_post": "亲友工位",
    "tailored": "量身定制岗位",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MatchFacts(Facts):
    """The facts of one seeker and one job; None is unknown. Raises `FactError` when built wrong.

    `need_…` and `able_…` are 0 (not, or not needed), 1 (some) and 2 (much); a need is what remains
    after the employer's own adjustments. Minutes a week, pay in fen a month, ways in metres.
    `submitted_on` is the day of matching. A disability's category is no fact here.
    """

    birth_date: date | None = None
    submitted_on: date | None = None
    need_standing: int | None = None
    need_hands: int | None = None
    need_sight: int | None = None
    need_hearing: int | None = None
    need_speech: int | None = None
    need_reading: int | None = None
    need_phone: int | None = None
    able_standing: int | None = None
    able_hands: int | None = None
    able_sight: int | None = None
    able_hearing: int | None = None
    able_speech: int | None = None
    able_reading: int | None = None
    able_phone: int | None = None
    seeker_places: tuple[str, ...] | Literal["any"] | None = None
    seeker_reach_m: int | Literal["any"] | None = None
    seeker_minutes_most: int | None = None
    seeker_day_parts: tuple[str, ...] | None = None
    seeker_kinds: tuple[str, ...] | Literal["any"] | None = None
    seeker_skills: tuple[str, ...] | None = None
    seeker_pay_least_fen: int | None = None
    seeker_with_carer: bool | None = None
    job_open_places: int | None = None
    job_valid_to: date | Literal["open_ended"] | None = None
    job_at_home: bool | None = None
    job_place: str | None = None
    job_transport: bool | None = None
    job_minutes_per_week: int | None = None
    job_day_parts: tuple[str, ...] | None = None
    job_kind: str | None = None
    job_skills: tuple[str, ...] | None = None
    job_pay_fen: int | None = None
    job_accessible: bool | None = None
    job_carer_welcome: bool | None = None
    distance_m: int | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        BIRTH[0],
        SUBMITTED,
        *(RawFact(f"need.{name}", f"need_{name}", Whole(0, FULLY)) for name in ABILITIES),
        *(RawFact(f"able.{name}", f"able_{name}", Whole(0, FULLY)) for name in ABILITIES),
        RawFact("seeker.places", "seeker_places", Texts(VILLAGE_CODE, _VILLAGE, (ANY,))),
        RawFact("seeker.reach_m", "seeker_reach_m", Whole(0, _FAR, (ANY,))),
        RawFact("seeker.minutes_most", "seeker_minutes_most", Whole(0, _WEEK)),
        RawFact("seeker.day_parts", "seeker_day_parts", Codes(_PARTS)),
        RawFact("seeker.kinds", "seeker_kinds", Codes(KINDS, (ANY,))),
        RawFact("seeker.skills", "seeker_skills", Texts(_SKILL, "缝纫")),
        RawFact("seeker.pay_least_fen", "seeker_pay_least_fen", Whole(0, _MOST_FEN)),
        RawFact("seeker.with_carer", "seeker_with_carer", Flag()),
        RawFact("job.open_places", "job_open_places", Whole(0, 100_000)),
        RawFact("job.valid_to", "job_valid_to", Day(("open_ended",))),
        RawFact("job.at_home", "job_at_home", Flag()),
        RawFact("job.place", "job_place", Text(VILLAGE_CODE, _VILLAGE)),
        RawFact("job.transport", "job_transport", Flag()),
        RawFact("job.minutes_per_week", "job_minutes_per_week", Whole(0, _WEEK)),
        RawFact("job.day_parts", "job_day_parts", Codes(_PARTS)),
        RawFact("job.kind", "job_kind", Member(KINDS)),
        RawFact("job.skills", "job_skills", Texts(_SKILL, "缝纫")),
        RawFact("job.pay_fen", "job_pay_fen", Whole(0, _MOST_FEN)),
        RawFact("job.accessible", "job_accessible", Flag()),
        RawFact("job.carer_welcome", "job_carer_welcome", Flag()),
        RawFact("distance_m", "distance_m", Whole(0, _FAR)),
    )


SEEKER_PATHS: Final = tuple(
    path
    for path in MatchFacts.paths()
    if path == "birth_date" or path.startswith(("able.", "seeker."))
)
JOB_PATHS: Final = tuple(path for path in MatchFacts.paths() if path.startswith(("need.", "job.")))
