"""Why: the clauses, what was read, what is missing, what would change it, in three voices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from sizhu_rules.engine.canonical import digest
from sizhu_rules.engine.changes import would_change
from sizhu_rules.engine.field import Special
from sizhu_rules.engine.missing import Codes, smallest_missing
from sizhu_rules.engine.raw import Recorder
from sizhu_rules.engine.spec import View
from sizhu_rules.engine.voices import tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.raw import Facts
    from sizhu_rules.engine.rule import Answer, Rule, Segment
    from sizhu_rules.engine.spec import Outcome
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.walk import Node

SCHEMA = 1
MOST_TOLD: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Walked:
    """What a walk through the tables met: each field's value, each table's codes and leaf."""

    fields: dict[str, Known | None]
    codes: tuple[Codes, ...]
    leaves: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Brief:
    """What a decision gives and why, without what would change it."""

    view: View
    outcome: Outcome
    codes: tuple[str, ...]


class Explanation:
    """Everything a decision can say, each part made when somebody asks for it.

    The parts depend on each other in one order only: the walk, the outcome, what is missing, what
    would change it, and last what all of these read.
    """

    def __init__(self, decision: Decision) -> None:
        """Read the fact that dates the decision; the rest waits."""
        self._decision = decision
        self._rule, self._segment, self._answer = decision.parts
        self._recorder = Recorder(decision.facts)
        spec = self._rule.spec
        getattr(self._recorder, spec.facts.paths()[spec.dated_by])

    @cached_property
    def _walked(self) -> _Walked:
        segment = self._segment
        if segment is None:
            return _Walked({}, (), ())
        walked = _walk(segment, segment.roots, self._recorder)
        answer = segment.join(walked.leaves)
        if answer.rivals:  # what unconfirmed alternatives look at is read as well
            segment.weighed(answer, self._recorder)
        return walked

    @cached_property
    def _brief(self) -> _Brief:
        return _brief(self._decision, self._recorder, self._walked)

    @cached_property
    def _read(self) -> Facts:
        """The facts that walk and outcome looked at, and no others."""
        recorder = self._brief.view.facts
        return self._rule.spec.facts(**cast("dict[str, Any]", recorder.read))

    @property
    def fields(self) -> Mapping[str, Known | None]:
        """The derived facts that were read: the engines compare on them."""
        return self._walked.fields

    @property
    def outcome(self) -> Mapping[str, object]:
        """What the person gets, as far as it is settled."""
        return self._brief.outcome.outcome

    @property
    def candidates(self) -> tuple[Mapping[str, object], ...]:
        """The outcomes between which a person must choose."""
        return self._brief.outcome.candidates

    @property
    def codes(self) -> tuple[str, ...]:
        """The reason codes of sheets and arithmetic."""
        return self._brief.codes

    @cached_property
    def clauses(self) -> tuple[Mapping[str, object], ...]:
        """Every clause in force, judged on the cells that were read."""
        return _clauses(self._segment, self._decision.facts)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The smallest set of raw facts that settles the decision."""
        return _missing(self._rule, self._segment, self._answer, self._walked, self._read)

    @cached_property
    def would_change(self) -> tuple[Mapping[str, object], ...]:
        """What the person can do for a better answer."""
        return would_change(self._rule, self._brief.view, self._read, self._answer)

    @cached_property
    def reads(self) -> Mapping[str, object]:
        """The raw facts that were read: complete once the last part that reads is there."""
        _ = self.would_change
        return _reads(self._rule.spec.facts, self._recorder)

    @cached_property
    def body(self) -> Mapping[str, object]:
        """The JSON without text and digest."""
        view = self._brief.view
        return {
            "schema": SCHEMA,
            "rule": self._rule.spec.name,
            "policy": self._rule.identity.to_dict(),
            "as_of": None if view.as_of is None else view.as_of.isoformat(),
            "known_on": view.known_on.isoformat(),
            "verdict": self._answer.verdict,
            "adverse": self._answer.adverse,
            "outcome": dict(self.outcome),
            "candidates": [dict(one) for one in self.candidates],
            "codes": list(self.codes),
            "clauses": [
                {**clause, "facts": dict(cast("Mapping[str, object]", clause["facts"]))}
                for clause in self.clauses
            ],
            "missing": list(self.missing),
            "reads": self.reads,
            "would_change": [dict(one) for one in self.would_change],
        }

    @cached_property
    def text(self) -> Mapping[str, tuple[str, ...]]:
        """The sentences in three voices."""
        return tell(self._rule, self._brief.view, self.outcome, self.body)

    @cached_property
    def digest(self) -> str:
        """The hash of `body`."""
        return digest(self.body)


def _brief(decision: Decision, recorder: Recorder, walked: _Walked) -> _Brief:
    rule, segment, answer = decision.parts
    view = View(
        facts=recorder,
        fields=walked.fields,
        verdict=answer.verdict,
        values={name: value for result in answer.values for name, value in result.values},
        candidates=tuple(dict(one) for result in answer.values for one in result.candidates),
        problems=tuple(code for result in answer.values for code in result.problems),
        ranges=_ranges(segment, answer),
        parameters={}
        if segment is None
        else {name: parameter.value for name, parameter in segment.parameters.items()},
        as_of=decision.as_of,
        known_on=decision.known_on,
    )
    outcome = rule.spec.outcome(view)
    codes = tuple(dict.fromkeys((*answer.codes, *outcome.codes)))
    return _Brief(view, outcome, codes)


def _ranges(segment: Segment | None, answer: Answer) -> Mapping[str, tuple[int, int]]:
    ranges: dict[str, tuple[int, int]] = {}
    for table, leaf in zip(segment.tables if segment else (), answer.leaves, strict=True):
        if table.sheet.hit == "sum":
            # Where a fact contradicts another a sum has candidates instead of values.
            many = [one for r in leaf.results for one in (r.candidates or (r.values,))]
            sums = [dict(one) for one in many]
            for name in table.sheet.gives:
                possible = [int(one[name]) for one in sums]
                ranges[name] = (min(possible), max(possible))
    return ranges


def _walk(segment: Segment, roots: Sequence[Node], facts: Facts | Recorder) -> _Walked:
    fields: dict[str, Known | None] = {}
    all_codes: list[Codes] = []
    leaves: list[Node] = []
    for table, root in zip(segment.tables, roots, strict=True):
        codes: list[int | None] = [None] * len(table.cells)
        node = root
        while node.fact is not None:
            cells = table.cells[node.field]
            value = node.fact(facts)
            fields[cells.field.name] = value
            code = cells.code(value)
            codes[node.field] = code
            node = node.child(code)
        all_codes.append(tuple(codes))
        leaves.append(node)
    return _Walked(fields, tuple(all_codes), tuple(leaves))


def _missing(
    rule: Rule, segment: Segment | None, answer: Answer, walked: _Walked, read: Facts
) -> tuple[str, ...]:
    if answer.verdict != "needs_facts" or segment is None:
        return ()
    raws: set[str] = set()
    for roots, gone in _open_walks(segment, walked, read):
        needs = {
            name: rule.spec.derived[name].needs(read)
            for name, value in gone.fields.items()
            if value is None
        }
        raws.update(smallest_missing(segment, roots, gone.codes, needs))
    paths = rule.spec.facts.paths()
    if getattr(read, paths[rule.spec.dated_by]) is None:
        raws.add(rule.spec.dated_by)
    return tuple(path for path in paths if path in raws)


def _open_walks(
    segment: Segment, walked: _Walked, read: Facts
) -> Iterator[tuple[Sequence[Node], _Walked]]:
    """List the walks that may need facts: the one as parameters stand, those of alternatives."""
    yield segment.roots, walked  # where it is settled it asks for nothing
    for _name, position, root, _leaf in segment.join(walked.leaves).rivals:
        roots = (*segment.roots[:position], root, *segment.roots[position + 1 :])
        yield roots, _walk(segment, roots, read)


def _reads(schema: type[Facts], recorder: Recorder) -> dict[str, object]:
    return {
        raw.path: raw.kind.render(recorder.read[raw.attribute])
        for raw in schema.SCHEMA
        if raw.attribute in recorder.read
    }


def _clauses(segment: Segment | None, facts: Facts) -> tuple[Mapping[str, object], ...]:
    """Judge every clause in force; what a walk met once is remembered by the values it met."""
    told: tuple[Mapping[str, object], ...] = ()
    if segment is None:
        return told
    for position, root in enumerate(segment.roots):
        node, values = root, []
        while (fact := node.fact) is not None:
            value = fact(facts)
            values.append(value)
            node = node.steps[value]
        key = (position, *values)
        part = segment.told.get(key)
        if part is None:
            part = _tell(segment.tables[position], root, values)
            if len(segment.told) < MOST_TOLD:
                segment.told[key] = part
        told += part
    return told


def _tell(
    table: Table, node: Node, values: Sequence[Known | None]
) -> tuple[Mapping[str, object], ...]:
    codes: list[int | None] = [None] * len(table.cells)
    fields: dict[str, Known | None] = {}
    for value in values:
        cells = table.cells[node.field]
        codes[node.field] = code = cells.code(value)
        fields[cells.field.name] = value
        node = node.child(code)
    # Many decisions share these, so nobody may change them.
    return tuple(
        MappingProxyType(
            {
                "id": judgement.clause.id,
                "result": judgement.result,
                "facts": MappingProxyType({n: _shown(fields[n]) for n in judgement.fields}),
                "quote": judgement.clause.quote,
                "source": judgement.clause.source,
            }
        )
        for judgement in table.judge(codes)
    )


def _shown(value: Known | None) -> object:
    if value is None or isinstance(value, Special):
        return None
    return value if isinstance(value, int | str) else value.isoformat()
