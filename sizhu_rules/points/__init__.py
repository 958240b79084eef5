"""Points (积分): a courtesy for verified hours, never a wage."""

from __future__ import annotations

from sizhu_rules.points.day import Visit, day_total, half_hours_before

__all__ = ["Visit", "day_total", "half_hours_before"]
