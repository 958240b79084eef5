"""Personal data as it may be shown: enough to recognise a record, not enough to use it.

Source: domain.md §9. One `*` stands for one hidden character. What does not have the expected
form is hidden whole, because nothing is known of it.
"""

from __future__ import annotations

from sizhu_rules.facts.certificate import CATEGORIES, GRADES, CertificateNumber

_HIDDEN = "*"
_CITIZEN_ID_LENGTH = 18
_PHONE_LENGTH = 11
_SHORT_NAME = 2


def mask_name(name: str) -> str:
    """Return a name with its middle hidden: `张三` → `张*`, `张小三` → `张*三`, `欧阳锋` → `欧*锋`.

    A compound surname (复姓) is treated like any other text. A name of one character is hidden.
    """
    name = name.strip()
    if len(name) < _SHORT_NAME:
        return _HIDDEN * len(name)
    if len(name) == _SHORT_NAME:
        return name[0] + _HIDDEN
    return _keep(name, 1, 1)


def mask_citizen_id(text: str) -> str:
    """Return a citizen ID with three and four characters left: `330***********0015`."""
    text = text.strip()
    return _keep(text, 3, 4) if len(text) == _CITIZEN_ID_LENGTH else _HIDDEN * len(text)


def mask_phone(text: str) -> str:
    """Return a mobile number with its first three and last four digits left: `138****1234`."""
    text = text.strip()
    return _keep(text, 3, 4) if len(text) == _PHONE_LENGTH else _HIDDEN * len(text)


def mask_certificate(certificate: CertificateNumber) -> str:
    """Return the masked ID with category and grade in words: `330***********0015 肢体三级`."""
    words = CATEGORIES[certificate.category] + GRADES[certificate.grade]
    return f"{mask_citizen_id(certificate.citizen_id.number)} {words}"


def _keep(text: str, head: int, tail: int) -> str:
    return text[:head] + _HIDDEN * (len(text) - head - tail) + text[-tail:]
