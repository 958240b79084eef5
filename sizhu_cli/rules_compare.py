"""`sizhu rules compare` and `examples`: what changed in the law, and cases nobody had to invent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizhu_cli.output import EXIT_CONFIG, AsJson, console, fail, print_json
from sizhu_cli.rules_release import PolicyDir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.comparing import Difference

_NAME = "simen (the law in force), simen@2026.11, or simen@working (the text being written)"
_DIRECTIONS = {
    "better": "better for the person",
    "worse": "worse for the person",
    "other": "otherwise",
    "reasons": "same result, other reasons",
    "added": "new sheet",
    "removed": "sheet no longer in force",
}


def compare(
    *,
    before: Annotated[str, typer.Option("--from", help=_NAME)],
    after: Annotated[str, typer.Option("--to", help=_NAME)],
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Compare two versions of a policy cell by cell: who is treated otherwise, and since when.

    `sizhu rules preview` says what that means for the people of a register.
    """
    from sizhu_rules import load_policy
    from sizhu_rules.comparing import compare as compare_policies

    old = load_policy(before, directory=policy_dir)
    new = load_policy(after, directory=policy_dir)
    found = list(compare_policies(old, new))
    if as_json:
        print_json(
            {
                "from": old.identity.to_dict(),
                "to": new.identity.to_dict(),
                "differences": [difference.to_dict() for difference in found],
            }
        )
        return
    out = console()
    out.print(f"{old.region} {old.version} → {new.region} {new.version}: {len(found)} differences")
    for difference in found:
        for line in _lines(difference):
            out.print(line, soft_wrap=True)


def _lines(difference: Difference) -> list[str]:
    where = "; ".join(f"{name} {', '.join(labels)}" for name, labels in difference.where.items())
    until = f" to {difference.until}" if difference.until else ""
    written = difference.to_dict()
    return [
        f"{difference.sheet}, submitted from {difference.since}{until}, {where or 'everywhere'}:",
        f"    {_DIRECTIONS[difference.direction]}",
        f"    {_said(written['before'])}",
        f"  → {_said(written['after'])}",
    ]


def _said(result: Any) -> str:  # noqa: ANN401 - JSON
    if result is None:
        return "nothing"
    values = ", ".join(f"{name} {value}" for name, value in result["values"].items())
    choices = " or ".join(
        ", ".join(f"{name} {value}" for name, value in one.items()) for one in result["candidates"]
    )
    parts = [result["verdict"], values, choices and f"({choices})", " ".join(result["codes"])]
    return " ".join(part for part in parts if part)


def examples(
    rule: Annotated[str, typer.Argument(help="device, retrofit, points, …")],
    policy: Annotated[str, typer.Option("--policy", help=_NAME)] = "simen",
    policy_dir: PolicyDir = None,
) -> None:
    """Print generated examples as JSON Lines: a triple at every threshold, single-fact flips."""
    from sizhu_rules import load_policy
    from sizhu_rules.examples import boundaries, flips

    loaded = load_policy(policy, directory=policy_dir)
    if rule not in loaded.rules:
        known = ", ".join(loaded.rules)
        raise fail(f"There is no rule {rule!r}. Take one of: {known}.", EXIT_CONFIG)
    for table in loaded.rules[rule].latest().tables:
        for triple in boundaries(table):
            for value, result in zip(triple.values, triple.results, strict=True):
                fields = {**triple.others, triple.field: value}
                _print_example("boundary", table.sheet.name, fields, result.verdict, result.codes)
        for flip in flips(table):
            for point, result in (
                (flip.point, flip.before),
                ({**flip.point, flip.field: flip.to}, flip.after),
            ):
                _print_example("flip", table.sheet.name, point, result.verdict, result.codes)


def _print_example(
    kind: str, sheet: str, fields: Mapping[str, object], verdict: str, codes: tuple[str, ...]
) -> None:
    plain = {
        name: value if isinstance(value, int | str) else str(value)
        for name, value in fields.items()
    }
    print_json(
        {"example": kind, "sheet": sheet, "fields": plain, "verdict": verdict, "codes": list(codes)}
    )
