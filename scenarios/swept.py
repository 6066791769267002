"""What a swept path says at one point of a sweep, in a form that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scenarios import change, units
from scenarios.change import ChangeError
from scenarios.merge import is_belief
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import EVERY, Either, Names, Shape, child
from scenarios.source import Map, Node, Scalar, written
from scenarios.units import Dimension, QuantityError


@dataclass(frozen=True)
class Value:
    """One value as written: a number in base units of its dimension, or a word where it has none.

    `form` is "" for a value, "x" for a factor and "+" for an amount added. `number` is None where it is not one number,
    such as a whole function of time.
    """

    text: str
    form: str
    dimension: Dimension | None
    number: Fraction | str | None


def value_of(node: Node, leaf: Leaf) -> Value:
    """Return a value as it is written in a study, of a belief the best one."""
    while is_belief(node):
        assert isinstance(node, Map)
        node = node.entries["best"]
    text = written(node)
    if not isinstance(node, Scalar):
        return Value(text, "", leaf.dimension, None)
    if leaf.dimension is None:
        return Value(text, "", None, text)
    try:
        if change.is_relative(node):
            moved = change.read_change(node, leaf.dimension)
            if moved.factor is not None:
                return Value(text, "x", leaf.dimension, moved.factor)
            return Value(text, "+", leaf.dimension, moved.amount)
        return Value(text, "", leaf.dimension, units.parse(node.value, leaf.dimension))
    except (QuantityError, ChangeError):
        return Value(text, "", leaf.dimension, None)  # the schema refuses it at its own place


def leaf_at(tree: Node | None, shape: Shape | None, path: str) -> Leaf | None:
    """Return what kind of value a path names in a tree; names may hold dots, `*` stands for every name."""
    if isinstance(shape, Either):
        shape = shape.record if path else shape.leaf
    if not path or shape is None:
        return shape if isinstance(shape, Leaf) else None
    first, _, rest = path.partition(".")
    if isinstance(shape, Leaf):
        first, rest = path, ""
    elif isinstance(shape, Names) and isinstance(tree, Map):
        names = sorted(tree.entries, key=len, reverse=True)
        found = next((name for name in names if path == name or path.startswith(f"{name}.")), None)
        if found is not None:
            first, rest = found, path[len(found) + 1 :]
    below = tree.entries if isinstance(tree, Map) else {}
    inner = next(iter(below.values()), None) if first == EVERY else below.get(first)
    return leaf_at(inner, child(shape, first), rest)
