"""`sizhu replay`: a stored decision derived again from what it read, under the law it names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from cloud_sync.errors import CloudSyncError
from cloud_sync.outbox import decision_id
from cloud_sync.policies import published_releases
from cloud_sync.writes import read_by_ids
from sizhu_rules import FactError, PolicyError, ReplayError, load_policy
from sizhu_rules.replaying import again, policy_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cloud_sync.client import CloudClient
    from sizhu_rules import Policy

_SHOWN: Final = frozenset({"verdict", "adverse", "outcome", "candidates", "codes", "missing"})
"""What may be printed; of everything else, which may be about a person, only the name."""


class CannotReplayError(CloudSyncError):
    """The decision is not there, or its law is not."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out; `differences` is empty where it was the same, text aside."""

    case: str
    decision: str
    policy: dict[str, str]
    released: bool
    """Whether the law is frozen; the text at work may change under the decision."""
    differences: list[str]

    @property
    def identical(self) -> bool:
        """Whether the decision came out as it is stored."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"identical": self.identical, **asdict(self)}


def replay_case(
    client: CloudClient, case_id: str, *, rev: int | None = None, directory: Path | None = None
) -> Replayed:
    """Derive the decision about a case again (`rev` None: about the case as it stands).

    Its law is looked for in the releases shipped and overlaid, then among those published in the
    cloud. Raises `CannotReplayError`.
    """
    id_ = decision_id(case_id, _rev(client, case_id) if rev is None else rev)
    rows = read_by_ids(client, "decisions", [id_], ("decision",))
    record = _whole(rows[0].get("decision")) if rows else None
    if not isinstance(record, dict):
        raise CannotReplayError(
            f"There is no decision {id_}: see `sizhu explain --case` for what the case waits for."
        )
    policy, released = _law(client, record, directory)
    try:
        differences = list(_differences(record, again(record, policy).to_dict()))
    except (FactError, LookupError, TypeError, ValueError) as error:
        differences = [f"it cannot be read any more ({type(error).__name__})"]
    return Replayed(case_id, id_, dict(record["policy"]), released, differences)


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Undo that the cloud keeps numbers as doubles; a decision holds none but whole ones."""
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rev(client: CloudClient, case_id: str) -> int:
    found = read_by_ids(client, "cases", [case_id], ("rev",))
    if not found:
        raise CannotReplayError(
            "No case has this id: copy the `_id` from the console and try again."
        )
    rev = found[0].get("rev")
    return int(rev) if isinstance(rev, int | float) else 0


def _law(
    client: CloudClient, record: dict[str, Any], directory: Path | None
) -> tuple[Policy, bool]:
    try:
        region, digest = record["policy"]["region"], record["policy"]["digest"]
        try:
            return policy_of(record, directory=directory), True
        except ReplayError as error:
            failure = str(error)
        published = published_releases(client, region, digest)
        if published:
            return policy_of(record, directory=directory, published=published), True
        working = load_policy(f"{region}@working", directory=directory)
    except (PolicyError, LookupError, TypeError) as error:
        what = str(error) if isinstance(error, PolicyError) else "it names none"
        raise CannotReplayError(f"The law of this decision cannot be read: {what}.") from None
    if working.digest != digest:
        raise CannotReplayError(f"The law of this decision is not here: {failure}.")
    return working, False


def _differences(stored: dict[str, Any], derived: dict[str, object]) -> Iterator[str]:
    for name in dict.fromkeys((*stored, *derived)):
        if name == "text" or stored.get(name) == derived.get(name):
            continue
        if name in _SHOWN:
            yield f"{name}: stored {stored.get(name)!r}, derived {derived.get(name)!r}"
        else:
            yield f"{name}: stored and derived differ"
