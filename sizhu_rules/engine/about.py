"""What a rule says about itself: title, summary, known holes and history, from its `about.yaml`.

Nobody is judged by it: it is read by the documentation pages and by `check`, so that a rule
without it still decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sizhu_rules.errors import PolicyError, meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.source import Entry, Files
    from sizhu_rules.engine.spec import RuleSpec


@dataclass(frozen=True, slots=True)
class Hole:
    """What a rule does not encode or nobody confirmed, why, and whose answer it waits for.

    `until` names the readings, parameters and clauses that close it: a town in which all of them
    are confirmed has this hole no more.
    """

    what: str
    why: str
    owner: str
    until: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of a rule: 影响期间 (`period`) and 影响对象 (`people`) stand with it."""

    on: date
    what: str
    period: str
    people: str


@dataclass(frozen=True, slots=True)
class About:
    """What a rule says about itself, in plain Chinese."""

    title: str
    summary: tuple[str, ...]
    holes: tuple[Hole, ...]
    history: tuple[Revision, ...]


def load_about(spec: RuleSpec, files: Files) -> About | None:
    """Read a rule's `about.yaml`, or None where it has none yet; raises `PolicyError`."""
    name = _name(spec)
    return _about(spec, files.read(name)) if files.has(name) else None


def about_problems(specs: Iterable[RuleSpec], law: Law, files: Files) -> Iterator[str]:
    """List the rules that say nothing about themselves or say it wrongly, each with its fix."""
    for spec in specs:
        try:
            about = load_about(spec, files)
            if about is None:
                what = f"the rule '{spec.name}' says nothing about itself"
                fix = "write title, summary, holes and history"
                yield str(PolicyError(_name(spec), 1, what, fix))
            else:
                yield from _loose_names(spec, about, law)
        except PolicyError as error:
            yield str(error)


def _loose_names(spec: RuleSpec, about: About, law: Law) -> Iterator[str]:
    clauses = {clause.id for sheet in law.sheets[spec.name] for clause in sheet.clauses}
    known = {*law.readings, *law.parameters, *clauses}
    for hole in about.holes:
        for name in hole.until:
            if name not in known:
                fix = meant(name, known, "correct it, or take it away")
                what = f"'{name}' is no reading, parameter or clause"
                yield str(PolicyError(_name(spec), hole.line, what, fix))


def _name(spec: RuleSpec) -> str:
    return f"{spec.folder}/about.yaml"


def _about(spec: RuleSpec, entry: Entry) -> About:
    keys = entry.mapping(["schema", "rule", "title", "summary", "holes", "history"])
    if keys["schema"].integer() != 1:
        raise keys["schema"].error("the schema is unknown", "write 'schema: 1'")
    if keys["rule"].text() != spec.name:
        raise keys["rule"].error("this is about another rule", f"write '{spec.name}'")
    summary = keys["summary"].texts()
    if not summary:
        raise keys["summary"].error("the summary is empty", "say who gets what, and how")
    history = tuple(_revision(item) for item in keys["history"].items())
    if not history:
        raise keys["history"].error("the history is empty", "begin with the first version")
    return About(
        title=keys["title"].text(),
        summary=summary,
        holes=tuple(_hole(item) for item in keys["holes"].items()),
        history=history,
    )


def _hole(entry: Entry) -> Hole:
    keys = entry.mapping(["what", "why", "owner"], ["until"])
    return Hole(
        what=keys["what"].text(),
        why=keys["why"].text(),
        owner=keys["owner"].text(),
        until=keys["until"].texts() if "until" in keys else (),
        line=entry.line,
    )


def _revision(entry: Entry) -> Revision:
    keys = entry.mapping(["on", "what", "period", "people"])
    return Revision(
        keys["on"].day(), keys["what"].text(), keys["period"].text(), keys["people"].text()
    )
