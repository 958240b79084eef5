"""Real processes: killed at any moment, stopped politely, or started where nothing answers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cloud_sync.conftest import Cloud

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="sends POSIX signals to real processes"
)
ROOT = Path(__file__).resolve().parents[2]
ONCE = """
import json, sys
from datetime import datetime
from cloud_sync.client import CloudClient
from cloud_sync.errors import CloudSyncError
from cloud_sync.run import sync_town
from cloud_sync.settings import load_settings

clock = datetime.fromisoformat(sys.argv[1])
try:
    settings = load_settings(_env_file=None)
    with CloudClient(settings) as client:
        report = sync_town(client, settings=settings, clock=lambda: clock)
    print(json.dumps(report.to_dict()))
except CloudSyncError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""
DAEMON = """
import sys
from datetime import datetime
from cloud_sync.client import CloudClient
from cloud_sync.daemon import run_daemon
from cloud_sync.settings import load_settings

clock = datetime.fromisoformat(sys.argv[1])
settings = load_settings(_env_file=None)
with CloudClient(settings) as client:
    run_daemon(
        client,
        settings=settings,
        clock=lambda: clock,
        on_report=lambda report: print("polled", report.decided, flush=True),
    )
print("stopped", flush=True)
"""


def environment(cloud: Cloud, **changes: str) -> dict[str, str]:
    """The worker's environment."""
    settings = cloud.settings
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SIZHU_API_BASE": settings.api_base,
        "SIZHU_APPID": settings.appid,
        "SIZHU_SECRET": "emulator",
        "SIZHU_ENV": settings.env,
        "SIZHU_CROSS_CHECK": "off",
        "SIZHU_TEMPLATE_RESULT": settings.template_result,
        "SIZHU_POLL_SECONDS": "0.2",
        **changes,
    }


def start(cloud: Cloud, program: str, **changes: str) -> subprocess.Popen[str]:
    """Start a worker of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", program, cloud.clock().isoformat()],
        env=environment(cloud, **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def comparable(cloud: Cloud) -> dict[str, Any]:
    """The database without the state and the claim of notifications."""
    found = cloud.dump()
    for row in found["notifications"].values():
        for name in ("state", "claim", "attempts", "errcode", "at"):
            row.pop(name, None)
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_any_moment_another_run_finishes(clouds: Callable[..., Cloud]) -> None:
    """`kill -9` after a growing number of requests; the next run ends where a clean one does."""
    clean = clouds()
    clean.run()
    expected = comparable(clean)
    for after in range(2, 44, 3):
        cloud = clouds()
        cloud.faults({"match": {"path": "/tcb/"}, "do": {"delay": 15}})
        worker = start(cloud, ONCE)
        while len(cloud.log()) < after and worker.poll() is None:
            time.sleep(0.005)
        worker.kill()
        worker.communicate()
        assert worker.returncode == -signal.SIGKILL
        cloud.calm()
        cloud.run()
        found = comparable(cloud)
        for name in expected:
            assert found[name] == expected[name], f"{name}, killed after {after} requests"
        pages = [message["page"] for message in cloud.sent()]
        assert len(pages) == len(set(pages))
        cloud.emulator.close()


@pytest.mark.slow
def test_the_daemon_ends_its_batch_when_asked_to_stop(cloud: Cloud) -> None:
    """SIGTERM: the batch in hand is finished, nothing is left half done, exit code 0."""
    daemon = start(cloud, DAEMON)
    assert daemon.stdout
    assert daemon.stdout.readline() == "polled 13\n"
    cloud.write("cases", "dev-old", rev=2, sync="todo")
    while (line := daemon.stdout.readline()) != "polled 1\n":
        assert line == "polled 0\n"
    daemon.send_signal(signal.SIGTERM)
    out, err = daemon.communicate(timeout=30)
    assert (daemon.returncode, err) == (0, "")
    assert out.endswith("stopped\n")
    assert cloud.dump()["decisions"]["dec:dev-old:2"]["proj"] == "done"


@pytest.mark.slow
def test_a_second_signal_ends_the_daemon_at_once(cloud: Cloud) -> None:
    """Who presses Ctrl-C twice does not want to wait; the next start repairs."""
    cloud.faults({"match": {"path": "/tcb/"}, "skip": 8, "do": {"delay": 3000}})
    daemon = start(cloud, DAEMON)
    while len(cloud.log()) < 8:
        time.sleep(0.01)
    daemon.send_signal(signal.SIGINT)
    time.sleep(0.3)
    daemon.send_signal(signal.SIGINT)
    daemon.communicate(timeout=5)
    assert daemon.returncode == -signal.SIGINT
    cloud.calm()
    cloud.run()
    assert cloud.dump()["decisions"]["dec:dev-old:1"]["proj"] == "done"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SIZHU_SECRET": "wrong"}, "ConfigError: The AppSecret is wrong"),
        ({"SIZHU_ENV": "nowhere"}, "ConfigError: The cloud environment does not exist"),
        ({"SIZHU_API_BASE": "http://127.0.0.1:9"}, "TransientError: The API's host cannot"),
        ({"SIZHU_ENV": ""}, "SettingsError: SIZHU_ENV is not set"),
        ({"SIZHU_REGION": "atlantis"}, "ConfigError: The rules of SIZHU_REGION do not load"),
    ],
)
def test_what_is_wrong_is_one_sentence(changes: dict[str, str], says: str, cloud: Cloud) -> None:
    """No traceback, no long wait."""
    begun = time.monotonic()
    worker = start(cloud, ONCE, **changes)
    out, err = worker.communicate(timeout=30)
    assert time.monotonic() - begun < 12
    assert (worker.returncode, out) == (1, "")
    assert err.startswith(says)
    assert err.endswith(".\n")
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_web_page_in_place_of_the_api_is_one_sentence(cloud: Cloud) -> None:
    """A login page or a proxy answers every call."""
    cloud.faults({"match": {"path": "/"}, "do": {"http": 200}})
    worker = start(cloud, ONCE)
    _out, err = worker.communicate(timeout=30)
    assert worker.returncode == 1
    assert "answered with a web page" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_real_process_prints_its_report(cloud: Cloud) -> None:
    """With its threads: decided ahead, sent beside."""
    out, err = start(cloud, ONCE).communicate(timeout=60)
    assert err == ""
    report = json.loads(out)
    assert (report["decided"], report["dead"], report["notified"]) == (13, 1, 13)
