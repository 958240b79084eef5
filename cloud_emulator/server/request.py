"""One request as the doors see it: JSON and statement are read once, on demand."""

import json
from functools import cached_property

from cloud_emulator.errors import CloudError, safe_name
from cloud_emulator.sdk.shapes import sdk_collection, sdk_shape
from cloud_emulator.statement.model import Statement
from cloud_emulator.statement.parser import parse
from cloud_emulator.statement.shapes import shape
from cloud_emulator.values import Document, Value


class Request:
    """A request that has been read from the socket."""

    def __init__(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Keep the parts; nothing is parsed yet."""
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.headers = headers or {}

    @cached_property
    def _json(self) -> Document | CloudError:
        if not self.body:
            return CloudError(44002, "empty post data")
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return CloudError(47001, "data format error hint: [the body is no JSON in UTF-8]")
        if found.__class__ is not dict:
            return CloudError(47001, "data format error hint: [the body must be a JSON object]")
        document: Document = found
        return document

    def json(self) -> Document:
        """Return the body as an object; raise CloudError 44002 or 47001."""
        found = self._json
        if isinstance(found, CloudError):
            raise found
        return found

    @cached_property
    def _statement(self) -> Statement | CloudError | None:
        try:
            text = self.json().get("query")
            return parse(text) if isinstance(text, str) else None
        except CloudError as error:
            return error

    def statement(self) -> Statement:
        """Return the parsed statement; raise CloudError 40101, 40097 or -602002."""
        found = self._statement
        if isinstance(found, CloudError):
            raise found
        if found is None:
            missing = "query" not in self.json()
            raise (
                CloudError(40101, "missing parameter: query")
                if missing
                else CloudError(40097, "invalid args: query must be a string")
            )
        return found

    def field(self, name: str) -> Value:
        """Return a needed field of the body; raise CloudError 40101."""
        body = self.json()
        if name not in body:
            raise CloudError(40101, f"missing parameter: {name}")
        return body[name]

    def text(self, name: str) -> str:
        """Return a needed string of the body; raise CloudError 40101 or 40097."""
        value = self.field(name)
        if not isinstance(value, str) or not value:
            raise CloudError(40097, f"invalid args: {name} must be a nonempty string")
        return value

    @property
    def shape(self) -> str | None:
        """The statement without values; None where there is none, `unreadable` for a bad one."""
        if self.path == "/admin":
            return "unreadable" if isinstance(self._json, CloudError) else sdk_shape(self._json)
        if not self.path.startswith("/tcb/database"):
            return None
        found = self._statement
        if isinstance(found, CloudError):
            return "unreadable"
        return None if found is None else shape(found)

    @property
    def collection(self) -> str | None:
        """The collection that the request is about, if it names one."""
        if self.path == "/admin":
            return None if isinstance(self._json, CloudError) else sdk_collection(self._json)
        if not self.path.startswith("/tcb/"):
            return None
        found = self._statement
        if isinstance(found, Statement):
            return safe_name(found.chain.collection)
        body = self._json
        name = None if isinstance(body, CloudError) else body.get("collection_name")
        return None if name is None else safe_name(name)
