"""The examples of a page: a rule's cases, decided here and now, told in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sizhu_rules.cases import amended
from sizhu_rules.pages.markup import Tag, pairs, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sizhu_rules.cases import Case
    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.parameters import Reading
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.pages.words import Words

_FEWEST: Final = 8  # fewer examples have nothing in common worth telling apart
_VECTOR = re.compile(r"（V\d+[a-z]?）$")  # our own numbering of the cases

Decided = tuple["Case", "Decision", "Mapping[str, object]"]


class Examples:
    """A rule's cases as examples.

    `common` says what most of them share, so that each tells only what is special about it;
    `shown` are the first of each kind of answer, `more` the rest. Left out are cases of a single
    sheet and of malformed facts: those are for programmers.
    """

    def __init__(self, policy: Policy, words: Words, cases: Sequence[Case]) -> None:
        """Decide the cases."""
        self._policy = policy
        self._words = words
        decided = [self._decided(case) for case in cases if _tells(case)]
        self._common = _common(decided)
        self.common = "；".join(f"{words.fact(p)}：{words.value(p, v)}" for p, v in self._common)
        self.shown: list[Tag] = []
        self.more: list[Tag] = []
        seen: set[tuple[object, ...]] = set()
        for case, decision, given in decided:
            kind = (decision.verdict, decision.codes)
            into = self.more if kind in seen or case.amendments else self.shown
            into.append(self._example(case, decision, given))
            seen.add(kind)

    def _decided(self, case: Case) -> Decided:
        rule = amended(self._policy, case).rules[case.rule]
        facts = rule.spec.facts.from_mapping(case.facts)
        known = {
            raw.path: raw.kind.render(value)
            for raw in rule.spec.facts.SCHEMA
            if (value := getattr(facts, raw.attribute)) is not None
        }
        return case, rule.decide(facts, case.known_on), known

    def _example(self, case: Case, decision: Decision, given: Mapping[str, object]) -> Tag:
        words = self._words
        supposed = "；".join(self._supposed(case))
        unknown = "、".join(words.fact(path) for path, _ in self._common if path not in given)
        special = [item for item in decision.reads.items() if item not in self._common]
        rows = [(words.fact(path), words.value(path, value)) for path, value in special]
        return tag(
            "article",
            tag("h3", _VECTOR.sub("", case.name)),
            pairs(("假如", supposed or None), *rows, ("还不知道", unknown or None))
            if supposed or unknown or rows
            else tag("p", "就是上面说的那样。" if given else "什么资料都还没有。"),
            tag("div", *(tag("p", line) for line in decision.text["resident"]), class_="answer"),
        )

    def _supposed(self, case: Case) -> Iterator[str]:
        """Say what a case takes for granted that the town has not said."""
        readings = self._policy.law.readings
        words = self._words
        for kind, what in case.amendments.items():
            if kind == "parameters" and isinstance(what, dict):
                for name, value in what.items():
                    yield f"{words.number(name)}改为{words.amount(name, value)}"
            elif kind == "readings" and isinstance(what, dict):
                for name, side in what.items():
                    yield f"镇残联定了读法，按“{self._first(readings[name], side)}”"
            elif isinstance(what, list):
                for name in what:
                    asked = readings[name].question if name in readings else words.number(name)
                    yield f"镇残联确认了“{asked}”"

    def _first(self, reading: Reading, side: str) -> str:
        """Quote the first sentence of a reading's side."""
        first = dict(reading.sides)[side][0]
        return next(
            clause.quote
            for rule in self._policy.rules.values()
            for sheet in rule.sheets
            for clause in sheet.clauses
            if clause.id == first
        )


def _tells(case: Case) -> bool:
    return case.sheet is None and "error" not in case.expect


def _common(decided: Sequence[Decided]) -> list[tuple[str, object]]:
    """List the facts that most examples have in common, with the value they have there."""
    if len(decided) < _FEWEST:
        return []
    counted: list[tuple[tuple[str, object], int]] = []
    for _, decision, given in decided:
        for item in given.items():
            if item[0] in decision.reads and item not in [known for known, _ in counted]:
                having = sum(other.get(item[0]) == item[1] for _, _, other in decided)
                counted.append((item, having))
    return [item for item, having in counted if having * 3 > len(decided) * 2]
