"""One way to write JSON: equal content has equal bytes."""

from __future__ import annotations

import hashlib

from sizhu_rules.engine.canonical import canonical, digest


def test_keys_are_sorted_and_nothing_is_between() -> None:
    """Text stays as people write it."""
    value = {"乙": [1, True, None], "a": {"z": "1/2", "b": 0}}
    text = '{"a":{"b":0,"z":"1/2"},"乙":[1,true,null]}'
    assert canonical(value) == text.encode()
    assert digest(value) == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
