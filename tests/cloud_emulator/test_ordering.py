from __future__ import annotations

import functools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloud_emulator.mongo.ordering import RANKS, after, flip, key, same
from cloud_emulator.mongo.sorting import sort_documents
from cloud_emulator.values import Instant

_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(2**53 - 3, 2**53 + 3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.integers(-(10**12), 10**12).map(Instant)
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def compare(left: Any, right: Any) -> int:  # noqa: ANN401 - any document value
    """Compare two values by MongoDB's rules, written out: the oracle of the byte keys."""
    ranks = RANKS[type(left)], RANKS[type(right)]
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if left is None:
        return 0
    if isinstance(left, Instant):
        left, right = left.ms, right.ms
    if isinstance(left, list):
        pairs = [compare(a, b) for a, b in zip(left, right, strict=False)]
        return next(
            (pair for pair in pairs if pair), (len(left) > len(right)) - (len(left) < len(right))
        )
    if isinstance(left, dict):
        for (name, value), (other_name, other) in zip(left.items(), right.items(), strict=False):
            ranked = (RANKS[type(value)] > RANKS[type(other)]) - (
                RANKS[type(value)] < RANKS[type(other)]
            )
            named = (name > other_name) - (name < other_name)
            found = ranked or named or compare(value, other)
            if found:
                return found
        return (len(left) > len(right)) - (len(left) < len(right))
    return int(left > right) - int(left < right)


@given(_values, _values)
def test_keys_compare_as_mongodb_compares_values(left: object, right: object) -> None:
    """The byte keys of two values stand in the order of the values, equal only for equals."""
    keys = key(left), key(right)
    assert (keys[0] > keys[1]) - (keys[0] < keys[1]) == compare(left, right)
    assert same(left, right) == (compare(left, right) == 0)


@given(st.lists(_values, min_size=2, max_size=2), st.lists(_values, min_size=2, max_size=2))
def test_joined_keys_compare_field_by_field(left: list[object], right: list[object]) -> None:
    """Keys of two fields, the second descending, can be joined and still compare field by field."""
    joined = [key(first) + flip(key(second)) for first, second in (left, right)]
    wanted = compare(left[0], right[0]) or -compare(left[1], right[1])
    assert (joined[0] > joined[1]) - (joined[0] < joined[1]) == wanted


@given(_values, _values)
def test_no_key_begins_another(left: object, right: object) -> None:
    """A key ends itself, ascending and flipped, so that a prefix stands for one value only."""
    if compare(left, right):
        assert not key(left).startswith(key(right))
        assert not flip(key(left)).startswith(flip(key(right)))
        assert (key(left) >= after(key(right))) == (compare(left, right) > 0)


def test_numbers_beyond_doubles_stay_apart() -> None:
    """64-bit integers that share a double keep their order."""
    numbers = [2**53 - 1, 2**53, 2**53 + 1, 2**63 - 2, 2**63 - 1, -(2**63), -(2**53) - 1]
    assert sorted(numbers, key=key) == sorted(numbers)


def test_types_sort_in_mongodbs_order() -> None:
    """Null, numbers, strings, objects, arrays, booleans, dates."""
    values: list[Any] = [Instant(0), True, False, [0], {"a": 1}, "a", 1, None]
    # An array inside an array is the only one that sorts as an array.
    values[values.index([0])] = [[0]]
    rows = sort_documents([{"v": value} for value in values], (("v", 1),))
    found = [row["v"] for row in rows]
    assert found == [None, 1, "a", {"a": 1}, [[0]], False, True, Instant(0)]


def test_arrays_sort_by_their_least_or_greatest_element() -> None:
    """Ascending takes the least element, descending the greatest; an empty array is first."""
    rows: list[dict[str, Any]] = [{"v": [5, 1]}, {"v": 3}, {"v": []}, {}, {"v": [2, 9]}]
    ascending = [row.get("v") for row in sort_documents(rows, (("v", 1),))]
    descending = [row.get("v") for row in sort_documents(rows, (("v", -1),))]
    assert ascending == [[], None, [5, 1], [2, 9], 3]
    assert descending == [[2, 9], [5, 1], 3, None, []]


@given(st.lists(st.fixed_dictionaries({"a": st.integers(0, 2), "b": st.integers(0, 2)})))
def test_sorting_is_stable_and_by_fields(rows: list[dict[str, int]]) -> None:
    """Two sort fields order as a comparison by both does, ties in the order given."""

    def both(left: dict[str, int], right: dict[str, int]) -> int:
        return (left["a"] - right["a"]) or (right["b"] - left["b"])

    wanted = sorted(rows, key=functools.cmp_to_key(both))
    assert sort_documents(list(rows), (("a", 1), ("b", -1))) == wanted
