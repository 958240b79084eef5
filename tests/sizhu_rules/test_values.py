"""Values are frozen: what was decided, read or said cannot be changed behind anybody's back."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil

import pytest

import sizhu_rules.engine
import sizhu_rules.facts

CLASSES = sorted(
    {
        member
        for package in (sizhu_rules.engine, sizhu_rules.facts)
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
        if ".batch" not in module.name  # numpy is an extra; its arrays are no values
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if dataclasses.is_dataclass(member) and member.__module__ == module.name
    },
    key=lambda kind: (kind.__module__, kind.__qualname__),
)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_value_is_frozen_and_has_no_room_for_more(kind: type) -> None:
    """No attribute can be set anew, and none can be added."""
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined] # a dataclass
    assert "__slots__" in vars(kind)
    assert not hasattr(object.__new__(kind), "__dict__")
