"""Transactions through the official SDK: commit, rollback, conflict, snapshot, end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cloud_emulator.sdk.conftest import Phone

SEED = (
    "const c = db.collection('mirror'); await c.add({data: [{_id: 'a', n: 1}, {_id: 'b', n: 1}]});"
)


def numbers(phone: Phone) -> dict[str, int]:
    """The `n` of every document of `mirror` by id."""
    return {row["_id"]: row["n"] for row in phone.emulator.dump()["mirror"]}


def test_a_commit_writes_everything(phone: Phone) -> None:
    """Update, set, add and remove of several documents take effect together."""
    code = f"""{SEED} return db.runTransaction(async (x) => {{
        const t = x.collection('mirror')
        const {{ data }} = await t.doc('a').get()
        await t.doc('a').update({{data: {{n: _.inc(data.n)}}}})
        await t.doc('b').remove()
        await t.doc('c').set({{data: {{n: 3}}}})
        const added = await t.add({{data: {{_id: 'd', n: 4}}}})
        return [added._id, (await t.doc('a').get()).data.n, (await c.doc('a').get()).data.n]
      }})"""
    assert phone.run(code) == ["d", 2, 1]
    assert numbers(phone) == {"a": 2, "c": 3, "d": 4}


def test_a_rollback_writes_nothing(phone: Phone) -> None:
    """`rollback(reason)` throws the reason out of runTransaction and undoes all."""
    code = f"""{SEED} return db.runTransaction(async (x) => {{
        await x.collection('mirror').doc('a').update({{data: {{n: 100}}}})
        await x.rollback('no points left')
      }}).catch((reason) => reason)"""
    assert phone.run(code) == "no points left"
    assert numbers(phone) == {"a": 1, "b": 1}


def test_an_error_in_the_callback_rolls_back(phone: Phone) -> None:
    """A thrown error leaves the data as it was and reaches the caller."""
    code = f"""{SEED} return caught(db.runTransaction(async (x) => {{
        await x.collection('mirror').doc('a').update({{data: {{n: 100}}}})
        throw new Error('changed my mind')
      }}))"""
    assert "changed my mind" in phone.run(code)["text"]
    assert numbers(phone) == {"a": 1, "b": 1}


def test_the_second_commit_over_a_document_conflicts(phone: Phone) -> None:
    """Of two interleaved transactions on one document the later commit is refused."""
    code = f"""{SEED}
      const one = await db.startTransaction(), two = await db.startTransaction()
      for (const x of [one, two]) {{
        const {{ data }} = await x.collection('mirror').doc('a').get()
        await x.collection('mirror').doc('a').update({{data: {{n: data.n + 10}}}})
      }}
      await two.collection('mirror').doc('b').update({{data: {{n: 99}}}})
      await one.commit()
      return caught(two.commit())"""
    error = phone.run(code)
    assert error["code"] == "DATABASE_TRANSACTION_CONFLICT"
    assert numbers(phone) == {"a": 11, "b": 1}


def test_run_transaction_tries_again_after_a_conflict(phone: Phone) -> None:
    """A write from outside before the commit makes the callback run once more, on fresh data."""
    code = f"""{SEED} let runs = 0
      await db.runTransaction(async (x) => {{
        const {{ data }} = await x.collection('mirror').doc('a').get()
        if (++runs === 1) await c.doc('a').update({{data: {{n: _.inc(5)}}}})
        await x.collection('mirror').doc('a').update({{data: {{n: data.n + 1}}}})
      }})
      return runs"""
    assert phone.run(code) == 2
    assert numbers(phone)["a"] == 7


def test_two_processes_count_right(phone: Phone) -> None:
    """Increments that read first, run in two processes at once, lose nothing."""
    phone.run(SEED)
    code = """return db.runTransaction(async (x) => {
        const { data } = await x.collection('mirror').doc('a').get()
        await x.collection('mirror').doc('b').get()
        await x.collection('mirror').doc('a').update({data: {n: data.n + 1}})
      })"""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: phone.run(code), range(2)))
    assert numbers(phone)["a"] == 3


def test_reads_are_those_of_the_start(phone: Phone) -> None:
    """What others change meanwhile is not seen: changed, removed and new documents alike."""
    code = f"""{SEED} const x = await db.startTransaction(), t = x.collection('mirror')
      await c.doc('a').update({{data: {{n: 50}}}})
      await c.doc('b').remove()
      await c.add({{data: {{_id: 'new', n: 1}}}})
      const seen = [(await t.doc('a').get()).data.n, (await t.doc('b').get()).data.n,
        await caught(t.doc('new').get())]
      await x.commit()
      return seen"""
    first, second, third = phone.run(code)
    assert (first, second) == (1, 1)
    assert "does not exist" in third["text"]
    assert numbers(phone) == {"a": 50, "new": 1}


def test_reading_alone_does_not_conflict(phone: Phone) -> None:
    """As in MongoDB only written documents are compared: a guard must write what it relies on."""
    code = f"""{SEED} const x = await db.startTransaction(), t = x.collection('mirror')
      await t.doc('b').get()
      await t.doc('a').update({{data: {{n: 2}}}})
      await c.doc('b').update({{data: {{n: 9}}}})
      await x.commit()"""
    phone.run(code)
    assert numbers(phone) == {"a": 2, "b": 9}


def test_a_duplicate_is_found_inside_and_ends_the_transaction(phone: Phone) -> None:
    """E11000 for `_id` and for unique fields, against the data and against own writes."""
    code = """await db.collection('things').add({data: {_id: 'a', owner: 1}})
      const found = []
      for (const rows of [[{_id: 'a', owner: 9}], [{owner: 1}], [{owner: 2}, {owner: 2}]]) {
        const x = await db.startTransaction()
        let error = null
        for (const data of rows) error = error || await caught(x.collection('things').add({data}))
        found.push(/E11000/.test(error.text), (await caught(x.commit())).code)
      }
      return [found, (await db.collection('things').count()).total]"""
    assert phone.run(code) == [[True, "DATABASE_TRANSACTION_FAIL"] * 3, 1]


def test_a_unique_field_taken_meanwhile_conflicts(phone: Phone) -> None:
    """A document that came between writing and commit is a conflict, so the retry sees it."""
    code = """let runs = 0
      const error = await caught(db.runTransaction(async (x) => {
        runs += 1
        await x.collection('things').add({data: {owner: 7}})
        if (runs === 1) await db.collection('things').add({data: {owner: 7}})
      }))
      return [runs, /E11000/.test(error.text), (await db.collection('things').count()).total]"""
    assert phone.run(code) == [2, True, 1]


def test_a_unique_value_can_move_within_a_transaction(phone: Phone) -> None:
    """Removing the holder and adding another one with its value is one change."""
    code = """await db.collection('things').add({data: {_id: 'a', owner: 1}})
      await db.runTransaction(async (x) => {
        await x.collection('things').doc('a').remove()
        await x.collection('things').add({data: {_id: 'b', owner: 1}})
      })
      return (await db.collection('things').get()).data"""
    assert phone.run(code) == [{"_id": "b", "owner": 1}]


def test_a_transaction_lives_thirty_seconds(phone: Phone) -> None:
    """After 30 s of the emulator's clock it is gone and its writes with it."""
    url = f"{phone.emulator.url}/_emu/clock"
    code = f"""{SEED} const x = await db.startTransaction()
      await x.collection('mirror').doc('a').update({{data: {{n: 5}}}})
      await fetch(input, {{method: 'POST', body: '{{"advance": 30000}}'}})
      return caught(x.commit())"""
    error = phone.run(code, url)
    assert error["code"] == "DATABASE_TRANSACTION_FAIL"
    assert "older than 30 s" in error["text"]
    assert numbers(phone) == {"a": 1, "b": 1}


def test_only_single_documents_are_allowed(phone: Phone) -> None:
    """`where` inside a transaction is refused, as the documentation says, not half supported."""
    code = f"""{SEED} const x = await db.startTransaction()
      return caught(x.collection('mirror').where({{n: 1}}).get())"""
    assert "doc(…) and add(…) only" in phone.run(code)["text"]
