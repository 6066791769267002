"""What README and docs say about the command line is true: commands parse, cheap ones run, printed text comes out."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import scenarios
from standfast.cli import app, main

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]


def blocks(document: Path, *languages: str) -> list[str]:
    """The fenced blocks of these languages."""
    pattern = rf"^```(?:{'|'.join(languages)})\n(.*?)^```"
    return re.findall(pattern, document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(document: Path) -> list[list[str]]:
    """Every `standfast …` of the shell blocks, as arguments."""
    found = []
    for block in blocks(document, "console", "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            for operator, step in groupby(words, lambda word: word in ("&&", "|", ">", "<")):
                part = list(step)
                if not operator and "standfast" in part[:-1]:
                    found.append(part[part.index("standfast") + 1 :])
    return found


@pytest.mark.parametrize(
    "arguments",
    [pytest.param(each, id=f"{path.name}: {' '.join(each)}") for path in DOCUMENTS for each in commands(path)],
)
def test_every_command_line_in_the_documents_parses(arguments: list[str]) -> None:
    group: Any = get_command(app)
    name, *rest = arguments
    if name.startswith("-"):
        return
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    group.commands[name].make_context(name, rest)


def test_the_first_steps_of_getting_started_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"init", "check", "plan", "run"}
    cheap = [each for each in commands(ROOT / "docs" / "getting-started.md") if each[0] in names]
    assert {each[0] for each in cheap} == names
    for arguments in cheap:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0, (arguments, capsys.readouterr())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my-hall.yaml"]


def test_the_error_of_getting_started_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (shown,) = blocks(ROOT / "docs" / "getting-started.md", "text")
    text = scenarios.template("my-hall")
    assert '{"09:00": 30/h,' in text
    Path("my-hall.yaml").write_text(text.replace('{"09:00": 30/h,', '{"09:00": 30,'), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", "my-hall.yaml"])
    assert capsys.readouterr().err.strip() == shown.strip()


def test_the_study_of_the_readme_gives_the_decision_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (study,) = blocks(ROOT / "README.md", "yaml")
    (shown,) = blocks(ROOT / "README.md", "text")
    monkeypatch.chdir(tmp_path)
    Path("noon-queue.yaml").write_text(study, encoding="utf-8")
    monkeypatch.setattr("outputs.write_report", lambda findings, folder: [Path(folder) / "report.html"])
    with pytest.raises(SystemExit) as ended:
        main(["compare", "noon-queue.yaml", "--workers", "1"])
    assert ended.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for paragraph in shown.split("\n\n"):
        if paragraph.strip() != "…":
            head = paragraph.split("\nStrategy")[0]
            assert " ".join(head.split()) in printed
