"""Names that lead nowhere: where the error points, and what it proposes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.links import check_links
from sizhu_rules.errors import PolicyError
from sizhu_rules.registry import SPECS

if TYPE_CHECKING:
    from sizhu_rules import Policy
    from sizhu_rules.engine.law import Law

CONVENTION = "age.convention"
CODE = "AGE_CONVENTION_UNCONFIRMED"


def silent(law: Law, rule: str, code: str) -> Law:
    """Take a code's sentence out of a rule's words."""
    words = law.texts[rule]
    codes = {name: sentence for name, sentence in words.codes.items() if name != code}
    return replace(law, texts={**law.texts, rule: replace(words, codes=codes)})


def renamed(law: Law, name: str) -> Law:
    """Give a parameter of two periods a name that nothing uses."""
    (value,) = law.parameters["device.free_age"]
    timeline = (replace(value, name=name, line=7), replace(value, name=name, line=19))
    return replace(law, parameters={**law.parameters, name: timeline})


def test_an_open_parameter_of_a_derived_fact_needs_its_sentence(policy: Policy) -> None:
    """Whoever's case it leaves open is told why: the text is asked for before anybody waits."""
    (value,) = policy.law.parameters[CONVENTION]
    assert value.alternatives
    with pytest.raises(PolicyError, match=f"the code {CODE} has no sentence") as caught:
        check_links(SPECS, silent(policy.law, "device", CODE))
    assert (caught.value.file, caught.value.line) == (value.file, value.line)


def test_a_parameter_without_alternatives_leaves_nothing_open(policy: Policy) -> None:
    """No sentence is asked for what cannot be said."""
    (value,) = policy.law.parameters[CONVENTION]
    decided = {**policy.law.parameters, CONVENTION: (replace(value, alternatives=()),)}
    check_links(SPECS, silent(replace(policy.law, parameters=decided), "device", CODE))


def test_a_fact_without_a_name_is_missed_in_the_words_of_the_rule(policy: Policy) -> None:
    """There is no line where it could stand: the file's first is named."""
    words = policy.law.texts["device"]
    facts = {path: name for path, name in words.facts.items() if path != "price_fen"}
    texts = {**policy.law.texts, "device": replace(words, facts=facts)}
    with pytest.raises(PolicyError, match="'price_fen' has no name") as caught:
        check_links(SPECS, replace(policy.law, texts=texts))
    assert (caught.value.file, caught.value.line) == ("eligibility/device/texts.yaml", 1)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("device.free_agee", "did you mean 'device.free_age'?"),
        ("weather", "take it away"),
    ],
)
def test_an_unused_parameter_is_shown_where_it_begins(name: str, fix: str, policy: Policy) -> None:
    """At its first period, with the nearest name if there is one."""
    with pytest.raises(PolicyError, match=f"no rule uses the parameter '{name}'") as caught:
        check_links(SPECS, renamed(policy.law, name))
    assert (caught.value.line, caught.value.fix) == (7, fix)


@pytest.mark.parametrize(
    ("rule", "fix"),
    [
        ("wish", "use one of household.valid_to, certificate.valid_to"),
        ("donation", "use one of none"),
    ],
)
def test_a_proposal_that_nothing_makes_names_those_there_are(
    rule: str, fix: str, policy: Policy
) -> None:
    """Some rules propose to change nothing at all."""
    sheets = policy.law.sheets[rule]
    field = replace(sheets[0].fields[0], changeable="weather", line=5)
    wrong = replace(sheets[0], fields=(field, *sheets[0].fields[1:]))
    law = replace(policy.law, sheets={**policy.law.sheets, rule: (wrong, *sheets[1:])})
    with pytest.raises(PolicyError, match="nothing proposes to change 'weather'") as caught:
        check_links(SPECS, law)
    assert (caught.value.file, caught.value.line) == (sheets[0].file, 5)
    assert caught.value.fix == fix


def test_a_frozen_law_is_not_asked_for_what_the_program_learnt_since(policy: Policy) -> None:
    """An old text has no sentence for a code of today; what it says itself must still lead on."""
    check_links(SPECS, silent(policy.law, "device", CODE), frozen=True)
    with pytest.raises(PolicyError, match="the code HALF has no sentence"):
        check_links(SPECS, silent(policy.law, "device", "HALF"), frozen=True)
