"""Access tokens of both endpoints, with their life, overlap and separation.

`/cgi-bin/token` gives a new token on every call and lets the one before live five more minutes.
`/cgi-bin/stable_token` gives the same token while it has more than five minutes left; a forced
refresh ends it at once, at most twenty times a day and thirty seconds apart. Tokens of the two
endpoints do not touch each other.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from cloud_emulator.errors import CloudError

LIFE_MS: Final = 7_200_000
OVERLAP_MS: Final = 300_000
FORCE_APART_MS: Final = 30_000
FORCE_PER_DAY: Final = 20
_DAY_MS: Final = 86_400_000
_FORM: Final = re.compile(r"[0-9]{1,3}_[A-Za-z0-9_-]{43,}\Z")
_KEEP_ENDED: Final = 1000


@dataclass(slots=True)
class Token:
    """One token: its natural end, and an earlier one if it was superseded."""

    text: str
    expires_ms: int
    ends_ms: int


@dataclass(slots=True)
class Tokens:
    """All tokens ever given, newest last."""

    known: dict[str, Token] = field(default_factory=dict)
    _plain: Token | None = None
    _stable: Token | None = None
    _forced_ms: list[int] = field(default_factory=list)

    def _new(self, now_ms: int) -> Token:
        token = Token(f"76_{secrets.token_urlsafe(64)}", now_ms + LIFE_MS, now_ms + LIFE_MS)
        self.known[token.text] = token
        while len(self.known) > _KEEP_ENDED:
            del self.known[next(iter(self.known))]
        return token

    def plain(self, now_ms: int) -> tuple[str, int]:
        """Answer `/cgi-bin/token`: (token, seconds it lives)."""
        if self._plain is not None:
            self._plain.ends_ms = min(self._plain.ends_ms, now_ms + OVERLAP_MS)
        self._plain = self._new(now_ms)
        return self._plain.text, LIFE_MS // 1000

    def stable(self, now_ms: int, *, force: bool) -> tuple[str, int]:
        """Answer `/cgi-bin/stable_token`: (token, seconds it lives).

        Raises CloudError 45009 for the twenty-first forced refresh of a day.
        """
        token = self._stable
        if token is not None and force and self._may_force(now_ms):
            token.ends_ms = now_ms
            token = None
        if token is None or token.ends_ms - now_ms <= OVERLAP_MS:
            # The old one lives out its last minutes beside the new one.
            token = self._stable = self._new(now_ms)
        return token.text, (token.ends_ms - now_ms) // 1000

    def _may_force(self, now_ms: int) -> bool:
        self._forced_ms = [at for at in self._forced_ms if now_ms - at < _DAY_MS]
        if self._forced_ms and now_ms - self._forced_ms[-1] < FORCE_APART_MS:
            return False
        if len(self._forced_ms) >= FORCE_PER_DAY:
            raise CloudError(
                45009, "reach max api daily quota limit of forced refreshes: wait a day"
            )
        self._forced_ms.append(now_ms)
        return True

    def check(self, text: str | None, now_ms: int) -> None:
        """Raise CloudError for a token that is missing, malformed, unknown or past its life."""
        if not text:
            raise CloudError(41001, "access_token missing")
        if not _FORM.match(text):
            raise CloudError(40014, "invalid access_token")
        token = self.known.get(text)
        if token is not None and now_ms >= token.expires_ms:
            raise CloudError(42001, "access_token expired")
        if token is None or now_ms >= token.ends_ms:
            raise CloudError(40001, "invalid credential, access_token is invalid or not latest")
