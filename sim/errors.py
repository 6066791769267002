"""What can go wrong in a run, with the context as attributes."""

from __future__ import annotations


class ModelError(Exception):
    """The study asks for something that the model cannot state. `path` is the study key, `help` the remedy."""

    def __init__(self, message: str, path: str, help: str) -> None:
        super().__init__(f"{message} (at {path}). {help}")
        self.path = path
        self.help = help
