"""The front door: WeChat's HTTP API, path by path, on the engine."""

import contextlib
import json
import re
import secrets
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from cloud_emulator.engine import Engine, projected
from cloud_emulator.errors import CloudError, parameter_error
from cloud_emulator.sdk.admin import ADMIN, Admin
from cloud_emulator.sdk.errors import refused
from cloud_emulator.server.clock import Clock
from cloud_emulator.server.request import Request
from cloud_emulator.server.subscribe import check_message
from cloud_emulator.server.tokens import Tokens
from cloud_emulator.statement.operations import (
    DATABASE_ENDPOINTS,
    Add,
    Aggregate,
    Change,
    Count,
    Find,
    Operation,
    Remove,
    Replace,
    compile_statement,
)
from cloud_emulator.store.schema import add_collection, describe, update_indexes
from cloud_emulator.values import Document, Value, canonical, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_emulator.functions.pool import Functions

Ejson = Literal["plain", "canonical"]
MAX_RESULT: Final = 16 * 1024 * 1024
MAX_COLLECTIONS_PAGE: Final = 100
_COLLECTION_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
# A function asks the database itself, so calling one must not hold the lock.
_INVOKE: Final = "/tcb/invokecloudfunction"
_CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Account:
    """Who may come in, and how documents are written in answers."""

    appid: str
    secret: str
    env: str
    ejson: Ejson


class Door:
    """Answers requests; one lock, because one process owns one file."""

    def __init__(self, engine: Engine, account: Account, clock: Clock) -> None:
        """Serve `engine` for one account."""
        self.engine = engine
        self.account = account
        self.clock = clock
        self.tokens = Tokens()
        self.lock = threading.RLock()
        self.admin = Admin(engine, clock, account.env, self.lock, self._written)
        self._routes: dict[str, Callable[[Request], Document]] = {
            _INVOKE: self._invoke,
            "/cgi-bin/token": self._token,
            "/cgi-bin/stable_token": self._stable_token,
            "/cgi-bin/message/subscribe/send": self._send,
            "/tcb/databasecollectionadd": self._collection_add,
            "/tcb/databasecollectiondelete": self._collection_delete,
            "/tcb/databasecollectionget": self._collection_get,
            "/tcb/updateindex": self._update_index,
            **{f"/tcb/{name}": self._database for name in DATABASE_ENDPOINTS},
        }

    def answer(self, request: Request) -> Document:
        """Return the JSON answer; every refusal is an answer with errcode, too."""
        if request.path == ADMIN:
            return self.admin.answer(request)
        route = self._routes.get(request.path)
        if route is None:
            return refusal(40066, "invalid url")
        try:
            with contextlib.nullcontext() if request.path == _INVOKE else self.lock:
                return route(request)
        except CloudError as error:
            return refusal(error.errcode, error.errmsg)
        except RecursionError:
            return refusal(-602002, "invalid query string hint: [nested too deeply]")
        except Exception as error:  # noqa: BLE001 - a defect of ours must still be an answer
            return refusal(-501001, f"resource system error. {_place(error)}")

    def refused(self, request: Request, errcode: int, errmsg: str) -> Document:
        """Return a refusal in the form of the door that the request came to."""
        if request.path == ADMIN:
            return refused(CloudError(errcode, errmsg))
        return refusal(errcode, errmsg)

    # -- cloud functions --------------------------------------------------------------------

    @property
    def functions(self) -> "Functions":
        """The cloud functions; raises CloudError -504001 where there are none."""
        found = self.admin.functions
        if found is None:
            raise CloudError(-504001, "this emulator was started without cloud functions")
        return found

    def call_from_phone(self, name: str, openid: str, event: Document) -> Value:
        """Call a function as `wx.cloud.callFunction` does; WeChat adds `userInfo` to the event."""
        user = {"appId": self.account.appid, **({"openId": openid} if openid else {})}
        sent = {**event, "userInfo": user}
        return self.functions.call(name, sent, openid=openid, source="wx_client")

    def _invoke(self, request: Request) -> Document:
        with self.lock:
            self._enter(request)
        if request.query.get("env") != self.account.env:
            raise _wrong_env()
        if not request.query.get("name"):
            raise CloudError(40101, "missing parameter: name")
        result = self.functions.call(request.query["name"], request.json(), source="wx_http")
        return accepted(resp_data=json.dumps(result, ensure_ascii=False))

    # -- tokens -----------------------------------------------------------------------------

    def _check_account(self, fields: dict[str, Value]) -> None:
        if fields.get("grant_type") != "client_credential":
            raise CloudError(40002, "invalid grant_type: write client_credential")
        if not fields.get("appid"):
            raise CloudError(41002, "appid missing")
        if not fields.get("secret"):
            raise CloudError(41004, "appsecret missing")
        if fields["appid"] != self.account.appid:
            raise CloudError(40013, "invalid appid")
        if not isinstance(fields["secret"], str) or not secrets.compare_digest(
            fields["secret"].encode("utf-8", "surrogatepass"),
            self.account.secret.encode(),
        ):
            raise CloudError(40125, "invalid appsecret")

    def _token(self, request: Request) -> Document:
        self._check_account(dict(request.query))
        token, seconds = self.tokens.plain(self.clock.now_ms())
        return {"access_token": token, "expires_in": seconds}

    def _stable_token(self, request: Request) -> Document:
        if request.method != "POST":
            raise CloudError(43002, "require POST method")
        fields = request.json()
        self._check_account(fields)
        force = fields.get("force_refresh", False) is True
        token, seconds = self.tokens.stable(self.clock.now_ms(), force=force)
        return {"access_token": token, "expires_in": seconds}

    def _enter(self, request: Request) -> None:
        """Check what every call with a token must fulfil."""
        if request.method != "POST":
            raise CloudError(43002, "require POST method")
        self.tokens.check(request.query.get("access_token"), self.clock.now_ms())
        request.json()

    def _enter_cloud(self, request: Request) -> None:
        self._enter(request)
        if request.text("env") != self.account.env:
            raise _wrong_env()

    # -- database ---------------------------------------------------------------------------

    def _database(self, request: Request) -> Document:
        self._enter_cloud(request)
        endpoint = request.path.removeprefix("/tcb/")
        operation = compile_statement(request.statement(), endpoint, self.clock.now_ms())
        return accepted(**self._run(operation))

    def _run(self, operation: Operation) -> Document:  # noqa: PLR0911 - one for each operation
        engine = self.engine
        match operation:
            case Find():
                return self._find(operation)
            case Count():
                return {"count": engine.count(operation.collection, operation.query)}
            case Add():
                ids = engine.insert(operation.collection, operation.documents)
                return {"id_list": ids}
            case Change():
                done = engine.update(operation.collection, operation.query, operation.update)
                return {"matched": done.matched, "modified": done.modified, "id": ""}
            case Replace():
                done = engine.set(operation.collection, operation.id, operation.document)
                own = "" if done.inserted is None else done.inserted
                return {"matched": done.matched, "modified": done.modified, "id": own}
            case Remove():
                return {"deleted": engine.remove(operation.collection, operation.query)}
            case Aggregate():
                found = engine.aggregate(operation.collection, operation.pipeline)
                return {"data": self._written([encode(document) for document in found])}

    def _find(self, operation: Find) -> Document:
        page = self.engine.find(
            operation.collection,
            operation.query,
            sort=operation.sort,
            skip=operation.skip,
            limit=operation.limit,
        )
        return {
            "pager": {"Offset": operation.skip, "Limit": operation.limit, "Total": page.total},
            "data": self._written(projected(page.rows, operation.projection)),
        }

    def _written(self, texts: list[str]) -> list[str]:
        if self.account.ejson == "canonical":
            texts = [encode(canonical(decode(text))) for text in texts]
        if sum(map(len, texts)) > MAX_RESULT:
            raise CloudError(-602001, "database query result size exceed limit: ask for fewer rows")
        return texts

    # -- collections, indexes, messages -----------------------------------------------------

    def _collection_add(self, request: Request) -> Document:
        self._enter_cloud(request)
        name = request.text("collection_name")
        if not _COLLECTION_NAME.match(name):
            raise parameter_error("a collection name has letters, digits, _ and - only")
        add_collection(self.engine.database, name)
        return accepted()

    def _collection_delete(self, request: Request) -> Document:
        self._enter_cloud(request)
        database = self.engine.database
        collection = database.collection(request.text("collection_name"))
        with database.writing():
            database.drop_collection(collection)
        return accepted()

    def _collection_get(self, request: Request) -> Document:
        self._enter_cloud(request)
        body = request.json()
        limit, offset = body.get("limit", 10), body.get("offset", 0)
        if any(item.__class__ is not int or item < 0 for item in (limit, offset)):
            raise CloudError(40097, "invalid args: limit and offset must be whole numbers")
        limit = min(limit, MAX_COLLECTIONS_PAGE)
        found = describe(self.engine.database)
        return accepted(
            pager={"Offset": offset, "Limit": limit, "Total": len(found)},
            collections=found[offset : offset + limit],
        )

    def _update_index(self, request: Request) -> Document:
        self._enter_cloud(request)
        body = request.json()
        create, drop = body.get("create_indexes") or [], body.get("drop_indexes") or []
        if create.__class__ is not list or drop.__class__ is not list or not (create or drop):
            raise parameter_error("updateindex needs create_indexes or drop_indexes, both lists")
        names: list[str] = []
        for item in drop:
            name = item.get("name") if item.__class__ is dict else None
            if not isinstance(name, str):
                raise parameter_error("each entry of drop_indexes needs a name")
            names.append(name)
        update_indexes(self.engine.database, request.text("collection_name"), create, names)
        return accepted()

    def _send(self, request: Request) -> Document:
        self._enter(request)
        message = check_message(request.json())
        self.engine.database.add_sent({**message, "at": self.clock.now_ms()})
        return accepted()


def _wrong_env() -> CloudError:
    return CloudError(
        -501000,
        "[100003] env not exists (the env of this request) INVALID_ENV: check env",
    )


def _place(error: Exception) -> str:
    """Say where a defect is, without the error's own text: that may hold values."""
    trace = traceback.extract_tb(error.__traceback__)
    where = f"{Path(trace[-1].filename).name}:{trace[-1].lineno}" if trace else "?"
    return f"Defect of the emulator, {type(error).__name__} at {where}: please report it"


def accepted(**fields: Value) -> Document:
    """Return an answer that went well."""
    return {"errcode": 0, "errmsg": "ok", **fields}


def refusal(errcode: int, errmsg: str) -> Document:
    """Return an answer that refuses, with the request id that WeChat puts into the text."""
    raw = secrets.token_hex(12)
    rid = f"{raw[:8]}-{raw[8:16]}-{raw[16:]}"
    return {"errcode": errcode, "errmsg": f"{_CONTROL_CHARACTERS.sub(' ', errmsg)} rid: {rid}"}
