"""`sizhu rules`: decide and check without any cloud."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizhu_cli import rules_compare, rules_docs, rules_explain, rules_mutate, rules_release
from sizhu_cli.facts import facts_of, lines_of
from sizhu_cli.output import (
    EXIT_CONFIG,
    EXIT_FAILED,
    AsJson,
    civil_day,
    fail,
    print_json,
    write_files,
)
from sizhu_cli.rules_release import PolicyDir

if TYPE_CHECKING:
    from sizhu_rules import Policy

app = typer.Typer(help="Decide and check, without any cloud.", no_args_is_help=True)
app.command()(rules_release.release)
app.command()(rules_compare.compare)
app.command()(rules_compare.examples)
app.command()(rules_mutate.mutate)
app.command()(rules_docs.docs)
app.command()(rules_explain.explain)
Region = Annotated[
    str,
    typer.Option(
        "--region", help="simen (the law in force), simen@2026.11, or simen@working (the draft)."
    ),
]


@app.callback()
def group() -> None:
    """Decide and check, without any cloud."""


def _answer(rule: str, line: bytes, policy: Policy, known_on: date) -> tuple[str, bool]:
    """One line of JSON for one line of facts, and whether it is a decision."""
    from sizhu_rules import FactError, decide

    try:
        facts = facts_of(line)
    except ValueError as error:
        return json.dumps({"error": f"{error} Write one JSON object per line."}), False
    try:
        return decide(rule, facts, policy=policy, known_on=known_on).to_json(), True
    except FactError as error:
        return json.dumps({"error": str(error)}, ensure_ascii=False), False


@app.command()
def decide(
    rule: Annotated[str, typer.Argument(help="device, donation, points, …")],
    facts: Annotated[str, typer.Option("--facts", help="JSON Lines file, or - for stdin.")],
    known_on: Annotated[
        str | None, typer.Option("--known-on", help="Day of deciding; today in Shanghai.")
    ] = None,
    region: Region = "simen",
    policy_dir: PolicyDir = None,
) -> None:
    """Decide each line of facts; a line that cannot be read becomes an error in its place."""
    from sizhu_rules import load_policy
    from sizhu_rules.registry import SPECS

    rules = [spec.name for spec in SPECS]
    if rule not in rules:
        raise fail(f"There is no rule {rule!r}. Take one of: {', '.join(rules)}.", EXIT_CONFIG)
    policy, day = load_policy(region, directory=policy_dir), civil_day(known_on)
    well = True
    for line in lines_of(facts):
        if line.strip():
            answer, good = _answer(rule, line, policy, day)
            sys.stdout.write(answer + "\n")
            well = well and good
    if not well:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="Folder of the JSON files.")],
    region: Region = "simen",
    policy_dir: PolicyDir = None,
) -> None:
    """Write all rules and all moves as JSON for the cloud functions."""
    from sizhu_rules import load_policy
    from sizhu_rules.export import exports

    tables = exports(load_policy(region, directory=policy_dir))
    write_files(
        out,
        {
            f"{name}.json": json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n"
            for name, table in tables.items()
        },
    )


@app.command()
def check(
    *,
    region: Annotated[
        list[str] | None,
        typer.Option("--region", help="Folder of the policy; may be repeated. All, if left out."),
    ] = None,
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Report gaps, overlaps, readings and unconfirmed values of regions; run their cases.

    Also proves that cases and declarations are adequate, and that frozen releases still re-derive.
    """
    from sizhu_rules import check as check_region
    from sizhu_rules.policies import rule_files

    files = rule_files(policy_dir)  # refuses a mistyped folder
    regions = region or files.regions()
    reports = [check_region(name, directory=policy_dir) for name in regions]
    ok = all(report.ok for report in reports)
    if as_json and region is not None and len(reports) == 1:
        print_json(reports[0].to_dict())
    elif as_json:
        print_json({"ok": ok, "regions": [report.to_dict() for report in reports]})
    else:
        for report in reports:
            typer.echo("\n".join(report.lines()))
    if not ok:
        raise typer.Exit(EXIT_FAILED)
