"""Employment support (就业支持): typed facts of who seeks work, and the parts of the rule joined.

Nobody is refused: the law knows a least age and no highest one. What decides stands in `age.yaml`
and `checks.yaml`; whether somebody counts in the statistics and has reached the retirement age is
told beside, where it is known, and never asked for. Source: seed 4.2 二 2; domain.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from sizhu_rules.eligibility.job.retirement import (
    RETIREMENT_PARAMETERS,
    Post,
    Sex,
    retired_age,
    tracks,
)
from sizhu_rules.eligibility.shared import derived
from sizhu_rules.eligibility.shared.facts import (
    BIRTH,
    CERTIFICATE_STATE,
    SUBMITTED,
    CertificateStatus,
    Identified,
)
from sizhu_rules.eligibility.shared.renewal import renew_certificate
from sizhu_rules.engine.raw import Member, RawFact
from sizhu_rules.engine.spec import Outcome, RuleSpec, View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_SEXES = {"male": "男", "female": "女"}
_POSTS = {"cadre": "管理、技术岗", "worker": "生产、服务岗"}
_LAST_AGE: Final[Mapping[Sex, str]] = {
    "male": "job.count.last_age_men",
    "female": "job.count.last_age_women",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JobFacts(Identified):
    """The facts of who seeks work; None is unknown. Raises `FactError` when built wrong.

    `sex` and `former_post` matter to statistics and to the retirement age only; `former_post` is
    the kind of post by which a woman's retirement age was set before 2025.
    """

    birth_date: date | None = None
    birth_date_conflict: Literal[True] | None = None
    submitted_on: date | None = None
    sex: Sex | None = None
    former_post: Post | None = None
    certificate_status: CertificateStatus | None = None
    certificate_valid_to: date | None = None

    SCHEMA: ClassVar[tuple[RawFact, ...]] = (
        *BIRTH,
        SUBMITTED,
        RawFact("sex", "sex", Member(_SEXES)),
        RawFact("former_post", "former_post", Member(_POSTS)),
        *CERTIFICATE_STATE,
    )


def _outcome(view: View) -> Outcome:
    """Give the band, and what is told beside: in the statistics or not, beyond the age or not."""
    given: dict[str, object] = {}
    codes: list[str] = []
    if "band" in view.values:
        given["band"] = view.values["band"]
    age = view.fields.get("age")
    if isinstance(age, int) and view.as_of is not None:
        facts = cast("JobFacts", view.facts)
        counted = _counted(age, facts.sex, view.parameters)
        if counted is not None:
            given["counted"] = counted
            codes += [] if counted else ["NOT_COUNTED"]
        beyond = _beyond(facts, view.as_of, view.parameters)
        if beyond is not None:
            given["beyond_age"] = beyond
            codes += ["BEYOND_AGE"] if beyond else []
    return Outcome(given, codes=tuple(codes))


def _counted(age: int, sex: Sex | None, parameters: Mapping[str, int | bool | str]) -> bool | None:
    """Tell whether an age lies in the band of the statistics; None where the sexes differ."""
    least = cast("int", parameters["job.least_age"])
    sexes = _LAST_AGE if sex is None else (sex,)
    answers = {least <= age <= cast("int", parameters[_LAST_AGE[one]]) for one in sexes}
    return answers.pop() if len(answers) == 1 else None


def _beyond(facts: JobFacts, day: date, parameters: Mapping[str, int | bool | str]) -> bool | None:
    if facts.birth_date is None:
        return None
    # Sex and post are looked at where they can matter.
    everyone = retired_age(facts.birth_date, day, tracks(None, None), parameters)
    if everyone is not None:
        return everyone
    of_sex = retired_age(facts.birth_date, day, tracks(facts.sex, None), parameters)
    if of_sex is not None:
        return of_sex
    possible = tracks(facts.sex, facts.former_post)
    return retired_age(facts.birth_date, day, possible, parameters)


def _headline(view: View, _outcome: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    blanks = {
        name: str(view.parameters.get(f"job.{name}", "")) for name in ("least_age", "adult_age")
    }
    return view.verdict, blanks


JOB: Final = RuleSpec(
    name="job",
    folder="eligibility/job",
    sheets=("age.yaml", "checks.yaml"),
    facts=JobFacts,
    derived={
        "age": derived.AGE,
        "identity.consistent": derived.IDENTITY_CONSISTENT,
        "certificate.state": derived.CERTIFICATE_STATE,
    },
    dated_by="submitted_on",
    as_of=attrgetter("submitted_on"),
    outcome=_outcome,
    headline=_headline,
    changes={"certificate.valid_to": renew_certificate},
    parameters=(*_LAST_AGE.values(), *RETIREMENT_PARAMETERS),
)
