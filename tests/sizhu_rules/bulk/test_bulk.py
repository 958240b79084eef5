"""`bulk`: registers in, decisions out; what one row says it says one by one, and no row is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sizhu_rules import BulkError, DeviceFacts, FactError, decide
from sizhu_rules.bulk import bulk
from sizhu_rules.bulk.cells import cell
from sizhu_rules.bulk.deciding import ByColumn
from sizhu_rules.testing import TODAY
from tests.sizhu_rules.bulk.registers import rows_of, run, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sizhu_rules.bulk.registers import CsvRows, People, Typed

KINDS = {raw.path: raw.kind for raw in DeviceFacts.SCHEMA}


def one_by_one(facts: list[DeviceFacts]) -> list[dict[str, Any]]:
    """Decide each person alone, as rows of bulk."""
    decisions = [decide("device", one, known_on=TODAY) for one in facts]
    return [
        {
            "row_id": f"case-{number:06d}",
            "verdict": decision.verdict,
            "share": decision.outcome.get("share"),
            "personal_fen": decision.outcome.get("personal_fen"),
            "subsidy_fen": decision.outcome.get("subsidy_fen"),
            "codes": " ".join(decision.codes),
            "adverse": decision.adverse,
        }
        for number, decision in enumerate(decisions)
    ]


def test_text_and_typed_columns_say_what_each_row_says_alone(
    tmp_path: Path,
    people: People,
    csv_rows: CsvRows,
    typed_table: Typed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CSV, Parquet of text, typed Parquet, one by one: the same decisions, in the same order."""
    facts = people(11, 2_500)
    rows = csv_rows(facts)
    source = write_csv(tmp_path / "in" / "text.csv", rows)
    cells = {name: [row[name] or None for row in rows] for name in rows[0]}
    pq.write_table(pa.table(cells), tmp_path / "words.parquet")
    pq.write_table(typed_table(facts), tmp_path / "typed.parquet", row_group_size=400)
    wanted = one_by_one(facts)
    assert run(source, tmp_path / "a") == wanted
    assert run(tmp_path / "words.parquet", tmp_path / "b") == wanted
    assert run(tmp_path / "typed.parquet", tmp_path / "c") == wanted
    monkeypatch.setattr(ByColumn, "most", 97)  # batches that begin in the middle of others
    assert run(tmp_path / "typed.parquet", tmp_path / "d") == wanted


def test_the_output_names_the_policy_and_is_the_same_every_run(
    tmp_path: Path, people: People, typed_table: Typed
) -> None:
    """Rule, region, version, digest and day stand in the file; two runs write the same bytes."""
    source = tmp_path / "register.parquet"
    pq.write_table(typed_table(people(3, 800)), source, row_group_size=100)
    for target in ("a", "b"):
        run(source, tmp_path / target)
    first, second = (tmp_path / target / "register.parquet" for target in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    metadata = {k.decode(): v.decode() for k, v in pq.read_schema(first).metadata.items()}
    decision = decide("device", {}, known_on=TODAY)
    assert {key: metadata[key] for key in decision.policy} == dict(decision.policy)
    assert metadata["rule"] == "device"
    assert metadata["known_on"] == TODAY.isoformat()


MALFORMED = {
    "birth_date": ["2024-02-30", "1849-12-31", "2201-01-01", "19600101", "never", " 1960-01-01"],
    "birth_date_conflict": ["1", "yes", "True"],
    "submitted_on": ["2024-13-01", "today"],
    "household.status": ["DIBAO", "低保", "low"],
    "household.valid_to": ["never", "9999-12-31"],
    "certificate.category": ["0", "8", "1.0", "07", "４"],
    "certificate.components": [
        "4",
        "[0]",
        '[{"category": 7}]',
        '[{"grade": 1}]',
        "[1, null]",
        "{}",
    ],
    "certificate.grade": ["0", "5", "一"],
    "certificate.status": ["ok"],
    "certificate.valid_to": ["open_ended"],
    "device.class_code": ["12 22", "[1]", "x" * 41],
    "device.life_years": ["101", "-1", "never"],
    "device.allowed_categories": ["[]", "4", "[8]", "[true]", "Unlisted", '["4"]'],
    "device.cap_fen": ["1000000000001", "1e3", "-1", "12,000"],
    "device.qty": ["0", "1001", "9" * 40],
    "price_fen": ["-1", "1000000000001", "0x10", "999.99"],
    "last_delivered_on": ["open_ended", "2023-02-29"],
    "open_same_class": ["0", "FALSE", "no"],
}


def test_a_row_is_rejected_exactly_where_its_facts_are_refused(
    tmp_path: Path, people: People, csv_rows: CsvRows
) -> None:
    """The same first path, reason and fix as `from_mapping`; no value is repeated; none is lost."""
    rows = csv_rows(people(5, 1_500))
    texts = [(path, text) for path, many in MALFORMED.items() for text in many]
    for number, (path, text) in enumerate(texts):
        rows[number * 7][path] = text
        other, more = texts[number * 5 % len(texts)]
        rows[number * 7 + 3] |= {path: text, other: more}
    wanted = {}
    for number, row in enumerate(rows):
        stated = {path: cell(row[path], kind) for path, kind in KINDS.items() if row[path]}
        try:
            DeviceFacts.from_mapping(stated)
        except FactError as error:
            wanted[row["id"]] = {
                "row": number,
                "row_id": row["id"],
                "path": error.path,
                "what": error.what,
                "fix": error.fix,
            }
    assert {rows[number * 7]["id"] for number in range(len(texts))} <= wanted.keys()
    source = write_csv(tmp_path / "register.csv", rows)
    summary = bulk(source, tmp_path / "out", rule="device", known_on=TODAY)
    rejected = rows_of(tmp_path / "out" / "_rejects" / "register.parquet")
    assert rejected == list(wanted.values())
    decided = {row["row_id"] for row in rows_of(tmp_path / "out" / "register.parquet")}
    assert decided == {row["id"] for row in rows} - wanted.keys()
    assert summary.rows == len(rows) == len(decided) + summary.rejected
    text = json.dumps(rejected, ensure_ascii=False)
    words = {word for kind in KINDS.values() for word in getattr(kind, "words", ())}
    assert not [v for _, v in texts if len(v) > 6 and v not in words and v in text]


def test_typed_columns_are_judged_as_strictly_as_text(
    tmp_path: Path, people: People, typed_table: Typed
) -> None:
    """Out of bounds, outside the calendar, odd lists, unknown words, a value and a word at once."""
    table = typed_table(people(6, 40)).to_pydict()
    marks: list[tuple[str, Any]] = [
        ("certificate.category", 8),
        ("price_fen", -1),
        ("device.qty", 1001),
        ("device.allowed_categories", []),
        ("device.allowed_categories", [4, 9]),
        ("device.allowed_categories", [4, None]),
        ("certificate.components", [{"category": 2, "grade": 5}]),
        ("certificate.components", [{"category": None, "grade": 1}]),
        ("certificate.components", [None]),
        ("household.valid_to.word", "forever"),
        ("household.status", "rich"),
    ]
    for row, (name, value) in enumerate(marks):
        table[name][row] = value
    days = pa.array([-200_000, 10_000_000, *[0] * 38], pa.int32()).cast(pa.date32())
    table["device.cap_fen"][20], table["device.cap_fen.word"][20] = 5, "none"
    typed = pa.table({**typed_table(people(6, 40)).to_pydict(), **table})
    at = typed.schema.get_field_index("birth_date")
    odd = [*typed["birth_date"].to_pylist()]
    birth = pa.array([None] * 30 + odd[30:38] + [None, None], pa.date32())
    mixed = pa.concat_arrays([birth[:38], days[:2]])
    pq.write_table(typed.set_column(at, "birth_date", mixed), tmp_path / "typed.parquet")
    bulk(tmp_path / "typed.parquet", tmp_path / "out", rule="device", known_on=TODAY)
    rejected = {
        row["row"]: (row["path"], row["what"])
        for row in rows_of(tmp_path / "out" / "_rejects" / "typed.parquet")
    }
    wanted = {row: name.removesuffix(".word") for row, (name, _) in enumerate(marks)}
    wanted |= {20: "device.cap_fen", 38: "birth_date", 39: "birth_date"}
    assert {row: path for row, (path, _) in rejected.items()} == wanted
    assert rejected[20] == ("device.cap_fen", "the fact is stated twice")
    assert rejected[39] == ("birth_date", "the year cannot be right")


def test_a_dictionary_may_be_full(tmp_path: Path) -> None:
    """One byte for 256 days: each place is taken, and an absent value is still none of them."""
    days = [f"2024-{month:02d}-{day:02d}" for month in range(1, 12) for day in range(1, 25)][:256]
    full = pa.DictionaryArray.from_arrays(pa.array([*range(256), None], pa.uint8()), days)
    birth = pa.array(["1990-01-01"] * 257).dictionary_encode()
    pq.write_table(pa.table({"submitted_on": full, "birth_date": birth}), tmp_path / "r.parquet")
    *dated, undated = run(tmp_path / "r.parquet", tmp_path / "out")
    assert {row["codes"] for row in dated} == {"AGE_BELOW_60 FREE PRICE_UNKNOWN"}
    assert undated["codes"] == ""


def test_a_column_that_is_not_there_is_unknown_for_all(tmp_path: Path) -> None:
    """Even all of them: nothing is ever decided by a default."""
    pq.write_table(pa.table({"x_number": [1, 2, 3]}), tmp_path / "none.parquet")
    write_csv(tmp_path / "few.csv", [{"submitted_on": "2024-06-01", "birth_date": "1990-01-01"}])
    empty = decide("device", {}, known_on=TODAY)
    rows = run(tmp_path / "none.parquet", tmp_path / "out")
    assert [row["row_id"] for row in rows] == [0, 1, 2]
    assert {row["verdict"] for row in rows} == {empty.verdict} == {"needs_facts"}
    (row,) = run(tmp_path / "few.csv", tmp_path / "other")
    assert (row["share"], row["codes"]) == ("0", "AGE_BELOW_60 FREE PRICE_UNKNOWN")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"birth_dat": ["1990-01-01"]}, "did you mean 'birth_date'?"),
        ({"zzz": ["1"]}, "name it x_… so that it is passed over"),
        ({"citizen_id": ["330299196311200015"]}, "write birth_date instead"),
        ({"birth_date.word": ["never"]}, "no fact is named 'birth_date.word'"),
        ({"price_fen": [1.5]}, "'price_fen' cannot be told from a column of double"),
        ({"open_same_class": [1]}, "write booleans"),
        ({"household.valid_to.word": [1]}, "'household.valid_to.word' holds no text"),
        ({"id": [1.5]}, "'id' is neither a number nor text"),
        ({"village_id": [[1]]}, "'village_id' is neither a number nor text; write it as text"),
    ],
)
def test_a_column_that_cannot_be_read_is_refused_before_anything_is(
    tmp_path: Path, columns: dict[str, list[Any]], sentence: str
) -> None:
    """With the name, the near match and the fix; no folder is made, no value repeated."""
    pq.write_table(pa.table(columns), tmp_path / "odd.parquet")
    with pytest.raises(BulkError) as caught:
        bulk(tmp_path / "odd.parquet", tmp_path / "out", rule="device", known_on=TODAY)
    assert sentence in str(caught.value)
    assert "330299196311200015" not in str(caught.value)
    assert not (tmp_path / "out").exists()
