"""Reading a table of moves; what could not be meant is refused with file, line and fix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

from sizhu_rules.engine.source import compose
from sizhu_rules.moves.table import Move, MoveTable
from sizhu_rules.moves.words import KINDS, QUEUES, ROLES, STATES, WORKS_AT, Kind, Need

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sizhu_rules.engine.source import Entry

START: Final = "draft"
_PARAMETER: Final = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_Line = tuple["Entry", Move[str]]


def read_moves(text: str, name: str) -> dict[Kind, MoveTable[Any]]:
    """Read the tables of the kinds that one file is about; `name` is the file for messages.

    A line is meant for all of these kinds, unless it names some. Raises `PolicyError`.
    """
    top = compose(text, name).mapping(("schema", "kinds", "ends", "moves"), ("frozen",))
    if top["schema"].integer() != 1:
        raise top["schema"].error("this schema is not known", "write 'schema: 1'")
    kinds: Any = _words(top["kinds"], KINDS)
    if not kinds:
        raise top["kinds"].error("the table is for no kind of case", "name the kinds")
    lines = [_line(entry, kinds) for entry in top["moves"].items()]
    return {
        kind: _table(kind, top, [line for those, line in lines if kind in those]) for kind in kinds
    }


def _words(entry: Entry, allowed: Iterable[str]) -> tuple[str, ...]:
    return tuple(one.choice(allowed) for one in entry.items())


def _line(entry: Entry, kinds: Sequence[Kind]) -> tuple[tuple[str, ...], _Line]:
    parts = entry.mapping(("from", "to", "by", "needs", "queue"), ("kinds", "after"))
    for_kinds = _words(parts["kinds"], kinds) if "kinds" in parts else tuple(kinds)
    if not for_kinds:
        raise parts["kinds"].error("the step is for no kind", "name a kind, or take `kinds` away")
    states = [state for state in STATES[kinds[0]] if all(state in STATES[k] for k in kinds)]
    by: Any = _words(parts["by"], ROLES)
    needs: Any = _words(parts["needs"], get_args(Need))
    queue: Any = parts["queue"].choice(QUEUES)
    source, target = parts["from"].choice(states), parts["to"].choice(states)
    if not by:
        raise parts["by"].error("nobody may take this step", "name a role, or take the line away")
    if source == target:
        raise entry.error("the step leads to where it begins", "correct `to`")
    if target == START:
        raise entry.error(f"a case that was filed is no {START} again", "lead it to `returned`")
    return for_kinds, (entry, Move(source, target, by, needs, queue, _after(entry, by, parts)))


def _after(entry: Entry, by: Sequence[str], parts: Mapping[str, Entry]) -> str | None:
    if "system" not in by:
        if "after" in parts:
            raise parts["after"].error("only the system waits for a term", "take `after` away")
        return None
    if len(by) > 1:
        raise parts["by"].error("the system shares a step with people", "write two lines")
    if "after" not in parts:
        raise entry.error("the system takes this step at no term", "add 'after: {parameter}'")
    name = parts["after"].text()
    if not _PARAMETER.fullmatch(name):
        raise parts["after"].error(f"'{name}' is no parameter", "name one, such as wish.claim_days")
    return name


def _table(kind: Kind, top: Mapping[str, Entry], lines: Sequence[_Line]) -> MoveTable[Any]:
    states = STATES[kind]
    ends = _words(top["ends"], states)
    frozen = _words(top["frozen"], states) if "frozen" in top else ()
    _refuse_twins(kind, lines)
    _refuse_stranded(kind, top["moves"], lines)
    _refuse_endless(kind, top["ends"], ends, lines)
    _refuse_unattended(kind, lines)
    return MoveTable(kind, START, ends, frozen, tuple(move for _, move in lines))


def _refuse_twins(kind: Kind, lines: Iterable[_Line]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for entry, move in lines:
        for role in move.by:
            step = (move.source, move.target, role)
            if step in seen:
                raise entry.error(
                    f"{kind}: the step from {move.source} to {move.target} is listed twice"
                    f" for {role}",
                    "join the two lines into one",
                )
            seen.add(step)


def _refuse_stranded(kind: Kind, moves: Entry, lines: Sequence[_Line]) -> None:
    """Every state of the kind can be reached, so the table and the types name the same states."""
    found = reachable({START}, [(move.source, move.target) for _, move in lines])
    for state in STATES[kind]:
        if state not in found:
            place = next((entry for entry, move in lines if move.source == state), moves)
            raise place.error(
                f"{kind}: no way leads to '{state}'",
                "add the step that leads there, or take the state out of moves/words.py",
            )


def _refuse_endless(kind: Kind, place: Entry, ends: Sequence[str], lines: Sequence[_Line]) -> None:
    """Every state leads to an end, and where nothing follows is an end."""
    back = reachable(set(ends), [(move.target, move.source) for _, move in lines])
    followed = {move.source for _, move in lines}
    for entry, move in lines:
        if move.target in followed and move.target not in back:
            raise entry.error(
                f"{kind}: from '{move.target}' no way leads to an end",
                "add the step that ends it, or name it in `ends`",
            )
        if move.target not in followed and move.target not in ends:
            raise entry.error(
                f"{kind}: nothing follows '{move.target}', and it is no end",
                "add a step from there, or name it in `ends`",
            )
    if START in ends:
        raise place.error(f"a {START} is no end", f"take {START} out")


def _refuse_unattended(kind: Kind, lines: Sequence[_Line]) -> None:
    """No case waits at an office that can do nothing with it."""
    for entry, move in lines:
        able = {role for _, other in lines if other.source == move.target for role in other.by}
        idle = [role for role in WORKS_AT[move.queue] if role not in able]
        if idle:
            raise entry.error(
                f"{kind}: '{move.target}' waits for {idle[0]}, who has no step from there",
                "correct `queue`, or add a step for them",
            )


def reachable(starts: Iterable[str], steps: Sequence[tuple[str, str]]) -> set[str]:
    """Return all states to which steps lead from the given ones, these included."""
    found = set(starts)
    while True:
        more = {target for source, target in steps if source in found} - found
        if not more:
            return found
        found |= more
