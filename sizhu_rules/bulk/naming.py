"""A policy by the name people type: a region, a frozen release of one, or a folder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sizhu_rules.errors import BulkError
from sizhu_rules.policies import load_policy, rule_files

if TYPE_CHECKING:
    from sizhu_rules.engine.policy import Policy


def named_policy(name: str) -> Policy:
    """Return the policy called `simen`, `simen@2026.11`, or by the path of a folder.

    The folder is a region's (`…/simen` with its YAML files) or holds one; it overlays what is
    shipped, and takes a version as well (`…/simen@working`). Raises `PolicyError`, and `BulkError`
    for a folder that is neither.
    """
    folder, version = Path(name), ""
    if "/" not in name and not folder.is_dir():
        return load_policy(name)
    if not folder.is_dir() and "@" in folder.name:
        region, _, version = folder.name.partition("@")
        folder = folder.with_name(region)
    folders = sorted(folder.iterdir()) if folder.is_dir() else []
    if not any(folder.glob("*.yaml")):
        folders = [one for one in folders if any(one.glob("*.yaml"))]
        if len(folders) != 1:
            fix = "give the folder of one region: that with its YAML files"
            raise BulkError(name, f"{len(folders)} regions lie in this folder", fix)
        folder = folders[0]
    folder = folder.resolve()
    named = f"{folder.name}@{version}" if version else folder.name
    return load_policy(named, directory=folder.parent)


def overlaid(name: str, directory: Path | None) -> str:
    """Return the name under which a policy is found where `directory` overlays those shipped.

    Raises `PolicyError` where there is no such folder.
    """
    rule_files(directory)
    if directory is None or "/" in name or not directory.joinpath(name.partition("@")[0]).is_dir():
        return name
    return directory.resolve().joinpath(name).as_posix()
