"""The import rule of the house, read from every module's syntax tree: nothing is imported to test it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "scenarios": {"scenarios"},
    "sim": {"sim", "scenarios"},
    "calibration": {"calibration", "sim", "scenarios"},
    "outputs": {"outputs", "sim", "scenarios"},
    "standfast": {"standfast", "outputs", "calibration", "sim", "scenarios"},
}
COMMAND_LINE = ("standfast.cli", "standfast.commands")
MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(path: Path, source: str | None = None) -> Iterator[tuple[str, int]]:
    """Every dotted name that a module imports, wherever it does so, with its line; relative imports made absolute."""
    package = module_name(path).split(".") if path.name == "__init__.py" else module_name(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8") if source is None else source, str(path))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((f"{origin}.{alias.name}", node.lineno) for alias in node.names)


def wrong_imports(path: Path, source: str | None = None) -> list[str]:
    """Imports of this module that go the wrong way, as `file:line imports name`."""
    package = path.relative_to(ROOT).parts[0]
    own = module_name(path)
    found = []
    for name, line in imported_names(path, source):
        top = name.partition(".")[0]
        upward = top in MAY_IMPORT and top not in MAY_IMPORT[package]
        face = name.startswith(COMMAND_LINE) and not own.startswith((*COMMAND_LINE, "standfast.__main__"))
        if upward or face or top == "tests":
            found.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    return found


def dotted(node: ast.expr) -> str:
    """`np.random.default_rng` for the expression of that text, "" for anything that is not a dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def forbidden_in_sim(path: Path, source: str | None = None) -> list[str]:
    """Randomness outside the draws module, and NumPy's log and exp, whose last bit depends on the processor."""
    text = path.read_text(encoding="utf-8") if source is None else source
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for name, line in imported_names(path, source)
        if name.partition(".")[0] in {"random", "secrets"}
        or name.startswith(("numpy.random", "scipy.stats"))
        or name in {"numpy.log", "numpy.exp"}
    ]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            if name.startswith(("np.random", "numpy.random")) or name in {"np.log", "np.exp", "numpy.log", "numpy.exp"}:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} uses {name}")
    return found


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_go_one_way(package: str) -> None:
    modules = [path for path in MODULES if path.relative_to(ROOT).parts[0] == package]
    assert modules, f"no module found in {package}"
    assert [wrong for path in modules for wrong in wrong_imports(path)] == []


def test_nothing_in_sim_is_random_but_the_draws() -> None:
    modules = [path for path in MODULES if path.is_relative_to(ROOT / "sim") and path != ROOT / "sim" / "draws.py"]
    assert [wrong for path in modules for wrong in forbidden_in_sim(path)] == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("sim/x.py", "import standfast"),
        ("sim/x.py", "def f():\n    from outputs import report"),
        ("outputs/x.py", "import calibration.tickets"),
        ("calibration/x.py", "from outputs import write_report"),
        ("scenarios/x.py", "import sim.clock"),
        ("standfast/experiments/x.py", "from standfast.cli import main"),
        ("standfast/experiments/x.py", "from ..commands import compare"),
        ("standfast/x.py", "from . import cli"),
    ],
)
def test_the_import_rule_sees_a_wrong_import(file: str, source: str) -> None:
    assert len(wrong_imports(ROOT / file, source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from numpy import exp",
        "import numpy as np\nx = np.random.default_rng(1)",
        "import numpy as np\ny = np.log(2.0)",
        "from numpy.random import Generator",
    ],
)
def test_the_draw_rule_sees_a_wrong_draw(source: str) -> None:
    assert forbidden_in_sim(ROOT / "sim" / "x.py", source)
