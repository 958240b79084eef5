"""Errors as the SDK reads them: a code word and a message, `{code, message, requestId}`.

The SDK turns the word into a number by its own table and puts the table's text before the message,
so the message leaves that text out. A word that it does not know becomes -501001.
"""

import secrets
from typing import Final

from cloud_emulator.errors import CloudError
from cloud_emulator.values import Document

_WORDS: Final = {
    -501000: "INVALIID_ENV",  # the SDK's own spelling
    -501001: "SYS_ERR",
    -501002: "SERVER_TIMEOUT",
    -501003: "EXCEED_REQUEST_LIMIT",
    -501004: "EXCEED_CONCURRENT_REQUEST_LIMIT",
    -501005: "INVALIID_ENV",
    -501007: "INVALID_PARAM",
    -501009: "RESOURCE_NOT_INITIAL",
    -502001: "DATABASE_REQUEST_FAILED",
    -502002: "DATABASE_INVALID_OPERRATOR",
    -502003: "DATABASE_PERMISSION_DENIED",
    -502004: "DATABASE_COLLECTION_EXCEED_LIMIT",
    -502005: "DATABASE_COLLECTION_NOT_EXIST",
    -504001: "FUNCTIONS_REQUEST_FAIL",
    -504002: "FUNCTIONS_EXECUTE_FAIL",
}
_TEXTS: Final = (
    "database request fail. ",
    "database collection not exists. ",
    "functions execute fail. ",
)
CONFLICT: Final = "DATABASE_TRANSACTION_CONFLICT"
GONE: Final = "DATABASE_TRANSACTION_FAIL"
_SYSTEM: Final = -501001
_TRANSACTION: Final = -502001


class SdkError(Exception):
    """An answer with a code word of its own, such as a conflict of transactions."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the word and the sentence apart."""
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


def request_id() -> str:
    """Make the id that every answer carries."""
    return secrets.token_hex(8)


def refused(error: CloudError | SdkError) -> Document:
    """Return the answer that refuses."""
    if isinstance(error, SdkError):
        return {"requestId": request_id(), "code": error.code, "message": error.message}
    message = error.errmsg
    for text in _TEXTS:
        message = message.removeprefix(text)
    word = _WORDS.get(error.errcode, "SYS_ERR")
    return {"requestId": request_id(), "code": word, "message": message}


def errcode_of(answer: Document) -> int:
    """Return the number of an answer of either door, for the log: 0 where it went well."""
    if "code" not in answer:
        return int(answer.get("errcode", 0))
    if answer["code"] in (CONFLICT, GONE):
        return _TRANSACTION
    return next((code for code, word in _WORDS.items() if word == answer["code"]), _SYSTEM)
