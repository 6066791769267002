"""Mapping files on disk: found by name or path, laid over the mapping they extend. It knows no column."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from calibration.errors import CalibrationError
from scenarios.suggestions import did_you_mean

_SHIPPED = Path(__file__).parent / "mappings"


def shipped_mappings() -> tuple[str, ...]:
    """Names of the mappings that ship."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def find_mapping(mapping: str, asked_by: Path | None) -> Path:
    """Return the file of a shipped name or path; `asked_by` is the mapping that extends it."""
    if mapping in shipped_mappings():
        return _SHIPPED / f"{mapping}.yaml"
    path = Path(mapping) if asked_by is None else asked_by.parent / mapping
    if path.is_file():
        return path
    raise CalibrationError(
        "no-such-mapping",
        f"no mapping file or shipped mapping named {mapping!r}",
        file=asked_by,
        help=f"{did_you_mean(mapping, shipped_mappings())}shipped: {', '.join(shipped_mappings())}; or give a path",
    )


def read_mapping(file: Path, above: tuple[Path, ...]) -> dict[Any, Any]:
    """Read a mapping and what it extends into one map; `(key, "line")` holds the line of each key."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if file.resolve() in above:
        raise CalibrationError("mapping-circle", "this mapping extends itself", file=file)
    try:
        text = file.read_text(encoding="utf-8-sig")
        data = YAML(typ="rt", pure=True).load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CalibrationError("bad-mapping", f"cannot read the mapping: {error}", file=file) from None
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        said = (error.problem if isinstance(error, MarkedYAMLError) else None) or "not YAML"
        raise CalibrationError("bad-mapping", str(said), file=file, line=mark.line + 1 if mark else None) from None
    if not isinstance(data, dict):
        raise CalibrationError("bad-mapping", "a mapping file is a YAML map with `columns`", file=file, line=1)
    parent = data.get("extends")
    own: dict[Any, Any] = _with_lines(data)
    own.pop("extends", None)
    if parent is None:
        return own
    return _merged(read_mapping(find_mapping(str(parent), file), (*above, file.resolve())), own)


def _with_lines(node: Any) -> Any:
    """Turn ruamel's maps into plain ones with the line of each key under `(key, "line")`."""
    if isinstance(node, dict):
        plain: dict[Any, Any] = {}
        for key, value in node.items():
            at = cast(Any, node).lc.key(key)[0] + 1
            plain[str(key)] = _with_lines(value)
            plain[(str(key), "line")] = at
        return plain
    if isinstance(node, list):
        return [_with_lines(item) for item in node]
    return node


def _merged(base: dict[Any, Any], over: dict[Any, Any]) -> dict[Any, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
