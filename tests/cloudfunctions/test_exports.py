"""What the cloud functions read is what the rules library says, word for word and move for move."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sizhu_rules import PolicyError, load_policy
from sizhu_rules.export import export_rule
from sizhu_rules.moves import load_moves
from sizhu_rules.moves.table import STATES, read_moves

RULES = Path(__file__).parents[2] / "miniprogram_cloud/cloudfunctions/api/rules"
MOVES = Path(__file__).parent / "support" / "moves.js"
NODE = shutil.which("node")
STAFF = ("village_staff", "town_staff")


def test_the_exported_files_are_those_of_the_rules_as_they_stand() -> None:
    """A changed sheet, number or move must be exported: `sizhu rules export --out …/rules`."""
    device = json.loads((RULES / "device.json").read_text(encoding="utf-8"))
    assert device == json.loads(json.dumps(export_rule(load_policy("simen"), "device")))
    moves = json.loads((RULES / "moves.application.json").read_text(encoding="utf-8"))
    assert moves == load_moves("application").to_dict()


@pytest.mark.skipif(
    NODE is None and not os.environ.get("CI"),
    reason="node is not on PATH: install Node 20 or newer",
)
def test_both_evaluators_offer_the_same_moves_in_every_state_to_every_role() -> None:
    """No state and no role in which the phone could offer a step that the table forbids."""
    table = load_moves("application")
    asked = [(state, role) for state in STATES for role in ("owner", *STAFF)]
    done = subprocess.run(
        [NODE or "node", str(MOVES)],
        input=json.dumps([{"status": state, "role": role} for state, role in asked]),
        capture_output=True,
        text=True,
        check=True,
    )
    for (state, role), offered in zip(asked, json.loads(done.stdout), strict=True):
        roles = ("resident", "guardian") if role == "owner" else (role,)
        # Filing is its own action: the staff's list offers what may be done with a filed case.
        expected = [move.target for move in table.from_state(state, roles)]  # type: ignore[arg-type] # each is a Role
        assert offered == expected, (state, role)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{from: submitted, to: nowhere, by: [town_staff], needs: [], queue: none}", "nowhere"),
        ("{from: submitted, to: submitted, by: [town_staff], needs: [], queue: none}", "begins"),
        ("{from: submitted, to: returned, by: [], needs: [], queue: none}", "nobody"),
        ("{from: submitted, to: returned, by: [mayor], needs: [], queue: none}", "mayor"),
        ("{from: submitted, to: returned, by: [town_staff], queue: none}", "needs"),
    ],
)
def test_a_wrong_table_of_moves_is_refused_with_file_and_line(line: str, complaint: str) -> None:
    """A misspelt state, role or key never becomes a step that nobody can take."""
    with pytest.raises(PolicyError) as caught:
        read_moves(f"schema: 1\nkind: application\nmoves:\n  - {line}\n", "moves/test.yaml")
    assert complaint in str(caught.value)
    assert str(caught.value).startswith("moves/test.yaml:4")


def test_a_step_listed_twice_is_refused() -> None:
    """Two lines for one step could contradict each other."""
    line = "  - {from: submitted, to: returned, by: [town_staff], needs: [], queue: none}\n"
    with pytest.raises(PolicyError, match="twice"):
        read_moves(f"schema: 1\nkind: x\nmoves:\n{line}{line}", "moves/test.yaml")
