"""Settings of one town's worker, from the environment.

Order: environment, then `.env` (development), then files in `CREDENTIALS_DIRECTORY` (systemd).
Names carry the prefix `SIZHU_`. The secret is never printed and never taken from a command line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloud_sync.errors import SettingsError

UNSET_TEMPLATE = "SIZHU-TEMPLATE-RESULT-NOT-SET"
"""Stands for the subscribe template until the town has applied for one; `sizhu doctor` warns."""

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _api_base(text: str) -> str:
    parts = urlsplit(text)
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.hostname and (parts.scheme == "https" or plain)) or parts.query or parts.username:
        # The AppSecret travels in the body: plain http would show it to the whole way.
        raise ValueError("must be an https address (http only for this machine's emulator)")
    return text.rstrip("/")


_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[\w.-]+$")]


class Settings(BaseSettings):
    """What the worker must know of its town."""

    model_config = SettingsConfigDict(
        env_prefix="SIZHU_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    api_base: Annotated[str, AfterValidator(_api_base)] = "https://api.weixin.qq.com"
    appid: _Word
    secret: SecretStr = Field(min_length=1)
    env: _Word
    region: _Word = "simen"
    poll_seconds: float = Field(default=10.0, ge=0.1, le=3600)
    """Shortest time between two polls, in seconds; idle polls double up to five minutes."""
    cross_check: Literal["auto", "on", "off"] = "auto"
    template_result: _Word = UNSET_TEMPLATE
    policy_dir: Path | None = None


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - checked by the model
    """Read the settings; `overrides` win over every source.

    Raises `SettingsError`: one sentence that names each setting and ends in the fix.
    """
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if directory and Path(directory).is_dir():
        overrides.setdefault("_secrets_dir", directory)
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = [_problem(dict(item)) for item in error.errors(include_input=False)]
    raise SettingsError(_sentence(problems))


def _problem(item: dict[str, Any]) -> tuple[str, str]:
    name = "SIZHU_" + str(item["loc"][0]).upper() if item["loc"] else "a setting"
    if item["type"] == "missing":
        return name, "is not set"
    message = str(item["msg"]).removeprefix("Value error, ")
    return name, f"is not usable ({message})"


def _sentence(problems: list[tuple[str, str]]) -> str:
    listed = ", ".join(f"{name} {what}" for name, what in problems)
    names = " and ".join(dict.fromkeys(name for name, _ in problems))
    return (
        f"{listed}: set {names} in the environment, in .env, or as a file of that name in "
        "lower case in CREDENTIALS_DIRECTORY."
    )
