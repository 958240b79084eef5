from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_emulator.server.wire import (
    MAX_BODY,
    BadRequestError,
    TooLargeError,
    read_body,
    read_head,
)


def stream(raw: bytes) -> io.BytesIO:
    """A connection on which these bytes arrive."""
    return io.BytesIO(raw)


def test_a_request_is_read_to_its_end() -> None:
    """Two requests on one connection are read one after the other, header names in any case."""
    raw = (
        b"POST /tcb/x?access_token=t HTTP/1.1\r\nHOST: localhost:80\r\ncontent-LENGTH: 3\r\n\r\nabc"
        b"\r\nGET /y HTTP/1.0\r\n\r\n"
    )
    connection, answers = stream(raw), io.BytesIO()
    first = read_head(connection)
    assert first is not None
    assert (first.method, first.target, first.host, first.keep) == (
        "POST",
        "/tcb/x?access_token=t",
        "localhost",
        True,
    )
    assert read_body(first, connection, answers) == b"abc"
    second = read_head(connection)
    assert second is not None
    assert (second.method, second.target, second.keep) == ("GET", "/y", False)
    assert read_body(second, connection, answers) == b""
    assert read_head(connection) is None
    assert answers.getvalue() == b""


@pytest.mark.parametrize(
    ("line", "keep"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\n\r\n", False),
    ],
)
def test_connections_are_kept_as_http_says(line: bytes, keep: bool) -> None:  # noqa: FBT001 - a column of the table
    """HTTP/1.1 keeps a connection unless told otherwise, HTTP/1.0 closes it."""
    head = read_head(stream(line))
    assert head is not None
    assert head.keep is keep


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET http://evil/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x",
        b"GET / HTTP/1.1\r\n" + b"".join(b"h%d: x\r\n" % n for n in range(200)),
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\n",
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_what_is_no_request_is_refused(raw: bytes) -> None:
    """Broken request lines and headers, other protocols, and endless ones."""
    with pytest.raises(BadRequestError):
        read_head(stream(raw))


def head_of(*headers: bytes) -> bytes:
    """A POST with these headers."""
    return b"POST / HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in headers) + b"\r\n"


@given(st.binary(max_size=300), st.lists(st.integers(1, 64), min_size=1, max_size=20))
def test_chunks_join_to_the_body(body: bytes, sizes: list[int]) -> None:
    """A body in any chunks, with extensions and trailers, is the body."""
    chunks, rest = [], body
    for size in [*sizes, 300]:
        part, rest = rest[:size], rest[size:]
        if part:
            chunks.append(b"%x;note=1\r\n%s\r\n" % (len(part), part))
    raw = head_of(b"Transfer-Encoding: chunked") + b"".join(chunks) + b"0\r\nTrailer: x\r\n\r\nnext"
    connection = stream(raw)
    head = read_head(connection)
    assert head is not None
    assert read_body(head, connection, io.BytesIO()) == body
    assert connection.read() == b"next"


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        ([b"Content-Length: 5"], b"abc", BadRequestError),
        ([b"Content-Length: -1"], b"", BadRequestError),
        ([b"Content-Length: 1e3"], b"", BadRequestError),
        ([b"Content-Length: %d" % (MAX_BODY + 1)], b"", TooLargeError),
        ([b"Transfer-Encoding: chunked"], b"zz\r\n", BadRequestError),
        ([b"Transfer-Encoding: chunked"], b"-5\r\n", BadRequestError),
        ([b"Transfer-Encoding: chunked"], b"5\r\nabc", BadRequestError),
        ([b"Transfer-Encoding: chunked"], b"", BadRequestError),
        ([b"Transfer-Encoding: chunked"], b"%x\r\n" % (MAX_BODY + 1), TooLargeError),
    ],
)
def test_broken_and_oversized_bodies_are_refused(
    headers: list[bytes],
    body: bytes,
    error: type[Exception],
) -> None:
    """A body over the limit is refused by its announcement, before a byte of it is read."""
    connection = stream(head_of(*headers) + body)
    head = read_head(connection)
    assert head is not None
    with pytest.raises(error):
        read_body(head, connection, io.BytesIO())


def test_a_client_that_waits_for_consent_gets_it() -> None:
    """`Expect: 100-continue` is answered before the body, unless the body is too large."""
    connection = stream(head_of(b"Content-Length: 2", b"Expect: 100-continue") + b"ok")
    head, answers = read_head(connection), io.BytesIO()
    assert head is not None
    assert read_body(head, connection, answers) == b"ok"
    assert answers.getvalue() == b"HTTP/1.1 100 Continue\r\n\r\n"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    """No bytes make the reader raise anything but its own errors."""
    for start in (
        b"",
        b"POST / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        connection = stream(start + raw)
        try:
            head = read_head(connection)
            if head is not None:
                read_body(head, connection, io.BytesIO())
        except (BadRequestError, TooLargeError):
            continue
