"""What a device decision gives: shares in fen, its first sentence, and what would change it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

from sizhu_rules.eligibility.device.derived import life_over
from sizhu_rules.eligibility.shared.renewal import RENEWALS
from sizhu_rules.engine.raw import YEARS
from sizhu_rules.engine.spec import Change, Outcome, View
from sizhu_rules.facts.age import Convention, first_day_of_age
from sizhu_rules.facts.money import share_words, split, yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.eligibility.device.facts import DeviceFacts


def outcome(view: View) -> Outcome:
    """Give the share and the amounts, as far as the sheets settle them; all money in fen."""
    facts = cast("DeviceFacts", view.facts)
    given: dict[str, object] = {}
    codes: list[str] = []
    if view.fields.get("device.in_service_life") is True:
        delivered, years = facts.last_delivered_on, facts.device_life_years
        if isinstance(delivered, date) and isinstance(years, int):
            given["next_on"] = life_over(delivered, years).isoformat()
    if "share" not in view.values:
        # On hold no amount is named: a figure beside a lapsed status reads like a bill.
        shares = [str(one["share"]) for one in view.candidates if "share" in one]
        named = shares and view.fields.get("household.lapsed") is not True
        price = facts.price_fen if named else None
        if price is not None and view.fields.get("device.over_cap") is None:
            codes.append("CAP_UNKNOWN")
        candidates = tuple({"share": s, **_amounts(view, s, price)} for s in shares)
        return Outcome(given, candidates, tuple(codes))
    share = str(view.values["share"])
    given["share"] = share
    if view.verdict == "not_eligible":
        return Outcome(given)
    if facts.price_fen is None:
        codes.append("PRICE_UNKNOWN")
    elif view.fields.get("device.over_cap") is None:
        # An estimate as if there were no cap; the code says so, and no text shows it.
        codes.append("CAP_UNKNOWN")
    given |= _amounts(view, share, facts.price_fen)
    return Outcome(given, codes=tuple(codes))


def _amounts(view: View, share: str, price: int | None) -> dict[str, object]:
    """What the person pays and gets for a price, in fen; nothing where there is no price."""
    if price is None:
        return {}
    over = view.fields.get("device.over_cap") is True
    limit = _limit(cast("DeviceFacts", view.facts)) if over else None
    parts = split(price, Fraction(share), cap_fen=limit)
    return {"personal_fen": parts.personal_fen, "subsidy_fen": parts.subsidy_fen}


def _limit(facts: DeviceFacts) -> int | None:
    cap, pieces = facts.device_cap_fen, facts.device_qty
    return cap * pieces if isinstance(cap, int) and pieces is not None else None


def headline(view: View, given: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    """Name the first sentence of the text and fill its blanks."""
    share = given.get("share")
    personal, subsidy = given.get("personal_fen"), given.get("subsidy_fen")
    blanks = {
        "share": share_words(Fraction(str(share))) if share else "",
        "personal": yuan(personal) if isinstance(personal, int) else "",
        "subsidy": yuan(subsidy) if isinstance(subsidy, int) else "",
        "next_on": str(given.get("next_on", "")),
        "free_age": str(view.parameters.get("device.free_age", "")),
    }
    if view.verdict != "eligible":
        known_free = view.verdict == "needs_facts" and share == "0"
        return ("needs_facts_free" if known_free else view.verdict), blanks
    if share == "0":
        if personal is None:
            return "free", blanks
        return ("free_excess" if personal else "free_amount"), blanks
    return ("share" if personal is None else "share_amount"), blanks


def _another_day(view: View) -> tuple[Change, ...]:
    changes = []
    facts = cast("DeviceFacts", view.facts)
    age, day, birth = view.fields.get("age"), view.as_of, facts.birth_date
    if day is not None and birth is not None and isinstance(age, int):
        threshold = view.parameters["device.free_age"]
        convention = cast("Convention", view.parameters["age.convention"])
        limits = {age, threshold} if isinstance(threshold, int) and threshold < age else {age}
        for limit in sorted(limits, reverse=True):
            last = first_day_of_age(birth, limit, convention) - timedelta(days=1)
            if view.known_on <= last < day:
                attributes = (("submitted_on", last),)
                changes.append(Change("submitted_on", "submit_by", last.isoformat(), attributes))
    if view.fields.get("device.in_service_life") is True:
        delivered, years = facts.last_delivered_on, facts.device_life_years
        if isinstance(delivered, date) and isinstance(years, int):
            again = life_over(delivered, years)
            attributes = (("submitted_on", again),)
            if again.year in YEARS:  # else the record is wrong, and there is no such day to propose
                changes.append(
                    Change("submitted_on", "submit_after_life", again.isoformat(), attributes)
                )
    return tuple(changes)


CHANGES: Final = {**RENEWALS, "submitted_on": _another_day}
