"""Asks the rules: facts in, a decision document out, checked by the second engine where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_sync.errors import ConfigError
from cloud_sync.outbox import Place, document_of
from cloud_sync.registry import KINDS, needs_of
from sizhu_rules import PolicyError, decide, engines, load_policy
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.points import day_total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloud_sync.facts import FactSource
    from cloud_sync.records.case import Case, Data
    from cloud_sync.settings import Settings
    from sizhu_rules import Policy
    from sizhu_rules.points import Visit

_SECOND = "durable"


class Decider:
    """One region's rules, ready to decide; may be kept over many runs."""

    def __init__(self, policy: Policy, *, cross_check: bool) -> None:
        """Take a compiled policy, and whether the second engine checks every decision."""
        self._policy = policy
        self._cross_check = cross_check
        self.engine = "native+durable_rules" if cross_check else "native"

    @classmethod
    def from_settings(cls, settings: Settings) -> Decider:
        """Load the region's policy; raises `ConfigError` where it or the engine is not there."""
        try:
            policy = load_policy(settings.region, directory=settings.policy_dir)
        except PolicyError as error:
            failure = f"The rules of SIZHU_REGION do not load: {error}."
        else:
            return cls(policy, cross_check=_wants_second_engine(settings))
        raise ConfigError(failure)

    def prepare(self, source: FactSource, cases: Iterable[tuple[Case, Data]]) -> None:
        """Look up what the cases name."""
        needs = needs_of(cases)
        source.prepare(
            persons=[need.person for need in needs if need.person],
            applicants=[need.applicant for need in needs if need.applicant],
            classes=[need.device_class for need in needs if need.device_class],
        )

    def document(
        self, case: Case, data: Data, source: FactSource, *, now: datetime
    ) -> dict[str, Any]:
        """Decide one case and make its decision document.

        Raises `RecordError` and `FactError` for what cannot be read, and `Disagreement` where
        two engines differ.
        """
        kind = KINDS[case.kind]
        facts = kind.facts(case, data, source)
        decision = decide(kind.rule, facts, policy=self._policy, known_on=civil_date(now))
        if self._cross_check:
            engines.cross_check(decision)
        route = kind.route(case, decision.outcome, source)
        place = route or Place(case.queue.level, case.queue.village_id)
        return document_of(case, decision.to_dict(), place, engine=self.engine, now=now)

    def day_total(self, visits: Sequence[Visit]) -> int:
        """Return the points that one volunteer's day may earn."""
        return day_total(visits, self._policy)


def _wants_second_engine(settings: Settings) -> bool:
    if settings.cross_check == "off":
        return False
    absent = engines.available().get(_SECOND)
    if absent is not None and settings.cross_check == "on":
        raise ConfigError(
            f"SIZHU_CROSS_CHECK is on but durable_rules is absent ({absent}): "
            "install sizhu[durable] or set SIZHU_CROSS_CHECK=auto."
        )
    return absent is None
