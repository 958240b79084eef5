"""Log lines that can only carry fields from a short list.

A name, an ID, a phone number, a token or a statement cannot get into a line, because a field that
is not on the list is dropped. Events are fixed English texts; the numbers and ids stand in fields.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

SAFE_FIELDS = frozenset(
    {
        "added", "adopted", "batch", "calls", "case", "class", "code", "collection", "dead",
        "decided", "endpoint", "exit", "held", "letters", "ms", "n", "notified", "pulled",
        "requeued", "rev", "seconds", "skipped", "state", "step", "town", "tries", "where",
        "written",
    }
)  # fmt: skip

_SECRET_IN_URL = re.compile(r"((?:access_token|secret)=)[^&\s\"']+")


def log(logger: logging.Logger, level: int, event: str, **fields: object) -> None:
    """Write one line: a fixed event and allow-listed fields (ids, counts, classes)."""
    if logger.isEnabledFor(level):
        safe = {name: value for name, value in fields.items() if name in SAFE_FIELDS}
        text = " ".join(f"{name}={value}" for name, value in safe.items())
        logger.log(
            level, "%s%s", event, f" {text}" if text else "", extra={"event": event, "fields": safe}
        )


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, event and the allow-listed fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception is named by its type only."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", None) or record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


class _HideSecrets(logging.Filter):
    """Takes tokens out of the HTTP library's own debug lines, which print whole URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if _SECRET_IN_URL.search(message):
            record.msg, record.args = _SECRET_IN_URL.sub(r"\1…", message), ()
        return True


_hide = _HideSecrets()


def hide_secrets_of_http_library() -> None:
    """Put the filter on the HTTP library's loggers; doing it twice is doing it once."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry", "requests"):
        logging.getLogger(name).addFilter(_hide)
