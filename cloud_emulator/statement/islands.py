"""JSON islands: the parts of a statement that C's JSON reader can take whole.

A batch of documents is JSON but for its dates. `new Date(123)` is as long as `{"$d":   123}`, so
one substitution over the text keeps every position; inside a JSON string it would leave broken
JSON (a string ended by `{"`, then a `$`), which sends the reader back to the full parser.
"""

import json
import re
from typing import Final

from cloud_emulator.values import MAX_MS, Instant, Value, js_float, js_int

_DATE: Final = re.compile(r"new Date\((-?\d{1,16})\)")
_AS_JSON: Final = r'{"$d":   \1}'


def _date(pairs: dict[str, Value]) -> Value:
    if "$d" in pairs:
        ms = pairs["$d"]
        if abs(ms) > MAX_MS:
            raise ValueError("no JavaScript date")
        return Instant(ms)
    return pairs


def _no_constant(name: str) -> Value:
    raise ValueError(name)


_read = json.JSONDecoder(
    object_hook=_date,
    parse_int=js_int,
    parse_float=js_float,
    parse_constant=_no_constant,
).raw_decode


class Islands:
    """The islands of one statement."""

    def __init__(self, text: str) -> None:
        """Look once whether the text can have islands at all."""
        # With `"$` in the text, a key of the statement could be taken for our mark.
        self.usable = '"$' not in text and "\\u0024" not in text
        self._text = _DATE.sub(_AS_JSON, text) if self.usable else text

    def read(self, position: int) -> tuple[Value, int] | None:
        """Return (value, position behind it), or None where the text is no JSON."""
        try:
            return _read(self._text, position)
        except (ValueError, RecursionError, TypeError):
            return None
