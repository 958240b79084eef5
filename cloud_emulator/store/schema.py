"""Schema changes: collections and indexes made, replaced and removed."""

from cloud_emulator.errors import CloudError, database_error, parameter_error, safe_name
from cloud_emulator.store.database import Collection, Database
from cloud_emulator.store.indexes import (
    ID_INDEX,
    MAX_INDEXES,
    DuplicateKeyError,
    Field,
    read_definition,
)
from cloud_emulator.store.planner import whole_index
from cloud_emulator.values import Document, Value


def add_collection(database: Database, name: str) -> None:
    """Make a collection; CloudError -502013 if it exists."""
    if name in database.collections:
        raise CloudError(
            -502013,
            f"create collection fail. [ResourceInUse] Table exist: {safe_name(name)}",
        )
    with database.writing():
        database.add_collection(name)


def describe(database: Database) -> list[Document]:
    """Describe every collection as databasecollectionget does; sizes are those of the texts."""
    return [
        {
            "name": collection.name,
            "count": database.count(whole_index(collection.id_index)),
            "size": database.size(collection),
            "index_count": len(collection.indexes),
            "index_size": database.index_size(collection),
        }
        for collection in database.collections.values()
    ]


def update_indexes(database: Database, name: str, create: list[Value], drop: list[str]) -> None:
    """Drop, then make indexes, all or none; an identical index is left as it is.

    Raises CloudError for an unknown index to drop, a conflicting one, and E11000 where the
    documents of a new unique index have duplicates.
    """
    collection = database.collection(name)
    definitions = [read_definition(raw) for raw in create]
    with database.writing():
        for label in drop:
            own = {index.name: index for index in collection.indexes}.get(label)
            if own is None or label == ID_INDEX:
                raise database_error("Index", f"index {safe_name(label)} cannot be dropped")
            database.drop_index(collection, own)
        for label, unique, fields in definitions:
            _make_index(database, collection, label, unique=unique, fields=fields)


def replace_indexes(database: Database, name: str, definitions: list[Value]) -> None:
    """Make indexes; one of the same name or fields with another definition gives way."""
    collection = database.collection(name)
    read = [read_definition(raw) for raw in definitions]
    with database.writing():
        for label, unique, fields in read:
            for index in list(collection.indexes):
                alike = (index.name, index.unique, index.fields) == (label, unique, fields)
                rival = index.name == label or index.fields == fields
                if rival and not alike and index.name != ID_INDEX:
                    database.drop_index(collection, index)
            _make_index(database, collection, label, unique=unique, fields=fields)


def _make_index(
    database: Database,
    collection: Collection,
    label: str,
    *,
    unique: bool,
    fields: tuple[Field, ...],
) -> None:
    for index in collection.indexes:
        if (index.name, index.unique, index.fields) == (label, unique, fields):
            return
        if index.name == label or index.fields == fields:
            raise database_error(
                "Index",
                f"index {safe_name(label)} conflicts with the existing index "
                f"{safe_name(index.name)}: drop that one first",
            )
    if len(collection.indexes) >= MAX_INDEXES:
        raise parameter_error(f"a collection has {MAX_INDEXES} indexes at most: drop one first")
    index = database.add_index(collection, label, unique=unique, fields=fields)
    entries: list[tuple[int, bytes, int]] = []
    seen: set[bytes] = set()
    for seq in database.all_seqs(collection):
        document = database.row(seq).document
        keys, single = index.entries(document)
        if not single:
            database.mark_multi(index)
        if unique and not seen.isdisjoint(keys):
            raise DuplicateKeyError("Index", collection.name, index, document)
        seen.update(keys)
        entries += [(index.id, own, seq) for own in keys]
    database.put_entries(entries)
