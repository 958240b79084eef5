"""Derived facts that several rules share: age, household, identity, certificate.

Each takes the raw facts of `shared.facts` by their attributes, whichever rule's they are. A
function that answers None (unknown) has looked at every raw fact it could use.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, Protocol, cast

from sizhu_rules.engine.field import CONTRADICTION
from sizhu_rules.engine.spec import Derived
from sizhu_rules.facts.age import Convention, age_by
from sizhu_rules.facts.household import lapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from typing import Literal

    from sizhu_rules.engine.field import Known
    from sizhu_rules.engine.parameters import Number

OLDEST: Final = 130


class _Born(Protocol):
    @property
    def birth_date(self) -> date | None: ...
    @property
    def submitted_on(self) -> date | None: ...


class _Identified(Protocol):
    @property
    def birth_date_conflict(self) -> Literal[True] | None: ...


class _InHousehold(Protocol):
    @property
    def household_valid_to(self) -> date | Literal["open_ended"] | None: ...
    @property
    def submitted_on(self) -> date | None: ...


class _Certified(Protocol):
    @property
    def certificate_status(self) -> str | None: ...
    @property
    def certificate_valid_to(self) -> date | None: ...
    @property
    def submitted_on(self) -> date | None: ...


def _age(parameters: Mapping[str, Number]) -> Callable[[_Born], Known | None]:
    age_on = age_by(cast("Convention", parameters["age.convention"]))

    def age(facts: _Born) -> Known | None:
        birth, day = facts.birth_date, facts.submitted_on
        if birth is None or day is None:
            return None
        try:
            years = age_on(birth, day)
        except ValueError:  # born after the submission
            return CONTRADICTION
        return years if years <= OLDEST else CONTRADICTION

    return age


def _lapsed(_parameters: Mapping[str, Number]) -> Callable[[_InHousehold], Known | None]:
    def household_lapsed(facts: _InHousehold) -> Known | None:
        end = facts.household_valid_to
        if end == "open_ended":
            return False
        day = facts.submitted_on
        return None if day is None else lapsed(end, day)

    return household_lapsed


def _consistent(_parameters: Mapping[str, Number]) -> Callable[[_Identified], Known | None]:
    return lambda facts: facts.birth_date_conflict is not True


def _certificate(_parameters: Mapping[str, Number]) -> Callable[[_Certified], Known | None]:
    def certificate_state(facts: _Certified) -> Known | None:
        status = facts.certificate_status
        if status is not None and status != "valid":
            return status
        end, day = facts.certificate_valid_to, facts.submitted_on
        if status is None or end is None or day is None:
            return None
        return "expired" if end < day else "valid"

    return certificate_state


def as_stated(path: str, attribute: str | None = None) -> Derived:
    """Make the derived fact that is a raw fact itself, by its path."""
    reader = attrgetter(attribute or path.replace(".", "_"))
    return Derived(lambda _parameters: reader, (path,))


AGE: Final = Derived(_age, ("birth_date", "submitted_on"), parameters=("age.convention",))
HOUSEHOLD_STATUS: Final = as_stated("household.status")
HOUSEHOLD_LAPSED: Final = Derived(_lapsed, ("household.valid_to", "submitted_on"))
# The conflict is set when facts are read or it is not: there is nothing to ask.
IDENTITY_CONSISTENT: Final = Derived(
    _consistent, ("birth_date_conflict",), fewest=lambda _facts: ()
)
CERTIFICATE_STATE: Final = Derived(
    _certificate, ("certificate.status", "certificate.valid_to", "submitted_on")
)
# The fields from which a sheet says whether a household is 困难.
HARDSHIP: Final = {
    "household.status": HOUSEHOLD_STATUS,
    "household.lapsed": HOUSEHOLD_LAPSED,
    "household.monitored": as_stated("household.monitored"),
    "household.staff_marked": as_stated("household.staff_marked"),
}
