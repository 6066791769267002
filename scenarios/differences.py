"""What differs between two resolved studies: each value that is another one, and where either says so.

Two spellings of one value are no difference. Whether two studies are the same model is decided by their model parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from scenarios.beliefs import Beliefs
from scenarios.canonical import NOT_OF_THE_MODEL
from scenarios.origins import DEFAULT, Origin, default_text, origins
from scenarios.resolved import ResolvedStudy
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import Law, Record, Shape, child, settled, study_shape
from scenarios.source import Map, Node, Scalar, plain, written
from scenarios.units import QuantityError

PLANNED = "staffing"
"""The part that says what may be planned: no run reads it."""


@dataclass(frozen=True)
class Difference:
    """One path whose value differs: the value as written here and there, and what set it; None where it is not set.

    Of a belief it is the best value, but in notes, where its range or source is what differs.
    """

    path: str
    here: Origin | None
    there: Origin | None


@dataclass(frozen=True)
class StudyDifferences:
    """What differs between two resolved studies, in the order of the first.

    `model`: values that decide runs. `notes`: what decides none: titles, the ranges and sources of beliefs, what a
    tactic that is off would do, what may be planned. With `same_model` every run of one is a run of the other.
    """

    model: tuple[Difference, ...]
    notes: tuple[Difference, ...]
    same_model: bool


def differences(here: ResolvedStudy, there: ResolvedStudy) -> StudyDifferences:
    """Compare two resolved studies value by value."""
    left, right = _Said(here), _Said(there)
    paths = [*left.values, *(path for path in right.values if path not in left.values)]
    model: list[Difference] = []
    notes: list[Difference] = []
    same_model = here.model_parts == there.model_parts
    for path in paths:
        one, other = left.origin(path), right.origin(path)
        if one is None and other is None:
            continue
        if path in left.values and path in right.values and left.values[path] == right.values[path]:
            if left.beliefs.get(path) != right.beliefs.get(path):
                notes.append(Difference(path, left.origin(path, whole=True), right.origin(path, whole=True)))
            continue
        if None in (one, other) and DEFAULT in (one and one.how, other and other.how):
            continue  # a default of a part that the other has not: the part itself is told by what is set in it
        decides = not same_model and _decides(path) and not (left.is_off(path) and right.is_off(path))
        (model if decides else notes).append(Difference(path, one, other))
    return StudyDifferences(tuple(model), tuple(notes), same_model)


class _Said:
    """What a resolved study says: canonical values by path, what set them, and the ranges of its beliefs."""

    def __init__(self, resolved: ResolvedStudy) -> None:
        self._resolved = resolved
        self._set = {origin.path: origin for origin in origins(resolved.tree, study_shape())}
        bare = Beliefs().taken_off(resolved.tree, study_shape())
        self.values: dict[str, Any] = {}
        self._texts: dict[str, str] = {}
        for path, value, text in _values(bare, study_shape(), ""):
            self.values[path], self._texts[path] = value, text
        self.beliefs: dict[str, list[tuple[str, str | None, str | None, str]]] = {}
        for use in resolved.beliefs:
            path = use.path
            while path and path not in self.values:  # a belief on one time of a function belongs to the function
                path = path.rpartition(".")[0]
            self.beliefs.setdefault(path, []).append((use.path, use.low, use.high, use.source))

    def origin(self, path: str, whole: bool = False) -> Origin | None:
        """What set a value: a place in a file, or the default; None where it is not set. `whole`: belief and all."""
        text = self._texts.get(path)
        if (found := self._set.get(path)) is not None:
            return found if whole or text is None else replace(found, value=text)
        return Origin(path, text, "", 0, 0, DEFAULT) if text is not None else None

    def is_off(self, path: str) -> bool:
        """Whether a path is in a tactic that is off, but for the switch itself."""
        part, _, rest = path.partition(".")
        name, _, key = rest.partition(".")
        tactic = self._resolved.study.tactics.get(name) if part == "tactics" else None
        return tactic is not None and not tactic.enabled and key != "enabled"


def _values(node: Node, shape: Shape | None, path: str) -> Iterator[tuple[str, Any, str]]:
    """Path, canonical value and text of every value of a tree without beliefs, defaults included."""
    shape = settled(shape, node)
    if isinstance(shape, Leaf) or not isinstance(node, Map):
        yield path, _read(node, shape), written(node)
        return
    if isinstance(shape, Law):
        law = node.entries.get("dist")
        shape = shape.records.get(law.text) if isinstance(law, Scalar) else None
    for key, inner in node.entries.items():
        yield from _values(inner, child(shape, key), _below(path, key))
    if isinstance(shape, Record):
        for key, default in (shape.defaults or {}).items():
            if key not in node.entries:
                yield from _defaults(default, shape.fields[key], _below(path, key))


def _defaults(value: Any, shape: Shape | None, path: str) -> Iterator[tuple[str, Any, str]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            yield from _defaults(getattr(value, name), child(shape, key), _below(path, key))
    elif isinstance(shape, Leaf) and value is not None:
        yield path, value, default_text(value, shape)


def _read(node: Node, shape: Shape | None) -> Any:
    raw = plain(node)
    try:
        return shape.read(raw) if isinstance(shape, Leaf) else raw
    except (QuantityError, ValueError):  # its part reads it in another way
        return raw


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _decides(path: str) -> bool:
    """Whether runs can depend on what stands at a path."""
    return path.partition(".")[0] != PLANNED and path.rpartition(".")[2] not in NOT_OF_THE_MODEL
