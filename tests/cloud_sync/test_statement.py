"""Statements are built from values: nothing a user writes can become part of the language."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_sync.statement import Operator, _, db, encode

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_plain_values_are_json_literals(value: object) -> None:
    """A value without instants and operators is written as the JSON that means the same."""
    assert json.loads(encode(value)) == value


@given(st.text())
def test_no_text_ends_its_line_or_its_quotes(text: str) -> None:
    """Quotes, newlines, U+2028 and U+2029 never reach the statement as such."""
    literal = encode({"note": text + "\u2028\u2029\n'\""})
    assert not re.search(r"[\x00-\x1f\u2028\u2029]", literal)
    assert re.fullmatch(r'\{"note":"(?:[^"\\]|\\.)*"\}', literal)


def test_an_instant_is_written_in_utc_milliseconds() -> None:
    """The zone of an instant does not change what is stored."""
    shanghai = timezone(timedelta(hours=8))
    assert encode(datetime(1970, 1, 1, 8, 0, 1, 500_999, tzinfo=shanghai)) == "new Date(1500)"
    assert encode(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == "new Date(-1)"


def test_instants_are_found_in_any_nesting() -> None:
    """An instant deep in a document does not spoil its plain neighbours."""
    at = datetime(2023, 6, 30, tzinfo=UTC)
    written = encode({"a": [{"at": at, "n": 1}], "b": 'x"y'})
    assert written == '{"a":[{"at":new Date(1688083200000),"n":1}],"b":"x\\"y"}'


def test_operators_are_written_in_the_language_of_the_cloud() -> None:
    """Operators take values, lists, other operators and whole conditions."""
    assert encode(_.in_(["a", None])) == '_.in(["a",null])'
    assert encode(_.gte("a").and_(_.lt("b"))) == '_.gte("a").and(_.lt("b"))'
    assert encode(_.not_(_.gte(""))) == '_.not(_.gte(""))'
    assert encode(_.or_([{"a": 1}, {"b": _.exists(value=False)}])) == (
        '_.or([{"a":1},{"b":_.exists(false)}])'
    )
    assert encode(_.set({"level": "town"})) == '_.set({"level":"town"})'
    assert encode(_.remove()) == "_.remove()"
    assert encode(_.sum("$delta")) == 'db.command.aggregate.sum("$delta")'


@pytest.mark.parametrize("value", [date(2023, 6, 30), {1, 2}, b"x", object(), {1: _.inc(1)}])
def test_values_without_a_literal_are_refused(value: object) -> None:
    """A civil date must be a text, and anything unknown is an error, never a guess."""
    with pytest.raises(TypeError):
        encode(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2023, 6, 30)])  # noqa: DTZ001 - that is the point
def test_values_without_a_meaning_are_refused(value: object) -> None:
    """NaN has no literal and a naive instant no place in time."""
    with pytest.raises(ValueError, match=r"naive|JSON|zone"):
        encode(value)


def test_a_chain_reads_as_the_cloud_writes_it() -> None:
    """The chain keeps the order in which it was built and ends in one terminal."""
    chain = db.collection("cases").where({"sync": "todo"}).order_by("_id").limit(5)
    statement = chain.field(("kind",)).get()
    assert statement.endpoint == "databasequery"
    assert statement.text == (
        'db.collection("cases").where({"sync":"todo"}).orderBy("_id","asc").limit(5)'
        '.field({"kind":true}).get()'
    )


def test_updates_and_adds_wrap_their_data() -> None:
    """The WeChat language wants `{data: …}` around what is written."""
    chain = db.collection("c").where({"_id": "x"})
    assert chain.update({"n": _.inc(1)}).text == (
        'db.collection("c").where({"_id":"x"}).update({"data":{"n":_.inc(1)}})'
    )
    assert db.collection("c").add([{"a": 1}]).text == 'db.collection("c").add({data:[{"a":1}]})'
    assert chain.count().endpoint == "databasecount"
    assert chain.remove().endpoint == "databasedelete"


def test_an_aggregation_chains_its_stages() -> None:
    """Stages come in the order in which they were given."""
    chain = db.collection("c").aggregate().match({"a": 1}).group({"_id": "$b", "n": _.sum(1)})
    statement = chain.sort({"_id": 1}).limit(3).end()
    assert statement.endpoint == "databaseaggregate"
    assert statement.text == (
        'db.collection("c").aggregate().match({"a":1})'
        '.group({"_id":"$b","n":db.command.aggregate.sum(1)}).sort({"_id":1}).limit(3).end()'
    )


def test_a_read_without_a_limit_is_refused() -> None:
    """The cloud's own default of ten rows would lose the others silently."""
    with pytest.raises(ValueError, match="limit"):
        db.collection("cases").where({}).get()


def test_statements_do_not_print_their_values() -> None:
    """What ends in a log or a traceback names no value."""
    assert "secret" not in repr(db.collection("c").where({"a": "secret"}).limit(1).get())
    assert "secret" not in repr(Operator('_.eq("secret")'))
