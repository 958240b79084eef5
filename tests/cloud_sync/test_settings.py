"""Settings come from the environment, and a missing one is a sentence that ends in the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_sync.errors import SettingsError
from cloud_sync.settings import UNSET_TEMPLATE, load_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run without any setting of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("APPID", "SECRET", "ENV", "API_BASE", "REGION", "POLL_SECONDS", "CROSS_CHECK"):
        monkeypatch.delenv(f"SIZHU_{name}", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"SIZHU_{name.upper()}", value)


def test_everything_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """All missing settings are named at once, with where to put them."""
    _set(monkeypatch, secret="")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.exit_code == 2
    for name in ("SIZHU_APPID", "SIZHU_SECRET", "SIZHU_ENV"):
        assert f"{name} is not set" in str(caught.value)
    assert "set SIZHU_APPID and SIZHU_SECRET and SIZHU_ENV in" in str(caught.value)


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A `.env` of a developer never overrides the service's environment."""
    (tmp_path / ".env").write_text("SIZHU_APPID=wxfile\nSIZHU_SECRET=s\nSIZHU_ENV=e\n")
    assert load_settings().appid == "wxfile"
    _set(monkeypatch, appid="wxenv")
    assert load_settings().appid == "wxenv"


def test_a_secret_may_lie_in_the_credentials_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A service manager hands over the secret as a file."""
    (tmp_path / "sizhu_secret").write_text("from-file")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    _set(monkeypatch, appid="wx0", env="local")
    assert load_settings().secret.get_secret_value() == "from-file"


def test_defaults_are_those_of_the_town() -> None:
    """Only appid, secret and environment have no default."""
    settings = load_settings(appid="wx0", secret="s", env="local")
    assert settings.api_base == "https://api.weixin.qq.com"
    assert (settings.region, settings.poll_seconds, settings.cross_check) == ("simen", 10, "auto")
    assert settings.template_result == UNSET_TEMPLATE


def test_the_secret_is_never_shown() -> None:
    """Neither the settings' repr nor an error prints the secret."""
    settings = load_settings(appid="wx0", secret="hush", env="local")
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings.model_dump())
    with pytest.raises(SettingsError) as caught:
        load_settings(appid="wx 0", secret="hush", env="local", poll_seconds="hush")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "base", ["http://example.com", "ftp://127.0.0.1", "https://x?y=1", "nonsense", "https://a@b"]
)
def test_the_secret_is_never_sent_in_the_clear(base: str) -> None:
    """Plain http is for this machine's emulator only."""
    with pytest.raises(SettingsError, match="SIZHU_API_BASE"):
        load_settings(appid="wx0", secret="s", env="local", api_base=base)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000/", "http://localhost:1", "https://x.cn"])
def test_usable_addresses_are_taken(base: str) -> None:
    """A trailing slash does not matter."""
    settings = load_settings(appid="wx0", secret="s", env="local", api_base=base)
    assert settings.api_base == base.rstrip("/")


@pytest.mark.parametrize(("name", "value"), [("poll_seconds", "0"), ("cross_check", "maybe")])
def test_impossible_values_are_named(name: str, value: str) -> None:
    """A wrong value is named by its setting."""
    with pytest.raises(SettingsError, match=f"SIZHU_{name.upper()}"):
        load_settings(appid="wx0", secret="s", env="local", **{name: value})
