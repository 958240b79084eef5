"""Commands for one clone: `python dev.py demo`, `python dev.py test` and others.

Standard library only. Everything is installed into `.venv/` beside this file, from the lock files
in `requirements/`. A stamp in `.venv/` remembers what was installed, so that the second run starts
at once. Works on Linux, macOS and Windows; the Makefile only calls this file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = str(BIN / f"python{EXE}")
DURABLE = "durable_rules==2.0.28"
MINIMUM = (3, 11)
NODE_MINIMUM = 20
PREVIEW = ROOT / "miniprogram_preview"


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


# --- installation ---------------------------------------------------------------------------------


def fingerprint(lock: Path) -> str:
    """What an installation depends on: the lock, the project file and the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for part in (lock, ROOT / "pyproject.toml"):
        digest.update(part.read_bytes())
    return digest.hexdigest()


def pip(*arguments: str, env: dict[str, str] | None = None) -> int:
    """Run pip of `.venv` without its chatter."""
    return run(
        *(PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q", *arguments),
        env=env,
        quiet=True,
    )


def ensure(profile: str) -> None:
    """Create `.venv` with the lock of `profile` (run or dev) unless a stamp says it is there."""
    if sys.version_info < MINIMUM:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"Sizhu needs Python 3.11 or newer and this is {found}: call it with a newer one, "
            "for example `python3.12 dev.py demo` or `make demo PYTHON=python3.12`."
        )
    lock = ROOT / "requirements" / f"{profile}.lock"
    wanted = fingerprint(lock)
    stamp = VENV / f".sizhu-{profile}"
    if Path(PYTHON).exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing into .venv from requirements/{profile}.lock …", file=sys.stderr)
    if not Path(PYTHON).exists():
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    if pip("-r", str(lock)) or pip("--no-deps", "--no-build-isolation", "-e", "."):
        raise SetupError(
            "The installation failed (pip's own words are above): check that PyPI is reachable, "
            "or delete .venv and try again."
        )
    stamp.write_text(wanted)


def importable(module: str) -> bool:
    """Whether a module can really be imported in `.venv`."""
    command = (PYTHON, "-c", f"import {module}")
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


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


def compiler_missing() -> str | None:
    """Why no C extension can be built here, or None."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if os.name != "nt" and not (shutil.which(compiler) or shutil.which("cc")):
        return "no C compiler on this machine"
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
        return "the headers of this Python (Python.h) are not installed"
    return None


def ensure_durable(*, install_compiler: bool) -> None:
    """Try to install durable_rules, the optional second rule engine; note its absence."""
    note = VENV / ".sizhu-durable"
    if note.exists() and not in_ci():
        return
    if importable("durable.engine"):
        note.write_text("installed")
        return
    reason = compiler_missing()
    if reason and install_compiler and apt("gcc", "libc6-dev", "python3-dev"):
        reason = compiler_missing()
    if reason is None:
        print(f"Building {DURABLE}, the optional second rule engine …", file=sys.stderr)
        env: dict[str, str] = {}
        if sys.version_info >= (
            3,
            13,
        ):  # renamed in the C API; the release of 2020 uses the old name
            env["CPPFLAGS"] = "-DPyEval_CallObject=PyObject_CallObject"
        # --no-cache-dir: pip's cache key does not know CPPFLAGS and would return a broken build.
        if pip("--no-cache-dir", "--no-binary", "durable_rules", DURABLE, env=env):
            reason = "its build failed"
    note.write_text(reason or "installed")
    if reason:
        print(
            f"{DURABLE} is left out: {reason}. Everything else works without it.", file=sys.stderr
        )


def ensure_all(profile: str, *, install_compiler: bool = False) -> None:
    """Install `profile`, then try the optional engine."""
    ensure(profile)
    ensure_durable(install_compiler=install_compiler)


# --- the browser preview, for which Node is needed ------------------------------------------------


def node_missing() -> str | None:
    """Why the preview cannot run here, or None."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return f"Node is not on PATH (install Node {NODE_MINIMUM} or newer, with npm)"
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < NODE_MINIMUM:
        return f"Node {said.strip() or 'of unknown version'} is older than {NODE_MINIMUM}"
    return None


def ensure_preview() -> None:
    """Install the preview's packages from its lock file unless a stamp says they are there."""
    lock = PREVIEW / "package-lock.json"
    stamp = PREVIEW / "node_modules" / ".sizhu-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(
        "Installing the preview's packages into miniprogram_preview/node_modules …", file=sys.stderr
    )
    npm = shutil.which("npm") or "npm"
    if run(npm, "ci", "--no-audit", "--no-fund", "--prefix", str(PREVIEW), quiet=True):
        raise SetupError(
            "npm ci failed (its own words are above): check that the npm registry is reachable."
        )
    stamp.write_text(wanted)


def chromium() -> str | None:
    """The browser of the tests, or None."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return found if found and Path(found).exists() else None


def ensure_chromium() -> str | None:
    """Install Chromium where that is allowed; return why there is none, or None."""
    if chromium() or (apt("chromium", "fonts-noto-cjk") and chromium()):
        return None
    return "Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)"


def web_missing() -> str | None:
    """Prepare everything for the parts in JavaScript; return why they must be left out, or None."""
    reason = node_missing()
    if reason is None:
        ensure_preview()
        reason = ensure_chromium()
    if reason and in_ci():
        raise SetupError(f"{reason}, and in CI nothing may be left out.")
    return reason


def test_web() -> int:
    """Check and test what is written in JavaScript: types, official compilers, functions, pages."""
    reason = web_missing()
    if reason:
        print(f"LEFT OUT, the JavaScript parts: {reason}.", file=sys.stderr)
        return 0
    tsc = str(PREVIEW / "node_modules" / ".bin" / "tsc")
    source = ("--source", "miniprogram_cloud/miniprogram")
    node_path = {"NODE_PATH": str(PREVIEW / "node_modules"), "CHROMIUM": chromium() or ""}
    for command in (
        (tsc, "-p", "miniprogram_preview"),
        (tsc, "-p", "tests/cloudfunctions"),
        (tsc, "-p", "tests/web"),
        ("node", "miniprogram_preview/check.mjs", *source, "--official"),
        ("node", "--test", *glob("miniprogram_preview/tests/*.test.mjs")),
        ("node", "--test", *glob("tests/cloudfunctions/*.test.js")),
        ("node", "--test", "--test-concurrency=1", *glob("tests/web/*.test.mjs")),
    ):
        code = run(*command, env=node_path)
        if code:
            return code
    return 0


def glob(pattern: str) -> list[str]:
    """Files of the clone, in a fixed order."""
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))


# --- commands -------------------------------------------------------------------------------------


def sizhu(*arguments: str) -> int:
    """Call the project's own command line."""
    return run(str(BIN / f"sizhu{EXE}"), *arguments)


def demo(rest: list[str]) -> int:
    """Show the main job: a village's requests become decisions."""
    ensure_all("run")
    return sizhu("demo", *rest)


def demo_web(rest: list[str]) -> int:
    """Open the mini-program in a browser, with a cloud and a worker behind it."""
    ensure_all("run")
    reason = node_missing()
    if reason:
        raise SetupError(f"{reason}; `python dev.py demo` works without it.")
    ensure_preview()
    return sizhu("demo-web", *rest)


def lint(_: list[str]) -> int:
    """Check style and types."""
    ensure_all("dev")
    for tool in (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
    ):
        code = run(PYTHON, "-m", *tool)
        if code:
            return code
    return 0


def test(rest: list[str]) -> int:
    """Run the whole suite, as CI does: style, types, tests."""
    ensure_all("dev", install_compiler=in_ci())
    web_missing()
    return lint([]) or run(PYTHON, "-m", "pytest", *rest) or test_web()


def test_fast(rest: list[str]) -> int:
    """Run the core of the tests in under a minute: no slow ones, no whole loop, no Node."""
    ensure_all("dev")
    command = (PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *rest)
    rooms = (
        ("tests/sizhu_rules", "tests/synthetic_village", "tests/cloud_emulator"),
        ("tests/cloud_sync",),
    )
    aside = "--ignore=tests/cloud_emulator/sdk"
    with ThreadPoolExecutor(len(rooms)) as pool:  # two cores, two halves
        return max(pool.map(lambda half: run(*command, aside, *half), rooms))


def bench_rules(rest: list[str]) -> int:
    """Measure one decision beside durable_rules."""
    ensure_all("run")
    return run(PYTHON, "benchmarks/rules.py", *rest)


def bench_sync(rest: list[str]) -> int:
    """Measure 10 000 pending cases with 30 ms added to every call."""
    ensure_all("run")
    return run(PYTHON, "benchmarks/sync.py", *rest)


def mutation(rest: list[str]) -> int:
    """Change sheets and code in one place at a time: cases and tests must notice.

    `--sheets` or `--code` does one half; names such as engine/field limit the code.
    """
    python = ensure_mutation()
    env = {"PYTHONPATH": str(ROOT)}
    code = 0
    if "--code" not in rest:
        regions = sorted(p.parent.name for p in ROOT.glob("sizhu_rules/policy/*/region.yaml"))
        for region in regions:
            mutate = ("-m", "sizhu_cli.main", "rules", "mutate", "--region", region)
            code = max(code, run(python, *mutate, env=env))
    if "--sheets" not in rest:
        names = [name for name in rest if name != "--code"]
        code = max(code, run(python, "tests/mutation/python_mutants.py", *names, env=env))
    return code


def ensure_mutation() -> str:
    """Install the mutator of Python code into an environment of its own; return its Python."""
    lock = ROOT / "requirements" / "mutation.lock"
    home = ROOT / ".venv-mutation"
    python, stamp = home / BIN.name / f"python{EXE}", home / ".sizhu-mutation"
    if not stamp.exists() or stamp.read_text() != fingerprint(lock):
        print("Installing into .venv-mutation from requirements/mutation.lock …", file=sys.stderr)
        venv.create(home, with_pip=True, clear=home.exists())
        install = ("-m", "pip", "--disable-pip-version-check", "install", "-q", "-r", str(lock))
        if run(str(python), *install, quiet=True):
            raise SetupError("pip failed (its own words are above): check that PyPI is reachable.")
        stamp.write_text(fingerprint(lock))
    return str(python)


def lock(_: list[str]) -> int:
    """Rewrite the lock files (uses uv from PyPI, in .venv)."""
    ensure("dev")
    if pip("uv"):
        return 1
    for profile in ("run", "dev", "mutation"):
        code = run(
            *(PYTHON, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"),
            *("--upgrade", "--no-header", "--no-emit-index-url", "--no-annotate", "-q"),
            *("pyproject.toml", f"requirements/{profile}.in"),
            *("-o", f"requirements/{profile}.lock"),
        )
        if code:
            return code
    return 0


COMMANDS = {
    "demo": demo,
    "demo-web": demo_web,
    "test": test,
    "test-fast": test_fast,
    "lint": lint,
    "bench-rules": bench_rules,
    "bench-sync": bench_sync,
    "mutation": mutation,
    "lock": lock,
}


def main() -> int:
    """Parse the command line and run one command."""
    listing = "\n".join(
        f"  {name:12} {(run.__doc__ or '').splitlines()[0]}" for name, run in COMMANDS.items()
    )
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        epilog=f"commands:\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    known, rest = parser.parse_known_args()
    try:
        return COMMANDS[known.command](rest)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
