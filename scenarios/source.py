"""Plain nodes that know their file, line and column, and how they came to stand there. Nothing here reads YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scenarios.problems import Problem


@dataclass(frozen=True, eq=False)
class Source:
    """One text that values come from: a file, or one `--set`. `layer` says in which role it is read.

    `display` is the text to show in problems where it is not the text that is parsed.
    """

    name: str
    layer: str
    text: str
    display: str = ""
    lines: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(re.split("\r\n|[\r\n\x85\u2028\u2029]", self.display or self.text)))

    def line(self, number: int) -> str:
        """Return a line by its number from 1, empty if there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, eq=False)
class Mark:
    """A place in a source: line and column from 1, and how many characters it spans on that line."""

    source: Source
    line: int
    col: int
    span: int = 1

    @property
    def written(self) -> str:
        """The text that stands here."""
        return self.source.line(self.line)[self.col - 1 : self.col - 1 + self.span]

    def problem(self, code: str, message: str, help: str = "", path: str = "", severity: str = "error") -> Problem:
        """Return a problem that points here."""
        line = self.source.line(self.line)
        name = self.source.name
        return Problem(name, self.line, self.col, code, message, path, help, line, self.span, severity)


@dataclass(frozen=True, eq=False)
class Scalar:
    """One value: as read (`value`) and as written (`text`).

    `how` says what set it (a file's role, an arm, a sweep point, `--set`); `over` is the node that it replaced.
    """

    mark: Mark
    value: str | int | float | bool | None
    text: str
    how: str = ""
    over: Node | None = None


@dataclass(frozen=True, eq=False)
class Items:
    """A list of nodes."""

    mark: Mark
    items: tuple[Node, ...]
    how: str = ""
    over: Node | None = None


@dataclass(frozen=True, eq=False)
class Map:
    """A map from keys, as written, to nodes; `keys` holds where each key stands."""

    mark: Mark
    entries: Mapping[str, Node]
    keys: Mapping[str, Mark]
    how: str = ""
    over: Node | None = None


Node: TypeAlias = Scalar | Items | Map


def plain(node: Node) -> Any:
    """Return a node as plain Python data."""
    if isinstance(node, Map):
        return {key: plain(inner) for key, inner in node.entries.items()}
    if isinstance(node, Items):
        return [plain(inner) for inner in node.items]
    return node.value


_NOWHERE = Mark(Source("", "", ""), 0, 0)


def as_tree(data: Mapping[str, Any]) -> Map:
    """Return plain data (maps, lists, texts, numbers, None) as nodes that stand in no file."""
    return Map(_NOWHERE, {str(key): _as_node(inner) for key, inner in data.items()}, {})


def _as_node(data: Any) -> Node:
    if isinstance(data, Mapping):
        return as_tree(data)
    if isinstance(data, list | tuple):
        return Items(_NOWHERE, tuple(_as_node(inner) for inner in data))
    return Scalar(_NOWHERE, data, str(data).lower() if isinstance(data, bool) else str(data))


def written(node: Node) -> str:
    """Return a node on one line, as a study could write it."""
    if isinstance(node, Map):
        return "{" + ", ".join(f"{_inline(key)}: {written(inner)}" for key, inner in node.entries.items()) + "}"
    if isinstance(node, Items):
        return "[" + ", ".join(written(inner) for inner in node.items) + "]"
    return node.text


def _inline(key: str) -> str:
    return f'"{key}"' if re.search(r"[:\-{}\[\],]", key) else key
