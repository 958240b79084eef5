"""Commands for one clone: `python dev.py demo`, `python dev.py test` and others.

Standard library only. Everything is installed into `.venv/` beside this file, from the lock files
in `requirements/`; what is only measured goes into `.venv-bench/` and `.venv-openfisca/`. Works on
Linux, macOS and Windows; the Makefile only calls this file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.environments import ROOT, Environment, SetupError, apt, in_ci, run

NODE_MINIMUM = 20
PREVIEW = ROOT / "miniprogram_preview"
MAIN = Environment(".venv")
BENCH = Environment(".venv-bench")
OPENFISCA = Environment(".venv-openfisca", project=False)
MUTATION = Environment(".venv-mutation", project=False)
# A file stays on one core, with the emulator and the policies that its tests share.
ON_ALL_CORES = ("-n", "auto", "--dist", "loadfile")


def ensure_all(profile: str, *, install_compiler: bool = False) -> None:
    """Install `profile` into `.venv`, then try the optional engine."""
    MAIN.ensure(profile)
    MAIN.ensure_durable(install_compiler=install_compiler)


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
    return run(MAIN.program("sizhu"), *arguments)


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
        code = run(MAIN.python, "-m", *tool)
        if code:
            return code
    return 0


def test(rest: list[str]) -> int:
    """Run the whole suite, as CI does: style, types, tests."""
    ensure_all("dev", install_compiler=in_ci())
    web_missing()
    return lint([]) or run(MAIN.python, "-m", "pytest", *ON_ALL_CORES, *rest) or test_web()


def test_fast(rest: list[str]) -> int:
    """Run the core of the tests in under a minute: no slow ones, no whole loop, no Node."""
    ensure_all("dev")
    rooms = ("sizhu_rules", "synthetic_village", "cloud_emulator", "cloud_sync")
    aside = ("--ignore=tests/cloud_emulator/sdk", "-q", "-m", "not slow", *rest)
    paths = [f"tests/{room}" for room in rooms]
    return run(MAIN.python, "-m", "pytest", *ON_ALL_CORES, *aside, *paths)


def bench_rules(rest: list[str]) -> int:
    """Measure decisions beside other engines, one by one and ten million at once."""
    BENCH.ensure("bench")
    BENCH.ensure_durable()
    OPENFISCA.ensure("openfisca")
    return run(BENCH.python, "-m", "benchmarks.rules", *rest)


def bench_sync(rest: list[str]) -> int:
    """Measure 10 000 pending cases with 30 ms added to every call."""
    ensure_all("run")
    return run(MAIN.python, "benchmarks/sync.py", *rest)


def mutation(rest: list[str]) -> int:
    """Change sheets and code in one place at a time: cases and tests must notice.

    `--sheets` or `--code` does one half; names such as engine/field limit the code.
    """
    MUTATION.ensure("mutation")
    python, env, code = MUTATION.python, {"PYTHONPATH": str(ROOT)}, 0
    if "--code" not in rest:
        regions = sorted(p.parent.name for p in ROOT.glob("sizhu_rules/policy/*/region.yaml"))
        for region in regions:
            mutate = ("-m", "sizhu_cli.main", "rules", "mutate", "--region", region)
            code = max(code, run(python, *mutate, env=env))
    if "--sheets" not in rest:
        names = [name for name in rest if name != "--code"]
        code = max(code, run(python, "tests/mutation/python_mutants.py", *names, env=env))
    return code


def lock(_: list[str]) -> int:
    """Rewrite the lock files (uses uv from PyPI, in .venv)."""
    MAIN.ensure("dev")
    if MAIN.pip("uv"):
        return 1
    for profile in ("run", "dev", "bench", "openfisca", "mutation"):
        own = () if profile == "openfisca" else ("pyproject.toml",)
        code = run(
            *(MAIN.python, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"),
            *("--upgrade", "--no-header", "--no-emit-index-url", "--no-annotate", "-q"),
            *(*own, f"requirements/{profile}.in"),
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
