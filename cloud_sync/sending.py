"""Sending one subscribe message, once, and what its answer means.

WeChat offers no idempotency key, so nothing is ever sent twice: an outcome that is not known stays
`unknown`. Source: WeChat, subscribeMessage.send, table of return codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from cloud_sync.errors import CloudError, CloudSyncError

if TYPE_CHECKING:
    from cloud_sync.client import CloudClient

State = Literal["sent", "refused", "failed", "unknown", "todo"]
Halt = Literal["", "quota", "template", "unreachable", "not_allowed"]

_OUTCOMES: Final[dict[int, tuple[State, Halt]]] = {
    0: ("sent", ""),
    43101: ("refused", ""),
    # WeChat refused before sending: the message waits, the next one would fare no better.
    45009: ("todo", "quota"),
    44993: ("todo", "quota"),
    45011: ("todo", "quota"),
    40001: ("todo", "unreachable"),
    40014: ("todo", "unreachable"),
    42001: ("todo", "unreachable"),
    43107: ("todo", "not_allowed"),
    48001: ("todo", "not_allowed"),
    50002: ("todo", "not_allowed"),
    50004: ("todo", "not_allowed"),
    # Another message to the same person is on its way: this one can wait for a later run.
    43108: ("todo", ""),
    40037: ("failed", "template"),
    # The system failed on its side; whether before or after sending, it does not say.
    -1: ("unknown", ""),
    -1000: ("unknown", ""),
}
_REFUSED: Final[tuple[State, Halt]] = ("failed", "")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One claimed notification."""

    id: str
    openid: str
    template: str
    page: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a claimed notification; `todo` means it was certainly not sent."""

    id: str
    state: State
    errcode: int | None = None
    halt: Halt = ""
    """Why no further message need be tried in this run, or empty."""


def send(client: CloudClient, message: Outgoing) -> Sent:
    """Send one message, once; never raises an `Exception`."""
    body = {
        "touser": message.openid,
        "template_id": message.template,
        "page": message.page,
        "data": message.data,
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }
    try:
        code = client.send_subscribe(body)
    except CloudSyncError as error:
        if isinstance(error, CloudError) and error.problem.sent:
            return Sent(message.id, "unknown")
        return Sent(message.id, "todo", halt="unreachable")
    except Exception:  # noqa: BLE001 - whatever went wrong, what is claimed must be accounted for
        return Sent(message.id, "unknown", halt="not_allowed")
    state, halt = _OUTCOMES.get(code, _REFUSED)
    return Sent(message.id, state, code or None, halt)
