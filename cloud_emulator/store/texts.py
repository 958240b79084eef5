"""Texts of documents: written once, rewritten in place where little changed."""

from typing import Final

from cloud_emulator.mongo.operators import QueryError
from cloud_emulator.store.rows import Row
from cloud_emulator.values import MAX_DEPTH, MISSING, Document, Value, encode

MAX_SPLICES: Final = 6
MAX_ID: Final = 16 * 1024


def encoded(value: Value) -> str:
    """Write a value as text; raise QueryError for nesting or values that cannot be stored."""
    try:
        text = encode(value)
    except (TypeError, ValueError, RecursionError):
        raise QueryError("a value cannot be stored: plain JSON values and dates only") from None
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise QueryError(f"a document is nested deeper than {MAX_DEPTH} levels")
    return text


def prepared(document: Document, own_id: Value) -> Row:
    """Make a row with its `_id` first; raise QueryError unless it is a string or a number."""
    if own_id.__class__ not in (str, int, float):
        raise QueryError("_id must be a string or a number")
    if own_id.__class__ is str and len(own_id) > MAX_ID:
        raise QueryError("_id is too long")
    whole = {"_id": own_id, **document}
    whole["_id"] = own_id
    return Row(encoded(whole), whole)


def rewritten(text: str, old: Document, new: Document) -> str:
    """Return the text of `new`, cut out of the text of `old` where few top-level fields differ.

    A field that is written exactly once in the old text can be exchanged in place; anything else
    is encoded anew. The result is the same, only sooner.
    """
    if list(old) != list(new)[: len(old)]:
        return encoded(new)
    changed = [name for name, value in new.items() if old.get(name, MISSING) is not value]
    if len(changed) > MAX_SPLICES:
        return encoded(new)
    for name in changed:
        label = encode(name)
        piece = f"{label}:{_short(new[name])}"
        if name not in old:
            text = f"{text[:-1]},{piece}}}"
            continue
        # The comma keeps it apart from strings, where the quote after it would be escaped.
        before = f",{label}:{_short(old[name])}"
        at = text.find(before)
        end = at + len(before)
        if at < 0 or text[end] not in ",}" or text.find(before, at + 1) >= 0:
            return encoded(new)
        text = f"{text[:at]},{piece}{text[end:]}"
    return text


def _short(value: Value) -> str:
    """Write a value that is often a whole number or a string, which need no encoder."""
    kind = value.__class__
    if kind is int:
        return str(value)
    return encode(value) if kind is str else encoded(value)


def _depth(value: Value) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        inner: list[Value] = []
        for item in level:
            if item.__class__ is dict:
                inner += item.values()
            elif item.__class__ is list:
                inner += item
        level = inner
    return depth
