"""Outcomes whose names are known only at the end, spread into columns.

A rule decided row by row gives its outcome as JSON text; the batches wait in one file until all
names have been seen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import pyarrow as pa

from sizhu_rules.bulk.deciding import OUTCOME, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Output(Protocol):
    """A file that takes batches, and its name when all went well."""

    @property
    def rows(self) -> int:
        """How many rows were written."""
        ...

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Give the file its name, or take it away."""
        ...


_TYPES: Final = {bool: pa.bool_(), int: pa.int64(), str: pa.string()}


class Spread:
    """Takes batches with JSON outcomes and gives them on, at the end, as columns."""

    def __init__(
        self, path: Path, ids: pa.DataType, open_file: Callable[[pa.Schema], Output]
    ) -> None:
        """Open the file in which the batches wait."""
        self.rows = 0
        self._ids = ids
        self._open = open_file
        self._part = path.with_name(f".{path.name}.waiting.part")
        self._known = schema(ids, pa.schema([pa.field(OUTCOME, pa.string())]))
        self._plain = pa.schema([pa.field(f.name, _plain(f.type)) for f in self._known])
        self._writer = pa.ipc.new_file(self._part, self._plain)
        self._types: dict[str, pa.DataType] = {}

    def write(self, batch: pa.RecordBatch) -> None:
        """Keep rows, and remember which names their outcomes have."""
        for text in batch.column(OUTCOME).to_pylist():
            for name, value in json.loads(text).items():
                if value is not None:
                    arrow = _TYPES[type(value)]
                    known = self._types.setdefault(name, arrow)
                    if known != arrow:  # of two types: as text
                        self._types[name] = pa.string()
        self._writer.write_batch(batch.cast(self._plain))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Spread all rows into the file, unless something went wrong."""
        self._writer.close()
        try:
            if kind is None:
                self._spread()
        finally:
            self._part.unlink(missing_ok=True)

    def _spread(self) -> None:
        outcome = pa.schema([pa.field(name, self._types[name]) for name in sorted(self._types)])
        final = schema(self._ids, outcome)
        with pa.memory_map(str(self._part)) as waiting, self._open(final) as file:
            reader = pa.ipc.open_file(waiting)
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                values = [json.loads(text) for text in batch.column(OUTCOME).to_pylist()]
                spread = {
                    field.name: pa.array(
                        [_as(one.get(field.name), field.type) for one in values], field.type
                    )
                    for field in outcome
                }
                columns = [
                    spread[f.name] if f.name in spread else batch.column(f.name).cast(f.type)
                    for f in final
                ]
                file.write(pa.RecordBatch.from_arrays(columns, schema=final))
            self.rows = file.rows


def _as(value: Any, arrow: pa.DataType) -> Any:  # noqa: ANN401 - what JSON holds
    if pa.types.is_string(arrow) and value is not None and not isinstance(value, str):
        return json.dumps(value)
    return value


def _plain(arrow: pa.DataType) -> pa.DataType:
    return arrow.value_type if pa.types.is_dictionary(arrow) else arrow
