"""Where each value of a resolved study comes from: file, line, which layer set it, and what it replaced."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scenarios import units
from scenarios.schema.parts import Leaf, Span, Steps
from scenarios.schema.shape import Record, Shape, child, settled
from scenarios.source import Map, Node, written

DEFAULT = "default"


@dataclass(frozen=True)
class Origin:
    """One value as written, where it stands, and what set it: a file's role, an arm, a point, `--set`, `default`.

    `line` and `col` are 0 for defaults. `shadowed` lists the places whose values it replaced, nearest first.
    """

    path: str
    value: str
    file: str
    line: int
    col: int
    how: str
    shadowed: tuple[str, ...] = ()


def origins(tree: Node, shape: Shape | None, path: str = "") -> Iterator[Origin]:
    """Yield the origin of every value of a tree, then of the defaults of its parts, in the order of the schema."""
    shape = settled(shape, tree)
    if isinstance(shape, Leaf) or not isinstance(tree, Map):
        mark = tree.mark
        yield Origin(path, written(tree), mark.source.name, mark.line, mark.col, tree.how, tuple(_shadowed(tree)))
        return
    for key, inner in tree.entries.items():
        yield from origins(inner, child(shape, key), f"{path}.{key}" if path else key)
    if isinstance(shape, Record):
        for key, default in (shape.defaults or {}).items():
            leaf = shape.fields[key]
            if key not in tree.entries and isinstance(leaf, Leaf) and default is not None:
                text = default_text(default, leaf)
                yield Origin(f"{path}.{key}" if path else key, text, "", 0, 0, DEFAULT)


def _shadowed(node: Node) -> Iterator[str]:
    before = node.over
    while before is not None:
        yield f"{before.mark.source.name}:{before.mark.line}"
        before = before.over


def default_text(value: Any, leaf: Leaf) -> str:
    """Return a default as a study could write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Steps):
        return (
            "{"
            + ", ".join(f'"{units.clock_text(at)}": {v}' for at, v in zip(value.at_us, value.value, strict=True))
            + "}"
        )
    if isinstance(value, Span):
        return f'"{units.clock_text(value.open_us)}-{units.clock_text(value.close_us)}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inner}" for key, inner in value.items()) + "}"
    if isinstance(value, tuple | list | frozenset):
        return "[" + ", ".join(default_text(inner, leaf) for inner in value) + "]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if leaf.dimension is not None and "" not in leaf.dimension.units and isinstance(value, int | float):
        unit = _default_unit(leaf)
        size = Fraction(str(value)) * leaf.size / leaf.dimension.units[unit]
        return units.quantity_text(units.Quantity(size, unit))
    return f"{value:g}" if isinstance(value, float) else str(value) or '""'


def _default_unit(leaf: Leaf) -> str:
    assert leaf.dimension is not None
    if leaf.dimension is units.DURATION:
        return "days" if leaf.size == units.DAY_US else "min"
    return leaf.dimension.shown[0]
