"""Reading and writing many documents: in pieces, and so that doing it twice is doing it once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from cloud_sync.error_table import ErrorClass
from cloud_sync.errors import CloudError, DuplicateError, ProgramError, RefusedError, ShrinkError
from cloud_sync.statement import Operator, _, db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cloud_sync.client import CloudClient

T = TypeVar("T")
_LARGEST_PAGE = 1000
Document = dict[str, Any]


@dataclass
class Added:
    """What became of documents to add."""

    added: int = 0
    """Certainly added by these calls; after a duplicate or a lost answer there may be more."""
    refused: dict[str, CloudError] = field(default_factory=dict)
    """By `_id`: documents that the cloud takes in no company."""


def in_pieces(
    items: Sequence[T], size: Callable[[], int], work: Callable[[Sequence[T]], None]
) -> None:
    """Do the work piece by piece; a piece that is too large is done again in smaller pieces.

    Raises `ShrinkError` where even one item is too large.
    """
    start = 0
    while start < len(items):
        piece = items[start : start + size()]
        try:
            work(piece)
        except ShrinkError:
            if len(piece) == 1:
                raise
            continue
        start += len(piece)


def add_missing(client: CloudClient, collection: str, documents: Sequence[Document]) -> Added:
    """Add those documents (with deterministic ids) that do not exist yet.

    An existing one is left as it is. One that the cloud refuses is found by bisection and
    reported, and holds up no other. Raises what stops the town.
    """
    result = Added()
    in_pieces(
        documents,
        lambda: client.sizes.write,
        lambda piece: _add_piece(client, collection, piece, result),
    )
    return result


def _add_piece(
    client: CloudClient, collection: str, documents: Sequence[Document], result: Added
) -> None:
    try:
        client.add(db.collection(collection).add(documents))
    except DuplicateError as error:
        failure: CloudError = error
    except (RefusedError, ProgramError) as error:
        _bisect(client, collection, documents, result, error)
        return
    except ShrinkError as error:
        if len(documents) > 1:
            raise
        result.refused[documents[0]["_id"]] = error
        return
    else:
        result.added += len(documents)
        return
    there = existing_ids(client, collection, [document["_id"] for document in documents])
    missing = [document for document in documents if document["_id"] not in there]
    if len(missing) == len(documents):
        # Not the `_id` collides but another unique index: one of these can never be added.
        _bisect(client, collection, documents, result, failure)
    elif missing:
        _add_piece(client, collection, missing, result)


def _bisect(
    client: CloudClient,
    collection: str,
    documents: Sequence[Document],
    result: Added,
    failure: CloudError,
) -> None:
    if len(documents) == 1:
        result.refused[documents[0]["_id"]] = failure
        return
    before, middle = len(result.refused), len(documents) // 2
    for half in (documents[:middle], documents[middle:]):
        _add_piece(client, collection, half, result)
    all_refused = len(result.refused) - before == len(documents)
    if all_refused and failure.problem.error_class is ErrorClass.BUG:
        # No document at all can be written: that is no bad record but our own mistake.
        raise failure


def existing_ids(client: CloudClient, collection: str, ids: Sequence[str]) -> set[str]:
    """Return which of the ids exist."""
    return {document["_id"] for document in read_by_ids(client, collection, ids, ("_id",))}


def read_by_ids(
    client: CloudClient, collection: str, ids: Iterable[str], fields: Iterable[str]
) -> list[Document]:
    """Read documents by `_id`, these fields only, in pieces; missing ones are left out."""
    found: list[Document] = []
    names = tuple(fields)

    def read(piece: Sequence[str]) -> None:
        chain = db.collection(collection).where({"_id": _.in_(piece)}).limit(len(piece))
        found.extend(client.query(chain.field(names).get()))

    in_pieces(list(ids), lambda: client.sizes.lookup, read)
    return found


def read_all(
    client: CloudClient,
    collection: str,
    where: Mapping[str, object],
    fields: Iterable[str],
    *,
    size: Callable[[], int] | None = None,
) -> Iterator[list[Document]]:
    """Give pages of all matching documents by `_id` keyset, until a page is empty.

    Documents whose `_id` is no text are not of our making and come in no page.
    """
    names, last, most = tuple(fields), "", _LARGEST_PAGE
    while True:
        condition = _after(where, last)
        limit = min(most, size() if size else client.sizes.pull)
        chain = db.collection(collection).where(condition).order_by("_id").limit(limit)
        try:
            page = client.query(chain.field(names).get())
        except ShrinkError:
            if limit == 1:
                raise
            most = limit // 2
            continue
        if not page:
            return
        last = page[-1]["_id"]
        yield page


def read_complete(
    client: CloudClient, collection: str, where: Mapping[str, object], fields: Iterable[str]
) -> list[Document]:
    """Read all matching documents, ending as soon as the cloud's own total is reached."""
    names, last, limit = tuple(fields), "", _LARGEST_PAGE
    found: list[Document] = []
    while True:
        condition = _after(where, last) if last else where
        chain = db.collection(collection).where(condition).order_by("_id").limit(limit)
        try:
            page, total = client.query_page(chain.field(names).get())
        except ShrinkError:
            if limit == 1:
                raise
            limit //= 2
            continue
        found += page
        if not page or len(page) >= total:
            return found
        last = page[-1]["_id"]


def _after(where: Mapping[str, object], last: str) -> dict[str, object]:
    own, beyond = where.get("_id"), _.gt(last)
    return {**where, "_id": beyond.and_(own) if isinstance(own, Operator) else beyond}


def update_cases(
    client: CloudClient,
    cases: Sequence[Document],
    guard: Mapping[str, object],
    data: Mapping[str, object],
) -> int:
    """Change raw cases and count up their `_v`; return how many were modified.

    The documents must have been read with `_v`. One that is no number cannot be counted up and
    would make the cloud refuse the whole update; a missing one is for a person to notice. Both
    are left as they are.
    """
    countable = [case["_id"] for case in cases if _is_countable(case)]
    others = [case["_id"] for case in cases if not _is_countable(case)]
    modified = update_ids(client, "cases", countable, guard, {**data, "_v": _.inc(1)})
    return modified + update_ids(client, "cases", others, guard, data)


def _is_countable(case: Document) -> bool:
    version = case.get("_v")
    return isinstance(version, int | float) and not isinstance(version, bool)


def update_ids(
    client: CloudClient,
    collection: str,
    ids: Sequence[str],
    guard: Mapping[str, object],
    data: Mapping[str, object],
) -> int:
    """Change those of the documents that still meet the guard; return how many were modified.

    The guard must fail for a document that has been changed, so that a call whose answer was lost
    can be played again; the number is then a lower bound.
    """
    modified = 0

    def change(piece: Sequence[str]) -> None:
        nonlocal modified
        target: dict[str, object] = {"_id": _.in_(piece), **guard}
        modified += client.update(db.collection(collection).where(target).update(data)).modified

    in_pieces(ids, lambda: client.sizes.write, change)
    return modified
