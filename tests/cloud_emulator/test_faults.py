from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cloud_emulator.server.faults import Faults, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_emulator.conftest import Client

ADD = "db.collection('things').add({data:{n:1}})"
COUNT = "db.collection('things').count()"


def rule(client: Client, do: dict[str, Any], **more: object) -> None:
    """Put one rule in force for the endpoints of the database, once."""
    spec = {"match": {"path": "/tcb/"}, "times": 1, "do": do, **more}
    assert client.control("faults", {"seed": 1, "rules": [spec]})["status"] == 200


def count(client: Client) -> int:
    """How many documents there are."""
    return int(client.tcb("databasecount", COUNT)["count"])


@pytest.mark.parametrize(
    ("do", "applied"),
    [({"reset": "before"}, 0), ({"reset": "after"}, 1), ({"hang": 0.01}, 0)],
)
def test_a_connection_is_reset(client: Client, do: dict[str, Any], applied: int) -> None:
    """`reset` and `hang` end in a reset; only `after` has applied the write."""
    assert count(client) == 0
    rule(client, do)
    with pytest.raises(requests.ConnectionError) as caught:
        client.tcb("databaseadd", ADD)
    assert "reset" in str(caught.value).lower()
    assert count(client) == applied


def test_an_errcode_is_answered_instead(client: Client) -> None:
    """The code, a text with rid, HTTP 200; nothing is applied."""
    rule(client, {"errcode": -501001})
    answer = client.tcb("databaseadd", ADD)
    assert answer["errcode"] == -501001
    assert "rid: " in answer["errmsg"]
    rule(client, {"errcode": 45009, "errmsg": "reach max api daily quota limit"})
    assert client.tcb("databaseadd", ADD)["errmsg"].startswith(
        "reach max api daily quota limit rid"
    )
    assert count(client) == 0


def test_an_html_page_is_answered_instead(client: Client) -> None:
    """`http` answers that status with HTML; nothing is applied."""
    rule(client, {"http": 502})
    response = client.session.post(
        f"{client.emulator.url}/tcb/databaseadd?access_token={client.token}",
        json={"env": "local", "query": ADD},
        timeout=5,
    )
    assert response.status_code == 502
    assert response.text.startswith("<html>")
    assert count(client) == 0


def test_a_garbled_answer_is_no_json(client: Client) -> None:
    """The write is applied, the answer cannot be read."""
    rule(client, {"garble": True})
    with pytest.raises(requests.exceptions.JSONDecodeError):
        client.tcb("databaseadd", ADD)
    assert count(client) == 1


def test_a_truncated_answer_ends_early(client: Client) -> None:
    """The write is applied, the body has fewer bytes than promised."""
    rule(client, {"truncate": 5})
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.tcb("databaseadd", ADD)
    assert count(client) == 1


def test_a_duplicated_request_is_handled_twice(client: Client) -> None:
    """One answer, two effects."""
    rule(client, {"duplicate": True})
    assert client.tcb("databaseadd", ADD)["errcode"] == 0
    assert count(client) == 2


def test_a_delay_slows_and_applies(client: Client) -> None:
    """`delay` waits its milliseconds and goes together with another fault."""
    rule(client, {"delay": 40})
    started = time.perf_counter()
    assert client.tcb("databaseadd", ADD)["errcode"] == 0
    assert time.perf_counter() - started >= 0.04
    rule(client, {"delay": [20, 30], "errcode": -1})
    started = time.perf_counter()
    assert client.tcb("databaseadd", ADD)["errcode"] == -1
    assert time.perf_counter() - started >= 0.02
    assert count(client) == 1


def test_closing_does_not_wait_for_a_hang(start: Callable[..., Client]) -> None:
    """An emulator that is closed ends hanging requests at once."""
    client = start()
    rule(client, {"hang": 3600})
    token = client.token
    with (
        requests.Session() as session,
        pytest.raises((requests.ConnectionError, requests.ReadTimeout)),
    ):
        session.post(
            f"{client.emulator.url}/tcb/databaseadd?access_token={token}",
            json={"env": "local", "query": ADD},
            timeout=0.1,
        )
    started = time.perf_counter()
    client.emulator.close()
    assert time.perf_counter() - started < 2


def test_skip_and_times_pick_the_kth_request(client: Client) -> None:
    """After `skip` matches, `times` of them are hit; others never count."""
    rule(client, {"errcode": -1}, match={"path": "databaseadd"}, skip=2, times=2)
    found = []
    for _ in range(6):
        count(client)
        found.append(client.tcb("databaseadd", ADD)["errcode"])
    assert found == [0, 0, -1, -1, 0, 0]
    assert client.control("faults")["rules"] == [
        {"match": {"path": "databaseadd"}, "do": "errcode", "seen": 6, "hits": 2},
    ]


def test_the_first_rule_that_hits_wins(client: Client) -> None:
    """Rules are tried in order; one that is used up lets the next one act."""
    rules = [
        {"match": {"path": "/tcb/"}, "times": 1, "do": {"errcode": -1}},
        {"match": {"path": "/tcb/"}, "do": {"errcode": -2}},
    ]
    client.control("faults", {"rules": rules})
    assert [client.tcb("databaseadd", ADD)["errcode"] for _ in range(3)] == [-1, -2, -2]


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"path": "^/tcb/databaseadd$"}, True),
        ({"path": "query"}, False),
        ({"collection": "^things$"}, True),
        ({"collection": "cases"}, False),
        ({"statement": r"\.add\("}, True),
        ({"statement": "where"}, False),
        ({"body": "n:1"}, True),
        ({"path": "/tcb/", "body": "nothing"}, False),
        ({}, True),
    ],
)
def test_rules_match_path_statement_collection_and_body(
    client: Client,
    match: dict[str, str],
    hit: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """All given expressions must match."""
    assert client.token
    rule(client, {"errcode": -1}, match=match)
    assert (client.tcb("databaseadd", ADD)["errcode"] == -1) is hit


def test_faults_reach_the_token_endpoint_but_never_the_control_door(client: Client) -> None:
    """A rule for everything still leaves a way to remove it."""
    client.control("faults", {"rules": [{"do": {"errcode": 40164}}]})
    assert client.stable()["errcode"] == 40164
    assert client.control("reset", {"faults": True})["status"] == 200
    assert client.stable()["expires_in"] == 7200


def test_chances_repeat_with_their_seed() -> None:
    """The same seed gives the same faults, another seed others."""
    target = Target("/tcb/databaseadd", "", "", "")

    def run(seed: int) -> list[bool]:
        faults = Faults()
        faults.load({"seed": seed, "rules": [{"p": 0.5, "do": {"errcode": -1}}]})
        return [faults.pick(target) is not None for _ in range(64)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 10 < sum(run(1)) < 54


@pytest.mark.parametrize(
    "rules",
    [
        [5],
        [{}],
        [{"do": {}}],
        [{"do": {"explode": 1}}],
        [{"do": {"reset": "later"}}],
        [{"do": {"delay": -1}}],
        [{"do": {"delay": [1]}}],
        [{"do": {"delay": "x"}}],
        [{"do": {"errcode": "x"}}],
        [{"do": {"errcode": 1}, "match": {"header": "x"}}],
        [{"do": {"errcode": 1}, "match": {"path": "("}}],
        [{"do": {"errcode": 1}, "match": {"path": 5}}],
        [{"do": {"errcode": 1}, "skip": -1}],
        [{"do": {"errcode": 1}, "times": "x"}],
        [{"do": {"errcode": 1}, "p": 2}],
        [{"do": {"errcode": 1}, "when": 2}],
    ],
    ids=json.dumps,
)
def test_rules_that_cannot_be_read_change_nothing(client: Client, rules: object) -> None:
    """A bad rule is 400 with the fix, and the rules before stay in force."""
    rule(client, {"errcode": -1})
    assert client.control("faults", {"rules": rules})["status"] == 400
    assert len(client.control("faults")["rules"]) == 1
