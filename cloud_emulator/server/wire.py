"""HTTP/1.1 as far as this emulator needs it: a request read from a stream.

The standard library's reader goes through the e-mail parser, which costs more than answering.
"""

from dataclasses import dataclass
from io import BufferedIOBase
from typing import Final

MAX_BODY: Final = 5 * 1024 * 1024
_MAX_LINE: Final = 65_536
_MAX_HEADERS: Final = 100
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_REQUEST_PARTS: Final = 3


class BadRequestError(Exception):
    """The request cannot be read; the connection is of no more use."""


class TooLargeError(Exception):
    """The body is over the limit and was not read."""


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and headers, names in small letters."""

    method: str
    target: str
    keep: bool
    headers: dict[str, str]

    @property
    def host(self) -> str:
        """The name that the client believes to talk to, without its port."""
        return self.headers.get("host", "").split(":", 1)[0].lower()

    @property
    def origin(self) -> str:
        """The host of the web page that sends this request, empty if no page does."""
        origin = self.headers.get("origin", "")
        return origin.split("://", 1)[-1].split(":", 1)[0].lower()


def read_head(stream: BufferedIOBase) -> Head | None:
    """Read a request's head; None where the client has ended the connection.

    Raises BadRequestError for anything that is no HTTP/1 request.
    """
    line = stream.readline(_MAX_LINE + 1)
    if line in (b"\r\n", b"\n"):
        # A blank line before a request is to be ignored.
        line = stream.readline(_MAX_LINE + 1)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if not line.endswith(b"\n") or len(parts) != _REQUEST_PARTS:
        raise BadRequestError("the request line must be METHOD PATH HTTP/1.1")
    method, target, version = parts
    if version not in ("HTTP/1.1", "HTTP/1.0") or not target.startswith("/"):
        raise BadRequestError("this emulator speaks HTTP/1.1 on paths that begin with /")
    headers: dict[str, str] = {}
    while (line := stream.readline(_MAX_LINE + 1)) not in (b"\r\n", b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if not line.endswith(b"\n") or not colon or len(headers) >= _MAX_HEADERS:
            raise BadRequestError("a header must be one line NAME: VALUE, a hundred at most")
        headers[name.strip().lower()] = value.strip()
    wish = headers.get("connection", "").lower()
    keep = "close" not in wish and (version == "HTTP/1.1" or "keep-alive" in wish)
    return Head(method, target, keep, headers)


def read_body(head: Head, stream: BufferedIOBase, answers: BufferedIOBase) -> bytes:
    """Read the body that the head announces, by length or in chunks.

    Raises TooLargeError before a byte over the limit is read, BadRequestError for a broken body.
    """
    chunked = "chunked" in head.headers.get("transfer-encoding", "").lower()
    length = head.headers.get("content-length", "0")
    if not chunked and not (length.isascii() and length.isdigit()):
        raise BadRequestError("Content-Length must be a number")
    if not chunked and int(length) > MAX_BODY:
        raise TooLargeError
    if head.headers.get("expect", "").lower() == "100-continue":
        answers.write(_CONTINUE)
        answers.flush()
    body = _read_chunks(stream) if chunked else stream.read(int(length))
    if not chunked and len(body) < int(length):
        raise BadRequestError("the body ended early")
    return body


def _read_chunks(stream: BufferedIOBase) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while True:
        line = stream.readline(_MAX_LINE)
        size = _chunk_size(line)
        total += size
        if total > MAX_BODY:
            raise TooLargeError
        if size == 0:
            while stream.readline(_MAX_LINE).strip():
                pass
            return b"".join(chunks)
        chunk = stream.read(size)
        if len(chunk) < size:
            raise BadRequestError("the body ended early")
        chunks.append(chunk)
        stream.readline(_MAX_LINE)


def _chunk_size(line: bytes) -> int:
    try:
        size = int(line.split(b";", 1)[0].strip(), 16)
    except ValueError:
        size = -1
    if size < 0:
        raise BadRequestError("a chunk needs its size in hexadecimal")
    return size
