"""A stored decision is derived again from what it read, under the very law it names."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from cloud_sync.decider import Decider
from cloud_sync.errors import CloudSyncError
from cloud_sync.replay import CannotReplayError, Replayed, replay_case
from cloud_sync.statement import _
from sizhu_rules import load_policy
from sizhu_rules.testing import under_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cloud_sync.conftest import Cloud, Make

NEW = "2030.1"
IN_FORCE = load_policy("simen").version


def replayed(cloud: Cloud, id_: str, **options: Any) -> Replayed:  # noqa: ANN401 - passed on
    """What `sizhu replay` finds."""
    with cloud.client() as client:
        return replay_case(client, id_, **options)


@pytest.mark.parametrize("ejson", ["plain", "canonical"])
def test_every_decision_comes_out_as_it_is_stored(
    ejson: str, clouds: Callable[..., Cloud], make: Make
) -> None:
    """Under the release shipped, and under a version that was published in the cloud."""
    for rows in ([], [make.published(NEW, free_below_70=True)]):
        cloud = clouds({**make.village(), "policies": rows}, ejson=ejson)
        cloud.run()
        decided = {row["caseId"] for row in cloud.dump()["decisions"].values()}
        assert len(decided) == 13
        for id_ in decided:
            found = replayed(cloud, id_)
            assert (found.identical, found.differences) == (True, [])
            assert found.policy["version"] == (NEW if rows else IN_FORCE)
            assert found.released


def test_an_earlier_decision_is_replayed_under_its_own_law(
    clouds: Callable[..., Cloud], make: Make
) -> None:
    """The version that decided it is superseded, and still answers for it."""
    cloud = clouds({**make.village(), "policies": [make.published(NEW, free_below_70=True)]})
    cloud.run()
    cloud.add("policies", make.published("2030.2"))
    cloud.run()
    cloud.write("cases", "dev-old", sync="todo", rev=_.inc(1), _v=_.inc(1))
    cloud.run()
    for rev, version in ((1, NEW), (2, "2030.2")):
        found = replayed(cloud, "dev-old", rev=rev)
        assert (found.identical, found.policy["version"]) == (True, version)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"outcome": {"personal_fen": 1}}, "outcome"),
        ({"verdict": "not_eligible"}, "verdict"),
        ({"reads": {"birth_date": "1990-05-05"}}, "outcome"),
        ({"digest": "sha256:0"}, "digest"),
    ],
)
def test_what_was_changed_since_is_named(change: dict[str, Any], name: str, cloud: Cloud) -> None:
    """A decision edited in the console is found out; what was read of a person is not shown."""
    cloud.run()
    cloud.write("decisions", "dec:dev-old:1", decision=change)
    found = replayed(cloud, "dev-old")
    assert not found.identical
    assert name in {difference.partition(":")[0] for difference in found.differences}
    text = json.dumps(found.to_dict(), ensure_ascii=False)
    assert "1990-05-05" not in text
    assert "1950-01-01" not in text


def test_a_decision_that_cannot_be_read_is_a_difference(cloud: Cloud) -> None:
    """Whatever somebody wrote into it."""
    cloud.run()
    cloud.write("decisions", "dec:dev-old:1", decision={"reads": {"birth_date": "yesterday"}})
    assert replayed(cloud, "dev-old").differences == ["it cannot be read any more (FactError)"]


def test_the_law_must_be_somewhere(cloud: Cloud, tmp_path: Path) -> None:
    """An overlay that is gone: the sentence says where it is looked for."""
    (tmp_path / "simen").mkdir()
    (tmp_path / "simen" / "region.yaml").write_text(
        under_version("simen", "2027.1"), encoding="utf-8"
    )
    overlaid = load_policy("simen", directory=tmp_path)
    cloud.run(decider=Decider(overlaid, cross_check=False))
    assert not replayed(cloud, "dev-old", directory=tmp_path).released
    with pytest.raises(CannotReplayError, match="SIZHU_POLICY_DIR"):
        replayed(cloud, "dev-old")


def test_what_is_not_decided_cannot_be_replayed(cloud: Cloud) -> None:
    """No case, no decision, no law named: each is a sentence."""
    with pytest.raises(CannotReplayError, match="copy the `_id`"):
        replayed(cloud, "nobody")
    with pytest.raises(CannotReplayError, match="sizhu explain"):
        replayed(cloud, "dev-old")
    cloud.run()
    row = copy.deepcopy(cloud.dump()["decisions"]["dec:dev-old:1"]["decision"])
    del row["policy"]
    cloud.write("decisions", "dec:dev-old:1", decision=_.set(row))
    with pytest.raises(CloudSyncError, match="names none") as caught:
        replayed(cloud, "dev-old")
    assert caught.value.exit_code == 1
