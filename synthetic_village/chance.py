"""Chance that falls the same way on every machine, in every run and Python version."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")

_WORD = 8
_WORDS = 1 << (8 * _WORD)
# Base 32 without letters that people mistake for digits or for one another.
_CHARACTERS_PER_WORD = 12
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Chance:
    """An endless row of numbers that follows from its seed alone.

    The standard module promises stability across versions for `random()` only; this one counts
    through SHA-256 instead. It serves synthetic data and hides nothing.
    """

    def __init__(self, seed: str) -> None:
        """Begin the row that belongs to a seed."""
        self._seed = seed.encode()
        self._blocks = 0
        self._pool = b""

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, but not including, `bound`."""
        # What lies beyond the last full multiple would make small numbers likelier.
        limit = _WORDS - _WORDS % bound
        while (word := self._word()) >= limit:
            pass
        return word % bound

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def happens(self, percent: int) -> bool:
        """Return true in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[_T]) -> _T:
        """Return one of the choices."""
        return choices[self.below(len(choices))]

    def shuffled(self, items: Sequence[_T]) -> list[_T]:
        """Return the items in another order."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def token(self, length: int) -> str:
        """Return random-looking lower-case characters, five bits each."""
        characters: list[str] = []
        while len(characters) < length:
            word = self._word()
            for _ in range(_CHARACTERS_PER_WORD):
                word, index = divmod(word, 32)
                characters.append(_ALPHABET[index])
        return "".join(characters[:length])

    def _word(self) -> int:
        if not self._pool:
            self._pool = sha256(self._seed + b"/" + str(self._blocks).encode()).digest()
            self._blocks += 1
        word, self._pool = self._pool[:_WORD], self._pool[_WORD:]
        return int.from_bytes(word, "big")
