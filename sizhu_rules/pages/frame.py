"""What every page has: language, a way past the navigation, which law it tells."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sizhu_rules.pages.markup import Node, Tag, items, link, tag, written

if TYPE_CHECKING:
    from sizhu_rules.engine.policy import Policy

UNCONFIRMED: Final = "没有确认的，不会拿来拒绝人、多收钱、少给：遇到了一律请工作人员来定。"


def page(policy: Policy, title: str, menu: list[Tag], *content: Node | None) -> str:
    """Write a page; `menu` holds its links, `content` what stands under the title."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {policy.law.title}助残规则"),
        tag("style"),
    )
    body = tag(
        "body",
        tag("a", "跳到正文", href="#content", class_="skip"),
        tag(
            "header",
            tag("p", f"{policy.law.title} · 助残规则"),
            tag("h1", title),
        ),
        tag("nav", items("ul", *menu), aria_label="本页目录") if menu else None,
        tag("main", *content, id="content"),
        _footer(policy),
    )
    style = files("sizhu_rules.pages").joinpath("site.css").read_text(encoding="utf-8")
    return written(tag("html", head, body, lang="zh-CN"), style)


def mark(text: str, *, settled: bool) -> Tag:
    """Mark what is confirmed and what is not, in words and in colour."""
    return tag("span", text, class_="mark yes" if settled else "mark no")


def section(identifier: str, title: str, *content: Node | None) -> Tag | None:
    """Make a section with its heading; none without content."""
    if not any(node is not None for node in content):
        return None
    heading = f"{identifier}-title"
    return tag(
        "section", tag("h2", title, id=heading), *content, id=identifier, aria_labelledby=heading
    )


def _footer(policy: Policy) -> Tag:
    return tag(
        "footer",
        tag("p", "这里写的都是预计的算法，每件事都由村里和镇里的工作人员决定。"),
        tag("p", f"{policy.law.title}，规则版本 {policy.version}"),
        tag("p", "摘要 ", tag("span", policy.digest, class_="code")),
        tag("p", link("index.html", "回到全部规则")),
    )
