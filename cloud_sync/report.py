"""What one run did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_SEND = "send"


@dataclass
class Report:
    """Counts of one run; running again over unchanged cases gives zeros but for the calls."""

    pulled: int = 0
    """Cases found in the queue."""
    decided: int = 0
    """Cases that a rule decided in this run."""
    written: int = 0
    """Decisions whose effects all stand in the cloud, also those a dead worker had left."""
    dead: int = 0
    """Cases handed to a person by a dead letter."""
    notified: int = 0
    """Subscribe messages that WeChat took."""
    skipped: int = 0
    """Drafts and withdrawn cases taken out of the queue."""
    adopted: int = 0
    """Cases that nobody had queued, or that had no decision."""
    requeued: int = 0
    """Cases queued again because a new version of the law, or the rest of a visit's day, may
    answer them otherwise."""
    held: int = 0
    """Cases left alone because they were last decided under a later law than this worker's."""
    law: str = ""
    """The version of the law that decided."""
    endpoints: Counter[str] = field(default_factory=Counter)
    """HTTP requests by endpoint, repeated tries included."""
    stopped: bool = False
    """Whether a signal ended the run before the queue was empty."""

    @property
    def calls(self) -> int:
        """All HTTP requests."""
        return self.endpoints.total()

    @property
    def sends(self) -> int:
        """HTTP requests that sent a subscribe message."""
        return self.endpoints[_SEND]

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.pulled or self.written or self.notified or self.adopted or self.requeued)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "pulled": self.pulled,
            "decided": self.decided,
            "written": self.written,
            "dead": self.dead,
            "notified": self.notified,
            "calls": self.calls,
            "sends": self.sends,
            "skipped": self.skipped,
            "adopted": self.adopted,
            "requeued": self.requeued,
            "held": self.held,
            "law": self.law,
            "stopped": self.stopped,
            "endpoints": dict(sorted(self.endpoints.items())),
        }
