"""Sentences: how long a resident's may be, and of which schema a file is."""

from __future__ import annotations

import pytest

from sizhu_rules.engine.source import compose
from sizhu_rules.engine.texts import Phrase, Texts, load_texts
from sizhu_rules.errors import PolicyError


def texts(sentence: str, *, schema: int = 1) -> Texts:
    """Load a file with one sentence for residents."""
    text = f"""\
schema: {schema}
headlines: {{eligible: {{resident: ['{sentence}']}}}}
codes: {{LATE: {{staff: [late]}}}}
facts: {{birth_date: birthday}}
ask: 'still needed: {{fact}}'
closing: [thanks]
"""
    return load_texts(compose(text, "texts.yaml"))


def test_thirty_characters_are_enough() -> None:
    """And thirty-one too many."""
    assert texts("字" * 30).headlines["eligible"] == Phrase(("字" * 30,), ())
    with pytest.raises(PolicyError) as caught:
        texts("字" * 31)
    assert str(caught.value) == (
        "texts.yaml:2: a resident's sentence may come to 31 characters;"
        " say it in 30, or in two sentences"
    )


def test_a_blank_counts_as_long_as_it_may_become() -> None:
    """A day or an amount: ten characters."""
    assert texts("字" * 20 + "{to}").headlines
    with pytest.raises(PolicyError, match="may come to 31 characters"):
        texts("字" * 21 + "{to}")


@pytest.mark.parametrize("schema", [0, 2])
def test_another_schema_is_refused(schema: int) -> None:
    """Neither an older nor a newer one is guessed at."""
    with pytest.raises(PolicyError, match="the schema is unknown; write 'schema: 1'"):
        texts("好", schema=schema)


def test_what_is_silent_says_nothing() -> None:
    """A code may speak to staff alone; changes may be absent."""
    found = texts("好")
    assert found.codes["LATE"] == Phrase((), ("late",))
    assert found.changes == {}
    assert (found.facts, found.ask, found.closing) == (
        {"birth_date": "birthday"},
        "still needed: {fact}",
        ("thanks",),
    )
