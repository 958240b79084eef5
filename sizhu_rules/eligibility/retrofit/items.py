"""What can be changed in a home (改造项目), and which of it is usual for which disability.

Advice for the talk at home, never a condition. Source: domain.md §5 (item list; by kind S37, S40).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sizhu_rules.eligibility.shared.facts import MULTIPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sizhu_rules.eligibility.shared.facts import Component

ITEMS: Final = {
    "ramp": "坡道",
    "rail": "扶手",
    "floor": "地面平整防滑",
    "door": "门改造、去门槛",
    "kitchen": "低位灶台橱柜",
    "toilet": "坐便器",
    "shower": "沐浴椅或淋浴",
    "water_heater": "热水器",
    "flash_bell": "闪光或可视门铃",
    "flash_kettle": "闪光水壶",
    "gas_alarm": "燃气泄漏报警",
    "screen_reader": "读屏软件",
    "safety_net": "防护网",
    "knife_box": "密码刀具箱",
    "voice_bell": "语音门铃、盲道提示",
    "care_bed": "护理床",
    "other": "其他",
}
_SIGHT, _HEARING, _LIMBS = 1, 2, 4
_USUAL: Final = {
    _SIGHT: ("screen_reader", "voice_bell"),
    _HEARING: ("flash_bell", "flash_kettle"),
    _LIMBS: ("ramp", "rail", "kitchen", "toilet"),
}


def usual_items(category: int, components: Iterable[Component] | None) -> tuple[str, ...] | None:
    """List the usual items for a disability, in the order of `ITEMS`; None where it is unknown.

    Of a multiple disability (多重) the parts count; without them nothing can be said.
    """
    if category == MULTIPLE:
        parts = {part.category for part in components or ()}
        if not parts:
            return None
    else:
        parts = {category}
    usual = {item for part in parts for item in _USUAL.get(part, ())}
    return tuple(item for item in ITEMS if item in usual)
