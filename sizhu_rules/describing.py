"""Whether every rule tells people what it is: the third thing `check` asks, after law and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.engine.about import about_problems
from sizhu_rules.engine.rule_words import unspoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.source import Files
    from sizhu_rules.engine.spec import RuleSpec


def undescribed(specs: Sequence[RuleSpec], law: Law, files: Files) -> Iterator[str]:
    """List rules without an about.yaml, names in it that lead nowhere, and codes without words."""
    yield from about_problems(specs, law, files)
    yield from unspoken(specs, law, files)
