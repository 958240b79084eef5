"""Rules one can trust: facts in, decisions with reasons out.

    from sizhu_rules import decide
    decision = decide("device", {"birth_date": "1990-01-01", …}, policy="simen", known_on=today)
    decision.verdict, decision.codes, decision.to_dict()

Pure: no clock, no network, no floats; files are read when a policy is loaded. Who calls gives the
day. Every decision is a proposal (预计): a person disposes.
"""

from __future__ import annotations

from sizhu_rules import engines
from sizhu_rules.checking import check, check_release
from sizhu_rules.deciding import decide
from sizhu_rules.eligibility.device.facts import DeviceFacts
from sizhu_rules.eligibility.job.job import JobFacts
from sizhu_rules.eligibility.job_match.facts import MatchFacts
from sizhu_rules.eligibility.job_match.matching import Match, match, rank
from sizhu_rules.eligibility.retrofit.ramp import RampFacts, ramp_check, ramp_limits
from sizhu_rules.eligibility.retrofit.retrofit import RetrofitFacts
from sizhu_rules.eligibility.shared.facts import Component
from sizhu_rules.eligibility.wish.wish import WishFacts
from sizhu_rules.engine.decision import Decision
from sizhu_rules.engine.policy import Policy
from sizhu_rules.errors import BulkError, Disagreement, FactError, PolicyError, ReplayError
from sizhu_rules.points.visit.facts import PointsFacts
from sizhu_rules.policies import load_policy
from sizhu_rules.registry import RULES
from sizhu_rules.replaying import freeze, replay
from sizhu_rules.routing.application.application import ApplicationFacts
from sizhu_rules.routing.donation.donation import DonationFacts
from sizhu_rules.routing.help.help import HelpFacts
from sizhu_rules.routing.intent.intent import IntentFacts

__all__ = [
    "RULES",
    "ApplicationFacts",
    "BulkError",
    "Component",
    "Decision",
    "DeviceFacts",
    "Disagreement",
    "DonationFacts",
    "FactError",
    "HelpFacts",
    "IntentFacts",
    "JobFacts",
    "Match",
    "MatchFacts",
    "PointsFacts",
    "Policy",
    "PolicyError",
    "RampFacts",
    "ReplayError",
    "RetrofitFacts",
    "WishFacts",
    "check",
    "check_release",
    "decide",
    "engines",
    "freeze",
    "load_policy",
    "match",
    "ramp_check",
    "ramp_limits",
    "rank",
    "replay",
]
