"""Indexes: which byte keys a document has in one, and what `updateindex` may ask for."""

import itertools
from dataclasses import dataclass, field
from typing import Final

from cloud_emulator.errors import CloudError, database_error, parameter_error, safe_name
from cloud_emulator.mongo.ordering import flip, key
from cloud_emulator.mongo.paths import scalar_at, split, values_at
from cloud_emulator.mongo.sorting import element_keys
from cloud_emulator.values import Document, Value

ID_INDEX: Final = "_id_"
MAX_INDEXES: Final = 20


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an index: its path and direction, 1 or -1."""

    path: str
    direction: int
    parts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Split the path once."""
        object.__setattr__(self, "parts", split(self.path))


@dataclass(slots=True)
class Index:
    """One index of a collection; `multi` becomes true for good with the first array."""

    id: int
    name: str
    unique: bool
    fields: tuple[Field, ...]
    multi: bool = False

    def entries(self, document: Document) -> tuple[list[bytes], bool]:
        """Return the keys of a document, and whether no array took part.

        Raises CloudError for two independent arrays in one compound index, as MongoDB does.
        """
        single = b""
        for own in self.fields:
            value, scalar = (
                (document.get(own.path), document.get(own.path).__class__ is not list)
                if len(own.parts) == 1
                else scalar_at(document, own.parts)
            )
            if not scalar:
                return self._multi_entries(document), False
            single += key(value) if own.direction > 0 else flip(key(value))
        return [single], True

    def _multi_entries(self, document: Document) -> list[bytes]:
        columns: list[list[bytes]] = []
        arrays: set[str] = set()
        for own in self.fields:
            values = list(values_at(document, own.parts))
            if not scalar_at(document, own.parts)[1]:
                arrays.add(own.parts[0])
            keys = element_keys(values) or [key(None)]
            columns.append([item if own.direction > 0 else flip(item) for item in keys])
        if len(arrays) > 1:
            names = " ".join(f"[{safe_name(name)}]" for name in sorted(arrays))
            raise database_error("Insert", f"cannot index parallel arrays {names}")
        return list(dict.fromkeys(b"".join(parts) for parts in itertools.product(*columns)))

    def duplicate_key(self, document: Document) -> str:
        """Describe a duplicate: field names, and a value for `_id` only."""
        if self.name == ID_INDEX:
            own = document["_id"]
            return f'_id: "{own}"' if own.__class__ is str else f"_id: {own}"
        return ", ".join(f"{safe_name(own.path)}: ?" for own in self.fields)


class DuplicateKeyError(CloudError):
    """A unique index refused a document; errmsg has MongoDB's E11000 shape."""

    def __init__(self, action: str, collection: str, index: Index, document: Document) -> None:
        """Word it as the cloud does; clients look for `E11000`."""
        text = (
            f"E11000 duplicate key error collection: tnt-local.{safe_name(collection)} "
            f"index: {safe_name(index.name)} dup key: {{ {index.duplicate_key(document)} }}"
        )
        hint = (
            f"bulk write error: [{{{text}}}]"
            if action == "Insert"
            else f"multiple write errors: [{{write errors: [{{{text}}}]}}, {{<nil>}}]"
        )
        whole = database_error(action, hint)
        super().__init__(whole.errcode, whole.errmsg)


_DIRECTIONS: Final = {"1": 1, "-1": -1, 1: 1, -1: -1}


def read_definition(raw: Value) -> tuple[str, bool, tuple[Field, ...]]:
    """Read one entry of `create_indexes`: name, unique, fields.

    Raises CloudError (-501007) with the fix for anything else, `2dsphere` included.
    """
    if raw.__class__ is not dict:
        raise parameter_error('each index is {"name", "unique", "keys": [{"name", "direction"}]}')
    name, unique, keys = raw.get("name"), raw.get("unique", False), raw.get("keys")
    if name.__class__ is not str or not name or unique.__class__ is not bool:
        raise parameter_error("an index needs a name (string) and unique (true or false)")
    if keys.__class__ is not list or not keys:
        raise parameter_error(f"index {safe_name(name)} needs a nonempty list of keys")
    fields = []
    for item in keys:
        path = item.get("name") if item.__class__ is dict else None
        direction = item.get("direction") if item.__class__ is dict else None
        if path.__class__ is not str or not path or "" in split(path):
            raise parameter_error(f"a key of index {safe_name(name)} needs the name of a field")
        if direction.__class__ not in (str, int) or direction not in _DIRECTIONS:
            raise parameter_error(
                f'the direction of a key of index {safe_name(name)} must be "1" or "-1" '
                "(2dsphere is not part of this emulator)",
            )
        fields.append(Field(path, _DIRECTIONS[direction]))
    return name, unique, tuple(fields)
