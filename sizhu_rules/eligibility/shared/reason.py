"""A reason beside the sheets: what a function judged, in the form in which decisions give clauses.

Functions such as the ramp check have no compiled table; what they say looks the same to a reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.parameters import Parameter
    from sizhu_rules.engine.texts import Texts

Result = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing judged: pass, fail, or unknown with what is `missing`.

    `code` names the sentence in the rule's `texts.yaml` (None: nothing to say), `blanks` fill it.
    Quote, source, basis and `confirmed` are those of the parameter that the judgement rests on.
    """

    id: str
    result: Result
    code: str | None
    facts: Mapping[str, object]
    parameter: Parameter
    missing: tuple[str, ...] = ()
    blanks: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON-ready data, with the keys that a decision's clauses have."""
        return {
            "id": self.id,
            "result": self.result,
            "code": self.code,
            "facts": dict(self.facts),
            "missing": list(self.missing),
            "quote": self.parameter.quote,
            "source": self.parameter.source,
            "basis": self.parameter.basis,
            "confirmed": self.parameter.confirmed,
        }

    def staff(self, texts: Texts) -> tuple[str, ...]:
        """Say it to staff, in the words of the rule's texts (Chinese)."""
        if self.code is None:
            return ()
        return tuple(line.format_map(self.blanks) for line in texts.codes[self.code].staff)
