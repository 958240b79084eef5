"""The job match (岗位匹配) as a rule: its parts joined. `matching.py` is the door to use.

Hard filters stand in `ability.yaml` and `terms.yaml`, the score in `score.yaml`. A filter that
fails is a person's look, never a refusal: the employer may adjust. Source: domain.md §6.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from sizhu_rules.eligibility.job_match.derived import DERIVED
from sizhu_rules.eligibility.job_match.facts import MatchFacts
from sizhu_rules.engine.spec import Outcome, RuleSpec, View

if TYPE_CHECKING:
    from collections.abc import Mapping

_WEIGHT: Final = "job.weight."


def _outcome(view: View) -> Outcome:
    """Give the span in which the score can still be."""
    if view.as_of is None or not view.ranges:
        return Outcome({})
    least, most = view.ranges["score"]
    return Outcome({"score_least": least, "score_most": most})


def _headline(view: View, outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    least, most = outcome.get("score_least"), outcome.get("score_most")
    weights = {
        name.removeprefix(_WEIGHT): str(value)
        for name, value in view.parameters.items()
        if name.startswith(_WEIGHT)
    }
    return view.verdict, {
        **weights,
        "least_age": str(view.parameters.get("job.least_age", "")),
        "score": "未知" if least is None else str(least) if least == most else f"{least}～{most}",
    }


JOB_MATCH: Final = RuleSpec(
    name="job_match",
    folder="eligibility/job_match",
    sheets=("ability.yaml", "terms.yaml", "score.yaml"),
    facts=MatchFacts,
    derived=DERIVED,
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=_outcome,
    headline=_headline,
)
