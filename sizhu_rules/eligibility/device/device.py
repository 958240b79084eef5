"""The device rule (辅具器材): its parts joined.

What a sheet can say stands in `share.yaml` and `entitlement.yaml`; the numbers in `policy/`.
Source: seed 4.2 二 1; vectors V1–V13.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from sizhu_rules.eligibility.device.derived import DERIVED
from sizhu_rules.eligibility.device.facts import DeviceFacts
from sizhu_rules.eligibility.device.outcome import CHANGES, headline, outcome
from sizhu_rules.engine.spec import RuleSpec

DEVICE: Final = RuleSpec(
    name="device",
    folder="eligibility/device",
    sheets=("share.yaml", "entitlement.yaml"),
    facts=DeviceFacts,
    derived=DERIVED,
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=outcome,
    headline=headline,
    adverse=lambda values: any(name == "share" and value != "0" for name, value in values),
    changes=CHANGES,
    columns="sizhu_rules.eligibility.device.columns",
)
