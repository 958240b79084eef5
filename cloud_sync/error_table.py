"""The codes of the WeChat cloud, one row each: what to do, what happened, what helps.

Source: the tables on every `/tcb/*` page, of cloud development and of the access token.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ErrorClass(StrEnum):
    """What the runner must do."""

    RETRY = "Retry"
    SLOW_DOWN = "SlowDown"
    REAUTH = "Reauth"
    SHRINK = "Shrink"
    STOP_TOWN = "StopTown"
    DUPLICATE = "Duplicate"
    BAD_RECORD = "BadRecord"
    BUG = "Bug"


@dataclass(frozen=True, slots=True)
class Row:
    """What one code means to the worker, and what a person can do about it."""

    error_class: ErrorClass
    what: str
    fix: str
    config: bool = False
    tries: int = 5


_R, _S = ErrorClass.RETRY, ErrorClass.STOP_TOWN
_WAIT = "run the command again in some minutes"
_REPORT = "report it to the maintainers with this code"
_QUOTA = "wait until the quota is renewed (at midnight) or enlarge the plan in the cloud console"
_SECRET = "copy appid and AppSecret of one mini-program into SIZHU_APPID and SIZHU_SECRET"  # noqa: S105 - a sentence
_ENV = "set SIZHU_ENV to the environment id that the cloud console shows"
_APPLY = "create the collections with `sizhu cloud apply`"

TABLE: dict[int, Row] = {
    -1: Row(_R, "WeChat is busy", _WAIT),
    -1000: Row(_R, "WeChat had a system error", _WAIT),
    -501001: Row(_R, "The cloud had a system error", _WAIT),
    -501002: Row(_R, "The cloud timed out", _WAIT),
    -501018: Row(_R, "The cloud resource is unavailable", _WAIT, tries=3),
    -502011: Row(_R, "The database timed out", _WAIT),
    -601001: Row(_R, "WeChat's back end had a system error", _WAIT),
    -601003: Row(_R, "WeChat's back end had a network error", _WAIT),
    -501004: Row(ErrorClass.SLOW_DOWN, "Too many calls at once", _WAIT),
    45011: Row(ErrorClass.SLOW_DOWN, "Too many calls in this minute", _WAIT),
    40001: Row(ErrorClass.REAUTH, "The access token is refused", _SECRET),
    40014: Row(ErrorClass.REAUTH, "The access token is refused", _SECRET),
    42001: Row(ErrorClass.REAUTH, "The access token has expired", _SECRET),
    -602001: Row(ErrorClass.SHRINK, "The answer would be too large", _REPORT),
    45002: Row(ErrorClass.SHRINK, "The statement is too large", _REPORT),
    -502010: Row(ErrorClass.SHRINK, "The database operation failed or took too long", _WAIT),
    45009: Row(_S, "The daily quota of this API is used up", _QUOTA),
    44993: Row(_S, "The daily frequency limit of this API is reached", _QUOTA),
    -501003: Row(_S, "The plan's request limit is reached", _QUOTA),
    -501015: Row(_S, "The plan's read quota is used up", _QUOTA),
    -501016: Row(_S, "The plan's write quota is used up", _QUOTA),
    -501017: Row(_S, "The plan's disk is full", "enlarge the plan in the cloud console"),
    -502003: Row(
        _S, "The database denies permission", "check the environment's owner in the console"
    ),
    -502004: Row(
        _S, "The plan allows no more collections", "enlarge the plan in the cloud console"
    ),
    50002: Row(_S, "The mini-program is restricted", "look at its notices in the WeChat console"),
    50004: Row(_S, "The mini-program is suspended", "look at its notices in the WeChat console"),
    85088: Row(
        _S,
        "Cloud development is not enabled for this mini-program",
        "enable it in WeChat DevTools, then set SIZHU_ENV",
        config=True,
    ),
    40164: Row(
        _S,
        "This machine's address is not on the mini-program's IP list",
        "add it in the WeChat console under Development settings",
        config=True,
    ),
    40243: Row(
        _S, "The AppSecret is frozen", "unfreeze or renew it in the WeChat console", config=True
    ),
    48001: Row(
        _S,
        "The mini-program lacks the permission for this API",
        "check in the WeChat console that SIZHU_APPID is a mini-program with cloud development",
        config=True,
    ),
    40002: Row(_S, "The token endpoint refuses the grant type", _REPORT, config=True),
    40013: Row(_S, "The appid is not known to WeChat", _SECRET, config=True),
    40125: Row(_S, "The AppSecret is wrong", _SECRET, config=True),
    41002: Row(_S, "The appid is missing", _SECRET, config=True),
    41004: Row(_S, "The AppSecret is missing", _SECRET, config=True),
    89501: Row(_S, "WeChat asks an administrator to confirm this address", "confirm it on the "
                "administrator's phone", config=True),
    89503: Row(_S, "WeChat waits for an administrator to confirm this address", "confirm it on "
                "the administrator's phone", config=True),
    89506: Row(_S, "An administrator refused this address for 24 hours", "ask the administrator, "
                "then run again", config=True),
    89507: Row(_S, "An administrator refused this address for one hour", "ask the administrator, "
                "then run again", config=True),
    -501000: Row(_S, "The cloud environment does not exist", _ENV, config=True),
    -501005: Row(_S, "The cloud environment does not exist", _ENV, config=True),
    -502005: Row(_S, "A collection does not exist", _APPLY, config=True),
    -502001: Row(ErrorClass.BAD_RECORD, "The database refuses the request", _REPORT),
    -502002: Row(ErrorClass.BAD_RECORD, "The database refuses the command", _REPORT),
    -502012: Row(ErrorClass.BAD_RECORD, "The database refuses to insert", _REPORT),
    -501006: Row(ErrorClass.BAD_RECORD, "The cloud refuses a common parameter", _REPORT),
    -501007: Row(ErrorClass.BAD_RECORD, "The cloud refuses a parameter", _REPORT),
    40097: Row(ErrorClass.BAD_RECORD, "WeChat refuses a parameter", _REPORT),
    47003: Row(ErrorClass.BAD_RECORD, "WeChat refuses a template value", _REPORT),
    -602002: Row(ErrorClass.BUG, "The cloud cannot parse a statement of the worker", _REPORT),
    -605101: Row(ErrorClass.BUG, "The cloud cannot parse a statement of the worker", _REPORT),
    40066: Row(ErrorClass.BUG, "The API path is not known", "check SIZHU_API_BASE"),
    40101: Row(ErrorClass.BUG, "A required parameter is missing", _REPORT),
    41001: Row(ErrorClass.BUG, "The access token was not sent", _REPORT),
    43002: Row(ErrorClass.BUG, "The call must be a POST", _REPORT),
    44002: Row(ErrorClass.BUG, "The call had an empty body", _REPORT),
    47001: Row(ErrorClass.BUG, "WeChat cannot read the body of a call", _REPORT),
}  # fmt: skip
