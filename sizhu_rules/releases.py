"""Frozen releases: a region's whole text under a version, immutable, with its digest.

    policy/simen/releases/2026.11/release.yaml      what it is: digest, day, hash of every file
    policy/simen/releases/2026.11/replay.jsonl      decisions that must re-derive from it for ever
    policy/simen/releases/2026.11/eligibility/…     the files as they were

A release holds everything it needs: sheets, parameters and readings (the digest covers all three),
sentences, cases. A published version in the cloud is the same as one document (`to_document`).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sizhu_rules.engine.law import BASE, load_law
from sizhu_rules.engine.policy import Policy, compile_law
from sizhu_rules.engine.source import Files, compose
from sizhu_rules.errors import PolicyError
from sizhu_rules.registry import SPECS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from sizhu_rules.engine.spec import RuleSpec

HEAD: Final = "release.yaml"
REPLAY: Final = "replay.jsonl"
_BESIDE_SHEETS: Final = ("texts.yaml", "cases.yaml", "about.yaml", "words.yaml")
_VERSION = re.compile(r"[0-9]{4}\.[0-9]{1,2}(\.[0-9]{1,3})?")
_NAME = re.compile(r"([a-z0-9][a-z0-9_-]*/)+[a-z0-9][a-z0-9_-]*\.yaml", re.ASCII)
_SHA = "sha256:"


@dataclass(frozen=True, slots=True)
class Release:
    """One frozen version of a region; `files` maps names to texts, `replay` holds its decisions."""

    region: str
    version: str
    digest: str
    released_on: date
    note: str
    files: Mapping[str, str]
    replay: str

    @property
    def order(self) -> tuple[int, ...]:
        """Where the version stands among others: 2026.9 before 2026.11."""
        return version_order(self.version)

    @property
    def source(self) -> Files:
        """The files, as `load_law` reads them."""
        return Files(None, texts=self.files)

    def specs(self) -> tuple[RuleSpec, ...]:
        """Return the rules there were, with the sheets they had."""
        return frozen_specs(self.source)

    def __hash__(self) -> int:
        """Hash the name; equal releases have equal content, byte for byte."""
        return hash((self.region, self.version, self.digest))

    def policy(self) -> Policy:
        """Compile it; raises `PolicyError`, also where the content is not that of the digest.

        The same content is compiled once.
        """
        return _compiled(self)

    def error(self, what: str, fix: str) -> PolicyError:
        """Build an error that points to the release."""
        return PolicyError(f"policy/{self.region}/releases/{self.version}/{HEAD}", 1, what, fix)

    def write(self, folder: Path) -> None:
        """Write the release into a new folder, as the same bytes on every system.

        The folder is there whole or not at all: half a release would be the law in force, and
        stop every decision.
        """
        part = folder.parent.with_name(f".{folder.name}.part")
        if part.is_dir():  # of a run that was killed
            shutil.rmtree(part)
        for name, text in {HEAD: self._head(), REPLAY: self.replay, **self.files}.items():
            path = part.joinpath(*name.split("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        folder.parent.mkdir(parents=True, exist_ok=True)
        part.rename(folder)

    def to_document(self) -> dict[str, Any]:
        """Return it as the document of the cloud collection `policies`, without approvals."""
        return {
            "_id": f"pol:{self.region}:{self.version}",
            "region": self.region,
            "version": self.version,
            "digest": self.digest,
            "releasedOn": self.released_on.isoformat(),
            "note": self.note,
            "files": [{"name": name, "text": text} for name, text in sorted(self.files.items())],
            "replay": self.replay,
        }

    def _head(self) -> str:
        lines = [
            "# Frozen by `sizhu rules release`: never edit this folder. A change is a new version.",
            "schema: 1",
            f"region: {self.region}",
            f'version: "{self.version}"',
            f'digest: "{self.digest}"',
            f"released_on: {self.released_on.isoformat()}",
            f"note: {json.dumps(self.note, ensure_ascii=False)}",
            "files:",
            *(
                f'  {name}: "{_sha(text)}"'
                for name, text in sorted({**self.files, REPLAY: self.replay}.items())
            ),
        ]
        return "\n".join(lines) + "\n"


def is_version(text: object) -> bool:
    """Tell whether this names a version, such as 2026.11."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None


@lru_cache(maxsize=8)
def _compiled(release: Release) -> Policy:
    specs = release.specs()
    law = load_law(release.region, specs, release.source, frozen=True)
    policy, errors = compile_law(law, specs, frozen=True)
    if policy is None:
        raise errors[0]
    if policy.digest != release.digest:
        raise release.error(
            f"the content has the digest {policy.digest}, not the one it was released under",
            "restore the files; a release is never edited, freeze a new version instead",
        )
    return policy


def version_order(version: str) -> tuple[int, ...]:
    """Return the parts of a version as numbers; raises `PolicyError` for what is no version."""
    if not is_version(version):
        fix = "name it like 2026.11, or take it out of 'releases'"
        raise PolicyError(f"releases/{version}", 1, "the folder is no version", fix)
    return tuple(int(part) for part in version.split("."))


def newest(versions: Iterable[str]) -> str | None:
    """Return the newest of some versions, or None."""
    return max(versions, key=version_order, default=None)


def frozen_specs(source: Files) -> tuple[RuleSpec, ...]:
    """Return the rules of which a text has sheets, with the sheets it has."""
    specs = []
    for spec in SPECS:
        sheets = tuple(name for name in spec.sheets if source.has(f"{spec.folder}/{name}"))
        if sheets:
            specs.append(replace(spec, sheets=sheets))
    return tuple(specs)


def read_release(region: str, version: str, folder: Traversable) -> Release:
    """Read a frozen release; raises `PolicyError` where a file is missing, added or changed."""
    place = f"policy/{region}/releases/{version}"
    if not _VERSION.fullmatch(version):
        raise PolicyError(place, 1, "the folder is no version", "name it like 2026.11")
    head = compose(_text(folder, HEAD, place), f"{place}/{HEAD}").mapping(
        ["schema", "region", "version", "digest", "released_on", "note", "files"]
    )
    for key, expected in (("region", region), ("version", version)):
        if head[key].text() != expected:
            raise head[key].error(f"the {key} is not that of the folder", f"write '{expected}'")
    files: dict[str, str] = {}
    for name, sha in head["files"].pairs():
        files[name] = _text(folder, name, place)
        if _sha(files[name]) != sha.text():
            raise sha.error(
                f"the file {name} was changed after the release",
                "restore it; a release is never edited, freeze a new version instead",
            )
    replay = files.pop(REPLAY, "")
    return Release(
        region=region,
        version=version,
        digest=head["digest"].text(),
        released_on=head["released_on"].day(),
        note=head["note"].text(),
        files=files,
        replay=replay,
    )


def from_document(document: Mapping[str, Any]) -> Release:
    """Read a version published in the cloud; raises `PolicyError` for a malformed document."""
    place = "policies"
    fields = ("region", "version", "digest", "releasedOn", "note", "replay")
    for field in fields:
        if not isinstance(document.get(field), str):
            raise PolicyError(place, 1, f"'{field}' is no text", "publish the version again")
    files = document.get("files")
    if not isinstance(files, list) or not all(
        isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and isinstance(one.get("text"), str)
        for one in files
    ):
        raise PolicyError(place, 1, "'files' is no list of names and texts", "publish it again")
    for one in files:
        if not _NAME.fullmatch(one["name"]):  # it may be written to a disk one day
            fix = "name files like eligibility/device/share.yaml, then publish it again"
            raise PolicyError(place, 1, "a file of the version has no plain name", fix)
    if not _VERSION.fullmatch(document["version"]):
        raise PolicyError(place, 1, "the version is none", "name it like 2026.11")
    try:
        released_on = date.fromisoformat(document["releasedOn"])
    except ValueError:
        raise PolicyError(place, 1, "'releasedOn' is no day", "publish it again") from None
    return Release(
        region=document["region"],
        version=document["version"],
        digest=document["digest"],
        released_on=released_on,
        note=document["note"],
        files={one["name"]: one["text"] for one in files},
        replay=document["replay"],
    )


def gather(region: str, source: Files) -> dict[str, str]:
    """Return the texts of a region's rules as they stand: what a release freezes."""
    names = [*source.region(BASE), *source.region(region)]
    for spec in SPECS:
        names += [f"{spec.folder}/{name}" for name in (*spec.sheets, *_BESIDE_SHEETS)]
        names.append(f"policy/{region}/cases/{spec.name}.yaml")
    return {name: source.text(name) for name in names if source.has(name)}


def _text(folder: Traversable, name: str, place: str) -> str:
    try:
        return folder.joinpath(*name.split("/")).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise PolicyError(f"{place}/{name}", 1, "the file is missing", "restore it") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{place}/{name}", 1, "the file is not UTF-8", "restore it") from None


def _sha(text: str) -> str:
    return _SHA + hashlib.sha256(text.encode()).hexdigest()
