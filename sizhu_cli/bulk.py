"""`sizhu bulk`: a whole register decided, Parquet or CSV in, Parquet out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizhu_cli.output import EXIT_CONFIG, EXIT_FAILED, AsJson, civil_day, fail, print_json
from sizhu_cli.rules_release import PolicyDir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sizhu_rules.bulk import Summary


def bulk(
    source: Annotated[Path, typer.Option("--in", help="A Parquet or CSV file, or a folder.")],
    target: Annotated[Path, typer.Option("--out", help="Folder of the Parquet written.")],
    rule: Annotated[str, typer.Option("--rule", help="Which rule decides.")] = "device",
    known_on: Annotated[
        str | None, typer.Option("--known-on", help="Day of deciding; today in Shanghai.")
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", help="simen, simen@2026.11, or a folder of your own.")
    ] = "simen",
    diff: Annotated[
        Path | None, typer.Option("--diff", help="Output of an earlier run: write changes only.")
    ] = None,
    *,
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Decide every row of a register; exit code 1 where rows had to be rejected."""
    from sizhu_rules import BulkError

    try:
        from sizhu_rules.bulk import bulk as decide
        from sizhu_rules.bulk import overlaid
    except ImportError as error:
        raise missing_extra(error) from None
    try:
        with Bar() as progress:
            summary = decide(
                source,
                target,
                rule=rule,
                known_on=civil_day(known_on),
                policy=overlaid(policy, policy_dir),
                previous=diff,
                progress=progress,
            )
    except (BulkError, LookupError) as error:
        raise fail(str(error.args[0]), EXIT_CONFIG) from None
    except OSError as error:  # what was read was looked at before; a full disk, no permission
        raise fail(
            f"{target} cannot be written ({error.strerror}). Give a folder with room; run again.",
            EXIT_CONFIG,
        ) from None
    if as_json:
        print_json(summary.to_dict())
    else:
        _show(summary, target)
    if summary.rejected:
        raise typer.Exit(EXIT_FAILED)


def missing_extra(error: ImportError) -> typer.Exit:
    """Say which extra is not installed."""
    return fail(f"{error.name} is not installed: pip install 'sizhu[bulk]'.", EXIT_CONFIG)


def _show(summary: Summary, target: Path) -> None:
    policy = summary.policy
    typer.echo(f"{summary.rule}, {policy['region']} {policy['version']} {policy['digest']}")
    for file in summary.files:
        typer.echo(
            f"  {file.file}: {file.rows} rows, {file.decided} decided, {file.rejected} rejected, "
            f"{file.written} written"
        )
    for verdict, rows in summary.verdicts.items():
        typer.echo(f"  {verdict}: {rows}")
    if summary.gone is not None:
        typer.echo(f"  gone since the earlier run: {summary.gone}")
    if summary.rejected:
        for fault in _faults(target):
            typer.echo(f"  rejected: {fault}")
        typer.echo(f"Mend the rows listed in {target / '_rejects'} and run again.")


def _faults(target: Path) -> Iterator[str]:
    """Say what is wrong with the rejected rows, most frequent first: never a value."""
    import pyarrow.dataset as ds

    rejects = ds.dataset(target / "_rejects", format="parquet").to_table(
        columns=["path", "what", "fix", "row"]
    )
    kinds = rejects.group_by(["path", "what", "fix"]).aggregate([("row", "count"), ("row", "min")])
    for one in kinds.sort_by([("row_count", "descending"), ("path", "ascending")]).to_pylist():
        rows = f"{one['row_count']} rows, the first is row {one['row_min']}"
        yield f"{one['path']}: {one['what']}; {one['fix']} ({rows})"


class Bar:
    """Progress on standard error, where a person looks at it."""

    def __enter__(self) -> Callable[[int, int | None], None] | None:
        """Show the bar on a terminal only."""
        self._bar = None
        if not sys.stderr.isatty():
            return None
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        bar = self._bar = Progress(*columns, console=Console(stderr=True))
        bar.start()
        task = bar.add_task("bulk", total=None)
        return lambda rows, total: bar.update(task, advance=rows, total=total)

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.stop()
