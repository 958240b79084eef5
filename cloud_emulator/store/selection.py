"""Selection: from a filter to the documents that match, by the cheapest way there is."""

from dataclasses import dataclass
from typing import Final

from cloud_emulator.mongo.matching import Filter
from cloud_emulator.mongo.sorting import SortSpec, sort_documents
from cloud_emulator.store.database import Collection, Database
from cloud_emulator.store.planner import Plan, plans, whole_index
from cloud_emulator.store.rows import Row

# Below this many candidates it is cheaper to look at the documents than at a second index.
LOOK_BELOW: Final = 64
# Reading a key of a second index costs about an eighth of looking at a document.
INTERSECT_FACTOR: Final = 8
# The same for keys that are only walked for their order, where sorting would look at all matches.
WALK_FACTOR: Final = 32
ESTIMATE_CAP: Final = 2000


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one answer, and how many documents match in all."""

    rows: list[Row]
    total: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Documents that match: their numbers, or a plan that counts and walks them exactly.

    `candidates` are plans whose ranges hold every match, too: they may have a wanted order.
    """

    collection: Collection
    seqs: list[int] | None
    plan: Plan | None
    candidates: tuple[Plan, ...] = ()

    def all(self, database: Database) -> list[int]:
        """Return the numbers of all matches in the order of insertion."""
        if self.seqs is None and self.plan is not None:
            return database.seqs(self.plan)
        return self.seqs or []

    def count(self, database: Database) -> int:
        """Count the matches."""
        if self.seqs is None and self.plan is not None:
            return database.count(self.plan)
        return len(self.seqs or [])

    def page(self, database: Database, sort: SortSpec, skip: int, limit: int | None) -> Page:
        """Return one page; without sort in the order of insertion."""
        end = None if limit is None else skip + limit
        sort = self._varying(sort)
        if sort and self.seqs is None and self.plan is not None:
            order = self.plan.order(sort)
            if order is not None:
                total = database.count(self.plan)
                most = total if end is None else end
                seqs = database.ordered_seqs(self.plan, order, most)
                return Page(database.rows(seqs[skip:end]), total)
        seqs = self.all(database)
        if not sort:
            return Page(database.rows(seqs[skip:end]), len(seqs))
        walked = self._walk(database, sort, seqs)
        if walked is None:
            return Page(_sorted(database, seqs, sort)[skip:end], len(seqs))
        return Page(database.rows(walked[skip:end]), len(seqs))

    def _varying(self, sort: SortSpec) -> SortSpec:
        """Leave out sort fields that are the same in every match."""
        if self.plan is None or self.plan.index.multi:
            return sort
        return tuple(item for item in sort if item[0] not in self.plan.constant)

    def _walk(self, database: Database, sort: SortSpec, seqs: list[int]) -> list[int] | None:
        """Order many matches by the keys of an index that has this order, if there is one."""
        if len(seqs) <= LOOK_BELOW:
            return None
        most = WALK_FACTOR * len(seqs)
        for plan in (*self.candidates, *map(whole_index, self.collection.indexes)):
            order = plan.order(sort)
            if order is not None and database.count(plan, most) < most:
                chosen = set(seqs)
                return [seq for seq in database.ordered_seqs(plan, order, most) if seq in chosen]
        return None


def _sorted(database: Database, seqs: list[int], sort: SortSpec) -> list[Row]:
    rows = database.rows(seqs)
    by_document = {id(row.document): row for row in rows}
    ordered = sort_documents([row.document for row in rows], sort)
    return [by_document[id(document)] for document in ordered]


def select(database: Database, collection: Collection, condition: Filter) -> Selection:
    """Choose the documents of a collection that match."""
    if condition.complete and not condition.terms:
        return Selection(collection, None, whole_index(collection.id_index))
    candidates = tuple(plans(collection.indexes, condition))
    if not candidates:
        seqs = _matching(database, database.all_seqs(collection), condition)
        return Selection(collection, seqs, None)
    paths = {term.path for term in condition.terms}
    # A plan that leaves nothing to look at wins outright; it stands first.
    if condition.complete and paths <= candidates[0].covered:
        return Selection(collection, None, candidates[0], candidates)
    best = _cheapest(database, candidates)
    if condition.complete and paths <= best.covered:
        return Selection(collection, None, best, candidates)
    seqs, covered = _intersected(database, best, candidates)
    if condition.complete and paths <= covered:
        return Selection(collection, seqs, best, candidates)
    return Selection(collection, _matching(database, seqs, condition), None, candidates)


def _cheapest(database: Database, candidates: tuple[Plan, ...]) -> Plan:
    if len(candidates) == 1:
        return candidates[0]
    best, least = candidates[0], _estimate(database, candidates[0])
    for plan in candidates[1:]:
        if least <= 1:
            break
        estimate = _estimate(database, plan)
        if estimate < least:
            best, least = plan, estimate
    return best


def _estimate(database: Database, plan: Plan) -> int:
    known = plan.most_documents
    return database.count(plan, ESTIMATE_CAP) if known is None else known


def _intersected(
    database: Database,
    best: Plan,
    candidates: tuple[Plan, ...],
) -> tuple[list[int], set[str]]:
    """Narrow the documents of a plan by other indexes where that is cheaper than looking."""
    seqs = database.seqs(best)
    covered = set(best.covered)
    if len(seqs) <= LOOK_BELOW:
        return seqs, covered
    most = INTERSECT_FACTOR * len(seqs)
    for other in candidates:
        if other is best or other.covered <= covered or database.count(other, most) >= most:
            continue
        both = set(database.seqs(other))
        seqs = [seq for seq in seqs if seq in both]
        covered |= other.covered
    return seqs, covered


def _matching(database: Database, seqs: list[int], condition: Filter) -> list[int]:
    matches, documents = condition.matches, database.documents(seqs)
    return [seq for seq, document in zip(seqs, documents, strict=True) if matches(document)]
