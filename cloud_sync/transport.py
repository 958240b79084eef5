"""One HTTP request to the WeChat API and its answer as a JSON object; nothing is tried twice here.

Only `requests` is used, one session per thread over one shared adapter. Bodies are bytes with their
length (chunked bodies are refused), encoded as JSON once.
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
import requests.adapters

from cloud_sync.errors import NotJsonError, Problem, classify
from cloud_sync.logs import hide_secrets_of_http_library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_CONNECT_SECONDS = 4.0
_READ_SECONDS = 10.0
_HTTP_OK = 200
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


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


class Transport:
    """The way to one API host; not for use by two threads at once (see `fork`)."""

    def __init__(
        self,
        api_base: str,
        *,
        session: requests.Session | None = None,
        counter: CallCounter | None = None,
    ) -> None:
        """Take the host; a session of the caller's own is used as it is."""
        self._base = api_base
        self._session = session or _session(api_base)
        self.counter = counter or CallCounter()
        self._shares_adapter = False
        self.server_time: datetime | None = None
        """The `Date` header of the last answer, whole seconds."""
        hide_secrets_of_http_library()

    def fork(self) -> Transport:
        """Return a transport for another thread: own session, same adapter and counts."""
        session = _session(self._base, self._session.get_adapter(self._base))
        other = Transport(self._base, session=session, counter=self.counter)
        other._shares_adapter = True
        return other

    def close(self) -> None:
        """Close the connections; those of a shared adapter stay with whom it was shared by."""
        if not self._shares_adapter:
            self._session.close()

    def post(self, path: str, body: bytes, token: str | None) -> dict[str, Any]:
        """Make one HTTP request and return the answer; raises the classed error of the transport.

        The library's exception carries the URL with the token: it is classed inside the handler
        and replaced outside of it, so that no chain of causes leads back to it.
        """
        self.counter.add(path.rsplit("/", 1)[-1])
        url = self._base + path
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


def body_of(fields: Mapping[str, Any]) -> bytes:
    """Encode a body as JSON, once."""
    try:
        return json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8; escaped it reaches the cloud as it came.
        return json.dumps(fields).encode("ascii")


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
