"""One way to write JSON, so that equal content has equal bytes and equal digests."""

from __future__ import annotations

import hashlib
import json


def canonical(value: object) -> bytes:
    """Write JSON with sorted keys and without spaces.

    No float can be in it: facts, parameters and outcomes admit whole numbers and text only.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(value: object) -> str:
    """Return "sha256:" and the hash of the canonical JSON."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
