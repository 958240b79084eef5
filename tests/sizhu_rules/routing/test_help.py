"""A cry for help: the right people, in order, and never silence."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizhu_rules import HelpFacts, PolicyError, decide, load_policy
from sizhu_rules.export import exports
from sizhu_rules.facts.calendar import SHANGHAI
from sizhu_rules.routing.help.steps import (
    Event,
    NextStep,
    Params,
    load_steps,
    next_step,
    params,
    read_steps,
)
from sizhu_rules.testing import TODAY, amend, text_of

POLICY = load_policy("simen@working")
ASKED = datetime(2024, 11, 22, 3, 0, tzinfo=SHANGHAI)
ORDER = ["vice_chair", "chair", "town"]
ORDERS = st.sampled_from([ORDER, ["vice_chair", "town"], ["chair", "town"], ["town"]])
STATES = st.sampled_from(["given", "missing", "vacant", None])
DAYS = st.sampled_from([date(2024, 11, 1), date(2024, 1, 1), "never", None])


def minutes(number: int) -> datetime:
    """So many minutes after the request."""
    return ASKED + timedelta(minutes=number)


def all_asked(order: list[str] = ORDER) -> Params:
    """The parameters of a request under the shipped policy."""
    return params(POLICY, ASKED, order)


def short(step: NextStep) -> tuple[str, str | None]:
    """What to do and whom it is about."""
    return step.do, step.contact


def test_nobody_answers_for_half_an_hour() -> None:
    """副主席 at once, 主席 after five minutes, the town after ten, and then every five minutes."""
    log: list[Event] = []
    told: list[tuple[int, str | None]] = []
    for minute in range(31):
        step = next_step(log, minutes(minute), all_asked())
        if step.do == "tell":
            told.append((minute, step.contact))
            log.append(Event(minutes(minute), "told", step.step))
    assert told == [
        *[(0, "vice_chair"), (5, "chair"), (10, "town")],
        *[(15, "town"), (20, "town"), (25, "town"), (30, "town")],
    ]


@pytest.mark.parametrize("word", ["seen", "failed", "ack"])
def test_only_an_answer_or_a_closing_ends_the_asking(word: Any) -> None:  # noqa: ANN401 - no known word
    """A word that nobody knows would else leave somebody without help."""
    log = [Event(ASKED, "told", "vice_chair"), Event(minutes(1), word)]
    assert short(next_step(log, minutes(5), all_asked())) == ("tell", "chair")
    assert short(next_step([Event(ASKED, word)], ASKED, all_asked())) == ("tell", "vice_chair")


def test_the_last_moment_before_the_next_contact_still_waits() -> None:
    """Five minutes are five minutes, to the second."""
    log = [Event(ASKED, "told", "vice_chair")]
    before = next_step(log, minutes(5) - timedelta(seconds=1), all_asked())
    assert (short(before), before.due) == (("wait", "vice_chair"), minutes(5))
    after = next_step(log, minutes(5), all_asked())
    assert (short(after), after.due) == (("tell", "chair"), minutes(5))


def test_who_was_told_this_moment_is_not_told_again() -> None:
    """An event at `now` has happened."""
    assert short(next_step([Event(ASKED, "told", "vice_chair")], ASKED, all_asked())) == (
        "wait",
        "vice_chair",
    )


def test_telling_a_contact_twice_puts_off_nobody() -> None:
    """The timer fired twice: the five minutes run from the first time."""
    log = [Event(minutes(3), "told", "vice_chair"), Event(ASKED, "told", "vice_chair")]
    assert short(next_step(log, minutes(5), all_asked())) == ("tell", "chair")


def test_the_town_is_asked_though_the_order_forgets_it() -> None:
    """Nothing that a caller leaves out can end in silence."""
    log = [Event(ASKED, "told", "vice_chair")]
    assert short(next_step(log, minutes(5), all_asked(["vice_chair"]))) == ("tell", "town")


@pytest.mark.parametrize("what", ["acked", "closed"])
def test_an_answer_stops_it(what: Literal["acked", "closed"]) -> None:
    """Whoever answers, nobody else is called."""
    log = [Event(ASKED, "told", "vice_chair"), Event(minutes(3), what)]
    assert next_step(log, minutes(2), all_asked()).do == "wait"
    stopped = next_step(log, minutes(60), all_asked())
    assert (stopped.do, stopped.contact, stopped.due) == ("stop", None, None)
    assert stopped.reason.code == "ANSWERED"


def test_every_step_says_why() -> None:
    """Code, clause, the source's sentence and the source, as a decision does."""
    reason = next_step([], ASKED, all_asked()).to_dict()["reason"]
    assert reason["code"] == "TELL_VICE_CHAIR"
    assert reason["id"] == "help.steps.vice_chair"
    assert "副主席，主席联系电话" in reason["quote"]
    assert reason["source"] == "seed 4.2 二 3"


def test_a_step_that_does_not_exist_is_an_error() -> None:
    """A log from another table is not silently skipped."""
    with pytest.raises(LookupError, match="use one of vice_chair, chair, town"):
        next_step([Event(ASKED, "told", "mayor")], minutes(1), all_asked())


def test_the_waiting_time_is_the_towns_own_number() -> None:
    """Another town waits two minutes."""
    quick = params(amend(POLICY, parameters={"help.ack_minutes": 2}), ASKED, ORDER)
    assert short(next_step([Event(ASKED, "told", "vice_chair")], minutes(2), quick)) == (
        "tell",
        "chair",
    )


def test_a_contact_that_left_while_it_rang_is_not_gone_back_behind() -> None:
    """The chair was told, then taken off the list: the town is next, not the vice chair."""
    log = [Event(ASKED, "told", "chair")]
    assert short(next_step(log, minutes(5), all_asked(["vice_chair", "town"]))) == ("tell", "town")


@settings(max_examples=200, deadline=None)
@given(order=ORDERS, ack=st.integers(1, 30), tick=st.integers(1, 90), seed=st.integers(0, 10**6))
def test_every_unanswered_request_reaches_the_town_and_never_falls_silent(
    order: list[str], ack: int, tick: int, seed: int
) -> None:
    """Whatever the timer's pace; late, doubled and shuffled events move nothing back."""
    chance = random.Random(seed)  # noqa: S311 - a seeded run, not a secret
    chosen = params(amend(POLICY, parameters={"help.ack_minutes": ack}), ASKED, order)
    log: list[Event] = []
    reached: list[int] = []
    now, town_at, quiet_since = ASKED, None, ASKED
    for _ in range(40):
        now += timedelta(seconds=chance.randrange(tick * 60) + 1)
        step = next_step(log, now, chosen)
        assert step.do != "stop"
        assert step.contact in order
        if step.do == "tell":
            place = ORDER.index(str(step.contact))
            assert not reached or place >= reached[-1]
            reached.append(place)
            quiet_since = now
            town_at = town_at or (now if step.contact == "town" else None)
            log += [Event(now, "told", step.step)] * chance.choice([1, 2, 3])
            chance.shuffle(log)
        else:
            assert step.due is not None
            assert now < step.due <= quiet_since + timedelta(minutes=ack)
    steps = len(order)
    latest = ASKED + timedelta(minutes=(steps - 1) * ack + steps * tick)
    assert now < latest or (town_at is not None and town_at <= latest)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), order=ORDERS)
def test_a_log_played_again_gives_the_same_steps(data: st.DataObject, order: list[str]) -> None:
    """In any order, with any event twice, and cut off at any moment."""
    times = st.integers(0, 60)
    told = st.builds(
        lambda at, step: Event(minutes(at), "told", step), times, st.sampled_from(ORDER)
    )
    ended = st.builds(lambda at: Event(minutes(at), "acked"), times)
    log = data.draw(st.lists(st.one_of(told, told, told, ended), max_size=8))
    twice = data.draw(st.permutations([*log, *log]))
    now = data.draw(times)
    chosen = all_asked(order)
    step = next_step(log, minutes(now), chosen)
    assert next_step(twice, minutes(now), chosen) == step
    until_now = [event for event in log if event.at <= minutes(now)]
    assert next_step(until_now, minutes(now), chosen) == step


FACTS = st.fixed_dictionaries(
    {
        "asked_at": st.sampled_from([ASKED, datetime(2019, 1, 1, tzinfo=SHANGHAI), None]),
        "by": st.sampled_from(["call", "text", None]),
        "vice_chair_phone": STATES,
        "vice_chair_verified_on": DAYS,
        "chair_phone": STATES,
        "chair_verified_on": DAYS,
    }
)


@settings(max_examples=300, deadline=None)
@given(facts=FACTS)
def test_no_request_waits_for_a_fact_and_the_town_is_always_last(facts: dict[str, Any]) -> None:
    """Nothing on file, everything stale, before any law: somebody is asked, nothing is refused."""
    decision = decide("help", HelpFacts(**facts), policy=POLICY, known_on=TODAY)
    order: Any = decision.outcome["order"]
    assert order == [post for post in ORDER if post in order]
    assert order[-1] == "town"
    assert decision.verdict != "not_eligible"
    assert set(decision.missing) <= {"asked_at"}
    if facts["asked_at"] == ASKED:
        for post, other in (("vice_chair", "chair"), ("chair", "vice_chair")):
            # Passed over is only who is not there, or who has somebody else beside him.
            assert post in order or facts[f"{post}_phone"] == "vacant" or other in order


def test_by_text_the_same_people_are_asked() -> None:
    """Who cannot call loses nobody and no place in the order."""
    facts = {"asked_at": ASKED.isoformat(), "vice_chair.phone": "given", "by": "text"}
    text = decide("help", facts, policy=POLICY, known_on=TODAY)
    call = decide("help", {**facts, "by": "call"}, policy=POLICY, known_on=TODAY)
    assert text.outcome["order"] == call.outcome["order"]
    assert (text.outcome["way"], call.outcome["way"]) == ("text", "call")


def test_the_table_is_exported_for_the_clouds_timer() -> None:
    """JSON, every row with its reason; what is exported is what is read."""
    table = load_steps().to_dict()
    assert json.loads(json.dumps(table)) == table
    assert exports(POLICY)["steps.help"] == table
    assert [row["step"] for row in table["steps"]] == ORDER
    assert [row["next"] for row in table["steps"]] == ["chair", "town", "town"]
    assert table["stop"]["code"] == "ANSWERED"


STEPS = text_of("routing/help/steps.yaml")


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("next: chair", "next: nobody", "'nobody' is not allowed here"),
        ("next: town\n    code: TELL_TOWN", "next: chair\n    code: TELL_TOWN", "fall silent"),
        ("next: town\n    code: TELL_CHAIR", "next: chair\n    code: TELL_CHAIR", "leads backward"),
        ("step: chair", "step: vice_chair", "stands here twice"),
        ("contact: town", "contact: chair", "does not ask the town"),
        ("contact: chair", "contact: mayor", "'mayor' is not allowed here"),
        ("wait: help.ack_minutes", "wait: fall.ack_minutes", "no parameter of help requests"),
        ("basis: seed", "basis: rumour", "'rumour' is not allowed here"),
        ("    quote:", "    qoute:", "did you mean 'quote'?"),
        ("kind: help", "kind: wish", "'wish' is not allowed here"),
        ("schema: 1", "schema: 2", "the schema is unknown"),
    ],
)
def test_a_wrong_table_is_refused_with_file_line_and_fix(
    before: str, after: str, what: str
) -> None:
    """A table in which a request could fall silent is never loaded."""
    assert before in STEPS
    with pytest.raises(PolicyError, match=what) as caught:
        read_steps(STEPS.replace(before, after, 1), "steps.yaml")
    assert str(caught.value).startswith(f"steps.yaml:{caught.value.line}: ")


def test_a_table_that_asks_nobody_is_refused() -> None:
    """At least the town."""
    head, tail = STEPS[: STEPS.index("steps:")], STEPS[STEPS.index("stop:") :]
    with pytest.raises(PolicyError, match="write at least the town's step"):
        read_steps(f"{head}steps: []\n{tail}", "steps.yaml")
