"""Subscribe messages: checked by WeChat's limits for each type of value, never sent anywhere."""

import re
from collections.abc import Callable
from typing import Final

from cloud_emulator.errors import CloudError
from cloud_emulator.values import Document, Value

_CHINESE: Final = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_CLOCK: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY: Final = r"(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}月\d{1,2}日)"
_TIME: Final = rf"(?:{_DAY}\s?)?{_CLOCK}"
_DATE: Final = rf"{_DAY}(?:\s?{_CLOCK})?"


def _pattern(pattern: str) -> Callable[[str], object]:
    compiled = re.compile(pattern)
    return compiled.fullmatch


_RULES: Final[dict[str, Callable[[str], object]]] = {
    "thing": lambda text: len(text) <= 20,  # noqa: PLR2004 - WeChat's table, as each number below
    "number": _pattern(r"[+-]?(?=.{1,32}\Z)\d+(?:\.\d+)?"),
    "letter": _pattern(r"[A-Za-z]{1,32}"),
    "symbol": lambda text: len(text) <= 5 and not re.search(r"[\w\s]", text),  # noqa: PLR2004 - table
    "character_string": _pattern(rf"[^{_CHINESE}]{{1,32}}"),
    "time": _pattern(rf"{_TIME}(?:\s?~\s?{_TIME})?"),
    "date": _pattern(rf"{_DATE}(?:\s?~\s?{_DATE})?"),
    "amount": _pattern(r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?"),
    "phone_number": _pattern(r"[\d+\-() *#]{1,17}"),
    "car_number": lambda text: len(text) <= 8,  # noqa: PLR2004 - table
    "name": _pattern(rf"[{_CHINESE}]{{1,10}}|[^{_CHINESE}\d]{{1,20}}"),
    "phrase": _pattern(rf"[{_CHINESE}]{{1,5}}"),
    "enum": bool,
}
_KEY: Final = re.compile(r"([a-z_]+?)(\d+)\Z")
_STATES: Final = ("developer", "trial", "formal")
_LANGUAGES: Final = ("zh_CN", "en_US", "zh_HK", "zh_TW")


def _argument(name: str, why: str) -> CloudError:
    # The name is the template's own key: `thing3`, never its value.
    return CloudError(47003, f"argument invalid! data.{name}.value {why}")


def _check_data(data: Value) -> None:
    if data.__class__ is not dict or not data:
        raise CloudError(47003, "argument invalid! data must name the fields of the template")
    for name, item in data.items():
        match = _KEY.match(name)
        if match is None or match[1] not in _RULES:
            raise _argument("?" if match is None else name, "is of no type that templates know")
        value = item.get("value") if item.__class__ is dict else None
        if value.__class__ in (int, float):
            value = str(value)
        if value.__class__ is not str or not value.strip():
            raise _argument(name, "is empty")
        if not _RULES[match[1]](value):
            raise _argument(name, f"is not what a {match[1]} may be")


def check_message(body: Document) -> Document:
    """Return a message as it is kept, or raise CloudError naming the field that is wrong.

    40003 touser, 40037 template_id, 41030 page, 47003 a value of the data, 40097 state or lang.
    """
    touser, template = body.get("touser"), body.get("template_id")
    if touser.__class__ is not str or not touser:
        raise CloudError(40003, "invalid openid: touser is missing")
    if template.__class__ is not str or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", template):
        raise CloudError(40037, "invalid template_id")
    page = body.get("page")
    if page is not None and (page.__class__ is not str or page.startswith("/")):
        raise CloudError(41030, "invalid page: a path of the released version without leading /")
    state, lang = body.get("miniprogram_state", "formal"), body.get("lang", "zh_CN")
    if state not in _STATES or lang not in _LANGUAGES:
        raise CloudError(40097, "invalid args: miniprogram_state or lang is none of the listed")
    _check_data(body.get("data"))
    return {
        "touser": touser,
        "template_id": template,
        "page": page,
        "data": body["data"],
        "miniprogram_state": state,
        "lang": lang,
    }
