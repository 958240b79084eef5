"""The WeChat cloud's HTTP API: one method per endpoint, every failure classed.

HTTP 200 is no success: `errcode` decides. Every change this worker makes may be played twice
without harm (deterministic ids, guarded updates), so an unknown outcome is simply tried again;
only a subscribe message may not. Source: `POST https://api.weixin.qq.com/tcb/<name>`.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote

import requests
import requests.adapters

from cloud_sync import ejson
from cloud_sync.access_token import AccessToken, Grant
from cloud_sync.error_table import ErrorClass
from cloud_sync.errors import (
    CloudError,
    NotJsonError,
    Problem,
    TokenError,
    classify,
)
from cloud_sync.logs import hide_secrets_of_http_library
from cloud_sync.retry import Retrier
from cloud_sync.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from cloud_sync.settings import Settings
    from cloud_sync.statement import Statement

T = TypeVar("T")

_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - a path
_SEND_PATH = "/cgi-bin/message/subscribe/send"
_CONNECT_SECONDS = 4.0
_READ_SECONDS = 10.0
_HTTP_OK = 200
_COLLECTIONS_PAGE = 100
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: documents that matched, and documents it changed."""

    matched: int
    modified: int


class CallCounter:
    """Counts HTTP requests by endpoint, from several threads."""

    def __init__(self) -> None:
        """Start at none."""
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, endpoint: str) -> None:
        """Count one request."""
        with self._lock:
            self._counts[endpoint] += 1

    def snapshot(self) -> Counter[str]:
        """Return a copy of the counts."""
        with self._lock:
            return Counter(self._counts)


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
        self._sleep, self._clock = sleep, clock
        self._rng = rng or random.Random()  # noqa: S311 - jitter, nothing secret
        self._session = session or _session(settings.api_base)
        self._adapter = self._session.get_adapter(settings.api_base)
        self._retrier = Retrier(sleep=sleep, rng=self._rng)
        self._counter = CallCounter()
        self._token = AccessToken(self._fetch_token, monotonic=clock)
        self.server_time: datetime | None = None
        """The `Date` header of the last answer, whole seconds."""
        hide_secrets_of_http_library()

    @property
    def calls(self) -> Counter[str]:
        """HTTP requests made so far, by endpoint, repeated tries included."""
        return self._counter.snapshot()

    def fork(self) -> CloudClient:
        """Return a client for another thread: own session, same token, adapter and counts."""
        other = CloudClient(
            self._settings,
            session=_session(self._settings.api_base, self._adapter),
            sleep=self._sleep,
            clock=self._clock,
            rng=random.Random(self._rng.random()),  # noqa: S311 - jitter, nothing secret
        )
        other._counter = self._counter
        other._token = self._token
        other.sizes = self.sizes
        return other

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

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
        self._token.get()

    def send_subscribe(self, message: Mapping[str, Any]) -> int:
        """Send one subscribe message and return its `errcode` (0 is sent); never tried twice.

        A refused token is replaced and the message played once more: it was certainly not sent.
        Raises `CloudError` whose `problem.sent` is False where the request never reached WeChat;
        any other `CloudError` leaves the outcome unknown.
        """
        body = _body(message)
        for last in (False, True):
            token = self._token.get()
            answer = self._post_once(_SEND_PATH, body, token)
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
        body = _body({"env": self._settings.env, **fields})
        try:
            return self._retrier.run(lambda: read(self._with_token(path, body)))
        except CloudError as error:
            if error.problem.error_class is ErrorClass.SHRINK:
                self.sizes.shrink()
            raise

    def _with_token(self, path: str, body: bytes) -> dict[str, Any]:
        token = self._token.get()
        try:
            return self._attempt(path, body, token)
        except TokenError:
            self._token.reject(token)
        return self._attempt(path, body, self._token.get())

    def _attempt(self, path: str, body: bytes, token: str | None) -> dict[str, Any]:
        answer = self._post_once(path, body, token)
        if answer.get("errcode", 0 if path == _TOKEN_PATH else None) == 0:
            return answer
        problem = classify(answer, path=path)
        if problem.error_class is ErrorClass.SLOW_DOWN:
            self.sizes.shrink()
        raise problem.error()

    def _post_once(self, path: str, body: bytes, token: str | None) -> dict[str, Any]:
        """Make one HTTP request; raises the classed error of the transport.

        The library's exception carries the URL with the token: it is classed inside the handler
        and replaced outside of it, so that no chain of causes leads back to it.
        """
        self._counter.add(path.rsplit("/", 1)[-1])
        url = self._settings.api_base + path
        if token is not None:
            url += "?access_token=" + quote(token, safe="")
        failure: Problem
        try:
            response = self._session.post(
                url,
                data=body,
                headers=_HEADERS,
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
            )
            self._note_time(response)
            return _json_object(response)
        except (requests.RequestException, NotJsonError) as error:
            failure = classify(error, path=path)
        raise failure.error()

    def _note_time(self, response: requests.Response) -> None:
        header = response.headers.get("Date")
        if header:
            try:
                self.server_time = parsedate_to_datetime(header)
            except ValueError:
                self.server_time = None

    def _fetch_token(self) -> Grant:
        body = _body(
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


def _body(fields: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8; escaped it reaches the cloud as it came.
        return json.dumps(fields).encode("ascii")


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


def _json_object(response: requests.Response) -> dict[str, Any]:
    content = response.content
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and (response.status_code == _HTTP_OK or "errcode" in answer):
        return answer
    raise NotJsonError(response.status_code, page=content.lstrip()[:1] == b"<")


def _session(
    api_base: str, adapter: requests.adapters.BaseAdapter | None = None
) -> requests.Session:
    """Make a session that read the environment (proxy, CA bundle) once instead of at every call."""
    session = requests.Session()
    session.proxies.update(requests.utils.get_environ_proxies(api_base))
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    session.trust_env = False
    # Its own retries stay off: the classifier decides what may be played again.
    shared = adapter or requests.adapters.HTTPAdapter(max_retries=0, pool_maxsize=4)
    session.mount("http://", shared)
    session.mount("https://", shared)
    return session
