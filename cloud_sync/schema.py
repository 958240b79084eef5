"""The shape of a cloud environment: collections, indexes, security rules, seed rows, kept as files.

`miniprogram_cloud/database/` is the one source; `sizhu cloud apply` brings an environment to it and
can be repeated. Security rules cannot be set over the HTTP API: they are listed as a console step.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloud_sync.ejson import decode
from cloud_sync.errors import ConfigError
from cloud_sync.statement import _, db

if TYPE_CHECKING:
    from cloud_sync.client import CloudClient

DATABASE = Path(__file__).resolve().parent.parent / "miniprogram_cloud" / "database"
CHUNK = 100


@dataclass(frozen=True)
class CollectionInfo:
    """One collection: its name and what it is for."""

    name: str
    purpose: str


@dataclass(frozen=True)
class Schema:
    """Everything the files say: rows in EJSON, indexes as bodies for `updateindex`."""

    collections: tuple[CollectionInfo, ...]
    indexes: dict[str, list[dict[str, Any]]]
    security: dict[str, str]
    seed: dict[str, list[dict[str, Any]]]


@dataclass
class SchemaReport:
    """What one `apply` did."""

    created: list[str] = field(default_factory=list)
    present: int = 0
    indexes: int = 0
    seeded: int = 0
    kept: int = 0
    differing: int = 0
    console_steps: list[tuple[str, list[str]]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON Lines file, still in EJSON."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_schema(directory: Path = DATABASE) -> Schema:
    """Read the files of `directory`; raises ConfigError where they are missing."""
    try:
        described = json.loads((directory / "collections.json").read_text(encoding="utf-8"))
        indexes = json.loads((directory / "indexes.json").read_text(encoding="utf-8"))
    except OSError:
        raise ConfigError(
            "The database files are missing: run from a complete clone or installation of Sizhu, "
            "which holds miniprogram_cloud/database/."
        ) from None
    return Schema(
        collections=tuple(CollectionInfo(row["name"], row["purpose"]) for row in described),
        indexes=indexes,
        security={
            path.stem: " ".join(path.read_text(encoding="utf-8").split())
            for path in sorted((directory / "security").glob("*.json"))
        },
        seed={path.stem: read_rows(path) for path in sorted((directory / "seed").glob("*.jsonl"))},
    )


def apply_schema(client: CloudClient, schema: Schema) -> SchemaReport:
    """Bring the environment of `client` to `schema`; what the town changed in seed rows stays."""
    report = SchemaReport()
    existing = set(client.collections())
    for item in schema.collections:
        if item.name in existing:
            report.present += 1
        else:
            client.collection_add(item.name)
            report.created.append(item.name)
    for name, indexes in schema.indexes.items():
        client.update_index(name, create=indexes)
        report.indexes += len(indexes)
    for name, rows in schema.seed.items():
        _seed(client, name, rows, report)
    by_rules: dict[str, list[str]] = {}
    for name, rules in schema.security.items():
        by_rules.setdefault(rules, []).append(name)
    report.console_steps = list(by_rules.items())
    return report


def _seed(client: CloudClient, name: str, rows: list[dict[str, Any]], report: SchemaReport) -> None:
    wanted = {row["_id"]: decode(json.dumps(row)) for row in rows}
    ids = list(wanted)
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        query = db.collection(name).where({"_id": _.in_(chunk)}).limit(CHUNK)
        found |= {document["_id"]: document for document in client.query(query.get())}
    report.kept += len(found)
    report.differing += sum(found[key] != wanted[key] for key in found)
    missing = [document for key, document in wanted.items() if key not in found]
    for start in range(0, len(missing), CHUNK):
        client.add(db.collection(name).add(missing[start : start + CHUNK]))
    report.seeded += len(missing)
