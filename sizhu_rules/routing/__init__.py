"""Where a case goes: donations, offers of help, applications, cries for help; each with reasons."""

from __future__ import annotations

from sizhu_rules.routing.help.steps import Event, NextStep, next_step
from sizhu_rules.routing.route import Route, route_application

__all__ = ["Event", "NextStep", "Route", "next_step", "route_application"]
