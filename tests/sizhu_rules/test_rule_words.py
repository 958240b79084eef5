"""How people call numbers and values: nothing on a page is left in code."""

from __future__ import annotations

import pytest

from sizhu_rules import Policy, PolicyError, check, load_policy
from sizhu_rules.eligibility.device.device import DEVICE
from sizhu_rules.engine.rule_words import SILENT, load_rule_words, unspoken
from sizhu_rules.engine.source import Files
from sizhu_rules.policies import rule_files, shipped
from sizhu_rules.registry import SPECS
from sizhu_rules.testing import text_of

WORDS = "eligibility/device/words.yaml"
FREE_AGE = "  device.free_age: {name: 免费的年龄线, unit: 周岁}\n"


def altered(before: str, after: str) -> Files:
    """Return the shipped files with one change in the device rule's words."""
    text = text_of(WORDS)
    assert before in text
    return Files(shipped(), texts={WORDS: text.replace(before, after, 1)})


@pytest.mark.parametrize("region", rule_files().regions())
def test_every_number_and_value_of_every_rule_has_words(region: str) -> None:
    """In every region: what a page has to say, it can say."""
    law = load_policy(f"{region}@working").law
    assert list(unspoken(SPECS, law, rule_files())) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("schema: 1", "schema: 2", "the schema is unknown; write 'schema: 1'"),
        ("schema: 1", "schema: 0", "the schema is unknown; write 'schema: 1'"),
        ("rule: device", "rule: points", "these are words of another rule; write 'device'"),
        ("rule: device", "rule: care", "these are words of another rule; write 'device'"),
        ("unit: 周岁", "units: 周岁", "unknown key 'units'; did you mean 'unit'?"),
        ("numbers:", "number:", "unknown key 'number'; did you mean 'numbers'?"),
        ("{never: 从来没有领过}", '{never: ""}', "the text is empty"),
    ],
)
def test_wrong_words_are_refused(before: str, after: str, says: str) -> None:
    """Read as strictly as every other text of a rule."""
    with pytest.raises(PolicyError) as caught:
        load_rule_words(DEVICE, altered(before, after))
    assert says in str(caught.value)
    assert caught.value.file == WORDS


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (FREE_AGE, "", "the number 'device.free_age' has no name; add it under numbers"),
        ("device.free_age:", "device.free_agee:", "the number 'device.free_age' has no name"),
        ("birthday:", "birthdays:", "'age.convention: birthday' has no words"),
        ("{never:", "{ever:", "'last_delivered_on: never' has no words"),
        ("unit: 周岁", "units: 周岁", "unknown key 'units'"),
    ],
)
def test_what_could_only_be_told_in_code_is_named(
    policy: Policy, before: str, after: str, says: str
) -> None:
    """With the file and what to add."""
    problems = list(unspoken([DEVICE], policy.law, altered(before, after)))
    assert any(problem.startswith(f"{WORDS}:") and says in problem for problem in problems)


def test_the_words_of_every_rule_are_looked_at(policy: Policy) -> None:
    """A file that cannot be read is told at its slip, what is missing at the file's first line."""
    donation = next(spec for spec in SPECS if spec.name == "donation")
    texts = {WORDS: text_of(WORDS).replace("rule: device", "rule: donation")}
    wrong, *missing = unspoken([DEVICE, donation], policy.law, Files(None, texts=texts))
    assert wrong.startswith(f"{WORDS}:2: these are words of another rule")
    assert missing
    assert all(told.startswith(f"{donation.folder}/words.yaml:1: ") for told in missing)


def test_outcomes_need_words_and_fractions_do_not(policy: Policy) -> None:
    """One half is said by itself; a code word is not."""
    donation = next(spec for spec in SPECS if spec.name == "donation")
    problems = list(unspoken([donation], policy.law, Files(None, texts={})))
    assert any("'to: town' has no words" in problem for problem in problems)
    assert SILENT.speaks("share", "1/2")
    assert SILENT.speaks("points", 3)
    assert not SILENT.speaks("to", "town")


def test_check_tells_what_is_not_described(policy: Policy) -> None:
    """A rule without words or an about.yaml is named there."""
    text = text_of(WORDS).replace("last_delivered_on:", "last_delivered:")
    problems = check(policy.region, texts={WORDS: text}).problems
    assert any("'last_delivered_on: never' has no words" in problem for problem in problems)
