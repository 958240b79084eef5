"""What can go wrong with the cloud, classed by what the worker must do about it.

    CloudSyncError                  exit code 1, one sentence that ends in the fix
    ├── ConfigError            exit code 2: a person must change a setting or the cloud's set-up
    │   └── SettingsError      a setting is missing or malformed
    └── CloudError             exit code 1: the cloud did not do what was asked
        ├── TransientError     Retry, SlowDown: the same call again, later
        ├── TokenError         Reauth: fetch the token once, play the call once more
        ├── ShrinkError        Shrink: the same work in smaller pieces
        ├── DuplicateError     Duplicate: a path of success, read what exists
        ├── RefusedError       BadRecord: this document only
        ├── StoppedError       StopTown: nothing more for this town until a person or a quota acts
        └── ProgramError       Bug: our own statement is wrong

No message ever holds an answer's text, a statement, a token or a URL with its query.
Source of the members: the error tables of the WeChat HTTP API and of cloud development.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import requests
import urllib3

from cloud_sync.error_table import TABLE, ErrorClass, Row

if TYPE_CHECKING:
    from collections.abc import Mapping


class CloudSyncError(Exception):
    """The worker cannot go on; the message is one sentence for the operator and ends in the fix."""

    exit_code: ClassVar[int] = 1


class ConfigError(CloudSyncError):
    """Something outside the program must be set up or corrected by a person."""

    exit_code: ClassVar[int] = 2


class SettingsError(ConfigError):
    """A setting is missing or malformed."""


class CloudError(CloudSyncError):
    """The cloud did not do what was asked."""

    def __init__(self, problem: Problem) -> None:
        """Take the classed problem; its sentence is the message."""
        super().__init__(problem.sentence)
        self.problem = problem


class TransientError(CloudError):
    """The same call may well succeed later."""


class TokenError(CloudError):
    """The access token is not valid any more."""


class ShrinkError(CloudError):
    """The call was too large."""


class DuplicateError(CloudError):
    """A document of that key exists already."""


class RefusedError(CloudError):
    """The cloud refuses one of the documents."""


class StoppedError(CloudError):
    """Nothing more can be done for this town now."""


class ProgramError(CloudError):
    """The worker itself asked for something malformed."""


class NotJsonError(Exception):
    """An answer that is no JSON object of the API."""

    def __init__(self, http_status: int, *, page: bool) -> None:
        """Keep the status, and whether the answer looks like a web page."""
        super().__init__(f"HTTP {http_status}")
        self.http_status = http_status
        self.page = page


@dataclass(frozen=True, slots=True)
class Problem:
    """One classed failure of one call."""

    error_class: ErrorClass
    sentence: str
    code: int | None = None
    config: bool = False
    tries: int = 5
    """How often the same call may be made in all, while the class is Retry or SlowDown."""
    sent: bool = True
    """False where the request certainly never reached the cloud."""

    def error(self) -> CloudSyncError:
        """The exception of this problem."""
        if self.config:
            return ConfigError(self.sentence)
        return _EXCEPTIONS[self.error_class](self)


_EXCEPTIONS: dict[ErrorClass, type[CloudError]] = {
    ErrorClass.RETRY: TransientError,
    ErrorClass.SLOW_DOWN: TransientError,
    ErrorClass.REAUTH: TokenError,
    ErrorClass.SHRINK: ShrinkError,
    ErrorClass.STOP_TOWN: StoppedError,
    ErrorClass.DUPLICATE: DuplicateError,
    ErrorClass.BAD_RECORD: RefusedError,
    ErrorClass.BUG: ProgramError,
}


# Backend texts pass through in errmsg under changing codes: only these marks are stable.
_DUPLICATE_MARKS = ("E11000", "duplicate key", "DATABASE_DUPLICATE_WRITE")
_NO_COLLECTION_MARK = "Db or Table not exist"
_NO_ENV_MARK = "INVALID_ENV"
_WAIT = "run the command again in some minutes"
_UNIQUE = "look at the unique indexes of its collection in the cloud console"
_REPORT = "report it to the maintainers with this code"
_RID = re.compile(r"rid: ([0-9A-Za-z-]{8,40})")
_HTTP_TOO_MANY = 429
_HTTP_TOO_LARGE = 413
_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - a path


def classify(source: Mapping[str, object] | BaseException, *, path: str = "") -> Problem:
    """Class a failed answer (a JSON object with `errcode`) or a failed transport.

    `path` is the API path: 40001 means a wrong secret at the token's endpoint and a stale token
    elsewhere. An unknown code is tried three times, then stops the town.
    """
    if isinstance(source, BaseException):
        return _classify_exception(source, path)
    code = source.get("errcode")
    text = str(source.get("errmsg", ""))
    if isinstance(code, bool) or not isinstance(code, int):
        return _classify_exception(NotJsonError(200, page=False), path)
    row, tail = _row(code, text, path), _tail(code, text)
    return Problem(row.error_class, f"{row.what} {tail}: {row.fix}.", code, row.config, row.tries)


def _row(code: int, text: str, path: str) -> Row:
    if any(mark in text for mark in _DUPLICATE_MARKS):
        return Row(ErrorClass.DUPLICATE, "A document of that key exists already", _UNIQUE)
    if _NO_COLLECTION_MARK in text:
        return TABLE[-502005]
    if _NO_ENV_MARK in text:
        return TABLE[-501005]
    if path == _TOKEN_PATH and code in {40001, 40014}:
        return TABLE[40125]
    row = TABLE.get(code)
    return row or Row(
        ErrorClass.RETRY, "WeChat answered with a code that is not in our table", _REPORT, tries=3
    )


def _tail(code: int, text: str) -> str:
    found = _RID.search(text)
    return f"(errcode {code}, rid {found[1]})" if found else f"(errcode {code})"


def _classify_exception(error: BaseException, path: str) -> Problem:
    where = path or "the API"
    if isinstance(error, NotJsonError):
        return _classify_not_json(error, where)
    if isinstance(error, requests.exceptions.ConnectionError) and _never_sent(error):
        return Problem(ErrorClass.RETRY, _unreachable("cannot be reached"), sent=False)
    for kinds, problem in _TRANSPORT:
        if isinstance(error, kinds):
            return replace(problem, sentence=problem.sentence.format(where=where))
    name = type(error).__name__
    return Problem(ErrorClass.BUG, f"The worker failed with {name} in {where}: {_REPORT}.")


def _unreachable(how: str) -> str:
    return (
        f"The API's host {how}: check SIZHU_API_BASE, the network and the firewall, then run again."
    )


# The first row that fits counts: the library's exceptions inherit from one another.
_TRANSPORT: tuple[tuple[tuple[type[Exception], ...], Problem], ...] = (
    (
        (requests.exceptions.SSLError,),
        Problem(
            ErrorClass.STOP_TOWN,
            "The certificate of the API's host is not trusted: check SIZHU_API_BASE, the clock of "
            "this machine and REQUESTS_CA_BUNDLE.",
            sent=False,
        ),
    ),
    (
        (requests.exceptions.ProxyError,),
        Problem(ErrorClass.RETRY, "The proxy does not answer: check HTTPS_PROXY.", tries=3),
    ),
    (
        (requests.exceptions.ConnectTimeout,),
        Problem(ErrorClass.RETRY, _unreachable("did not answer in time"), tries=2, sent=False),
    ),
    (
        (requests.exceptions.ReadTimeout,),
        Problem(
            ErrorClass.RETRY, f"The cloud gave no answer to {{where}} in time: {_WAIT}.", tries=2
        ),
    ),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema),
        Problem(
            ErrorClass.STOP_TOWN,
            "SIZHU_API_BASE is no usable address: set it to https://api.weixin.qq.com.",
            config=True,
            sent=False,
        ),
    ),
    (
        (requests.exceptions.RequestException,),
        Problem(ErrorClass.RETRY, f"The connection broke during {{where}}: {_WAIT}."),
    ),
)


def _classify_not_json(error: NotJsonError, where: str) -> Problem:
    status = error.http_status
    if status == _HTTP_TOO_MANY:
        return Problem(ErrorClass.SLOW_DOWN, f"The cloud asks to slow down (HTTP 429): {_WAIT}.")
    if status == _HTTP_TOO_LARGE:
        return Problem(ErrorClass.SHRINK, f"A call was too large (HTTP 413): {_REPORT}.")
    kind = "a web page" if error.page else "something other than the API's JSON"
    return Problem(
        ErrorClass.RETRY,
        f"{where} answered with {kind} (HTTP {status}): check SIZHU_API_BASE, and whether a proxy "
        "or a login page stands in between, then run again.",
        tries=3,
    )


def _never_sent(error: requests.exceptions.ConnectionError) -> bool:
    """Whether the connection was never made (refused, no such host)."""
    reason = error.args[0] if error.args else None
    if isinstance(reason, urllib3.exceptions.MaxRetryError):
        return isinstance(reason.reason, urllib3.exceptions.NewConnectionError)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
