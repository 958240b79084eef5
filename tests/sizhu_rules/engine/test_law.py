"""The text of a region: what overrides what, what the digest covers, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.law import Identity, load_law
from sizhu_rules.engine.source import Files
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.spec import RuleSpec

REGION = "policy/town/region.yaml"
NUMBERS = "policy/town/fare.yaml"
BASE = "policy/default/fare.yaml"
SHARE = "fare/share.yaml"
PRICE = """\
schema: 1
parameters:
  fare.price:
    - value: 300
      from: 2021-01-01
      basis: seed
      source: test
      quote: —
      checked_on: 2026-11-24
      owner: base
      confirmed: yes
"""
CITATIONS = """\
schema: 1
citations:
  fare.share.old: {quote: ours, source: our paper, basis: seed}
"""


def refusal(load: Callable[..., Law], *edits: tuple[str, str, str]) -> str:
    """Return how a law is refused."""
    with pytest.raises(PolicyError) as caught:
        load(*edits)
    return str(caught.value)


def test_a_law_holds_what_its_files_say(law_of: Callable[..., Law]) -> None:
    """Head, sheets in the rule's order, numbers, sentences."""
    law = law_of()
    assert (law.region, law.version, law.title) == ("town", "7", "Town")
    assert [sheet.name for sheet in law.sheets["fare"]] == ["fare.share", "fare.order"]
    assert sorted(law.parameters) == ["fare.old", "fare.price", "fare.shift"]
    assert law.readings == {}
    assert law.texts["fare"].ask == "还缺：{fact}。"


def test_the_identity_names_region_version_and_content(law_of: Callable[..., Law]) -> None:
    """As a decision's JSON has it."""
    identity = law_of().identity()
    assert identity.to_dict() == {
        "region": "town",
        "version": "7",
        "digest": identity.digest,
    }
    assert identity == Identity("town", "7", identity.digest)


@pytest.mark.parametrize(
    "edit",
    [
        (REGION, 'version: "7"', 'version: "8"'),
        (NUMBERS, "value: 200", "value: 201"),
        (
            NUMBERS,
            "from: 2021-01-01\n      basis: assumption",
            "from: 2020-01-01\n      basis: assumption",
        ),
        (SHARE, "the young are free", "the young go free"),
        (
            SHARE,
            "the old pay half\n    source: test\n    basis: law",
            "x\n    source: y\n    basis: law",
        ),
        (SHARE, "range: [0, 140]", "range: [0, 141]"),
        (SHARE, "changeable: age", "contradiction: OLD"),
    ],
)
def test_the_digest_changes_with_the_content(
    law_of: Callable[..., Law], edit: tuple[str, str, str]
) -> None:
    """With every word and number of sheets and parameters."""
    assert law_of(edit).identity().digest != law_of().identity().digest


@pytest.mark.parametrize(
    "edit",
    [
        (SHARE, "# Who pays what.\n", "# Who pays\n# what.\n"),
        (NUMBERS, "schema: 1\n", "schema: 1\nnote: nothing\n"),
        (REGION, "title: Town", "title: Harbour"),
        ("fare/texts.yaml", "[young]", "[so young]"),
    ],
)
def test_the_digest_does_not_change_with_the_place(
    law_of: Callable[..., Law], edit: tuple[str, str, str]
) -> None:
    """Neither with lines and comments, nor with sentences."""
    assert law_of(edit).identity().digest == law_of().identity().digest


def test_a_region_overrides_the_base_number_by_number(law_of: Callable[..., Law]) -> None:
    """What it does not say stays the base's, and its owner's, unless the region takes it over."""
    assert law_of((BASE, "", PRICE)).parameters["fare.price"][0].value == 200
    aside = (NUMBERS, "fare.price:", "fare.old_price:")
    law = law_of((BASE, "", PRICE), aside, frozen=True)
    (price,) = law.parameters["fare.price"]
    assert (price.value, price.owner) == (300, "base")
    owned = law_of(
        (BASE, "", PRICE), aside, (REGION, "title:", "owner: town hall\ntitle:"), frozen=True
    )
    (price,) = owned.parameters["fare.price"]
    assert (price.value, price.owner) == (300, "town hall")
    assert owned.parameters["fare.old"][0].owner == "harbour"


@pytest.mark.parametrize("region", ["city", "town"])
def test_a_region_keeps_the_owners_of_its_own_numbers(
    law_of: Callable[..., Law], region: str
) -> None:
    """Whatever its name: it takes over the base's alone."""
    owner = (f"policy/{region}/region.yaml", "title:", "owner: hall\ntitle:")
    law = law_of(owner, region=region)
    assert {value.owner for many in law.parameters.values() for value in many} == {"harbour"}


def test_what_stands_twice_is_refused(law_of: Callable[..., Law]) -> None:
    """With both places."""
    assert refusal(law_of, ("policy/town/more.yaml", "", PRICE)) == (
        "policy/town/more.yaml:3: 'fare.price' stands in policy/town/fare.yaml as well;"
        " keep one of the two"
    )
    twice = [(f"policy/town/{name}.yaml", "", CITATIONS) for name in ("c", "d")]
    assert refusal(law_of, *twice) == (
        "policy/town/d.yaml:3: 'fare.share.old' stands in policy/town/c.yaml as well;"
        " keep one of the two"
    )


@pytest.mark.parametrize("schema", [0, 2])
@pytest.mark.parametrize("name", [REGION, NUMBERS])
def test_a_schema_of_another_time_is_refused(
    law_of: Callable[..., Law], name: str, schema: int
) -> None:
    """Older or newer."""
    assert refusal(law_of, (name, "schema: 1\n", f"schema: {schema}\n")) == (
        f"{name}:1: the schema is unknown; write 'schema: 1'"
    )


@pytest.mark.parametrize("other", ["a", "z"])
def test_a_region_is_that_of_its_folder(law_of: Callable[..., Law], other: str) -> None:
    """Whatever its letter."""
    assert refusal(law_of, (REGION, "region: town", f"region: {other}")) == (
        f"{REGION}:2: the region is not that of its folder; write 'town'"
    )


@pytest.mark.parametrize("region", ["city", "Town", "../town", "", "7", "t" * 42])
def test_a_region_that_there_is_not_is_named_with_those_there_are(
    fare: RuleSpec, region: str
) -> None:
    """A path is no region either."""
    head = f"schema: 1\nregion: {region}\n"
    texts = {REGION: head, "policy/other/region.yaml": head}
    if region in ("Town", "7", "t" * 42):  # a folder is there, its name is none
        texts[f"policy/{region}/region.yaml"] = head
    with pytest.raises(PolicyError, match="there is no such region; use one of ") as caught:
        load_law(region, [fare], Files(None, texts=texts))
    assert (caught.value.file, caught.value.line) == (f"policy/{region}/region.yaml", 1)
    assert caught.value.fix.endswith(", or add it")
    assert "other" in caught.value.fix
