"""Transactions: a snapshot, a buffer of writes, and a check at the commit.

As the documented service: reads see the database as it was at the start plus the transaction's own
writes; single documents only; thirty seconds to live. Whoever commits second over the same document
gets DATABASE_TRANSACTION_CONFLICT, which `runTransaction` answers by three more tries. Documents
that were read but not written are not compared, as in MongoDB: two transactions that each rely on
what the other writes both go through (write skew).
"""

import secrets
from dataclasses import dataclass, field
from typing import Final

from cloud_emulator.errors import database_error
from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.mongo.ordering import key
from cloud_emulator.mongo.updating import compile_update
from cloud_emulator.sdk.errors import CONFLICT, GONE, SdkError
from cloud_emulator.store.database import Collection, Database
from cloud_emulator.store.indexes import DuplicateKeyError
from cloud_emulator.store.rows import Row
from cloud_emulator.store.texts import prepared
from cloud_emulator.store.writing import Changes, insert_rows, remove_rows
from cloud_emulator.values import Document, Value

LIFE_MS: Final = 30_000
# Collection number and the key of the `_id`.
Key = tuple[int, bytes]


@dataclass(slots=True)
class Transaction:
    """One open transaction.

    `before` holds the texts of documents that others have changed since the start; `writes` the
    documents as this transaction wants them, None for a removed one.
    """

    ends_ms: int
    before: dict[Key, str | None] = field(default_factory=dict)
    writes: dict[Key, tuple[str, Row | None]] = field(default_factory=dict)


class Transactions:
    """The open transactions of one database; the caller holds the lock."""

    def __init__(self, database: Database) -> None:
        """Start with none open."""
        self._database = database
        self._open: dict[str, Transaction] = {}

    # -- life -------------------------------------------------------------------------------

    def start(self, now_ms: int) -> str:
        """Open a transaction and return its id."""
        for own in [own for own, item in self._open.items() if now_ms >= item.ends_ms]:
            self._close(own)
        own = secrets.token_hex(16)
        self._open[own] = Transaction(now_ms + LIFE_MS)
        self._database.watch = self._changed
        return own

    def get(self, own: Value, now_ms: int) -> Transaction:
        """Return an open transaction; raise SdkError for an unknown, ended or too old one."""
        transaction = self._open.get(own) if own.__class__ is str else None
        if transaction is not None and now_ms >= transaction.ends_ms:
            self._close(own)
            transaction = None
        if transaction is None:
            raise SdkError(
                GONE,
                "[FailedOperation] the transaction has ended: it was committed, aborted by "
                f"rollback or by an error, or older than {LIFE_MS // 1000} s; start a new one",
            )
        return transaction

    def abort(self, own: str) -> None:
        """Forget a transaction and its writes."""
        self._close(own)

    def commit(self, own: str, now_ms: int) -> None:
        """Write all or nothing; raise SdkError if another one was faster with a document."""
        transaction = self.get(own, now_ms)
        self._close(own)
        for at, text in transaction.before.items():
            if at in transaction.writes and self._text(transaction.writes[at][0], at) != text:
                raise _conflict()
        if not transaction.writes:
            return
        try:
            with self._database.writing():
                for at, (name, row) in sorted(
                    transaction.writes.items(),
                    key=lambda item: item[1][1] is not None,
                ):
                    self._apply(self._database.collection(name), at, row)
        except DuplicateKeyError:
            # Looked at when it was written: so the other document has come since.
            raise _conflict() from None

    def _close(self, own: str) -> None:
        self._open.pop(own, None)
        if not self._open:
            self._database.watch = None

    def _changed(self, number: int, own_id: Value, text: str | None) -> None:
        """Keep the former text of a document that is about to change."""
        at = (number, key(own_id))
        for transaction in self._open.values():
            transaction.before.setdefault(at, text)

    def _apply(self, collection: Collection, at: Key, row: Row | None) -> None:
        seq = self._seq(collection, at)
        if row is None:
            if seq is not None:
                remove_rows(self._database, collection, [seq])
        elif seq is None:
            _, refused = insert_rows(self._database, collection, [row])
            if refused is not None:
                raise refused
        else:
            changes = Changes(self._database, collection)
            changes.replace(seq, row.document)
            changes.flush()

    # -- documents --------------------------------------------------------------------------

    def read(self, transaction: Transaction, name: str, own_id: Value) -> Row | None:
        """Return a document as this transaction sees it."""
        collection = self._database.collection(name)
        at = (collection.id, key(own_id))
        if at in transaction.writes:
            return transaction.writes[at][1]
        if at in transaction.before:
            text = transaction.before[at]
            return None if text is None else Row(text)
        seq = self._seq(collection, at)
        return None if seq is None else self._database.row(seq)

    def insert(
        self, transaction: Transaction, name: str, own_id: Value, document: Document
    ) -> None:
        """Add a document; raise DuplicateKeyError where it would meet another one."""
        self._put(transaction, name, "Insert", _prepared("Insert", document, own_id))

    def replace(
        self, transaction: Transaction, name: str, own_id: Value, document: Document
    ) -> tuple[int, bool]:
        """Replace or add a document: (changed, added)."""
        row = _prepared("Update", document, own_id)
        old = self.read(transaction, name, own_id)
        self._put(transaction, name, "Update", row)
        return (0 if old is None else int(old.text != row.text)), old is None

    def update(self, transaction: Transaction, name: str, own_id: Value, update: Document) -> int:
        """Change a document by operators and return how many really changed."""
        try:
            compiled = compile_update(update)
            old = self.read(transaction, name, own_id)
            if old is None:
                return 0
            row = prepared(compiled.apply(old.document), old.document["_id"])
        except QueryError as error:
            raise database_error("Update", str(error)) from None
        if row.text == old.text:
            return 0
        self._put(transaction, name, "Update", row)
        return 1

    def remove(self, transaction: Transaction, name: str, own_id: Value) -> int:
        """Remove a document and return how many there were."""
        if self.read(transaction, name, own_id) is None:
            return 0
        number = self._database.collection(name).id
        transaction.writes[number, key(own_id)] = (name, None)
        return 1

    def _put(self, transaction: Transaction, name: str, action: str, row: Row) -> None:
        collection = self._database.collection(name)
        own_id = row.document["_id"]
        if action == "Insert" and self.read(transaction, name, own_id) is not None:
            raise DuplicateKeyError(action, name, collection.id_index, row.document)
        at = (collection.id, key(own_id))
        self._check_unique(transaction, collection, action, at, row)
        # The last write counts for the order of the commit, too.
        transaction.writes.pop(at, None)
        transaction.writes[at] = (name, row)

    def _check_unique(
        self,
        transaction: Transaction,
        collection: Collection,
        action: str,
        at: Key,
        row: Row,
    ) -> None:
        """Refuse a document that meets another one in a unique index, as far as can be seen."""
        others = [
            written.document
            for other, (_, written) in transaction.writes.items()
            if other[0] == collection.id and other != at and written is not None
        ]
        for index in collection.indexes[1:]:
            if not index.unique:
                continue
            keys = index.entries(row.document)[0]
            stored = self._database.holders(index, keys).values()
            met = [key(self._database.row(seq).document["_id"]) for seq in stored]
            taken = any(
                own != at[1] and (collection.id, own) not in transaction.writes for own in met
            ) or any(not set(keys).isdisjoint(index.entries(other)[0]) for other in others)
            if taken:
                raise DuplicateKeyError(action, collection.name, index, row.document)

    def _seq(self, collection: Collection, at: Key) -> int | None:
        return self._database.holders(collection.id_index, [at[1]]).get(at[1])

    def _text(self, name: str, at: Key) -> str | None:
        seq = self._seq(self._database.collection(name), at)
        return None if seq is None else self._database.row(seq).text


def _prepared(action: str, document: Document, own_id: Value) -> Row:
    try:
        return prepared(document, own_id)
    except QueryError as error:
        raise database_error(action, str(error)) from None


def _conflict() -> SdkError:
    return SdkError(
        CONFLICT,
        "[FailedOperation] write conflict: another request changed a document of this transaction "
        "before it was committed; run the transaction again",
    )
