"""The sentences of a rule in three voices, from its `texts.yaml`.

Resident sentences are plain, at most 30 characters each, say 预计, and never a charge as final.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.source import Entry

RESIDENT_LENGTH = 30
_BLANK = re.compile(r"\{\w+\}")
_LONGEST_BLANK = "2024-11-21"  # a day; an amount of money up to 9999999.99


@dataclass(frozen=True, slots=True)
class Phrase:
    """What one code or headline says to a resident and to staff; either may be silent."""

    resident: tuple[str, ...]
    staff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """All sentences of a rule; `facts` name raw facts in plain words."""

    headlines: Mapping[str, Phrase]
    codes: Mapping[str, Phrase]
    changes: Mapping[str, Phrase]
    facts: Mapping[str, str]
    ask: str
    closing: tuple[str, ...]


def load_texts(entry: Entry) -> Texts:
    """Read a rule's sentences; raises `PolicyError`, also for a resident sentence too long."""
    keys = entry.mapping(["schema", "headlines", "codes", "facts", "ask", "closing"], ["changes"])
    if keys["schema"].integer() != 1:
        raise keys["schema"].error("the schema is unknown", "write 'schema: 1'")
    return Texts(
        headlines=_phrases(keys["headlines"]),
        codes=_phrases(keys["codes"]),
        changes=_phrases(keys["changes"]) if "changes" in keys else {},
        facts={name: item.text() for name, item in keys["facts"].pairs()},
        ask=keys["ask"].text(),
        closing=tuple(_short(item) for item in keys["closing"].items()),
    )


def _phrases(entry: Entry) -> dict[str, Phrase]:
    phrases = {}
    for name, item in entry.pairs():
        keys = item.mapping([], ["resident", "staff"])
        resident = keys["resident"].items() if "resident" in keys else []
        phrases[name] = Phrase(
            resident=tuple(_short(line) for line in resident),
            staff=keys["staff"].texts() if "staff" in keys else (),
        )
    return phrases


def _short(entry: Entry) -> str:
    text = entry.text()
    length = len(_BLANK.sub(_LONGEST_BLANK, text))
    if length > RESIDENT_LENGTH:
        raise entry.error(
            f"a resident's sentence may come to {length} characters",
            f"say it in {RESIDENT_LENGTH}, or in two sentences",
        )
    return text
