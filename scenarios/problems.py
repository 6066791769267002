"""What is wrong with a study: each problem with its place and its remedy, all of them at once."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One refused place of a study file.

    `line` and `col` count from 1 (0: the whole file). `path` is the dotted path in the study, empty where none.
    `source_line` is the line as written; `span` the number of characters that the caret marks.
    """

    file: str
    line: int
    col: int
    code: str
    message: str
    path: str = ""
    help: str = ""
    source_line: str = ""
    span: int = 1
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        where = f" (at {self.path})" if self.path else ""
        lines = [_printable(f"{place}: {self.severity}[{self.code}]: {self.message}{where}")]
        if self.source_line.strip():
            lines += self._pointer()
        if self.help:
            lines.append(_printable(f"  help: {self.help}"))
        return "\n".join(lines)

    def _pointer(self) -> list[str]:
        number = str(self.line)
        start = max(0, self.col - 81)
        shown = self.source_line[start : start + 160]
        before = shown[: self.col - 1 - start]
        marked = shown[self.col - 1 - start : self.col - 1 - start + max(1, self.span)]
        caret = " " * columns(before) + "^" * max(1, columns(marked))
        return [f"  {number} | {_printable(shown).rstrip()}", f"  {' ' * len(number)} | {caret}"]

    def as_dict(self) -> dict[str, object]:
        """Return the problem as plain data for `--json`."""
        return asdict(self)


def _printable(text: str) -> str:
    """A text that cannot steer a terminal: what a file says may stand in any message."""
    return "".join(char if char.isprintable() else " " for char in text)


def columns(text: str) -> int:
    """Width of a text on a terminal: Chinese characters take two columns, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


class StudyErrors(Exception):
    """Everything that is wrong with a study, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # one value may be refused in every arm, and first by the reader, which knows no path
        unique: dict[tuple[str, int, int, str, str], Problem] = {}
        for p in sorted(problems, key=lambda p: not p.path):
            unique.setdefault((p.file, p.line, p.col, p.code, p.message), p)
        self.problems = tuple(sorted(unique.values(), key=lambda p: (p.file, p.line, p.col, p.code, p.message)))
        super().__init__(f"{len(self.problems)} problem(s) in the study")

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[StudyErrors], tuple[tuple[Problem, ...]]]:
        return StudyErrors, (self.problems,)

    def as_dicts(self) -> list[dict[str, object]]:
        """Return the problems as plain data for `--json`."""
        return [problem.as_dict() for problem in self.problems]


def shown_path(path: Path) -> str:
    """Return a file's path relative to the current folder where it lies below it, else in full.

    Files of the library are `scenarios/library/…` wherever they are installed, so that reports agree between machines.
    """
    package = Path(__file__).resolve().parent
    if path.resolve().is_relative_to(package):
        return path.resolve().relative_to(package.parent).as_posix()
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return relative if not relative.startswith("..") else str(path)
