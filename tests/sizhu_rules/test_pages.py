"""The rules' pages: complete, well-formed, honest about what is open, decided and not typed."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from sizhu_rules import RULES, load_policy
from sizhu_rules.engine.about import load_about
from sizhu_rules.engine.links import used_parameters
from sizhu_rules.engine.rule_words import load_rule_words
from sizhu_rules.engine.sheet import GROUNDED
from sizhu_rules.engine.source import Files
from sizhu_rules.pages import site
from sizhu_rules.pages.markup import tag, written
from sizhu_rules.pages.words import Words
from sizhu_rules.policies import rule_files, shipped
from sizhu_rules.registry import SPECS
from sizhu_rules.releases import Release
from sizhu_rules.testing import TODAY, edited, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGIONS = rule_files().regions()
PAGES = [(region, rule) for region in REGIONS for rule in RULES]
ABOUT = "eligibility/device/about.yaml"
SHARE = "eligibility/device/share.yaml"
SIMEN = "policy/simen/device.yaml"


@cache
def pages(region: str) -> Mapping[str, str]:
    """Write a region's site from its working text."""
    return site(load_policy(f"{region}@working"), rule_files())


def tree(page: str) -> ET.Element:
    """Parse a page: HTML that is XML as well, so that nothing is left open."""
    assert page.startswith("<!DOCTYPE html>\n")
    return ET.fromstring(page.partition("\n")[2])  # noqa: S314 - our own page


def text(element: ET.Element | None) -> str:
    """Return all text of an element."""
    assert element is not None
    return "".join(element.itertext())


def by_id(root: ET.Element, identifier: str) -> ET.Element:
    """Return the element of an id."""
    [found] = [one for one in root.iter() if one.get("id") == identifier]
    return found


def rule_page(region: str, rule: str) -> ET.Element:
    """Return a rule's page, parsed."""
    return tree(pages(region)[f"{rule}.html"])


def words_of(region: str, rule: str) -> Words:
    """Return the words of a rule."""
    compiled = load_policy(f"{region}@working").rules[rule]
    return Words(compiled, load_rule_words(compiled.spec, rule_files()))


def examples_of(root: ET.Element) -> dict[str, str]:
    """Return the text of each example by its title."""
    articles = by_id(root, "examples").iter("article")
    return {text(one.find("h3")): text(one) for one in articles}


def headings(root: ET.Element) -> Iterator[int]:
    """List the levels of the headings in order."""
    for one in root.iter():
        if re.fullmatch(r"h[1-6]", one.tag):
            yield int(one.tag[1])


@pytest.mark.parametrize("region", REGIONS)
def test_there_is_an_index_and_a_page_for_each_rule(region: str) -> None:
    """The index leads to every page."""
    found = pages(region)
    assert found.keys() == {"index.html", *(f"{rule}.html" for rule in RULES)}
    links = {one.get("href") for one in tree(found["index.html"]).iter("a")}
    assert {f"{rule}.html" for rule in RULES} <= links


@pytest.mark.parametrize("region", REGIONS)
def test_every_page_is_made_for_every_reader(region: str) -> None:
    """Language, one title, headings without a gap, landmarks, unique ids; no script, no request."""
    for page in pages(region).values():
        root = tree(page)
        assert root.get("lang") == "zh-CN"
        levels = list(headings(root))
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all(len(list(root.iter(name))) == 1 for name in ("header", "main", "footer"))
        ids = [one.get("id") for one in root.iter() if one.get("id")]
        assert len(ids) == len(set(ids))
        for one in root.iter():
            assert one.tag not in {"script", "img", "iframe", "link", "form"}
            assert one.get("src") is None
            assert not [name for name in one.attrib if name.startswith("on")]
        for label in (one.get("aria-labelledby") for one in root.iter()):
            assert label is None or label in ids
        assert "url(" not in page
        assert "@import" not in page


@pytest.mark.parametrize("region", REGIONS)
def test_every_link_leads_somewhere(region: str) -> None:
    """Within the page or to another one: a folder on a stick is enough."""
    found = {name: tree(page) for name, page in pages(region).items()}
    ids = {name: {one.get("id") for one in root.iter()} for name, root in found.items()}
    for name, root in found.items():
        for one in root.iter("a"):
            file, _, identifier = str(one.get("href")).partition("#")
            assert (file or name) in found
            assert not identifier or identifier in ids[file or name], one.get("href")


@pytest.mark.parametrize("region", REGIONS)
def test_every_page_says_which_law_it_tells(region: str) -> None:
    """Town, version and digest stand on each; the same law gives the same bytes."""
    policy = load_policy(f"{region}@working")
    for page in pages(region).values():
        foot = text(next(tree(page).iter("footer")))
        assert policy.law.title in foot
        assert policy.version in foot
        assert policy.digest in foot
    assert site(policy, rule_files()) == pages(region)


@pytest.mark.parametrize(("region", "rule"), PAGES)
def test_every_clause_is_told(region: str, rule: str) -> None:
    """The source's own sentence as a quote, where it comes from, its basis in words, its days."""
    bases = {"seed": "原文", "law": "法律", "practice": "惯例", "assumption": "设定"}
    root = rule_page(region, rule)
    for sheet in load_policy(f"{region}@working").rules[rule].sheets:
        for clause in sheet.clauses:
            told = by_id(root, clause.id)
            assert text(next(told.iter("blockquote"))).strip() == clause.quote
            said = text(told)
            assert words_of(region, rule).document(clause.source) in said
            assert bases[clause.basis] in said
            assert f"{clause.since.year}年{clause.since.month}月{clause.since.day}日" in said
            assert clause.id in said


@pytest.mark.parametrize(("region", "rule"), PAGES)
def test_every_reading_is_told(region: str, rule: str) -> None:
    """The question, both sides in the sources' words, which is followed, by whom, its state."""
    policy = load_policy(f"{region}@working")
    root = rule_page(region, rule)
    quotes = {c.id: c.quote for sheet in policy.rules[rule].sheets for c in sheet.clauses}
    sheets = {sheet.name for sheet in policy.rules[rule].sheets}
    for reading in policy.law.readings.values():
        if reading.sheet not in sheets:
            continue
        told = by_id(root, f"reading-{reading.id}")
        said = text(told)
        for part in (reading.question, reading.by, reading.quote):
            assert part in said
        for side, clauses in reading.sides:
            [line] = [
                text(one)
                for one in told.iter("li")
                if all(quotes[identifier] in text(one) for identifier in clauses)
            ]
            assert ("按这一边" in line) == (side == reading.follow)
        state = f"已确认：{reading.confirmed_by}" if reading.confirmed else "未确认：碰到"
        assert state in said


@pytest.mark.parametrize(("region", "rule"), PAGES)
def test_every_number_is_told(region: str, rule: str) -> None:
    """Its value in people's units, basis, source, when it was checked, who confirms it."""
    policy = load_policy(f"{region}@working")
    root = rule_page(region, rule)
    words = words_of(region, rule)
    for name in used_parameters(policy.rules[rule].spec, policy.law):
        told = text(by_id(root, f"number-{name}"))
        for value in policy.law.parameters[name]:
            checked = f"{value.checked_on.year}年{value.checked_on.month}月{value.checked_on.day}日"
            source = words.document(value.source)
            for part in (words.amount(name, value.value), source, checked, value.owner):
                assert part in told
            assert ("已确认" if value.confirmed else "待确认") in told
            assert value.quote is None or value.quote in told


@pytest.mark.parametrize(("region", "rule"), PAGES)
def test_what_nobody_confirmed_stands_before_everything_else(region: str, rule: str) -> None:
    """Readings, numbers and clauses of our own making, each as a link, counted in a heading."""
    policy = load_policy(f"{region}@working")
    compiled = policy.rules[rule]
    sheets = {sheet.name for sheet in compiled.sheets}
    expected = {
        *(
            f"reading-{reading.id}"
            for reading in policy.law.readings.values()
            if reading.sheet in sheets and not reading.confirmed
        ),
        *(
            f"number-{name}"
            for name in used_parameters(compiled.spec, policy.law)
            if not all(value.confirmed for value in policy.law.parameters[name])
        ),
        *(c.id for s in compiled.sheets for c in s.clauses if c.basis not in GROUNDED),
    }
    root = rule_page(region, rule)
    if not expected:
        assert "都已确认" in text(next(root.iter("main")))
        return
    box = by_id(root, "open")
    assert {str(one.get("href")).partition("#")[2] for one in box.iter("a")} == expected
    assert f"还有{len(expected)}处没有确认" in text(box)
    order = [one.get("id") for one in root.iter("section")]
    assert order[0] == "open"
    index = tree(pages(region)["index.html"])
    linked = {str(one.get("href")) for one in by_id(index, "open").iter("a")}
    assert {f"{rule}.html#{identifier}" for identifier in expected} <= linked


def test_every_hole_and_every_change_of_the_rule_is_told() -> None:
    """What the rule does not know is on its page, with who must answer."""
    about = load_about(SPECS[0], rule_files())
    assert about is not None
    root = rule_page("simen", "device")
    holes, history = text(by_id(root, "holes")), text(by_id(root, "history"))
    for hole in about.holes:
        assert {hole.what, hole.why, hole.owner} <= {
            part.strip() for part in by_id(root, "holes").itertext()
        }
    assert "支出型困难家庭怎么算" in holes
    for one in about.history:
        for part in (one.what, one.period, one.people):
            assert part in history


def test_a_hole_that_a_town_has_closed_is_no_hole_there() -> None:
    """The second town has answered; what it has not answered stays."""
    holes = text(by_id(rule_page("example-town", "device"), "holes"))
    assert "支出型困难家庭怎么算" not in holes
    assert "正好60周岁" not in holes
    assert "“付一半”是什么的一半" in holes


def test_the_second_town_is_told_by_its_own_sentences() -> None:
    """Its number, its reading, its document: nothing of the other town's text."""
    root = rule_page("example-town", "device")
    clause = text(by_id(root, "device.share.over_60_half"))
    assert "65周岁以上不是低保、低边、特困的，本人负担三成" in clause
    assert "本人自付三成" in clause
    assert "60周岁以上不是低保" not in text(next(root.iter("main")))
    assert "泗门" not in text(by_id(root, "numbers"))


def test_the_examples_are_decided_and_not_typed() -> None:
    """Another share in the policy, another amount on the page."""
    before = examples_of(rule_page("simen", "device"))["六十一周岁自付一半"]
    assert "预计自付600元。" in before
    texts = {SIMEN: text_of(SIMEN).replace('value: "1/2"', 'value: "1/4"')}
    page = site(edited("simen", texts), Files(shipped(), texts=texts))["device.html"]
    after = examples_of(tree(page))["六十一周岁自付一半"]
    assert "预计自付300元。" in after
    assert "600元" not in after


def test_an_example_tells_what_is_special_and_what_is_unknown() -> None:
    """What most examples share is told once; what was not read is not told."""
    told = examples_of(rule_page("simen", "device"))
    free = told["五十九周岁免费"]
    assert "2023年11月19日" in free
    assert "家庭是不是低保" not in free
    unknown = told["四十五岁缺申领资料的要补资料但比例已定"]
    assert "还不知道" in unknown
    assert "残疾人证现在的状态" in unknown
    supposed = told["支出型困难读法照字面的自付一半且不看有效期"]
    assert "镇残联定了读法，按“60周岁以上不是低保、低边要付一半的钱”" in supposed
    assert "household" not in "".join(told.values())


def test_releases_stand_in_the_history() -> None:
    """What was in force, since when, under which digest."""
    release = Release("simen", "2027.1", "sha256:abc", TODAY, "年龄线改为六十五", {}, "")
    page = site(load_policy("simen@working"), rule_files(), [release])["device.html"]
    history = text(by_id(tree(page), "history"))
    assert "2024年11月22日：发布版本 2027.1" in history
    assert "年龄线改为六十五" in history
    assert "sha256:abc" in history


def test_texts_are_told_and_never_obeyed() -> None:
    """A sentence with markup in it stays a sentence."""
    evil = '<script>alert(1)</script> & "x"'
    texts = {
        SHARE: text_of(SHARE).replace("quote: 60周岁以下免费申请", f"quote: '{evil}'", 1),
        ABOUT: text_of(ABOUT).replace("title: 辅具器材申请", f"title: '{evil}'", 1),
    }
    found = site(edited("simen", texts), Files(shipped(), texts=texts))
    for page in found.values():
        assert "<script" not in page
        tree(page)
    assert text(next(tree(found["device.html"]).iter("h1"))) == evil


def test_a_page_without_an_about_is_still_complete() -> None:
    """A rule that says nothing about itself is told by its sheets."""
    files = rule_files()
    texts = {name: text_of(name) for spec in SPECS for name in [f"{spec.folder}/cases.yaml"]}
    found = site(load_policy("simen@working"), Files(None, texts=texts))
    root = tree(found["device.html"])
    assert text(next(root.iter("h1"))) == "辅具自付比例、辅具申领条件"
    assert by_id(root, "device.share.under_60_free") is not None
    assert files.has(ABOUT)


@pytest.mark.parametrize("region", REGIONS)
def test_nothing_is_left_in_code(region: str) -> None:
    """Identifiers stand where they are marked as such; all else is Chinese."""
    for name, page in pages(region).items():
        for one in tree(page).iter():
            told = one.text if one.get("class") != "code" and one.tag != "style" else ""
            for piece in (told, one.tail):
                assert not re.search(r"[a-z]{3}", piece or ""), (name, piece)


@pytest.mark.parametrize("region", REGIONS)
def test_no_page_holds_anything_personal(region: str) -> None:
    """No number of an ID, a certificate or a phone; and no path of a machine."""
    for page in pages(region).values():
        plain = page.replace(load_policy(f"{region}@working").digest, "")
        assert not re.search(r"(?<![0-9a-f])\d{17}[\dXx]", plain)
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", plain)
        assert not re.search(r"/(home|root|tmp|usr|work)/", plain)


def test_markup_escapes_text_and_attributes() -> None:
    """Nothing that is written can become an element."""
    page = written(tag("html", tag("style"), tag("p", '<b>&"', title='"><b>'), tag("br")), "p {}")
    assert '<p title="&quot;&gt;&lt;b&gt;">&lt;b&gt;&amp;"</p>' in page
    assert "<br />" in page
    assert "<style>\np {}</style>" in page


@pytest.mark.parametrize("region", REGIONS)
def test_no_clause_gives_a_bare_yes(region: str) -> None:
    """A resident reads what follows: whom one calls, what one gets; never 是 without a subject."""
    for name, page in pages(region).items():
        assert not [p for p in tree(page).iter("p") if text(p).strip() in ("是。", "否。")], name
