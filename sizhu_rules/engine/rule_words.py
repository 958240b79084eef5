"""How people call a rule's numbers and say its values, from its `words.yaml`; for the pages.

    numbers:
      device.free_age: {name: 免费的年龄线, unit: 周岁}
    values:
      share: {"0": 本人免费}
      last_delivered_on: {never: 从来没有领过}

Sentences about a decision stand in `texts.yaml`; nothing here is told to anybody about a case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.links import used_parameters
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.source import Entry, Files
    from sizhu_rules.engine.spec import RuleSpec

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How people call a parameter, and the unit in which its value is said."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class RuleWords:
    """Names of parameters, and words for what facts, outcomes and parameters may be."""

    numbers: Mapping[str, NumberWords]
    values: Mapping[str, Mapping[str, str]]

    def speaks(self, name: str, value: object) -> bool:
        """Tell whether a value can be said: it has words, or is no code in the first place."""
        code = isinstance(value, str) and _CODE.fullmatch(value)
        return not code or value in self.values.get(name, {})


SILENT: Final = RuleWords({}, {})


def load_rule_words(spec: RuleSpec, files: Files) -> RuleWords:
    """Read a rule's `words.yaml`; a rule without one has none. Raises `PolicyError`."""
    name = _name(spec)
    return _words(spec, files.read(name)) if files.has(name) else SILENT


def unspoken(specs: Iterable[RuleSpec], law: Law, files: Files) -> Iterator[str]:
    """List what the pages could only tell in code."""
    for spec in specs:
        try:
            words = load_rule_words(spec, files)
        except PolicyError as error:
            yield str(error)
            continue
        for what, fix in _unspoken(spec, law, words):
            yield str(PolicyError(_name(spec), 1, what, fix))


def _unspoken(spec: RuleSpec, law: Law, words: RuleWords) -> Iterator[tuple[str, str]]:
    used = used_parameters(spec, law)
    for name in sorted(used - words.numbers.keys()):
        yield f"the number '{name}' has no name", "add it under numbers"
    for name, value in dict.fromkeys(_said(spec, law, used)):
        if not words.speaks(name, value):
            yield f"'{name}: {value}' has no words", f"add '{value}: …' under values, {name}"


def _said(spec: RuleSpec, law: Law, used: Iterable[str]) -> Iterator[tuple[str, object]]:
    """List every value that a page may have to say."""
    for sheet in law.sheets[spec.name]:
        for clause in sheet.clauses:
            for values in (clause.effect.values, *clause.effect.candidates):
                yield from ((name, v) for name, v in values if isinstance(v, str))
    for name in sorted(used):
        for value in law.parameters.get(name, ()):
            yield from ((name, one) for one in (value.value, *value.alternatives))
    for raw in spec.facts.SCHEMA:
        yield from ((raw.path, word) for word in getattr(raw.kind, "words", ()))


def _name(spec: RuleSpec) -> str:
    return f"{spec.folder}/words.yaml"


def _words(spec: RuleSpec, entry: Entry) -> RuleWords:
    keys = entry.mapping(["schema", "rule"], ["numbers", "values"])
    if keys["schema"].integer() != 1:
        raise keys["schema"].error("the schema is unknown", "write 'schema: 1'")
    if keys["rule"].text() != spec.name:
        raise keys["rule"].error("these are words of another rule", f"write '{spec.name}'")
    return RuleWords(
        numbers=_numbers(keys["numbers"]) if "numbers" in keys else {},
        values=_values(keys["values"]) if "values" in keys else {},
    )


def _numbers(entry: Entry) -> dict[str, NumberWords]:
    found = {}
    for name, item in entry.pairs():
        keys = item.mapping(["name"], ["unit"])
        unit = keys["unit"].text() if "unit" in keys else ""
        found[name] = NumberWords(keys["name"].text(), unit)
    return found


def _values(entry: Entry) -> dict[str, dict[str, str]]:
    return {
        name: {value: words.text() for value, words in item.pairs()} for name, item in entry.pairs()
    }
