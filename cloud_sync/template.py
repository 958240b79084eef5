"""The values of a subscribe message, within WeChat's limits for each type of field.

A value that is too long, empty or of a forbidden form would be refused with 47003, so it is cut or
replaced before it is stored. Source: WeChat, subscribeMessage.send, table of parameter types.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloud_sync.texts import TEXTS
from sizhu_rules.facts.calendar import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.outbox import Winner

_THING, _PHRASE, _TEXT, _NAME = 20, 5, 32, 10
_NO_CHINESE = re.compile(r"[^\x21-\x7e]")
_NO_PHRASE = re.compile(r"[^\u4e00-\u9fff]")
_SPACE = re.compile(r"\s+")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?", re.ASCII)
_MINUTE = "%Y-%m-%d %H:%M"
_KEY = re.compile(r"([a-z_]+)\d+", re.ASCII)


def fit(key: str, text: str) -> str | None:
    """Return the value for a field such as `thing1`, or None where nothing valid is left.

    `thing` takes 20 characters, `phrase` 5 Chinese ones, `character_string` 32 without Chinese,
    `name` 10, `time` and `date` a day with or without 24-hour time. Raises `ValueError` for a type
    of field that is not known here.
    """
    kind = _KEY.fullmatch(key)
    rule = _RULES.get(kind[1]) if kind else None
    if rule is None:
        raise ValueError(f"The template field {key} is of an unknown type: correct texts.json.")
    value = rule(_SPACE.sub(" ", text).strip())
    return value or None


def _cut(length: int) -> Callable[[str], str]:
    def cut(text: str) -> str:
        return text if len(text) <= length else text[: length - 1] + "…"

    return cut


def _time(text: str) -> str:
    return text if _TIME.fullmatch(text) else ""


_RULES: Final[dict[str, Callable[[str], str]]] = {
    "thing": _cut(_THING),
    "phrase": lambda text: _NO_PHRASE.sub("", text)[:_PHRASE],
    "character_string": lambda text: _NO_CHINESE.sub("", text)[:_TEXT],
    "name": lambda text: text[:_NAME],
    "time": _time,
    "date": _time,
}


def template_data(winner: Winner) -> dict[str, dict[str, str]]:
    """Fill the template for one decision; times are Asia/Shanghai.

    Only what the stored decision and its case say goes in, so that whoever writes the notification
    writes the same.
    """
    fallback = TEXTS.template.fallback_line
    submitted = winner.case.submitted_at if winner.case else None
    values = {
        "subject": TEXTS.subjects[winner.kind],
        "verdict": TEXTS.verdicts.get(winner.verdict, ""),
        "submitted": submitted.astimezone(SHANGHAI).strftime(_MINUTE) if submitted else "",
        "line": winner.lines[0] if winner.lines else fallback,
    }
    data = {}
    for key, pattern in TEXTS.template.fields.items():
        value = fit(key, pattern.format(**values)) or fit(key, fallback)
        if value:
            data[key] = {"value": value}
    return data


def template_page(winner: Winner) -> str:
    """Return the page that the message opens."""
    return TEXTS.template.page.format(case_id=winner.case_id)
