"""A rule: staged sheets over typed facts, compiled per date segment; facts in, Decision out.

On known facts `not_eligible` beats `needs_review` beats `eligible`; with unknowns the verdict that
all completions share, else `needs_facts`.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sizhu_rules.engine.decision import Decision, make_decision
from sizhu_rules.engine.links import derived_of, unconfirmed_code
from sizhu_rules.engine.raw import Facts
from sizhu_rules.engine.verdict import Result, Verdict, possible, shared_codes, strongest
from sizhu_rules.engine.walk import Course, Node
from sizhu_rules.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.law import Identity
    from sizhu_rules.engine.parameters import Number, Parameter
    from sizhu_rules.engine.sheet import Sheet
    from sizhu_rules.engine.spec import RuleSpec
    from sizhu_rules.engine.table import Table
    from sizhu_rules.engine.texts import Texts


# Combinations remembered of one segment. A sum of six weights and a dozen filters has billions.
MOST_ANSWERS: Final = 20_000

# Where unconfirmed values lead: the parameter, the position of the sheet, the leaf under it.
Turned = tuple[tuple[str, int, Node], ...]
# The parameter, the position of the sheet, the root of the walk, and the leaf without it.
Rival = tuple[str, int, Node, Node]


class Answer:
    """What the sheets say together for one combination of leaves; made once, then shared."""

    __slots__ = ("adverse", "codes", "leaves", "rivals", "values", "verdict")

    def __init__(
        self,
        verdict: Verdict,
        leaves: tuple[Node, ...],
        *,
        codes: tuple[str, ...] = (),
        values: tuple[Result, ...] = (),
    ) -> None:
        """Join the parts; `values` are the results of the sheets that are settled.

        `adverse`: the person is refused, pays or gets less. `rivals` are the walks under
        unconfirmed alternatives through the sheets that say so, whatever else is still open.
        """
        self.verdict = verdict
        self.leaves = leaves
        self.codes = codes
        self.values = values
        self.adverse = verdict == "not_eligible" or (
            verdict == "eligible" and any(result.adverse for result in values)
        )
        self.rivals: tuple[Rival, ...] = ()


def combine(leaves: tuple[Node, ...]) -> Answer:
    """Join the leaves of all sheets into one answer."""
    verdicts = {strongest(some) for some in product(*(leaf.verdicts for leaf in leaves))}
    settled = tuple(leaf.settled for leaf in leaves if leaf.settled is not None)
    codes = tuple(dict.fromkeys(code for leaf in leaves for code in leaf.codes))
    verdict = verdicts.pop() if len(verdicts) == 1 else "needs_facts"
    if verdict == "eligible" and len(settled) < len(leaves):
        verdict = "needs_facts"
    return Answer(verdict, leaves, codes=codes, values=settled)


class Segment:
    """A rule on a span of days on which no clause and no parameter changes."""

    __slots__ = (
        "_answers",
        "_doubts",
        "_start",
        "alternatives",
        "day",
        "facts",
        "missing",
        "parameters",
        "roots",
        "tables",
        "told",
    )

    def __init__(
        self, spec: RuleSpec, day: date, tables: tuple[Table, ...], parameters: dict[str, Parameter]
    ) -> None:
        """Build the walks: one as the parameters stand, one per unconfirmed alternative."""
        self.day = day
        self.tables = tables
        self.parameters = parameters
        numbers = {name: parameter.value for name, parameter in parameters.items()}
        looked_at = derived_of(spec, (table.sheet for table in tables))
        self.facts = {name: derived.fact(numbers) for name, derived in looked_at.items()}
        self.roots = tuple(table.walk(self.facts) for table in tables)
        self.alternatives: list[tuple[str, int, Node]] = []
        for name in sorted({n for derived in looked_at.values() for n in derived.parameters}):
            parameter = parameters[name]
            fields = {key for key, derived in looked_at.items() if name in derived.parameters}
            for other in () if parameter.confirmed else parameter.alternatives:
                changed = {**numbers, name: other}
                facts = {key: derived.fact(changed) for key, derived in looked_at.items()}
                self.alternatives += [
                    (name, position, table.walk(facts))
                    for position, table in enumerate(tables)
                    if any(cells.field.name in fields for cells in table.cells)
                ]
        self._answers: dict[tuple[Node, ...], Answer] = {}
        self._doubts: dict[tuple[tuple[Node, ...], Turned], Answer] = {}
        self._start = Course(self.roots, self.join).start
        # What explanations found out once: by the codes, or by the values, that a walk met.
        self.missing: dict[object, tuple[str, ...]] = {}
        self.told: dict[tuple[object, ...], tuple[Mapping[str, object], ...]] = {}

    def rivals(self) -> list[tuple[str, int, Number]]:
        """List the alternatives as (parameter, position of the sheet, value), in their order."""
        seen: dict[tuple[str, int], int] = {}
        found: list[tuple[str, int, Number]] = []
        for name, position, _root in self.alternatives:
            turn = seen.get((name, position), 0)
            seen[name, position] = turn + 1
            found.append((name, position, self.parameters[name].alternatives[turn]))
        return found

    def answer(self, facts: Any) -> Answer:  # noqa: ANN401 - each rule brings its own facts
        """Walk the sheets.

        What weighs on a person and an unconfirmed alternative would change is not given: a person
        decides.
        """
        step = self._start
        while (fact := step.fact) is not None:
            value = fact(facts)
            try:
                step = step.next[value]
            except KeyError:
                step = step.learn(value)
        answer = step.answer
        return self.weighed(answer, facts) if answer.rivals else answer

    def weighed(self, answer: Answer, facts: Any) -> Answer:  # noqa: ANN401 - as above
        """Return an answer in which no sheet weighs that an alternative would turn."""
        turned: Turned = ()
        for name, position, root, leaf in answer.rivals:
            node = root
            while (fact := node.fact) is not None:
                node = node.steps[fact(facts)]
            # Leaves are shared between walks, and to compare them is much slower.
            if node is not leaf and not leaf.same_as(node):
                turned += ((name, position, node),)
        return self._doubted(answer.leaves, turned) if turned else answer

    def _doubted(self, leaves: tuple[Node, ...], turned: Turned) -> Answer:
        answer = self._doubts.get((leaves, turned))
        if answer is None:
            answer = combine(doubted(leaves, turned))
            if len(self._doubts) < MOST_ANSWERS:
                return self._doubts.setdefault((leaves, turned), answer)
        return answer

    def sheet(self, name: str, facts: Any) -> Node:  # noqa: ANN401 - as above
        """Walk one sheet alone; raises LookupError for a sheet that is not of this rule."""
        for table, root in zip(self.tables, self.roots, strict=True):
            if table.sheet.name == name:
                node = root
                while (fact := node.fact) is not None:
                    node = node.steps[fact(facts)]
                return node
        known = ", ".join(table.sheet.name for table in self.tables)
        raise LookupError(f"there is no sheet '{name}'; use one of {known}")

    def join(self, leaves: tuple[Node, ...]) -> Answer:
        """Join the leaves of all sheets into one answer; the first combinations are remembered."""
        answer = self._answers.get(leaves)
        if answer is None:
            answer = combine(leaves)
            answer.rivals = tuple(
                (name, position, root, leaves[position])
                for name, position, root in self.alternatives
                if leaves[position].weighs
            )
            if len(self._answers) < MOST_ANSWERS:
                return self._answers.setdefault(leaves, answer)
        return answer


def doubted(leaves: tuple[Node, ...], turned: Turned) -> tuple[Node, ...]:
    """Replace the leaves that unconfirmed values turn: what such a sheet says is a question.

    `turned` lists the parameter, the position of the sheet, and where the walk ends under the
    alternative. Where a fact that only matters then is unknown, it is asked for first, unless a
    person has to decide in any case. The other sheets say what they say.
    """
    doubts: dict[int, list[tuple[str, Node]]] = {}
    for name, position, node in turned:
        doubts.setdefault(position, []).append((name, node))
    return tuple(
        _question(leaf, doubts[position]) if position in doubts else leaf
        for position, leaf in enumerate(leaves)
    )


def _question(leaf: Node, others: list[tuple[str, Node]]) -> Node:
    nodes = [*(node for _, node in others), leaf]
    results = [result for node in nodes for result in node.results]
    if all(node.settled is None and not node.refuses for _, node in others):
        return Node(results)
    candidates = possible(node.settled for node in nodes if node.settled is not None)
    names = dict.fromkeys(unconfirmed_code(name) for name, _ in others)
    codes = (*names, *shared_codes(results))
    return Node([Result("needs_review", (), candidates, codes, adverse=False, clauses=())])


class Rule:
    """A rule of one policy: decides facts on the segment of their date."""

    __slots__ = ("_as_of", "_from", "identity", "segments", "sheets", "spec", "starts", "texts")

    def __init__(
        self,
        spec: RuleSpec,
        identity: Identity,
        sheets: tuple[Sheet, ...],
        segments: list[tuple[date, Segment | None]],
        texts: Texts,
    ) -> None:
        """Keep the segments in order of their first day; None: nothing is in force."""
        self.spec = spec
        self.identity = identity
        self.sheets = sheets
        self.starts = [start for start, _ in segments]
        self.segments = [segment for _, segment in segments]
        self.texts = texts
        self._from: list[Segment | None] = [None, *self.segments]  # [0]: before the first day
        self._as_of = spec.as_of

    def segment(self, day: date) -> Segment | None:
        """Return the segment in force on a day, or None."""
        return self._from[bisect_right(self.starts, day)]

    def latest(self) -> Segment:
        """Return the last segment: facts without a date are asked for as it would ask."""
        return next(segment for segment in reversed(self.segments) if segment is not None)

    def decide(self, facts: Facts, known_on: date) -> Decision:
        """Decide typed facts."""
        as_of = self._as_of(facts)
        if as_of is None:
            return make_decision(self, facts, known_on, undated(self.latest().answer(facts)))
        segment = self._from[bisect_right(self.starts, as_of)]
        if segment is None:
            return make_decision(self, facts, known_on, NOT_IN_FORCE)
        return make_decision(self, facts, known_on, segment.answer(facts))

    def read(self, facts: Mapping[str, object] | Facts) -> Facts:
        """Turn a mapping into typed facts; raises FactError for facts of another rule."""
        if isinstance(facts, Facts):
            raise FactError(
                "facts",
                f"these are no facts of '{self.spec.name}'",
                f"use {self.spec.facts.__name__}",
            )
        return self.spec.facts.from_mapping(facts)


def undated(answer: Answer) -> Answer:
    """Withhold an answer whose date is unknown: which law applies is then open."""
    return Answer("needs_facts", answer.leaves)


NOT_IN_FORCE = Answer("needs_review", (), codes=("NO_RULE_IN_FORCE",))
