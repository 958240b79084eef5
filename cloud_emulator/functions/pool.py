"""The functions of a folder, each with a small pool of warm processes."""

import json
import os
import re
import secrets
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cloud_emulator.errors import CloudError
from cloud_emulator.functions.process import (
    FunctionCrashError,
    FunctionProcess,
    FunctionTimeoutError,
)
from cloud_emulator.server.clock import Clock
from cloud_emulator.values import Document, Value

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}\Z")
# What a Node process needs of the system; nothing else of the tester's environment gets in.
_PASSED: Final = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USERPROFILE", "LANG")
_CONTEXT_KEYS: Final = "WX_OPENID,WX_APPID"
_SAME_CLOCK_MS: Final = 50
_LAST_LINES: Final = 5


class FunctionsError(RuntimeError):
    """Cloud functions cannot run here; the message says what to install or to name."""


@dataclass(frozen=True, slots=True)
class Options:
    """How functions run: folders, processes for each function, seconds to answer."""

    folder: Path
    node_modules: Path
    processes: int = 2
    timeout_s: float = 20.0


@dataclass(slots=True)
class _Pool:
    """The processes of one function."""

    free: threading.Condition = field(default_factory=threading.Condition)
    idle: list[FunctionProcess] = field(default_factory=list)
    all: list[FunctionProcess] = field(default_factory=list)
    started: int = 0


def find_node() -> str:
    """Return the path of Node; raise FunctionsError where there is none."""
    node = shutil.which("node")
    if node is None:
        raise FunctionsError("cloud functions need Node: install Node 20 or newer")
    return node


class Functions:
    """Runs cloud functions; safe to use from many threads."""

    def __init__(self, options: Options, *, url: str, env: str, appid: str, clock: Clock) -> None:
        """Check folders and Node; processes start with the first call of each function.

        Raises FunctionsError with the fix for a folder, an SDK or a Node that is not there.
        """
        if not options.folder.is_dir():
            raise FunctionsError(f"there is no folder of cloud functions at {options.folder}")
        if not (options.node_modules / "wx-server-sdk" / "package.json").is_file():
            raise FunctionsError(
                f"wx-server-sdk is not in {options.node_modules}: install it with `npm ci` in "
                "the folder above, or name another node_modules",
            )
        self._node = find_node()
        self._options = options
        self._clock = clock
        self._appid = appid
        self._environment = {
            **{name: os.environ[name] for name in _PASSED if name in os.environ},
            # A cloud function lives in UTC, wherever its users are.
            "TZ": "UTC",
            "NODE_PATH": str(options.node_modules.resolve()),
            "TCB_CONTEXT_CNFG": json.dumps({"URL": f"{url}/admin?"}),
            "TCB_CONTEXT_KEYS": "TCB_ENV,TCB_SOURCE",
            "WX_CONTEXT_KEYS": _CONTEXT_KEYS,
            "TCB_ENV": env,
            "SCF_NAMESPACE": env,
            "TENCENTCLOUD_RUNENV": "SCF",
            "TENCENTCLOUD_REGION": "local",
            "TENCENTCLOUD_SECRETID": "emulator",
            "TENCENTCLOUD_SECRETKEY": "emulator",
            "TENCENTCLOUD_SESSIONTOKEN": "emulator",
        }
        self._pools: dict[str, _Pool] = {}
        self._lock = threading.Lock()
        self._closed = False

    @property
    def names(self) -> list[str]:
        """The functions of the folder."""
        found = self._options.folder.iterdir()
        return sorted(item.name for item in found if _is_function(item))

    def call(self, name: Value, event: Value, *, openid: str = "", source: str) -> Value:
        """Run a function with an event and return its result.

        With an `openid` it is a call from a phone. Raises CloudError -501000 for an unknown
        function, -504002 for one that throws, crashes or does not answer in time.
        """
        folder = self._folder(name)
        phone = {"WX_OPENID": openid, "WX_APPID": self._appid} if openid else {}
        clock = self._clock.now_ms() - time.time_ns() // 1_000_000
        message = {
            "event": event,
            "env": {**phone, "TCB_SOURCE": source},
            "requestId": secrets.token_hex(16),
            "clock": clock if abs(clock) > _SAME_CLOCK_MS else 0,
            "timeoutMs": int(self._options.timeout_s * 1000),
        }
        answer = self._ask(folder, message)
        if "error" in answer:
            raise _failed(str(answer["error"]["errMsg"]))
        return answer.get("result")

    def warm(self) -> None:
        """Start one process of each function ahead of its first call."""
        for name in self.names:
            folder = self._folder(name)
            pool = self._pool(name)
            self._give_back(pool, self._take(pool, folder))

    def console(self) -> dict[str, list[str]]:
        """Return what functions printed lately, by name; it may hold anything they print."""
        with self._lock:
            pools = dict(self._pools)
        return {
            name: [line for process in pool.all for line in process.console]
            for name, pool in pools.items()
        }

    def close(self) -> None:
        """Kill every process."""
        with self._lock:
            self._closed = True
            pools = list(self._pools.values())
        for pool in pools:
            with pool.free:
                processes, pool.all, pool.idle = pool.all, [], []
                pool.free.notify_all()
            for process in processes:
                process.close()

    # -- processes --------------------------------------------------------------------------

    def _folder(self, name: Value) -> Path:
        if name.__class__ is str and _NAME.match(name):
            folder = self._options.folder / name
            if _is_function(folder):
                return folder.resolve()
        raise CloudError(
            -501000,
            "FunctionName parameter could not be found: a function is a folder with an index.js",
        )

    def _pool(self, name: str) -> _Pool:
        with self._lock:
            return self._pools.setdefault(name, _Pool())

    def _ask(self, folder: Path, message: Document) -> Document:
        pool = self._pool(folder.name)
        process = self._take(pool, folder)
        try:
            return process.ask(message, self._options.timeout_s)
        except FunctionTimeoutError:
            raise _failed(
                f"Invoking task timed out after {self._options.timeout_s:g} seconds"
            ) from None
        except FunctionCrashError:
            last = "\n".join(list(process.console)[-_LAST_LINES:])
            raise _failed(f"the process of the function ended without an answer\n{last}") from None
        finally:
            self._give_back(pool, process)

    def _take(self, pool: _Pool, folder: Path) -> FunctionProcess:
        until = time.monotonic() + self._options.timeout_s
        with pool.free:
            while True:
                while pool.idle:
                    process = pool.idle.pop()
                    if process.alive:
                        return process
                    pool.all.remove(process)
                    process.close()
                if self._closed:
                    raise _failed("the emulator is closing")
                if len(pool.all) < self._options.processes:
                    pool.idle.append(self._start(pool, folder))
                    continue
                if not pool.free.wait(until - time.monotonic()):
                    raise CloudError(
                        -501004,
                        f"all {self._options.processes} processes of the function are busy",
                    )

    def _start(self, pool: _Pool, folder: Path) -> FunctionProcess:
        process = FunctionProcess(self._node, folder, self._environment)
        pool.all.append(process)
        pool.started += 1
        return process

    def _give_back(self, pool: _Pool, process: FunctionProcess) -> None:
        with pool.free:
            if process.alive and process in pool.all:
                pool.idle.append(process)
            elif process in pool.all:
                pool.all.remove(process)
            pool.free.notify()


def _is_function(folder: Path) -> bool:
    return (folder / "index.js").is_file()


def _failed(why: str) -> CloudError:
    return CloudError(-504002, f"functions execute fail. {why}")
