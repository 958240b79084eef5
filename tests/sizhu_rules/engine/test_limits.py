"""What a number of the policy may be, and what is said to whoever wrote something else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from sizhu_rules.engine.limits import check_limits, load_limits
from sizhu_rules.engine.parameters import Parameter
from sizhu_rules.engine.source import compose
from sizhu_rules.errors import PolicyError
from sizhu_rules.policies import load_policy
from sizhu_rules.testing import edited, text_of

if TYPE_CHECKING:
    from sizhu_rules.engine.limits import Limit
    from sizhu_rules.engine.parameters import Number

LIMITS = """
age: [0, 130]
way: [day_after, birthday]
share: share
since: month
name: text
"""


def limits(text: str = LIMITS) -> dict[str, Limit]:
    """Read limits as a file would hold them."""
    return load_limits(compose(text, "limits.yaml"))


def parameter(name: str, value: Number, *alternatives: Number) -> Parameter:
    """Make a parameter of some value, on line 7 of its file."""
    day = date(2021, 1, 1)
    return Parameter(
        *(name, value, day, None, "assumption", "test", None, day, "town", False, None),
        alternatives=alternatives,
        file="policy/town/fare.yaml",
        line=7,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("age", age) for age in (0, 60, 130)],
        *[("way", way) for way in ("day_after", "birthday")],
        *[("share", share) for share in ("0", "1", "1/2", "3/10", "999/1000")],
        *[("since", month) for month in ("2025-01", "2025-10", "2025-12")],
        *[("name", text) for text in ("试点目录", "60")],
        ("unlimited", -1),
    ],
)
def test_what_is_allowed_passes(name: str, value: Number) -> None:
    """Both ends included; a name of a law frozen before there were limits has none."""
    check_limits(limits(), [parameter(name, value)])


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        *[
            ("age", age, "write a whole number from 0 to 130, without quotes")
            for age in (-1, 131, True, "60")
        ],
        *[("way", way, "write one of day_after, birthday") for way in ("birthdays", 1)],
        *[
            ("share", share, 'write a fraction from 0 to 1 in lowest terms and quotes: "1/2"')
            for share in ("2/4", "3/2", "2", "-1/2", "1/0", "0.5", " 1/2", "１/２", "half", "01", 1)
        ],
        *[
            ("since", month, 'write a month in quotes: "2025-01"')
            for month in ("2025-00", "2025-13", "2025-1", "25-01", "2025-01-01", 2025)
        ],
        *[("name", word, "write text, in quotes if it is a number") for word in (60, True)],
    ],
)
def test_anything_else_is_refused_with_the_fix(name: str, value: Number, fix: str) -> None:
    """The error names file, line, name and value."""
    many = [parameter("unlimited", -1), parameter("age", 1), parameter(name, value)]
    with pytest.raises(PolicyError) as caught:
        check_limits(limits(), many)
    place = "policy/town/fare.yaml:7"
    assert str(caught.value) == f"{place}: '{name}' cannot be {value!r}; {fix}"


def test_an_alternative_is_limited_too() -> None:
    """What is tried out when deciding must not stop the decision."""
    with pytest.raises(PolicyError, match="'age' cannot be 131"):
        check_limits(limits(), [parameter("age", 60, 61, 131)])


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("age: []", "write \\[lowest, highest\\]"),
        ("age: [1]", "write \\[lowest, highest\\]"),
        ("age: [1, 2, 3]", "write \\[lowest, highest\\]"),
        ("age: [2, 1]", "write \\[lowest, highest\\]"),
        ("age: [1, two]", "write digits only"),
        ("age: {low: 1}", "write '- item' lines"),
        ("age: shares", "use one of share, month, text"),
    ],
)
def test_what_is_no_limit_is_refused(written: str, fix: str) -> None:
    """A limit that limits nothing would be silence."""
    with pytest.raises(PolicyError, match=fix):
        limits(written)


def test_a_single_value_may_be_all_that_is_allowed() -> None:
    """The lowest is the highest."""
    check_limits(limits("age: [60, 60]"), [parameter("age", 60)])


def test_every_shipped_number_has_its_limit() -> None:
    """A number without one, and a limit without a number, do not load."""
    name = "policy/default/limits.yaml"
    assert load_policy("simen@working").law.limits.keys() == (
        load_policy("simen@working").law.parameters.keys()
    )
    with pytest.raises(PolicyError, match=r"nothing says what 'age\.convention' may be; add it"):
        edited(
            "simen", {name: text_of(name).replace("  age.convention: [day_after, birthday]", "")}
        )
    with pytest.raises(
        PolicyError, match=r"the parameter 'age\.conventoin'; did you mean 'age.conv"
    ):
        edited("simen", {name: text_of(name).replace("limits:", "limits:\n  age.conventoin: text")})


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("default/points", "value: 30\n", "value: 0\n"),
        ("default/points", "value: 10\n", "value: yes\n"),
        ("default/points", "value: 16\n", "value: abc\n"),
        ("default/device", "[birthday]", "[birthdays]"),
        ("simen/device", 'value: "1/2"', "value: half"),
        ("simen/device", 'value: "1/2"', 'value: "1/0"'),
        ("simen/device", "value: 60\n", "value: 600\n"),
    ],
)
def test_a_slip_of_the_pen_does_not_load(file: str, before: str, after: str) -> None:
    """A step of nought minutes, points of "yes", a share of half."""
    name = f"policy/{file}.yaml"
    assert before in text_of(name)
    with pytest.raises(PolicyError, match="cannot be"):
        edited("simen", {name: text_of(name).replace(before, after, 1)})


@pytest.mark.parametrize("region", ["simen", "abc"])
def test_a_town_cannot_widen_a_limit(region: str) -> None:
    """What a number can mean at all is no town's number, whatever the town is called."""
    head = text_of("policy/simen/region.yaml").replace("region: simen", f"region: {region}")
    text = text_of("policy/simen/device.yaml")
    own = text.replace("parameters:", "limits: {device.free_age: [0, 9]}\nparameters:", 1)
    texts = {f"policy/{region}/region.yaml": head, f"policy/{region}/device.yaml": own}
    with pytest.raises(PolicyError, match="unknown key 'limits'"):
        edited(region, texts)
