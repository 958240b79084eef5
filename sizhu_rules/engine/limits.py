"""What a number of the policy may be: its type and bounds, so that a slip of the pen is refused.

A town changes its numbers without a developer. A cap of -1, a step of 0 or a share of "half" would
load and then stop every decision, or decide wrongly: each name says once what it can be.

    limits:
      points.per_hour: [0, 1000]                 a whole number, both ends included
      age.convention: [day_after, birthday]      one of these words
      device.personal_share: share               a fraction from 0 to 1 in lowest terms, as text
      job.retirement.delay_since: month          YYYY-MM, as text
      device.catalogue: text                     any text
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sizhu_rules.engine.parameters import Number, Parameter
    from sizhu_rules.engine.source import Entry

_SHARE = re.compile(r"[0-9]{1,4}(/[1-9][0-9]{0,3})?")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Limit:
    """What one parameter may be; `fix` tells it to whoever wrote something else."""

    allows: Callable[[Number], bool]
    fix: str
    file: str
    line: int


def load_limits(entry: Entry) -> dict[str, Limit]:
    """Read what each parameter may be; raises `PolicyError`."""
    return {name: Limit(*_meaning(item), item.file, item.line) for name, item in entry.pairs()}


def check_limits(limits: Mapping[str, Limit], parameters: Iterable[Parameter]) -> None:
    """Check values and alternatives of parameters; raises `PolicyError`."""
    for parameter in parameters:
        limit = limits.get(parameter.name)
        if limit is None:  # a law frozen before there were limits
            continue
        for value in (parameter.value, *parameter.alternatives):
            if not limit.allows(value):
                what = f"'{parameter.name}' cannot be {value!r}"
                raise PolicyError(parameter.file, parameter.line, what, limit.fix)


def _meaning(entry: Entry) -> tuple[Callable[[Number], bool], str]:
    if entry.is_a("str"):
        return _SHAPES[entry.choice(_SHAPES)]
    items = entry.items()
    if items and all(item.is_a("str") for item in items):
        words = entry.texts()
        return (lambda value: value in words), f"write one of {', '.join(words)}"
    bounds = [item.integer() for item in items]
    if len(bounds) != 2 or bounds[0] > bounds[1]:  # noqa: PLR2004 - a lowest and a highest
        raise entry.error("these are no bounds", "write [lowest, highest]")
    low, high = bounds
    fix = f"write a whole number from {low} to {high}, without quotes"
    return (lambda value: type(value) is int and low <= value <= high), fix


def _is_share(value: Number) -> bool:
    if not isinstance(value, str) or not _SHARE.fullmatch(value):
        return False
    share = Fraction(value)
    return share <= 1 and str(share) == value


def _is_month(value: Number) -> bool:
    return isinstance(value, str) and _MONTH.fullmatch(value) is not None


def _is_text(value: Number) -> bool:
    return isinstance(value, str)


_SHAPES: Final = {
    "share": (_is_share, 'write a fraction from 0 to 1 in lowest terms and quotes: "1/2"'),
    "month": (_is_month, 'write a month in quotes: "2025-01"'),
    "text": (_is_text, "write text, in quotes if it is a number"),
}
