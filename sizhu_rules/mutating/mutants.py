"""All mutants of a region's sheets, parameters and readings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sizhu_rules.cases import HOME
from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.links import check_links, used_parameters
from sizhu_rules.engine.parameters import load_parameters, load_readings
from sizhu_rules.engine.resolve import named_parameters
from sizhu_rules.engine.sheet import load_sheet
from sizhu_rules.engine.source import Entry
from sizhu_rules.mutating.conditions import Words
from sizhu_rules.mutating.nodes import distinct, get, named, pairs
from sizhu_rules.mutating.region import parameter_edits, reading_edits
from sizhu_rules.mutating.sheets import sheet_edits, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import yaml

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.sheet import Sheet
    from sizhu_rules.engine.source import Files
    from sizhu_rules.engine.spec import RuleSpec


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a law; `rules` are those it may touch, `make` raises `PolicyError`."""

    rules: tuple[str, ...]
    file: str
    line: int
    where: str
    what: str
    make: Callable[[], Law] = field(repr=False, compare=False)

    def __str__(self) -> str:
        """Say which mutant it is, in one line."""
        return f"{self.file}:{self.line}: {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Nursery:
    """Where mutants are made: the working text of a region, and its law as loaded."""

    files: Files
    law: Law
    specs: tuple[RuleSpec, ...]

    @classmethod
    def of(cls, region: str, specs: tuple[RuleSpec, ...], files: Files) -> Nursery:
        """Load the working text of a region; raises `PolicyError`."""
        return cls(files, load_law(region, specs, files), specs)

    def mutants(self) -> Iterator[Mutant]:
        """List every mutant, sheet by sheet, then parameter by parameter and the readings.

        Sheets and what every region starts from are the matter of HOME, whose cases stand beside
        them; of another region only its own parameters and readings are mutated.
        """
        own = "policy/" if self.law.region == HOME else f"policy/{self.law.region}/"
        for spec in self.specs if self.law.region == HOME else ():
            for position, sheet in enumerate(self.law.sheets[spec.name]):
                yield from self._of_sheet(spec, position, sheet)
        for name, timeline in self.law.parameters.items():
            if timeline[0].file.startswith(own):
                yield from self._of_parameter(name, timeline[0].file)
        for name, reading in self.law.readings.items():
            if reading.file.startswith(own):
                yield from self._of_reading(name, reading.file, reading.sheet)

    def words(self, sheet: Sheet) -> Words:
        """Return what a sheet speaks of."""
        fields = {one.name: one for one in sheet.fields}
        named_here = [name for clause in sheet.clauses for name, _ in named_parameters(clause)]
        numbers = {name: self.law.parameters[name][-1].value for name in dict.fromkeys(named_here)}
        return words_of(self.files.read(sheet.file).node, Words(fields, numbers, (), {}))

    def _of_sheet(self, spec: RuleSpec, position: int, sheet: Sheet) -> Iterator[Mutant]:
        top = self.files.read(sheet.file).node
        for node, where, (what, new) in sheet_edits(top, self.words(sheet)):
            line = int(node.start_mark.line) + 1

            def make(new: yaml.Node = new) -> Law:
                mutated = list(self.law.sheets[spec.name])
                mutated[position] = load_sheet(Entry(new, sheet.file))
                sheets = {**self.law.sheets, spec.name: tuple(mutated)}
                return self._linked(replace(self.law, sheets=sheets))

            yield Mutant((spec.name,), sheet.file, line, where, what, make)

    def _of_parameter(self, name: str, file: str) -> Iterator[Mutant]:
        users = tuple(s.name for s in self.specs if name in used_parameters(s, self.law))
        if not users:  # a term of the moves, which have no cases but tests of their own
            return
        sheets = [sheet for user in users for sheet in self.law.sheets[user]]
        constants = distinct(
            node
            for sheet in sheets
            for many in self.words(sheet).constants.values()
            for node in many
            if _beside(many, name)
        )
        timeline = self._node(file, "parameters", name)
        for what, new in parameter_edits(timeline, constants):

            def make(new: yaml.Node = new) -> Law:
                changed = load_parameters(Entry(named(name, new), file))
                parameters = {**self.law.parameters, **changed}
                return self._linked(replace(self.law, parameters=parameters))

            line = int(timeline.start_mark.line) + 1
            yield Mutant(users, file, line, name, what, make)

    def _of_reading(self, name: str, file: str, sheet: str) -> Iterator[Mutant]:
        spec, read = next(
            (s, one) for s in self.specs for one in self.law.sheets[s.name] if one.name == sheet
        )
        node = self._node(file, "readings", name)
        line = int(node.start_mark.line) + 1

        def without() -> Law:
            readings = {key: value for key, value in self.law.readings.items() if key != name}
            return self._linked(replace(self.law, readings=readings))

        yield Mutant((spec.name,), file, line, name, "deleted", without)
        for what, new in reading_edits(node, self.words(read).codes):

            def make(new: yaml.Node = new) -> Law:
                changed = load_readings(Entry(named(name, new), file))
                return self._linked(replace(self.law, readings={**self.law.readings, **changed}))

            yield Mutant((spec.name,), file, line, name, what, make)

    def _node(self, file: str, part: str, name: str) -> yaml.Node:
        group = get(self.files.read(file).node, part)
        node = None if group is None else get(group, name)
        if node is None:
            raise LookupError(f"{file} has no {name} under {part}")
        return node

    def _linked(self, law: Law) -> Law:
        check_links(self.specs, law)
        return law


def _beside(constants: tuple[yaml.Node, ...], parameter: str) -> bool:
    """Tell whether a parameter stands among the values that a sheet gives under one name."""
    return any(
        value.value == parameter
        for one in constants
        for key, value in pairs(one)
        if key.value == "param"
    )


def by_sheet(mutants: list[Mutant]) -> Mapping[str, list[Mutant]]:
    """Group mutants by the text they change: a sheet's file, a parameter or reading by name."""
    groups: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        own = not mutant.file.startswith("policy/")
        groups.setdefault(mutant.file if own else mutant.where, []).append(mutant)
    return groups
