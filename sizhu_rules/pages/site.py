"""The whole site: which pages there are, and the index that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.cases import load_cases
from sizhu_rules.engine.about import load_about
from sizhu_rules.engine.rule_words import load_rule_words
from sizhu_rules.pages.frame import UNCONFIRMED, mark, page, section
from sizhu_rules.pages.markup import Tag, items, link, tag
from sizhu_rules.pages.rule_page import RulePage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.source import Files
    from sizhu_rules.releases import Release

INDEX = "index.html"


def site(policy: Policy, files: Files, releases: Sequence[Release] = ()) -> dict[str, str]:
    """Write all pages of a policy, by file name.

    `files` are those the policy was loaded from: cases and words stand there. Raises `PolicyError`
    for an about.yaml, words or cases that are wrong.
    """
    pages = [
        RulePage(
            policy,
            rule,
            (load_about(rule.spec, files), load_rule_words(rule.spec, files)),
            load_cases(rule.spec, files, policy.region),
            releases,
        )
        for rule in policy.rules.values()
    ]
    return {INDEX: _index(policy, pages), **{one.file: one.html() for one in pages}}


def _index(policy: Policy, pages: Sequence[RulePage]) -> str:
    unsettled = sum(_count(one) for one in pages)
    return page(
        policy,
        "助残规则一览",
        [],
        tag("p", "这里写着村里、镇里办助残的事时，电脑照什么算、每一句从哪里来、哪些还没有定。"),
        tag("p", "电脑只给预计结果，每件事都由工作人员决定；不明白或不同意，可以找村残协。"),
        section("rules", "规则", *(_rule(one) for one in pages)),
        section(
            "open",
            f"还没有确认的（{unsettled}处）",
            tag("p", UNCONFIRMED),
            *(_open(one) for one in pages),
        )
        if unsettled
        else None,
    )


def _rule(one: RulePage) -> Tag:
    count = _count(one)
    state = mark(f"{count}处没有确认", settled=False) if count else mark("都已确认", settled=True)
    return tag(
        "article",
        tag("h3", link(one.file, one.title)),
        tag("p", one.lead) if one.lead else None,
        tag("p", state),
    )


def _open(one: RulePage) -> Tag | None:
    found = [*one.questions(), *one.assumed()]
    if not found:
        return None
    return tag("div", tag("h3", one.title), items("ul", *found))


def _count(one: RulePage) -> int:
    return len(one.questions()) + len(one.assumed())
