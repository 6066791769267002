"""The files of a study, read and merged: parents left to right, then parameters, then the file itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.merge import Shadows, merge
from scenarios.problems import Problem, StudyErrors, shown_path
from scenarios.reading import parse, read_file
from scenarios.schema.shape import Record, file_shape
from scenarios.shipped import find_part
from scenarios.source import Items, Map, Node, Scalar, Source, plain, written

MOST_FILES = 200
"""Most files that one study may read, so that parents of parents cannot multiply without end."""


@dataclass
class Layers:
    """Reads a study with everything that it extends; collects fits, warnings and problems on the way.

    `incomplete` says that some file could not be read, so that what seems missing may stand there.
    """

    files: list[Path] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)
    shadows: Shadows = field(default_factory=Shadows)
    problems: list[Problem] = field(default_factory=list)
    incomplete: bool = False
    reads: int = 0

    def read(self, path: Path, layer: str, above: tuple[Path, ...] = (), text: str | None = None) -> Map | None:
        """Return the merged tree of one file, or of `text` as if it stood there; None, with problems, if unreadable."""
        real = Path(os.path.realpath(path))
        try:
            if text is None:
                root = read_file(path, layer, self.problems)
            else:
                root = parse(Source(shown_path(path), layer, text), self.problems)
        except StudyErrors as errors:
            self.problems += errors.problems
            self.incomplete = True
            return None
        self.reads += 1
        if path not in self.files:
            self.files.append(path)
        if not isinstance(root, Map):
            help = "a study is a map: `name: …`, `horizon: …`, `halls: …`"
            self.problems.append(root.mark.problem("type", "this is not a study", help))
            return None
        own = self._own(root, layer)
        shape: Record = file_shape()
        merged: Node | None = None
        for key, role in (("extends", "parent"), ("parameters", "parameters")):
            for part in self._parts(root, key, path, (*above, real), role):
                merged = part if merged is None else merge(merged, part, shape, self.shadows)
        whole = own if merged is None else merge(merged, own, shape, self.shadows)
        assert isinstance(whole, Map)
        return whole

    def _own(self, root: Map, layer: str) -> Map:
        """Return what a file itself says, without the keys that tell how to read it."""
        fit = root.entries.get("fit")
        if fit is not None and layer == "parameters":
            if isinstance(fit, Map):
                self.fits.append(plain(fit))
            else:
                self.problems.append(
                    fit.mark.problem("type", "`fit` is a map", "as `standfast calibrate` writes it", "fit")
                )
        elif fit is not None:
            help = "name the file under `parameters:` instead of `extends:`"
            self.problems.append(
                root.keys["fit"].problem("unknown-key", "`fit` stands in parameter files only", help, "fit")
            )
        taken = ("fit", "extends", "parameters")
        entries = {key: node for key, node in root.entries.items() if key not in taken}
        return Map(root.mark, entries, root.keys, layer)

    def _parts(self, root: Map, key: str, path: Path, above: tuple[Path, ...], role: str) -> list[Map]:
        node = root.entries.get(key)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return []
        listed = node.items if isinstance(node, Items) else (node,)
        found: list[Map] = []
        for item in listed:
            fault = self._fault(item, key, path, above)
            part = None
            if fault is not None:
                self.problems.append(fault)
                self.incomplete = True
            elif isinstance(item, Scalar) and (target := find_part(str(item.value), path)) is not None:
                part = self.read(target, role, above)
            if part is not None:
                found.append(part)
        return found

    def _fault(self, item: Node, key: str, path: Path, above: tuple[Path, ...]) -> Problem | None:
        """Return why a file named under `extends` or `parameters` cannot be read here, if so."""
        mark = item.mark
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            return mark.problem("type", f"`{key}` lists files", f"write `{key}: [file.yaml]`", key)
        target = find_part(item.value, path)
        if target is None:
            message = f"there is no file `{written(item)[:200]}`, neither beside this one nor in the library"
            return mark.problem("no-such-file", message, "paths are relative to this file", key)
        real = Path(os.path.realpath(target))
        if real in above:
            itself = "itself" if real == above[-1] else "a file that extends this one"
            return mark.problem("cycle", f"this file extends {itself}", "remove it here", key)
        if self.reads >= MOST_FILES or len(above) > MOST_FILES // 10:
            message = f"the study reads more than {MOST_FILES} files, or parents nest too deep"
            return mark.problem("too-large", message, "extend fewer files", key)
        return None
