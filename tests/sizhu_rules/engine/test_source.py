"""Rule texts as they are read: every kind of value, what is refused, and with which words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.source import Entry, Files, compose
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NO_VALUE = (
    "a whole number, yes or no, or text is expected here; "
    "write digits only, or put text and fractions in quotes, such as '1/2'"
)


def entry(text: str) -> Entry:
    """Parse one value, on the second line of a file."""
    return compose(f"# first line\n{text}", "demo.yaml")


def refusal(read: Callable[[], object]) -> str:
    """Return how reading is refused."""
    with pytest.raises(PolicyError) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "read", "value"),
    [
        ("some text", Entry.text, "some text"),
        ("'60'", Entry.text, "60"),
        ("2024-02-29", Entry.day, date(2024, 2, 29)),
        ("0", Entry.integer, 0),
        ("-12", Entry.integer, -12),
        ("yes", Entry.boolean, True),
        ("no", Entry.boolean, False),
        ("True", Entry.boolean, True),
        ("FALSE", Entry.boolean, False),
        ("[a, b]", Entry.texts, ("a", "b")),
        ("60", Entry.value, 60),
        ("no", Entry.value, False),
        ("'1/2'", Entry.value, "1/2"),
    ],
)
def test_what_is_written_is_what_is_read(
    text: str, read: Callable[[Entry], object], value: object
) -> None:
    """Each kind by its own method, none taken for another."""
    found = read(entry(text))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "read", "message"),
    [
        ("60", Entry.text, "text is expected here; put it in quotes"),
        ("[a]", Entry.text, "text is expected here; put it in quotes"),
        ("'  '", Entry.text, "the text is empty; write it, or take the key away"),
        ("'2024-01-01'", Entry.day, "a day is expected here; write YYYY-MM-DD without quotes"),
        (
            "2024-02-30",
            Entry.day,
            "the day 2024-02-30 does not exist; correct month and day",
        ),
        (
            "2024-01-01T00:00:00",
            Entry.day,
            "'2024-01-01T00:00:00' is no day; write YYYY-MM-DD",
        ),
        ("'1'", Entry.integer, "a whole number is expected here; write digits only"),
        ("0x1f", Entry.integer, "'0x1f' is no plain number; write decimal digits only"),
        ("007", Entry.integer, "'007' is no plain number; write decimal digits only"),
        ("1_000", Entry.integer, "'1_000' is no plain number; write decimal digits only"),
        ("'yes'", Entry.boolean, "yes or no is expected here; write yes or no without quotes"),
        ("on", Entry.boolean, "'on' is neither yes nor no; write yes or no"),
        (
            "1.5",
            Entry.value,
            NO_VALUE,
        ),
        (
            "[1]",
            Entry.value,
            NO_VALUE,
        ),
        ("a", Entry.items, "a list is expected here; write '- item' lines or [a, b]"),
        ("[a]", Entry.pairs, "a mapping is expected here; write 'key: value' lines"),
        ("{a: 1, a: 2}", Entry.pairs, "the key 'a' stands here twice; keep one of the two"),
        ("{[a]: 1}", Entry.pairs, "a key is not text; use a plain word as key"),
        ("[a, 1]", Entry.texts, "text is expected here; put it in quotes"),
    ],
)
def test_what_is_something_else_is_refused(
    text: str, read: Callable[[Entry], object], message: str
) -> None:
    """With file, line and fix."""
    assert refusal(lambda: read(entry(text))) == f"demo.yaml:2: {message}"


def test_keys_are_known_or_refused() -> None:
    """A misspelt key is no silent policy; the nearest one is proposed."""
    two = entry("{one: 1, two: 2}")
    assert list(two.mapping(["one"], ["two"])) == ["one", "two"]
    assert refusal(lambda: two.mapping(["one"])) == (
        "demo.yaml:2: unknown key 'two'; use one of one"
    )
    assert refusal(lambda: two.mapping(["one", "twe"])) == (
        "demo.yaml:2: unknown key 'two'; did you mean 'twe'?"
    )
    assert refusal(lambda: two.mapping(["one", "two", "three"])) == (
        "demo.yaml:2: the key 'three' is missing; add 'three: …' here"
    )


def test_a_choice_is_one_of_the_words() -> None:
    """And the others are named."""
    assert entry("b").choice(["a", "b"]) == "b"
    assert refusal(lambda: entry("c").choice(["a", "b"])) == (
        "demo.yaml:2: 'c' is not allowed here; use one of a, b"
    )


def test_an_empty_file_is_refused() -> None:
    """And one that is no YAML, with its line; and one with a forbidden character."""
    assert refusal(lambda: compose("", "d.yaml")) == (
        "d.yaml:1: the file is empty; write it, or remove it"
    )
    broken = refusal(lambda: compose("a: 1\nb: ]\nc: 2", "d.yaml"))
    assert broken.startswith("d.yaml:2: this is no YAML: ")
    assert "node content" in broken  # the parser's own words, in C and in Python
    assert broken.endswith("; check indentation, colons and quotes")
    assert refusal(lambda: compose("a: \x00", "d.yaml")).startswith("d.yaml:1: ")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A folder of rules: one rule, two regions, one folder that is none."""
    root = tmp_path / "shipped"
    for name, text in {
        "rule/sheet.yaml": "shipped",
        "policy/default/a.yaml": "base",
        "policy/town/region.yaml": "town",
        "policy/town/b.yaml": "shipped b",
        "policy/town/notes.txt": "no rule text",
        "policy/town/releases/1/region.yaml": "frozen",
        "policy/other/region.yaml": "other",
        "policy/empty/c.yaml": "no region",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_files_are_found_in_order(shipped: Path, tmp_path: Path) -> None:
    """Texts given, then the overlay, then what is shipped; rules come from no overlay."""
    overlay = tmp_path / "overlay"
    (overlay / "town").mkdir(parents=True)
    (overlay / "town" / "b.yaml").write_text("overlaid b", encoding="utf-8")
    (overlay / "rule").mkdir()
    (overlay / "rule" / "sheet.yaml").write_text("not looked at", encoding="utf-8")
    (overlay / "sheet.yaml").write_text("not looked at", encoding="utf-8")
    assert not Files(shipped, overlay).has("another/sheet.yaml")
    files = Files(shipped, overlay, {"policy/town/given.yaml": "given"})
    assert files.text("policy/town/b.yaml") == "overlaid b"
    assert files.text("policy/town/given.yaml") == "given"
    assert files.text("policy/town/region.yaml") == "town"
    assert files.text("rule/sheet.yaml") == "shipped"
    assert files.region("town") == [
        "policy/town/b.yaml",
        "policy/town/given.yaml",
        "policy/town/region.yaml",
    ]
    assert files.regions() == ["other", "town"]
    assert files.has("rule/sheet.yaml")
    assert not files.has("rule/other.yaml")
    assert refusal(lambda: files.text("rule/other.yaml")) == (
        "rule/other.yaml:1: the file is missing; add it, or correct its name"
    )


def test_texts_alone_are_a_frozen_release() -> None:
    """Nothing shipped is looked at then."""
    texts = {"policy/town/region.yaml": "a: 1", "rule/sheet.yaml": "b: 2"}
    files = Files(None, texts={**texts, "policy/town/releases/1/region.yaml": "a: 0"})
    assert files.regions() == ["town"]
    assert files.region("town") == ["policy/town/region.yaml"]
    assert files.releases("town") == {}
    assert files.read("rule/sheet.yaml").pairs()[0][0] == "b"
    assert not files.has("policy/town/b.yaml")


def test_releases_of_an_overlay_speak_alone(shipped: Path, tmp_path: Path) -> None:
    """Those in force; for replay all are found, the overlay's before the shipped."""
    overlay = tmp_path / "overlay"
    (overlay / "town" / "releases" / "2").mkdir(parents=True)
    (overlay / "town" / "releases" / "note.txt").write_text("no release", encoding="utf-8")
    assert list(Files(shipped).releases("town")) == ["1"]
    assert list(Files(shipped).releases("other")) == []
    files = Files(shipped, overlay)
    assert sorted(files.releases("town")) == ["1", "2"]
    assert sorted(files.releases("town", in_force=True)) == ["2"]
    (overlay / "town" / "releases" / "1").mkdir()
    assert "overlay" in str(files.releases("town")["1"])


def test_a_file_that_is_not_utf8_is_refused(shipped: Path) -> None:
    """It names what to do."""
    (shipped / "rule" / "sheet.yaml").write_bytes(b"\xff\xfe")
    assert refusal(lambda: Files(shipped).text("rule/sheet.yaml")) == (
        "rule/sheet.yaml:1: the file is not UTF-8; save it as UTF-8"
    )
