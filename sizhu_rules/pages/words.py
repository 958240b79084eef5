"""Codes, numbers and days as people say them (Chinese)."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from sizhu_rules.facts.money import share_words, yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.parameters import Number
    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.rule_words import RuleWords
    from sizhu_rules.engine.sheet import Basis

BASIS: Final[Mapping[Basis, str]] = {
    "seed": "原文",
    "law": "法律",
    "practice": "惯例",
    "assumption": "设定",
}
BASIS_MEANS: Final[Mapping[Basis, str]] = {
    "seed": "镇里交来的文件上的原话",
    "law": "法律条文",
    "practice": "各地通常的做法，不是本镇的规定",
    "assumption": "泗助先这样定，等镇残联确认",
}
VERDICT: Final = {
    "eligible": "预计可以办",
    "not_eligible": "预计这次不行，由人确认",
    "needs_review": "请工作人员来定",
    "needs_facts": "资料还不全",
}
_SHARE = re.compile(r"\d+/\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_BLANK = re.compile(r"\{(\w+)\}")
_UNITS: Final = {
    "half_hours": "格（半小时一格）",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "months": "个月",
    "years": "年",
    "age": "周岁",
}


def day(value: date) -> str:
    """Write a day: 2024年11月21日."""
    return f"{value.year}年{value.month}月{value.day}日"


def span(since: date, until: date | None) -> str:
    """Write a span of days; without an end it is still in force."""
    return f"{day(since)}起" if until is None else f"{day(since)}到{day(until)}"


class Words:
    """The words of one rule: from its texts, its words.yaml and its typed facts."""

    def __init__(self, rule: Rule, words: RuleWords) -> None:
        """Take the words of a rule; where it has none for a value, the value speaks itself."""
        self._texts = rule.texts
        self._words = words
        self._kinds = {raw.path: raw.kind for raw in rule.spec.facts.SCHEMA}
        self._parameters = {
            name: parameter.value for name, parameter in rule.latest().parameters.items()
        }

    def fact(self, path: str) -> str:
        """Name a raw fact."""
        return self._texts.facts.get(path, path)

    def value(self, path: str, value: object) -> str:
        """Say what a fact, an outcome or a parameter is; `value` as JSON holds it."""
        if isinstance(value, list):
            return "、".join(self.value(path, one) for one in value) or "没有记录"
        if isinstance(value, dict):
            return "".join(self.value(name, one) for name, one in value.items())
        key = str(value).lower() if isinstance(value, bool) else str(value)
        labels: Mapping[str, str] = getattr(self._kinds.get(path), "labels", {})
        said = self._words.values.get(path, {}).get(key) or labels.get(key)
        return said or _plain(path, value)

    def outcome(self, values: Mapping[str, object]) -> str:
        """Say what a clause gives; a code without words is left out, not shown."""
        spoken = (item for item in values.items() if self._words.speaks(*item))
        return "，".join(self._given(name, value) for name, value in spoken)

    def _given(self, name: str, value: object) -> str:
        said = self.value(name, value)
        return f"本人自付{said}" if name == "share" and str(value) != "0" else said

    def number(self, name: str) -> str:
        """Name a parameter."""
        return self._words.numbers[name].name if name in self._words.numbers else name

    def document(self, source: str) -> str:
        """Name a source: what the town handed in is called so, and numbers by their names."""
        for name, words in self._words.numbers.items():
            source = source.replace(name, f"“{words.name}”")
        return source.replace("seed ", "镇里的文件 ")

    def amount(self, name: str, value: Number) -> str:
        """Say a parameter's value in the unit people use."""
        unit = self._words.numbers[name].unit if name in self._words.numbers else ""
        return f"{value}{unit}" if unit else self.value(name, value)

    def sentence(self, line: str) -> str:
        """Fill a sentence's blanks with the region's numbers, and with … where a case decides."""

        def filled(blank: re.Match[str]) -> str:
            ends = f".{blank[1]}"
            named = (v for name, v in self._parameters.items() if name.endswith(ends))
            return str(next(named, "…"))

        return _BLANK.sub(filled, line)

    def reasons(self, codes: tuple[str, ...]) -> list[str]:
        """Say the reasons a clause names, as staff are told them."""
        phrases = [self._texts.codes[code] for code in codes if code in self._texts.codes]
        return [self.sentence(line) for phrase in phrases for line in phrase.staff]


def _plain(path: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        if path.endswith("_fen"):
            return f"{yuan(value)}元"
        return str(value) + next((unit for end, unit in _UNITS.items() if path.endswith(end)), "")
    return _spoken(str(value))


def _spoken(text: str) -> str:
    if _SHARE.fullmatch(text):
        return share_words(Fraction(text))
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    if _INSTANT.match(text):
        moment = datetime.fromisoformat(text)
        return f"{day(moment.date())} {moment.hour}:{moment.minute:02d}"
    return text
