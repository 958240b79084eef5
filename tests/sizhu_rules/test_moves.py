"""The tables of moves: whole, reachable, ending, and never approved by one login alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import PolicyError, load_policy
from sizhu_rules.errors import ForbiddenMove
from sizhu_rules.moves import MoveTable, load_moves, move_tables, terms
from sizhu_rules.moves.history import BY_HISTORY, LogRow, unmet
from sizhu_rules.moves.loading import join_tables
from sizhu_rules.moves.reading import reachable, read_moves
from sizhu_rules.moves.words import KINDS, NEEDS, ROLES, STATES, WORKS_AT, Kind, Need, Role
from sizhu_rules.policies import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATIONS: tuple[Kind, ...] = ("device", "retrofit", "job")
GRANTED = {"approved", "doing", "delivered", "feedback", "closed"}
JUDGED = ("village_ok", "town_ok", "returned", "rejected")
LOGINS = ("u_1", "u_2", "u_3")
MOST_APPEALS = 1

each_kind = pytest.mark.parametrize("kind", KINDS)
each_application = pytest.mark.parametrize("kind", APPLICATIONS)


def _steps(table: MoveTable[Any]) -> list[tuple[str, str]]:
    return [(move.source, move.target) for move in table.moves]


@each_kind
def test_every_state_of_a_kind_is_reached_and_reaches_an_end(kind: Kind) -> None:
    """The types and the table name the same states, and no case is lost in one of them."""
    table = move_tables()[kind]
    assert reachable({table.start}, _steps(table)) == set(STATES[kind]) == set(table.states)
    back = [(target, source) for source, target in _steps(table)]
    assert reachable(set(table.ends), back) == set(STATES[kind])


@each_application
def test_nobody_withdraws_what_was_approved(kind: Kind) -> None:
    """`withdrawn` lies before `approved`, whatever way a case takes."""
    table = move_tables()[kind]
    after = reachable({"approved"}, _steps(table))
    assert after & {"withdrawn", "returned", "rejected", "submitted"} == set()
    before = {"draft", "submitted", "village_ok", "town_ok", "city_ok", "returned"}
    assert {source for source, target in _steps(table) if target == "withdrawn"} == before


@each_application
def test_no_way_to_approval_leaves_out_the_village_or_the_town(kind: Kind) -> None:
    """With either step taken away, nothing granted can be reached any more."""
    table = move_tables()[kind]
    for step in ("village_ok", "town_ok"):
        ways = [(source, target) for source, target in _steps(table) if target != step]
        assert reachable({table.start}, ways) & GRANTED == set()


def _histories(kind: Kind) -> Iterator[tuple[LogRow, ...]]:
    """Every history that differs in what the needs look at; three logins, each with all roles."""
    table = move_tables()[kind]
    found: set[tuple[object, ...]] = set()
    waiting: list[tuple[LogRow, ...]] = [()]
    while waiting:
        log = waiting.pop()
        state = log[-1].target if log else table.start
        seen = {row.target: row.by for row in log}
        key = (state, *(seen.get(s) for s in JUDGED), _appeals(log), log[-1:] and log[-1].by)
        if key in found or _appeals(log) > MOST_APPEALS + 1:
            continue
        found.add(key)
        yield log
        waiting += [
            (*log, LogRow(state, move.target, login))
            for login in LOGINS
            for move in table.from_state(state, ROLES)
            if not unmet(move, log, login)
        ]


def _appeals(log: tuple[LogRow, ...]) -> int:
    return sum((row.source, row.target) == ("rejected", "submitted") for row in log)


@each_application
def test_whatever_people_do_village_and_town_are_two_logins(kind: Kind) -> None:
    """Exhaustively, appeals included: the last steps of both are of different logins."""
    granted = 0
    for log in _histories(kind):
        if log and log[-1].target in GRANTED:
            seen = {row.target: row.by for row in log}
            assert seen["village_ok"] != seen["town_ok"], log
            granted += 1
    assert granted > len(GRANTED) * len(LOGINS)


@each_application
def test_an_appeal_comes_once_and_to_another_reviewer(kind: Kind) -> None:
    """Whoever refused takes no step of judging in the appeal."""
    appealed = 0
    for log in _histories(kind):
        assert _appeals(log) <= MOST_APPEALS
        if _appeals(log):
            sources = [(row.source, row.target) for row in log]
            place = sources.index(("rejected", "submitted"))
            refused_by = log[place - 1].by
            again = [row for row in log[place:] if row.target == "rejected"]
            before = log[place : log.index(again[0]) + 1] if again else log[place:]
            assert refused_by not in {row.by for row in before if row.target in JUDGED}, log
            appealed += 1
    assert appealed > 0


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    turns=st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 9)), max_size=40),
)
def test_nothing_but_the_table_moves_a_case(kind: Kind, turns: list[tuple[Role, int]]) -> None:
    """Whoever tries whatever: `step` agrees with the list, and no office waits in vain."""
    table = move_tables()[kind]
    state = table.start
    for role, choice in turns:
        target = table.states[choice % len(table.states)]
        offered = {move.target for move in table.from_state(state, (role,))}
        try:
            move = table.step(state, target, role)
        except ForbiddenMove:
            assert target not in offered
        else:
            assert target in offered
            assert move.queue == "none" or set(WORKS_AT[move.queue]) <= _able(table, target)
            state = move.target
    assert state in STATES[kind]


def _able(table: MoveTable[Any], state: str) -> set[Role]:
    return {role for move in table.moves if move.source == state for role in move.by}


def test_a_wish_has_one_claimer_and_a_claim_that_runs_out_is_free_again() -> None:
    """Claiming is one step from `published`, and only the term or the claimer undoes it."""
    table = load_moves("wish")
    assert [m.source for m in table.moves if m.target == "claimed"] == ["published", "delivered"]
    assert table.step("published", "claimed", "volunteer").needs == ("free",)
    assert table.step("claimed", "published", "volunteer").needs == ("claimant",)
    assert table.step("claimed", "published", "system").after == "wish.claim_days"


def test_needs_differ_by_kind_where_the_kinds_differ() -> None:
    """A retrofit is accepted by three parties; work has an employer instead of a supplier."""
    device, retrofit, job = (move_tables()[kind] for kind in APPLICATIONS)
    assert device.step("doing", "delivered", "village_staff").needs == ("receipt",)
    assert "three_parties" in retrofit.step("doing", "delivered", "village_staff").needs
    assert job.step("approved", "doing", "town_staff").needs == ("employer", "due_date")
    assert device.step("approved", "doing", "town_staff").needs == ("supplier", "due_date")


def test_what_nobody_answers_is_closed_with_a_follow_up() -> None:
    """After the term the system closes a delivery, and a visit to the person is arranged."""
    move = load_moves("device").step("delivered", "closed", "system")
    assert (move.after, move.needs) == ("feedback.close_days", ("follow_up",))


def test_a_dispute_freezes_points_and_another_login_ends_it() -> None:
    """Who verified a visit does not judge the complaint about it."""
    table = load_moves("service")
    assert table.frozen == ("disputed",)
    log = [LogRow("submitted", "verified", "u_1"), LogRow("verified", "disputed", "u_2")]
    for target in ("verified", "rejected"):
        move = table.step("disputed", target, "village_staff")
        assert unmet(move, log, "u_1") == ("other_verifier",)
        assert unmet(move, log, "u_3") == ()


def test_a_person_may_refuse_a_gift_and_a_pair() -> None:
    """Without a reason."""
    assert load_moves("donation").step("received", "refused", "resident").needs == ("directed",)
    assert load_moves("donation").step("allocated", "received", "guardian").needs == ()
    assert load_moves("pairing").step("submitted", "declined", "resident").needs == ()
    assert load_moves("pairing").step("active", "ended", "resident").needs == ()


@pytest.mark.parametrize(
    ("kind", "source", "target", "role", "fix"),
    [
        ("device", "submitted", "village_ok", "town_staff", "leave it to village_staff"),
        ("device", "submitted", "approved", "village_staff", "take one of village_ok, returned,"),
        ("device", "submitted", "approved", "town_staff", "leave the next step to village_staff"),
        ("device", "withdrawn", "submitted", "resident", "file a new case"),
        ("wish", "published", "delivered", "volunteer", "take one of claimed"),
        ("wish", "claimed", "submitted", "system", "take one of published"),
    ],
)
def test_a_forbidden_step_says_what_to_do_instead(
    kind: Kind, source: str, target: str, role: Role, fix: str
) -> None:
    """The error names kind, step and role, and ends in the fix."""
    with pytest.raises(ForbiddenMove) as caught:
        move_tables()[kind].step(source, target, role)
    error = caught.value
    assert str(error) == f"{kind}: {role} may not take the step {source} → {target}; {error.fix}"
    assert fix in error.fix


def test_a_step_carries_the_role_that_takes_it() -> None:
    """Of the roles that may, the one that does."""
    assert load_moves("job").step("approved", "doing", "town_staff").by == ("town_staff",)


def test_every_need_is_a_sentence_and_every_sentence_is_needed() -> None:
    """No word that nobody explains, and none that no table uses."""
    used = {need for table in move_tables().values() for m in table.moves for need in m.needs}
    assert set(NEEDS) == set(get_args(Need)) == used
    assert set(BY_HISTORY) <= used


def test_every_term_is_a_number_in_every_region() -> None:
    """The system never waits for a term that nobody has set."""
    assert len(terms()) == 4
    for region in rule_files().regions():
        parameters = load_policy(region).law.parameters
        for name in terms():
            assert all(type(value.value) is int for value in parameters[name]), (region, name)


HEAD = "schema: 1\nkinds: [redemption]\nends: [handed_over, expired, cancelled]\nmoves:\n"
LINES = (
    "{from: draft, to: reserved, by: [volunteer], needs: [stock], queue: village}",
    "{from: reserved, to: handed_over, by: [village_staff], needs: [code], queue: none}",
    "{from: reserved, to: expired, by: [system], after: redemption.days, needs: [], queue: none}",
    "{from: reserved, to: cancelled, by: [volunteer], needs: [], queue: none}",
)


def _text(lines: tuple[str, ...], head: str = HEAD) -> str:
    return head + "".join(f"  - {line}\n" for line in lines)


def test_the_table_that_the_next_tests_spoil_is_well() -> None:
    """So each of them is refused for what it spoils."""
    assert len(read_moves(_text(LINES), "moves/test.yaml")["redemption"].moves) == 4


def _changed(place: int, old: str, new: str) -> str:
    assert old in LINES[place]
    lines = (*LINES[:place], LINES[place].replace(old, new), *LINES[place + 1 :])
    return _text(lines)


def _spoilt() -> Iterator[tuple[str, str, int, str, str]]:
    """What is spoilt, the text, the line of the complaint, what is said, and how it ends."""
    yield "state", _changed(0, "to: reserved", "to: resreved"), 5, "resreved", "use one of"
    yield "other kind", _changed(1, "handed_over", "published"), 6, "published", "use one of"
    yield "role", _changed(1, "village_staff", "mayor"), 6, "mayor", "use one of"
    yield "need", _changed(1, "code", "luck"), 6, "luck", "use one of"
    yield "queue", _changed(1, "queue: none", "queue: attic"), 6, "attic", "use one of"
    yield "key", _changed(1, "needs", "need"), 6, "need", "did you mean 'needs'?"
    yield "no role", _changed(1, "[village_staff]", "[]"), 6, "nobody", "take the line away"
    yield "circle", _changed(1, "handed_over", "reserved"), 6, "where it begins", "correct `to`"
    yield "to draft", _changed(1, "to: handed_over", "to: draft"), 6, "no draft again", "`returned`"
    yield "twice", _text((*LINES, LINES[3])), 9, "listed twice for volunteer", "into one"
    yield "stranded", _text((LINES[0], *LINES[2:])), 5, "no way leads to 'handed_over'", "words.py"
    yield "no end", _text(LINES, HEAD.replace(", expired", "")), 7, "no end", "in `ends`"
    yield (
        "draft ends",
        _text(LINES, HEAD.replace("ends: [", "ends: [draft, ")),
        3,
        "end",
        "draft out",
    )
    yield (
        "no term",
        _changed(2, "after: redemption.days, ", ""),
        7,
        "at no term",
        "{parameter}'",
    )
    yield "bad term", _changed(2, "redemption.days", "soon"), 7, "no parameter", "claim_days"
    yield "idle term", _changed(3, "needs", "after: a.b, needs"), 8, "only the system", "away"
    yield "shared", _changed(2, "[system]", "[system, volunteer]"), 7, "shares", "two lines"
    yield "unattended", _changed(0, "queue: village", "queue: town"), 5, "town_staff", "for them"
    yield "schema", _text(LINES, HEAD.replace("1", "2", 1)), 1, "not known", "'schema: 1'"
    yield "kind", _text(LINES, HEAD.replace("[redemption]", "[lottery]")), 2, "lottery", "use one"
    yield "no kind", _text(LINES, HEAD.replace("[redemption]", "[]")), 2, "no kind", "the kinds"
    yield "line kind", _changed(1, "by:", "kinds: [wish], by:"), 6, "wish", "use one of redemption"
    yield "kindless", _changed(1, "by:", "kinds: [], by:"), 6, "no kind", "`kinds` away"


@pytest.mark.parametrize(
    ("text", "line", "what", "fix"),
    [pytest.param(*rest, id=name) for name, *rest in _spoilt()],
)
def test_a_wrong_table_is_refused_with_file_line_and_fix(
    text: str, line: int, what: str, fix: str
) -> None:
    """A misspelt word never becomes a step that nobody can take, nor a case that nobody ends."""
    with pytest.raises(PolicyError) as caught:
        read_moves(text, "moves/test.yaml")
    error = caught.value
    assert (error.file, error.line) == ("moves/test.yaml", line)
    assert what in error.what
    assert fix in error.fix


def test_a_circle_without_a_way_out_is_refused() -> None:
    """Two states that lead to each other only are no end."""
    text = """schema: 1
kinds: [early_report]
ends: [declined, withdrawn]
moves:
  - {from: draft, to: submitted, by: [mobiliser], needs: [], queue: none}
  - {from: submitted, to: declined, by: [mobiliser], needs: [], queue: none}
  - {from: submitted, to: withdrawn, by: [mobiliser], needs: [], queue: none}
  - {from: submitted, to: accepted, by: [mobiliser], needs: [], queue: none}
  - {from: accepted, to: closed, by: [mobiliser], needs: [], queue: none}
  - {from: closed, to: accepted, by: [mobiliser], needs: [], queue: none}
"""
    with pytest.raises(PolicyError, match="from 'accepted' no way leads to an end") as caught:
        read_moves(text, "moves/test.yaml")
    assert caught.value.line == 8


def test_every_kind_has_one_table() -> None:
    """Neither two nor none."""
    text = _text(LINES)
    with pytest.raises(PolicyError, match="'redemption' has a table already; keep one"):
        join_tables({"moves/a.yaml": text, "moves/b.yaml": text})
    with pytest.raises(PolicyError, match=r"'device' has no table; add moves/device\.yaml"):
        join_tables({"moves/a.yaml": text})
