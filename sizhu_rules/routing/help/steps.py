"""What comes next while nobody answers a request for help: a table, and a pure look at a log.

The table stands in `steps.yaml` and is exported as JSON to the cloud's timer, which reads the same
rows. Nothing here knows the time: `now` is an argument, and the same log gives the same step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sizhu_rules.engine.sheet import BASES
from sizhu_rules.engine.source import compose
from sizhu_rules.facts.calendar import civil_date
from sizhu_rules.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.source import Entry

Contact = Literal["vice_chair", "chair", "town"]
What = Literal["told", "acked", "closed"]
Do = Literal["tell", "wait", "stop"]
CONTACTS: Final[tuple[Contact, ...]] = get_args(Contact)
# Only these words end the asking: by one that nobody knows a request would fall silent.
_ENDS: Final[tuple[What, ...]] = ("acked", "closed")
_NAME: Final = "routing/help/steps.yaml"


@dataclass(frozen=True, slots=True)
class Row:
    """One step: whom to tell, the parameter that says how long to wait (minutes), and what then."""

    step: str
    contact: Contact
    wait: str
    next: str
    reason: Reason

    def to_dict(self) -> dict[str, Any]:
        """Return the form that the cloud's timer reads."""
        return {
            "step": self.step,
            "contact": self.contact,
            "wait": self.wait,
            "next": self.next,
            **self.reason.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class StepTable:
    """All steps in their order; the last one repeats itself, so that nothing ends in silence."""

    rows: tuple[Row, ...]
    stop: Reason

    def row(self, step: str) -> Row:
        """Return a step by name; raises LookupError for one that does not exist."""
        for row in self.rows:
            if row.step == step:
                return row
        known = ", ".join(row.step for row in self.rows)
        raise LookupError(f"there is no step '{step}'; use one of {known}")

    def to_dict(self) -> dict[str, Any]:
        """Return the form that the cloud's timer reads."""
        return {
            "schema": 1,
            "kind": "help",
            "steps": [row.to_dict() for row in self.rows],
            "stop": self.stop.to_dict(),
        }


@lru_cache
def load_steps() -> StepTable:
    """Read the shipped table; raises `PolicyError` with file, line and fix."""
    text = files("sizhu_rules").joinpath(_NAME).read_text(encoding="utf-8")
    return read_steps(text, _NAME)


def read_steps(text: str, name: str) -> StepTable:
    """Read a table from YAML; `name` is the file for messages. Raises `PolicyError`."""
    top = compose(text, name).mapping(("schema", "kind", "steps", "stop"))
    if top["schema"].integer() != 1:
        raise top["schema"].error("the schema is unknown", "write 'schema: 1'")
    top["kind"].choice(["help"])
    entries = [
        (item, item.mapping(("step", "contact", "wait", "next", *_REASON)))
        for item in top["steps"].items()
    ]
    names = [keys["step"].text() for _, keys in entries]
    if not names:
        raise top["steps"].error("nobody is asked", "write at least the town's step")
    for position, (item, _) in enumerate(entries):
        if names[position] in names[:position]:
            raise item.error(f"the step '{names[position]}' stands here twice", "keep one")
    rows = []
    for position, (_, keys) in enumerate(entries):
        following = keys["next"].choice(names)
        last = position == len(names) - 1
        if last and following != names[position]:
            raise keys["next"].error(
                "the last step leads away from itself, and a request could fall silent",
                f"write 'next: {names[position]}'",
            )
        if not last and names.index(following) <= position:
            raise keys["next"].error("a step leads backward", "name a later one")
        contact: Any = keys["contact"].choice(CONTACTS)
        rows.append(Row(names[position], contact, _wait(keys["wait"]), following, _reason(keys)))
    if rows[-1].contact != "town":
        raise entries[-1][1]["contact"].error("the last step does not ask the town", "write 'town'")
    return StepTable(tuple(rows), _reason(top["stop"].mapping(_REASON)))


_REASON: Final = ("code", "id", "quote", "source", "basis")


def _wait(entry: Entry) -> str:
    name = entry.text()
    if not name.startswith("help."):
        raise entry.error(
            f"'{name}' is no parameter of help requests", "name one, such as help.ack_minutes"
        )
    return name


def _reason(keys: Mapping[str, Entry]) -> Reason:
    return Reason(
        code=keys["code"].text(),
        id=keys["id"].text(),
        quote=keys["quote"].text(),
        source=keys["source"].text(),
        basis=keys["basis"].choice(BASES),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a request's log: somebody was told (which step), answered, or closed it."""

    at: datetime
    what: What
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Params:
    """What `next_step` needs beside the log; made by `params`.

    `asked` are the contacts that this request goes to; `waits` how long each step waits.
    """

    table: StepTable
    asked: frozenset[str]
    waits: Mapping[str, timedelta]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do: tell a contact now, wait until a moment, or stop; and why.

    `due` is the moment at which it was or will be time (None for a stop).
    """

    do: Do
    step: str | None
    contact: Contact | None
    due: datetime | None
    reason: Reason

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "do": self.do,
            "step": self.step,
            "contact": self.contact,
            "due": None if self.due is None else self.due.isoformat(),
            "reason": self.reason.to_dict(),
        }


def params(
    policy: Policy,
    asked_at: datetime,
    order: Iterable[str],
    table: StepTable | None = None,
) -> Params:
    """Make the parameters of one request: `order` is that of the decision of the rule `help`.

    Whom the order leaves out is passed over; the town never is. Raises LookupError where the
    policy has no waiting time on the day of the request.
    """
    table, day = table or load_steps(), civil_date(asked_at)
    return Params(
        table=table,
        asked=frozenset({*order, "town"}),
        waits={row.step: timedelta(minutes=policy.number(row.wait, day)) for row in table.rows},
        asked_at=asked_at,
    )


def next_step(log: Iterable[Event], now: datetime, params: Params) -> NextStep:
    """Say what a request for help needs now.

    The log may hold events twice and in any order; what lies after `now` has not happened. From
    the furthest step at which somebody was told it only goes on, never back; the last step is
    repeated. An answer or a closing stops everything, and nothing else does: an event of another
    kind is passed over. Raises LookupError for a step that the table does not have.
    """
    happened = {event for event in log if event.at <= now}
    table = params.table
    if any(event.what in _ENDS for event in happened):
        return NextStep("stop", None, None, None, table.stop)
    moments: dict[str, list[datetime]] = {}
    for event in happened:
        if event.what != "told":
            continue
        moments.setdefault(table.row(str(event.step)).step, []).append(event.at)
    told = [row for row in table.rows if row.step in moments]
    if not told:
        first = next(row for row in table.rows if row.contact in params.asked)
        return _step("tell", first, params.asked_at)
    row = told[-1]
    # Told twice by mistake, the first time counts, or a doubled event would put off the next
    # contact; where the step repeats itself each telling begins a new wait.
    due = (max if row.next == row.step else min)(moments[row.step]) + params.waits[row.step]
    if now < due:
        return _step("wait", row, due)
    following = table.row(row.next)
    while following.contact not in params.asked:
        following = table.row(following.next)
    return _step("tell", following, due)


def _step(do: Do, row: Row, due: datetime) -> NextStep:
    return NextStep(do, row.step, row.contact, due, row.reason)
