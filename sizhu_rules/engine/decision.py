"""A decision: the answer at once, the explanation when somebody asks.

Made in a few hundred nanoseconds because it keeps the facts and its place in the tables; reasons,
reads, missing facts, texts and digest are computed on first use, from what was read alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from sizhu_rules.engine.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.engine.rule import Answer, Rule, Segment
    from sizhu_rules.engine.verdict import Verdict


class Decision:
    """A proposal by a rule, with reasons; a person at the village and the town disposes.

    Money in fen, shares as "0" or "1/2", days in Asia/Shanghai as ISO text.
    """

    # Nothing is stored that can be found again: making one is the hot path.
    __slots__ = ("_answer", "_explanation", "_facts", "_rule", "known_on")
    _rule: Rule
    _facts: Facts
    _answer: Answer
    known_on: date

    @property
    def as_of(self) -> date | None:
        """The day whose law and age apply; None where the facts do not say."""
        return self._rule.spec.as_of(self._facts)

    @property
    def parts(self) -> tuple[Rule, Segment | None, Answer]:
        """The compiled rule, its segment and the answer: for the explanation and for engines."""
        as_of = self.as_of
        segment = self._rule.latest() if as_of is None else self._rule.segment(as_of)
        return self._rule, segment, self._answer

    @property
    def facts(self) -> Facts:
        """All facts the caller gave, read or not; to be stored is `reads`."""
        return self._facts

    @property
    def fields(self) -> Mapping[str, Known | None]:
        """The fields of the sheets that were read, by name; None is unknown."""
        return self._explained.fields

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self._rule.spec.name

    @property
    def verdict(self) -> Verdict:
        """One of eligible, not_eligible, needs_facts, needs_review."""
        return self._answer.verdict

    @property
    def adverse(self) -> bool:
        """Tell whether the person pays, gets less, or is refused; never so under review."""
        return self._answer.adverse

    @property
    def policy(self) -> Mapping[str, str]:
        """Region, version and digest of the rules that decided."""
        return self._rule.identity.to_dict()

    @property
    def outcome(self) -> Mapping[str, object]:
        """What the person gets, as far as it is settled."""
        return cast("Mapping[str, object]", _copied(self._explained.outcome))

    @property
    def candidates(self) -> tuple[Mapping[str, object], ...]:
        """The outcomes between which a person must choose."""
        return tuple(cast("Any", _copied(one)) for one in self._explained.candidates)

    @property
    def codes(self) -> tuple[str, ...]:
        """Reason codes that hold whatever the unknown facts turn out to be."""
        return self._explained.codes

    @property
    def clauses(self) -> tuple[Mapping[str, object], ...]:
        """Every clause in force: pass, fail or unknown, what it read, quote and source."""
        return self._explained.clauses

    @property
    def missing(self) -> tuple[str, ...]:
        """The smallest set of raw facts that settles the decision whatever they are."""
        return self._explained.missing

    @property
    def reads(self) -> Mapping[str, object]:
        """The raw facts that were read, and no others; `decide` on them gives the same bytes."""
        return cast("Mapping[str, object]", _copied(self._explained.reads))

    @property
    def would_change(self) -> tuple[Mapping[str, object], ...]:
        """What the person can do for a better answer, verified by deciding again."""
        return tuple(cast("Any", _copied(one)) for one in self._explained.would_change)

    @property
    def text(self) -> Mapping[str, tuple[str, ...]]:
        """Sentences for the resident, for staff, for an auditor (Chinese)."""
        return self._explained.text

    @property
    def digest(self) -> str:
        """The hash of everything but the text."""
        return self._explained.digest

    def to_dict(self) -> dict[str, object]:
        """Return the decision as JSON-ready data, schema 1; whoever gets it may change it."""
        return cast("dict[str, object]", _copied(self._whole()))

    def to_json(self) -> str:
        """Return the decision as one line of JSON, schema 1."""
        return json.dumps(self._whole(), ensure_ascii=False, separators=(",", ":"))

    def _whole(self) -> dict[str, object]:
        explained = self._explained
        return {
            **explained.body,
            "text": {voice: list(lines) for voice, lines in explained.text.items()},
            "digest": explained.digest,
        }

    def __repr__(self) -> str:
        """Show rule, verdict and policy; no fact of the person."""
        return f"Decision({self.rule}, {self.verdict}, policy {self._rule.identity.version})"

    @property
    def _explained(self) -> Explanation:
        explanation: Explanation | None = getattr(self, "_explanation", None)
        if explanation is None:
            explanation = self._explanation = Explanation(self)
        return explanation


def make_decision(rule: Rule, facts: Facts, known_on: date, answer: Answer) -> Decision:
    """Keep what the explanation needs; called by `Rule.decide` only.

    A plain function that fills a blank object takes two thirds of the time of calling a class.
    """
    decision = _blank(Decision)
    decision._rule = rule  # noqa: SLF001 - this stands for the constructor
    decision._facts = facts  # noqa: SLF001 - as above
    decision.known_on = known_on
    decision._answer = answer  # noqa: SLF001 - as above
    return decision


_blank = object.__new__


def _copied(value: object) -> object:
    """Copy JSON-ready data: a caller who changes what was given changes no decision."""
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value
