"""The month in which somebody reaches the statutory retirement age (法定退休年龄).

It rises from 2025-01-01 on, by sex, former kind of post and month of birth: each original month of
retirement from then on is put off by one month per so many months, up to a most. Flexible earlier
retirement is not modelled: it hangs on contributions, which are no facts here.
Source: 关于实施渐进式延迟法定退休年龄的决定 (2024-09-13).
"""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, Final, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.parameters import Number

Sex = Literal["male", "female"]
Post = Literal["cadre", "worker"]
Track = Literal["men", "women_cadre", "women_worker"]

_PREFIX: Final = "job.retirement."
_TRACKS: Final[tuple[Track, ...]] = ("men", "women_cadre", "women_worker")
RETIREMENT_PARAMETERS: Final = (
    _PREFIX + "delay_since",
    *(f"{_PREFIX}{track}.{part}" for track in _TRACKS for part in ("age", "step", "most")),
)
_MONTHS: Final = 12


def tracks(sex: Sex | None, former_post: Post | None) -> tuple[Track, ...]:
    """List the tracks that are still possible: of women it depends on the former post."""
    women: tuple[Track, ...] = ("women_cadre", "women_worker")
    if former_post is not None:
        women = ("women_cadre",) if former_post == "cadre" else ("women_worker",)
    if sex is None:
        return ("men", *women)
    return ("men",) if sex == "male" else women


def retirement_month(birth: date, track: Track, parameters: Mapping[str, Number]) -> int:
    """Return the month of retirement, counted in months from the year 0.

    `parameters` are those in force on the day that is asked about.
    """
    age, step, most = (
        cast("int", parameters[f"{_PREFIX}{track}.{part}"]) for part in ("age", "step", "most")
    )
    original = _month(birth) + age * _MONTHS
    year, month = str(parameters[_PREFIX + "delay_since"]).split("-")
    late = original - (int(year) * _MONTHS + int(month) - 1)
    return original if late < 0 else original + min(most, late // step + 1)


def retired_age(
    birth: date,
    day: date,
    possible: tuple[Track, ...],
    parameters: Mapping[str, Number],
) -> bool | None:
    """Tell whether the retirement age is reached by a day; None where the tracks differ on it.

    It is reached on the day of birth of its month, or on that month's last day.
    """
    answers = set()
    for track in possible:
        months = _month(day) - retirement_month(birth, track, parameters)
        in_month = min(birth.day, monthrange(day.year, day.month)[1])
        answers.add(months > 0 or (months == 0 and day.day >= in_month))
    return answers.pop() if len(answers) == 1 else None


def _month(day: date) -> int:
    return day.year * _MONTHS + day.month - 1
