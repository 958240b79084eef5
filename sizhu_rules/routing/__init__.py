"""Where a case goes: donations, offers of help, applications; each with reasons."""

from __future__ import annotations

from sizhu_rules.routing.route import Route, route_application

__all__ = ["Route", "route_application"]
