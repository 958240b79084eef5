"""Another town is another folder: its numbers, its readings, its own sentences, its own office."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

import pytest

from sizhu_rules import PolicyError, check, decide, load_policy
from sizhu_rules.engine.about import load_about
from sizhu_rules.pages import site
from sizhu_rules.policies import rule_files
from sizhu_rules.registry import SPECS
from sizhu_rules.testing import HARMLESS_DEVICE, TODAY, amend, edited, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules import Decision, Policy

TOWN = "example-town"
DEVICE = f"policy/{TOWN}/device.yaml"
REGION = f"policy/{TOWN}/region.yaml"
HALF = "  device.share.over_60_half:"
FIRST = "    quote: 65周岁以上不是低保、低边、特困的，本人负担三成\n    source"
BIRTH = "1958-11-20"
ZHICHU: Mapping[str, object] = {"birth_date": BIRTH, "household.status": "zhichu"}


@pytest.fixture(scope="module")
def town() -> Policy:
    """The second region as shipped."""
    return load_policy(f"{TOWN}@working")


def device(policy: Policy, facts: Mapping[str, object]) -> Decision:
    """Decide a harmless application of 20 November 2024 with some facts changed."""
    whole = {**HARMLESS_DEVICE, "submitted_on": "2024-11-20", **facts}
    return decide("device", whole, policy=policy, known_on=TODAY)


def test_the_second_region_is_well_and_confirmed_by_a_named_office(town: Policy) -> None:
    """No problem, no adverse path on an unconfirmed value; each reading names who confirmed it."""
    report = check(TOWN)
    assert report.problems == ()
    assert report.adverse_on_unconfirmed == 0
    readings = town.law.readings.values()
    assert {reading.id for reading in readings} == {"boundary_60", "zhichu"}
    assert all(reading.confirmed and reading.confirmed_by for reading in readings)


def test_every_number_of_the_two_towns_that_decides_money_or_points_differs(town: Policy) -> None:
    """What is a parameter is nowhere written into the rules."""
    simen = load_policy("simen@working")
    for name in (
        "device.free_age",
        "device.personal_share",
        "age.convention",
        "points.per_hour",
        "points.visit_cap_half_hours",
        "points.day_cap_half_hours",
    ):
        ours, theirs = town.parameter(name, TODAY), simen.parameter(name, TODAY)
        assert ours is not None
        assert theirs is not None
        assert ours.value != theirs.value, name


def test_a_confirmed_reading_frees_zhichu_where_an_open_one_asks_a_person(town: Policy) -> None:
    """The same facts, the same sheet; only what the towns said differs."""
    facts = {**ZHICHU, "household.valid_to": "open_ended"}
    here, there = device(load_policy("simen@working"), facts), device(town, facts)
    assert (here.verdict, here.candidates[0]["share"]) == ("needs_review", "0")
    assert here.text["resident"][:2] == (
        "这件申请要请工作人员看一看。",
        "支出型困难怎么算，由镇里定。",
    )
    assert (there.verdict, there.outcome["share"]) == ("eligible", "0")
    assert "ZHICHU" in here.codes
    assert "ZHICHU" in there.codes


@pytest.mark.parametrize("side", ["free", "half"])
@pytest.mark.parametrize("valid_to", ["open_ended", "2024-11-19", None])
def test_a_lapsed_zhichu_status_matters_only_where_it_would_free(
    side: str, valid_to: str | None
) -> None:
    """Read as free it is held until checked again; read to the letter it never counted."""
    policy = amend(load_policy("simen@working"), readings={"zhichu": side})
    facts = dict(ZHICHU) if valid_to is None else {**ZHICHU, "household.valid_to": valid_to}
    decision = device(policy, facts)
    if side == "half":
        assert decision.outcome["share"] == "1/2"
        assert "household.valid_to" not in decision.reads
    elif valid_to is None:
        assert decision.missing == ("household.valid_to",)
    elif valid_to == "open_ended":
        assert decision.outcome["share"] == "0"
    else:
        assert decision.verdict == "needs_review"
        assert {"HOLD", "STATUS_EXPIRED"} <= set(decision.codes)
        assert "personal_fen" not in decision.candidates[0]


def test_in_simen_a_lapsed_zhichu_status_changes_nothing() -> None:
    """While nobody said how it is read, its end is not even asked for."""
    decisions = [
        device(load_policy("simen@working"), {**ZHICHU, **extra})
        for extra in (
            {},
            {"household.valid_to": "2024-01-01"},
            {"household.valid_to": "open_ended"},
        )
    ]
    assert len({decision.digest for decision in decisions}) == 1


def test_no_answer_of_a_settled_town_waits_for_its_readings(town: Policy) -> None:
    """Whatever age and household: a review there has another reason than an open reading."""
    statuses = ("none", "dibao", "dibian", "tekun", "zhichu", "pending")
    for year, status in product(range(1950, 1970), statuses):
        facts = {
            "birth_date": date(year, 6, 1).isoformat(),
            "household.status": status,
            "household.valid_to": "open_ended",
        }
        decision = device(town, facts)
        assert (decision.verdict == "needs_review") == ("STATUS_PENDING" in decision.codes)


def test_a_decision_quotes_the_town_s_own_sentence(town: Policy) -> None:
    """The sheet is shared; the sentence that binds is not."""
    facts = {"birth_date": BIRTH, "household.status": "none"}
    quotes = {
        str(clause["id"]): (clause["quote"], clause["source"])
        for clause in device(town, facts).clauses
    }
    assert quotes["device.share.over_60_half"] == (
        "65周岁以上不是低保、低边、特困的，本人负担三成",
        "示例镇辅具申领办法（虚构）第三条",
    )
    assert "预计自付360元。" in device(town, facts).text["resident"]
    share = device(town, {**facts, "price_fen": None}).text["resident"]
    assert "预计自付三成，价格核定后再算。" in share


def test_a_town_owns_the_base_numbers_it_takes_over(town: Policy) -> None:
    """Who has to confirm them is its own office, not that of the town they were written for."""
    owners = {value.owner for timeline in town.law.parameters.values() for value in timeline}
    assert owners == {"示例镇残联（虚构）"}


@pytest.mark.parametrize(
    ("file", "before", "after", "says"),
    [
        (DEVICE, f"{HALF}\n    quote", f"{HALF[:-2]}:\n    quote", "did you mean 'device.share."),
        (DEVICE, f"basis: seed\n{HALF}", f"basis: hearsay\n{HALF}", "use one of seed, law"),
        (DEVICE, FIRST, "    source", "the key 'quote' is missing"),
        (
            DEVICE,
            "citations:\n",
            "citatoins:\n",
            "did you mean 'citations'?",
        ),
        (REGION, "owner:", "onwer:", "did you mean 'owner'?"),
    ],
)
def test_a_wrong_citation_is_refused(file: str, before: str, after: str, says: str) -> None:
    """File, line, what, fix: as everywhere in a region's text."""
    text = text_of(file)
    assert before in text
    with pytest.raises(PolicyError) as caught:
        edited(TOWN, {file: text.replace(before, after, 1)})
    assert says in str(caught.value)
    assert caught.value.file == file


def test_a_clause_is_cited_once() -> None:
    """Two files that cite the same clause leave open which of them binds."""
    text = text_of(DEVICE)
    again = f"schema: 1\ncitations:{text.partition('citations:')[2]}"
    with pytest.raises(PolicyError, match=r"stands in policy/example-town/again\.yaml"):
        edited(TOWN, {f"policy/{TOWN}/again.yaml": again})


def test_the_digest_covers_a_town_s_sentences(town: Policy) -> None:
    """Another sentence is another law."""
    text = text_of(DEVICE).replace("本人负担三成\n    source", "本人负担叁成\n    source", 1)
    assert edited(TOWN, {DEVICE: text}).digest != town.digest


def test_regions_are_listed_by_their_folders() -> None:
    """Nobody keeps a list of towns."""
    assert rule_files().regions() == [TOWN, "simen"]


def problems(file: str, before: str, after: str) -> tuple[str, ...]:
    """Check the second region with one text replaced."""
    text = text_of(file)
    assert before in text
    return check(TOWN, texts={file: text.replace(before, after, 1)}).problems


def test_a_town_does_not_charge_by_another_town_s_document() -> None:
    """Without a sentence of its own the charge would cite, as confirmed, what Simen wrote."""
    text = text_of(DEVICE)
    own = text[text.index(f"{HALF}\n    quote") :]
    own = own[: own.index("basis: seed\n") + len("basis: seed\n")]
    found = problems(DEVICE, own, "")
    assert found[0].startswith("eligibility/device/share.yaml:")
    assert (
        "device.share.over_60_half charges or refuses by the document of another town" in found[0]
    )
    assert found[0].endswith("citations: device.share.over_60_half: in policy/example-town/*.yaml")


def test_a_number_of_its_own_needs_a_sentence_of_its_own() -> None:
    """Else a decision says fifteen minutes where thirty decided."""
    head = "parameters:\n"
    value = "{value: 30, from: 2021-01-01, basis: practice, source: 示例镇办法, confirmed: no,"
    added = f"{head}  service.min_minutes:\n    - {value} owner: 示例镇, checked_on: 2026-11-24}}\n"
    found = problems(f"policy/{TOWN}/points.yaml", head, added)
    (said,) = [problem for problem in found if "still quotes" in problem]
    assert "points.plausibility.too_brief still quotes" in said
    assert "while service.min_minutes is the town's" in said
    same = problems(f"policy/{TOWN}/points.yaml", head, added.replace("value: 30", "value: 15"))
    assert not [problem for problem in same if "still quotes" in problem]


def test_no_summary_and_no_sentence_tells_a_number_of_another_town() -> None:
    """A summary is read in every town: what is a parameter does not stand in it."""
    for spec in SPECS:
        about = load_about(spec, rule_files())
        assert about is not None
        assert not re.search(
            r"[四五八十]+个?小时|周岁以?前|六十周岁|[五七九十]+(天|分钟)", "".join(about.summary)
        )
    page = site(load_policy(TOWN), rule_files(), ())["expiry.html"]
    assert "60周岁以下免费申请" not in page
    assert "满六十周岁前提交" not in page
