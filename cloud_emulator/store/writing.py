"""Writing: rows added, changed and removed together with their index keys."""

from cloud_emulator.store.database import Collection, Database
from cloud_emulator.store.indexes import DuplicateKeyError, Index
from cloud_emulator.store.rows import Row
from cloud_emulator.store.texts import rewritten
from cloud_emulator.values import Document, Value

Entry = tuple[int, bytes, int]


def insert_rows(
    database: Database,
    collection: Collection,
    rows: list[Row],
    *,
    stop: bool = True,
) -> tuple[list[Value], DuplicateKeyError | None]:
    """Add rows in order; at a duplicate stop, or leave it out. Return the ids and a refusal."""
    keyed = [_keys(database, collection, row.document) for row in rows]
    taken = {
        index.id: set(database.holders(index, [own for keys in keyed for own in keys[at]]))
        for at, index in enumerate(collection.indexes)
        if index.unique
    }
    placed: list[tuple[int, Row]] = []
    entries: list[Entry] = []
    refused: DuplicateKeyError | None = None
    for row, columns in zip(rows, keyed, strict=True):
        duplicate = _duplicate(collection, columns, taken)
        if duplicate is not None:
            refused = DuplicateKeyError("Insert", collection.name, duplicate, row.document)
            if stop:
                break
            continue
        seq = collection.next_seq
        collection.next_seq += 1
        for index, keys in zip(collection.indexes, columns, strict=True):
            entries += [(index.id, own, seq) for own in keys]
            if index.unique:
                taken[index.id].update(keys)
        placed.append((seq, row))
    database.put_documents(placed, new=True)
    database.put_entries(entries)
    return [row.document["_id"] for _, row in placed], refused


def _keys(database: Database, collection: Collection, document: Document) -> list[list[bytes]]:
    """Return the keys of a new document, index by index."""
    columns: list[list[bytes]] = []
    for index in collection.indexes:
        keys, single = index.entries(document)
        if not single:
            database.mark_multi(index)
        columns.append(keys)
    return columns


def _duplicate(
    collection: Collection,
    columns: list[list[bytes]],
    taken: dict[int, set[bytes]],
) -> Index | None:
    for index, keys in zip(collection.indexes, columns, strict=True):
        if index.unique and not taken[index.id].isdisjoint(keys):
            return index
    return None


def remove_rows(database: Database, collection: Collection, seqs: list[int]) -> None:
    """Remove documents and their keys."""
    entries = [
        (index.id, own, seq)
        for seq in seqs
        for index in collection.indexes
        for own in index.entries(database.row(seq).document)[0]
    ]
    database.delete_entries(entries)
    database.delete_documents(seqs)


class Changes:
    """Changed documents of one statement, written in one go."""

    def __init__(self, database: Database, collection: Collection) -> None:
        """Start with nothing changed."""
        self._database = database
        self._collection = collection
        self._rows: list[tuple[int, Row]] = []
        self._gone: list[Entry] = []
        self._come: list[Entry] = []
        self.modified = 0

    def replace(self, seq: int, document: Document) -> None:
        """Take a changed document; one without a difference is left alone.

        Raises DuplicateKeyError, and QueryError for a value that cannot be stored.
        """
        row = self._database.row(seq)
        text = rewritten(row.text, row.document, document)
        if text == row.text:
            return
        gone: list[Entry] = []
        come: list[Entry] = []
        for index in self._concerned(row.document, document):
            keys, single = index.entries(document)
            if not single:
                self._database.mark_multi(index)
            before = index.entries(row.document)[0]
            if keys == before:
                continue
            if index.unique:
                self._check_unique(index, keys, seq, document)
            gone += [(index.id, own, seq) for own in before if own not in keys]
            come += [(index.id, own, seq) for own in keys if own not in before]
        self._gone += gone
        self._come += come
        self._rows.append((seq, Row(text, document)))
        self.modified += 1

    def _concerned(self, old: Document, new: Document) -> list[Index]:
        # Untouched parts are shared, so identity tells which indexes are concerned.
        return [
            index
            for index in self._collection.indexes
            if any(old.get(own.parts[0]) is not new.get(own.parts[0]) for own in index.fields)
        ]

    def _check_unique(
        self,
        index: Index,
        keys: list[bytes],
        seq: int,
        document: Document,
    ) -> None:
        # The holder of a key may be among the documents of this very statement.
        self.flush()
        if set(self._database.holders(index, keys).values()) - {seq}:
            raise DuplicateKeyError("Update", self._collection.name, index, document)

    def flush(self) -> None:
        """Write what has been taken so far."""
        if self._rows:
            self._database.delete_entries(self._gone)
            self._database.put_entries(self._come)
            self._database.put_documents(self._rows, new=False)
            self._rows, self._gone, self._come = [], [], []
