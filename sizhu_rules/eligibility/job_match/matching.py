"""A seeker beside jobs: which fit, which are open questions, which clash; ranked, with reasons.

    match(seeker, job, policy=policy, on=today)
    rank(seeker, {"job_7": job, …}, policy=policy, on=today)

Nothing is left out of a ranking: a clash may be talked over, and a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from sizhu_rules.eligibility.job_match.facts import JOB_PATHS, SEEKER_PATHS, MatchFacts
from sizhu_rules.engine.condition import tests
from sizhu_rules.engine.raw import flatten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sizhu_rules.engine.decision import Decision
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.resolve import BoundClause
    from sizhu_rules.engine.rule import Rule

State = Literal["fits", "open", "clashes"]
_STATES: Final[tuple[State, ...]] = ("fits", "open", "clashes")
_RULE: Final = "job_match"
_ALL: Final = ".in_order"  # the clause that only says that no filter fails
_SENTENCES: Final = {"pass": "FILTER_PASS", "fail": "FILTER_FAIL", "unknown": "FILTER_UNKNOWN"}


@dataclass(frozen=True, slots=True)
class Match:
    """One job for one seeker: `fits`, `open` (nothing clashes, something is unknown) or `clashes`.

    `filters` are the hard ones, each pass, fail or unknown with a sentence for staff (Chinese);
    `parts` those of the score, each with the points it can bring at least and at most. `decision`
    holds the rest: sentences for the person, missing facts, digest.
    """

    job_id: str
    state: State
    score_least: int
    score_most: int
    filters: tuple[Mapping[str, object], ...]
    parts: tuple[Mapping[str, object], ...]
    decision: Decision

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON-ready data: what a list of jobs shows and why."""
        return {
            "job_id": self.job_id,
            "state": self.state,
            "score_least": self.score_least,
            "score_most": self.score_most,
            "filters": [dict(one) for one in self.filters],
            "parts": [dict(one) for one in self.parts],
            "policy": dict(self.decision.policy),
        }


def match(
    seeker: Mapping[str, object],
    job: Mapping[str, object],
    *,
    policy: Policy,
    on: date,
    distance_m: int | None = None,
    job_id: str = "job",
) -> Match:
    """Look at one job for one seeker on a day.

    `seeker` holds `birth_date`, `able.…` and `seeker.…`; `job` holds `need.…` and `job.…`
    (`MatchFacts`); any may be absent. `distance_m` is the way between them in metres, where
    somebody knows it. Raises `FactError` for malformed facts and for facts of the other side,
    `LookupError` for a day on which no rule is in force.
    """
    facts = MatchFacts.from_mapping(
        {
            **dict(flatten(seeker, dict.fromkeys(SEEKER_PATHS, ""))),
            **dict(flatten(job, dict.fromkeys(JOB_PATHS, ""))),
            "submitted_on": on,
            "distance_m": distance_m,
        }
    )
    decision = policy.rules[_RULE].decide(facts, on)
    rule, segment, _answer = decision.parts
    if segment is None:
        raise LookupError(f"{policy.region} has no rule of matching on {on}; take a later day")
    by_id = {str(clause["id"]): clause for clause in decision.clauses}
    filters: list[Mapping[str, object]] = []
    parts: list[Mapping[str, object]] = []
    for table in segment.tables:
        for bound in table.clauses:
            clause = by_id[bound.clause.id]
            if table.sheet.hit == "sum":
                parts.append({**clause, **_points(bound, str(clause["result"]))})
            elif not bound.clause.id.endswith(_ALL):
                filters.append({**clause, "sentence": _sentence(rule, facts, bound, clause)})
    return Match(
        job_id=job_id,
        state=_state({str(one["result"]) for one in filters}),
        score_least=cast("int", decision.outcome["score_least"]),
        score_most=cast("int", decision.outcome["score_most"]),
        filters=tuple(filters),
        parts=tuple(parts),
        decision=decision,
    )


def rank(
    seeker: Mapping[str, object],
    jobs: Mapping[str, Mapping[str, object]],
    *,
    policy: Policy,
    on: date,
    distances: Mapping[str, int] | None = None,
) -> tuple[Match, ...]:
    """Order jobs (by id) for one seeker: those that fit, open questions, clashes; none is left out.

    Within each the higher certain score first, then the higher possible one, then the id: the
    same jobs in any order give the same list. `distances` are metres by job id. Raises as `match`.
    """
    far = distances or {}
    matches = [
        match(seeker, job, policy=policy, on=on, distance_m=far.get(job_id), job_id=job_id)
        for job_id, job in jobs.items()
    ]
    return tuple(sorted(matches, key=_order))


def _order(one: Match) -> tuple[int, int, int, str]:
    return _STATES.index(one.state), -one.score_least, -one.score_most, one.job_id


def _state(results: set[str]) -> State:
    if "fail" in results:
        return "clashes"
    return "open" if "unknown" in results else "fits"


def _points(bound: BoundClause, result: str) -> Mapping[str, object]:
    ((_name, weight),) = bound.result.values
    return {
        "points_least": weight if result == "pass" else 0,
        "points_most": 0 if result == "fail" else weight,
    }


def _sentence(
    rule: Rule, facts: MatchFacts, bound: BoundClause, clause: Mapping[str, object]
) -> str:
    derived = [rule.spec.derived[test.field] for test in tests(bound.condition)]
    # Where nothing is absent and it is still unknown, facts contradict each other: look at all.
    asked = [path for one in derived for path in one.needs(facts) or one.reads]
    blanks = {
        "quote": str(clause["quote"]).rstrip("。"),
        "facts": "、".join(rule.texts.facts[path] for path in asked),
    }
    (line,) = rule.texts.codes[_SENTENCES[str(clause["result"])]].staff
    return line.format_map(blanks)
