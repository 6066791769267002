"""What the project promises to those who install it: tested versions, the wheel's contents, the README's commands."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==", 1) for line in lines if line and not line.startswith("#"))


def requirement_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def test_uv_takes_the_versions_of_constraints_txt() -> None:
    pinned = dict(pin.split("==", 1) for pin in PROJECT["tool"]["uv"]["constraint-dependencies"])
    assert pinned == constraints()


def test_every_dependency_has_a_tested_version_and_a_lower_bound() -> None:
    project = PROJECT["project"]
    extras = [requirement for group in project["optional-dependencies"].values() for requirement in group]
    wanted = [*project["dependencies"], *extras, *PROJECT["dependency-groups"]["dev"]]
    assert [requirement for requirement in wanted if ">=" not in requirement] == []
    assert {requirement_name(requirement) for requirement in wanted} - set(constraints()) == set()


def test_no_file_of_versions_names_a_host() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_tests_never_go_into_the_wheel() -> None:
    assert "tests" not in PACKAGES
    assert set(PACKAGES) == {"standfast", "outputs", "calibration", "sim", "scenarios"}
    for package in PACKAGES:
        assert (ROOT / package / "py.typed").is_file()


def test_the_readme_sets_up_and_runs_the_main_job_and_the_tests() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:sh|bash|shell|console)\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert "standfast compare chengdu-2010" in blocks[0]
    assert "pytest" in blocks[1]


def test_every_link_of_the_documents_leads_somewhere() -> None:
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    dead = []
    for document in documents:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
            if "://" not in target and not (document.parent / target).exists():
                dead.append(f"{document.relative_to(ROOT)}: {target}")
    assert dead == []


@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed: no wheel built")
def test_the_wheel_holds_the_library_and_no_tests(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {".yaml", ".yml", ".json", ".typed", ".j2", ".html", ".css"}
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in data | {".py"} and "__pycache__" not in path.parts
    }
    assert expected <= names
    strangers = {name for name in names if name.partition("/")[0] not in PACKAGES and ".dist-info/" not in name}
    assert strangers == set()
