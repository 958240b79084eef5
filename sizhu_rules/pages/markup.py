"""A page as nested tags: written once as HTML that is also well-formed XML; all text is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_VOID: Final = frozenset({"meta", "link", "br", "hr"})
_INLINE: Final = frozenset({"a", "span", "strong", "code", "b", "q", "abbr", "time"})


@dataclass(frozen=True, slots=True)
class Tag:
    """One element; children are elements or text."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Node, ...]


Node = Tag | str


def tag(name: str, /, *children: Node | None, **attributes: str) -> Tag:
    """Make an element; a trailing underscore in an attribute's name is dropped (`class_`).

    None among the children is left out.
    """
    pairs = tuple((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    return Tag(name, pairs, tuple(child for child in children if child is not None))


def link(to: str, text: str) -> Tag:
    """Make a link."""
    return tag("a", text, href=to)


def items(name: str, /, *nodes: Node) -> Tag | None:
    """Make a list (`ul`, `ol`) of some nodes; nothing of none."""
    return tag(name, *(tag("li", node) for node in nodes)) if nodes else None


def pairs(*rows: tuple[str, Node | None]) -> Tag:
    """Make a list of terms and what they are; rows without a value are left out."""
    return tag(
        "dl",
        *(
            tag("div", tag("dt", term), tag("dd", value))
            for term, value in rows
            if value is not None
        ),
    )


def written(page: Tag, style: str) -> str:
    """Write a whole page; `style` goes into its head, where markup does not reach."""
    text = "".join(_write(page))
    return "<!DOCTYPE html>\n" + text.replace("<style></style>", f"<style>\n{style}</style>") + "\n"


def _write(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield escape(node, quote=False)
        return
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes)
    if node.name in _VOID:
        yield f"<{node.name}{attributes} />"
        return
    yield f"<{node.name}{attributes}>"
    for child in node.children:
        yield from _write(child)
    yield f"</{node.name}>"
    if node.name not in _INLINE:
        yield "\n"
