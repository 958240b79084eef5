"""The emulator: one data folder, one port, for tests, demos and the command line."""

import contextlib
import gc
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cloud_emulator.engine import Engine
from cloud_emulator.functions.pool import Functions, FunctionsError, Options
from cloud_emulator.server.clock import Clock
from cloud_emulator.server.door import Account, Door, Ejson
from cloud_emulator.server.http import HOST, Server
from cloud_emulator.store.database import Database
from cloud_emulator.store.schema import add_collection, replace_indexes
from cloud_emulator.values import Document, imported

_POLL_SECONDS: Final = 0.05


@contextlib.contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Collect garbage rarely in a process that only serves: documents are trees, not cycles."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class Emulator:
    """WeChat cloud on one machine: `with Emulator(None) as emu:` serves at `emu.url`.

    `data_dir=None` keeps everything in memory. `clock` freezes the emulator's time at an aware
    moment. `ejson` chooses how documents are written in answers. Raises StoreBusyError if another
    process has the data folder, OSError if the port is taken or the folder cannot be used.

    `functions` is a folder of cloud functions, `node_modules` the folder that holds the official
    `wx-server-sdk`; FunctionsError says what is missing for them.
    """

    def __init__(  # noqa: PLR0913 - keywords, one for each thing that tests and demos set
        self,
        data_dir: Path | None,
        *,
        port: int = 0,
        clock: datetime | None = None,
        ejson: Ejson = "plain",
        appid: str = "wx0000000000000000",
        secret: str = "emulator",  # noqa: S107 - the public demo secret, good for nothing else
        env: str = "local",
        functions: Path | None = None,
        node_modules: Path | None = None,
        function_processes: int = 2,
        function_timeout_s: float = 20.0,
    ) -> None:
        """Open the data and bind the port; `start`, `with` or `serve_forever` serve."""
        if ejson not in ("plain", "canonical"):
            raise ValueError('ejson is "plain" or "canonical"')
        account = Account(appid=appid, secret=secret, env=env, ejson=ejson)
        self._database = Database(data_dir)
        try:
            self._engine = Engine(self._database)
            self._door = Door(self._engine, account, Clock(clock))
            self._server = Server(port, self._door)
        except BaseException:
            self._database.close()
            raise
        if functions is not None:
            options = (functions, node_modules, function_processes, function_timeout_s)
            try:
                self._add_functions(*options)
            except BaseException:
                self._server.close()
                self._database.close()
                raise
        self._thread: threading.Thread | None = None
        self._closed = False

    def _add_functions(
        self, folder: Path, node_modules: Path | None, processes: int, timeout_s: float
    ) -> None:
        if node_modules is None:
            raise FunctionsError("name the node_modules folder that holds wx-server-sdk, too")
        account = self._door.account
        self._door.admin.functions = Functions(
            Options(folder, node_modules, processes, timeout_s),
            url=self.url,
            env=account.env,
            appid=account.appid,
            clock=self._door.clock,
        )

    @property
    def port(self) -> int:
        """The port that is bound."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address to give a client as its API base."""
        return f"http://{HOST}:{self.port}"

    # -- running ----------------------------------------------------------------------------

    def start(self) -> None:
        """Serve in a background thread."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._server.serve_forever,
                args=(_POLL_SECONDS,),
                name="cloud-emulator",
                daemon=True,
            )
            self._thread.start()

    def serve_forever(self) -> None:
        """Serve in this thread until another one calls `stop`; print nothing."""
        if self._thread is None:
            with _rarely_collecting():
                self._server.serve_forever(_POLL_SECONDS)
        else:
            self._thread.join()

    def warm_functions(self) -> None:
        """Start a process of each cloud function ahead of its first call."""
        self._door.functions.warm()

    def stop(self) -> None:
        """Make `serve_forever` return; callable from a signal handler's thread, not from it."""
        self._server.shutdown()

    def close(self) -> None:
        """Stop serving, end connections, close the data. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._door.admin.functions is not None:
            self._door.admin.functions.close()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.close()
        with self._door.lock:
            self._database.close()

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    # -- data -------------------------------------------------------------------------------

    def load(self, collection: str, docs: Iterable[Mapping[str, object]]) -> int:
        """Add documents in WeChat's import form and return how many came in.

        The collection is made if it is missing; a document whose `_id` or unique key exists is left
        out. Raises ValueError for a form that cannot be imported.
        """
        documents = [imported(dict(document)) for document in docs]
        with self._door.lock:
            if collection not in self._database.collections:
                add_collection(self._database, collection)
            return self._engine.load(collection, documents)

    def apply_schema(
        self,
        collections: Iterable[str],
        indexes: Mapping[str, Iterable[Mapping[str, object]]],
    ) -> None:
        """Make collections and indexes that are missing; a changed index is replaced."""
        with self._door.lock:
            for name in [*collections, *indexes]:
                if name not in self._database.collections:
                    add_collection(self._database, name)
            for name, definitions in indexes.items():
                replace_indexes(self._database, name, [dict(item) for item in definitions])

    def dump(self) -> dict[str, list[Document]]:
        """Return every document as plain EJSON (`{"$date": ms}`), in the order of insertion."""
        with self._door.lock:
            return {
                name: [
                    json.loads(row.text)
                    for row in self._database.rows(self._database.all_seqs(collection))
                ]
                for name, collection in self._database.collections.items()
            }
