"""The papers on the table while the village is being made."""

from __future__ import annotations

from typing import Any, TypeAlias

from synthetic_village.chance import Chance

Document: TypeAlias = dict[str, Any]
"""A document as WeChat's import reads it: camelCase keys, instants as `{"$date": …}`."""

COLLECTIONS = ("cases", "persons", "households", "guardianships", "volunteers", "users")

_ID_LENGTH = 12


class Register:
    """Everything written down so far; rooms of this package add to it."""

    def __init__(self, seed: str) -> None:
        """Begin with empty collections; equal seeds make equal ids."""
        self.seed = seed
        self.collections: dict[str, list[Document]] = {name: [] for name in COLLECTIONS}
        self.clear_people: list[Document] = []
        self.replayed_cases: list[Document] = []
        self.named: dict[str, list[str]] = {}
        self.guardians: dict[str, Document] = {}  # household id -> the guardian's account
        self._ids = Chance(f"{seed}/ids")
        self._taken: set[str] = set()
        self._phones = 0

    def chance(self, subject: str) -> Chance:
        """Return the chance of one subject, so that a change elsewhere does not move it."""
        return Chance(f"{self.seed}/{subject}")

    def new_id(self, prefix: str) -> str:
        """Return a random-looking id that follows from nothing personal."""
        while (fresh := f"{prefix}_{self._ids.token(_ID_LENGTH)}") in self._taken:
            pass
        self._taken.add(fresh)
        return fresh

    def new_phone(self) -> str:
        """Return a number of the range `1000000NNNN`, which nobody can own."""
        # A load test has more people than the range has numbers; it shows none of them.
        self._phones = (self._phones + 1) % 10_000
        return f"1000000{self._phones:04d}"

    def add(self, collection: str, document: Document) -> Document:
        """Write a document down and return it."""
        self.collections[collection].append(document)
        return document

    def remember(self, name: str, *ids: str) -> None:
        """Remember rows under the name of what they are there for."""
        self.named.setdefault(name, []).extend(ids)
