"""Sort keys: arrays stand by their least element ascending, by their greatest descending."""

from cloud_emulator.mongo.ordering import EMPTY_ARRAY, flip, key
from cloud_emulator.mongo.paths import scalar_at, split, values_at
from cloud_emulator.values import Document, Value

SortSpec = tuple[tuple[str, int], ...]


def element_keys(values: list[Value]) -> list[bytes]:
    """Return the keys under which an index or a sort sees these values: arrays by element."""
    found: list[bytes] = []
    for value in values:
        if value.__class__ is not list:
            found.append(key(value))
        elif not value:
            found.append(EMPTY_ARRAY)
        else:
            found += map(key, value)
    return found


def field_key(document: Document, parts: tuple[str, ...], direction: int) -> bytes:
    """Return the key of one field for one direction; descending keys are complemented."""
    value, single = scalar_at(document, parts)
    if single:
        own = key(value)
    else:
        keys = element_keys(list(values_at(document, parts))) or [key(None)]
        own = min(keys) if direction > 0 else max(keys)
    return own if direction > 0 else flip(own)


def sort_documents(documents: list[Document], spec: SortSpec) -> list[Document]:
    """Sort stably by the fields of the spec."""
    fields = [(split(path), direction) for path, direction in spec]

    def whole(document: Document) -> tuple[bytes, ...]:
        return tuple(field_key(document, parts, direction) for parts, direction in fields)

    return sorted(documents, key=whole)
