"""Home accessibility works (困难家庭无障碍改造): typed facts, and the parts of the rule joined.

An aid for the reviewer: nothing in it refuses or takes away. What a sheet can say stands in
`hardship.yaml`, `checks.yaml` (eligible or a person's look), `need.yaml` and `means.yaml` (the
priority, added up). Unit is the household (户). Source: seed 4.2 二 5; domain.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from sizhu_rules.eligibility.retrofit.items import ITEMS, usual_items
from sizhu_rules.eligibility.retrofit.ramp import RAMP_PARAMETERS
from sizhu_rules.eligibility.shared import derived
from sizhu_rules.eligibility.shared.facts import (
    BIRTH,
    CERTIFICATE,
    HARDSHIP,
    HOUSEHOLD,
    SUBMITTED,
    CertificateStatus,
    Codes,
    Component,
    HouseholdStatus,
    Identified,
)
from sizhu_rules.eligibility.shared.renewal import RENEWALS
from sizhu_rules.engine.raw import Flag, Member, RawFact, Whole
from sizhu_rules.engine.spec import Outcome, RuleSpec, View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_OPEN_OR_DONE = {"none": "没有", "open": "在办", "done": "改造过"}
_MOST_MEMBERS = 30
_PREFIX = "retrofit."


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RetrofitFacts(Identified):
    """The facts of one application; None is unknown. Raises `FactError` when built wrong.

    `household_open_or_done` looks at the whole household, this application aside.
    `household_disabled_members` counts the applicant too. `household_elderly_carer`: who looks
    after the person is old (以老养残). `household_staff_marked` counts only with its reason.
    """

    birth_date: date | None = None
    birth_date_conflict: Literal[True] | None = None
    submitted_on: date | None = None
    household_status: HouseholdStatus | None = None
    household_valid_to: date | Literal["open_ended"] | None = None
    household_monitored: bool | None = None
    household_staff_marked: bool | None = None
    household_open_or_done: Literal["none", "open", "done"] | None = None
    household_disabled_members: int | None = None
    household_elderly_carer: bool | None = None
    house_owned: bool | None = None
    house_owner_consent: bool | None = None
    items: tuple[str, ...] | None = None
    certificate_category: int | None = None
    certificate_components: tuple[Component, ...] | None = None
    certificate_grade: int | None = None
    certificate_status: CertificateStatus | None = None
    certificate_valid_to: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        *BIRTH,
        SUBMITTED,
        *HOUSEHOLD,
        *HARDSHIP,
        RawFact("household.open_or_done", "household_open_or_done", Member(_OPEN_OR_DONE)),
        RawFact(
            "household.disabled_members", "household_disabled_members", Whole(1, _MOST_MEMBERS)
        ),
        RawFact("household.elderly_carer", "household_elderly_carer", Flag()),
        RawFact("house.owned", "house_owned", Flag()),
        RawFact("house.owner_consent", "house_owner_consent", Flag()),
        RawFact("items", "items", Codes(ITEMS)),
        *CERTIFICATE,
    )


def _outcome(view: View) -> Outcome:
    """Give the priority as the span it can still be in, and items worth talking about."""
    given: dict[str, object] = {}
    codes: list[str] = []
    if view.as_of is not None and view.ranges:  # without a day no law's numbers hold
        given["priority_least"] = view.ranges["need"][0] + view.ranges["means"][0]
        given["priority_most"] = view.ranges["need"][1] + view.ranges["means_most"][1]
    suggested = _suggested(cast("RetrofitFacts", view.facts))
    if suggested:
        given["suggested_items"] = list(suggested)
        codes.append("ITEMS_SUGGESTED")
    return Outcome(given, codes=tuple(codes))


def _suggested(facts: RetrofitFacts) -> tuple[str, ...]:
    if facts.items is None or facts.certificate_category is None:
        return ()
    usual = usual_items(facts.certificate_category, facts.certificate_components) or ()
    return tuple(item for item in usual if item not in facts.items)


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    least, most = outcome.get("priority_least"), outcome.get("priority_most")
    suggested = cast("list[str]", outcome.get("suggested_items", []))
    numbers = {
        name.removeprefix(_PREFIX).removeprefix("weight."): str(value)
        for name, value in view.parameters.items()
        if name.startswith(_PREFIX)
    }
    return view.verdict, {
        **numbers,
        "priority": "未知"
        if least is None
        else str(least)
        if least == most
        else f"{least}～{most}",
        "suggested": "、".join(ITEMS[item] for item in suggested),
    }


RETROFIT: Final = RuleSpec(
    name="retrofit",
    folder="eligibility/retrofit",
    sheets=("hardship.yaml", "checks.yaml", "need.yaml", "means.yaml"),
    facts=RetrofitFacts,
    derived={
        **derived.HARDSHIP,
        "household.open_or_done": derived.as_stated("household.open_or_done"),
        "household.disabled_members": derived.as_stated("household.disabled_members"),
        "household.elderly_carer": derived.as_stated("household.elderly_carer"),
        "house.owned": derived.as_stated("house.owned"),
        "house.owner_consent": derived.as_stated("house.owner_consent"),
        "identity.consistent": derived.IDENTITY_CONSISTENT,
        "certificate.state": derived.CERTIFICATE_STATE,
        "certificate.grade": derived.as_stated("certificate.grade"),
        "age": derived.AGE,
    },
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=_outcome,
    headline=_headline,
    changes=RENEWALS,
    parameters=RAMP_PARAMETERS,
)
