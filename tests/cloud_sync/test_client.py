"""What goes over the wire, and what the client makes of every kind of answer."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import requests
import responses

from cloud_sync.client import CloudClient, Updated
from cloud_sync.ejson import Impossible
from cloud_sync.errors import (
    CloudError,
    CloudSyncError,
    ConfigError,
    DuplicateError,
    ProgramError,
    ShrinkError,
    StoppedError,
    TransientError,
)
from cloud_sync.settings import Settings, load_settings
from cloud_sync.statement import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BASE = "https://api.weixin.qq.com"
TOKEN_URL = f"{BASE}/cgi-bin/stable_token"
QUERY_URL = f"{BASE}/tcb/databasequery"
SEND_URL = f"{BASE}/cgi-bin/message/subscribe/send"
GET = db.collection("cases").where({"sync": "todo"}).limit(1).get()
OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        """Start anywhere but at zero."""
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def time() -> Time:
    """A clock of the test's own."""
    return Time()


@pytest.fixture
def settings() -> Settings:
    """Settings of a town that does not exist."""
    return load_settings(appid="wx0", secret="hush-hush", env="town-1", _env_file=None)


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    """The HTTP API, answering what a test says."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def client(settings: Settings, time: Time) -> Iterator[CloudClient]:
    """A client whose waiting takes no time."""
    with CloudClient(settings, sleep=time.sleep, clock=time.monotonic) as made:
        yield made


def token(mock: responses.RequestsMock, *tokens: str, expires_in: int = 7200) -> None:
    """Let the token endpoint give these tokens, one after the other."""
    for name in tokens or ("TOKEN-1",):
        mock.post(TOKEN_URL, json={"access_token": name, "expires_in": expires_in})


def test_the_token_is_asked_for_as_documented(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """POST stable_token in normal mode, secret in the body, JSON once."""
    token(mock)
    client.check_token()
    request = mock.calls[0].request
    assert isinstance(request, requests.PreparedRequest)
    assert json.loads(request.body or "") == {
        "grant_type": "client_credential",
        "appid": "wx0",
        "secret": "hush-hush",
        "force_refresh": False,
    }
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "hush" not in (request.url or "")


def test_a_query_goes_out_once_as_bytes_with_its_length(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """The body is one JSON object with env and query, never chunked."""
    token(mock, "T+/=1")
    mock.post(QUERY_URL, json={**OK, "pager": {"Offset": 0, "Limit": 1, "Total": 1}, "data": []})
    assert client.query(GET) == []
    request = mock.calls[1].request
    assert json.loads(request.body or "") == {"env": "town-1", "query": GET.text}
    assert request.headers["Content-Length"] == str(len(request.body or ""))
    assert (request.url or "").endswith("?access_token=T%2B%2F%3D1")
    assert client.calls == {"stable_token": 1, "databasequery": 1}


def test_documents_come_decoded(mock: responses.RequestsMock, client: CloudClient) -> None:
    """Each item of `data` is a text of its own; an impossible value spoils its field only."""
    token(mock)
    data = ['{"_id":"a","n":{"$numberInt":"5"}}', '{"_id":"b","at":{"$date":"2023-02-30"}}']
    mock.post(QUERY_URL, json={**OK, "pager": {"Total": 7}, "data": data})
    documents, total = client.query_page(GET)
    assert documents == [{"_id": "a", "n": 5}, {"_id": "b", "at": Impossible("$date")}]
    assert total == 7


def test_writes_give_their_numbers(mock: responses.RequestsMock, client: CloudClient) -> None:
    """`matched`, `modified`, `deleted` and `count` are read by their documented names."""
    token(mock)
    mock.post(f"{BASE}/tcb/databaseupdate", json={**OK, "matched": 3, "modified": 2, "id": ""})
    mock.post(f"{BASE}/tcb/databasedelete", json={**OK, "deleted": 4})
    mock.post(f"{BASE}/tcb/databasecount", json={**OK, "count": 5})
    chain = db.collection("c").where({"a": 1})
    assert client.update(chain.update({"b": 1})) == Updated(3, 2)
    assert client.delete(chain.remove()) == 4
    assert client.count(chain.count()) == 5


def test_collections_are_read_to_the_end(mock: responses.RequestsMock, client: CloudClient) -> None:
    """Pages of collections are read until one is empty."""
    token(mock)
    url = f"{BASE}/tcb/databasecollectionget"
    mock.post(url, json={**OK, "collections": [{"name": "cases"}, {"name": "users"}]})
    mock.post(url, json={**OK, "collections": []})
    assert client.collections() == ["cases", "users"]
    assert json.loads(mock.calls[2].request.body or "")["offset"] == 2


def test_indexes_are_changed_in_the_documented_shape(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """`updateindex` takes what to create and what to drop, and nothing empty."""
    token(mock)
    mock.post(f"{BASE}/tcb/updateindex", json=OK)
    index = {"name": "i", "unique": True, "keys": [{"name": "a", "direction": "1"}]}
    client.update_index("cases", create=[index], drop=["old"])
    assert json.loads(mock.calls[1].request.body or "") == {
        "env": "town-1",
        "collection_name": "cases",
        "create_indexes": [index],
        "drop_indexes": [{"name": "old"}],
    }


def test_the_token_is_kept_until_five_minutes_before_its_end(
    mock: responses.RequestsMock, client: CloudClient, time: Time
) -> None:
    """One token serves all calls; it is renewed while the old one still works."""
    token(mock, "A", "B")
    mock.post(QUERY_URL, json={**OK, "data": []})
    client.query(GET)
    time.now += 6899
    client.query(GET)
    assert client.calls["stable_token"] == 1
    time.now += 2
    client.query(GET)
    assert client.calls["stable_token"] == 2
    assert (mock.calls[-1].request.url or "").endswith("=B")


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_dead_token_is_replaced_once(
    mock: responses.RequestsMock, client: CloudClient, code: int, time: Time
) -> None:
    """The call is played once more with a new token, without waiting."""
    token(mock, "OLD", "NEW")
    mock.post(QUERY_URL, json={"errcode": code, "errmsg": "invalid credential"})
    mock.post(QUERY_URL, json={**OK, "data": []})
    assert client.query(GET) == []
    assert (mock.calls[-1].request.url or "").endswith("=NEW")
    assert time.slept == []


def test_a_token_that_is_refused_twice_is_not_asked_for_again(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """No loop burns the quota of the token endpoint."""
    token(mock, "A", "B", "C")
    mock.post(QUERY_URL, json={"errcode": 40001, "errmsg": "invalid credential"})
    with pytest.raises(CloudError, match="SIZHU_SECRET"):
        client.query(GET)
    assert client.calls == {"stable_token": 2, "databasequery": 2}


@pytest.mark.parametrize("code", [40001, 40125, 40013, 41004, 40243, 40164])
def test_a_wrong_secret_is_a_matter_of_configuration(
    mock: responses.RequestsMock, client: CloudClient, code: int
) -> None:
    """One sentence, no second try, no secret in it."""
    mock.post(TOKEN_URL, json={"errcode": code, "errmsg": "invalid appsecret hush-hush"})
    with pytest.raises(ConfigError) as caught:
        client.query(GET)
    assert "hush" not in str(caught.value)
    assert client.calls == {"stable_token": 1}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (45009, StoppedError),
        (-602002, ProgramError),
        (-602001, ShrinkError),
        (-501005, ConfigError),
    ],
)
def test_what_waiting_does_not_cure_is_not_tried_again(
    mock: responses.RequestsMock, client: CloudClient, code: int, error: type[CloudSyncError]
) -> None:
    """Quota, our own mistakes and missing set-up end the call at once."""
    token(mock)
    mock.post(QUERY_URL, json={"errcode": code, "errmsg": "no"})
    with pytest.raises(error):
        client.query(GET)
    assert client.calls["databasequery"] == 1


def test_a_duplicate_key_is_told_apart(mock: responses.RequestsMock, client: CloudClient) -> None:
    """E11000 is a path of success for the caller."""
    token(mock)
    text = "[FailedOperation.Insert] E11000 duplicate key error collection"
    mock.post(f"{BASE}/tcb/databaseadd", json={"errcode": -502001, "errmsg": text})
    with pytest.raises(DuplicateError):
        client.add(db.collection("c").add([{"_id": "x"}]))


def test_too_large_work_shrinks_the_sizes(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """After -602001 every size is halved; it grows back step by step."""
    token(mock)
    mock.post(QUERY_URL, json={"errcode": -602001, "errmsg": "size exceed limit (1MB)"})
    with pytest.raises(ShrinkError):
        client.query(GET)
    assert (client.sizes.pull, client.sizes.write) == (250, 50)
    for _round in range(9):
        client.sizes.grow()
    assert (client.sizes.pull, client.sizes.write) == (500, 100)


def test_slow_down_waits_and_halves(
    mock: responses.RequestsMock, client: CloudClient, time: Time
) -> None:
    """Too many concurrent calls: wait, ask for less, then go on."""
    token(mock)
    mock.post(QUERY_URL, json={"errcode": -501004, "errmsg": "concurrent"})
    mock.post(QUERY_URL, json={**OK, "data": []})
    assert client.query(GET) == []
    assert client.sizes.pull == 250
    assert time.slept
    assert time.slept[0] > 0.2


BROKEN: list[Callable[[responses.RequestsMock], object]] = [
    lambda mock: mock.post(QUERY_URL, body=requests.ConnectionError("reset by ?access_token=T")),
    lambda mock: mock.post(QUERY_URL, body="<html>login</html>"),
    lambda mock: mock.post(QUERY_URL, body="<html>bad gateway</html>", status=502),
    lambda mock: mock.post(QUERY_URL, body='{"errcode":0,"data":["{'),
    lambda mock: mock.post(QUERY_URL, json={**OK, "data": ["{not json"]}),
    lambda mock: mock.post(QUERY_URL, json={**OK, "data": ["5"]}),
    lambda mock: mock.post(QUERY_URL, json=["a list"]),
    lambda mock: mock.post(QUERY_URL, json={"data": []}),
    lambda mock: mock.post(QUERY_URL, json={"errcode": "0", "data": []}),
    lambda mock: mock.post(QUERY_URL, json={"errcode": -1, "errmsg": "system error"}),
    lambda mock: mock.post(QUERY_URL, body=requests.ReadTimeout("?access_token=T")),
    lambda mock: mock.post(QUERY_URL, status=302, headers={"Location": "https://login.example"}),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_passing_failure_is_tried_again(
    mock: responses.RequestsMock,
    client: CloudClient,
    broken: Callable[[responses.RequestsMock], object],
) -> None:
    """A broken connection, a web page, half an answer or a busy system pass by themselves."""
    token(mock)
    broken(mock)
    mock.post(QUERY_URL, json={**OK, "data": []})
    assert client.query(GET) == []
    assert client.calls["databasequery"] == 2


@pytest.mark.parametrize("broken", BROKEN)
def test_a_lasting_failure_is_one_clear_sentence_soon(
    mock: responses.RequestsMock,
    client: CloudClient,
    time: Time,
    broken: Callable[[responses.RequestsMock], object],
) -> None:
    """After a few tries and less than ten seconds: exit code 1, no token, no chain to the cause."""
    token(mock)
    broken(mock)
    with pytest.raises(TransientError) as caught:
        client.query(GET)
    error = caught.value
    assert error.exit_code == 1
    assert str(error).endswith(".")
    assert "access_token" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert 2 <= client.calls["databasequery"] <= 5
    assert sum(time.slept) < 10


def test_retries_have_a_budget(mock: responses.RequestsMock, client: CloudClient) -> None:
    """A town where everything fails soon stops trying again."""
    token(mock)
    mock.post(QUERY_URL, body=requests.ConnectionError("reset"))
    for _call in range(6):
        with pytest.raises(TransientError):
            client.query(GET)
    assert client.calls["databasequery"] == 6 + 10


def test_a_message_is_sent_once_whatever_comes_back(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """A subscribe message with an unknown fate is not repeated."""
    token(mock)
    mock.post(SEND_URL, body=requests.ConnectionError("reset"))
    with pytest.raises(TransientError) as caught:
        client.send_subscribe({"touser": "o1"})
    assert caught.value.problem.sent
    assert client.calls["send"] == 1


def test_a_message_gives_its_code(mock: responses.RequestsMock, client: CloudClient) -> None:
    """Whatever WeChat says about a message is the caller's to judge."""
    token(mock)
    mock.post(SEND_URL, json={"errcode": 43101, "errmsg": "user refuse"})
    assert client.send_subscribe({"touser": "o1"}) == 43101


def test_a_message_refused_for_its_token_is_sent_with_a_new_one(
    mock: responses.RequestsMock, client: CloudClient
) -> None:
    """A refused token means that nothing was sent, so playing again is safe."""
    token(mock, "A", "B")
    mock.post(SEND_URL, json={"errcode": 42001, "errmsg": "expired"})
    mock.post(SEND_URL, json=OK)
    assert client.send_subscribe({"touser": "o1"}) == 0
    assert client.calls["stable_token"] == 2


def test_a_fork_shares_token_and_counts(mock: responses.RequestsMock, client: CloudClient) -> None:
    """A second thread's client fetches no second token, and its calls are counted."""
    token(mock)
    mock.post(QUERY_URL, json={**OK, "data": []})
    client.query(GET)
    with client.fork() as other:
        other.query(GET)
    assert client.calls == {"stable_token": 1, "databasequery": 2}


def test_the_http_library_logs_no_token(
    mock: responses.RequestsMock, client: CloudClient, caplog: pytest.LogCaptureFixture
) -> None:
    """At debug level the library prints whole URLs; the token is taken out of them."""
    token(mock)
    client.check_token()
    caplog.set_level(logging.DEBUG)
    line = 'http://x:80 "POST /tcb/q?access_token=TOKEN-1 HTTP/1.1" 200 2'
    logging.getLogger("urllib3.connectionpool").debug("%s", line)
    assert "TOKEN-1" not in caplog.text
    assert "access_token=…" in caplog.text


def test_the_servers_time_is_noted(mock: responses.RequestsMock, client: CloudClient) -> None:
    """The doctor compares this machine's clock with the answer's date."""
    mock.post(
        TOKEN_URL,
        json={"access_token": "T", "expires_in": 7200},
        headers={"Date": "Fri, 30 Jun 2023 01:00:00 GMT"},
    )
    client.check_token()
    assert client.server_time is not None
    assert client.server_time.isoformat() == "2023-06-30T01:00:00+00:00"
