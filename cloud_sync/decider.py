"""Asks the rules: facts in, a decision document out, checked by the second engine where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from cloud_sync.errors import ConfigError
from cloud_sync.outbox import Place, document_of
from cloud_sync.policies import order_of
from cloud_sync.registry import KINDS, needs_of
from sizhu_rules import PolicyError, decide, engines, load_policy
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.points import day_total, half_hours_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from cloud_sync.facts import FactSource
    from cloud_sync.records.case import Case, Data
    from cloud_sync.settings import Settings
    from sizhu_rules import Policy
    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.points import Visit

_SECOND = "durable"


class Decider:
    """One region's rules, ready to decide; may be kept over many runs."""

    def __init__(
        self,
        policy: Policy,
        *,
        cross_check: bool,
        directory: Path | None = None,
        beneath: Policy | None = None,
    ) -> None:
        """Take a compiled policy, and whether the second engine checks every decision.

        `directory` holds the overlaid regions; `beneath` is the law of rules that the policy does
        not know yet.
        """
        self.policy = policy
        self._directory = directory
        self._beneath = beneath
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
            second = _wants_second_engine(settings)
            return cls(policy, cross_check=second, directory=settings.policy_dir)
        raise ConfigError(failure)

    def under(self, policy: Policy) -> Decider:
        """Return a decider under a newer law of the region."""
        return Decider(
            policy, cross_check=self._cross_check, directory=self._directory, beneath=self.policy
        )

    @property
    def region(self) -> str:
        """The region's code."""
        return self.policy.region

    @property
    def version(self) -> str:
        """The version of the law."""
        return self.policy.version

    def is_newer_than(self, version: object) -> bool:
        """Whether this law is a later version than that one; what is no version has no place."""
        ours, theirs = order_of(self.version), order_of(version)
        return ours is not None and theirs is not None and ours > theirs

    def is_behind(self, version: object) -> bool:
        """Whether that version is later than this law: what it decided is not for this one."""
        ours, theirs = order_of(self.version), order_of(version)
        return ours is not None and theirs is not None and ours < theirs

    def policy_of(self, version: str | None) -> Policy | None:
        """Return a version that is shipped or overlaid (None: this one), or None."""
        if version is None or version == self.version:
            return self.policy
        try:
            return load_policy(f"{self.region}@{version}", directory=self._directory)
        except PolicyError:
            return None

    def prepare(self, source: FactSource, cases: Iterable[tuple[Case, Data]]) -> None:
        """Look up what the cases name."""
        source.prepare(needs_of(cases))

    def document(
        self, case: Case, data: Data, source: FactSource, *, now: datetime
    ) -> dict[str, Any]:
        """Decide one case and make its decision document.

        Raises `RecordError` and `FactError` for what cannot be read, and `Disagreement` where
        two engines differ.
        """
        kind = KINDS[case.kind]
        facts = kind.facts(case, data, source)
        if kind.others is not None:
            facts = self.on_its_day(cast("Visit", facts), kind.others(case, data, source))
        law = self._law_of(kind.rule)
        decision = decide(kind.rule, facts, policy=law, known_on=civil_date(now))
        if self._cross_check:
            engines.cross_check(decision)
        route = kind.route(case, decision.outcome, source)
        place = route or Place(case.queue.level, case.queue.village_id)
        return document_of(case, decision.to_dict(), place, engine=self.engine, now=now)

    def day_total(self, visits: Sequence[Visit]) -> int:
        """Return the points that one volunteer's day may earn."""
        return day_total(visits, self._law_of("points"))

    def on_its_day(self, visit: Visit, others: Sequence[Visit]) -> Visit:
        """Add to a visit how many half hours count before it, of others of that volunteer's day."""
        before = half_hours_before(visit, others, self._law_of("points"))
        return replace(visit, half_hours_before=before)

    def decide_visit(self, visit: Visit, *, now: datetime) -> Decision:
        """Decide a visit to compare it with what is stored; nothing is kept or checked."""
        return decide("points", visit, policy=self._law_of("points"), known_on=civil_date(now))

    @property
    def points_version(self) -> str:
        """The version of the law of points: an older one where this law has none."""
        return self._law_of("points").version

    def _law_of(self, rule: str) -> Policy:
        if self._beneath is None or rule in self.policy.rules:
            return self.policy
        return self._beneath


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
