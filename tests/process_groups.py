"""Which processes of a group live: what a command that ended must not leave behind."""

from __future__ import annotations

from pathlib import Path


def members(group: int) -> list[int]:
    """Processes of a group that live; one that ended and was not waited for is none."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(folder.name))
    return found
