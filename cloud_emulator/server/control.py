"""The control door `/_emu/*`: faults, log, clock, sent messages, reset. For tests and demos."""

from typing import TYPE_CHECKING, Final

from cloud_emulator.errors import CloudError
from cloud_emulator.server.door import Door
from cloud_emulator.server.faults import Faults
from cloud_emulator.server.log import RequestLog
from cloud_emulator.server.request import Request
from cloud_emulator.server.tokens import Tokens
from cloud_emulator.values import Document, Value

if TYPE_CHECKING:
    from collections.abc import Callable

YEAR_10000_MS: Final = 253_402_300_800_000
PREFIX: Final = "/_emu/"
_RESETS: Final = ("data", "collections", "faults", "log", "sent", "clock", "tokens")


class Control:
    """Answers the control door; a ValueError is a request that could not be read."""

    def __init__(self, door: Door, faults: Faults, log: RequestLog) -> None:
        """Work on the parts of one emulator."""
        self._door = door
        self._faults = faults
        self._log = log
        self._routes: dict[tuple[str, str], Callable[[Document], Document]] = {
            ("GET", "faults"): self._read_faults,
            ("POST", "faults"): self._set_faults,
            ("GET", "log"): lambda _body: self._log.read(),
            ("GET", "clock"): self._read_clock,
            ("POST", "clock"): self._set_clock,
            ("GET", "sent"): self._sent,
            ("POST", "reset"): self._reset,
            ("POST", "call"): self._call,
            ("GET", "console"): lambda _body: {"functions": self._door.functions.console()},
        }

    def answer(self, request: Request) -> Document:
        """Return the JSON answer; raise LookupError or ValueError with the fix."""
        name = request.path.removeprefix(PREFIX)
        route = self._routes.get((request.method, name))
        if route is None:
            known = ", ".join(f"{method} {PREFIX}{path}" for method, path in self._routes)
            raise LookupError(f"unknown control: there are {known}")
        body = request.json() if request.method == "POST" else {}
        if name == "call":
            # A function asks the database itself, so calling one must not hold the lock.
            return route(body)
        with self._door.lock:
            return route(body)

    def _read_faults(self, _body: Document) -> Document:
        return {"rules": self._faults.state()}

    def _set_faults(self, body: Document) -> Document:
        return {"rules": self._faults.load(body)}

    def _read_clock(self, _body: Document) -> Document:
        return {"now": self._door.clock.now_ms()}

    def _set_clock(self, body: Document) -> Document:
        if len(body) != 1 or set(body) - {"advance", "set"}:
            raise ValueError('write {"advance": ms} or {"set": ms}')
        name, ms = next(iter(body.items()))
        if ms.__class__ is not int:
            raise ValueError(f"{name} is a whole number of milliseconds")
        clock = self._door.clock
        move = ms if name == "advance" else ms - clock.now_ms()
        if not 0 <= clock.now_ms() + move < YEAR_10000_MS:
            raise ValueError("the clock stays in the years 1970 to 9999")
        clock.advance(move)
        return self._read_clock(body)

    def _call(self, body: Document) -> Document:
        """Call a function as a phone does; the test identity stands in for WeChat's login."""
        name, openid, event = body.get("name"), body.get("openid"), body.get("event", {})
        if name.__class__ is not str or openid.__class__ is not str or event.__class__ is not dict:
            raise ValueError('write {"name": "…", "openid": "…", "event": {…}}; openid may be ""')
        try:
            return {"result": self._door.call_from_phone(name, openid, event)}
        except CloudError as error:
            return {"error": {"errCode": error.errcode, "errMsg": error.errmsg}}

    def _sent(self, _body: Document) -> Document:
        return {"messages": self._door.engine.database.sent()}

    def _reset(self, body: Document) -> Document:
        wanted = [name for name, value in body.items() if value is True]
        if not wanted or set(body) - set(_RESETS) or len(wanted) != len(body):
            raise ValueError(f"name what to reset with true: {', '.join(_RESETS)}")
        actions: dict[str, Callable[[], Value]] = {
            "data": self._door.engine.clear,
            "collections": self._drop_collections,
            "faults": self._faults.clear,
            "log": self._log.clear,
            "sent": self._clear_sent,
            "clock": self._door.clock.reset,
            "tokens": self._forget_tokens,
        }
        for name in wanted:
            actions[name]()
        return {"reset": wanted}

    def _drop_collections(self) -> None:
        database = self._door.engine.database
        with database.writing():
            for collection in list(database.collections.values()):
                database.drop_collection(collection)

    def _clear_sent(self) -> None:
        with self._door.engine.database.writing():
            self._door.engine.database.clear_sent()

    def _forget_tokens(self) -> None:
        self._door.tokens = Tokens()
