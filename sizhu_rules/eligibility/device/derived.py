"""The derived facts of the device rule alone, beside those that rules share.

A function that answers None (unknown) has looked at every raw fact it could use; catalogue facts
come before personal ones, so that none of a person is read in vain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sizhu_rules.eligibility.device.facts import EVERY_CATEGORY, UNLISTED
from sizhu_rules.eligibility.shared.derived import (
    AGE,
    CERTIFICATE_STATE,
    HOUSEHOLD_LAPSED,
    HOUSEHOLD_STATUS,
    IDENTITY_CONSISTENT,
    as_stated,
)
from sizhu_rules.eligibility.shared.facts import MULTIPLE
from sizhu_rules.engine.spec import Derived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sizhu_rules.eligibility.device.facts import DeviceFacts
    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number


def _category(_parameters: Mapping[str, Number]) -> Callable[[DeviceFacts], Known | None]:
    def category_match(facts: DeviceFacts) -> Known | None:
        allowed = facts.device_allowed_categories
        # Both are canonical objects: comparing by identity keeps the usual path short.
        if allowed is UNLISTED:
            return "unlisted"
        if allowed is EVERY_CATEGORY:
            return "match"
        category = facts.certificate_category
        if category is not None and category != MULTIPLE:
            return None if allowed is None else "match" if category in allowed else "mismatch"
        if allowed is not None and category == MULTIPLE and MULTIPLE in allowed:
            return "match"
        components = facts.certificate_components
        if allowed is None or category is None or not components:
            return None
        return "match" if any(part.category in allowed for part in components) else "mismatch"

    return category_match


def _category_needs(facts: DeviceFacts) -> tuple[str, ...]:
    needs = facts.absent("device.allowed_categories", "certificate.category")
    allowed, category = facts.device_allowed_categories, facts.certificate_category
    parts_matter = category in (None, MULTIPLE) and (allowed is None or MULTIPLE not in allowed)
    if parts_matter and not facts.certificate_components:
        needs += ("certificate.components",)
    return needs


def _life(_parameters: Mapping[str, Number]) -> Callable[[DeviceFacts], Known | None]:
    def in_service_life(facts: DeviceFacts) -> Known | None:
        years = facts.device_life_years
        if years == "none":
            return False
        delivered = facts.last_delivered_on
        if delivered == "never":
            return False
        day = facts.submitted_on
        if years is None or delivered is None or day is None:
            return None
        return day < life_over(delivered, years)

    return in_service_life


def life_over(delivered: date, years: int) -> date:
    """Return the first day after a device's service life of full years.

    29 February ends on 28 February where there is no such day (民法典 202).
    """
    try:
        return delivered.replace(year=delivered.year + years)
    except ValueError:
        return delivered.replace(year=delivered.year + years, day=28)


def _over_cap(_parameters: Mapping[str, Number]) -> Callable[[DeviceFacts], Known | None]:
    def over_cap(facts: DeviceFacts) -> Known | None:
        cap = facts.device_cap_fen
        if cap == "none":
            return False
        price = facts.price_fen
        if cap is not None and price is not None and price <= cap:
            return False  # one piece's cap suffices, whatever the number of pieces
        pieces = facts.device_qty
        if cap is None or price is None or pieces is None:
            return None
        return price > cap * pieces

    return over_cap


DERIVED: Final = {
    "age": AGE,
    "household.status": HOUSEHOLD_STATUS,
    "household.lapsed": HOUSEHOLD_LAPSED,
    "identity.consistent": IDENTITY_CONSISTENT,
    "device.category_match": Derived(
        _category,
        ("device.allowed_categories", "certificate.category", "certificate.components"),
        fewest=_category_needs,
    ),
    "certificate.state": CERTIFICATE_STATE,
    "device.in_service_life": Derived(
        _life, ("device.life_years", "last_delivered_on", "submitted_on")
    ),
    "open_same_class": as_stated("open_same_class"),
    "device.over_cap": Derived(_over_cap, ("device.cap_fen", "price_fen", "device.qty")),
}
