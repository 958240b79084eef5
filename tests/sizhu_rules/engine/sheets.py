"""A toy sheet written as YAML, for the tests of what a sheet says and how it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.engine.sheet import load_sheet
from sizhu_rules.engine.source import compose

if TYPE_CHECKING:
    from sizhu_rules.engine.sheet import Sheet

FIELDS = """\
  - {name: number, type: int, range: [0, 9]}
  - {name: letter, type: enum, members: [a, b]}
"""
_SHEET = """\
schema: 1
sheet: toy
title: toy
hit: {hit}
gives: [word]
fields:
{fields}\
clauses:
"""
_CLAUSE = """\
  - id: toy.{id}
    from: 2020-01-01
    quote: —
    source: test
    basis: law
    when: {when}
    then: {then}
"""


def toy_sheet(*clauses: tuple[str, str, str], hit: str = "unique", fields: str = FIELDS) -> Sheet:
    """Read a sheet of clauses, each as (id, when, then)."""
    text = _SHEET.format(hit=hit, fields=fields)
    text += "".join(_CLAUSE.format(id=i, when=when, then=then) for i, when, then in clauses)
    return load_sheet(compose(text, "toy.yaml"))
