"""Whether a town decides by its own document: the sheets are shared, the sentences in them are not.

The sheets quote the town they were written for. Another town may take over what harms nobody; a
refusal, a charge or fewer points need a sentence of its own, and so does a number of its own.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.condition import Param
from sizhu_rules.engine.law import BASE, sections
from sizhu_rules.engine.parameters import load_parameters
from sizhu_rules.engine.sheet import load_sheet
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.sheet import Clause
    from sizhu_rules.engine.source import Files
    from sizhu_rules.engine.spec import RuleSpec

_NUMBER: Final = re.compile(
    r"(?:[0-9]+|[一二两三四五六七八九十百千半]+)个?(?:周岁|岁|小时|半小时|分钟|天|日|月|元|分|件|张|米|毫米)"
)


def borrowed(specs: Sequence[RuleSpec], policy: Policy, files: Files) -> Iterator[str]:
    """List the clauses of a town for which it must say its own sentence, each with the fix."""
    own = f"policy/{policy.region}/"
    for spec in specs:
        adverse = _adverse(policy, spec)
        shared = [load_sheet(files.read(f"{spec.folder}/{name}")) for name in spec.sheets]
        for sheet, cited in zip(shared, policy.law.sheets[spec.name], strict=True):
            for clause, said in zip(sheet.clauses, cited.clauses, strict=True):
                if (clause.quote, clause.source) != (said.quote, said.source):
                    continue
                fix = f"write the town's own sentence: citations: {clause.id}: in {own}*.yaml"
                if clause.basis == "seed" and clause.id in adverse:
                    what = f"{clause.id} charges or refuses by the document of another town"
                    yield str(PolicyError(sheet.file, clause.line, what, fix))
                elif number := _own_number(clause, policy, files):
                    what = (
                        f"{clause.id} still quotes '{clause.quote}', while {number} is the town's"
                    )
                    yield str(PolicyError(sheet.file, clause.line, what, fix))


def _adverse(policy: Policy, spec: RuleSpec) -> set[str]:
    return {
        table.sheet.clauses[clause.index].id
        for segment in policy.rules[spec.name].segments
        if segment is not None
        for table in segment.tables
        for clause in table.clauses
        if clause.result.adverse
    }


def _own_number(clause: Clause, policy: Policy, files: Files) -> str | None:
    """Return the parameter of a clause that the town gives another value than the base does."""
    if not _NUMBER.search(clause.quote):
        return None
    base = {
        name: {value.value for value in timeline}
        for file in files.region(BASE)
        if "parameters" in (keys := sections(files.read(file), base=True))
        for name, timeline in load_parameters(keys["parameters"]).items()
    }
    for name in sorted({*_parameters(clause.condition), *_parameters(clause.effect)}):
        values = {value.value for value in policy.law.parameters[name]}
        if values - base.get(name, set()):
            return name
    return None


def _parameters(value: object) -> Iterator[str]:
    if isinstance(value, Param):
        yield value.name
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _parameters(getattr(value, field.name))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _parameters(part)
    elif isinstance(value, list | tuple | frozenset):
        for part in value:
            yield from _parameters(part)
