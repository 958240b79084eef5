"""What an operator is told: how the town stands, what is wrong, why a case ended so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.errors import CloudSyncError, ConfigError
from cloud_sync.inspection import UnknownCaseError, doctor, explain, status
from cloud_sync.settings import UNSET_TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_sync.inspection import CaseExplanation, Finding
    from tests.cloud_sync.conftest import Cloud, Make


def explained(cloud: Cloud, id_: str) -> CaseExplanation:
    """What `sizhu explain` shows."""
    with cloud.client() as client:
        return explain(client, id_)


def test_the_status_counts_what_waits(cloud: Cloud, make: Make) -> None:
    """Before the run everything waits; the oldest case is named by id and age."""
    cloud.write("cases", "dev-old", submittedAt=make.clock - timedelta(days=30))
    with cloud.client() as client:
        found = status(client, clock=cloud.clock, region="simen")
    assert found.cases == {"missing": 1, "none": 1, "todo": 15}
    assert found.other_kinds_waiting == 1
    assert (found.oldest_todo, found.oldest_todo_seconds) == ("dev-old", 30 * 86400)
    assert found.decisions == {}
    json.dumps(found.to_dict())


def test_the_status_counts_what_was_done(cloud: Cloud) -> None:
    """After the run: decisions, letters and messages by state."""
    cloud.run()
    with cloud.client() as client:
        found = status(client, clock=cloud.clock, region="simen")
    assert found.cases == {"dead": 1, "done": 13, "none": 2, "todo": 1}
    assert found.decisions == {"done": 13}
    assert found.dead_letters == {"open": 1}
    assert found.notifications == {"sent": 13}
    assert (found.oldest_todo, found.oldest_todo_seconds) == (None, None)


def test_a_decision_is_explained_by_its_clauses(cloud: Cloud) -> None:
    """Each clause with its result and the source's own sentence; no fact of the person."""
    cloud.run()
    found = explained(cloud, "dev-old")
    assert (found.verdict, found.sync, found.rev) == ("eligible", "done", 1)
    assert found.outcome == {"share": "1/2", "personal_fen": 60000, "subsidy_fen": 60000}
    by_id = {clause.id: clause for clause in found.clauses}
    half = by_id["device.share.over_60_half"]
    assert (half.result, half.source) == ("pass", "seed 4.2 二 1")
    assert "60周岁以上" in half.quote
    assert found.policy["digest"].startswith("sha256:")
    assert list(found.notifications.values()) == ["sent"]
    assert found.waits == "现在由村（社区）残协办理。"
    text = json.dumps(found.to_dict(), ensure_ascii=False)
    assert "1950-01-01" not in text
    assert "p-old" not in text


@pytest.mark.parametrize(
    ("id_", "waits"),
    [
        ("dev-poison", "dead retry"),
        ("dev-draft", "author"),
        ("help-1", "later version"),
        ("dev-withdrawn", "author"),
    ],
)
def test_a_case_without_a_decision_says_what_it_waits_for(
    id_: str, waits: str, cloud: Cloud
) -> None:
    """Every case waits somewhere, and the operator is told where."""
    cloud.run()
    found = explained(cloud, id_)
    assert waits in found.waits
    assert found.verdict is None


def test_waiting_cases_say_so_before_the_run(cloud: Cloud) -> None:
    """Queued, and forgotten."""
    assert "next `sizhu once`" in explained(cloud, "dev-old").waits
    assert "adopts" in explained(cloud, "dev-forgotten").waits


def test_a_dead_letter_is_part_of_the_explanation(cloud: Cloud) -> None:
    """Reason and fix stand where one looks for them."""
    cloud.run()
    letter = explained(cloud, "dev-poison").dead_letter
    assert letter is not None
    assert letter["state"] == "open"
    assert "submittedAt" in letter["reason"]


def test_an_unknown_case_is_a_sentence(cloud: Cloud) -> None:
    """No traceback for a mistyped id."""
    with pytest.raises(UnknownCaseError, match="copy the `_id`") as caught:
        explained(cloud, "nobody")
    assert isinstance(caught.value, CloudSyncError)
    assert caught.value.exit_code == 1


def findings(cloud: Cloud, **changes: Any) -> dict[str, Finding]:  # noqa: ANN401 - any setting
    """What the doctor finds, by subject."""
    settings = cloud.settings.model_copy(update=changes)
    cloud.settings = settings
    with cloud.client() as client:
        result = doctor(client, settings=settings, clock=cloud.clock)
    assert json.dumps(result.to_dict())
    assert result.ok == all(finding.level != "fail" for finding in result.findings)
    for finding in result.findings:
        assert finding.level == "ok" or finding.fix.endswith(".")
    return {finding.subject: finding for finding in result.findings}


def test_a_healthy_town_has_no_complaint(cloud: Cloud) -> None:
    """Everything the worker needs is there."""
    cloud.clock = lambda: datetime.now(UTC)
    found = findings(cloud)
    assert {finding.level for finding in found.values()} == {"ok"}
    assert set(found) == {
        "settings", "template", "rules", "cross-check", "token", "environment", "collections",
        "indexes", "published", "clock",
    }  # fmt: skip


def test_the_default_template_is_a_warning(cloud: Cloud) -> None:
    """Residents still get the message in the mini-program."""
    found = findings(cloud, template_result=UNSET_TEMPLATE)
    assert (found["template"].level, "SIZHU_TEMPLATE_RESULT" in found["template"].fix) == (
        "warn",
        True,
    )


def test_a_wrong_clock_is_a_warning(cloud: Cloud) -> None:
    """The village's frozen clock is years away from the emulator's own."""
    assert findings(cloud)["clock"].level == "warn"


@pytest.mark.parametrize(
    ("changes", "subject", "fix"),
    [
        ({"env": "nowhere"}, "cloud", "SIZHU_ENV"),
        ({"appid": "wx1"}, "cloud", "SIZHU_APPID"),
        ({"api_base": "http://127.0.0.1:9"}, "cloud", "SIZHU_API_BASE"),
        ({"region": "atlantis"}, "rules", "SIZHU_REGION"),
    ],
)
def test_what_is_wrong_is_named_with_its_fix(
    changes: dict[str, Any], subject: str, fix: str, cloud: Cloud
) -> None:
    """One finding fails, and says which setting to change."""
    found = findings(cloud, **changes)
    assert found[subject].level == "fail"
    assert fix in found[subject].fix


def test_missing_collections_are_named(clouds: Callable[..., Cloud]) -> None:
    """An environment that nobody has set up: both the doctor and a run say what to do."""
    cloud = clouds({}, schema=False)
    found = findings(cloud)["collections"]
    assert (found.level, "decisions" in found.message) == ("fail", True)
    assert "sizhu cloud apply" in found.fix
    with pytest.raises(ConfigError, match="sizhu cloud apply"):
        cloud.run()
