"""One Node process with one cloud function, spoken to in JSON lines."""

import contextlib
import json
import subprocess
import threading
import time
from collections import deque
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Final

from cloud_emulator.values import Document

RUNNER: Final = Path(__file__).with_name("runner.cjs")
KEPT_LINES: Final = 200
# What a pipe takes for certain while nobody reads.
_PIPE_BYTES: Final = 4096


class FunctionTimeoutError(Exception):
    """The function did not answer in time; its process has been killed."""


class FunctionCrashError(Exception):
    """The process ended without an answer."""


class FunctionProcess:
    """A warm process; one event at a time."""

    def __init__(self, node: str, folder: Path, environment: dict[str, str]) -> None:
        """Start it; the function is loaded with the first event."""
        self.console: deque[str] = deque(maxlen=KEPT_LINES)
        self._answers: SimpleQueue[str | None] = SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 - our own runner, an argument list
            [node, str(RUNNER), str(folder), folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=folder,
            encoding="utf-8",
            errors="replace",
        )
        self._threads = [
            threading.Thread(target=target, args=(stream,), name=f"function-{folder.name}")
            for target, stream in (
                (self._read_answers, self._process.stdout),
                (self._read_console, self._process.stderr),
            )
        ]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether it can still take an event."""
        return self._process.poll() is None

    def ask(self, message: Document, timeout_s: float) -> Document:
        """Send an event and return its answer; raise FunctionTimeoutError, FunctionCrashError."""
        until = time.monotonic() + timeout_s
        try:
            self._send(json.dumps(message), timeout_s)
            answer = self._answer(message["requestId"], until)
        except Empty:
            self.close()
            raise FunctionTimeoutError from None
        except (OSError, ValueError, EOFError):
            late = time.monotonic() >= until
            self.close()
            raise (FunctionTimeoutError if late else FunctionCrashError) from None
        if answer.get("last") is True:
            self.close()
        return answer

    def _send(self, line: str, timeout_s: float) -> None:
        stdin = self._process.stdin
        if stdin is None:
            raise EOFError
        # A long line waits for its reader; a process that reads no more is killed, which ends that.
        timer = threading.Timer(timeout_s, self._process.kill)
        if len(line) >= _PIPE_BYTES:
            timer.start()
        try:
            stdin.write(line + "\n")
            stdin.flush()
        finally:
            timer.cancel()

    def _answer(self, request_id: str, until: float) -> Document:
        """Wait for the answer to one request; anything else on the pipe is none."""
        while True:
            line = self._answers.get(timeout=max(0.0, until - time.monotonic()))
            if line is None:
                raise EOFError
            with contextlib.suppress(ValueError):
                answer = json.loads(line)
                if answer.__class__ is dict and answer.get("id") == request_id:
                    found: Document = answer
                    return found

    def close(self) -> None:
        """Kill it and free its pipes; a second call does nothing."""
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=5)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            # What was still buffered for a dead process goes nowhere.
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def _read_answers(self, stream: IO[str]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._answers.put(line)
        self._answers.put(None)

    def _read_console(self, stream: IO[str]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                self.console.append(line.rstrip("\n"))
