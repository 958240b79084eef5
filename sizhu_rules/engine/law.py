"""The text of a region before compilation: sheets, dated parameters, readings, sentences.

A region's file overrides the base region parameter by parameter and reading by reading. A name
that nothing uses is an error: a misspelt override would otherwise be silent policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

from sizhu_rules.engine.canonical import digest
from sizhu_rules.engine.citation import cited, load_citations
from sizhu_rules.engine.limits import load_limits
from sizhu_rules.engine.links import check_links
from sizhu_rules.engine.parameters import load_parameters, load_readings
from sizhu_rules.engine.sheet import Sheet, load_sheet
from sizhu_rules.engine.texts import Texts, load_texts
from sizhu_rules.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sizhu_rules.engine.citation import Citation
    from sizhu_rules.engine.limits import Limit
    from sizhu_rules.engine.parameters import Parameter, Reading
    from sizhu_rules.engine.source import Entry, Files
    from sizhu_rules.engine.spec import RuleSpec

    _Told = TypeVar("_Told", tuple[Parameter, ...], Reading, Citation)

BASE: Final = "default"
_NO_PLACE = ("file", "line")
_REGION = re.compile(r"[a-z][a-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which rules decided: region, version, and the digest of their content."""

    region: str
    version: str
    digest: str

    def to_dict(self) -> dict[str, str]:
        """Return the `policy` of a decision's JSON."""
        return {"region": self.region, "version": self.version, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Law:
    """The text of a region before compilation: what the digest covers."""

    region: str
    version: str
    title: str
    sheets: Mapping[str, tuple[Sheet, ...]]
    parameters: Mapping[str, tuple[Parameter, ...]]
    readings: Mapping[str, Reading]
    texts: Mapping[str, Texts]
    limits: Mapping[str, Limit]

    def identity(self) -> Identity:
        """Name the law and hash its content."""
        content = {
            "schema": 1,
            "region": self.region,
            "version": self.version,
            "sheets": _plain(dict(self.sheets)),
            "parameters": _plain(dict(self.parameters)),
            "readings": _plain(dict(self.readings)),
        }
        return Identity(self.region, self.version, digest(content))


def load_law(region: str, specs: Iterable[RuleSpec], files: Files, *, frozen: bool = False) -> Law:
    """Read the text of a region; raises `PolicyError`.

    Of a `frozen` text a program that has learnt more since asks no sentence and no use of a
    parameter that it did not need then.
    """
    specs = tuple(specs)
    head = _head(region, files)
    parameters: dict[str, tuple[Parameter, ...]] = {}
    readings: dict[str, Reading] = {}
    citations: dict[str, Citation] = {}
    limits: dict[str, Limit] = {}
    for source in (BASE, region):
        own_parameters: dict[str, tuple[Parameter, ...]] = {}
        own_readings: dict[str, Reading] = {}
        for name in files.region(source):
            if not name.endswith("/region.yaml"):
                keys = sections(files.read(name), base=source == BASE)
                _gather(keys, own_parameters, own_readings, citations)
                if "limits" in keys:
                    limits |= load_limits(keys["limits"])
        if source == BASE and "owner" in head:
            own_parameters = _owned(own_parameters, head["owner"].text())
        parameters |= own_parameters
        readings |= own_readings
    sheets = {
        spec.name: tuple(load_sheet(files.read(f"{spec.folder}/{name}")) for name in spec.sheets)
        for spec in specs
    }
    texts = {spec.name: load_texts(files.read(f"{spec.folder}/texts.yaml")) for spec in specs}
    law = Law(
        region=region,
        version=head["version"].text(),
        title=head["title"].text(),
        sheets=cited(sheets, citations),
        parameters=parameters,
        readings=readings,
        texts=texts,
        limits=limits,
    )
    check_links(specs, law, frozen=frozen)
    return law


def _head(region: str, files: Files) -> Mapping[str, Entry]:
    name = f"policy/{region}/region.yaml"
    if not _REGION.fullmatch(region) or name not in files.region(region):
        known = ", ".join(files.regions())
        raise PolicyError(name, 1, "there is no such region", f"use one of {known}, or add it")
    head = files.read(name).mapping(["schema", "region", "title", "version"], ["owner", "note"])
    if head["schema"].integer() != 1:
        raise head["schema"].error("the schema is unknown", "write 'schema: 1'")
    if head["region"].text() != region:
        raise head["region"].error("the region is not that of its folder", f"write '{region}'")
    return head


def _owned(
    parameters: Mapping[str, tuple[Parameter, ...]], owner: str
) -> dict[str, tuple[Parameter, ...]]:
    """Let a region own the base values that it takes over: it is the one to confirm them."""
    return {
        name: tuple(replace(value, owner=owner) for value in timeline)
        for name, timeline in parameters.items()
    }


def sections(entry: Entry, *, base: bool) -> Mapping[str, Entry]:
    """Read the parts of a policy file by name; raises `PolicyError`.

    Only the base region says what its numbers may be: that is no town's choice.
    """
    optional = ("parameters", "readings", "citations", "note", *(("limits",) if base else ()))
    keys = entry.mapping(["schema"], optional)
    if keys["schema"].integer() != 1:
        raise keys["schema"].error("the schema is unknown", "write 'schema: 1'")
    return keys


def _gather(
    keys: Mapping[str, Entry],
    parameters: dict[str, tuple[Parameter, ...]],
    readings: dict[str, Reading],
    citations: dict[str, Citation],
) -> None:
    if "parameters" in keys:
        _add(keys["parameters"], load_parameters(keys["parameters"]), parameters)
    if "readings" in keys:
        _add(keys["readings"], load_readings(keys["readings"]), readings)
    if "citations" in keys:
        _add(keys["citations"], load_citations(keys["citations"]), citations)


def _add(
    entry: Entry,
    found: Mapping[str, _Told],
    told: dict[str, _Told],
) -> None:
    for name, value in found.items():
        if name in told:
            first = told[name]
            place = first[0] if isinstance(first, tuple) else first
            raise entry.error(f"'{name}' stands in {place.file} as well", "keep one of the two")
        told[name] = value


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        content = {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.name not in _NO_PLACE
        }
        return {"is": type(value).__name__, **content}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
