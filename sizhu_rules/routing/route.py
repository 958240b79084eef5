"""A route: at which level a case waits, and at which village."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sizhu_rules.engine.raw import Text

Level = Literal["village", "town"]
VILLAGE_CODE: Final = r"[0-9]{12}"
VILLAGE: Final = Text(VILLAGE_CODE, "330281103203")
# For what may be known to be nowhere in this town.
VILLAGE_OR_NONE: Final = Text(VILLAGE_CODE, "330281103203", ("none",))


@dataclass(frozen=True, slots=True)
class Route:
    """A level, and the 12-digit code of the village there; the town has none."""

    level: Level
    village_id: str | None

    def to_dict(self) -> dict[str, str | None]:
        """Return the route as decisions and cases store it."""
        return {"level": self.level, "village_id": self.village_id}


TOWN: Final = Route("town", None)


def route_application(village_id: str | None) -> Route:
    """Return where an application waits first: the person's village, the town where there is none.

    Source: seed, flow of 辅具器材 and 无障碍改造 (village, then town).
    """
    return TOWN if village_id is None else Route("village", village_id)
