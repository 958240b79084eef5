"""A small wish (微心愿) of a person in hardship: typed facts, and the parts of the rule joined.

What a sheet can say stands in `hardship.yaml` and `checks.yaml`. Nothing here ever refuses: what
is not in order goes to a person. Source: seed 5.1 (困难残疾人微心愿申请); domain.md §7.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from sizhu_rules.eligibility.shared import derived
from sizhu_rules.eligibility.shared.facts import (
    CERTIFICATE_STATE,
    HARDSHIP,
    HOUSEHOLD,
    SUBMITTED,
    CertificateStatus,
    HouseholdStatus,
)
from sizhu_rules.eligibility.shared.renewal import RENEWALS
from sizhu_rules.engine.raw import Facts, Flag, Member, RawFact, Whole
from sizhu_rules.engine.spec import Outcome, RuleSpec, View
from sizhu_rules.facts.money import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_KINDS = {"goods": "物品", "service": "服务"}
_MOST_FEN = 10**12


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WishFacts(Facts):
    """The facts of one wish; None is unknown. Raises `FactError` when built wrong.

    `wish_value_fen` in fen. `wish_asks_cash`, `wish_names_brand` and `wish_shows_private` are what
    the village found when it read the text, which itself is no fact. `open_wish`: the person has
    another wish that is not closed. `household_staff_marked` counts only with a reason on record.
    """

    submitted_on: date | None = None
    household_status: HouseholdStatus | None = None
    household_valid_to: date | Literal["open_ended"] | None = None
    household_monitored: bool | None = None
    household_staff_marked: bool | None = None
    wish_kind: Literal["goods", "service"] | None = None
    wish_value_fen: int | None = None
    wish_asks_cash: bool | None = None
    wish_names_brand: bool | None = None
    wish_shows_private: bool | None = None
    open_wish: bool | None = None
    certificate_status: CertificateStatus | None = None
    certificate_valid_to: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        SUBMITTED,
        *HOUSEHOLD,
        *HARDSHIP,
        RawFact("wish.kind", "wish_kind", Member(_KINDS)),
        RawFact("wish.value_fen", "wish_value_fen", Whole(0, _MOST_FEN)),
        RawFact("wish.asks_cash", "wish_asks_cash", Flag()),
        RawFact("wish.names_brand", "wish_names_brand", Flag()),
        RawFact("wish.shows_private", "wish_shows_private", Flag()),
        RawFact("open_wish", "open_wish", Flag()),
        *CERTIFICATE_STATE,
    )


def _headline(view: View, _outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    limit = view.parameters.get("wish.max_fen")
    return view.verdict, {"limit": "" if limit is None else yuan(cast("int", limit))}


WISH: Final = RuleSpec(
    name="wish",
    folder="eligibility/wish",
    sheets=("hardship.yaml", "checks.yaml"),
    facts=WishFacts,
    derived={
        **derived.HARDSHIP,
        "wish.kind": derived.as_stated("wish.kind"),
        "wish.value_fen": derived.as_stated("wish.value_fen"),
        "wish.asks_cash": derived.as_stated("wish.asks_cash"),
        "wish.names_brand": derived.as_stated("wish.names_brand"),
        "wish.shows_private": derived.as_stated("wish.shows_private"),
        "open_wish": derived.as_stated("open_wish"),
        "certificate.state": derived.CERTIFICATE_STATE,
    },
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=lambda _view: Outcome({}),
    headline=_headline,
    changes=RENEWALS,
)
