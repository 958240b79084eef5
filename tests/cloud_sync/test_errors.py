"""One table says what the worker must do about every failure."""

from __future__ import annotations

import pytest
import requests
import urllib3

from cloud_sync.error_table import TABLE, ErrorClass
from cloud_sync.errors import (
    CloudError,
    CloudSyncError,
    ConfigError,
    DuplicateError,
    NotJsonError,
    ProgramError,
    RefusedError,
    ShrinkError,
    StoppedError,
    TokenError,
    TransientError,
    classify,
)

MEMBERS = {
    ErrorClass.RETRY: (-1, -1000, -501001, -501002, -502011, -601001, -601003),
    ErrorClass.SLOW_DOWN: (-501004, 45011),
    ErrorClass.REAUTH: (40001, 40014, 42001),
    ErrorClass.SHRINK: (-602001, -502010),
    ErrorClass.STOP_TOWN: (45009, -501003, -501015, -501016, -501017, 85088, 40164, 40243, 48001),
    ErrorClass.BAD_RECORD: (47003, -502001),
    ErrorClass.BUG: (-602002, -605101, 47001, 43002, 41001),
}
EXCEPTIONS: dict[ErrorClass, type[CloudSyncError] | tuple[type[CloudSyncError], ...]] = {
    ErrorClass.RETRY: TransientError,
    ErrorClass.SLOW_DOWN: TransientError,
    ErrorClass.REAUTH: TokenError,
    ErrorClass.SHRINK: ShrinkError,
    ErrorClass.STOP_TOWN: (StoppedError, ConfigError),
    ErrorClass.BAD_RECORD: RefusedError,
    ErrorClass.BUG: ProgramError,
}


@pytest.mark.parametrize(
    ("error_class", "code"), [(kind, code) for kind, codes in MEMBERS.items() for code in codes]
)
def test_every_documented_code_has_its_class(error_class: ErrorClass, code: int) -> None:
    """The class of a code is the one the design gives it, and its exception follows from it."""
    problem = classify({"errcode": code, "errmsg": "system text"}, path="/tcb/databasequery")
    assert problem.error_class is error_class
    assert isinstance(problem.error(), EXCEPTIONS[error_class])


@pytest.mark.parametrize("code", sorted(TABLE))
def test_every_sentence_ends_in_the_fix_and_repeats_no_text(code: int) -> None:
    """A message says what happened and what helps, and shows nothing that WeChat wrote."""
    sentence = classify({"errcode": code, "errmsg": "name 张三 rid: 64b0c7a1-0000"}).sentence
    assert "张三" not in sentence
    assert "64b0c7a1-0000" in sentence
    assert ": " in sentence
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0


@pytest.mark.parametrize(
    "text",
    [
        "[FailedOperation.Insert] bulk write error: [{E11000 duplicate key error collection: c}]",
        "multiple write errors: [{write errors: [{E11000 duplicate key error …}]}, {<nil>}]",
        "DATABASE_DUPLICATE_WRITE",
    ],
)
@pytest.mark.parametrize("code", [-502001, -501001, -1])
def test_a_duplicate_key_is_found_by_its_text(code: int, text: str) -> None:
    """The code of a duplicate key is not stable, so the text decides."""
    problem = classify({"errcode": code, "errmsg": text})
    assert problem.error_class is ErrorClass.DUPLICATE
    assert isinstance(problem.error(), DuplicateError)


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        ({"errcode": -501000, "errmsg": "[100003] env not exists INVALID_ENV"}, "SIZHU_ENV"),
        ({"errcode": -501005, "errmsg": "invalid env"}, "SIZHU_ENV"),
        ({"errcode": -1, "errmsg": "… INVALID_ENV"}, "SIZHU_ENV"),
        ({"errcode": -502005, "errmsg": "collection not exists"}, "sizhu cloud apply"),
        ({"errcode": -501001, "errmsg": "[ResourceNotFound] Db or Table not exist"}, "apply"),
        ({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4"}, "WeChat console"),
    ],
)
def test_what_a_person_must_set_up_is_a_configuration_error(
    answer: dict[str, object], fix: str
) -> None:
    """Environment, collections and IP list are mended by a person: exit code 2."""
    error = classify(answer).error()
    assert isinstance(error, ConfigError)
    assert error.exit_code == 2
    assert fix in str(error)


def test_40001_means_a_wrong_secret_where_the_token_is_fetched() -> None:
    """At the token's own endpoint no other token can help."""
    error = classify({"errcode": 40001}, path="/cgi-bin/stable_token").error()
    assert isinstance(error, ConfigError)
    assert "SIZHU_SECRET" in str(error)


def test_an_unknown_code_is_tried_three_times() -> None:
    """A code that nobody has met may pass, but not for ever."""
    problem = classify({"errcode": 99999})
    assert (problem.error_class, problem.tries) == (ErrorClass.RETRY, 3)
    assert "99999" in problem.sentence


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, ErrorClass.RETRY), (502, ErrorClass.RETRY), (429, ErrorClass.SLOW_DOWN),
     (413, ErrorClass.SHRINK)],
)  # fmt: skip
def test_an_answer_that_is_no_json_is_classed_by_its_status(status: int, kind: ErrorClass) -> None:
    """A web page in place of JSON is retried, a rate limit slows down, a large body shrinks."""
    assert classify(NotJsonError(status, page=True), path="/tcb/x").error_class is kind


def _connection(reason: Exception) -> requests.ConnectionError:
    pool = urllib3.HTTPConnectionPool("127.0.0.1")
    return requests.ConnectionError(
        urllib3.exceptions.MaxRetryError(pool, "/?access_token=T", reason)
    )


def test_a_request_that_was_never_sent_is_told_from_one_with_an_unknown_fate() -> None:
    """A refused connection is safe to repeat even for a message; a broken one is not."""
    connection = urllib3.connection.HTTPConnection("127.0.0.1")
    refused = urllib3.exceptions.NewConnectionError(connection, "refused")
    assert not classify(_connection(refused)).sent
    assert not classify(requests.ConnectTimeout()).sent
    assert classify(requests.ConnectionError("reset")).sent
    assert classify(requests.ReadTimeout()).sent


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("https://x/?access_token=TOKEN"),
        requests.ReadTimeout("https://x/?access_token=TOKEN"),
        requests.exceptions.SSLError("https://x/?access_token=TOKEN"),
        requests.exceptions.ProxyError("https://x/?access_token=TOKEN"),
        requests.exceptions.InvalidURL("https://x/?access_token=TOKEN"),
        requests.exceptions.ChunkedEncodingError("https://x/?access_token=TOKEN"),
        KeyError("https://x/?access_token=TOKEN"),
    ],
)
def test_no_failure_of_the_transport_shows_a_token(error: Exception) -> None:
    """The library writes whole URLs into its exceptions; none of it is repeated."""
    problem = classify(error, path="/tcb/databasequery")
    assert "TOKEN" not in problem.sentence
    assert isinstance(problem.error(), CloudError | ConfigError)
    assert problem.sentence.endswith(".")
