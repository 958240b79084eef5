"""For tests, here and in other towns: a policy with some values changed, and rule texts edited.

    policy = amend(load_policy("simen"), readings={"boundary_60": "by_income"})

What is amended says so in its version; it can never be taken for the law of a town.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.law import Law, load_law
from sizhu_rules.engine.policy import Policy, compile_law
from sizhu_rules.engine.source import Files
from sizhu_rules.facts.calendar import SHANGHAI
from sizhu_rules.policies import rule_files, shipped
from sizhu_rules.registry import SPECS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sizhu_rules.engine.parameters import Number, Parameter
    from sizhu_rules.engine.spec import RuleSpec

TODAY: Final = date(2024, 11, 22)
NOW: Final = datetime(2024, 11, 22, 9, 0, tzinfo=SHANGHAI)

# Facts of a device application in which nothing is in the way; add who, when and household.
HARMLESS_DEVICE: Final[Mapping[str, object]] = {
    "certificate.category": 4,
    "certificate.grade": 3,
    "certificate.status": "valid",
    "certificate.valid_to": "2030-01-01",
    "device.class_code": "1222",
    "device.life_years": 4,
    "device.allowed_categories": [4],
    "device.cap_fen": "none",
    "device.qty": 1,
    "price_fen": 120_000,
    "last_delivered_on": "never",
    "open_same_class": False,
}


def amend(
    policy: Policy,
    *,
    parameters: Mapping[str, Number] | None = None,
    readings: Mapping[str, str] | None = None,
    confirm: Iterable[str] = (),
) -> Policy:
    """Return a policy with other values.

    `parameters` sets values on all their periods; `readings` names the side to follow and counts
    as confirmed; `confirm` lists parameters and readings to be taken as confirmed. Raises
    `PolicyError` where the result does not compile, LookupError for a name that does not exist.
    """
    law = policy.law
    parameters, readings, confirm = parameters or {}, readings or {}, set(confirm)
    known = {*law.parameters, *law.readings}
    for name in (*parameters, *readings, *confirm):
        if name not in known:
            raise LookupError(
                f"there is no '{name}' to amend; use one of {', '.join(sorted(known))}"
            )
    changed = {
        name: tuple(_amended(value, parameters, name in confirm) for value in timeline)
        for name, timeline in law.parameters.items()
    }
    read = {
        name: replace(
            reading,
            follow=readings.get(name, reading.follow),
            confirmed=reading.confirmed or name in readings or name in confirm,
        )
        for name, reading in law.readings.items()
    }
    specs = [rule.spec for rule in policy.rules.values()]
    return compiled(
        replace(law, version=f"{law.version}+amended", parameters=changed, readings=read), specs
    )


def edited(region: str, texts: Mapping[str, str]) -> Policy:
    """Return a region's policy with files replaced, by name: `policy/simen/device.yaml`.

    Raises `PolicyError` as loading would.
    """
    return compiled(load_law(region, SPECS, Files(shipped(), texts=texts)))


def under_version(region: str, version: str) -> str:
    """Return a region's `region.yaml` as it stands, under another version."""
    text = text_of(f"policy/{region}/region.yaml")
    return re.sub(r"^version: .*$", f'version: "{version}"', text, flags=re.MULTILINE)


def text_of(name: str) -> str:
    """Return the shipped text of a rule file, to be edited."""
    return rule_files().text(name)


def compiled(law: Law, specs: Iterable[RuleSpec] = SPECS) -> Policy:
    """Compile a law; raises the first `PolicyError`."""
    policy, errors = compile_law(law, specs)
    if policy is None:
        raise errors[0]
    return policy


def _amended(value: Parameter, parameters: Mapping[str, Number], confirm: bool) -> Parameter:  # noqa: FBT001 - private
    number = parameters.get(value.name, value.value)
    alternatives = value.alternatives
    if alternatives and number != value.value:
        alternatives = (value.value, *(other for other in alternatives if other != number))
    return replace(
        value, value=number, alternatives=alternatives, confirmed=value.confirmed or confirm
    )
