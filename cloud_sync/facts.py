"""The facts that cases name: persons, households, the catalogue and earlier cases.

Only what a rule reads is fetched. A malformed document poisons the cases that need it and no
other; an absent one is an absent fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from cloud_sync.history import PRIOR_FIELDS, PRIOR_STATUSES, Prior, prior_of
from cloud_sync.records.base import Record, RecordError, describe
from cloud_sync.records.person import (
    CATALOGUE_FIELDS,
    HOUSEHOLD_FIELDS,
    PERSON_FIELDS,
    DeviceClass,
    Household,
    Person,
)
from cloud_sync.statement import _
from cloud_sync.visits import Spans, read_spans
from cloud_sync.writes import in_pieces, read_by_ids, read_complete

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloud_sync.client import CloudClient

R = TypeVar("R", bound=Record)

_MOST_MERGES = 5


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be looked up before a case can be decided."""

    person: str | None = None
    household: bool = False
    """Whether the person's household counts as well."""
    housemates: bool = False
    """Whether everybody in the household counts, and their earlier cases too."""
    history: str | None = None
    """The kind of which earlier cases count."""
    device_class: str | None = None
    visit: tuple[str, datetime] | None = None
    """A volunteer, and when a visit began: others at that time count."""


class FactSource:
    """Look-ups of one run."""

    def __init__(self, client: CloudClient) -> None:
        """Begin with an empty cache."""
        self._client = client
        self._persons: dict[str, Person | RecordError | None] = {}
        self._households: dict[str, Household | RecordError | None] = {}
        self._classes: dict[str, DeviceClass | RecordError | None] = {}
        self._housemates: dict[str, list[Person | RecordError]] = {}
        self._priors: dict[tuple[str, str], list[Prior]] = {}
        self.visits: Spans = {}
        """Visits of the batch's volunteers around those of the batch."""
        self._villages: set[str] | None = None

    def prepare(self, needs: Sequence[Needs]) -> None:
        """Fetch what a batch names.

        People are read anew for each batch, after its cases: who changes a person raises `rev`, so
        an older reading must never meet a newer `rev`. Catalogue and villages stay for the run.
        """
        self._persons, self._households, self._housemates, self._priors = {}, {}, {}, {}
        self._fetch(self._persons, "persons", _each(need.person for need in needs), Person)
        self._follow_merges()
        homes = [self._home(need) for need in needs if need.household]
        self._fetch(self._households, "households", _each(homes), Household)
        self._fetch(
            self._classes, "device_catalogue", _each(n.device_class for n in needs), DeviceClass
        )
        self._fetch_housemates(_each(self._home(need) for need in needs if need.housemates))
        self.visits = read_spans(self._client, [need.visit for need in needs if need.visit])
        for kind in _each(need.history for need in needs):
            self._fetch_priors(kind, [need for need in needs if need.history == kind])

    def person(self, person_id: str | None) -> Person:
        """Return the person (of a merged record, the one that remains); nobody is an empty one.

        Raises `RecordError` where the record is malformed.
        """
        found = _sound(self._persons.get(person_id or ""))
        for _step in range(_MOST_MERGES):
            if found is None or found.state != "merged" or not found.merged_into:
                break
            found = _sound(self._persons.get(found.merged_into))
        return found or Person.model_construct(id=person_id or "")

    def household(self, household_id: str | None) -> Household | None:
        """Return the household, or None where there is none; raises `RecordError`."""
        return _sound(self._households.get(household_id or ""))

    def device_class(self, class_code: str | None) -> DeviceClass | None:
        """Return the catalogue row, or None where the class is not listed; raises `RecordError`."""
        return _sound(self._classes.get(class_code or ""))

    def housemates(self, person_id: str | None) -> list[Person]:
        """Return everybody of the person's household who is on the register; nobody is unknown.

        Raises `RecordError` where the record of one of them is malformed.
        """
        found = self._housemates.get(self.person(person_id).household_id or "", [])
        return [person for one in found if (person := _sound(one)) is not None]

    def priors(self, kind: str, *person_ids: str | None) -> list[Prior]:
        """Return the cases of a kind that these people have filed."""
        return [one for id_ in _each(person_ids) for one in self._priors.get((kind, id_), ())]

    def is_elsewhere(self, village_id: str) -> bool:
        """Whether the village is certainly none of this town's; an empty list tells nothing."""
        if self._villages is None:
            rows = read_complete(self._client, "villages", {}, ("_id",))
            self._villages = {row["_id"] for row in rows}
        return bool(self._villages) and village_id not in self._villages

    def _home(self, need: Needs) -> str | None:
        if isinstance(self._persons.get(need.person or ""), RecordError):
            return None
        return self.person(need.person).household_id

    def _fetch(
        self,
        cache: dict[str, R | RecordError | None],
        collection: str,
        ids: Iterable[str],
        model: type[R],
    ) -> None:
        wanted = [id_ for id_ in ids if id_ not in cache]
        if not wanted:
            return
        for document in read_by_ids(self._client, collection, wanted, _FIELDS[collection]):
            cache[document["_id"]] = _parse(document, collection, model)
        for id_ in wanted:
            cache.setdefault(id_, None)

    def _follow_merges(self) -> None:
        for _step in range(_MOST_MERGES):
            targets = [
                person.merged_into
                for person in self._persons.values()
                if isinstance(person, Person) and person.state == "merged" and person.merged_into
            ]
            missing = [id_ for id_ in targets if id_ not in self._persons]
            if not missing:
                return
            self._fetch(self._persons, "persons", dict.fromkeys(missing), Person)

    def _fetch_housemates(self, homes: Iterable[str]) -> None:
        self._housemates = {home: [] for home in homes}

        def read(piece: Sequence[str]) -> None:
            where = {"householdId": _.in_(piece)}
            for document in read_complete(self._client, "persons", where, PERSON_FIELDS):
                mates = self._housemates.get(document.get("householdId", ""))
                if mates is not None:
                    mates.append(_parse(document, "persons", Person))

        in_pieces(list(self._housemates), lambda: self._client.sizes.lookup, read)

    def _fetch_priors(self, kind: str, needs: Sequence[Needs]) -> None:
        people = dict.fromkeys(_each(need.person for need in needs))
        for need in needs:
            if need.housemates and (home := self._home(need)):
                mates = self._housemates[home]
                people |= dict.fromkeys(mate.id for mate in mates if isinstance(mate, Person))
        self._priors |= {(kind, id_): [] for id_ in people}

        def read(piece: Sequence[str]) -> None:
            statuses = list(PRIOR_STATUSES[kind])
            where = {"kind": kind, "personId": _.in_(piece), "status": _.in_(statuses)}
            for document in read_complete(self._client, "cases", where, PRIOR_FIELDS):
                found = self._priors.get((kind, str(document.get("personId"))))
                if found is not None:
                    found.append(prior_of(document))

        in_pieces(list(people), lambda: self._client.sizes.lookup, read)


_FIELDS: Final = {
    "persons": PERSON_FIELDS,
    "households": HOUSEHOLD_FIELDS,
    "device_catalogue": CATALOGUE_FIELDS,
}


def _parse(document: dict[str, Any], collection: str, model: type[R]) -> R | RecordError:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        return describe(error, where=collection)


def _sound(found: R | RecordError | None) -> R | None:
    if isinstance(found, RecordError):
        raise found
    return found


def _each(names: Iterable[str | None]) -> list[str]:
    """Return every name once, in order."""
    return list(dict.fromkeys(name for name in names if name))
