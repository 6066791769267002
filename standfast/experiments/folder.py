"""A study's results folder: its name, its lock, and the error that says what went wrong in it."""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

LONGEST = 120
"""Longest folder name in bytes of UTF-8; file systems allow 255, and paths get longer below it."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class StoreError(OSError):
    """The results folder cannot be read or written: disk full, no permission, locked by another command."""


def folder_name(name: str) -> str:
    """Turn a study's name into the name of one folder that lies directly below the output folder.

    Letters and digits of any script, `-`, `_` and inner dots stay; anything else becomes `-`. A name that had to change
    gets eight hex digits of its hash, so that two names never share a folder.

    >>> folder_name("冬季保有"), folder_name("winter")
    ('冬季保有', 'winter')
    >>> folder_name("../../etc")
    'etc-c40c16e6'
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in composed)
    kept = re.sub(r"\.{2,}", "-", kept).strip("-. ")
    shortened = kept.encode()[:LONGEST].decode(errors="ignore")
    if shortened == name and shortened and not _RESERVED.fullmatch(shortened):
        return shortened
    mark = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{shortened or 'study'}-{mark}" if not _RESERVED.fullmatch(shortened) else f"study-{shortened}-{mark}"


@contextmanager
def store_errors(path: Path, doing: str) -> Iterator[None]:
    """Turn any OSError inside into a StoreError that says what was being done, where, and why it failed."""
    try:
        yield
    except StoreError:
        raise
    except OSError as fault:
        why = fault.strerror or str(fault)
        raise StoreError(fault.errno or 0, f"cannot {doing} {path}: {why}") from fault


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a results folder for one command. Raises StoreError at once if another one has it.

    The lock lives with the process: the system drops it when the process ends in whatever way, so none is ever stale.
    The file says who holds it, for people only.
    """
    path = folder / ".lock"
    with store_errors(path, "open"):
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - held open as long as the lock
    with file:
        if not _take(file):
            file.seek(0)
            holder = file.read().strip() or "another command"
            raise StoreError(f"{folder} is in use by {holder}; wait for it, or give another --out")
        with suppress(OSError):  # a full disk: the lock holds all the same, it only doesn't say for whom
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
        yield


def _take(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _take_on_windows(file)
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks, such as some network shares: go on without
    return True


def _take_on_windows(file: IO[str]) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    file.seek(1 << 20)  # a byte far behind the text, so that the holder's name stays readable
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
