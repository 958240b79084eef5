"""What a rule says about itself: read strictly, asked for by `check`, and never in the way."""

from __future__ import annotations

import pytest

from sizhu_rules import Policy, PolicyError, decide
from sizhu_rules.eligibility.device.device import DEVICE
from sizhu_rules.engine.about import about_problems, load_about
from sizhu_rules.engine.source import Files
from sizhu_rules.policies import rule_files, shipped
from sizhu_rules.testing import TODAY, text_of

ABOUT = "eligibility/device/about.yaml"


def altered(before: str, after: str) -> Files:
    """Return the shipped files with one slip in the device rule's about.yaml."""
    text = text_of(ABOUT)
    assert before in text
    return Files(shipped(), texts={ABOUT: text.replace(before, after, 1)})


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("title: ", "titel: ", "unknown key 'titel'; did you mean 'title'?"),
        ("title: 辅具器材申请\n", "", "the key 'title' is missing"),
        ("title: 辅具器材申请", 'title: ""', "the text is empty"),
        ("rule: device", "rule: donation", "this is about another rule; write 'device'"),
        ("rule: device", "rule: care", "this is about another rule; write 'device'"),
        ("schema: 1", "schema: 2", "the schema is unknown; write 'schema: 1'"),
        ("schema: 1", "schema: 0", "the schema is unknown; write 'schema: 1'"),
        ("    owner: 镇残联\n", "", "the key 'owner' is missing"),
        ("    period: 所有提交日\n", "", "the key 'period' is missing"),
        ("on: 2026-11-23", "on: 2026-11-31", "the day 2026-11-31 does not exist"),
    ],
)
def test_a_wrong_about_is_refused_with_file_line_and_fix(
    before: str, after: str, says: str
) -> None:
    """As every other text of a rule."""
    with pytest.raises(PolicyError) as caught:
        load_about(DEVICE, altered(before, after))
    assert says in str(caught.value)
    assert caught.value.file == ABOUT
    assert 1 <= caught.value.line <= text_of(ABOUT).count("\n")


@pytest.mark.parametrize(
    ("key", "says"), [("summary", "the summary is empty"), ("history", "the history is empty")]
)
def test_a_rule_says_something_and_began_some_day(key: str, says: str) -> None:
    """Holes may be none; a summary and a history may not."""
    lines = text_of(ABOUT).splitlines(keepends=True)
    start = lines.index(f"{key}:\n")
    after = (n for n in range(start + 1, len(lines)) if not lines[n].startswith(" "))
    end = next(after, len(lines))
    text = "".join([*lines[:start], f"{key}: []\n", *lines[end:]])
    with pytest.raises(PolicyError, match=says):
        load_about(DEVICE, Files(shipped(), texts={ABOUT: text}))


def test_a_rule_without_an_about_decides_and_is_named(policy: Policy) -> None:
    """Nobody is judged by it; `check` asks for it."""
    files = Files(None, texts={})
    assert load_about(DEVICE, files) is None
    [problem] = about_problems([DEVICE], policy.law, files)
    assert problem == (
        f"{ABOUT}:1: the rule 'device' says nothing about itself;"
        " write title, summary, holes and history"
    )
    assert decide("device", {}, policy=policy, known_on=TODAY).verdict == "needs_facts"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("until: [zhichu]", "until: [zhichuu]", "'zhichuu' is no reading, parameter or clause"),
        ("until: [age.convention]", "until: [age.conventoin]", "did you mean 'age.convention'?"),
        ("title: ", "titel: ", "unknown key 'titel'"),
    ],
)
def test_a_name_that_leads_nowhere_is_a_problem(
    policy: Policy, before: str, after: str, says: str
) -> None:
    """A hole that waits for nothing would stay open for ever."""
    [problem] = about_problems([DEVICE], policy.law, altered(before, after))
    assert problem.startswith(f"{ABOUT}:")
    assert says in problem


def test_the_device_rule_is_well_described(policy: Policy) -> None:
    """Every open question of the domain that concerns it is told, in plain words."""
    about = load_about(DEVICE, rule_files())
    assert about is not None
    assert not list(about_problems([DEVICE], policy.law, rule_files()))
    told = "".join(hole.what + hole.why for hole in about.holes)
    for words in ("60周岁", "周岁从", "特困", "支出型", "一半", "限额", "一年最多", "评估"):
        assert words in told
    text = "".join((about.title, *about.summary, told))
    assert not [word for word in ("残废", "患者", "正常人", "残疾人朋友") if word in text]
