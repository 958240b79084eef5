"""`--diff`: only what changed, is new or is gone is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sizhu_rules import BulkError, DeviceFacts, load_policy
from sizhu_rules.bulk import bulk
from sizhu_rules.bulk.hashing import hashes, row_hashes
from sizhu_rules.testing import TODAY, amend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    People = Callable[[int, int], list[DeviceFacts]]
    Typed = Callable[[list[DeviceFacts]], pa.Table]

OPTIONS: dict[str, Any] = {"rule": "device", "known_on": TODAY}


@pytest.mark.parametrize("numbers", [False, True])
def test_only_what_differs_is_written(
    tmp_path: Path, people: People, typed_table: Typed, *, numbers: bool
) -> None:
    """Another policy, another order, rows added and rows taken away; ids are text or numbers."""
    table = typed_table(people(21, 1_000))
    if numbers:
        table = table.set_column(0, "id", pa.array(range(1_000), pa.int32()))
    source = tmp_path / "register.parquet"
    pq.write_table(table.slice(0, 900), source)
    bulk(source, tmp_path / "old", **OPTIONS)
    shuffled = table.slice(100).take(pa.array([*range(899, -1, -1)]))
    pq.write_table(shuffled, source, row_group_size=77)
    other = amend(load_policy("simen"), parameters={"device.free_age": 65})
    bulk(source, tmp_path / "new", **OPTIONS, policy=other)
    summary = bulk(source, tmp_path / "diff", **OPTIONS, policy=other, previous=tmp_path / "old")

    old, new = (
        {row["row_id"]: row for row in pq.read_table(tmp_path / name).to_pylist()}
        for name in ("old/register.parquet", "new/register.parquet")
    )
    wanted = [
        {**row, "change": "changed" if key in old else "new"}
        for key, row in new.items()
        if old.get(key) != row
    ]
    written = pq.read_table(tmp_path / "diff" / "register.parquet").to_pylist()
    assert written == wanted
    assert {row["change"] for row in written} == {"changed", "new"}
    assert 100 < len(written) < 600
    gone = pq.read_table(tmp_path / "diff" / "_gone.parquet").to_pylist()
    assert gone == [{**old[key], "change": "gone"} for key in old if key not in new]
    assert summary.gone == len(gone) == 100
    assert summary.files[0].written == len(written)


def test_the_same_run_again_has_nothing_to_write(
    tmp_path: Path, people: People, typed_table: Typed
) -> None:
    """No change, no row, no file of what is gone; and a diff is nothing to compare with."""
    source = tmp_path / "r.parquet"
    pq.write_table(typed_table(people(22, 100)), source)
    bulk(source, tmp_path / "old", **OPTIONS)
    summary = bulk(source, tmp_path / "diff", **OPTIONS, previous=tmp_path / "old")
    assert pq.read_metadata(tmp_path / "diff" / "r.parquet").num_rows == 0
    assert not (tmp_path / "diff" / "_gone.parquet").exists()
    assert (summary.gone, summary.files[0].decided) == (0, 100)
    with pytest.raises(BulkError, match="holds changes only"):
        bulk(source, tmp_path / "again", **OPTIONS, previous=tmp_path / "diff")
    with pytest.raises(BulkError, match="no run of bulk ended here"):
        bulk(source, tmp_path / "again", **OPTIONS, previous=tmp_path)
    with pytest.raises(BulkError, match="overwrite what it is compared with"):
        bulk(source, tmp_path / "old", **OPTIONS, previous=tmp_path / "old")


def test_a_rule_by_row_is_compared_as_well(tmp_path: Path) -> None:
    """Outcome columns that only one of the two runs has count as absent in the other."""
    source = tmp_path / "gifts.csv"
    source.write_text("id,directed,submitted_on\n1,none,2024-06-01\n2,,2024-06-01\n")
    options = {**OPTIONS, "rule": "donation", "policy": load_policy("simen")}
    bulk(source, tmp_path / "old", **options)
    source.write_text("id,directed,submitted_on\n1,none,2024-06-01\n2,none,2024-06-01\n")
    bulk(source, tmp_path / "diff", **options, previous=tmp_path / "old")
    (row,) = pq.read_table(tmp_path / "diff" / "gifts.parquet").to_pylist()
    assert (row["row_id"], row["change"], row["route.level"]) == ("2", "changed", "town")


def test_an_earlier_run_with_one_id_twice_is_refused(tmp_path: Path) -> None:
    """Which of the two to compare with nobody could say."""
    source = tmp_path / "r.parquet"
    pq.write_table(pa.table({"id": ["a", "a"]}), source)
    bulk(source, tmp_path / "old", **OPTIONS)
    with pytest.raises(BulkError, match="two of its rows have one id"):
        bulk(source, tmp_path / "diff", **OPTIONS, previous=tmp_path / "old")


def test_equal_values_have_equal_numbers_however_they_are_stored() -> None:
    """Text plain, in a dictionary, sliced; nulls count as absent columns; others differ."""
    words = pa.array(["泗门", "", "泗门镇", "a", "b", "泗门"])
    plain = hashes(words).tolist()
    assert hashes(words.dictionary_encode()).tolist() == plain
    assert hashes(words.cast(pa.large_string())).tolist() == plain
    assert hashes(words.slice(2)).tolist() == plain[2:]
    assert len(set(plain)) == 5
    numbers = pa.array(range(100_000))
    assert len(set(hashes(numbers).tolist())) == 100_000
    ids, codes = pa.array([1, 2]), pa.array(["x", None])
    with_null = pa.RecordBatch.from_pydict({"id": ids, "codes": codes})
    without = pa.RecordBatch.from_pydict({"id": ids})
    assert row_hashes(with_null, "id")[1] == row_hashes(without, "id")[1]
    assert row_hashes(with_null, "id")[0] != row_hashes(without, "id")[0]
    renamed = pa.RecordBatch.from_pydict({"id": ids, "verdict": codes})
    assert row_hashes(with_null, "id")[0] != row_hashes(renamed, "id")[0]


def test_a_row_that_is_malformed_now_is_not_gone(tmp_path: Path) -> None:
    """The person is in the register still: nobody may take a typing error for a farewell."""
    source = tmp_path / "r.csv"
    source.write_text("id,birth_date\na,1990-01-01\nb,1990-01-01\nc,1990-01-01\n")
    bulk(source, tmp_path / "old", **OPTIONS)
    source.write_text("id,birth_date\na,1990-01-01\nb,1990-13-01\n,1990-01-01\n")
    found = bulk(source, tmp_path / "diff", **OPTIONS, previous=tmp_path / "old")
    assert (found.rejected, found.gone) == (2, 1)
    (gone,) = pq.read_table(tmp_path / "diff" / "_gone.parquet").to_pylist()
    assert gone["row_id"] == "c"


def test_an_earlier_run_of_another_rule_is_refused(tmp_path: Path) -> None:
    """Every row would count as changed."""
    source = tmp_path / "r.csv"
    source.write_text("id,submitted_on\na,2024-06-01\n")
    bulk(source, tmp_path / "old", **OPTIONS)
    options = {**OPTIONS, "rule": "donation", "policy": load_policy("simen")}
    with pytest.raises(BulkError, match="decided by the rule 'device', not 'donation'"):
        bulk(source, tmp_path / "diff", **options, previous=tmp_path / "old")
