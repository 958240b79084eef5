"""HTTP on the loopback interface: reading requests, sending answers, and breaking them on demand.

A fault's `do`: `delay` ms or [least, most] (applied), `errcode` (not applied), `http` an HTML error
page (not applied), `reset` "before" (not applied) or "after" (applied), `truncate` n bytes of the
body (applied), `garble` (applied), `hang` s then a reset (not applied), `duplicate` (handled twice,
answered once). A delay goes together with any other.
"""

import contextlib
import json
import socket
import struct
import sys
import threading
import time
from email.utils import formatdate
from http import HTTPStatus
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Final
from urllib.parse import parse_qsl

from cloud_emulator.errors import CloudError
from cloud_emulator.sdk.errors import errcode_of
from cloud_emulator.server.control import PREFIX, Control
from cloud_emulator.server.door import Door
from cloud_emulator.server.faults import Fault, Faults, Target
from cloud_emulator.server.log import RequestLog
from cloud_emulator.server.request import Request
from cloud_emulator.server.wire import (
    MAX_BODY,
    BadRequestError,
    Head,
    TooLargeError,
    read_body,
    read_head,
)
from cloud_emulator.values import Document

HOST: Final = "127.0.0.1"
# A request without Host or Origin comes from no browser.
_HOSTS: Final = (HOST, "localhost", "")
_DISCARD_BYTES: Final = 64 * 1024 * 1024
_DISCARD_SECONDS: Final = 2.0
_CLOSING_SECONDS: Final = 5.0
# On Windows the two fields of a linger option are shorts.
_LINGER_NOT: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


class _ResetError(Exception):
    """The connection is to be reset."""


class Server(ThreadingTCPServer):
    """The listening socket, its connections, and what they share."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(self, port: int, door: Door) -> None:
        """Bind to 127.0.0.1; port 0 takes a free one."""
        self.door = door
        self.faults = Faults()
        self.log = RequestLog()
        self.control = Control(door, self.faults, self.log)
        self.stopping = threading.Event()
        self._open: dict[int, socket.socket] = {}
        self._open_changed = threading.Condition()
        self._resets: set[int] = set()
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as declared by socketserver
        """Take one connection, remembered so that closing can end it."""
        with self._open_changed:
            self._open[id(request)] = request
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as declared by socketserver
        """Serve one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_changed:
                self._open.pop(id(request), None)
                self._open_changed.notify_all()

    def reset_later(self, request: socket.socket) -> None:
        """Make the end of this connection a reset."""
        self._resets.add(id(request))

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as declared by socketserver
        """End a connection: politely, or by a reset if that was asked for."""
        if id(request) in self._resets:
            self._resets.discard(id(request))
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            request.close()
            return
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as declared by socketserver
        """Stay quiet when a client goes away; show anything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop waiting faults, end every connection, close the socket."""
        self.stopping.set()
        with self._open_changed:
            for request in self._open.values():
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
            self._open_changed.wait_for(lambda: not self._open, timeout=_CLOSING_SECONDS)
        self.server_close()


class _Handler(StreamRequestHandler):
    """One connection, request by request."""

    disable_nagle_algorithm = True
    wbufsize = -1
    keep = True
    server: Server

    def handle(self) -> None:
        """Answer until one side has had enough."""
        while self.keep:
            self._serve()
            self.wfile.flush()

    def _serve(self) -> None:
        try:
            head = read_head(self.rfile)
            if head is None:
                self.keep = False
                return
            self.keep = head.keep
            if head.host not in _HOSTS or head.origin not in _HOSTS:
                self.keep = False
                self._send_json(403, {"error": "this emulator answers 127.0.0.1 only"})
                return
            started = time.perf_counter()
            path, _, query = head.target.partition("?")
            self._serve_head(head, path, query, started)
        except BadRequestError as error:
            self.keep = False
            self._send_json(400, {"error": str(error)})

    def _serve_head(self, head: Head, path: str, query: str, started: float) -> None:
        if head.method not in ("GET", "POST"):
            self.keep = False
            self._send_json(405, {"error": "this emulator knows GET and POST"})
            return
        try:
            body = read_body(head, self.rfile, self.wfile)
        except TooLargeError:
            self._refuse_body(Request(head.method, path, {}, b""), started)
            return
        request = Request(head.method, path, dict(parse_qsl(query)), body, head.headers)
        if path.startswith(PREFIX):
            self._serve_control(request)
        else:
            self._serve_door(request, started)

    def _refuse_body(self, request: Request, started: float) -> None:
        """Answer without reading; what still comes is thrown away, so that the answer arrives."""
        answer = self.server.door.refused(
            request, 45002, f"content size out of limit: {MAX_BODY} bytes, send smaller batches"
        )
        self.keep = False
        sent = self._send_json(200, answer)
        self.wfile.flush()
        self._log(request, None, 200, 45002, started, sent)
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_DISCARD_SECONDS)
        left = _DISCARD_BYTES
        try:
            while left > 0 and (chunk := self.connection.recv(1 << 20)):
                left -= len(chunk)
        except OSError:
            return

    # -- answering --------------------------------------------------------------------------

    def _send_json(self, status: int, payload: Document) -> int:
        return self._send(status, "application/json; charset=utf-8", _encoded(payload))

    def _send(self, status: int, kind: str, body: bytes, send: int | None = None) -> int:
        keep = "keep-alive" if self.keep else "close"
        head = (
            f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}\r\nServer: cloud-emulator\r\n"
            f"Date: {formatdate(self.server.door.clock.now_ms() / 1000, usegmt=True)}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: {keep}\r\n\r\n"
        )
        self.wfile.write(head.encode())
        self.wfile.write(body if send is None else body[:send])
        return len(body)

    def _serve_control(self, request: Request) -> None:
        try:
            self._send_json(200, self.server.control.answer(request))
        except LookupError as error:
            self._send_json(404, {"error": str(error.args[0])})
        except ValueError as error:
            self._send_json(400, {"error": str(error)})
        except CloudError as error:
            self._send_json(400, {"error": error.errmsg})

    def _serve_door(self, request: Request, started: float) -> None:
        fault = self._fault(request)
        status: int | None = None
        errcode: int | None = None
        size = 0
        try:
            if fault is not None:
                self._wait(fault)
            if fault is not None and fault.http is not None:
                status = fault.http
                page = f"<html><head><title>{status}</title></head><body>{status}</body></html>"
                size = self._send(status, "text/html", page.encode())
                return
            answer = self._answer(request, fault)
            errcode = errcode_of(answer)
            size = self._send_answer(answer, fault)
            status = 200
        except _ResetError:
            self.keep = False
            self.server.reset_later(self.connection)
        finally:
            self._log(request, fault, status, errcode, started, size)

    def _fault(self, request: Request) -> Fault | None:
        faults = self.server.faults
        if not faults.rules:
            return None
        deep = faults.wants_body
        target = Target(
            path=request.path,
            statement=(request.shape or "") if deep else "",
            collection=(request.collection or "") if deep else "",
            body=request.body.decode("utf-8", "replace") if deep else "",
        )
        with self.server.door.lock:
            return faults.pick(target)

    def _wait(self, fault: Fault) -> None:
        delay = self.server.faults.delay_s(fault)
        if delay > 0:
            self.server.stopping.wait(delay)
        if fault.hang_s is not None:
            self.server.stopping.wait(fault.hang_s)
            raise _ResetError
        if fault.reset == "before":
            raise _ResetError

    def _answer(self, request: Request, fault: Fault | None) -> Document:
        if fault is not None and fault.errcode is not None:
            text = fault.errmsg or "fault injected by /_emu/faults"
            return self.server.door.refused(request, fault.errcode, text)
        answer = self.server.door.answer(request)
        if fault is not None and fault.duplicate:
            self.server.door.answer(request)
        return answer

    def _send_answer(self, answer: Document, fault: Fault | None) -> int:
        if fault is not None and fault.reset == "after":
            raise _ResetError
        body = _encoded(answer)
        if fault is not None and fault.garble:
            body = body[: len(body) // 2] + b"\x00garbled"
        if fault is not None and fault.truncate is not None:
            self.keep = False
            return self._send(200, "application/json; charset=utf-8", body, send=fault.truncate)
        return self._send(200, "application/json; charset=utf-8", body)

    def _log(
        self,
        request: Request,
        fault: Fault | None,
        status: int | None,
        errcode: int | None,
        started: float,
        size: int,
    ) -> None:
        self.server.log.add(
            at=self.server.door.clock.now_ms(),
            path=request.path,
            statement=request.shape,
            collection=request.collection,
            fault=None if fault is None else fault.label,
            status=status,
            errcode=errcode,
            ms=round((time.perf_counter() - started) * 1000, 3),
            bytes_in=len(request.body),
            bytes_out=size,
        )


def _encoded(payload: Document) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
