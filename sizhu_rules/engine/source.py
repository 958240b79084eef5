"""Reading a rule text: YAML in which every value knows its file and line and nothing is ignored.

Unknown keys, missing keys, keys given twice, impossible dates and numbers where text is expected
are errors at load (`PolicyError`): a key that is silently ignored is silent policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import yaml

from sizhu_rules.errors import PolicyError, meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_BOOLEANS = {"yes": True, "no": False, "true": True, "false": False}
_POLICY = "policy"
_Word = TypeVar("_Word", bound=str)
# libyaml where the wheel brings it (10 × faster), else the same in Python.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Entry:
    """One YAML value with its place; `file` is relative to the rules, never a path of a machine."""

    node: yaml.Node
    file: str

    @property
    def line(self) -> int:
        """The line on which the value starts, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def error(self, what: str, fix: str) -> PolicyError:
        """Build the error that points here."""
        return PolicyError(self.file, self.line, what, fix)

    def mapping(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Entry]:
        """Read a mapping whose keys are known; raises `PolicyError` for any other key."""
        required = tuple(required)
        known = {*required, *optional}
        found: dict[str, Entry] = {}
        for key, value in self.pairs():
            if key not in known:
                fix = meant(key, known, f"use one of {', '.join(sorted(known))}")
                raise value.error(f"unknown key '{key}'", fix)
            found[key] = value
        for key in required:
            if key not in found:
                raise self.error(f"the key '{key}' is missing", f"add '{key}: …' here")
        return found

    def pairs(self) -> list[tuple[str, Entry]]:
        """Read a mapping whose keys are names of one's own choice, in the order written."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("a mapping is expected here", "write 'key: value' lines")
        found: dict[str, Entry] = {}
        for key_node, value_node in self.node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise self.error("a key is not text", "use a plain word as key")
            if key in found:
                raise Entry(key_node, self.file).error(
                    f"the key '{key}' stands here twice", "keep one of the two"
                )
            found[key] = Entry(value_node, self.file)
        return list(found.items())

    def items(self) -> list[Entry]:
        """Read a sequence."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("a list is expected here", "write '- item' lines or [a, b]")
        return [Entry(node, self.file) for node in self.node.value]

    def text(self) -> str:
        """Read text that says something."""
        value = self._scalar("str", "text", "put it in quotes")
        if not value.strip():
            raise self.error("the text is empty", "write it, or take the key away")
        return value

    def day(self) -> date:
        """Read a civil day that exists, as YYYY-MM-DD."""
        value = self._scalar("timestamp", "a day", "write YYYY-MM-DD without quotes")
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            raise self.error(f"the day {value} does not exist", "correct month and day") from None
        raise self.error(f"'{value}' is no day", "write YYYY-MM-DD")

    def integer(self) -> int:
        """Read a whole number."""
        value = self._scalar("int", "a whole number", "write digits only")
        if not _INTEGER.fullmatch(value):
            raise self.error(f"'{value}' is no plain number", "write decimal digits only")
        return int(value)

    def boolean(self) -> bool:
        """Read yes or no."""
        value = self._scalar("bool", "yes or no", "write yes or no without quotes")
        if value.lower() not in _BOOLEANS:
            raise self.error(f"'{value}' is neither yes nor no", "write yes or no")
        return _BOOLEANS[value.lower()]

    def choice(self, options: Iterable[_Word]) -> _Word:
        """Read one of the words allowed here."""
        value = self.text()
        words: dict[str, _Word] = {word: word for word in options}
        if value not in words:
            raise self.error(f"'{value}' is not allowed here", f"use one of {', '.join(words)}")
        return words[value]

    def texts(self) -> tuple[str, ...]:
        """Read a list of texts."""
        return tuple(item.text() for item in self.items())

    def value(self) -> int | bool | str:
        """Read a number, yes/no, or text, as the YAML says which it is."""
        if self.is_a("int"):
            return self.integer()
        if not self.is_a("bool") and not self.is_a("str"):
            raise self.error(
                "a whole number, yes or no, or text is expected here",
                "write digits only, or put text and fractions in quotes, such as '1/2'",
            )
        return self.boolean() if self.is_a("bool") else self.text()

    def is_a(self, tag: str) -> bool:
        """Tell whether the value is of a YAML type: str, int, bool, timestamp, map, seq."""
        return self.node.tag == f"tag:yaml.org,2002:{tag}"

    def _scalar(self, tag: str, name: str, fix: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.is_a(tag):
            raise self.error(f"{name} is expected here", fix)
        return str(self.node.value)


def compose(text: str, name: str) -> Entry:
    """Parse one YAML text; `name` is how errors call it. Raises `PolicyError`."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"this is no YAML: {error.problem or 'it cannot be read'}"
        raise PolicyError(name, line, what, "check indentation, colons and quotes") from None
    except yaml.YAMLError:
        what = "the file holds a character that YAML forbids"
        raise PolicyError(name, 1, what, "take it out") from None
    if node is None:
        raise PolicyError(name, 1, "the file is empty", "write it, or remove it")
    return Entry(node, name)


class Files:
    """The files of the rules: those shipped, under those of an overlay.

    Names are relative, with slashes: `eligibility/device/share.yaml`, `policy/simen/device.yaml`.
    An overlay folder holds regions (`{folder}/simen/device.yaml` stands for
    `policy/simen/device.yaml`); `texts` replaces single files by their content. A frozen release
    is `texts` alone: there `shipped` is None.
    """

    def __init__(
        self,
        shipped: Traversable | None,
        folder: Path | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """Look into `texts` first, then the overlay folder, then what is shipped."""
        self._shipped = shipped
        self._folder = folder
        self._texts = dict(texts or {})

    def read(self, name: str) -> Entry:
        """Read one file; raises `PolicyError`."""
        return compose(self.text(name), name)

    def text(self, name: str) -> str:
        """Return the content of one file; raises `PolicyError`."""
        if name in self._texts:
            return self._texts[name]
        found = self._find(name)
        if found is None:
            raise PolicyError(name, 1, "the file is missing", "add it, or correct its name")
        try:
            return found.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise PolicyError(name, 1, "the file is not UTF-8", "save it as UTF-8") from None

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return name in self._texts or self._find(name) is not None

    def region(self, region: str) -> list[str]:
        """List the YAML files of a region's working text, in order of name."""
        above = f"{_POLICY}/{region}/"
        names = {name for name in self._texts if name.startswith(above) and name.count("/") == 2}  # noqa: PLR2004 - policy/region/file
        for folder in self._folders(region):
            names |= {above + path.name for path in folder.iterdir() if path.name.endswith(".yaml")}
        return sorted(names)

    def regions(self) -> list[str]:
        """List the regions there are, in order of name."""
        names = {name.split("/")[1] for name in self._texts if name.startswith(f"{_POLICY}/")}
        if self._shipped is not None:
            names |= {path.name for path in self._shipped.joinpath(_POLICY).iterdir()}
        if self._folder is not None:
            names |= {path.name for path in self._folder.iterdir()}
        return sorted(name for name in names if self.has(f"{_POLICY}/{name}/region.yaml"))

    def releases(self, region: str, *, in_force: bool = False) -> dict[str, Traversable]:
        """Return the folders of a region's frozen releases, by version.

        `in_force` leaves out those shipped where the overlay holds the region: it speaks alone.
        """
        if region not in self.regions():  # no path, and no other spelling
            return {}
        folders = self._folders(region)
        found: dict[str, Traversable] = {}
        for folder in folders[:1] if in_force else reversed(folders):
            above = folder.joinpath("releases")
            if above.is_dir():
                found |= {path.name: path for path in above.iterdir() if path.is_dir()}
        return found

    def _folders(self, region: str) -> list[Traversable]:
        folders: list[Traversable] = [] if self._folder is None else [self._folder / region]
        if self._shipped is not None:
            folders.append(self._shipped.joinpath(_POLICY, region))
        return [folder for folder in folders if folder.is_dir()]

    def _find(self, name: str) -> Traversable | None:
        parts = name.split("/")
        candidates: list[Traversable] = []
        if self._folder is not None and parts[0] == _POLICY:
            candidates.append(self._folder.joinpath(*parts[1:]))
        if self._shipped is not None:
            candidates.append(self._shipped.joinpath(*parts))
        return next((one for one in candidates if one.is_file()), None)
