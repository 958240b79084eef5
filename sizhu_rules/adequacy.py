"""Whether a rule's cases and declarations are adequate: what `check` asks beyond passing cases.

- Every clause has a case in which its condition holds and one in which it does not.
- Every derived fact reads the raw facts and parameters it declares, and no others. That is
  observed, not believed: it is run on the values that the cases bring, in every combination.
- Every field of a sheet is looked at by some clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Final

from sizhu_rules.cases import amended
from sizhu_rules.engine.condition import tests
from sizhu_rules.engine.raw import Recorder
from sizhu_rules.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sizhu_rules.cases import Case
    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.spec import Derived

_MOST_VALUES: Final = 14  # of one raw fact
_MOST_PROBES: Final = 20_000  # of one derived fact


def inadequacies(rule: Rule, cases: Sequence[Case], policy: Policy) -> Iterator[str]:
    """List what is missing, as sentences that end in the fix."""
    facts = list(_typed(rule, cases))
    yield from _unproved_clauses(rule, cases, policy)
    yield from _idle_fields(rule)
    yield from _wrong_reads(rule, facts)


def _typed(rule: Rule, cases: Sequence[Case]) -> Iterator[Facts]:
    for case in cases:
        try:
            yield rule.spec.facts.from_mapping(case.facts)
        except FactError:
            continue  # a case about malformed facts


def _unproved_clauses(rule: Rule, cases: Sequence[Case], policy: Policy) -> Iterator[str]:
    seen: set[tuple[object, object]] = set()
    for case in cases:
        chosen = amended(policy, case).rules[rule.spec.name]
        try:
            facts = chosen.spec.facts.from_mapping(case.facts)
        except FactError:
            continue
        decision = chosen.decide(facts, case.known_on)
        seen |= {(clause["id"], clause["result"]) for clause in decision.clauses}
    for sheet in rule.sheets:
        for clause in sheet.clauses:
            wanted = ("pass", "fail") if any(True for _ in tests(clause.condition)) else ("pass",)
            for result in wanted:
                if (clause.id, result) not in seen:
                    word = "holds" if result == "pass" else "does not hold"
                    yield (
                        f"{sheet.file}:{clause.line}: no case shows {clause.id} where its condition"
                        f" {word}; add one to {rule.spec.folder}/cases.yaml"
                    )


def _idle_fields(rule: Rule) -> Iterator[str]:
    for sheet in rule.sheets:
        used = {test.field for clause in sheet.clauses for test in tests(clause.condition)}
        for field in sheet.fields:
            if field.name not in used:
                yield (
                    f"{sheet.file}:{field.line}: no clause looks at the field '{field.name}';"
                    " take it away"
                )


def _wrong_reads(rule: Rule, many: Sequence[Facts]) -> Iterator[str]:
    numbers = {name: value.value for name, value in rule.latest().parameters.items()}
    for name, derived in rule.spec.derived.items():
        if not any(name == field.name for sheet in rule.sheets for field in sheet.fields):
            yield f"{rule.spec.folder}: no sheet has the derived fact '{name}'; take it away"
            continue
        read, used = _probe(rule, derived, many, numbers)
        for what, declared, observed in (
            ("raw fact", set(derived.reads), read),
            ("parameter", set(derived.parameters), used),
        ):
            for one in sorted(observed - declared):
                yield f"{rule.spec.folder}: '{name}' reads the {what} '{one}'; declare it"
            for one in sorted(declared - observed):
                yield (
                    f"{rule.spec.folder}: '{name}' declares the {what} '{one}' and no case makes it"
                    " read it; add such a case, or take the declaration away"
                )


class _Numbers(Mapping[str, "Number"]):
    """Parameters that remember which of them were used."""

    def __init__(self, numbers: Mapping[str, Number]) -> None:
        self._numbers = numbers
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Number:
        value = self._numbers[name]
        self.used.add(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def _probe(
    rule: Rule, derived: Derived, many: Sequence[Facts], numbers: Mapping[str, Number]
) -> tuple[set[str], set[str]]:
    """Run a derived fact; return the raw facts (by path) and parameters it looked at."""
    paths = rule.spec.facts.paths()
    attributes = [paths[path] for path in derived.reads]
    values = [_values(many, attribute) for attribute in attributes]
    recording = _Numbers(numbers)
    fact = derived.fact(recording)
    read: set[str] = set()
    whole: Iterator[Facts] = iter(many)
    mixed = (
        _built(rule, dict(zip(attributes, combination, strict=True)))
        for combination in islice(product(*values), _MOST_PROBES)
    )
    for source in (whole, mixed):
        for facts in source:
            recorder: Any = Recorder(facts)
            fact(recorder)
            read |= recorder.read.keys()
    by_attribute = {attribute: path for path, attribute in paths.items()}
    return {by_attribute[attribute] for attribute in read}, recording.used


def _built(rule: Rule, values: dict[str, object]) -> Facts:
    return rule.spec.facts(**values)


def _values(many: Sequence[Facts], attribute: str) -> list[object]:
    found: dict[object, None] = {None: None}
    for facts in many:
        found.setdefault(getattr(facts, attribute))
    return list(found)[:_MOST_VALUES]
