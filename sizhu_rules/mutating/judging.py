"""Judging mutants: refused at load, caught by a case, equivalent, or alive.

A mutant that lives is a change to the law that no case of the rule would notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sizhu_rules.cases import load_cases, run_case
from sizhu_rules.engine.links import used_parameters
from sizhu_rules.engine.policy import compile_law
from sizhu_rules.engine.resolve import named_parameters
from sizhu_rules.errors import PolicyError
from sizhu_rules.mutating.equivalence import same_rule
from sizhu_rules.policies import shipped
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from sizhu_rules.cases import Case
    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.spec import RuleSpec
    from sizhu_rules.mutating.mutants import Mutant, Nursery

Fate = Literal["refused", "caught", "equivalent", "survived"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a mutant, and the error or the case that found it out."""

    mutant: Mutant
    fate: Fate
    by: str = ""


class Jury:
    """The cases of a region's rules, and what the rules are without any mutation."""

    def __init__(self, nursery: Nursery) -> None:
        """Load the cases; raises `PolicyError` where one fails already."""
        self._specs = {spec.name: spec for spec in nursery.specs}
        self._cases: dict[str, list[Case]] = {}
        policy, errors = compile_law(nursery.law, nursery.specs)
        if policy is None:
            raise errors[0]
        self._pure = self._both(policy)
        for spec in nursery.specs:
            self._cases[spec.name] = list(load_cases(spec, nursery.files))
            for case in self._cases[spec.name]:
                if failure := run_case(case, policy):
                    raise PolicyError(case.file, case.line, failure, "mend it before mutating")
        self._anchors = _anchors(nursery)

    def judge(self, mutant: Mutant) -> Judgement:
        """Judge one mutant; stops at the first case that finds it out."""
        specs = [self._specs[name] for name in mutant.rules]
        try:
            policy, errors = compile_law(mutant.make(), specs)
        except PolicyError as error:
            return Judgement(mutant, "refused", str(error))
        if policy is None:
            return Judgement(mutant, "refused", str(errors[0]))
        for name in mutant.rules:
            if failure := self._failure(name, policy):
                return Judgement(mutant, "caught", failure)
        return Judgement(mutant, "equivalent" if self._unchanged(policy) else "survived")

    def _failure(self, name: str, policy: Policy) -> str | None:
        cases = self._cases[name]
        for case in cases:
            failure = _run(case, policy)
            if failure is not None:
                # Who found one mutant out often finds the next one too.
                cases.remove(case)
                cases.insert(0, case)
                return failure
        return None

    def _unchanged(self, policy: Policy) -> bool:
        """Compare as things stand, and as they would after everything was confirmed."""
        return all(
            same_rule(now.rules[name], pure.rules[name], self._anchors)
            for now, pure in zip(self._both(policy), self._pure, strict=True)
            for name in policy.rules
        )

    def _both(self, policy: Policy) -> tuple[Policy, Policy]:
        return policy, amend(policy, confirm=[*policy.law.parameters, *policy.law.readings])


def _run(case: Case, policy: Policy) -> str | None:
    try:
        return run_case(case, policy)
    except Exception as error:  # noqa: BLE001 - a mutant may break the run in any way
        return f"{case.file}:{case.line}: '{case.name}' cannot be run: {type(error).__name__}"


def _anchors(nursery: Nursery) -> frozenset[str]:
    """Name the parameters that stand under `rests_on` alone: what they hold decides nothing.

    No condition and no outcome names them, no derived fact, and no function of the library.
    """
    law = nursery.law
    program = "".join(_program(shipped()))
    return frozenset(
        name
        for name in law.parameters
        if f'"{name}"' not in program
        and not any(name in _looked_at(spec, law) for spec in nursery.specs)
    )


def _looked_at(spec: RuleSpec, law: Law) -> set[str]:
    resting = [
        name
        for sheet in law.sheets[spec.name]
        for clause in sheet.clauses
        for name in clause.effect.rests_on
    ]
    named = [
        name
        for sheet in law.sheets[spec.name]
        for clause in sheet.clauses
        for name, _ in named_parameters(clause)
    ]
    for name in resting:
        named.remove(name)
    only_resting = set(resting) - set(named)
    own = {*spec.parameters, *(n for derived in spec.derived.values() for n in derived.parameters)}
    return used_parameters(spec, law) - (only_resting - own)


def _program(folder: Traversable) -> Iterator[str]:
    for path in folder.iterdir():
        if path.is_dir():
            yield from _program(path)
        elif path.name.endswith(".py"):
            yield path.read_text(encoding="utf-8")
