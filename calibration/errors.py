"""The one error of calibration: what is wrong with a data or mapping file, where, and what to do about it."""

from __future__ import annotations

from pathlib import Path


class CalibrationError(Exception):
    """A data file, a mapping or a request that cannot be used.

    `file`, `line` (1-based) and `column` (a header name) say where, as far as it is known; `help` says what to do.
    `code` is a short fixed name for scripts.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        column: str | None = None,
        help: str | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.file = str(file) if file is not None else None
        self.line = line
        self.column = column
        self.help = help
        super().__init__(str(self))

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        text = f"{place + ': ' if place else ''}error[{self.code}]: {self.message}"
        if self.column is not None:
            text += f" (column {self.column})"
        return text + (f"\nhelp: {self.help}" if self.help else "")

    def to_dict(self) -> dict[str, str | int | None]:
        """Return the parts of the error, for `--json`."""
        return {
            "code": self.code,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "help": self.help,
        }
