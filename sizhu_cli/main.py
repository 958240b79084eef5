"""The entry point: collects the groups of commands and turns known failures into a sentence."""

from __future__ import annotations

import sys

import typer

from sizhu_cli import bulk, cloud, demo, demo_web, emulator, preview, rules, village, worker
from sizhu_cli.output import EXIT_OK

app = typer.Typer(
    help="泗助 Sizhu: a village's requests become decisions with reasons.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("bulk")(bulk.bulk)
app.command("demo")(demo.demo)
app.command("demo-web")(demo_web.demo_web)
app.command("emulator")(emulator.emulator)
worker.register(app)
rules.app.command("preview")(preview.preview)
app.add_typer(rules.app, name="rules")
app.add_typer(village.app, name="village")
app.add_typer(cloud.app, name="cloud")


def main() -> None:
    """Run one command; a failure that we know ends in one sentence and its exit code."""
    from cloud_sync.errors import CloudSyncError
    from sizhu_rules import PolicyError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(
            stream, "reconfigure"
        ):  # a Windows console in a Chinese code page, or a C locale
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except CloudSyncError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except PolicyError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(EXIT_OK)


if __name__ == "__main__":
    main()
