"""Files that are whole or absent: written beside their place, synced, and renamed into it.

A reader, also after a crash, sees the old content or the new, never a part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to; what stands there at the end of the block becomes `path`.

    If the block or the renaming fails, what was there before stays, and nothing is left beside it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield beside
        sync_file(beside)
        os.replace(beside, path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file whole and return its path. Raises OSError, and then leaves what was there before."""
    with made_whole(path) as beside:
        beside.write_bytes(content)
    return path


def sync_file(path: Path) -> None:
    """Make a file's content survive a power cut."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder survive a power cut, where the system allows it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
