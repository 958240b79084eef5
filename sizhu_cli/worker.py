"""The worker's commands: `once`, `daemon`, `doctor`, `status`, `explain`, `replay`, `dead`."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sizhu_cli.output import EXIT_FAILED, AsJson, console, fail, print_json
from sizhu_rules.facts.calendar import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud_sync.client import CloudClient
    from cloud_sync.report import Report
    from cloud_sync.settings import Settings

dead_app = typer.Typer(help="Records that nobody could decide.", no_args_is_help=True)
MARKS = {"ok": "✓", "warn": "!", "fail": "✗", "pass": "✓", "unknown": "?"}


def register(app: typer.Typer) -> None:
    """Add the worker's commands to the command line."""
    for command in (once, daemon, doctor, status, explain, replay):
        app.command()(command)
    app.add_typer(dead_app, name="dead")


def now() -> datetime:
    """The worker's clock."""
    return datetime.now(SHANGHAI)


@contextmanager
def cloud(*, as_json: bool) -> Iterator[tuple[CloudClient, Settings]]:
    """A client from the settings; a known failure becomes one sentence and its exit code."""
    from cloud_sync.client import CloudClient
    from cloud_sync.errors import CloudSyncError
    from cloud_sync.settings import load_settings
    from sizhu_rules import PolicyError

    try:
        settings = load_settings()
        with CloudClient(settings) as client:
            yield client, settings
    except (CloudSyncError, PolicyError) as error:
        if as_json:
            print_json({"error": str(error)})
        raise fail(str(error), getattr(error, "exit_code", 2)) from None


def summary(report: Report) -> str:
    """One line about one run."""
    waiting = " A signal ended it early; run it again." if report.stopped else ""
    return (
        f"{report.pulled} cases pulled, {report.decided} decided, {report.written} written, "
        f"{report.dead} dead letters, {report.notified} notified; "
        f"{report.calls} HTTP calls.{waiting}"
    )


def once(
    *,
    as_json: AsJson = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Also compare every case with its decision.")
    ] = False,
) -> None:
    """Decide every waiting case once. Exit code 0 well, 2 configuration, 1 otherwise."""
    from cloud_sync.run import sync_town

    with cloud(as_json=as_json) as (client, settings):
        report = sync_town(client, settings=settings, clock=now, sweep=sweep)
    if as_json:
        print_json(report.to_dict())
        return
    typer.echo(summary(report))
    if report.requeued:
        typer.echo(f"{report.requeued} cases were decided again under {report.law}.")
    if report.held:
        typer.echo(
            f"{report.held} cases wait: they were decided under a later law than {report.law}; "
            "see `sizhu doctor`."
        )
    if report.dead:
        typer.echo("See `sizhu dead list` for what a person must mend.")


def daemon(*, as_json: AsJson = False) -> None:
    """Poll until SIGTERM or SIGINT: quickly while there is work, every five minutes while idle."""
    from cloud_sync.daemon import run_daemon
    from cloud_sync.logs import JsonFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.getLogger("cloud_sync").addHandler(handler)
    logging.getLogger("cloud_sync").setLevel(logging.INFO)

    def tell(report: Report) -> None:
        if as_json:
            print_json(report.to_dict())
        elif not report.idle:
            typer.echo(summary(report))

    with cloud(as_json=as_json) as (client, settings):
        run_daemon(client, settings=settings, clock=now, on_report=tell)


def doctor(*, as_json: AsJson = False) -> None:
    """Look at everything a town needs before the worker can run; each finding with its fix."""
    from cloud_sync.doctor import doctor as diagnose

    with cloud(as_json=as_json) as (client, settings):
        diagnosis = diagnose(client, settings=settings, clock=now)
    if as_json:
        print_json(diagnosis.to_dict())
    else:
        for finding in diagnosis.findings:
            typer.echo(f"{MARKS[finding.level]} {finding.subject}: {finding.message}")
            if finding.fix:
                typer.echo(f"    → {finding.fix}")
    if not diagnosis.ok:
        raise typer.Exit(EXIT_FAILED)


def status(*, as_json: AsJson = False) -> None:
    """Count what waits, what is dead and what was not delivered."""
    from cloud_sync.inspection import status as read_status

    with cloud(as_json=as_json) as (client, settings):
        found = read_status(client, clock=now, region=settings.region)
    if as_json:
        print_json(found.to_dict())
        return

    def counts(states: dict[str, int]) -> str:
        return ", ".join(f"{name} {n}" for name, n in states.items()) or "none"

    typer.echo(f"Cases:         {counts(found.cases)}")
    typer.echo(f"Other kinds:   {found.other_kinds_waiting} wait for a later version")
    typer.echo(f"Decisions:     {counts(found.decisions)}")
    typer.echo(f"Dead letters:  {counts(found.dead_letters)}")
    typer.echo(f"Notifications: {counts(found.notifications)}")
    for row in found.published:
        why = f" {row['reason']}; {row['fix']}" if row["reason"] else ""
        typer.echo(f"Published law: {row['version']} {row['state']}{why}")
    if found.oldest_todo:
        age = f", {found.oldest_todo_seconds} s old" if found.oldest_todo_seconds else ""
        typer.echo(f"Oldest waiting case: {found.oldest_todo}{age}")


def explain(
    case: Annotated[str, typer.Option("--case", help="The `_id` of the case.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a case was decided so, clause by clause, and where it waits."""
    from cloud_sync.inspection import explain as read_explanation

    with cloud(as_json=as_json) as (client, _settings):
        found = read_explanation(client, case)
    if as_json:
        print_json(found.to_dict())
        return
    typer.echo(f"{found.case}: {found.kind}, {found.status}, rev {found.rev}. {found.waits}")
    if found.verdict:
        typer.echo(f"Verdict: {found.verdict}  {' '.join(found.codes)}")
        for line in found.text:
            typer.echo(f"  {line}")
        for clause in found.clauses:
            mark = MARKS.get(clause.result, "✗")
            typer.echo(f"  {mark} {clause.id}: {clause.quote}（{clause.source}）")
        if found.missing:
            typer.echo(f"Missing: {', '.join(found.missing)}")
    if found.dead_letter:
        typer.echo(f"Dead letter: {found.dead_letter['reason']} {found.dead_letter['fix']}")


def replay(
    case: Annotated[str, typer.Option("--case", help="The `_id` of the case.")],
    *,
    rev: Annotated[int | None, typer.Option("--rev", help="An earlier version of it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Derive a stored decision again from what it read. Exit code 1 where it comes out otherwise.

    Under the very law it names: shipped, in SIZHU_POLICY_DIR, or published in the cloud.
    """
    from cloud_sync.replay import replay_case

    with cloud(as_json=as_json) as (client, settings):
        found = replay_case(client, case, rev=rev, directory=settings.policy_dir)
    if as_json:
        print_json(found.to_dict())
    else:
        law = f"{found.policy['region']} {found.policy['version']}"
        frozen = "" if found.released else ", which is not frozen yet"
        result = "identical" if found.identical else "DIFFERENT"
        typer.echo(f"{found.decision}: {result} under {law}{frozen}.")
        for difference in found.differences:
            typer.echo(f"  {difference}")
    if not found.identical:
        raise typer.Exit(EXIT_FAILED)


@dead_app.command("list")
def dead_list(*, as_json: AsJson = False) -> None:
    """List what a person must mend: reason and fix of each."""
    from cloud_sync.dead_letter_office import dead_list as read_letters

    with cloud(as_json=as_json) as (client, _settings):
        letters = read_letters(client)
    if as_json:
        print_json([letter.to_dict() for letter in letters])
        return
    if not letters:
        typer.echo("No dead letters.")
        return
    from rich.table import Table

    table = Table()
    for heading in ("id", "state", "what is wrong", "what to do"):
        table.add_column(heading, overflow="fold")
    for letter in letters:
        table.add_row(letter.id, letter.state, letter.reason, letter.fix)
    console().print(table)


@dead_app.command("retry")
def dead_retry(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of `sizhu dead list`.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every open dead letter.")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue the cases of these dead letters again; the next run decides them."""
    from cloud_sync.dead_letter_office import dead_retry as retry

    if bool(ids) == every:
        raise fail("Name the dead letters to retry, or give --all.", 2)
    with cloud(as_json=as_json) as (client, _settings):
        result = retry(client, ids)
    if as_json:
        print_json(result.to_dict())
    else:
        typer.echo(f"{len(result.retried)} cases wait again; run `sizhu once`.")
    if result.unknown:
        raise fail(f"No dead letter has these ids: {', '.join(result.unknown)}.", EXIT_FAILED)
