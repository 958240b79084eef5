"""A sheet: fields, and clauses that each carry the source's own sentence beside the condition.

    - id: device.share.over_60_half
      from: 2021-01-01
      quote: 60周岁以上不是低保、低边要付一半的钱
      source: seed 4.2 二 1
      basis: seed
      when: {age: {">=": {param: device.free_age}}, household.status: {in: [none]}}
      then: {share: {param: device.personal_share}, because: [AGE_60_PLUS], code: HALF}

`when … then` gives an outcome where the condition holds; `require … otherwise` where it does not.
A clause that stops carries `to:`, the last day on which it is in force.

Hit policies: `unique` (clauses that fire together agree, or a reading says), `first` (the first
that fires counts alone), `collect` (problems stand together), `sum` (whole numbers add up; none
firing gives 0, so a sum has no gap).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from sizhu_rules.engine.condition import Condition, Param, parse
from sizhu_rules.engine.field import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.source import Entry
    from sizhu_rules.engine.verdict import Verdict

Basis = Literal["seed", "law", "practice", "assumption"]
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
# What the customer wrote and what a statute says need no further confirmation.
GROUNDED: Final = ("seed", "law")
HitPolicy = Literal["unique", "first", "collect", "sum"]
_HIT_POLICIES: Final[tuple[HitPolicy, ...]] = get_args(HitPolicy)
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_VERDICTS: Final[tuple[Verdict, ...]] = ("eligible", "not_eligible", "needs_review")

Constant = int | bool | str | Param


@dataclass(frozen=True, slots=True)
class Effect:
    """What a clause gives: a verdict, values, codes.

    `because` are the facts that hold, `code` names the outcome; `candidates` the outcomes that
    remain possible under review; `rests_on` parameters on which an adverse effect depends beside
    those in the condition.
    """

    verdict: Verdict
    values: tuple[tuple[str, Constant], ...]
    candidates: tuple[tuple[tuple[str, Constant], ...], ...]
    because: tuple[str, ...]
    code: str | None
    adverse: bool
    rests_on: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the source and what it means."""

    id: str
    quote: str
    source: str
    basis: Basis
    condition: Condition
    fires_when: bool
    effect: Effect
    since: date
    until: date | None
    line: int

    def in_force(self, day: date) -> bool:
        """Tell whether the clause applies on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Clauses over a few fields; `fields` stand in the order in which they are read."""

    name: str
    title: str
    hit: HitPolicy
    gives: tuple[str, ...]
    fields: tuple[Field, ...]
    clauses: tuple[Clause, ...]
    file: str
    line: int


def load_sheet(entry: Entry) -> Sheet:
    """Read a sheet; raises `PolicyError` with file, line and fix."""
    top = entry.mapping(["schema", "sheet", "title", "fields", "clauses"], ["hit", "gives", "note"])
    if top["schema"].integer() != 1:
        raise top["schema"].error("the schema is unknown", "write 'schema: 1'")
    name = top["sheet"].text()
    fields = _fields(top["fields"])
    gives = top["gives"].texts() if "gives" in top else ()
    hit: HitPolicy = top["hit"].choice(_HIT_POLICIES) if "hit" in top else "unique"
    clauses: list[Clause] = []
    for item in top["clauses"].items():
        clause = _clause(item, name, gives, fields)
        if hit == "sum":
            _check_addend(item, clause, gives)
        if any(clause.id == other.id for other in clauses):
            raise item.error(f"the clause id '{clause.id}' is taken", "give it an id of its own")
        clauses.append(clause)
    if not clauses:
        raise top["clauses"].error("the sheet has no clause", "write one, or remove the sheet")
    if hit == "sum" and not gives:
        raise top["sheet"].error("a sum gives nothing", "name what it adds up under 'gives'")
    return Sheet(
        name=name,
        title=top["title"].text(),
        hit=hit,
        gives=gives,
        fields=tuple(fields.values()),
        clauses=tuple(clauses),
        file=entry.file,
        line=top["clauses"].line,
    )


def _check_addend(entry: Entry, clause: Clause, gives: tuple[str, ...]) -> None:
    effect = clause.effect
    if effect.verdict != "eligible" or effect.adverse:
        raise entry.error(
            "a clause of a sum decides nothing and takes nothing away",
            "take 'verdict' and 'adverse' away, or move the clause to a sheet that decides",
        )
    whole = all(
        isinstance(value, Param) or (type(value) is int and value >= 0)
        for _, value in effect.values
    )
    if not effect.values or not whole:
        raise entry.error(
            "a clause of a sum adds whole numbers from 0 up",
            f"give at least one of {', '.join(gives)}",
        )


def _fields(entry: Entry) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for item in entry.items():
        keys = item.mapping(["name", "type"], ["members", "range", "contradiction", "changeable"])
        name, kind = keys["name"].text(), keys["type"].choice(_KINDS)
        if name in fields:
            raise item.error(f"the field '{name}' stands here twice", "keep one of the two")
        low, high = _bounds(item, keys, kind)
        members = keys["members"].texts() if "members" in keys else ()
        if (kind == "enum") != bool(members) or len(set(members)) != len(members):
            raise item.error(
                f"the members of '{name}' do not fit its type",
                "list each member of an enum once, and none for other types",
            )
        fields[name] = Field(
            name=name,
            kind=kind,
            members=members,
            low=low,
            high=high,
            contradiction=keys["contradiction"].text() if "contradiction" in keys else None,
            changeable=keys["changeable"].text() if "changeable" in keys else None,
            line=item.line,
        )
    return fields


def _bounds(item: Entry, keys: Mapping[str, Entry], kind: str) -> tuple[int, int]:
    if kind not in ("int", "day"):
        if "range" in keys:
            raise keys["range"].error(f"a field of type {kind} has no range", "take it away")
        return 0, 0
    if "range" not in keys:
        raise item.error("an ordered field needs its bounds", "add 'range: [first, last]'")
    ends = keys["range"].items()
    if len(ends) != 2:  # noqa: PLR2004 - both ends
        raise keys["range"].error("a range has two ends", "write [first, last]")
    low, high = (end.integer() if kind == "int" else end.day().toordinal() for end in ends)
    if low >= high:
        raise keys["range"].error("the range is empty", "write the smaller end first")
    return low, high


def _clause(
    entry: Entry, sheet: str, gives: tuple[str, ...], fields: Mapping[str, Field]
) -> Clause:
    keys = entry.mapping(
        ["id", "from", "quote", "source", "basis"],
        ["to", "when", "then", "require", "otherwise", "note"],
    )
    identifier = keys["id"].text()
    if not identifier.startswith(sheet + "."):
        raise keys["id"].error(f"'{identifier}' is not of this sheet", f"begin it with '{sheet}.'")
    since = keys["from"].day()
    until = keys["to"].day() if "to" in keys else None
    if until is not None and until < since:
        raise keys["to"].error("the clause ends before it begins", "correct one of the two days")
    halves = {"when", "then", "require", "otherwise"} & keys.keys()
    if halves == {"when", "then"}:
        condition, effect, fires_when = keys["when"], keys["then"], True
    elif halves == {"require", "otherwise"}:
        condition, effect, fires_when = keys["require"], keys["otherwise"], False
    else:
        raise entry.error(
            "a clause needs a condition and an outcome",
            "write 'when' with 'then', or 'require' with 'otherwise'",
        )
    basis = keys["basis"].choice(BASES)
    return Clause(
        id=identifier,
        quote=keys["quote"].text(),
        source=keys["source"].text(),
        basis=basis,
        condition=parse(condition, fields),
        fires_when=fires_when,
        effect=_effect(effect, gives, basis),
        since=since,
        until=until,
        line=entry.line,
    )


def _effect(entry: Entry, gives: tuple[str, ...], basis: str) -> Effect:
    known = ["verdict", "because", "code", "candidates", "adverse", "rests_on"]
    keys = entry.mapping([], [*known, *gives])
    verdict: Verdict = keys["verdict"].choice(_VERDICTS) if "verdict" in keys else "eligible"
    candidates = []
    if "candidates" in keys:
        if verdict != "needs_review":
            raise keys["candidates"].error(
                "only a review has candidates", "take them away, or write verdict: needs_review"
            )
        candidates = [
            tuple((name, _constant(value)) for name, value in item.mapping([], gives).items())
            for item in keys["candidates"].items()
        ]
    adverse = "adverse" in keys and keys["adverse"].boolean()
    rests_on = keys["rests_on"].texts() if "rests_on" in keys else ()
    if verdict == "not_eligible":
        adverse = True
    if adverse and basis not in GROUNDED and not rests_on:
        raise entry.error(
            f"an adverse outcome of basis '{basis}' must name what it rests on",
            "add 'rests_on: [parameter]'; it is a review until that parameter is confirmed",
        )
    return Effect(
        verdict=verdict,
        values=tuple((name, _constant(keys[name])) for name in gives if name in keys),
        candidates=tuple(candidates),
        because=keys["because"].texts() if "because" in keys else (),
        code=keys["code"].text() if "code" in keys else None,
        adverse=adverse,
        rests_on=rests_on,
        line=entry.line,
    )


def _constant(entry: Entry) -> Constant:
    if entry.is_a("map"):
        return Param(entry.mapping(["param"])["param"].text())
    return entry.value()
