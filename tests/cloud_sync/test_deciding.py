"""One case that the rules cannot decide holds up no other; a broken program is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.decider import Decider
from cloud_sync.errors import ConfigError, ProgramError
from cloud_sync.settings import load_settings
from sizhu_rules import Disagreement, FactError, engines, load_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud


class Failing(Decider):
    """Decides as usual, but fails on some cases."""

    def __init__(self, error: Exception, *case_ids: str) -> None:
        """Fail on these cases, or on all if none is named."""
        super().__init__(load_policy("simen"), cross_check=False)
        self._error, self._case_ids = error, case_ids

    def document(self, case: Any, *args: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - as the original
        """Fail, or decide."""
        if not self._case_ids or case.id in self._case_ids:
            raise self._error
        return super().document(case, *args, **options)


ERRORS = {
    "BadRecord": FactError("device.qty", "this is no number", "write 1 or more"),
    "Disagreement": Disagreement("device.share", "sha256:0", "half", "free"),
    "Bug": ZeroDivisionError("330299196311200015"),
}


@pytest.mark.parametrize("error_class", sorted(ERRORS))
def test_a_case_that_cannot_be_decided_goes_to_a_person(error_class: str, cloud: Cloud) -> None:
    """The letter says why by class; the other twelve are decided."""
    report = cloud.run(decider=Failing(ERRORS[error_class], "dev-old"))
    assert (report.decided, report.dead) == (12, 2)
    found = cloud.dump()
    letter = found["dead_letters"]["dead:dev-old:1"]
    assert letter["class"] == error_class
    assert "330299196311200015" not in letter["reason"]
    assert letter["fix"].endswith("`sizhu dead retry`.")
    assert found["cases"]["dev-old"]["sync"] == "dead"
    assert "dec:dev-old:1" not in found["decisions"]


def test_a_program_that_can_decide_nothing_stops(cloud: Cloud) -> None:
    """Not every case of the town goes to the dead letters because of one mistake of ours."""
    before = cloud.dump()
    with pytest.raises(ProgramError, match="maintainers"):
        cloud.run(decider=Failing(ZeroDivisionError()))
    after = cloud.dump()
    assert after["cases"]["dev-old"] == before["cases"]["dev-old"]
    assert after["decisions"] == {}


def test_the_error_of_the_second_thread_is_raised(cloud: Cloud) -> None:
    """Deciding ahead hides no failure, and leaves no thread behind."""
    with cloud.client() as client, pytest.raises(ProgramError):
        cloud.run_with(client, decider=Failing(ZeroDivisionError()), ahead=True)


def test_an_unknown_region_is_a_matter_of_configuration() -> None:
    """One sentence, exit code 2."""
    settings = load_settings(appid="a", secret="s", env="e", region="atlantis", _env_file=None)
    with pytest.raises(ConfigError, match="SIZHU_REGION"):
        Decider.from_settings(settings)


def test_the_second_engine_can_be_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is absent, `on` is refused and `auto` does without."""
    monkeypatch.setattr(engines, "available", lambda: {"native": None, "durable": "not there"})
    options = {"appid": "a", "secret": "s", "env": "e", "_env_file": None}
    with pytest.raises(ConfigError, match="SIZHU_CROSS_CHECK"):
        Decider.from_settings(load_settings(**options, cross_check="on"))
    assert Decider.from_settings(load_settings(**options)).engine == "native"


@pytest.mark.parametrize("ahead", [False, True])
def test_reading_ahead_changes_nothing(*, ahead: bool, clouds: Callable[..., Cloud]) -> None:
    """Small batches, read one ahead: the same database as in one batch."""
    together, small = clouds(), clouds()
    together.run()
    with small.client() as client:
        client.sizes.pull = 2
        client.sizes.grow = lambda: None  # type: ignore[method-assign] # batches stay small
        report = small.run_with(client, ahead=ahead)
    assert report.decided == 13
    ours, theirs = together.dump(), small.dump()
    for found in (ours, theirs):
        for row in found["notifications"].values():
            del row["claim"]
    for name in ours:
        if name != "points_ledger":
            assert ours[name] == theirs[name]
