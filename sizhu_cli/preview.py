"""`sizhu rules preview`: what a change of policy would do to a register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizhu_cli.bulk import missing_extra
from sizhu_cli.output import EXIT_CONFIG, AsJson, civil_day, console, fail, print_json
from sizhu_cli.rules_release import PolicyDir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from sizhu_rules.bulk import Preview


def preview(
    before: Annotated[str, typer.Option("--from", help="simen, simen@2026.11, or a folder.")],
    after: Annotated[str, typer.Option("--to", help="The policy to go to, named likewise.")],
    register: Annotated[Path, typer.Option("--register", help="Parquet or CSV, file or folder.")],
    rule: Annotated[str, typer.Option("--rule", help="Which rule decides.")] = "device",
    known_on: Annotated[
        str | None, typer.Option("--known-on", help="Day of deciding; today in Shanghai.")
    ] = None,
    *,
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Show who gains, who loses, how many go to review and what it costs; small cells hidden."""
    from sizhu_rules import BulkError

    try:
        from sizhu_rules.bulk import overlaid
        from sizhu_rules.bulk import preview as compare
    except ImportError as error:
        raise missing_extra(error) from None
    day = civil_day(known_on)
    before, after = (overlaid(name, policy_dir) for name in (before, after))
    try:
        found = compare(register, before=before, after=after, rule=rule, known_on=day)
    except (BulkError, LookupError) as error:
        raise fail(str(error.args[0]), EXIT_CONFIG) from None
    if as_json:
        print_json(found.to_dict())
    else:
        _show(found)


def _show(found: Preview) -> None:
    from rich.table import Table

    policies = [f"{one['region']} {one['version']}" for one in (found.before, found.after)]
    typer.echo(f"{found.rule}: {policies[0]} → {policies[1]}, {found.rows} rows")
    if found.rejected:
        typer.echo(f"{found.rejected} rows are malformed and left out; `sizhu bulk` lists them.")
    table = Table("", "gains", "loses", "to review", "cost")
    _add(table, "total", found.total)
    table.add_section()
    for name, row in found.villages.items():
        _add(table, name, row)
    table.add_section()
    for name, row in found.age_bands.items():
        _add(table, name, row)
    console().print(table)
    typer.echo("<3: one or two people. *: hidden, because it would give a small number away.")


def _add(table: Table, name: str, row: Mapping[str, int | str]) -> None:
    from rich.text import Text

    from sizhu_rules.bulk import cost_text

    counts = [str(row[column]) for column in ("gains", "loses", "to_review")]
    # A village's name is the register's: text, never markup.
    table.add_row(Text(name), *counts, cost_text(row["cost_fen"]))
