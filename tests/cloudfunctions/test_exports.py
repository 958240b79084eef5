"""What the cloud functions read is what the rules library says, word for word and move for move."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from sizhu_rules import load_policy
from sizhu_rules.export import exports
from sizhu_rules.moves import move_tables
from sizhu_rules.moves.history import LogRow, unmet
from sizhu_rules.moves.words import KINDS, ROLES, STATES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = Path(__file__).parents[2] / "miniprogram_cloud/cloudfunctions/api/rules"
MOVES = Path(__file__).parent / "support" / "moves.js"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None and not os.environ.get("CI"),
    reason="node is not on PATH: install Node 20 or newer",
)

CARRIED: Final[tuple[Kind, ...]] = ("device", "retrofit", "job")
"""Kinds whose steps the functions carry out today."""
NOT_JUDGED: Final = {"client_key", "consent", "follow_up"}
"""Needs of these kinds that belong to filing and to the worker: no such step is offered."""
LOGINS: Final = ("u_1", "u_2")


def test_the_exported_files_are_those_of_the_rules_as_they_stand() -> None:
    """A changed sheet, number or move must be exported: `sizhu rules export --out …/rules`."""
    wanted = {name: json.loads(json.dumps(t)) for name, t in exports(load_policy("simen")).items()}
    stored = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in RULES.glob("*.json")}
    assert sorted(stored) == sorted(wanted)
    for name, table in wanted.items():
        assert stored[name] == table, f"{name}.json is old: run `sizhu rules export`"


def _ask(opened: object, offered: object) -> dict[str, Any]:
    # All in one process: starting it takes longer than the answers.
    done = subprocess.run(
        [NODE or "node", str(MOVES)],
        input=json.dumps({"opened": opened, "offered": offered}),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@needs_node
def test_both_evaluators_open_the_same_moves_in_every_state_to_every_role() -> None:
    """Every kind, every state of any kind, every role and every pair of roles: whole moves."""
    states = sorted({state for kind in KINDS for state in STATES[kind]} | {"nonsense"})
    groups: list[tuple[Role, ...]] = [(role,) for role in ROLES]
    groups += combinations(ROLES, 2)
    asked = [(kind, state, roles) for kind in KINDS for state in states for roles in groups]
    answer = _ask([{"kind": k, "status": s, "roles": r} for k, s, r in asked], [])
    assert answer["kinds"] == list(KINDS)
    opened = 0
    for (kind, state, roles), found in zip(asked, answer["opened"], strict=True):
        expected = [m.to_dict() for m in move_tables()[kind].from_state(state, roles)]
        assert found == json.loads(json.dumps(expected)), (kind, state, roles)
        opened += len(expected)
    assert opened > sum(len(table.moves) for table in move_tables().values())


@needs_node
def test_the_functions_offer_what_table_and_history_leave_to_this_login() -> None:
    """Also after appeals and refusals by the same login; and nothing of kinds not carried out."""
    asked = list(_asked())
    answer = _ask([], [_question(*one) for one in asked])
    judged = set(answer["needs"])
    for kind, state, role, log in asked:
        found = answer["offered"].pop(0)
        roles: tuple[Role, ...] = ("resident", "guardian") if role == "resident" else (role,)
        login = "" if role == "resident" else LOGINS[0]
        expected = [
            move.target
            for move in move_tables()[kind].from_state(state, roles)
            if kind in CARRIED and set(move.needs) <= judged and not unmet(move, log, login)
        ]
        assert found == expected, (kind, state, role, log)


@needs_node
def test_the_functions_judge_every_need_of_the_steps_that_people_take_there() -> None:
    """A step of the staff or an owner is never left out because the functions lack its input."""
    judged = set(_ask([], [])["needs"])
    for kind in CARRIED:
        needs = {need for move in move_tables()[kind].moves for need in move.needs}
        assert needs - judged == NOT_JUDGED


def _asked() -> Iterator[tuple[Kind, str, Role, tuple[LogRow, ...]]]:
    chance = random.Random(4)  # noqa: S311 - the same histories in every run
    roles: tuple[Role, ...] = ("resident", "village_staff", "town_staff")
    for kind, table in move_tables().items():
        for state in table.states:
            for role in roles:
                yield kind, state, role, ()
                for _ in range(30):
                    moves = chance.choices(table.moves, k=chance.randint(1, 8))
                    rows = (LogRow(m.source, m.target, chance.choice(LOGINS)) for m in moves)
                    yield kind, state, role, tuple(rows)


def _question(kind: str, state: str, role: str, log: tuple[LogRow, ...]) -> dict[str, Any]:
    return {
        "kind": kind,
        "status": state,
        "role": role,
        "login": LOGINS[0],
        "log": [{"from": row.source, "to": row.target, "by": row.by} for row in log],
    }
