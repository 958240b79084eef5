"""The words of the tables: kinds of cases, their states, who acts, what a step needs.

A table may use no other word, and must use every state of its kinds: so the types here and the
YAML say the same. Sources: domain model 4.4 and 13.4 (applications), 1.3 (who may do what), 7
(wishes, donations, pairs, visits, points), 8 (help, feedback, early reports).
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Role = Literal[
    "resident",
    "guardian",
    "volunteer",
    "mobiliser",
    "village_staff",
    "town_staff",
    "system",
]
"""Who takes a step; `system` is the worker, when a term has run out and nobody has acted."""

Queue = Literal["village", "town", "city", "none", "routed"]
"""Where a case waits after a step; `routed` is the level that the routing rule names."""

Need = Literal[
    "balance", "check_in_out", "claimant", "client_key", "code", "consent", "contacts_tried",
    "counted", "decision", "directed", "document", "donor_report", "due_date", "employer",
    "first_appeal", "first_day", "follow_up", "free", "not_author", "not_volunteer", "other_login",
    "other_reviewer", "other_verifier", "pairing_case", "pairing_limit", "papers", "person_chosen",
    "public_notice", "quote", "reason", "receipt", "recipients", "result", "stars_or_note", "stock",
    "supplier", "text_check", "three_parties", "undirected", "visitor", "wish_check",
]  # fmt: skip
"""What must be there for a step; `NEEDS` says it in a sentence."""

NEEDS: Final[dict[Need, str]] = {
    "balance": "the volunteer's points cover the goods",
    "check_in_out": "when the visit began and ended",
    "claimant": "the volunteer is the one who claimed the wish",
    "client_key": "a key that makes a repeated submission one submission",
    "code": "the code that the volunteer shows at the counter",
    "consent": "the consents that this kind of case asks for",
    "contacts_tried": "every contact of the village was told and none has answered",
    "counted": "the goods were counted and the donor has a receipt",
    "decision": "the rule's proposal",
    "directed": "the donation names a person or a village",
    "document": "number and day of the city's paper",
    "donor_report": "the donor was told what became of it",
    "due_date": "the day by which it is to be done",
    "employer": "the employer or workplace",
    "first_appeal": "no appeal was made in this case before",
    "first_day": "the first day at work",
    "follow_up": "a follow-up visit or call (回访) is arranged",
    "free": "nobody else has claimed the wish: claiming is atomic",
    "not_author": "whoever lets a post through did not write it",
    "not_volunteer": "whoever verifies a visit did not make it",
    "other_login": "not the login of the village's step",
    "other_reviewer": "not the login that refused before",
    "other_verifier": "not the login that verified before",
    "pairing_case": "a pairing was proposed from the offer",
    "pairing_limit": "neither side has more pairs than allowed",
    "papers": "the papers were checked",
    "person_chosen": "whom the volunteer is to help",
    "public_notice": "the masked public notice (公示) was posted",
    "quote": "the price and the person's share are settled",
    "reason": "a reason in words",
    "receipt": "the recipient's signature, thumbprint or photo",
    "recipients": "who gets how much of it, and why",
    "result": "what came of it",
    "stars_or_note": "one to five stars, or words",
    "stock": "the goods are in stock",
    "supplier": "the supplier, or the contractor of the works",
    "text_check": "the text passed WeChat's content check",
    "three_parties": "acceptance by federation, applicant and contractor (三方验收)",
    "undirected": "the donation names nobody",
    "visitor": "who goes and looks",
    "wish_check": "no cash, no brand, nothing private, within the value limit",
}

ApplicationState = Literal[
    "draft", "submitted", "village_ok", "town_ok", "city_ok", "approved", "doing", "delivered",
    "feedback", "closed", "returned", "rejected", "withdrawn",
]  # fmt: skip
DonationState = Literal[
    "draft", "submitted", "accepted", "declined", "received", "allocated", "handed_over",
    "reported", "closed", "refused", "disputed", "withdrawn",
]  # fmt: skip
EarlyReportState = Literal["draft", "submitted", "accepted", "declined", "closed", "withdrawn"]
HelpState = Literal["draft", "open", "escalated", "acked", "closed", "withdrawn"]
IntentState = Literal["draft", "submitted", "arranged", "declined", "closed", "withdrawn"]
PairingState = Literal["draft", "submitted", "accepted", "declined", "active", "ended", "withdrawn"]
PostState = Literal["draft", "submitted", "accepted", "declined", "closed", "withdrawn"]
RedemptionState = Literal["draft", "reserved", "handed_over", "expired", "cancelled"]
ServiceState = Literal[
    "draft", "submitted", "verified", "feedback", "closed", "disputed", "rejected", "withdrawn"
]
WishState = Literal[
    "draft", "submitted", "published", "claimed", "delivered", "confirmed", "closed", "returned",
    "rejected", "withdrawn",
]  # fmt: skip
State = Literal[
    ApplicationState, DonationState, EarlyReportState, HelpState, IntentState, PairingState,
    PostState, RedemptionState, ServiceState, WishState,
]  # fmt: skip
"""What may stand in the status of a case of some kind."""

ApplicationKind = Literal["device", "retrofit", "job"]
"""Kinds that go the way of an application: village, town, delivery, feedback."""
Kind = Literal[
    "device", "retrofit", "job", "wish", "help", "intent", "pairing", "service", "donation",
    "redemption", "early_report", "post",
]  # fmt: skip

ROLES: Final[tuple[Role, ...]] = get_args(Role)
QUEUES: Final[tuple[Queue, ...]] = get_args(Queue)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STATES: Final[dict[Kind, tuple[str, ...]]] = {
    "device": get_args(ApplicationState),
    "retrofit": get_args(ApplicationState),
    "job": get_args(ApplicationState),
    "wish": get_args(WishState),
    "help": get_args(HelpState),
    "intent": get_args(IntentState),
    "pairing": get_args(PairingState),
    "service": get_args(ServiceState),
    "donation": get_args(DonationState),
    "redemption": get_args(RedemptionState),
    "early_report": get_args(EarlyReportState),
    "post": get_args(PostState),
}
"""The states of each kind."""

WORKS_AT: Final[dict[Queue, tuple[Role, ...]]] = {
    "village": ("village_staff",),
    "town": ("town_staff",),
    "city": ("town_staff",),  # the city has no login: the town types its answer
    "routed": ("village_staff", "town_staff"),
    "none": (),
}
"""Who must be able to act on a case that waits there."""
