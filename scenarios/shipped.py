"""Where studies are found: a path, or the name of a study that ships with Standfast."""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path

from scenarios.problems import Problem, StudyErrors, shown_path
from scenarios.suggestions import did_you_mean, nearest

_NAMED = re.compile(r"^name:", re.M)
SUFFIXES = (".yaml", ".yml")


def library_folder() -> Path:
    """Return the folder of the studies that ship with Standfast."""
    return Path(str(importlib.resources.files("scenarios"))) / "library"


def library_names() -> tuple[str, ...]:
    """Return the names of the ready studies. Parts, such as `base/…` and `tactics.yaml`, state no name."""
    studies = (path for path in library_folder().glob("*.yaml") if _NAMED.search(path.read_text(encoding="utf-8")))
    return tuple(sorted(path.stem for path in studies))


def find_study(study: str | Path) -> Path:
    """Return the file of a study given by path or library name. Raises `StudyErrors` with the nearest name."""
    path = Path(study)
    if _is_file(path):
        return path
    if isinstance(study, str) and study in library_names():
        return library_folder() / f"{study}.yaml"
    looks_like_path = path.suffix in SUFFIXES or len(path.parts) > 1
    what = "there is no such file" if looks_like_path else "this is neither a file nor a study of the library"
    if looks_like_path:
        beside = nearest(path.name, _beside(path))
        help = f"did you mean `{shown_path(path.parent / beside)}`?" if beside else "check the path"
    else:
        known = f"studies of the library: {', '.join(library_names())}"
        help = did_you_mean(path.stem, library_names()).strip() or known
    raise StudyErrors([Problem(_safe(str(study)), 0, 0, "no-such-file", what, help=help)])


def find_part(name: str, relative_to: Path) -> Path | None:
    """Return the file that `extends` or `parameters` names: beside the file that names it, else in the library."""
    for folder in (relative_to.parent, library_folder()):
        for candidate in (name, *(name + suffix for suffix in SUFFIXES)):
            path = folder / candidate
            if _is_file(path):
                return path
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a null byte
        return False


def _beside(path: Path) -> list[str]:
    try:
        return [inner.name for inner in path.parent.iterdir() if inner.suffix in SUFFIXES][:1000]
    except (OSError, ValueError):
        return []


def _safe(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:300]
