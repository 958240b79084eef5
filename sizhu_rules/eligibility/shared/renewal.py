"""What a person can do when a status or a certificate has run out: renew it, and be decided again.

Proposals only: `would_change` of a decision shows one where deciding again proves it better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.spec import Change

if TYPE_CHECKING:
    from sizhu_rules.engine.spec import View


def renew_status(view: View) -> tuple[Change, ...]:
    """Propose to renew a lapsed household status, to the day of submission or later."""
    if view.fields.get("household.lapsed") is not True or view.as_of is None:
        return ()
    attributes = (("household_valid_to", view.as_of),)
    return (Change("household.valid_to", "renew_status", view.as_of.isoformat(), attributes),)


def renew_certificate(view: View) -> tuple[Change, ...]:
    """Propose to renew an expired certificate, to the day of submission or later."""
    if view.fields.get("certificate.state") != "expired" or view.as_of is None:
        return ()
    attributes = (("certificate_status", "valid"), ("certificate_valid_to", view.as_of))
    to = view.as_of.isoformat()
    return (Change("certificate.valid_to", "renew_certificate", to, attributes),)


RENEWALS: Final = {
    "household.valid_to": renew_status,
    "certificate.valid_to": renew_certificate,
}
