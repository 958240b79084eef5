"""Why, for what is no decision of its own: the reasons format that steps and expiries share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code, and the sentence of a source as in the clauses of a decision."""

    code: str
    id: str
    quote: str
    source: str
    basis: str

    def to_dict(self) -> dict[str, str]:
        """Return it JSON-ready."""
        return {
            "code": self.code,
            "id": self.id,
            "quote": self.quote,
            "source": self.source,
            "basis": self.basis,
        }
