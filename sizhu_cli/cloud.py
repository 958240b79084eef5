"""`sizhu cloud`: bring a cloud environment to the state that this version needs."""

from __future__ import annotations

import typer

from sizhu_cli.output import AsJson, print_json

app = typer.Typer(help="Prepare a cloud environment.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Prepare a cloud environment."""


@app.command()
def apply(*, as_json: AsJson = False) -> None:
    """Create collections, indexes and seed rows; safe to repeat. Lists what stays to do by hand."""
    from cloud_sync.schema import apply_schema, read_schema
    from sizhu_cli.worker import cloud

    with cloud(as_json=as_json) as (client, _settings):
        report = apply_schema(client, read_schema())
    if as_json:
        print_json(report.to_dict())
        return
    changed = (
        f" ({report.differing} changed by the town and left alone)" if report.differing else ""
    )
    typer.echo(
        f"Collections: {len(report.created)} created, {report.present} already there.\n"
        f"Indexes: {report.indexes} ensured.\n"
        f"Seed rows: {report.seeded} added, {report.kept} already there{changed}."
    )
    typer.echo("\nBy hand, in the console (the HTTP API cannot set security rules):")
    for rules, collections in report.console_steps:
        typer.echo(f"  数据库 → 权限设置 → 自定义安全规则 {rules} for: {', '.join(collections)}")
