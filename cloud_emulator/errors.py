"""Errors as the cloud answers them: a number, and a sentence that ends in the fix.

Codes and texts follow the copies of the official tables and the real answers collected in the
project's API sheet. No message carries a value from a document or a statement: collection, index
and field names, `_id` at most.
"""

import re

# Six digits in a row are rather somebody's number than part of a name.
SAFE_NAME = re.compile(r"(?!.*\d{6})[A-Za-z_$][\w$.-]{0,63}\Z", re.ASCII)


def safe_name(name: object) -> str:
    """Return a field or collection name that may stand in a message or a log, else `?`."""
    return name if isinstance(name, str) and SAFE_NAME.match(name) else "?"


class CloudError(Exception):
    """An answer with an errcode: the request was understood and refused."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        """Keep the number and the sentence apart; the server adds the `rid`."""
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg


def statement_error(hint: str) -> CloudError:
    """-602002: the statement is no query string, or ends in a call the endpoint does not take."""
    return CloudError(-602002, f"invalid query string hint: [{hint}]")


def parameter_error(hint: str) -> CloudError:
    """-501007: the statement reads well but asks for something the database API refuses."""
    return CloudError(-501007, f"invalid parameters. {hint}")


def database_error(action: str, hint: str) -> CloudError:
    """-502001: the database refused; `action` is Query, Insert, Update, Delete or the like."""
    return CloudError(-502001, f"database request fail. [FailedOperation.{action}] {hint}")


def missing_collection(name: str) -> CloudError:
    """-502005: the collection does not exist; collections are made by databasecollectionadd."""
    return CloudError(
        -502005,
        "database collection not exists. [ResourceNotFound] Db or Table not exist: "
        f"{safe_name(name)}. Please check your request, or add the collection first",
    )
