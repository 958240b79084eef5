"""Run pytest in forks of a process that has imported it already: a mutant costs a third.

    python forking.py serve SOCKET           started once for each copy of the tree
    python forking.py run SOCKET ARGUMENTS…  the test command: as `pytest ARGUMENTS…`

Only pytest and hypothesis are imported beforehand, nothing of the library: each fork reads the
mutated file afresh.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import sys
from pathlib import Path

SECONDS = 240  # as long as a mutant may run: an endless loop is a mutant found out
_PRELOADED = ("pytest", "_pytest.assertion.rewrite", "hypothesis", "hypothesis.strategies", "yaml")


def serve(path: str) -> None:
    """Wait for orders, one fork each; ends when the process that started it ends it."""
    for module in _PRELOADED:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
        server.listen()
        while True:
            order, _ = server.accept()
            with order:
                if os.fork() == 0:
                    _test(order)


def _test(order: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(SECONDS)
    arguments = order.makefile("r", encoding="utf-8").readline().rstrip("\n").split("\0")
    code = 3
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        pytest = importlib.import_module("pytest")
        # It is imported on purpose before pytest could rewrite its asserts.
        code = int(pytest.main([*arguments, "-W", "ignore::pytest.PytestAssertRewriteWarning"]))
    finally:
        order.sendall(bytes([code]))
        os._exit(code)


def run(path: str, arguments: list[str]) -> int:
    """Order one run and return pytest's exit code; 1 where the fork was killed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(path)
        client.sendall(("\0".join(arguments) + "\n").encode())
        answer = client.recv(1)
    return answer[0] if answer else 1


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        sys.path.pop(0)
        sys.exit(run(str(Path(sys.argv[2])), sys.argv[3:]))
