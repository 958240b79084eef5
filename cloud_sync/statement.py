"""Statements of the WeChat cloud database, built from values and never from pieces of user text.

The HTTP API takes a JavaScript-like text such as `db.collection("cases").where({…}).get()`.
Source: WeChat cloud HTTP API, database pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cloud_sync.literal import Command, Operator, encode, encode_fields, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Aggregation", "Operator", "Query", "Statement", "_", "db", "encode"]

Endpoint = Literal[
    "databasequery",
    "databaseadd",
    "databaseupdate",
    "databasedelete",
    "databasecount",
    "databaseaggregate",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """A finished statement and the endpoint that takes it."""

    endpoint: Endpoint
    text: str

    def __repr__(self) -> str:
        """Hide the text: it holds values, and a repr may end in a log."""
        return f"Statement({self.endpoint!r}, {len(self.text)} characters)"


@dataclass(frozen=True, slots=True)
class Query:
    """A chain that begins with `db.collection(…)`; each method gives a longer chain."""

    text: str
    limited: bool = False

    def where(self, condition: Mapping[str, object]) -> Query:
        """Narrow to the documents that meet the condition."""
        return self._then("where", dict(condition))

    def order_by(self, field: str, direction: Literal["asc", "desc"] = "asc") -> Query:
        """Sort by a field."""
        return Query(
            f"{self.text}.orderBy({encode(field)},{encode(direction)})", limited=self.limited
        )

    def limit(self, count: int) -> Query:
        """Give at most so many documents (the cloud's own default is 10)."""
        return Query(f"{self.text}.limit({count:d})", limited=True)

    def field(self, names: Iterable[str]) -> Query:
        """Give these fields only (and `_id`)."""
        return self._then("field", dict.fromkeys(names, True))

    def get(self) -> Statement:
        """Read; raises `ValueError` without a limit, because the cloud would silently take 10."""
        if not self.limited:
            raise ValueError("A get() has no limit: add .limit(n), or ten documents come back.")
        return Statement("databasequery", f"{self.text}.get()")

    def count(self) -> Statement:
        """Count."""
        return Statement("databasecount", f"{self.text}.count()")

    def update(self, data: Mapping[str, object]) -> Statement:
        """Change all matching documents by one payload; nested documents are merged."""
        return Statement("databaseupdate", f"{self.text}.update({encode({'data': dict(data)})})")

    def remove(self) -> Statement:
        """Delete all matching documents."""
        return Statement("databasedelete", f"{self.text}.remove()")

    def add(self, documents: Sequence[Mapping[str, object]]) -> Statement:
        """Insert documents by one call."""
        # Field by field: trying the C encoder on a whole document that holds an instant would
        # write its larger part in vain.
        rows = ",".join(map(encode_fields, documents))
        return Statement("databaseadd", one_line(f"{self.text}.add({{data:[{rows}]}})"))

    def aggregate(self) -> Aggregation:
        """Begin an aggregation."""
        return Aggregation(f"{self.text}.aggregate()")

    def _then(self, method: str, argument: object) -> Query:
        return Query(f"{self.text}.{method}({encode(argument)})", limited=self.limited)


@dataclass(frozen=True, slots=True)
class Aggregation:
    """A chain of stages that begins with `db.collection(…).aggregate()`."""

    text: str

    def match(self, condition: Mapping[str, object]) -> Aggregation:
        """Keep the documents that meet the condition."""
        return self._then("match", dict(condition))

    def group(self, expression: Mapping[str, object]) -> Aggregation:
        """Fold documents by `_id`."""
        return self._then("group", dict(expression))

    def sort(self, keys: Mapping[str, int]) -> Aggregation:
        """Sort; 1 is ascending."""
        return self._then("sort", dict(keys))

    def limit(self, count: int) -> Aggregation:
        """Keep at most so many."""
        return self._then("limit", count)

    def end(self) -> Statement:
        """Finish."""
        return Statement("databaseaggregate", f"{self.text}.end()")

    def _then(self, stage: str, argument: object) -> Aggregation:
        return Aggregation(f"{self.text}.{stage}({encode(argument)})")


class Database:
    """The name `db` of the statement language."""

    __slots__ = ()

    def collection(self, name: str) -> Query:
        """Begin a chain on a collection."""
        return Query(f"db.collection({encode(name)})")


db = Database()
_ = Command()
