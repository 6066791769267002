"""Beliefs: `{best, low, high, source, note}` wherever one value may stand. The model sees `best`; the rest is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from weakref import WeakKeyDictionary

from scenarios import change, units
from scenarios.change import ChangeError
from scenarios.merge import is_belief, is_null, same_nodes
from scenarios.problems import Problem
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import Law, Record, Shape, child, settled
from scenarios.source import Map, Node, Scalar, written
from scenarios.suggestions import did_you_mean, suggestion
from scenarios.units import Dimension, Quantity, QuantityError

SOURCES = ("seed", "published", "fitted", "assumed")
KEYS = ("best", "low", "high", "source", "note")


@dataclass(frozen=True)
class BeliefUse:
    """One number that the study believes rather than sets: its range, where it comes from and where it is written.

    `best`, `low` and `high` are texts as written (after patches); low and high may be relative, such as `x0.8`.
    """

    path: str
    best: str
    low: str | None
    high: str | None
    source: str
    note: str
    file: str
    line: int


def null_strangers(node: Node, shape: Shape | None, path: str = "") -> Iterator[Problem]:
    """Yield the keys that are set to nothing and that nobody knows: dropping them would hide a slip of the pen.

    The usual one is a comma in an unquoted note: `{best: 1, note: first, second}` has a key `second`.
    """
    if not isinstance(node, Map):
        return
    shape = settled(shape, node)
    belief = isinstance(shape, Leaf) and shape.kind != "patch" and is_belief(node)
    known = KEYS if belief else tuple(shape.fields) if isinstance(shape, Record | Law) else None
    for key, inner in node.entries.items():
        below = f"{path}.{key}" if path else key
        if known is not None and key not in known and is_null(inner):
            help = suggestion(key, known)
            if belief:
                help = did_you_mean(key, known) + "a text with a comma is written in quotes"
            yield node.keys[key].problem("unknown-key", f"`{key}` is not a key here", help, below)
        yield from null_strangers(inner, shape if belief else child(shape, key), below)


_SOUND: WeakKeyDictionary[Map, dict[str, tuple[Node | None, tuple[BeliefUse, ...]]]] = WeakKeyDictionary()
"""By node and path where no problem was found: the node without beliefs (None: itself), and the beliefs in it.

Nodes never change, and most stand in every arm at every sweep point."""


@dataclass
class Beliefs:
    """Takes the beliefs off a tree and collects them, with the problems they have."""

    found: list[BeliefUse] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def taken_off(self, node: Node, shape: Shape | None, path: str = "") -> Node:
        """Return the tree with every belief replaced by its best value."""
        if not isinstance(node, Map):
            return node
        known = _SOUND.get(node, {}).get(path)
        if known is not None:
            self.found += known[1]
            return known[0] or node
        found, refused = len(self.found), len(self.problems)
        bare = self._bare(node, settled(shape, node), path)
        if len(self.problems) == refused:
            sound = None if bare is node else bare, tuple(self.found[found:])
            _SOUND.setdefault(node, {})[path] = sound
        return bare

    def _bare(self, node: Map, shape: Shape | None, path: str) -> Node:
        if isinstance(shape, Leaf) and is_belief(node):
            return self.taken_off(self._register(node, shape, path), shape, path)
        entries = {
            key: self.taken_off(inner, child(shape, key), f"{path}.{key}" if path else key)
            for key, inner in node.entries.items()
        }
        return node if same_nodes(entries, node.entries) else replace(node, entries=entries)

    def _register(self, node: Map, leaf: Leaf, path: str) -> Node:
        refused = len(self.problems)
        for key in node.entries:
            if key not in KEYS:
                help = suggestion(key, KEYS)
                self.problems.append(
                    node.keys[key].problem("unknown-key", f"`{key}` is not a key of a belief", help, path)
                )
        best = node.entries["best"]
        low, high = node.entries.get("low"), node.entries.get("high")
        source = self._source(node, path)
        note = node.entries.get("note")
        if note is not None and not isinstance(note, Scalar):
            self.problems.append(note.mark.problem("type", "a note is a text", "write it in quotes", f"{path}.note"))
        if is_belief(best):
            self.problems.append(
                best.mark.problem("belief", "a belief stands within a belief", "give `best` a value", path)
            )
            while is_belief(best):
                assert isinstance(best, Map)
                best = best.entries["best"]
            return best
        self._check_order(best, low, high, leaf, path)
        if len(self.problems) == refused:
            use = BeliefUse(
                path,
                written(best),
                written(low) if low is not None else None,
                written(high) if high is not None else None,
                source,
                " ".join(note.text.split()) if isinstance(note, Scalar) else "",
                node.keys["best"].source.name,
                node.keys["best"].line,
            )
            self.found.append(use)
        return best

    def _source(self, node: Map, path: str) -> str:
        source = node.entries.get("source")
        known = f"one of {', '.join(SOURCES)}"
        if source is None:
            message = "a belief says where its number comes from: `source` is missing"
            self.problems.append(node.mark.problem("belief-source", message, f"add `source:` with {known}", path))
            return ""
        if not isinstance(source, Scalar) or source.value not in SOURCES:
            help = did_you_mean(written(source), SOURCES) + known
            message = f"`{written(source)[:40]}` is not a source of beliefs"
            self.problems.append(source.mark.problem("belief-source", message, help, f"{path}.source"))
            return ""
        return str(source.value)

    def _check_order(self, best: Node, low: Node | None, high: Node | None, leaf: Leaf, path: str) -> None:
        if low is None and high is None:
            return
        dimension = leaf.dimension
        if isinstance(best, Map):
            for end, name in ((low, "low"), (high, "high")):
                if end is not None and not (change.is_relative(end) or isinstance(end, Map)):
                    message = f"`{name}` of a whole function is relative"
                    self.problems.append(
                        end.mark.problem("belief", message, "write for example `x0.8`", f"{path}.{name}")
                    )
            for key, inner in best.entries.items():
                below = [_end_at(end, key) for end in (low, high)]
                self._check_order(inner, below[0], below[1], Leaf("cell", leaf.read, dimension), f"{path}.{key}")
            return
        if dimension is None or leaf.kind == "horizon" or not isinstance(best, Scalar):
            if leaf.kind != "patch":
                where = (low if low is not None else high) or best
                self.problems.append(
                    where.mark.problem("belief", "only a number has `low` and `high`", "remove both", path)
                )
            return
        try:
            middle = units.read_quantity(best.value, dimension)
        except QuantityError:
            return  # the schema refuses it at its own place
        for end, name, sign in ((low, "low", 1), (high, "high", -1)):
            value = self._end(end, middle, leaf, dimension, f"{path}.{name}")
            if value is not None and sign * (_size(middle, dimension) - value) < 0:
                assert end is not None
                message = f"`{name}` {written(end)} is {'above' if name == 'low' else 'below'} `best` {best.text}"
                self.problems.append(
                    end.mark.problem("belief-order", message, "low ≤ best ≤ high must hold", f"{path}.{name}")
                )

    def _end(self, end: Node | None, best: Quantity, leaf: Leaf, dimension: Dimension, path: str) -> Fraction | None:
        if end is None:
            return None
        try:
            if isinstance(end, Scalar) and change.is_relative(end):
                return _size(change.changed(best, change.read_change(end, dimension), dimension), dimension)
            size = units.parse(end.value if isinstance(end, Scalar) else [], dimension)
            if leaf.kind == "value" and isinstance(end, Scalar):
                leaf.read(end.value)  # refuses what the study may not say either, such as a share of 130 %
            return size
        except (QuantityError, ChangeError) as error:
            self.problems.append(end.mark.problem(error.code, error.message, error.help, path))
            return None


def _end_at(end: Node | None, key: str) -> Node | None:
    return end.entries.get(key) if isinstance(end, Map) else end


def _size(quantity: Quantity, dimension: Dimension) -> Fraction:
    return quantity.number * dimension.units[quantity.unit]
