"""What residents read from the worker itself, kept in `texts.json`; reasons come from the rules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class DeadLetterText:
    """The honest message to a resident whose case no rule can decide as it stands."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplateText:
    """The subscribe template: its page, and what stands in each of its fields."""

    page: str
    fields: dict[str, str]
    fallback_line: str


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts; keys are kinds of cases, verdicts and levels."""

    dead_letter: DeadLetterText
    titles: dict[str, str]
    subjects: dict[str, str]
    verdicts: dict[str, str]
    waits: dict[str, str]
    template: TemplateText


def _load() -> Texts:
    raw: dict[str, Any] = json.loads(
        resources.files("cloud_sync").joinpath("texts.json").read_text(encoding="utf-8")
    )
    letter = raw["dead_letter"]
    return Texts(
        dead_letter=DeadLetterText(letter["title"], tuple(letter["lines"])),
        titles=raw["titles"],
        subjects=raw["subjects"],
        verdicts=raw["verdicts"],
        waits=raw["waits"],
        template=TemplateText(**raw["template"]),
    )


TEXTS: Final = _load()
