"""The facts that cases name: persons, households, the catalogue and earlier cases.

Only what a rule reads is fetched. A malformed document poisons the cases that need it and no
other; an absent one is an absent fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from pydantic import ValidationError

from cloud_sync.records.base import PLAUSIBLE_YEARS, Record, RecordError, describe
from cloud_sync.records.case import DELIVERED_STATUSES, OPEN_STATUSES
from cloud_sync.records.person import (
    CATALOGUE_FIELDS,
    HOUSEHOLD_FIELDS,
    PERSON_FIELDS,
    DeviceClass,
    Household,
    Person,
)
from cloud_sync.statement import _
from cloud_sync.writes import in_pieces, read_by_ids, read_complete
from sizhu_rules.facts.calendar import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from cloud_sync.client import CloudClient
    from cloud_sync.records.case import Case

R = TypeVar("R", bound=Record)

_MOST_MERGES = 5
_PRIOR_FIELDS: Final = ("personId", "status", "submittedAt", "data.classCode", "log.at", "log.to")


@dataclass(frozen=True, slots=True)
class History:
    """What earlier cases say of one person and one device class."""

    last_delivered_on: date | Literal["never"] | None
    """None where a delivery stands without its day."""
    open_same_class: bool | None


@dataclass(frozen=True, slots=True)
class _Prior:
    id: str
    class_code: str | None
    status: str
    submitted_at: datetime | None
    delivered_on: date | None


class FactSource:
    """Look-ups of one run."""

    def __init__(self, client: CloudClient) -> None:
        """Begin with an empty cache."""
        self._client = client
        self._persons: dict[str, Person | RecordError | None] = {}
        self._households: dict[str, Household | RecordError | None] = {}
        self._classes: dict[str, DeviceClass | RecordError | None] = {}
        self._priors: dict[str, list[_Prior]] = {}
        self._villages: set[str] | None = None

    def prepare(
        self, *, persons: Iterable[str], applicants: Iterable[str], classes: Iterable[str]
    ) -> None:
        """Fetch what a batch names: persons, and for applicants also household and history.

        People are read anew for each batch, after its cases: who changes a person raises `rev`, so
        an older reading must never meet a newer `rev`. Catalogue and villages stay for the run.
        """
        self._persons, self._households, self._priors = {}, {}, {}
        asked = dict.fromkeys(applicants)
        self._fetch(self._persons, "persons", {**asked, **dict.fromkeys(persons)}, Person)
        self._follow_merges()
        homes = [self.person(id_).household_id for id_ in asked if self._is_known(id_)]
        self._fetch(self._households, "households", dict.fromkeys(filter(None, homes)), Household)
        self._fetch(self._classes, "device_catalogue", dict.fromkeys(classes), DeviceClass)
        self._fetch_priors(list(asked))

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

    def history(self, case: Case, class_code: str | None) -> History:
        """Return what the person's other cases of this class say.

        An open application counts where it was submitted before this one, so that of two only the
        later is a duplicate, in whatever order they are decided. A delivery always counts.
        """
        if case.person_id is None or class_code is None:
            return History(None, None)
        others = [prior for prior in self._priors.get(case.person_id, ()) if prior.id != case.id]
        same = [prior for prior in others if prior.class_code == class_code]
        mine = (case.submitted_at, case.id)
        return History(
            last_delivered_on=_last_delivery(others, class_code),
            open_same_class=any(
                prior.submitted_at is not None
                and prior.status in OPEN_STATUSES
                and (prior.submitted_at, prior.id) < mine
                for prior in same
            ),
        )

    def is_elsewhere(self, village_id: str) -> bool:
        """Whether the village is certainly none of this town's; an empty list tells nothing."""
        if self._villages is None:
            rows = read_complete(self._client, "villages", {}, ("_id",))
            self._villages = {row["_id"] for row in rows}
        return bool(self._villages) and village_id not in self._villages

    def _is_known(self, person_id: str) -> bool:
        return not isinstance(self._persons.get(person_id), RecordError)

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

    def _fetch_priors(self, person_ids: Sequence[str]) -> None:
        for id_ in person_ids:
            self._priors[id_] = []
        in_pieces(list(person_ids), lambda: self._client.sizes.lookup, self._read_priors)

    def _read_priors(self, person_ids: Sequence[str]) -> None:
        where: dict[str, object] = {
            "kind": "device",
            "personId": _.in_(person_ids),
            "status": _.in_([*OPEN_STATUSES, *DELIVERED_STATUSES]),
        }
        for document in read_complete(self._client, "cases", where, _PRIOR_FIELDS):
            person_id = document.get("personId")
            if isinstance(person_id, str) and person_id in self._priors:
                self._priors[person_id].append(_prior(document))


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


def _prior(document: dict[str, Any]) -> _Prior:
    delivered: list[datetime] = []
    submitted, data, log = document.get("submittedAt"), document.get("data"), document.get("log")
    rows = log if isinstance(log, list) else []
    for row in rows:
        if isinstance(row, dict) and row.get("to") == "delivered":
            at = row.get("at")
            if isinstance(at, datetime) and at.year in PLAUSIBLE_YEARS:
                delivered.append(at)
    code = data.get("classCode") if isinstance(data, dict) else None
    return _Prior(
        id=document["_id"],
        class_code=code if isinstance(code, str) else None,
        status=str(document.get("status")),
        submitted_at=submitted if isinstance(submitted, datetime) else None,
        delivered_on=max(map(civil_date, delivered)) if delivered else None,
    )


def _last_delivery(others: list[_Prior], class_code: str) -> date | Literal["never"] | None:
    days = []
    for prior in others:
        if prior.class_code == class_code and prior.delivered_on:
            days.append(prior.delivered_on)
        elif prior.status in DELIVERED_STATUSES and prior.class_code in {class_code, None}:
            # Something of this class may have been delivered, on a day nobody wrote down.
            return None
    return max(days) if days else "never"
