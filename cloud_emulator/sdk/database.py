"""Database actions of the SDK, each on the engine that the HTTP API uses, too."""

from collections.abc import Callable
from typing import Final

from cloud_emulator.engine import Engine, new_id, projected
from cloud_emulator.errors import CloudError, parameter_error
from cloud_emulator.mongo.sorting import SortSpec
from cloud_emulator.sdk.ejson import check_update, read, read_document, read_object
from cloud_emulator.sdk.errors import SdkError
from cloud_emulator.sdk.transactions import Transaction, Transactions
from cloud_emulator.statement.operations import DEFAULT_AGGREGATE
from cloud_emulator.store.schema import add_collection
from cloud_emulator.values import Document, Value, encode

Written = Callable[[list[str]], list[str]]
DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000


class DatabaseActions:
    """Answers `database.*`: a method for each action; the caller holds the lock."""

    def __init__(self, engine: Engine, written: Written) -> None:
        """Work on `engine`; `written` puts texts of documents into the answer's EJSON form."""
        self._engine = engine
        self._written = written
        self._transactions = Transactions(engine.database)
        self._actions: dict[str, Callable[[Document, int], Document]] = {
            "getDocument": self._get,
            "calculateDocument": self._count,
            "insertDocument": self._insert,
            "modifyDocument": self._modify,
            "removeDocument": self._remove,
            "aggregateDocuments": self._aggregate,
            "addCollection": self._add_collection,
            "startTransaction": self._start,
            "commitTransaction": self._commit,
            "abortTransaction": self._abort,
        }

    def answer(self, action: str, body: Document, now_ms: int) -> Document:
        """Return the fields of an answer; raise CloudError or SdkError."""
        route = self._actions.get(action)
        if route is None:
            known = ", ".join(self._actions)
            raise parameter_error(f"this emulator knows of database.* only {known}")
        own = body.get("transactionId")
        try:
            return route(body, now_ms)
        except CloudError:
            # As in MongoDB, an error ends the transaction it happens in.
            if own.__class__ is str:
                self._transactions.abort(own)
            raise

    # -- transactions -----------------------------------------------------------------------

    def _start(self, _body: Document, now_ms: int) -> Document:
        return {"transactionId": self._transactions.start(now_ms)}

    def _commit(self, body: Document, now_ms: int) -> Document:
        self._transactions.commit(body.get("transactionId", ""), now_ms)
        return {}

    def _abort(self, body: Document, now_ms: int) -> Document:
        self._transactions.get(body.get("transactionId"), now_ms)
        self._transactions.abort(body["transactionId"])
        return {}

    def _within(self, body: Document, now_ms: int) -> Transaction | None:
        """Return the transaction that a request belongs to, if it names one."""
        own = body.get("transactionId")
        if own is None:
            return None
        transaction = self._transactions.get(own, now_ms)
        if body["action"] != "database.insertDocument" and body.get("queryType") != "DOC":
            raise parameter_error(
                "a transaction works on doc(…) and add(…) only, never on where(…)"
            )
        return transaction

    # -- reading ----------------------------------------------------------------------------

    def _get(self, body: Document, now_ms: int) -> Document:
        name, query = _name(body), read_object(body.get("query"), now_ms)
        fields = body.get("projection")
        projection = None if fields is None else read_object(fields, now_ms)
        offset, limit = _whole(body, "offset", 0), _whole(body, "limit", DEFAULT_LIMIT)
        limit = min(limit or DEFAULT_LIMIT, MAX_LIMIT)
        transaction = self._within(body, now_ms)
        if transaction is not None:
            row = self._transactions.read(transaction, name, _own_id(query))
            rows = [] if row is None else [row]
        else:
            sort = _sort(read_object(body.get("order"), now_ms))
            rows = self._engine.find(name, query, sort=sort, skip=offset, limit=limit).rows
        texts = self._written(projected(rows, projection))
        return {"data": {"list": texts, "offset": offset, "limit": limit}}

    def _count(self, body: Document, now_ms: int) -> Document:
        total = self._engine.count(_name(body), read_object(body.get("query"), now_ms))
        return {"data": {"total": total}}

    def _aggregate(self, body: Document, now_ms: int) -> Document:
        stages = body.get("stages")
        if stages.__class__ is not list:
            raise parameter_error("aggregateDocuments needs its stages")
        pipeline: list[Document] = []
        for stage in stages:
            name = stage.get("stageKey") if stage.__class__ is dict else None
            if name.__class__ is not str:
                raise parameter_error("a stage is {stageKey, stageValue}")
            pipeline.append({name: read(stage.get("stageValue"), now_ms)})
        if not any("$limit" in stage for stage in pipeline):
            pipeline.append({"$limit": DEFAULT_AGGREGATE})
        found = self._engine.aggregate(_name(body), pipeline)
        return {"data": {"list": self._written([encode(document) for document in found])}}

    # -- writing ----------------------------------------------------------------------------

    def _insert(self, body: Document, now_ms: int) -> Document:
        name, data = _name(body), body.get("data")
        texts = data if data.__class__ is list else [data]
        if not texts:
            raise parameter_error("add needs an object or a nonempty list of objects")
        documents = [read_document(text, now_ms) for text in texts]
        transaction = self._within(body, now_ms)
        if transaction is None:
            return {"data": {"insertedIds": self._engine.insert(name, documents)}}
        ids: list[Value] = []
        for document in documents:
            own_id = document["_id"] if "_id" in document else new_id()
            self._transactions.insert(transaction, name, own_id, document)
            ids.append(own_id)
        return {"data": {"insertedIds": ids}}

    def _modify(self, body: Document, now_ms: int) -> Document:
        name, query = _name(body), read_object(body.get("query"), now_ms)
        transaction = self._within(body, now_ms)
        if body.get("merge") is not True:
            return self._replace(name, query, read_document(body.get("data"), now_ms), transaction)
        if body.get("upsert") is True:
            raise parameter_error("an update by operators does not add documents: use set")
        update = read_object(body.get("data"), now_ms)
        check_update(update)
        if transaction is not None:
            updated = self._transactions.update(transaction, name, _own_id(query), update)
        else:
            multi = body.get("multi") is not False
            updated = self._engine.update(name, query, update, multi=multi).modified
        return {"data": {"updated": updated, "upsert_id": None}}

    def _replace(
        self,
        name: str,
        query: Document,
        document: Document,
        transaction: Transaction | None,
    ) -> Document:
        own_id = _own_id(query)
        if "_id" in document:
            raise parameter_error("不能更新_id的值: leave _id out of the data")
        if transaction is not None:
            updated, added = self._transactions.replace(transaction, name, own_id, document)
            return {"data": {"updated": updated, "upsert_id": own_id if added else None}}
        done = self._engine.set(name, own_id, document)
        return {"data": {"updated": done.modified, "upsert_id": done.inserted}}

    def _remove(self, body: Document, now_ms: int) -> Document:
        name, query = _name(body), read_object(body.get("query"), now_ms)
        transaction = self._within(body, now_ms)
        if transaction is not None:
            deleted = self._transactions.remove(transaction, name, _own_id(query))
        else:
            deleted = self._engine.remove(name, query, multi=body.get("multi") is not False)
        return {"data": {"deleted": deleted}}

    def _add_collection(self, body: Document, _now_ms: int) -> Document:
        name = _name(body)
        if name in self._engine.database.collections:
            raise SdkError("DATABASE_COLLECTION_EXIST", f"[ResourceInUse] Table exist: {name}")
        add_collection(self._engine.database, name)
        return {"data": {}}


def _name(body: Document) -> str:
    name = body.get("collectionName")
    if name.__class__ is not str or not name:
        raise parameter_error("collectionName is missing")
    return str(name)


def _own_id(query: Document) -> Value:
    own_id = query.get("_id")
    if set(query) != {"_id"} or own_id.__class__ not in (str, int, float):
        raise parameter_error("docId必须为字符串或数字: doc needs a string or a number")
    return own_id


def _whole(body: Document, name: str, default: int) -> int:
    number = body.get(name)
    if number is None:
        return default
    if number.__class__ is not int or number < 0:
        raise parameter_error(f"{name} must be a whole number that is not negative")
    return int(number)


def _sort(order: Document) -> SortSpec:
    if any(way.__class__ is not int or way not in (1, -1) for way in order.values()):
        raise parameter_error('orderBy takes "asc" or "desc" only')
    return tuple(order.items())
