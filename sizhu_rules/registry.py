"""Which rules there are; the only place that knows them all."""

from __future__ import annotations

from typing import Final

from sizhu_rules.care.expiry.expiry import EXPIRY
from sizhu_rules.eligibility.device.device import DEVICE
from sizhu_rules.eligibility.job.job import JOB
from sizhu_rules.eligibility.job_match.job_match import JOB_MATCH
from sizhu_rules.eligibility.retrofit.retrofit import RETROFIT
from sizhu_rules.eligibility.wish.wish import WISH
from sizhu_rules.points.visit.visit import POINTS
from sizhu_rules.routing.application.application import APPLICATION
from sizhu_rules.routing.donation.donation import DONATION
from sizhu_rules.routing.help.help import HELP
from sizhu_rules.routing.intent.intent import INTENT

SPECS: Final = (
    *(DEVICE, RETROFIT, JOB, JOB_MATCH, WISH),
    *(DONATION, INTENT, APPLICATION, HELP),
    *(POINTS, EXPIRY),
)
RULES: Final = tuple(spec.name for spec in SPECS)
