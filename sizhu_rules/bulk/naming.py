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

    The folder is a region's (`…/simen` with its YAML files) or holds one; it overlays what is
    shipped. Raises `PolicyError`, and `BulkError` for a folder that is neither.
    """
    folder = Path(name)
    if "/" not in name and not folder.is_dir():
        return load_policy(name)
    folders = sorted(folder.iterdir()) if folder.is_dir() else []
    if not any(folder.glob("*.yaml")):
        folders = [one for one in folders if any(one.glob("*.yaml"))]
        if len(folders) != 1:
            fix = "give the folder of one region: that with its YAML files"
            raise BulkError(name, f"{len(folders)} regions lie in this folder", fix)
        folder = folders[0]
    return load_policy(folder.resolve().name, directory=folder.resolve().parent)
