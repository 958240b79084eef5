"""Mutation of sheets: whether the cases of a rule would notice if the law were another.

    report = mutate("simen", rules=["device"])

Every sheet, parameter and reading of a region is changed in one place at a time: a threshold by
one, an operator to its neighbour, a clause left out, an outcome, a code, a day. A mutant must be
refused by the loader or make a case of `cases.yaml` fail; one that lives shows a case to write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sizhu_rules.engine.source import Files
from sizhu_rules.mutating.judging import Fate, Judgement, Jury
from sizhu_rules.mutating.mutants import Mutant, Nursery, by_sheet
from sizhu_rules.policies import shipped
from sizhu_rules.registry import RULES, SPECS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

__all__ = ["Fate", "Judgement", "Mutant", "MutationReport", "mutate"]


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of a region's mutants."""

    region: str
    judgements: tuple[Judgement, ...]

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Count the fates by sheet, parameter and reading."""
        fates = {id(one.mutant): one.fate for one in self.judgements}
        return {
            name: {fate: sum(fates[id(m)] == fate for m in group) for fate in _FATES}
            for name, group in by_sheet([one.mutant for one in self.judgements]).items()
        }

    def of(self, fate: Fate) -> tuple[Judgement, ...]:
        """List the judgements of one fate."""
        return tuple(one for one in self.judgements if one.fate == fate)

    @property
    def percent(self) -> int:
        """The share found out of all that change a decision, in whole percent rounded down."""
        counted = len(self.judgements) - len(self.of("equivalent")) - len(self.of("beside"))
        return 100 * (counted - len(self.of("survived"))) // counted if counted else 100

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON-ready data."""
        return {
            "region": self.region,
            "percent": self.percent,
            "counts": {name: dict(fates) for name, fates in self.counts().items()},
            "survived": [str(one.mutant) for one in self.of("survived")],
            "equivalent": [str(one.mutant) for one in self.of("equivalent")],
            "beside": [str(one.mutant) for one in self.of("beside")],
        }


_FATES: tuple[Fate, ...] = ("refused", "caught", "equivalent", "beside", "survived")


def mutate(
    region: str,
    *,
    rules: Collection[str] = RULES,
    every: int = 1,
    directory: Path | None = None,
) -> MutationReport:
    """Mutate the working text of a region and judge each mutant by the rules' cases.

    `rules` limits it to mutants that touch one of them; `every` takes each so-and-so-many-th
    alone; `directory` overlays regions as in `load_policy`. Raises `PolicyError` where the text
    does not load or a case fails before anything is changed, LookupError for an unknown rule.
    """
    unknown = set(rules) - set(RULES)
    if unknown:
        raise LookupError(f"there is no rule {', '.join(sorted(unknown))}; use {', '.join(RULES)}")
    nursery = Nursery.of(region, SPECS, Files(shipped(), directory))
    jury = Jury(nursery)
    chosen = _chosen(nursery, rules, every)
    return MutationReport(region, tuple(jury.judge(mutant) for mutant in chosen))


def _chosen(nursery: Nursery, rules: Collection[str], every: int) -> Iterator[Mutant]:
    touching = (m for m in nursery.mutants() if not set(rules).isdisjoint(m.rules))
    for number, mutant in enumerate(touching):
        if number % every == 0:
            yield mutant
