"""Sentence-named cases beside the sheets: facts in, decision out; run by tests and by `check`.

    - name: 六十一周岁、不是低保低边的人自付一半（V5）
      given: harmless
      facts: {birth_date: 1963-11-20, submitted_on: 2024-11-21, household.status: none}
      expect: {verdict: eligible, share: "1/2", codes: [HALF]}

`reads` are all raw facts that were read, `fields` all fields of the sheets, `unread` raw facts that
were not; `clauses` say of some whether they pass, fail or stay unknown. `sheet` runs one sheet
alone (`values` are what it gives), `policy` amends the shipped one (readings, parameters, confirm).
The cases beside the sheets are those of the town they were written for (HOME); another region has
its own in `policy/{region}/cases/{rule}.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

from sizhu_rules.errors import FactError
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.source import Entry, Files
    from sizhu_rules.engine.spec import RuleSpec

HOME: Final = "simen"
_EXPECTATIONS = (
    "verdict",
    "adverse",
    "outcome",
    "share",
    "personal_fen",
    "subsidy_fen",
    "next_on",
    "route",
    "points",
    "half_hours",
    "minutes",
    "candidates",
    "rests_on",
    "codes",
    "exact_codes",
    "without_codes",
    "missing",
    "reads",
    "unread",
    "fields",
    "clauses",
    "values",
    "would_change",
    "error",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: `expect` holds only what it speaks about."""

    rule: str
    name: str
    sheet: str | None
    facts: Mapping[str, object]
    known_on: date
    amendments: Mapping[str, object]
    expect: Mapping[str, object]
    file: str
    line: int


def load_cases(spec: RuleSpec, files: Files, region: str = HOME) -> tuple[Case, ...]:
    """Read a rule's cases in a region; a region other than HOME may have none.

    Raises `PolicyError`.
    """
    name = f"{spec.folder}/cases.yaml"
    if region != HOME:
        name = f"policy/{region}/cases/{spec.name}.yaml"
        if not files.has(name):
            return ()
    entry = files.read(name)
    keys = entry.mapping(["schema", "rule", "known_on", "cases"], ["given"])
    if keys["rule"].text() != spec.name:
        raise keys["rule"].error("the cases are of another rule", f"write '{spec.name}'")
    known_on = keys["known_on"].day()
    given = (
        {name: _mapping(item) for name, item in keys["given"].pairs()} if "given" in keys else {}
    )
    cases: list[Case] = []
    for item in keys["cases"].items():
        parts = item.mapping(["name", "facts", "expect"], ["given", "sheet", "policy", "known_on"])
        base = {}
        if "given" in parts:
            base = given[parts["given"].choice(given)]
        name = parts["name"].text()
        if any(name == case.name for case in cases):
            raise parts["name"].error("the name is taken", "say what is special about this case")
        expect = parts["expect"].mapping([], _EXPECTATIONS)
        if not expect:
            raise parts["expect"].error("the case expects nothing", "write what must come out")
        cases.append(
            Case(
                rule=spec.name,
                name=name,
                sheet=parts["sheet"].text() if "sheet" in parts else None,
                facts={**base, **_mapping(parts["facts"])},
                known_on=parts["known_on"].day() if "known_on" in parts else known_on,
                amendments=_mapping(parts["policy"]) if "policy" in parts else {},
                expect={key: _plain(value) for key, value in expect.items()},
                file=item.file,
                line=item.line,
            )
        )
    return tuple(cases)


def run_case(case: Case, policy: Policy) -> str | None:
    """Run a case; returns what went wrong in one sentence, or None."""
    chosen = amended(policy, case)
    rule = chosen.rules[case.rule]
    try:
        facts = rule.spec.facts.from_mapping(case.facts)
    except FactError as error:
        got: Mapping[str, object] = {"error": error.path}
    else:
        if case.sheet is not None:
            got = _sheet_alone(case, chosen)
        else:
            decision = rule.decide(facts, case.known_on)
            body = decision.to_dict()
            got = {**body, **_mapping_of(body["outcome"]), "error": None}
            got["fields"] = list(decision.fields)
    for key, expected in case.expect.items():
        if not _meets(key, expected, got):
            return (
                f"{case.file}:{case.line}: '{case.name}' expects {key} {expected!r},"
                f" got {got.get(_SUBJECT.get(key, key))!r}; correct the rule, or the case"
            )
    if "error" not in case.expect and got.get("error") is not None:
        return f"{case.file}:{case.line}: '{case.name}' is refused: correct its facts"
    return None


_SUBJECT = {"exact_codes": "codes", "without_codes": "codes", "unread": "reads"}
_AMENDED: dict[tuple[str, str], Policy] = {}
_MOST_AMENDED = 256  # mutants bring a policy each


def _meets(key: str, expected: object, got: Mapping[str, object]) -> bool:
    actual = got.get(_SUBJECT.get(key, key))
    if isinstance(expected, list) and key in ("codes", "without_codes", "unread"):
        there = [item in (actual or ()) for item in expected]  # type: ignore[operator] # lists of text
        return all(there) if key == "codes" else not any(there)
    if key == "fields" and isinstance(actual, list):
        return sorted(actual) == sorted(expected)  # type: ignore[call-overload,no-any-return] # names
    if key == "clauses" and isinstance(actual, list):
        judged = {clause["id"]: clause["result"] for clause in actual}
        return _mapping_of(expected).items() <= judged.items()
    if key == "reads" and isinstance(actual, dict):
        return sorted(actual) == sorted(expected)  # type: ignore[call-overload,no-any-return] # paths
    if key == "would_change" and isinstance(actual, list):
        return [change["by"] for change in actual] == expected
    return actual == expected


def _sheet_alone(case: Case, policy: Policy) -> Mapping[str, object]:
    rule = policy.rules[case.rule]
    facts = rule.spec.facts.from_mapping(case.facts)
    day = rule.spec.as_of(facts)
    segment = None if day is None else rule.segment(day)
    if segment is None or case.sheet is None:
        return {"verdict": "needs_review"}
    leaf = segment.sheet(case.sheet, facts)
    if leaf.settled is None:
        return {"verdict": "needs_facts", "codes": list(leaf.codes)}
    return {
        "verdict": leaf.settled.verdict,
        "adverse": leaf.settled.adverse,
        "codes": list(leaf.codes),
        "candidates": [dict(one) for one in leaf.settled.candidates],
        "rests_on": sorted(leaf.settled.rests_on),
        "values": dict(leaf.settled.values),
        **dict(leaf.settled.values),
    }


def amended(policy: Policy, case: Case) -> Policy:
    """Return the policy a case runs under; raises LookupError for an amendment that is none."""
    amendments = case.amendments
    if not amendments:
        return policy
    key = (policy.digest, repr(sorted(amendments.items())))
    if key not in _AMENDED:
        unknown = amendments.keys() - {"parameters", "readings", "confirm"}
        if unknown:
            raise LookupError(
                f"a case amends {', '.join(sorted(unknown))}; use parameters, readings"
            )
        if len(_AMENDED) >= _MOST_AMENDED:
            _AMENDED.clear()
        _AMENDED[key] = amend(policy, **amendments)  # type: ignore[arg-type] # keys checked above
    return _AMENDED[key]


def _mapping(entry: Entry) -> dict[str, object]:
    return {key: _plain(value) for key, value in entry.pairs()}


def _mapping_of(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def _plain(entry: Entry) -> object:
    """Return a value as JSON would hold it; days stay text, so that impossible ones reach us."""
    if isinstance(entry.node, yaml.MappingNode):
        return _mapping(entry)
    if isinstance(entry.node, yaml.SequenceNode):
        return [_plain(item) for item in entry.items()]
    if entry.is_a("int"):
        return entry.integer()
    if entry.is_a("bool"):
        return entry.boolean()
    return None if entry.is_a("null") else str(entry.node.value)
