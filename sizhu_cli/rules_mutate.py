"""`sizhu rules mutate`: whether the cases would notice if the law were another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sizhu_cli.output import EXIT_CONFIG, EXIT_FAILED, AsJson, fail, print_json
from sizhu_cli.rules_release import PolicyDir

if TYPE_CHECKING:
    from sizhu_rules.mutating import MutationReport


def mutate(
    *,
    region: Annotated[str, typer.Option("--region", help="Folder of the policy.")] = "simen",
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="Only this rule; may be repeated.")
    ] = None,
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Change every sheet, parameter and reading in one place at a time and run the cases on it.

    A change that no case notices is listed: it shows the case to write. Exit code 1 then.
    """
    from sizhu_rules import PolicyError
    from sizhu_rules.mutating import mutate as mutate_region
    from sizhu_rules.registry import RULES

    try:
        report = mutate_region(region, rules=rule or RULES, directory=policy_dir)
    except (PolicyError, LookupError) as error:
        raise fail(f"{error}.", EXIT_CONFIG) from None
    if as_json:
        print_json(report.to_dict())
    else:
        _show(report)
    if report.of("survived"):
        raise typer.Exit(EXIT_FAILED)


def _show(report: MutationReport) -> None:
    typer.echo(f"{'refused':>8}{'caught':>8}{'same':>8}{'beside':>8}{'alive':>8}")
    for name, fates in report.counts().items():
        numbers = "".join(f"{number:8}" for number in fates.values())
        typer.echo(f"{numbers}  {name}")
    typer.echo(
        f"{report.percent} % of {len(report.judgements)} mutants found out,"
        f" not counting {len(report.of('equivalent'))} that are the same law."
    )
    if beside := report.of("beside"):
        names = ", ".join(dict.fromkeys(one.mutant.where for one in beside))
        typer.echo(f"Beside the sheets, for tests in Python: {names}")
    for one in report.of("survived"):
        typer.echo(f"ALIVE {one.mutant}; write a case that tells it apart")
