"""Loading a region's policy from the files shipped and from an overlay folder."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.policy import Policy, compile_law
from sizhu_rules.engine.source import Files
from sizhu_rules.registry import SPECS

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path


def load_policy(region: str, *, directory: Path | None = None) -> Policy:
    """Load and compile the policy of a region; the same policy is compiled once.

    `directory` holds regions that overlay those shipped (`{directory}/{region}/device.yaml`).
    Raises `PolicyError` with file, line and fix; where there are several errors, the first.
    """
    return _load(region, directory)


def shipped() -> Traversable:
    """Return the folder of the rules shipped with this library."""
    return files("sizhu_rules")


def rule_files(directory: Path | None = None) -> Files:
    """Return the files of the rules, shipped and overlaid."""
    return Files(shipped(), directory)


@lru_cache(maxsize=16)
def _load(region: str, directory: Path | None) -> Policy:
    law = load_law(region, SPECS, rule_files(directory))
    policy, errors = compile_law(law, SPECS)
    if policy is None:
        raise errors[0]
    return policy
