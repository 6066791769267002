"""Parameter files: a partial study with fitted beliefs, and the `fit` block that says where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calibration.errors import CalibrationError
from scenarios.source import as_tree
from scenarios.whole_files import write_whole
from scenarios.writing import yaml_text


def belief(best: Any, low: Any = None, high: Any = None, *, source: str = "fitted", note: str = "") -> dict[str, Any]:
    """Return a belief as a study states it; `low` and `high` are the 95 % interval where there is one."""
    stated = {"best": best}
    if low is not None and high is not None:
        stated |= {"low": low, "high": high}
    return stated | {"source": source} | ({"note": note} if note else {})


def figures(value: float) -> float:
    """Round to four significant figures, for numbers that people read in a file."""
    return float(f"{value:.4g}")


def quantity(value: float, unit: str, digits: int = 5) -> str:
    """Return a number with its unit, never in exponent form: `185.35 s`, `52.4/h`."""
    text = f"{float(f'{value:.{digits}g}'):.12f}".rstrip("0").rstrip(".")
    return f"{text}{unit}" if unit.startswith("/") else f"{text} {unit}"


def factor(value: float) -> str:
    """Return a relative bound: `x0.97`."""
    return f"x{value:.4g}"


def render(head: Sequence[str], hall: str, patch: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Return the text of a parameter file: comment lines, the hall's patch, the `fit` block."""
    comments = "".join(f"# {' '.join(line.split())}\n" for line in head)
    return comments + yaml_text(as_tree({"schema_version": 1, "halls": {hall: patch}, "fit": record}))


def write(path: Path, content: bytes) -> None:
    """Write a file whole, with its folder. Raise `CalibrationError` on a disk fault."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise CalibrationError(
            "cannot-write",
            f"cannot write: {error.strerror or error}",
            file=path,
            help="check the path, its rights and space",
        ) from None
