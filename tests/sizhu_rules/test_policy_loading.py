"""A rule text that is wrong does not load: file, line, what, fix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sizhu_rules import PolicyError, decide, load_policy
from sizhu_rules.testing import HARMLESS_DEVICE, edited, text_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sizhu_rules import Policy

SHARE = "eligibility/device/share.yaml"
ENTITLEMENT = "eligibility/device/entitlement.yaml"
TEXTS = "eligibility/device/texts.yaml"
SIMEN = "policy/simen/device.yaml"
REGION = "policy/simen/region.yaml"
DEFAULT = "policy/default/device.yaml"

FREE_AGE = """\
    - value: 60
      from: 2021-01-01
      basis: seed
"""

WRONG: list[tuple[str, str, str, str]] = [
    # file, what stands there, what stands there instead, what the error says
    (
        SIMEN,
        "      owner: 泗门镇残联",
        "      ownr: 泗门镇残联",
        "unknown key 'ownr'; did you mean 'owner'?",
    ),
    (SIMEN, "      owner: 泗门镇残联\n", "", "the key 'owner' is missing"),
    (SIMEN, "    - value: 60\n", "    - value: 60\n      value: 61\n", "stands here twice"),
    (SIMEN, "from: 2021-01-01", "from: 2021-02-30", "the day 2021-02-30 does not exist"),
    (SIMEN, "from: 2021-01-01", 'from: "2021-01-01"', "a day is expected here"),
    (SIMEN, "from: 2021-01-01", "from: 2021-01-01\n      to: 2020-12-31", "ends before it begins"),
    (SIMEN, "      source: seed 4.2 二 1\n", "", "the key 'source' is missing"),
    (SIMEN, "      quote: 60周岁以下免费申请\n", "", "has no quote"),
    (SIMEN, "basis: seed", "basis: hearsay", "use one of seed, law, practice, assumption"),
    (SIMEN, "confirmed: yes", "confirmed: no", "counts as confirmed"),
    (SIMEN, "confirmed: yes", "confirmed: maybe", "yes or no is expected here"),
    (SIMEN, "value: 60", "value: sixty", "write a whole number from 0 to 130"),
    (SIMEN, "value: 60", "value: 6.0", "write digits only"),
    (SIMEN, "value: 60", "value: 0x3c", "no plain number"),
    (SIMEN, "value: 60", "value: 600", "write a whole number from 0 to 130"),
    (SIMEN, "device.free_age:", "device.free_agee:", "did you mean 'device.free_age'?"),
    (SIMEN, "schema: 1", "schema: 2", "the schema is unknown"),
    (SIMEN, "sheet: device.share", "sheet: device.shares", "there is no sheet"),
    (
        SIMEN,
        "[device.share.under_60_free]",
        "[device.share.under_60]",
        "did you mean 'device.share.",
    ),
    (SIMEN, "follow: by_income", "follow: income", "use one of free, by_income"),
    (SIMEN, "code: BOUNDARY_60", "code: BOUNDARY", "has no sentence"),
    (SIMEN, "confirmed: no", "confirmed: yes", "a reading is confirmed by nobody"),
    (SIMEN, "schema: 1", "schema: 1\n\t- x", "this is no YAML"),
    (SIMEN, "schema: 1", "schema: 1\n- x", "this is no YAML"),
    (DEFAULT, "alternatives: [birthday]", "alternatives: [7]", "another value of the same type"),
    (DEFAULT, "confirmed: no", "confirmed: yes", "is confirmed by nobody"),
    (REGION, "region: simen", "region: yuyao", "not that of its folder"),
    (REGION, 'version: "20', 'version: 2026.11  # "20', "put it in quotes"),
    (SHARE, "basis: seed", "baisis: seed", "did you mean 'basis'?"),
    (SHARE, "    quote: 60周岁以下免费申请\n", "", "the key 'quote' is missing"),
    (SHARE, "    quote: 60周岁以下免费申请", '    quote: ""', "the text is empty"),
    (SHARE, 'age: {"<="', 'age: {"=<"', "'=<' is no comparison"),
    (SHARE, 'household.status: {"==": none}', 'household.status: {"<": none}', "has no order"),
    (
        SHARE,
        'household.status: {"==": none}',
        'household.status: {"==": nnone}',
        "outside the domain",
    ),
    (SHARE, 'household.status: {"==": none}', "household.status: {in: []}", "lists nothing"),
    (SHARE, 'household.status: {"==": none}', 'income: {"==": 1}', "no field of this sheet"),
    (SHARE, "{param: device.free_age}", "{param: device.age}", "has no value on"),
    (SHARE, "sheet: device.share", "sheet: device.part", "begin it with 'device.part.'"),
    (SHARE, "device.share.over_60_half", "device.share.under_60_free", "is taken"),
    (SHARE, "code: HALF", "code: HALVE", "the code HALVE has no sentence"),
    (SHARE, "range: [0, 130]", "range: [130, 0]", "the range is empty"),
    (SHARE, ", range: [0, 130]", "", "needs its bounds"),
    (SHARE, "changeable: submitted_on", "changeable: birth_date", "nothing proposes to change"),
    (SHARE, "{name: age,", "{name: years,", "no field of this sheet"),
    (ENTITLEMENT, "rests_on: [device.catalogue]", "rests_on: []", "must name what it rests on"),
    (ENTITLEMENT, "hit: collect", "hit: collects", "use one of unique, first, collect, sum"),
    (ENTITLEMENT, "    otherwise: {verdict", "    then: {verdict", "'require' with 'otherwise'"),
    (TEXTS, "resident: [预计免费。]", f"resident: [{'很' * 31}]", "31 characters"),
    (TEXTS, "  price_fen: 价格\n", "", "'price_fen' has no name"),
]


@pytest.mark.parametrize(("file", "before", "after", "says"), WRONG)
def test_a_wrong_text_is_refused_with_file_line_and_fix(
    file: str, before: str, after: str, says: str
) -> None:
    """One slip, one error that names the place and ends in what to do."""
    text = text_of(file)
    assert before in text
    with pytest.raises(PolicyError) as caught:
        edited("simen", {file: text.replace(before, after, 1)})
    error = caught.value
    assert says in str(error)
    assert error.line >= 1
    assert error.fix
    assert str(error).startswith(f"{error.file}:{error.line}: ")
    if error.file == file:
        assert error.line <= text.count("\n") + 3


def test_the_line_is_the_line() -> None:
    """The error points at the very line of the slip."""
    text = text_of(SIMEN)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "checked_on" in row)
    with pytest.raises(PolicyError) as caught:
        edited(
            "simen", {SIMEN: text.replace("checked_on: 2026-11-23", "checked_on: 2026-11-31", 1)}
        )
    assert (caught.value.file, caught.value.line) == (SIMEN, line)


def test_periods_of_a_parameter_may_not_overlap() -> None:
    """Two values on one day are no value."""
    second = FREE_AGE.replace("60", "65").replace("2021-01-01", "2024-01-01")
    citation = text_of(SIMEN).split(FREE_AGE)[1].split("  device.personal_share")[0]
    text = text_of(SIMEN).replace(citation, citation + second + citation, 1)
    with pytest.raises(PolicyError, match="overlaps the one before it"):
        edited("simen", {SIMEN: text})
    closed = FREE_AGE + "      to: 2023-12-30\n"
    with pytest.raises(PolicyError, match="no value between 2023-12-30 and 2024-01-01"):
        edited("simen", {SIMEN: text.replace(FREE_AGE, closed, 1)})


def test_a_new_number_holds_from_its_day_on(known_on: date) -> None:
    """Touching periods make segments: whose law applies follows from the submission day."""
    second = FREE_AGE.replace("60", "65").replace("2021-01-01", "2024-01-01")
    citation = text_of(SIMEN).split(FREE_AGE)[1].split("  device.personal_share")[0]
    text = text_of(SIMEN).replace(citation, citation + second + citation, 1)
    text = text.replace(FREE_AGE, FREE_AGE + "      to: 2023-12-31\n", 1)
    policy = edited("simen", {SIMEN: text})
    shares = {
        day: decide(
            "device",
            {
                **HARMLESS_DEVICE,
                "birth_date": "1961-01-01",
                "submitted_on": day,
                "household.status": "none",
            },
            policy=policy,
            known_on=known_on,
        ).outcome["share"]
        for day in ("2023-12-31", "2024-01-01")
    }
    assert shares == {"2023-12-31": "1/2", "2024-01-01": "0"}


def test_a_parameter_that_ends_leaves_no_silent_number() -> None:
    """A clause in force on a day without its number does not load."""
    text = text_of(SIMEN).replace(FREE_AGE, FREE_AGE + "      to: 2025-12-31\n", 1)
    with pytest.raises(PolicyError, match=r"'device\.free_age' has no value on 2026-01-01"):
        edited("simen", {SIMEN: text})


def test_comments_and_texts_do_not_touch_the_digest(policy: Policy) -> None:
    """The digest is of the law's content: not of its layout, not of the sentences told about it."""
    same = edited(
        "simen",
        {
            SIMEN: "# a comment\n" + text_of(SIMEN),
            SHARE: text_of(SHARE) + "\n# another\n",
            TEXTS: text_of(TEXTS).replace("预计免费。", "预计不用付钱。"),
        },
    )
    assert same.digest == policy.digest


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (SIMEN, "value: 60", "value: 61"),
        (SIMEN, "checked_on: 2026-11-23", "checked_on: 2026-11-24"),
        (SIMEN, "confirmed: no", "confirmed: yes\n    confirmed_by: 镇残联"),
        (SHARE, "quote: 60周岁以下免费申请", "quote: 60周岁以下免费"),
        (SHARE, 'age: {"<="', 'age: {"<"'),
        (ENTITLEMENT, "verdict: needs_review, because: [CERT_LOST]", "verdict: needs_review"),
        (REGION, 'version: "20', 'version: "30'),
    ],
)
def test_every_change_of_the_law_changes_the_digest(
    policy: Policy, file: str, before: str, after: str
) -> None:
    """Sheets, parameters and readings are covered together."""
    text = text_of(file)
    assert before in text
    assert edited("simen", {file: text.replace(before, after, 1)}).digest != policy.digest


def test_an_overlay_folder_overrides_a_region_file_by_file(tmp_path: Path, known_on: date) -> None:
    """A town official changes a number without a developer."""
    folder = tmp_path / "simen"
    folder.mkdir()
    text = text_of(SIMEN).replace("value: 60", "value: 70", 1)
    (folder / "device.yaml").write_text(text, encoding="utf-8")
    policy = load_policy("simen", directory=tmp_path)
    facts = {"birth_date": "1956-01-01", "submitted_on": "2024-01-01"}
    found = decide("device", facts, policy=policy, known_on=known_on)
    assert found.outcome["share"] == "0"
    assert policy.digest != load_policy("simen@working").digest


def test_another_town_is_another_folder(tmp_path: Path, known_on: date) -> None:
    """A region of an overlay stands on the base region and says only what differs."""
    folder = tmp_path / "beicun"
    folder.mkdir()
    head = text_of(REGION).replace("region: simen", "region: beicun")
    (folder / "region.yaml").write_text(head, encoding="utf-8")
    text = text_of(SIMEN).replace("follow: by_income", "follow: free")
    text = text.replace("confirmed: no", "confirmed: yes\n    confirmed_by: 北村镇残联")
    (folder / "device.yaml").write_text(text, encoding="utf-8")
    policy = load_policy("beicun", directory=tmp_path)
    facts = {**HARMLESS_DEVICE, "birth_date": "1963-11-20", "submitted_on": "2024-01-01"}
    found = decide("device", facts, policy=policy, known_on=known_on)
    assert (found.verdict, found.outcome["share"]) == ("eligible", "0")
    assert "BOUNDARY_60" in found.codes
    assert found.policy["region"] == "beicun"


def test_a_region_overrides_the_base_number_by_number(policy: Policy, known_on: date) -> None:
    """What it does not say it takes from the base."""
    text = text_of("policy/default/points.yaml").split("  points.visit_cap")[0]
    changed = edited("simen", {"policy/simen/points.yaml": text.replace("value: 10", "value: 12")})
    assert policy.number("points.per_hour", known_on) == 10
    assert changed.number("points.per_hour", known_on) == 12
    assert changed.number("points.day_cap_half_hours", known_on) == 16


@pytest.mark.parametrize("region", ["../simen", "", "simen/", "Simen", "default"])
def test_a_region_is_a_plain_word(region: str) -> None:
    """No path, no other spelling; and the base is no town."""
    with pytest.raises(
        PolicyError, match="there is no such region; use one of example-town, simen"
    ):
        load_policy(region)


def test_errors_name_no_path_of_a_machine(tmp_path: Path) -> None:
    """Files are called by their place in the rules."""
    folder = tmp_path / "simen"
    folder.mkdir()
    (folder / "device.yaml").write_text("schema: 1\nparametres: {}\n", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy("simen", directory=tmp_path)
    assert str(tmp_path) not in str(caught.value)
    assert re.match(r"policy/simen/device\.yaml:2: unknown key 'parametres'", str(caught.value))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"a: \x01"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    """Wrong encodings, empty files and forbidden characters are errors of the file."""
    folder = tmp_path / "simen"
    folder.mkdir()
    (folder / "device.yaml").write_bytes(content)
    with pytest.raises(PolicyError, match=r"policy/simen/device\.yaml:1: "):
        load_policy("simen", directory=tmp_path)
