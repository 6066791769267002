"""One tree out of several files: later wins, maps merge by key, functions of time are one value, `null` removes."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakSet

from scenarios.problems import Problem
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import EVERY, Either, Law, Names, Record, Shape, child, is_factor_map
from scenarios.source import Map, Node, Scalar


@dataclass
class Shadows:
    """Warnings about fitted values that a later file replaces."""

    warnings: list[Problem] = field(default_factory=list)

    def note(self, old: Node, new: Node, path: str) -> None:
        """Warn where `old` holds a fitted value and `new` is not fitted itself."""
        if any(fitted_beliefs(new)):
            return
        for fitted in fitted_beliefs(old):
            origin = f"{fitted.mark.source.name}:{fitted.mark.line}"
            message = f"this replaces the fitted value of {origin}"
            help = "remove it here to use the fitted value"
            self.warnings.append(new.mark.problem("shadows-fitted", message, help, path, "warning"))


def is_null(node: Node) -> bool:
    """True for a value that removes a key."""
    return isinstance(node, Scalar) and node.value is None


def is_belief(node: Node | None) -> bool:
    """True for a map that has the form of a belief."""
    return isinstance(node, Map) and "best" in node.entries


def fitted_beliefs(node: Node) -> Iterator[Node]:
    """Yield the beliefs in a tree whose source is `fitted`."""
    if isinstance(node, Map):
        source = node.entries.get("source")
        if "best" in node.entries and isinstance(source, Scalar) and source.value == "fitted":
            yield node
        else:
            for inner in node.entries.values():
                yield from fitted_beliefs(inner)


def merges(old: Node, new: Node, shape: Shape | None) -> bool:
    """True where two maps merge by key; false where the new value replaces the old one whole."""
    if not isinstance(old, Map) or not isinstance(new, Map):
        return False
    if isinstance(shape, Law):
        return _law(new) in ("", _law(old))
    if isinstance(shape, Either):
        return not is_belief(old) and not is_belief(new)
    if isinstance(shape, Leaf):
        return is_factor_map(shape) and not is_belief(old) and not is_belief(new)
    return True


def _law(node: Map) -> str:
    law = node.entries.get("dist")
    return law.text if isinstance(law, Scalar) else ""


def merge(old: Node, new: Node, shape: Shape | None, shadows: Shadows | None = None, path: str = "") -> Node:
    """Return `new` laid over `old`. Keys set to null stay as null nodes; `without_nulls` drops them at the end."""
    if not merges(old, new, shape):
        if shadows is not None:
            shadows.note(old, new, path)
        return replace(new, over=old)
    assert isinstance(old, Map)
    assert isinstance(new, Map)
    entries, keys = dict(old.entries), dict(old.keys)
    for key, node in new.entries.items():
        before = entries.get(key)
        if before is not None:
            below = f"{path}.{key}" if path else key
            node = merge(before, node, child(shape, key), shadows, below)
        entries[key] = node
        keys[key] = new.keys[key]
    return Map(new.mark, entries, keys, new.how, old)


_WITHOUT_NULLS: WeakSet[Map] = WeakSet()
"""Nodes known to hold no null: they never change, and most stand in every arm at every sweep point."""


def without_nulls(node: Node) -> Node:
    """Return the tree without the keys that are set to null; parts without any stay the nodes that they are."""
    if not isinstance(node, Map) or node in _WITHOUT_NULLS:
        return node
    kept = {key: without_nulls(inner) for key, inner in node.entries.items() if not is_null(inner)}
    clean = node if same_nodes(kept, node.entries) else replace(node, entries=kept)
    _WITHOUT_NULLS.add(clean)
    return clean


def same_nodes(new: Mapping[str, Node], old: Mapping[str, Node]) -> bool:
    """True if two maps with keys in the same order hold the very same nodes."""
    return len(new) == len(old) and all(map(operator.is_, new.values(), old.values()))


def with_every(node: Node, shape: Shape | None, shadows: Shadows | None = None, path: str = "") -> Node:
    """Return the tree in which what stands under the name `*` is the start of each name beside it."""
    if not isinstance(node, Map) or not isinstance(shape, Names | Record):
        return node
    entries = dict(node.entries)
    keys = dict(node.keys)
    if isinstance(shape, Names) and not shape.keys and isinstance(shape.inner, Record):
        every = entries.pop(EVERY, None)
        keys.pop(EVERY, None)
        if every is not None:
            for key, inner in entries.items():
                entries[key] = inner if is_null(inner) else merge(every, inner, shape.inner, shadows, f"{path}.{key}")
    for key, inner in entries.items():
        entries[key] = with_every(inner, child(shape, key), shadows, f"{path}.{key}" if path else key)
    return replace(node, entries=entries, keys=keys)
