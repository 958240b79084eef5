"""The database engine: MongoDB operations in Mongo JSON on the store. Both front doors end here.

Every function takes filters, updates and pipelines as MongoDB knows them (`$` operators, dates as
`Instant`); translating statements or SDK calls is the door's work. The caller holds the lock.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cloud_emulator.errors import CloudError, database_error
from cloud_emulator.mongo.expressions import predicate
from cloud_emulator.mongo.matching import Filter, compile_filter
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.projection import compile_projection
from cloud_emulator.mongo.sorting import SortSpec
from cloud_emulator.mongo.stages import run_pipeline
from cloud_emulator.mongo.updating import Update, compile_update
from cloud_emulator.store.database import Collection, Database
from cloud_emulator.store.indexes import DuplicateKeyError
from cloud_emulator.store.rows import Row
from cloud_emulator.store.selection import Page, select
from cloud_emulator.store.texts import prepared
from cloud_emulator.store.writing import Changes, insert_rows, remove_rows
from cloud_emulator.values import Document, Value, encode


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did; `inserted` is the new `_id` of an upsert."""

    matched: int
    modified: int
    inserted: Value = None


def new_id() -> str:
    """Make the `_id` of a document that brings none: 32 hexadecimal digits."""
    return secrets.token_hex(16)


class Engine:
    """Operations on the documents of one database."""

    def __init__(self, database: Database, make_id: Callable[[], str] = new_id) -> None:
        """Work on `database`; `make_id` makes ids for documents that bring none."""
        self.database = database
        self._make_id = make_id

    # -- reading ----------------------------------------------------------------------------

    def find(
        self,
        name: str,
        query: Document,
        *,
        sort: SortSpec = (),
        skip: int = 0,
        limit: int | None = None,
    ) -> Page:
        """Return one page of matches and their total; without sort in the order of insertion."""
        collection = self.database.collection(name)
        selection = select(self.database, collection, _filter("Query", query))
        return selection.page(self.database, sort, skip, limit)

    def count(self, name: str, query: Document) -> int:
        """Count matches."""
        collection = self.database.collection(name)
        return select(self.database, collection, _filter("Query", query)).count(self.database)

    def aggregate(self, name: str, pipeline: list[Document]) -> list[Document]:
        """Run a pipeline; a leading `$match` uses the indexes."""
        collection = self.database.collection(name)
        first: Document = {}
        if pipeline and set(pipeline[0]) == {"$match"} and pipeline[0]["$match"].__class__ is dict:
            first, pipeline = pipeline[0]["$match"], pipeline[1:]
        try:
            seqs = self._seqs(collection, _filter("Aggregate", first))
            return run_pipeline(self.database.documents(seqs), pipeline, self._foreign)
        except QueryError as error:
            raise database_error("Aggregate", str(error)) from None

    def _foreign(self, name: str, query: Document) -> Iterator[Document]:
        """Yield documents of another collection for `$lookup`; a missing one is empty."""
        collection = self.database.collections.get(name)
        if collection is not None:
            seqs = self._seqs(collection, _filter("Aggregate", query))
            yield from self.database.documents(seqs)

    def _seqs(self, collection: Collection, condition: Filter) -> list[int]:
        return select(self.database, collection, condition).all(self.database)

    # -- writing ----------------------------------------------------------------------------

    def insert(self, name: str, documents: list[Document]) -> list[Value]:
        """Add documents in order and return their ids.

        Stops at the first duplicate: the rows before it stay, DuplicateKeyError is raised after
        they are committed.
        """
        collection = self.database.collection(name)
        try:
            rows = [self._row(document) for document in documents]
        except QueryError as error:
            raise database_error("Insert", str(error)) from None
        with self.database.writing():
            ids, refused = insert_rows(self.database, collection, rows)
        if refused is not None:
            raise refused
        return ids

    def load(self, name: str, documents: list[Document]) -> int:
        """Add documents, leaving out those that a unique index refuses; return how many came in.

        Raises QueryError for a document that cannot be stored.
        """
        collection = self.database.collection(name)
        rows = [self._row(document) for document in documents]
        with self.database.writing():
            return len(insert_rows(self.database, collection, rows, stop=False)[0])

    def _row(self, document: Document) -> Row:
        return prepared(document, document["_id"] if "_id" in document else self._make_id())

    def update(
        self,
        name: str,
        query: Document,
        update: Document,
        *,
        multi: bool = True,
    ) -> Updated:
        """Change matches by operators; `modified` counts documents that really changed.

        A duplicate key or an operator on a wrong type stops it: documents changed before stay
        changed, the error is raised after they are committed.
        """
        collection = self.database.collection(name)
        condition = _filter("Update", query)
        try:
            compiled = compile_update(update)
        except QueryError as error:
            raise database_error("Update", str(error)) from None
        changes = Changes(self.database, collection)
        with self.database.writing():
            seqs = self._seqs(collection, condition)
            if not multi:
                seqs = seqs[:1]
            refused = self._change(changes, seqs, compiled)
            changes.flush()
        if refused is not None:
            raise refused
        return Updated(len(seqs), changes.modified)

    def _change(self, changes: Changes, seqs: list[int], update: Update) -> CloudError | None:
        for seq in seqs:
            try:
                changes.replace(seq, update.apply(self.database.row(seq).document))
            except QueryError as error:
                return database_error("Update", str(error))
            except DuplicateKeyError as error:
                return error
        return None

    def set(self, name: str, own_id: Value, document: Document) -> Updated:
        """Replace the document with this `_id`, or add it."""
        collection = self.database.collection(name)
        try:
            row = prepared(document, own_id)
        except QueryError as error:
            raise database_error("Update", str(error)) from None
        with self.database.writing():
            seqs = self._seqs(collection, _filter("Update", {"_id": own_id}))
            if seqs:
                changes = Changes(self.database, collection)
                changes.replace(seqs[0], row.document)
                changes.flush()
                return Updated(1, changes.modified)
            _, refused = insert_rows(self.database, collection, [row])
            if refused is not None:
                raise refused
        return Updated(0, 0, own_id)

    def remove(self, name: str, query: Document, *, multi: bool = True) -> int:
        """Remove matches and return how many."""
        collection = self.database.collection(name)
        condition = _filter("Delete", query)
        with self.database.writing():
            seqs = self._seqs(collection, condition)
            if not multi:
                seqs = seqs[:1]
            remove_rows(self.database, collection, seqs)
        return len(seqs)

    def clear(self) -> None:
        """Remove every document; collections and indexes stay."""
        with self.database.writing():
            for collection in self.database.collections.values():
                self.database.clear_collection(collection)


def _filter(action: str, query: Document) -> Filter:
    try:
        return compile_filter(query, predicate)
    except QueryError as error:
        raise database_error(action, str(error)) from None


def projected(rows: list[Row], projection: Document | None) -> list[str]:
    """Write rows as plain EJSON texts, through a projection if one is given."""
    try:
        project = None if projection is None else compile_projection(projection)
    except QueryError as error:
        raise database_error("Query", str(error)) from None
    if project is None:
        return [row.text for row in rows]
    return [encode(project(row.document)) for row in rows]
