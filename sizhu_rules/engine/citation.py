"""A town's own sentence for a clause: the sheets are shared, the sentence that binds is not.

    citations:
      device.share.over_60_half:
        quote: 65周岁以上不是低保、低边的，本人负担三成
        source: 示例镇辅具申领办法 第三条
        basis: seed

Without it a clause of a town with other numbers would quote another town's sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sizhu_rules.engine.sheet import BASES
from sizhu_rules.errors import PolicyError, meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.sheet import Basis, Clause, Sheet
    from sizhu_rules.engine.source import Entry


@dataclass(frozen=True, slots=True)
class Citation:
    """What a region says in the place of a clause's quote, source and basis."""

    clause: str
    quote: str
    source: str
    basis: Basis
    file: str
    line: int


def load_citations(entry: Entry) -> dict[str, Citation]:
    """Read a file's citations by clause id; raises `PolicyError`."""
    return {name: _citation(name, item) for name, item in entry.pairs()}


def _citation(name: str, entry: Entry) -> Citation:
    keys = entry.mapping(["quote", "source", "basis"])
    basis = keys["basis"].choice(BASES)
    return Citation(
        clause=name,
        quote=keys["quote"].text(),
        source=keys["source"].text(),
        basis=basis,
        file=entry.file,
        line=entry.line,
    )


def cited(
    sheets: Mapping[str, tuple[Sheet, ...]], citations: Mapping[str, Citation]
) -> dict[str, tuple[Sheet, ...]]:
    """Put a region's sentences into the sheets; raises `PolicyError` for a clause there is not."""
    known = [clause.id for many in sheets.values() for sheet in many for clause in sheet.clauses]
    for name, citation in citations.items():
        if name not in known:
            fix = meant(name, known, "correct the id")
            raise PolicyError(citation.file, citation.line, f"there is no clause '{name}'", fix)

    def said(clause: Clause) -> Clause:
        citation = citations.get(clause.id)
        if citation is None:
            return clause
        return replace(clause, quote=citation.quote, source=citation.source, basis=citation.basis)

    return {
        rule: tuple(
            replace(sheet, clauses=tuple(said(clause) for clause in sheet.clauses))
            for sheet in many
        )
        for rule, many in sheets.items()
    }
