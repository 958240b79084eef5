"""A policy by the name people type: a region, a frozen release of one, or a folder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sizhu_rules.errors import BulkError
from sizhu_rules.policies import load_policy

if TYPE_CHECKING:
    from sizhu_rules.engine.policy import Policy


def named_policy(name: str) -> Policy:
    """Return the policy called `simen`, `simen@2026.11`, or by the path of a folder.

    The folder is a region's (`…/simen` with its YAML files) or holds one (`…/simen/*.yaml`); it
    overlays what is shipped. Raises `PolicyError`, and `BulkError` for a folder that is neither.
    """
    folder = Path(name)
    if "/" not in name and "\\" not in name and not folder.is_dir():
        region, _, version = name.partition("@")
        return load_policy(region, version=version) if version else load_policy(region)
    if any(folder.glob("*.yaml")):
        return load_policy(folder.resolve().name, directory=folder.resolve().parent)
    regions = [path for path in sorted(folder.iterdir()) if any(path.glob("*.yaml"))] if folder.is_dir() else []
    if len(regions) != 1:
        fix = "give the folder of one region: that with its YAML files"
        raise BulkError(name, f"{len(regions)} regions lie in this folder", fix)
    return load_policy(regions[0].name, directory=folder.resolve())
