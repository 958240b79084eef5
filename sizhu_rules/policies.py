"""Loading a region's policy: a frozen release, or the working text.

`simen` is the law in force: the newest release, or the working text where none was frozen yet.
`simen@2026.11` is that release, `simen@working` the text as it is being written. Releases are
immutable (`sizhu_rules.releases`), and decisions are replayed from them alone.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sizhu_rules.engine.law import load_law
from sizhu_rules.engine.policy import Policy, compile_law
from sizhu_rules.engine.source import Files
from sizhu_rules.errors import PolicyError, meant
from sizhu_rules.registry import SPECS
from sizhu_rules.releases import Release, newest, read_release

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

WORKING: Final = "working"


def load_policy(name: str, *, directory: Path | None = None) -> Policy:
    """Load and compile a policy: `simen`, `simen@2026.11` or `simen@working`; each once.

    `directory` holds regions that overlay those shipped: `{directory}/{region}/device.yaml`, and
    releases in `{directory}/{region}/releases/`. Where it holds a region, the releases shipped for
    that region are in force no more. Raises `PolicyError` with file, line and fix; where there are
    several errors, the first.
    """
    region, _, version = name.partition("@")
    return _load(region, version, directory)


def shipped() -> Traversable:
    """Return the folder of the rules shipped with this library."""
    return files("sizhu_rules")


def rule_files(directory: Path | None = None) -> Files:
    """Return the files of the rules, shipped and overlaid.

    Raises `PolicyError` where there is no such folder: a mistyped one must not mean that another
    town's numbers decide.
    """
    if directory is not None and not directory.is_dir():
        fix = "correct SIZHU_POLICY_DIR or --policy-dir"
        raise PolicyError(str(directory), 1, "there is no such folder of policies", fix)
    return Files(shipped(), directory)


def releases(region: str, *, directory: Path | None = None) -> tuple[Release, ...]:
    """Return all frozen releases of a region, oldest first; raises `PolicyError`."""
    folders = rule_files(directory).releases(region)
    found = [read_release(region, version, folder) for version, folder in folders.items()]
    return tuple(sorted(found, key=lambda release: release.order))


def source_of(name: str, *, directory: Path | None = None) -> Files:
    """Return the files that `load_policy` would read: a release's own, or the working text.

    Raises `PolicyError`.
    """
    region, _, version = name.partition("@")
    release = _release(region, version, directory)
    return rule_files(directory) if release is None else release.source


def _release(region: str, version: str, directory: Path | None) -> Release | None:
    """Find the release of a name; None is the working text."""
    source = rule_files(directory)
    version = version or newest(source.releases(region, in_force=True)) or WORKING
    if version == WORKING:
        return None
    folders = source.releases(region)
    if version not in folders:
        raise _no_release(region, version, list(folders))
    return read_release(region, version, folders[version])


@lru_cache(maxsize=32)
def _load(region: str, version: str, directory: Path | None) -> Policy:
    release = _release(region, version, directory)
    if release is not None:
        return release.policy()
    policy, errors = compile_law(load_law(region, SPECS, rule_files(directory)), SPECS)
    if policy is None:
        raise errors[0]
    return policy


def _no_release(region: str, version: str, known: list[str]) -> PolicyError:
    listed = ", ".join(sorted(known)) or "none yet"
    fix = meant(version, known, f"use one of {listed}, or '{WORKING}'")
    name = f"policy/{region}/releases/{version}"
    return PolicyError(name, 1, "there is no such release", fix)
