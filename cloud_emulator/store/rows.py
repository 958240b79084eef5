"""Rows and a bounded cache of them: parsing stored text is what a scan costs."""

from typing import Final

from cloud_emulator.values import Document, decode

# About eight times as much memory once parsed.
CACHE_CHARACTERS: Final = 8_000_000


class Row:
    """One document: its text, and the parsed form once somebody needed it."""

    __slots__ = ("_document", "text")

    def __init__(self, text: str, document: Document | None = None) -> None:
        """Keep the text; `document` must be what the text says and never change."""
        self.text = text
        self._document = document

    @property
    def document(self) -> Document:
        """The parsed document, shared: read it, never write into it."""
        if self._document is None:
            self._document = decode(self.text)
        return self._document


class RowCache:
    """Rows by sequence number, oldest out first, at most `CACHE_CHARACTERS` of text."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[int, Row] = {}
        self._characters = 0

    def get(self, seq: int) -> Row | None:
        """Return the row if it is held."""
        return self._rows.get(seq)

    def put(self, seq: int, row: Row) -> None:
        """Hold a row, letting the oldest go."""
        rows = self._rows
        old = rows.pop(seq, None)
        if old is not None:
            self._characters -= len(old.text)
        rows[seq] = row
        self._characters += len(row.text)
        while self._characters > CACHE_CHARACTERS and len(rows) > 1:
            self.drop(next(iter(rows)))

    def drop(self, seq: int) -> None:
        """Forget a row."""
        row = self._rows.pop(seq, None)
        if row is not None:
            self._characters -= len(row.text)

    def clear(self) -> None:
        """Forget all."""
        self._rows.clear()
        self._characters = 0
