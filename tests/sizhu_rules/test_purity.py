"""The library is pure: no clock, no network, no chance, no floats, no room but its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sizhu_rules

ROOM = Path(sizhu_rules.__file__).parent
MODULES = sorted(ROOM.rglob("*.py"))
FORBIDDEN = {
    "asyncio",
    "http",
    "logging",
    "os",
    "random",
    "requests",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "time",
    "urllib",
    "cloud_sync",
    "cloud_emulator",
    "sizhu_cli",
    "synthetic_village",
}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp", "localtime"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOM)))
def test_a_module_is_pure(path: Path) -> None:
    """By its syntax tree: imports, calls of clocks, float literals and true division."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & FORBIDDEN
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN
        elif isinstance(node, ast.Attribute):
            assert node.attr not in CLOCKS
        elif isinstance(node, ast.Constant):
            # durable's own clock is stopped with a float.
            assert not isinstance(node.value, float) or path.name == "durable.py"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            folder = isinstance(node.left, ast.Attribute) or isinstance(node.right, ast.Name)
            assert folder, f"true division in {path.name}:{node.lineno}"


def test_durable_rules_is_imported_in_one_place() -> None:
    """And on use only: without it everything else works."""
    importers = [
        path.name for path in MODULES if "from durable" in path.read_text(encoding="utf-8")
    ]
    assert importers == ["durable.py"]
    code = "import sys, sizhu_rules; sys.exit('durable' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_columns_are_computed_in_a_few_places() -> None:
    """Numpy and pyarrow are an extra: named for it, imported on use, never by the rest."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        plain = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
        taken = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        if {name.split(".")[0] for name in (*plain, *taken)} & {"numpy", "pyarrow"}:
            place = path.relative_to(ROOM)
            assert (
                place.parts[0] == "bulk"
                or (place.parts[0] == "engine" and place.name.startswith("batch"))
                or (len(place.parts) == 3 and place.name == "columns.py")
            ), place
    code = "import sys, sizhu_rules; sys.exit(bool({'numpy', 'pyarrow'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_engine_knows_no_rule_by_name() -> None:
    """A rule is a folder and a line in the registry."""
    for path in (ROOM / "engine").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        for module in imported:
            assert not module.startswith(
                (
                    "sizhu_rules.care",
                    "sizhu_rules.eligibility",
                    "sizhu_rules.points",
                    "sizhu_rules.routing",
                )
            ), path.name
