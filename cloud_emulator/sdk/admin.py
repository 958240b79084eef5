"""`POST /admin`: one address for everything the SDK asks, told apart by `action`."""

import json
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cloud_emulator.engine import Engine
from cloud_emulator.errors import CloudError, parameter_error, safe_name
from cloud_emulator.sdk.database import DatabaseActions, Written
from cloud_emulator.sdk.errors import SdkError, refused, request_id
from cloud_emulator.server.clock import Clock
from cloud_emulator.values import Document

if TYPE_CHECKING:
    import threading

    from cloud_emulator.functions.pool import Functions
    from cloud_emulator.server.request import Request

ADMIN: Final = "/admin"
_API_NAME: Final = re.compile(rb'name="apiName"\r\n\r\n([\w.]{1,60})\r\n')


class Admin:
    """The second front door; database actions run under the lock, functions outside of it."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        env: str,
        lock: "threading.RLock",
        written: Written,
    ) -> None:
        """Serve one engine; `functions` is set once the port is known."""
        self._database = DatabaseActions(engine, written)
        self._clock = clock
        self._env = env
        self._lock = lock
        self.functions: Functions | None = None

    def answer(self, request: "Request") -> Document:
        """Return the JSON answer; every refusal is `{code, message}`."""
        try:
            return {"requestId": request_id(), **self._route(request)}
        except (CloudError, SdkError) as error:
            return refused(error)
        except Exception as error:  # noqa: BLE001 - a defect of ours must still be an answer
            trace = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} at {Path(trace.filename).name}:{trace.lineno}"
            return refused(
                CloudError(-501001, f"Defect of the emulator, {where}: please report it")
            )

    def _route(self, request: "Request") -> Document:
        if request.headers.get("content-type", "").startswith("multipart/"):
            raise parameter_error(
                f"{_api_of(request.body)}: cloud.openapi is not part of this emulator; messages "
                "are sent by the worker over /cgi-bin/message/subscribe/send",
            )
        body = request.json()
        action = body.get("action")
        family, _, name = action.partition(".") if action.__class__ is str else ("", "", "")
        env = body.get("envName")
        if env not in (None, "", self._env):
            raise CloudError(-501005, "[100003] env not exists: init with DYNAMIC_CURRENT_ENV")
        if family == "database":
            with self._lock:
                return self._database.answer(name, body, self._clock.now_ms())
        if action == "functions.invokeFunction":
            return self._invoke(body, request.headers.get("x-tcb-source", "scf"))
        raise parameter_error(
            f"{safe_name(action)} is not part of this emulator: it answers database.* and "
            "functions.invokeFunction",
        )

    def _invoke(self, body: Document, source: str) -> Document:
        if self.functions is None:
            raise CloudError(-504001, "this emulator was started without cloud functions")
        name, data = body.get("function_name"), body.get("request_data") or "{}"
        try:
            event = json.loads(data)
        except (ValueError, TypeError):
            raise parameter_error("request_data must be a text of JSON") from None
        # A function that is called by a function learns who called, never for whom.
        result = self.functions.call(name, event, source=source)
        return {"data": {"response_data": json.dumps(result, ensure_ascii=False)}}


def _api_of(form: bytes) -> str:
    found = _API_NAME.search(form)
    return safe_name(found[1].decode()) if found else "wx.openApi"
