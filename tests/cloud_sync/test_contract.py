"""What the encoder writes, the cloud's parser reads: any text, both forms of documents."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud_sync.errors import DuplicateError, ProgramError, RefusedError
from cloud_sync.statement import Statement, _, db
from cloud_sync.writes import add_missing, existing_ids, read_all, read_by_ids, update_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cloud_sync.client import CloudClient
    from tests.cloud_sync.conftest import Cloud

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
KEYS = st.text("abcdefghijklmnopqrstuvwxyz_.", min_size=1).filter(
    lambda key: not key.startswith(".") and not key.endswith(".") and ".." not in key
)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | INSTANTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@pytest.fixture(params=["plain", "canonical"])
def client(request: pytest.FixtureRequest, clouds: Callable[..., Cloud]) -> Iterator[CloudClient]:
    """A client of a cloud that answers in this form."""
    with clouds({}, ejson=request.param).client() as made:
        yield made


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=VALUES)
def test_what_is_written_is_read_back(client: CloudClient, value: Any) -> None:  # noqa: ANN401 - any value
    """Quotes, newlines, U+2028, nested instants: the document comes back as it was."""
    where = db.collection("goods").where({"_id": "x"})
    client.delete(where.remove())
    client.add(db.collection("goods").add([{"_id": "x", "value": value}]))
    (found,) = client.query(where.limit(1).field(("value",)).get())
    assert found == {"_id": "x", "value": value}
    client.update(where.update({"value": _.set(value), "n": _.inc(1)}))
    (found,) = client.query(where.limit(1).get())
    assert found == {"_id": "x", "value": value, "n": 1}


@pytest.mark.slow
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS)
def test_a_text_in_a_condition_matches_itself_only(client: CloudClient, text: str) -> None:
    """Nothing a user writes becomes part of the language."""
    collection = db.collection("goods")
    client.delete(collection.where({"name": _.exists(value=True)}).remove())
    client.add(collection.add([{"_id": "a", "name": text}, {"_id": "b", "name": text + "'"}]))
    assert client.count(collection.where({"name": text}).count()) == 1
    assert client.count(collection.where({"name": _.in_([text, text + "'"])}).count()) == 2


def test_a_statement_that_is_none_is_our_own_mistake(client: CloudClient) -> None:
    """The cloud's parse error is a bug, not a passing failure."""
    with pytest.raises(ProgramError):
        client.query(Statement("databasequery", 'db.collection("goods").where({'))


def test_a_duplicate_is_told_by_the_real_text(client: CloudClient) -> None:
    """Both `_id` and another unique index."""
    users = db.collection("users")
    client.add(users.add([{"_id": "a", "openid": "o1"}]))
    for row in ({"_id": "a", "openid": "o2"}, {"_id": "b", "openid": "o1"}):
        with pytest.raises(DuplicateError):
            client.add(users.add([row]))


def test_adding_what_is_partly_there_adds_the_rest(client: CloudClient) -> None:
    """An existing document stays as it is, whatever order the cloud works in."""
    rows = [{"_id": f"r{number}", "n": number} for number in range(250)]
    client.add(db.collection("goods").add([{"_id": "r7", "n": -7}, {"_id": "r249", "n": -1}]))
    assert add_missing(client, "goods", rows).refused == {}
    found = {row["_id"]: row["n"] for page in read_all(client, "goods", {}, ("n",)) for row in page}
    assert found == {**{row["_id"]: row["n"] for row in rows}, "r7": -7, "r249": -1}
    assert add_missing(client, "goods", rows).added == 0


def test_a_document_that_can_never_be_added_is_found(client: CloudClient) -> None:
    """Here another unique index is in its way; the other 99 are added."""
    client.add(db.collection("users").add([{"_id": "first", "openid": "o50"}]))
    rows = [{"_id": f"u{number}", "openid": f"o{number}"} for number in range(100)]
    result = add_missing(client, "users", rows)
    assert set(result.refused) == {"u50"}
    assert len(existing_ids(client, "users", [row["_id"] for row in rows])) == 99


def test_an_update_that_cannot_apply_is_refused(client: CloudClient) -> None:
    """Counting up a text is the document's fault, not a passing failure."""
    client.add(db.collection("goods").add([{"_id": "x", "n": "one"}]))
    with pytest.raises(RefusedError):
        update_ids(client, "goods", ["x"], {}, {"n": _.inc(1)})


def test_reading_by_ids_leaves_out_what_is_not_there(client: CloudClient) -> None:
    """Many ids in pieces; only named fields come back."""
    client.add(
        db.collection("goods").add([{"_id": f"g{number}", "a": 1, "b": 2} for number in range(5)])
    )
    found = read_by_ids(client, "goods", [f"g{number}" for number in range(700)], ("a",))
    assert sorted(row["_id"] for row in found) == [f"g{number}" for number in range(5)]
    assert all(set(row) == {"_id", "a"} for row in found)


def test_pages_go_on_to_the_empty_one(client: CloudClient) -> None:
    """Every document once, in whatever sizes they come."""
    rows = [{"_id": f"g{number:03d}", "a": number} for number in range(95)]
    client.add(db.collection("goods").add(rows))
    pages = list(read_all(client, "goods", {"a": _.gte(10)}, ("a",), size=lambda: 20))
    assert [len(page) for page in pages] == [20, 20, 20, 20, 5]
    assert [row["a"] for page in pages for row in page] == list(range(10, 95))
