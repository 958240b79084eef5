from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_emulator.errors import CloudError
from cloud_emulator.server.tokens import FORCE_PER_DAY, LIFE_MS, Tokens

if TYPE_CHECKING:
    from tests.cloud_emulator.conftest import Client

MINUTE = 60_000
COUNT = "db.collection('things').count()"


def code(tokens: Tokens, text: str | None, now: int) -> int:
    """The errcode of a check, 0 for a good token."""
    try:
        tokens.check(text, now)
    except CloudError as error:
        return error.errcode
    return 0


def test_the_stable_token_stays_until_its_last_five_minutes() -> None:
    """The same token comes while more than five minutes are left; both live in the overlap."""
    tokens = Tokens()
    first, seconds = tokens.stable(0, force=False)
    assert seconds == 7200
    assert tokens.stable(114 * MINUTE, force=False) == (first, 360)
    second, seconds = tokens.stable(115 * MINUTE, force=False)
    assert second != first
    assert seconds == 7200
    assert code(tokens, first, 119 * MINUTE) == 0
    assert code(tokens, second, 119 * MINUTE) == 0
    assert code(tokens, first, 120 * MINUTE) == 42001


def test_a_forced_refresh_ends_the_token_at_once() -> None:
    """The old token is 40001; within thirty seconds nothing is refreshed; twenty a day."""
    tokens = Tokens()
    first, _ = tokens.stable(0, force=False)
    second, _ = tokens.stable(MINUTE, force=True)
    assert code(tokens, first, MINUTE) == 40001
    assert code(tokens, second, MINUTE) == 0
    assert tokens.stable(MINUTE + 29_999, force=True)[0] == second
    now = MINUTE
    for _ in range(FORCE_PER_DAY - 1):
        now += 30_000
        tokens.stable(now, force=True)
    with pytest.raises(CloudError) as caught:
        tokens.stable(now + 30_000, force=True)
    assert caught.value.errcode == 45009
    assert tokens.stable(now + 86_400_000, force=True)[1] == 7200


def test_plain_tokens_overlap_and_leave_stable_ones_alone() -> None:
    """Each call gives a new token, the one before lives five minutes; no effect on the others."""
    tokens = Tokens()
    stable, _ = tokens.stable(0, force=False)
    first, _ = tokens.plain(0)
    second, _ = tokens.plain(0)
    assert len({stable, first, second}) == 3
    assert code(tokens, first, 5 * MINUTE - 1) == 0
    assert code(tokens, first, 5 * MINUTE) == 40001
    assert code(tokens, second, 5 * MINUTE) == 0
    assert code(tokens, stable, 5 * MINUTE) == 0
    assert code(tokens, second, LIFE_MS) == 42001


@pytest.mark.parametrize(
    ("text", "errcode"), [(None, 41001), ("", 41001), ("x", 40014), ("76_" + "a" * 86, 40001)]
)
def test_missing_malformed_and_unknown_tokens(text: str | None, errcode: int) -> None:
    """Missing is 41001, malformed 40014, unknown 40001."""
    assert code(Tokens(), text, 0) == errcode


def test_tokens_over_http(client: Client) -> None:
    """Both endpoints give tokens without errcode; calls check them."""
    params = {
        "grant_type": "client_credential",
        "appid": "wx0000000000000000",
        "secret": "emulator",
    }
    url = f"{client.emulator.url}/cgi-bin/token"
    plain = client.session.get(url, params=params, timeout=5).json()
    assert set(plain) == {"access_token", "expires_in"} == set(client.stable())
    body = {"env": "local", "query": COUNT}
    assert client.post("/tcb/databasecount", body, token=plain["access_token"])["errcode"] == 0
    assert client.post("/tcb/databasecount", body, token=None)["errcode"] == 41001
    assert client.post("/tcb/databasecount", body, token="short")["errcode"] == 40014
    assert client.post("/tcb/databasecount", body, token="76_" + "a" * 86)["errcode"] == 40001


def test_the_clock_makes_tokens_expire(client: Client) -> None:
    """7,300 seconds later the token is 42001, and a new one is given."""
    assert client.tcb("databasecount", COUNT)["errcode"] == 0
    client.control("clock", {"advance": 7_300_000})
    assert client.tcb("databasecount", COUNT)["errcode"] == 42001
    client._token = None
    assert client.tcb("databasecount", COUNT)["errcode"] == 0


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": None}, 41002),
        ({"secret": None}, 41004),
        ({"appid": "wx1"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"secret": 5}, 40125),
        ({"secret": "\ud800"}, 40125),
    ],
)
def test_credentials_are_checked(client: Client, fields: dict[str, object], errcode: int) -> None:
    """Each wrong credential has its own code."""
    assert client.stable(**fields)["errcode"] == errcode
