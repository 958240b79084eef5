"""`sizhu demo-web`: the mini-program in a browser, with a cloud and a worker behind it.

Starts the emulator with the village and ready identities, the worker polling it, and the preview
of the unchanged mini-program; runs until interrupted.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizhu_cli.output import EXIT_CONFIG, EXIT_FAILED, fail
from sizhu_rules.facts.calendar import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PREVIEW = ROOT / "miniprogram_preview"
MINIPROGRAM = ROOT / "miniprogram_cloud" / "miniprogram"
FUNCTIONS = ROOT / "miniprogram_cloud" / "cloudfunctions"
NODE_MINIMUM = 20
DEFAULT_PORT = 8099


def demo_web(
    port: Annotated[int, typer.Option("--port", help="Of the preview; 0 takes a free one.")] = (
        DEFAULT_PORT
    ),
    poll: Annotated[float, typer.Option("--poll", help="Seconds between polls.")] = 1.0,
) -> None:
    """Open the mini-program in a browser: apply as a resident, decide as staff."""
    node = find_node()
    from cloud_emulator import Emulator
    from sizhu_cli.emulator import load_village
    from synthetic_village import visitors

    visiting = visitors(datetime.now(SHANGHAI).date())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        tempfile.TemporaryDirectory(prefix="sizhu-web-") as folder,
        Emulator(
            Path(folder) / "cloud", functions=FUNCTIONS, node_modules=PREVIEW / "node_modules"
        ) as emulator,
        contextlib.suppress(KeyboardInterrupt),
    ):
        load_village(emulator)
        emulator.warm_functions()
        for collection, documents in visiting.collections.items():
            emulator.load(collection, documents)
        identities = Path(folder) / "identities.json"
        listed = [asdict(identity) for identity in visiting.identities]
        identities.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
        with _worker(emulator.url, poll), _preview(node, emulator.url, port, identities) as url:
            typer.echo(f"preview on {url}")
            typer.echo(f"cloud emulator on {emulator.url}; the worker polls every {poll:g} s.")
            for identity in visiting.identities:
                typer.echo(f"  {url}/?as={identity.id}  {identity.label}")
            typer.echo("Press Ctrl+C to stop.")
            threading.Event().wait()


def find_node() -> str:
    """The Node to run; ends the command with what to do where there is none."""
    node = shutil.which("node")
    if node is None:
        raise fail(
            f"Node is not on PATH: install Node {NODE_MINIMUM} or newer from nodejs.org or your "
            "system's packages. Everything but the preview works without it.",
            EXIT_CONFIG,
        )
    said = subprocess.run(  # noqa: S603 - found on PATH
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    major = said.removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < NODE_MINIMUM:
        raise fail(
            f"Node {said or 'of unknown version'} is too old: install Node {NODE_MINIMUM} or "
            "newer. Everything but the preview works without it.",
            EXIT_CONFIG,
        )
    if not (PREVIEW / "node_modules").is_dir():
        raise fail(
            "The preview's packages are not installed: run `python dev.py demo-web`, which "
            "installs them, or `npm ci` in miniprogram_preview/.",
            EXIT_CONFIG,
        )
    return node


@contextlib.contextmanager
def _worker(url: str, poll: float) -> Iterator[None]:
    """The worker on a thread; a failed poll is said and the next one tried."""
    from cloud_sync.client import CloudClient
    from cloud_sync.decider import Decider
    from cloud_sync.errors import CloudSyncError
    from cloud_sync.run import sync_town
    from cloud_sync.settings import load_settings

    settings = load_settings(
        api_base=url,
        appid="wx0000000000000000",
        secret="emulator",  # noqa: S106 - the emulator's public demo secret
        env="local",
        template_result="demo-result",
        _env_file=None,
    )
    stop = threading.Event()
    decider = Decider.from_settings(settings)

    def work() -> None:
        with CloudClient(settings) as client:
            while not stop.is_set():
                try:
                    sync_town(
                        client,
                        settings=settings,
                        clock=lambda: datetime.now(SHANGHAI),
                        full=False,
                        stop=stop.is_set,
                        decider=decider,
                    )
                except CloudSyncError as error:
                    typer.echo(f"worker: {error}", err=True)
                stop.wait(poll)

    thread = threading.Thread(target=work, name="sizhu-worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def _preview(node: str, url: str, port: int, identities: Path) -> Iterator[str]:
    """The preview server; gives its address once it serves."""
    command = [node, str(PREVIEW / "serve.mjs"), "--source", str(MINIPROGRAM)]
    command += ["--emulator", url, "--port", str(port), "--identities", str(identities)]
    with subprocess.Popen(  # noqa: S603 - our own server
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said.startswith("preview on "):
                raise fail(
                    "The preview did not start; its own words are above. If the port is taken, "
                    "choose another with --port.",
                    EXIT_FAILED,
                )
            yield said.removeprefix("preview on ").strip()
        finally:
            process.terminate()
