"""Fault rules: which request gets which fault. Seeded, so that a run repeats."""

import random
import re
from dataclasses import dataclass, field
from typing import Final

from cloud_emulator.values import Value

_ACTIONS: Final = (
    "delay",
    "errcode",
    "errmsg",
    "http",
    "reset",
    "truncate",
    "garble",
    "hang",
    "duplicate",
)
_MATCHES: Final = ("path", "statement", "collection", "body")
_RULE_KEYS: Final = ("match", "skip", "times", "p", "do")
_RANGE: Final = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule does: see `do` in the module `http`."""

    delay_ms: tuple[float, float] = (0.0, 0.0)
    errcode: int | None = None
    errmsg: str | None = None
    http: int | None = None
    reset: str | None = None
    truncate: int | None = None
    garble: bool = False
    hang_s: float | None = None
    duplicate: bool = False

    @property
    def label(self) -> str:
        """The fault's name for the log."""
        found = [
            name
            for name, value in (
                ("delay", self.delay_ms[1]),
                ("errcode", self.errcode),
                ("http", self.http),
                (f"reset:{self.reset}", self.reset),
                ("truncate", self.truncate is not None),
                ("garble", self.garble),
                ("hang", self.hang_s),
                ("duplicate", self.duplicate),
            )
            if value
        ]
        return "+".join(found)


@dataclass(slots=True)
class Rule:
    """One rule: skip some matches, then hit `times` of them (None: all) with chance p each."""

    match: dict[str, re.Pattern[str]]
    skip: int
    times: int | None
    chance: float
    fault: Fault
    seen: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What rules look at."""

    path: str
    statement: str
    collection: str
    body: str


@dataclass(slots=True)
class Faults:
    """The rules in force; the first that hits wins."""

    rules: list[Rule] = field(default_factory=list)
    _random: random.Random = field(default_factory=random.Random)  # seeded below, never for secrets

    def load(self, spec: Value) -> int:
        """Replace the rules; raise ValueError with the fix for a rule that cannot be read."""
        if spec.__class__ is not dict or set(spec) - {"seed", "rules"}:
            raise ValueError('write {"seed": 1, "rules": […]}')
        seed, rules = spec.get("seed", 0), spec.get("rules", [])
        if seed.__class__ is not int or rules.__class__ is not list:
            raise ValueError("seed is a whole number, rules a list")
        loaded = [_read_rule(rule) for rule in rules]
        self.rules = loaded
        self._random.seed(seed)
        return len(loaded)

    def clear(self) -> None:
        """Drop all rules."""
        self.rules = []

    @property
    def wants_body(self) -> bool:
        """Whether a rule looks into bodies or statements at all."""
        return any(set(rule.match) - {"path"} for rule in self.rules)

    def pick(self, target: Target) -> Fault | None:
        """Return the fault of the first rule that hits; counts and chances move on."""
        for rule in self.rules:
            if not all(
                pattern.search(getattr(target, name)) for name, pattern in rule.match.items()
            ):
                continue
            rule.seen += 1
            if rule.seen <= rule.skip or (rule.times is not None and rule.hits >= rule.times):
                continue
            if rule.chance < 1 and self._random.random() >= rule.chance:
                continue
            rule.hits += 1
            return rule.fault
        return None

    def delay_s(self, fault: Fault) -> float:
        """Return the seconds to wait for a fault."""
        low, high = fault.delay_ms
        return (low if low == high else self._random.uniform(low, high)) / 1000

    def state(self) -> list[dict[str, Value]]:
        """Describe the rules with what they have met."""
        return [
            {
                "match": {name: pattern.pattern for name, pattern in rule.match.items()},
                "do": rule.fault.label,
                "seen": rule.seen,
                "hits": rule.hits,
            }
            for rule in self.rules
        ]


def _read_rule(raw: Value) -> Rule:
    if raw.__class__ is not dict or set(raw) - set(_RULE_KEYS) or "do" not in raw:
        raise ValueError(f"a rule has the keys {', '.join(_RULE_KEYS)}; do is needed")
    match, skip, times, chance = (
        raw.get("match", {}),
        raw.get("skip", 0),
        raw.get("times"),
        raw.get("p", 1),
    )
    if match.__class__ is not dict or set(match) - set(_MATCHES):
        raise ValueError(f"match has the keys {', '.join(_MATCHES)}, each a regular expression")
    if skip.__class__ is not int or skip < 0:
        raise ValueError("skip is a whole number that is not negative")
    if times is not None and (times.__class__ is not int or times < 0):
        raise ValueError("times is a whole number that is not negative, or null for always")
    if chance.__class__ not in (int, float) or not 0 <= chance <= 1:
        raise ValueError("p is a chance between 0 and 1")
    try:
        patterns = {name: re.compile(pattern) for name, pattern in match.items()}
    except (re.error, TypeError):
        raise ValueError("match has a value that is no regular expression") from None
    return Rule(patterns, skip, times, float(chance), _read_fault(raw["do"]))


def _number(value: Value, name: str, least: float = 0) -> float:
    if value.__class__ not in (int, float) or value < least:
        raise ValueError(f"{name} is a number from {least} up")
    return float(value)


def _read_fault(do: Value) -> Fault:
    if do.__class__ is not dict or not do or set(do) - set(_ACTIONS):
        raise ValueError(f"do has keys out of {', '.join(_ACTIONS)}")
    delay = do.get("delay", 0)
    bounds = delay if delay.__class__ is list else [delay, delay]
    if len(bounds) != _RANGE:
        raise ValueError("delay is milliseconds or [least, most]")
    if do.get("reset") not in (None, "before", "after"):
        raise ValueError('reset is "before" or "after"')
    for name in ("errcode", "http", "truncate"):
        if name in do and do[name].__class__ is not int:
            raise ValueError(f"{name} is a whole number")
    return Fault(
        delay_ms=(_number(bounds[0], "delay"), _number(bounds[1], "delay")),
        errcode=do.get("errcode"),
        errmsg=str(do["errmsg"]) if "errmsg" in do else None,
        http=do.get("http"),
        reset=do.get("reset"),
        truncate=do.get("truncate"),
        garble=bool(do.get("garble", False)),
        hang_s=_number(do["hang"], "hang") if "hang" in do else None,
        duplicate=bool(do.get("duplicate", False)),
    )
