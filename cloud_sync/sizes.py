"""How much one call carries; halves when the cloud asks for less, grows back step by step."""

from __future__ import annotations

from dataclasses import dataclass

PULL_LIMIT = 500
WRITE_LIMIT = 100
LOOKUP_LIMIT = 250
_SMALLEST = 1
_STEPS_TO_GROW = 10


@dataclass
class Sizes:
    """Current sizes: cases per pull, documents per write, ids per look-up."""

    pull: int = PULL_LIMIT
    write: int = WRITE_LIMIT
    lookup: int = LOOKUP_LIMIT

    def shrink(self) -> None:
        """Halve every size."""
        self.pull = max(_SMALLEST, self.pull // 2)
        self.write = max(_SMALLEST, self.write // 2)
        self.lookup = max(_SMALLEST, self.lookup // 2)

    def grow(self) -> None:
        """Grow every size by a tenth of its limit, up to the limit."""
        self.pull = min(PULL_LIMIT, self.pull + PULL_LIMIT // _STEPS_TO_GROW)
        self.write = min(WRITE_LIMIT, self.write + WRITE_LIMIT // _STEPS_TO_GROW)
        self.lookup = min(LOOKUP_LIMIT, self.lookup + LOOKUP_LIMIT // _STEPS_TO_GROW)
