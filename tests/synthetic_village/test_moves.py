"""The case files of the village came where they stand by moves that the tables list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sizhu_rules.moves import move_tables
from sizhu_rules.moves.history import LogRow, unmet
from sizhu_rules.moves.words import ROLES
from synthetic_village import many_cases

if TYPE_CHECKING:
    from sizhu_rules.moves.words import Role
    from synthetic_village import Village


def _roles(village: Village) -> dict[str, set[Role]]:
    """Return who may act as what; the register calls a resident `pwd`, as the domain model does."""
    granted = {
        user["_id"]: {"resident" if row["role"] == "pwd" else row["role"] for row in user["roles"]}
        for user in village.collections["users"]
    }
    return {login: {role for role in ROLES if role in names} for login, names in granted.items()}


@pytest.mark.parametrize("made", ["village", "load"])
def test_every_case_took_only_steps_of_its_table(village: Village, made: str) -> None:
    """By somebody whose role may take the step, and never by a login that must be another."""
    register = village if made == "village" else many_cases(120)
    roles = _roles(register)
    taken = 0
    for case in register.collections["cases"]:
        table = move_tables()[case["kind"]]
        log: list[LogRow] = []
        state = table.start
        for row in case["log"]:
            step = (case["kind"], row["from"], row["to"])
            assert row["from"] == state, step
            by = roles[row["by"]]
            move = next((m for m in table.from_state(state, by) if m.target == row["to"]), None)
            assert move is not None, (*step, by)
            assert unmet(move, log, row["by"]) == (), step
            log.append(LogRow(row["from"], row["to"], row["by"]))
            state = row["to"]
            taken += 1
        assert case["status"] == state
    assert taken > 100


def test_every_case_waits_where_its_last_step_left_it(village: Village) -> None:
    """`routed` is the village of a directed donation, and the town of any other."""
    for case in village.collections["cases"]:
        if not case["log"]:
            continue
        last = case["log"][-1]
        moves = move_tables()[case["kind"]].moves
        found = {m.queue for m in moves if (m.source, m.target) == (last["from"], last["to"])}
        (queue,) = found
        if queue == "routed":
            queue = "town" if case["data"]["directed"] == "none" else "village"
        assert case["queue"]["level"] == queue, (case["kind"], last)
