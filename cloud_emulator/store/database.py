"""The SQLite file: collections, documents, index keys. One process owns it, one lock guards it.

WAL and `synchronous=FULL`: an answered write has been committed and survives a killed process.
"""

import contextlib
import errno
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from cloud_emulator.errors import database_error, missing_collection
from cloud_emulator.store.indexes import ID_INDEX, Field, Index
from cloud_emulator.store.planner import Order, Plan, Range
from cloud_emulator.store.rows import Row, RowCache
from cloud_emulator.values import Document, Value

_Item = TypeVar("_Item")
FILE_NAME: Final = "cloud.sqlite3"
_SHIFT: Final = 40
# Many keys are looked up by one statement of fixed width, the last one filled up by repetition.
_WIDTH: Final = 64
_AT_ONCE: Final = 512
_MARKS: Final = ",".join("?" * _WIDTH)
_BY_KEYS: Final = f"select k, seq from ent where x=? and k in ({_MARKS})"  # noqa: S608 - marks only
_BY_SEQS: Final = f"select seq, text from doc where seq in ({_MARKS})"  # noqa: S608 - marks only
_SCHEMA: Final = """
create table if not exists coll(id integer primary key, name text not null unique);
create table if not exists idx(id integer primary key, coll integer not null, name text not null,
  uniq integer not null, keys text not null, multi integer not null default 0, unique(coll, name));
create table if not exists doc(seq integer primary key, text text not null);
create table if not exists ent(x integer not null, k blob not null, seq integer not null,
  primary key(x, k, seq)) without rowid;
create table if not exists sent(n integer primary key, message text not null);
"""


class StoreBusyError(RuntimeError):
    """Another process works on this data folder; stop it, or name another folder."""


class Collection:
    """One collection: its number, name, indexes and the next free sequence number."""

    __slots__ = ("id", "indexes", "name", "next_seq")

    def __init__(self, number: int, name: str, next_seq: int, indexes: list[Index]) -> None:
        """Hold what is on disk; `Database` keeps it in step."""
        self.id = number
        self.name = name
        self.next_seq = next_seq
        self.indexes = indexes

    @property
    def bounds(self) -> tuple[int, int]:
        """Sequence numbers of this collection: from, to before."""
        return self.id << _SHIFT, (self.id + 1) << _SHIFT

    @property
    def id_index(self) -> Index:
        """The unique index on `_id`, always the first."""
        return self.indexes[0]


class Database:
    """Documents and keys on one SQLite connection; the caller holds the lock."""

    def __init__(self, folder: Path | None) -> None:
        """Open or create the file in `folder`, or a database in memory.

        Raises StoreBusyError if another process has the file open, OSError if it is no database.
        """
        target = ":memory:"
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            target = str(folder / FILE_NAME)
        self._sql = sqlite3.connect(
            target, isolation_level=None, check_same_thread=False, timeout=0
        )
        try:
            # An exclusive lock that the system frees when the process dies, on every platform.
            self._sql.execute("pragma locking_mode=exclusive")
            self._sql.execute("pragma journal_mode=wal")
            self._sql.execute("pragma synchronous=full")
            self._sql.execute("pragma cache_size=-65536")
            self._sql.execute("begin immediate")
            self._sql.execute("commit")
            self._sql.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._sql.close()
            if "locked" in str(error):
                raise StoreBusyError(
                    f"the data folder {folder} is in use by another emulator: stop that one, "
                    "or start this one with another --data folder",
                ) from None
            raise OSError(
                errno.EIO,
                f"{FILE_NAME} cannot be opened as a database of this emulator: move it away",
            ) from error
        self.cache = RowCache()
        self._touched: set[int] = set()
        # Told before a document changes: its collection's number, its `_id`, its text or None.
        self.watch: Callable[[int, Value, str | None], None] | None = None
        self.collections: dict[str, Collection] = {}
        self._load()

    def close(self) -> None:
        """Close the file."""
        self._sql.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Run one write transaction; an exception inside undoes it, cached rows included."""
        self._touched.clear()
        self._sql.execute("begin immediate")
        try:
            yield
            self._sql.execute("commit")
        except BaseException as error:
            self._sql.execute("rollback")
            for seq in self._touched:
                self.cache.drop(seq)
            self._load()
            if isinstance(error, UnicodeEncodeError):
                # Found by SQLite itself, which spares a look at every text.
                raise database_error("Write", "half a surrogate pair is no text") from None
            raise

    # -- collections and indexes ------------------------------------------------------------

    def _load(self) -> None:
        self.collections = {}
        for number, name in self._sql.execute("select id, name from coll order by id"):
            indexes = [
                Index(
                    own,
                    label,
                    bool(uniq),
                    tuple(Field(p, d) for p, d in json.loads(keys)),
                    multi > 0,
                )
                for own, label, uniq, keys, multi in self._sql.execute(
                    "select id, name, uniq, keys, multi from idx where coll=? order by id",
                    (number,),
                )
            ]
            first, end = number << _SHIFT, (number + 1) << _SHIFT
            (last,) = self._sql.execute(
                "select max(seq) from doc where seq>=? and seq<?",
                (first, end),
            ).fetchone()
            next_seq = first if last is None else last + 1
            self.collections[name] = Collection(number, name, next_seq, indexes)

    def collection(self, name: str) -> Collection:
        """Return a collection or raise CloudError -502005."""
        found = self.collections.get(name)
        if found is None:
            raise missing_collection(name)
        return found

    def add_collection(self, name: str) -> Collection:
        """Make a collection with its `_id` index."""
        number = self._sql.execute("insert into coll(name) values(?)", (name,)).lastrowid or 0
        collection = Collection(number, name, number << _SHIFT, [])
        self.collections[name] = collection
        self.add_index(collection, ID_INDEX, unique=True, fields=(Field("_id", 1),))
        return collection

    def drop_collection(self, collection: Collection) -> None:
        """Remove a collection with all it holds."""
        self.clear_collection(collection)
        self._sql.execute("delete from idx where coll=?", (collection.id,))
        self._sql.execute("delete from coll where id=?", (collection.id,))
        del self.collections[collection.name]

    def clear_collection(self, collection: Collection) -> None:
        """Remove every document of a collection."""
        for index in collection.indexes:
            self._sql.execute("delete from ent where x=?", (index.id,))
        self._sql.execute("delete from doc where seq>=? and seq<?", collection.bounds)
        self.cache.clear()

    def add_index(
        self,
        collection: Collection,
        name: str,
        *,
        unique: bool,
        fields: tuple[Field, ...],
    ) -> Index:
        """Register an index; its keys are the caller's to write."""
        keys = json.dumps([[own.path, own.direction] for own in fields])
        number = self._sql.execute(
            "insert into idx(coll, name, uniq, keys) values(?,?,?,?)",
            (collection.id, name, unique, keys),
        ).lastrowid
        index = Index(number or 0, name, unique, fields)
        collection.indexes.append(index)
        return index

    def drop_index(self, collection: Collection, index: Index) -> None:
        """Remove an index and its keys."""
        self._sql.execute("delete from ent where x=?", (index.id,))
        self._sql.execute("delete from idx where id=?", (index.id,))
        collection.indexes.remove(index)

    def mark_multi(self, index: Index) -> None:
        """Remember that the index has met an array."""
        if not index.multi:
            index.multi = True
            self._sql.execute("update idx set multi=1 where id=?", (index.id,))

    # -- documents --------------------------------------------------------------------------

    def row(self, seq: int) -> Row:
        """Return a document's row, from the cache if it is there."""
        return self.cache.get(seq) or self.rows([seq])[0]

    def rows(self, seqs: list[int]) -> list[Row]:
        """Return the rows of documents in the order asked for."""
        get = self.cache.get
        found = {seq: row for seq in seqs if (row := get(seq)) is not None}
        for chunk in _chunks([seq for seq in seqs if seq not in found]):
            for seq, text in self._sql.execute(_BY_SEQS, chunk):
                found[seq] = row = Row(text)
                self.cache.put(seq, row)
        return [found[seq] for seq in seqs]

    def documents(self, seqs: list[int]) -> Iterator[Document]:
        """Yield parsed documents, a bounded number at a time in memory."""
        for at in range(0, len(seqs), _AT_ONCE):
            for row in self.rows(seqs[at : at + _AT_ONCE]):
                yield row.document

    def put_documents(self, rows: list[tuple[int, Row]], *, new: bool) -> None:
        """Write document texts."""
        self._touched.update(seq for seq, _ in rows)
        if self.watch is not None:
            for seq, row in rows:
                before = None if new else self.row(seq).text
                self.watch(seq >> _SHIFT, row.document["_id"], before)
        if new:
            self._sql.executemany(
                "insert into doc(seq, text) values(?,?)",
                [(seq, row.text) for seq, row in rows],
            )
        else:
            self._sql.executemany(
                "update doc set text=? where seq=?",
                [(row.text, seq) for seq, row in rows],
            )
        for seq, row in rows:
            self.cache.put(seq, row)

    def delete_documents(self, seqs: list[int]) -> None:
        """Remove document texts."""
        self._touched.update(seqs)
        if self.watch is not None:
            for seq, row in zip(seqs, self.rows(seqs), strict=True):
                self.watch(seq >> _SHIFT, row.document["_id"], row.text)
        self._sql.executemany("delete from doc where seq=?", [(seq,) for seq in seqs])
        for seq in seqs:
            self.cache.drop(seq)

    def put_entries(self, entries: list[tuple[int, bytes, int]]) -> None:
        """Write index keys: (index, key, document)."""
        self._sql.executemany("insert into ent(x, k, seq) values(?,?,?)", entries)

    def delete_entries(self, entries: list[tuple[int, bytes, int]]) -> None:
        """Remove index keys."""
        self._sql.executemany("delete from ent where x=? and k=? and seq=?", entries)

    def holders(self, index: Index, keys: list[bytes]) -> dict[bytes, int]:
        """Return which of the keys are there, each with a document that has it."""
        return dict(self._by_keys(index, keys))

    def _by_keys(self, index: Index, keys: list[bytes]) -> Iterator[tuple[bytes, int]]:
        for chunk in _chunks(keys):
            yield from self._sql.execute(_BY_KEYS, [index.id, *chunk])

    # -- reading by plan --------------------------------------------------------------------

    def all_seqs(self, collection: Collection) -> list[int]:
        """Return every document of a collection in the order of insertion."""
        rows = self._sql.execute(
            "select seq from doc where seq>=? and seq<? order by seq",
            collection.bounds,
        )
        return [seq for (seq,) in rows]

    def count(self, plan: Plan, cap: int | None = None) -> int:
        """Count the keys in a plan's ranges, to `cap` at most if one is given."""
        if plan.whole_keys and cap is None:
            return sum(1 for _ in self._by_keys(plan.index, [item.low for item in plan.ranges]))
        total = 0
        for item in plan.ranges:
            total += self._count(plan.index.id, item, cap)
            if cap is not None and total >= cap:
                break
        return total

    def _count(self, index: int, item: Range, cap: int | None) -> int:
        if cap is None:
            statement = "select count(*) from ent where x=? and k>=? and k<?"
            found = self._sql.execute(statement, (index, item.low, item.high)).fetchone()
        else:
            statement = (
                "select count(*) from (select 1 from ent where x=? and k>=? and k<? limit ?)"
            )
            found = self._sql.execute(statement, (index, item.low, item.high, cap)).fetchone()
        return int(found[0])

    def seqs(self, plan: Plan) -> list[int]:
        """Return the documents of a plan, each once, in the order of insertion."""
        found: set[int] = set()
        if plan.whole_keys:
            keys = [item.low for item in plan.ranges]
            found.update(seq for _, seq in self._by_keys(plan.index, keys))
            return sorted(found)
        statement = "select seq from ent where x=? and k>=? and k<?"
        for item in plan.ranges:
            found.update(
                seq for (seq,) in self._sql.execute(statement, (plan.index.id, item.low, item.high))
            )
        return sorted(found)

    def ordered_seqs(self, plan: Plan, order: Order, limit: int) -> list[int]:
        """Return the first `limit` documents of a plan in one of the orders it gives."""
        if order.merged and len(plan.ranges) > 1:
            keyed: list[tuple[bytes, int]] = []
            for item in plan.ranges:
                keyed += [
                    (own[item.cut :], seq)
                    for own, seq in self._walk(plan.index.id, item, order, limit)
                ]
            keyed.sort(reverse=order.backwards)
            return [seq for _, seq in keyed[:limit]]
        found: list[int] = []
        for item in reversed(plan.ranges) if order.backwards else plan.ranges:
            found += [seq for _, seq in self._walk(plan.index.id, item, order, limit - len(found))]
            if len(found) >= limit:
                break
        return found

    def _walk(
        self,
        index: int,
        item: Range,
        order: Order,
        limit: int,
    ) -> Iterator[tuple[bytes, int]]:
        if order.backwards:
            statement = (
                "select k, seq from ent where x=? and k>=? and k<? "
                "order by k desc, seq desc limit ?"
            )
        else:
            statement = "select k, seq from ent where x=? and k>=? and k<? order by k, seq limit ?"
        return iter(self._sql.execute(statement, (index, item.low, item.high, limit)))

    def size(self, collection: Collection) -> int:
        """Return the characters of all texts of a collection."""
        statement = "select coalesce(sum(length(text)), 0) from doc where seq>=? and seq<?"
        return int(self._sql.execute(statement, collection.bounds).fetchone()[0])

    def index_size(self, collection: Collection) -> int:
        """Return the bytes of all keys of a collection."""
        statement = "select coalesce(sum(length(k)), 0) from ent where x=?"
        return sum(
            int(self._sql.execute(statement, (index.id,)).fetchone()[0])
            for index in collection.indexes
        )

    # -- sent messages ----------------------------------------------------------------------

    def add_sent(self, message: Value) -> None:
        """Keep one subscribe message.

        Outside a transaction, and without waiting for the disk: it survives a killed process, not
        a power cut. Thousands of sends would otherwise measure the disk of the tester.
        """
        text = json.dumps(message)
        self._sql.execute("pragma synchronous=normal")
        self._sql.execute("insert into sent(message) values(?)", (text,))
        self._sql.execute("pragma synchronous=full")

    def sent(self) -> list[Value]:
        """Return the subscribe messages in the order of sending."""
        rows = self._sql.execute("select message from sent order by n")
        return [json.loads(text) for (text,) in rows]

    def clear_sent(self) -> None:
        """Forget the subscribe messages."""
        self._sql.execute("delete from sent")


def _chunks(items: list[_Item]) -> Iterator[list[_Item]]:
    """Cut a list into parts of the fixed width, the last item repeated to fill the last part."""
    for at in range(0, len(items), _WIDTH):
        chunk = items[at : at + _WIDTH]
        yield chunk + chunk[-1:] * (_WIDTH - len(chunk))
