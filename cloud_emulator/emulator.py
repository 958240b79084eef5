"""The emulator: one data folder, one port, for tests, demos and the command line."""

import json
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cloud_emulator.engine import Engine
from cloud_emulator.server.clock import Clock
from cloud_emulator.server.door import Account, Door, Ejson
from cloud_emulator.server.http import HOST, Server
from cloud_emulator.store.database import Database
from cloud_emulator.store.schema import add_collection, replace_indexes
from cloud_emulator.values import Document, imported

_POLL_SECONDS: Final = 0.05


class Emulator:
    """WeChat cloud on one machine: `with Emulator(None) as emu:` serves at `emu.url`.

    `data_dir=None` keeps everything in memory. `clock` freezes the emulator's time at an aware
    moment. `ejson` chooses how documents are written in answers. Raises StoreBusyError if another
    process has the data folder, OSError if the port is taken.
    """

    def __init__(
        self,
        data_dir: Path | None,
        *,
        port: int = 0,
        clock: datetime | None = None,
        ejson: Ejson = "plain",
        appid: str = "wx0000000000000000",
        secret: str = "emulator",  # noqa: S107 - the public demo secret, good for nothing else
        env: str = "local",
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
        self._thread: threading.Thread | None = None
        self._closed = False

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
            self._server.serve_forever(_POLL_SECONDS)
        else:
            self._thread.join()

    def stop(self) -> None:
        """Make `serve_forever` return; callable from a signal handler's thread, not from it."""
        self._server.shutdown()

    def close(self) -> None:
        """Stop serving, end connections, close the data. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
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
                    json.loads(self._database.row(seq).text)
                    for seq in self._database.all_seqs(collection)
                ]
                for name, collection in self._database.collections.items()
            }
