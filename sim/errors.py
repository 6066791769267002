"""What can go wrong in a run, with the context as attributes."""

from __future__ import annotations


class ModelError(Exception):
    """The study asks for something that the model cannot state. `path` is the study key, `help` the remedy."""

    def __init__(self, message: str, path: str, help: str) -> None:
        super().__init__(message, path, help)  # SimPy, and a worker's answer, make it again from these
        self.message = message
        self.path = path
        self.help = help

    def __str__(self) -> str:
        return f"{self.message} (at {self.path}). {self.help}"
