"""The villages and communities of 泗门镇 in which something happens.

All twenty stand in `miniprogram_cloud/database/seed/villages.jsonl`.
"""

from __future__ import annotations

from typing import Final

XIEJIALU: Final = "330281103203"  # 谢家路村, the village of the case study
JIATANG: Final = "330281103204"  # 夹塘村
TAOJIALU: Final = "330281103205"  # 陶家路村
XIANGGONGTAN: Final = "330281103206"  # 相公潭村
XIDAJIE: Final = "330281103001"  # 西大街社区

NAMES: Final = {
    XIEJIALU: "谢家路村",
    JIATANG: "夹塘村",
    TAOJIALU: "陶家路村",
    XIANGGONGTAN: "相公潭村",
    XIDAJIE: "西大街社区",
}
NEIGHBOURS: Final = (JIATANG, TAOJIALU, XIANGGONGTAN, XIDAJIE)
