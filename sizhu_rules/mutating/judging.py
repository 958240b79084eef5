"""Judging mutants: refused at load, caught by a case, equivalent, beside the sheets, or alive.

A mutant that lives is a change to the law that no case of the rule would notice. What no decision
looks at (the sizes of a ramp, the points of a day) stands beside: its functions have tests of
their own in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sizhu_rules.cases import load_cases, run_case
from sizhu_rules.engine.policy import compile_law
from sizhu_rules.errors import PolicyError
from sizhu_rules.mutating.equivalence import same_rule
from sizhu_rules.mutating.seen import seen_parameters
from sizhu_rules.testing import amend

if TYPE_CHECKING:
    from sizhu_rules.cases import Case
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.mutating.mutants import Mutant, Nursery

Fate = Literal["refused", "caught", "equivalent", "beside", "survived"]


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
        self._pure = (policy, _confirmed(policy))
        for spec in nursery.specs:
            self._cases[spec.name] = list(load_cases(spec, nursery.files, nursery.law.region))
            for case in self._cases[spec.name]:
                if run_case(case, policy):
                    what = f"the case '{case.name}' fails on the law as it is"
                    raise PolicyError(case.file, case.line, what, "mend it before mutating")
        self._unseen = nursery.law.parameters.keys() - seen_parameters(nursery, self._cases)

    def judge(self, mutant: Mutant) -> Judgement:
        """Judge one mutant; stops at the first case that finds it out."""
        specs = [self._specs[name] for name in mutant.rules]
        try:
            policy, errors = compile_law(mutant.make(), specs)
        except Exception as error:  # noqa: BLE001 - a derived fact may refuse a number in any way
            return Judgement(mutant, "refused", str(error))
        if policy is None:
            return Judgement(mutant, "refused", str(errors[0]))
        for name in mutant.rules:
            if failure := self._failure(name, policy):
                return Judgement(mutant, "caught", failure)
        if not self._unchanged(policy):
            return Judgement(mutant, "survived")
        beside = any(mutant.where in self._specs[name].parameters for name in mutant.rules)
        shifted = mutant.where in self._unseen and mutant.what.startswith("value ")
        return Judgement(mutant, "beside" if beside and shifted else "equivalent")

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
        """Compare as things stand and with everything confirmed: the tables, else the decisions.

        Where tables differ also with all but one number confirmed: that shows what an answer
        rests on, whatever the sheet calls it.
        """
        both = (policy, _confirmed(policy))
        if all(self._same(*pair, cells_only=True) for pair in zip(both, self._pure, strict=True)):
            return True
        if not all(self._same(*pair) for pair in zip(both, self._pure, strict=True)):
            return False
        pure, _ = self._pure
        names = [name for rule in policy.rules.values() for name in rule.latest().parameters]
        return all(
            self._same(_confirmed(policy, but=name), _confirmed(pure, but=name))
            for name in dict.fromkeys(names)
            if not all(value.confirmed for value in pure.law.parameters[name])
        )

    def _same(self, now: Policy, pure: Policy, *, cells_only: bool = False) -> bool:
        return all(
            same_rule(now.rules[name], pure.rules[name], self._unseen, cells_only=cells_only)
            for name in now.rules
        )


def _confirmed(policy: Policy, *, but: str = "") -> Policy:
    return amend(policy, confirm={*policy.law.parameters, *policy.law.readings} - {but})


def _run(case: Case, policy: Policy) -> str | None:
    try:
        return run_case(case, policy)
    except Exception as error:  # noqa: BLE001 - a mutant may break the run in any way
        return f"{case.file}:{case.line}: '{case.name}' cannot be run: {type(error).__name__}"
