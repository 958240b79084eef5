"""Names that nobody was asked for: put together by chance, compound surnames (复姓) included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from sizhu_rules.facts.citizen_id import Sex
    from synthetic_village.chance import Chance

_SURNAMES: Final = tuple("谢陈王张李徐周沈施毛韩陆史黄吴朱杨胡孙郑冯钱蒋叶何罗马褚成方金戚赵潘鲁")
_COMPOUND_SURNAMES: Final = ("欧阳", "司马", "诸葛", "上官", "夏侯", "皇甫", "慕容", "东方")
_GIVEN: Final[dict[tuple[bool, Sex], str]] = {
    (True, "M"): "根宝林水岳忠祥荣发明德福兴土木炳庆仁善达",
    (True, "F"): "珍仙凤娥菊香英兰秀彩杏桂琴莲花妹素云芬月",
    (False, "M"): "伟杰浩宇晨涛鹏俊超阳斌凯翔磊辉轩立波锋栋",
    (False, "F"): "婷雪佳琳洁璐瑶颖倩敏慧丹萍静怡欣蕾莹思雯",
}
_OLD_BEFORE: Final = 1975


def make_name(chance: Chance, sex: Sex, birth: date) -> str:
    """Return a name of two to four characters in the fashion of the year of birth."""
    surname = chance.pick(_COMPOUND_SURNAMES if chance.happens(4) else _SURNAMES)
    characters = _GIVEN[birth.year < _OLD_BEFORE, sex]
    length = 1 if chance.happens(25) else 2
    return surname + "".join(chance.pick(characters) for _ in range(length))
