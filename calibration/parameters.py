"""Parameter files: a partial study with fitted beliefs, and the `fit` block that says where they come from."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calibration.errors import CalibrationError

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_FLOW_LIMIT, _FLOW_DEPTH = 100, 2


def belief(best: Any, low: Any = None, high: Any = None, *, source: str = "fitted", note: str = "") -> dict[str, Any]:
    """Return a belief as a study states it; `low` and `high` are the 95 % interval where there is one."""
    stated = {"best": best}
    if low is not None and high is not None:
        stated |= {"low": low, "high": high}
    return stated | {"source": source} | ({"note": note} if note else {})


def figures(value: float, digits: int = 4) -> float:
    """Round to so many significant figures, for numbers that people read in a file."""
    return float(f"{value:.{digits}g}")


def quantity(value: float, unit: str, digits: int = 5) -> str:
    """Return a number with its unit, never in exponent form: `185.35 s`, `52.4/h`."""
    text = f"{float(f'{value:.{digits}g}'):.12f}".rstrip("0").rstrip(".")
    return f"{text}{unit}" if unit.startswith("/") else f"{text} {unit}"


def factor(value: float) -> str:
    """Return a relative bound: `x0.97`."""
    return f"x{value:.4g}"


def render(head: Sequence[str], hall: str, patch: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Return the text of a parameter file: comment lines, the hall's patch, the `fit` block."""
    lines = [f"# {' '.join(line.split())}" for line in head]
    lines += _block({"schema_version": 1, "halls": {hall: dict(patch)}, "fit": dict(record)}, 0)
    return "\n".join(lines) + "\n"


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a reader never sees half a file. Raise `CalibrationError` on a disk fault."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CalibrationError(
            "cannot-write",
            f"cannot write: {error.strerror or error}",
            file=path,
            help="check the path, its rights and space",
        ) from None


def _block(node: Mapping[str, Any], depth: int) -> list[str]:
    lines: list[str] = []
    pad = "  " * depth
    for key, value in node.items():
        if isinstance(value, Mapping) and value:
            flow = _flow(value)
            if len(pad) + len(flow) + len(str(key)) < _FLOW_LIMIT and depth >= _FLOW_DEPTH:
                lines.append(f"{pad}{_key(key)}: {flow}")
            else:
                lines += [f"{pad}{_key(key)}:", *_block(value, depth + 1)]
        elif isinstance(value, (list, tuple)) and value:
            lines.append(f"{pad}{_key(key)}:")
            lines += [f"{pad}  - {_flow(item)}" for item in value]
        else:
            lines.append(f"{pad}{_key(key)}: {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value) if isinstance(value, int) else _number(value)
    return _scalar(str(value))


def _number(value: float) -> str:
    """Write a float so that YAML 1.2 reads a number: no bare exponent such as `1e-05`."""
    text = repr(float(value))
    return text if "e" not in text else f"{value:.12f}".rstrip("0").rstrip(".") if abs(value) >= 1e-9 else "0"


def _scalar(text: str) -> str:
    return text if _BARE.match(text) and text.lower() not in _YAML_WORDS else json.dumps(text, ensure_ascii=False)


def _key(key: Any) -> str:
    return _scalar(str(key)) if not isinstance(key, int) else str(key)
