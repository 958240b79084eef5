"""The WeChat cloud's HTTP API: one method per endpoint, every failure classed.

HTTP 200 is no success: `errcode` decides. Every change this worker makes may be played twice
without harm (deterministic ids, guarded updates), so an unknown outcome is simply tried again;
only a subscribe message may not. Source: `POST https://api.weixin.qq.com/tcb/<name>`.
"""

from __future__ import annotations

import copy
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from cloud_sync import ejson
from cloud_sync.access_token import AccessToken, Grant
from cloud_sync.error_table import ErrorClass
from cloud_sync.errors import CloudError, NotJsonError, TokenError, classify
from cloud_sync.retry import Retrier
from cloud_sync.sizes import Sizes
from cloud_sync.transport import Transport, body_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import requests

    from cloud_sync.settings import Settings
    from cloud_sync.statement import Statement

T = TypeVar("T")

_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - a path
_SEND_PATH = "/cgi-bin/message/subscribe/send"
_HTTP_OK = 200
_COLLECTIONS_PAGE = 100


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: documents that matched, and documents it changed."""

    matched: int
    modified: int


class CloudClient:
    """One town's cloud environment; not for use by two threads at once (see `fork`)."""

    def __init__(
        self,
        settings: Settings,
        *,
        session: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        """Take the settings; `sleep` and `clock` are in seconds, `clock` never steps back."""
        self.sizes = Sizes()
        self._settings = settings
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - jitter, nothing secret
        self._transport = Transport(settings.api_base, session=session)
        self._retrier = Retrier(sleep=sleep, rng=self._rng)
        self._token = AccessToken(monotonic=clock)

    @property
    def calls(self) -> Counter[str]:
        """HTTP requests made so far, by endpoint, repeated tries included."""
        return self._transport.counter.snapshot()

    @property
    def server_time(self) -> datetime | None:
        """The `Date` header of the last answer, whole seconds."""
        return self._transport.server_time

    def fork(self) -> CloudClient:
        """Return a client for another thread: own session, same token, adapter and counts."""
        other = copy.copy(self)
        other._transport = self._transport.fork()  # noqa: SLF001 - a copy of ourselves
        rng = random.Random(self._rng.random())  # noqa: S311 - jitter, nothing secret
        other._retrier = Retrier(sleep=self._sleep, rng=rng)  # noqa: SLF001 - as above
        return other

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        """Return the client; leaving closes its connections."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close the connections."""
        self.close()

    def query(self, statement: Statement) -> list[dict[str, Any]]:
        """Run a `get()`; documents come decoded, impossible values as `ejson.Impossible`."""
        return self._documents(statement)

    def query_page(self, statement: Statement) -> tuple[list[dict[str, Any]], int]:
        """Run a `get()`; also return how many documents match in all (`pager.Total`)."""
        return self._call_env(statement.endpoint, {"query": statement.text}, _read_page)

    def aggregate(self, statement: Statement) -> list[dict[str, Any]]:
        """Run an aggregation; documents come decoded."""
        return self._documents(statement)

    def add(self, statement: Statement) -> None:
        """Insert documents; raises `DuplicateError` where one of them exists already."""
        self._run(statement)

    def update(self, statement: Statement) -> Updated:
        """Change documents.

        After a lost answer the call is played again, so both numbers are lower bounds of what
        this client changed.
        """
        answer = self._run(statement)
        return Updated(_count(answer, "matched"), _count(answer, "modified"))

    def delete(self, statement: Statement) -> int:
        """Delete documents and return how many."""
        return _count(self._run(statement), "deleted")

    def count(self, statement: Statement) -> int:
        """Return how many documents match."""
        return _count(self._run(statement), "count")

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        return [info["name"] for info in self.collection_infos()]

    def collection_infos(self) -> list[dict[str, Any]]:
        """Return name, count, size, index_count and index_size of all collections."""
        infos: list[dict[str, Any]] = []
        while True:
            body = {"limit": _COLLECTIONS_PAGE, "offset": len(infos)}
            answer = self._call_env("databasecollectionget", body, _as_it_is)
            page = answer.get("collections") or []
            if not page:
                return infos
            infos += page

    def collection_add(self, name: str) -> None:
        """Create a collection; the cloud refuses one that exists."""
        self._call_env("databasecollectionadd", {"collection_name": name}, _as_it_is)

    def update_index(
        self,
        collection: str,
        *,
        create: Sequence[Mapping[str, Any]] = (),
        drop: Sequence[str] = (),
    ) -> None:
        """Create and drop indexes, in the shape of `updateindex`."""
        body: dict[str, Any] = {"collection_name": collection}
        if create:
            body["create_indexes"] = [dict(index) for index in create]
        if drop:
            body["drop_indexes"] = [{"name": name} for name in drop]
        self._call_env("updateindex", body, _as_it_is)

    def check_token(self) -> None:
        """Fetch the access token if there is none; raises what is wrong with the secret."""
        self._token.get(self._fetch_token)

    def send_subscribe(self, message: Mapping[str, Any]) -> int:
        """Send one subscribe message and return its `errcode` (0 is sent); never tried twice.

        A refused token is replaced and the message played once more: it was certainly not sent.
        Raises `CloudError` whose `problem.sent` is False where the request never reached WeChat;
        any other `CloudError` leaves the outcome unknown.
        """
        body = body_of(message)
        for last in (False, True):
            token = self._token.get(self._fetch_token)
            answer = self._transport.post(_SEND_PATH, body, token)
            code = answer.get("errcode")
            if isinstance(code, bool) or not isinstance(code, int):
                raise classify(answer, path=_SEND_PATH).error()
            problem = classify(answer, path=_SEND_PATH) if code else None
            if last or problem is None or problem.error_class is not ErrorClass.REAUTH:
                return code
            self._token.reject(token)
        raise AssertionError("unreachable")

    def _documents(self, statement: Statement) -> list[dict[str, Any]]:
        return self._call_env(statement.endpoint, {"query": statement.text}, _read_documents)

    def _run(self, statement: Statement) -> dict[str, Any]:
        return self._call_env(statement.endpoint, {"query": statement.text}, _as_it_is)

    def _call_env(
        self,
        name: str,
        fields: Mapping[str, Any],
        read: Callable[[dict[str, Any]], T],
    ) -> T:
        path = f"/tcb/{name}"
        body = body_of({"env": self._settings.env, **fields})
        # Fetched here it has its own tries; inside, each try of the call would bring as many.
        self._token.get(self._fetch_token)
        try:
            return self._retrier.run(lambda: read(self._with_token(path, body)))
        except CloudError as error:
            if error.problem.error_class is ErrorClass.SHRINK:
                self.sizes.shrink()
            raise

    def _with_token(self, path: str, body: bytes) -> dict[str, Any]:
        token = self._token.get(self._fetch_token)
        try:
            return self._attempt(path, body, token)
        except TokenError:
            self._token.reject(token)
        return self._attempt(path, body, self._token.get(self._fetch_token))

    def _attempt(self, path: str, body: bytes, token: str | None) -> dict[str, Any]:
        answer = self._transport.post(path, body, token)
        if answer.get("errcode", 0 if path == _TOKEN_PATH else None) == 0:
            return answer
        problem = classify(answer, path=path)
        if problem.error_class is ErrorClass.SLOW_DOWN:
            self.sizes.shrink()
        raise problem.error()

    def _fetch_token(self) -> Grant:
        body = body_of(
            {
                "grant_type": "client_credential",
                "appid": self._settings.appid,
                "secret": self._settings.secret.get_secret_value(),
                "force_refresh": False,
            }
        )
        return self._retrier.run(lambda: _grant(self._attempt(_TOKEN_PATH, body, None)))


def _grant(answer: Mapping[str, Any]) -> Grant:
    token, life = answer.get("access_token"), answer.get("expires_in")
    if isinstance(token, str) and token and isinstance(life, int | float):
        return Grant(token, float(life))
    raise _malformed(_TOKEN_PATH)


def _as_it_is(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


def _count(answer: Mapping[str, Any], name: str) -> int:
    number = answer.get(name)
    return number if isinstance(number, int) else 0


def _read_documents(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        documents = [ejson.decode(text, lenient=True) for text in answer.get("data") or ()]
    except (ejson.EjsonError, TypeError):
        documents = [None]
    if not all(isinstance(document, dict) for document in documents):
        raise _malformed("/tcb/databasequery")
    return documents


def _read_page(answer: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    documents, pager = _read_documents(answer), answer.get("pager")
    total = pager.get("Total") if isinstance(pager, dict) else None
    # Without a total the page cannot be known to be the last one.
    return documents, total if isinstance(total, int) else len(documents) + 1


def _malformed(path: str) -> Exception:
    return classify(NotJsonError(_HTTP_OK, page=False), path=path).error()
