"""`sizhu emulator`: WeChat cloud on this machine."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sizhu_cli.output import EXIT_CONFIG, fail

if TYPE_CHECKING:
    from cloud_emulator import Emulator


def load_village(emulator: Emulator) -> None:
    """Create collections and indexes, load the seed rows and the village; what is there stays."""
    from cloud_sync.schema import read_schema
    from synthetic_village import build

    schema = read_schema()
    emulator.apply_schema([item.name for item in schema.collections], schema.indexes)
    for collection, documents in (schema.seed | build().collections).items():
        emulator.load(collection, documents)


def parse_clock(text: str | None) -> datetime | None:
    """An instant with its offset, or None for the real clock."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise fail(
            "--clock needs an instant with its offset, for example 2023-06-30T09:00:00+08:00.",
            EXIT_CONFIG,
        )
    return instant


def emulator(
    data: Annotated[Path, typer.Option("--data", help="Folder of the database; made if missing.")],
    port: Annotated[int, typer.Option("--port", help="0 takes a free port.")] = 0,
    village: Annotated[bool, typer.Option("--village", help="Load the synthetic village.")] = False,
    clock: Annotated[
        str | None, typer.Option("--clock", help="Freeze the clock at this instant.")
    ] = None,
    ejson: Annotated[
        str, typer.Option("--ejson", help="plain or canonical: how numbers and dates come back.")
    ] = "plain",
    appid: str = "wx0000000000000000",
    secret: str = "emulator",  # noqa: S107 - the emulator's public demo secret
    env: str = "local",
) -> None:
    """Run WeChat cloud's HTTP API on 127.0.0.1 until interrupted."""
    from cloud_emulator import Emulator, StoreBusyError

    if ejson not in ("plain", "canonical"):
        raise fail("--ejson is plain or canonical.", EXIT_CONFIG)
    mode: Literal["plain", "canonical"] = "plain" if ejson == "plain" else "canonical"
    try:
        running = Emulator(
            data,
            port=port,
            clock=parse_clock(clock),
            ejson=mode,
            appid=appid,
            secret=secret,
            env=env,
        )
    except StoreBusyError as error:
        raise fail(str(error), EXIT_CONFIG) from None
    except OSError as error:
        raise fail(
            f"Port {port} or the folder {data} cannot be used ({error.strerror}): "
            "take another port (0 finds a free one) or another folder.",
            EXIT_CONFIG,
        ) from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if village:
            load_village(running)
        typer.echo(f"listening on {running.url}")
        running.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        running.close()
