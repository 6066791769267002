"""What docs/results.md says of a results folder is true: its commands work, its code runs, its text comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import scenarios
from standfast.cli import main
from standfast.experiments.plan import content_hash
from standfast.experiments.runs import make_runs
from standfast.experiments.store import study_file

PAGE = (Path(__file__).parents[1] / "docs" / "results.md").read_text(encoding="utf-8")
REPLICATIONS = 4


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of the page, and four runs of each of its arms."""
    folder = tmp_path_factory.mktemp("page")
    for name in ("my-hall.yaml", "my-hall-2.yaml"):
        (folder / name).write_text(scenarios.template("my-hall"), encoding="utf-8")
    make_runs(scenarios.load(folder / "my-hall.yaml"), folder / "results", 1, REPLICATIONS)
    return folder


@pytest.fixture(autouse=True)
def there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def test_every_command_of_the_page_works_and_prints_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    resolved = scenarios.load("my-hall.yaml").resolve("noon-counter")
    file = study_file(content_hash(resolved.model_parts))
    printed = ""
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    assert len(lines) == 9
    for line in lines:
        arguments = shlex.split(re.sub(r"[0-9a-f]{16}\.yaml", file, line))[1:]
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed += capsys.readouterr().out
        assert ended.value.code == 0, arguments
    assert "replayed exactly" in printed
    for shown in blocks("text"):
        assert shown in printed


def test_the_code_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    exec(code, {})
    mean, _ = map(float, capsys.readouterr().out.split())
    assert mean < 0, "one more counter at noon shortens waits"


def test_the_page_names_every_file_of_a_results_folder(folder: Path) -> None:
    for path in (folder / "results" / "my-hall").iterdir():
        assert path.name.startswith(".") or f"`{path.name}" in PAGE, path.name
