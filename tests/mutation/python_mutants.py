"""Mutate the Python of `engine/` and `facts/` with cosmic-ray and score the tests against it.

    python dev.py mutation --code [engine/field facts/age …] [--workers 2] [--report]

Each module has a session of its own in `.mutation/`: a run that was stopped goes on where it was.
A module that changed is run again; where only tests changed, only what survived is (remove the
folder to try all). Mutants are made in copies of the tree.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from time import sleep
from typing import TYPE_CHECKING

import yaml
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import WorkerOutcome, WorkResult

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = ROOT / ".mutation"
ROOM = "sizhu_rules"
# Not ours to kill here: another installation's engine, and numpy's, each proven equal elsewhere.
LEFT_OUT = ("__init__", "durable", "batch")
TARGET = 95
TIMEOUT = 300.0  # of cosmic-ray; the fork ends itself before that
FORKING = Path(__file__).with_name("forking.py")
SOCKET = "mutation.socket"  # in each copy of the tree
# Of the eleven replacements of an arithmetic operator and the seven of a comparison only the
# nearest are tried: what catches these catches the others, which would but flatter the score.
NEAREST = frozenset(
    {
        *("Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul", "Mod_FloorDiv", "Pow_Mul"),
        *("BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr", "LShift_RShift", "RShift_LShift"),
        *("Eq_NotEq", "Eq_LtE", "Eq_GtE", "NotEq_Eq", "NotEq_Lt", "NotEq_Gt"),
        *("Lt_LtE", "Lt_NotEq", "LtE_Lt", "LtE_Eq", "Gt_GtE", "Gt_NotEq", "GtE_Gt", "GtE_Eq"),
        *("Is_IsNot", "IsNot_Is", "USub_UAdd", "Delete_USub", "Delete_Not"),
    }
)
# A module's own tests stand before all of them. The slow ones (releases, whole `check` runs, random
# facts by the thousand) are left out: the score is what these catch.
TESTS = {
    "facts": ("facts/*.py", "test_money.py", "test_household.py", "test_values.py"),
    "engine": (
        "engine/*.py",
        "test_values.py",
        "test_policy_loading.py",
        "test_cases.py",
        "test_missing.py",
        "test_decision.py",
        "test_fact_checks.py",
        "test_texts.py",
    ),
}


@dataclass
class Score:
    """What became of a module's mutants."""

    killed: int = 0
    skipped: int = 0
    pending: int = 0
    equivalent: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)

    @property
    def run(self) -> int:
        """How many were tried."""
        return self.killed + len(self.equivalent) + len(self.survived)

    def percent(self, *, all_mutants: bool) -> float:
        """The share killed, of all mutants or of those that are not proved equivalent."""
        tried = self.run if all_mutants else self.killed + len(self.survived)
        return 100 * self.killed / tried if tried else 100.0


def modules() -> list[str]:
    """List the modules under mutation, as `engine/field`; the small room first."""
    found = [
        path.relative_to(ROOT / ROOM).with_suffix("").as_posix()
        for folder in ("facts", "engine")
        for path in sorted((ROOT / ROOM / folder).glob("*.py"))
    ]
    return [name for name in found if not name.split("/")[1].startswith(LEFT_OUT)]


def tests_of(module: str) -> list[str]:
    """List the test files for a module: its own first."""
    room, name = module.split("/")
    folder = ROOT / "tests" / ROOM
    first = sorted(folder.rglob(f"test_{name}.py"))
    rest = [path for pattern in TESTS[room] for path in sorted(folder.glob(pattern))]
    return [path.relative_to(ROOT).as_posix() for path in dict.fromkeys([*first, *rest])]


def command(module: str) -> str:
    """The command that must fail on every mutant."""
    options = "-x -q --no-header --tb=no -p no:cacheprovider -m 'not slow'"
    return (
        f"{sys.executable} -S -E {FORKING} run {SOCKET} {options} --hypothesis-profile=mutation"
        f" {' '.join(tests_of(module))}"
    )


def session_of(module: str) -> Path:
    """Where the mutants of a module and their fates are kept."""
    return SESSIONS / f"{module.replace('/', '.')}.sqlite"


def prepare(module: str) -> Path:
    """Make the session of a module; where only tests changed, what survived is tried again."""
    session = session_of(module)
    source = ROOT / ROOM / f"{module}.py"
    digests = [_digest([source]), _digest([ROOT / test for test in tests_of(module)])]
    stamp = session.with_suffix(".digest")
    before = stamp.read_text().split() if session.exists() and stamp.exists() else []
    if before == digests:
        return session
    relative = source.relative_to(ROOT)
    if before[:1] == digests[:1]:
        with closing(sqlite3.connect(session)) as database, database:
            database.execute("DELETE FROM work_results WHERE test_outcome = 'SURVIVED'")
    else:
        session.unlink(missing_ok=True)
        with use_db(session, WorkDB.Mode.create) as db:
            init([relative], db, {})
            _skip(db, source.read_text(encoding="utf-8"))
    session.with_suffix(".toml").write_text(
        f"[cosmic-ray]\nmodule-path = {relative.as_posix()!r}\ntimeout = {TIMEOUT}\n"
        f'excluded-modules = []\ntest-command = "{command(module)}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    stamp.write_text(" ".join(digests))
    return session


def _digest(paths: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _skip(db: WorkDB, source: str) -> None:
    """Skip what is no mutant: farther operators, annotations (never evaluated), broken syntax."""
    plain = _without_annotations(source)
    for item in db.pending_work_items:
        (mutation,) = item.mutations
        _, replaced, pair = mutation.operator_name.partition("Operator_")
        operator = get_operator(mutation.operator_name)(**mutation.operator_args)
        mutated = mutate_code(source, operator, mutation.occurrence)
        far = bool(replaced) and pair not in NEAREST
        if far or _without_annotations(mutated) in (None, plain):
            result = WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output="no mutant")
            db.set_result(item.job_id, result)


def _without_annotations(source: str) -> str | None:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the `*` of a signature was taken for a product
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.test, node.body = ast.Constant(None), []
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def copy_tree(target: Path) -> None:
    """Copy what the tests need, compiled so that a mutated file is always read afresh."""
    for name in (ROOM, f"tests/{ROOM}", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            skip = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target / name, ignore=skip)
        else:
            shutil.copy2(source, target / name)
    compiled = (sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash")
    subprocess.run((*compiled, str(target / ROOM)), check=True)


def run(names: list[str], workers: int) -> None:
    """Run the pending mutants of some modules, each worker in a copy of its own."""
    sessions = [prepare(name) for name in names]
    with tempfile.TemporaryDirectory(prefix="sizhu-mutation-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(workers):
            copy_tree(Path(folder, str(number)))
            copies.put(Path(folder, str(number)))

        def work(session: Path) -> None:
            copy = copies.get()
            try:
                _execute(session, copy)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, sessions))


def _execute(session: Path, copy: Path) -> None:
    with use_db(session, WorkDB.Mode.open) as db:
        if not list(db.pending_work_items):
            return
    env = {**os.environ, "PYTHONPATH": str(copy), "PYTHONHASHSEED": "0"}
    tool = (sys.executable, "-m", "cosmic_ray.cli")
    config = str(session.with_suffix(".toml"))
    # The first run also lets pytest keep its compiled tests; a mutant's run may not write any.
    for quiet in ({}, {"PYTHONDONTWRITEBYTECODE": "1"}):
        with _forking(copy, {**env, **quiet}):
            if not quiet:
                done = subprocess.run((*tool, "baseline", config), cwd=copy, env=env, check=False)
                if done.returncode:
                    raise SystemExit(f"{session.stem}: the tests fail without any mutant")
            else:
                run_all = (*tool, "exec", config, str(session))
                subprocess.run(run_all, cwd=copy, env=env, check=True)
    print(f"{session.stem}: done", flush=True)


@contextmanager
def _forking(copy: Path, env: dict[str, str]) -> Iterator[None]:
    """Keep a process at hand that runs the tests of a copy in its forks."""
    server = subprocess.Popen((sys.executable, FORKING, "serve", SOCKET), cwd=copy, env=env)
    try:
        while not (copy / SOCKET).exists():
            if server.poll() is not None:
                raise SystemExit("the process that runs the tests did not start")
            sleep(0.05)
        yield
    finally:
        server.kill()
        server.wait()
        (copy / SOCKET).unlink(missing_ok=True)


def score(module: str) -> Score:
    """Read what became of a module's mutants."""
    result = Score()
    explained = equivalents().get(module, set())
    with use_db(session_of(module), WorkDB.Mode.open) as db:
        result.pending = len(list(db.pending_work_items))
        for _, one in db.results:
            if one.worker_outcome == WorkerOutcome.SKIPPED:
                result.skipped += 1
            elif one.is_killed:
                result.killed += 1
            elif (change := _change(one.diff)) in explained:
                result.equivalent.append(change)
            else:
                result.survived.append(change)
    return result


def _change(diff: str) -> str:
    """Name a mutant by what it does, so that lines above may come and go."""
    lines = [
        line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    return " → ".join(line[1:].strip() for line in lines)


def equivalents() -> dict[str, set[str]]:
    """Read the mutants that change nothing, each explained in `equivalent.yaml`."""
    text = Path(__file__).with_name("equivalent.yaml").read_text(encoding="utf-8")
    return {
        module: {change for one in group for change in one["mutants"]}
        for module, group in (yaml.safe_load(text) or {}).items()
    }


def report(names: list[str]) -> bool:
    """Print the table and the survivors; tell whether the target is reached."""
    total, well = Counter[str](), True
    print(
        f"\n{'module':24}{'mutants':>8}{'killed':>8}{'equiv.':>8}{'survive':>8}{'all %':>8}{'%':>8}"
    )
    survivors = []
    for name in names:
        if not session_of(name).exists():
            print(f"{name:24} not run")
            well = False
            continue
        one = score(name)
        if not one.run:
            print(f"{name:24} not run ({one.pending} mutants)")
            well = False
            continue
        total.update(run=one.run, killed=one.killed, equivalent=len(one.equivalent))
        survivors += [f"{name}: {change}" for change in one.survived]
        note = f"  ({one.pending} not run)" if one.pending else ""
        print(
            f"{name:24}{one.run:8}{one.killed:8}{len(one.equivalent):8}{len(one.survived):8}"
            f"{one.percent(all_mutants=True):8.1f}{one.percent(all_mutants=False):8.1f}{note}"
        )
        well = well and not one.pending
    tried = total["run"] - total["equivalent"]
    share = 100 * total["killed"] / tried if tried else 100.0
    print(f"\n{total['killed']} of {tried} mutants killed: {share:.1f} %, wanted {TARGET} %")
    for line in survivors:
        print(f"  survived {line}")
    return well and share >= TARGET


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as engine/field; all of them if none")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="run nothing, show what is there")
    asked = parser.parse_args()
    names = asked.modules or modules()
    SESSIONS.mkdir(exist_ok=True)
    if not asked.report:
        run(names, asked.workers)
    return 0 if report(names) else 1


if __name__ == "__main__":
    sys.exit(main())
