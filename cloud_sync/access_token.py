"""The access token: fetched once, shared by threads, renewed before it dies.

`POST /cgi-bin/stable_token` gives every process the same token while it is valid, so no lock
between processes is needed. Source: WeChat, getStableAccessToken.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_REFRESH_EARLY = 300.0
_LEAST_LIFE = 30.0


@dataclass(frozen=True, slots=True)
class Grant:
    """A token as it was given out; `expires_in` in seconds."""

    token: str = field(repr=False)
    expires_in: float


class AccessToken:
    """The cached token of one town, for all its threads."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        """Take a clock in seconds that never steps back."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    def get(self, fetch: Callable[[], Grant]) -> str:
        """Return the token; it is fetched when there is none, or 300 s before it expires."""
        with self._lock:
            if self._token is None or self._monotonic() >= self._renew_at:
                grant = fetch()
                life = max(grant.expires_in - _REFRESH_EARLY, _LEAST_LIFE)
                self._token, self._renew_at = grant.token, self._monotonic() + life
            return self._token

    def reject(self, token: str) -> None:
        """Drop this token, unless another thread has replaced it already."""
        with self._lock:
            if self._token == token:
                self._token = None
