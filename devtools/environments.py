"""The virtual environments of a clone: each made from its lock file, and left alone while it fits.

A stamp in the environment remembers what was installed, so that the second run starts at once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DURABLE = "durable_rules==2.0.28"
MINIMUM = (3, 11)
_BIN = "Scripts" if os.name == "nt" else "bin"
_EXE = ".exe" if os.name == "nt" else ""


class SetupError(Exception):
    """A step of the installation failed; the message says which and what to do."""


def run(*command: str, env: dict[str, str] | None = None, quiet: bool = False) -> int:
    """Run a command in the clone, return its exit code; `quiet` shows output only on failure."""
    merged = {**os.environ, **(env or {})}
    if not quiet:
        return subprocess.run(command, cwd=ROOT, env=merged, check=False).returncode
    done = subprocess.run(
        command, cwd=ROOT, env=merged, check=False, text=True, capture_output=True, errors="replace"
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
    return done.returncode


def in_ci() -> bool:
    """Whether this is a CI run, where nothing may be skipped."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@dataclass(frozen=True)
class Environment:
    """A virtual environment of the clone; `project` tells whether our own code is put into it."""

    name: str
    project: bool = True

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return ROOT / self.name

    @property
    def python(self) -> str:
        """Its interpreter."""
        return self.program("python")

    def program(self, name: str) -> str:
        """Return the path of a program that is installed in it."""
        return str(self.folder / _BIN / f"{name}{_EXE}")

    def pip(self, *arguments: str, env: dict[str, str] | None = None) -> int:
        """Run its `pip install` without the chatter."""
        return run(
            *(self.python, "-m", "pip", "--disable-pip-version-check", "install", "-q", *arguments),
            env=env,
            quiet=True,
        )

    def importable(self, module: str) -> bool:
        """Whether a module can really be imported in it."""
        command = (self.python, "-c", f"import {module}")
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def ensure(self, profile: str) -> None:
        """Install the lock of `profile` unless a stamp says it is there; raises `SetupError`."""
        if sys.version_info < MINIMUM:
            found = ".".join(map(str, sys.version_info[:3]))
            raise SetupError(
                f"Sizhu needs Python 3.11 or newer and this is {found}: call it with a newer one, "
                "for example `python3.12 dev.py demo` or `make demo PYTHON=python3.12`."
            )
        lock = ROOT / "requirements" / f"{profile}.lock"
        wanted = _fingerprint(lock)
        stamp = self.folder / f".sizhu-{profile}"
        there = Path(self.python).exists()
        if there and stamp.exists() and stamp.read_text() == wanted:
            return
        print(f"Installing into {self.name} from requirements/{profile}.lock …", file=sys.stderr)
        if not there:
            venv.create(self.folder, with_pip=True, clear=self.folder.exists())
        own = ("--no-deps", "--no-build-isolation", "-e", ".")
        if self.pip("-r", str(lock)) or (self.project and self.pip(*own)):
            raise SetupError(
                "The installation failed (pip's own words are above): check that PyPI is "
                f"reachable, or delete {self.name} and try again."
            )
        stamp.write_text(wanted)

    def ensure_durable(self, *, install_compiler: bool = False) -> None:
        """Try to install durable_rules, the optional second rule engine; note its absence."""
        note = self.folder / ".sizhu-durable"
        if note.exists() and not in_ci():
            return
        if self.importable("durable.engine"):
            note.write_text("installed")
            return
        reason = _compiler_missing()
        if reason and install_compiler and apt("gcc", "libc6-dev", "python3-dev"):
            reason = _compiler_missing()
        if reason is None:
            print(f"Building {DURABLE}, the optional second rule engine …", file=sys.stderr)
            env: dict[str, str] = {}
            # Renamed in the C API of 3.13; the release of 2020 uses the old name.
            if sys.version_info >= (3, 13):
                env["CPPFLAGS"] = "-DPyEval_CallObject=PyObject_CallObject"
            # --no-cache-dir: pip's cache key does not know CPPFLAGS and would return a broken one.
            if self.pip("--no-cache-dir", "--no-binary", "durable_rules", DURABLE, env=env):
                reason = "its build failed"
        note.write_text(reason or "installed")
        if reason:
            print(
                f"{DURABLE} is left out: {reason}. Everything else works without it.",
                file=sys.stderr,
            )


def apt(*packages: str) -> bool:
    """Install Debian packages where that is allowed: as root, with apt-get on the machine."""
    if os.name == "nt" or not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    return (
        run("apt-get", "update", "-q", env=env, quiet=True) == 0
        and run(
            *("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages),
            env=env,
            quiet=True,
        )
        == 0
    )


def _fingerprint(lock: Path) -> str:
    """What an installation depends on: the lock, the project file and the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for part in (lock, ROOT / "pyproject.toml"):
        digest.update(part.read_bytes())
    return digest.hexdigest()


def _compiler_missing() -> str | None:
    """Why no C extension can be built here, or None."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if os.name != "nt" and not (shutil.which(compiler) or shutil.which("cc")):
        return "no C compiler on this machine"
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
        return "the headers of this Python (Python.h) are not installed"
    return None
