"""What a study was read from: its files and the data behind its fitted numbers, each with its SHA-256."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.experiments.chunk import file_hash

if TYPE_CHECKING:
    from scenarios import LoadedStudy


def study_sources(loaded: LoadedStudy) -> dict[str, str]:
    """SHA-256 in hex by file, named as seen from the study; files of the same name from elsewhere are numbered.

    The study's files are hashed as they are now. The data of a fit have the hash that `calibrate` wrote down.
    """
    found: dict[str, str] = {}

    def add(name: str, sha256: str) -> None:
        shown, number = name, 1
        while found.get(shown, sha256) != sha256:
            number += 1
            shown = f"{name} ({number})"
        found[shown] = sha256

    for path in loaded.files:
        if path.is_file():  # a study that came as a text has none
            add(seen_from(path.resolve(), loaded.path), file_hash(path))
    for fit in loaded.fits:
        for table in fit.get("data", ()):
            if isinstance(table, dict) and "file" in table and "sha256" in table:
                add(f"data {Path(str(table['file'])).name}", str(table["sha256"]))
    return found


def seen_from(file: Path | str, study: Path) -> str:
    """A file as a reader of the report knows it: never with folders of this machine above the study's own."""
    path = Path(file)
    if not path.is_absolute():
        return str(file)
    relative = os.path.relpath(path, study.resolve().parent) if path.anchor == study.resolve().anchor else ".."
    return path.name if relative.startswith("..") else relative
