"""What is exported: every rule and every table, as plain data."""

from __future__ import annotations

import json

import pytest

from sizhu_rules import RULES, PolicyError, load_policy
from sizhu_rules.engine.source import compose
from sizhu_rules.export import exports, plain
from sizhu_rules.moves.words import KINDS
from sizhu_rules.policies import shipped


def test_every_rule_every_kind_and_every_table_of_steps_is_exported() -> None:
    """The list follows from the registry and the folders; nobody keeps it by hand."""
    folders = [f.name for f in shipped().joinpath("routing").iterdir() if f.is_dir()]
    steps = [
        f"steps.{name}"
        for name in folders
        if shipped().joinpath("routing", name, "steps.yaml").is_file()
    ]
    found = exports(load_policy("simen"))
    assert set(found) == {*RULES, *(f"moves.{kind}" for kind in KINDS), *steps}
    assert json.loads(json.dumps(found, allow_nan=False))


def test_a_table_of_steps_becomes_plain_data() -> None:
    """As written, with days as text; what JSON cannot say is refused."""
    text = "schema: 1\nfrom: 2026-11-24\nsteps:\n  - {after: 5, tell: [contact, '1'], loud: yes}\n"
    assert plain(compose(text, "steps.yaml")) == {
        "schema": 1,
        "from": "2026-11-24",
        "steps": [{"after": 5, "tell": ["contact", "1"], "loud": True}],
    }
    with pytest.raises(PolicyError, match=r"steps\.yaml:1: a whole number, yes or no, or text"):
        plain(compose("wait: 0.5\n", "steps.yaml"))
