"""Patches on a study: dotted or nested paths from `arms`, `sweep` and `--set`, applied one after the other.

A path names what exists, or a key that the schema knows; anything else is an error with the nearest name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scenarios import change, units
from scenarios.change import ChangeError
from scenarios.merge import is_belief, is_null, merge
from scenarios.problems import Problem
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import EVERY, Either, Law, Record, Shape, child, is_factor_map, settled, study_shape
from scenarios.source import Map, Mark, Node, Scalar, plain
from scenarios.suggestions import did_you_mean, suggestion
from scenarios.units import QuantityError

NOTHING_TO_CHANGE = "nothing-to-change"
"""Code of a relative patch on a value that the study does not give."""


@dataclass
class Patching:
    """One series of patches on a tree: who patches (`how`), the outline, and the problems found so far."""

    how: str
    shape: Record = field(default_factory=study_shape)
    problems: list[Problem] = field(default_factory=list)

    def apply(self, tree: Map, path: str, path_mark: Mark, value: Node) -> Map:
        """Return the tree after one patch; on a problem the tree stays as it was."""
        known = len(self.problems)
        patched = self._at(tree, self.shape, path, "", path_mark, value, tree)
        return patched if isinstance(patched, Map) and len(self.problems) == known else tree

    def _refuse(self, mark: Mark, code: str, message: str, help: str, path: str) -> None:
        self.problems.append(mark.problem(code, message, help, path))

    def _at(
        self, node: Node | None, shape: Shape, path: str, done: str, mark: Mark, value: Node, tree: Map
    ) -> Node | None:
        """Follow `path` from a node of a shape; return the node after the patch."""
        if isinstance(shape, Either):
            form = self._settled(node, shape, path, value)
            node, shape = (None if form is not settled(shape, node) else node), form
        if not path:
            return self._set(node, shape, done, mark, value, tree)
        if isinstance(shape, Leaf) and shape.kind == "steps" and units.is_span(path):
            return self._set(node, shape, done, mark, Map(mark, {path: value}, {path: mark}, self.how), tree)
        if isinstance(shape, Leaf) and not is_factor_map(shape):
            help = f"change `{done}` itself: whole, by a relative value such as x1.1, or by spans of the day"
            help = help if shape.kind == "steps" else f"set `{done}` itself"
            self._refuse(mark, "unknown-path", f"nothing stands below `{done}`", help, f"{done}.{path}")
            return node
        inside = node if isinstance(node, Map) else Map(mark, {}, {}, self.how)
        if isinstance(shape, Leaf) and is_belief(inside):
            best = self._at(inside.entries["best"], shape, path, done, mark, value, tree)
            return replace(inside, entries={**inside.entries, "best": best or inside.entries["best"]})
        steps = self._next(inside, shape, path, done, mark)
        entries, keys = dict(inside.entries), dict(inside.keys)
        for key, rest in steps:
            below = f"{done}.{key}" if done else key
            inner = child(shape, key)
            assert inner is not None
            if key not in entries and rest and isinstance(inner, Record) and inner.required:
                help = f"add `{below}` whole, with {', '.join(f'`{name}`' for name in sorted(inner.required))}"
                self._refuse(mark, "unknown-path", f"there is no `{key}` here to change", help, f"{below}.{rest}")
                return node
            patched = self._at(entries.get(key), inner, rest, below, mark, value, tree)
            if patched is None:
                entries.pop(key, None)
                keys.pop(key, None)
            else:
                entries[key] = patched
                keys.setdefault(key, mark)
        return replace(inside, entries=entries, keys=keys)

    def _settled(self, node: Node | None, shape: Either, path: str, value: Node) -> Shape:
        """Return the form that a value-or-map has at the end of a patch: that of the new value, if it is whole."""
        given = node if path or (isinstance(value, Scalar) and change.is_relative(value)) else value
        return shape.record if settled(shape, given) is shape.record else shape.leaf

    def _next(self, inside: Map, shape: Shape, path: str, done: str, mark: Mark) -> list[tuple[str, str]]:
        """Split off the next key of a path: (key, rest) for each that it names; names may hold dots themselves."""
        first, _, rest = path.partition(".")
        if isinstance(shape, Record | Law):
            if first in shape.fields:
                return [(first, rest)]
            help = suggestion(first, shape.fields)
            self._refuse(mark, "unknown-path", f"`{first}` is not a key here", help, f"{done}.{path}" if done else path)
            return []
        if isinstance(shape, Leaf | Either):
            return [(path, "")]
        if first == EVERY:
            return [(key, rest) for key in inside.entries]
        for name in sorted(inside.entries, key=len, reverse=True):
            if path == name or path.startswith(name + "."):
                return [(name, path[len(name) + 1 :])]
        if shape.keys and first in shape.keys:
            return [(first, rest)]
        if not rest and not shape.keys and isinstance(shape.inner, Record):
            return [(first, rest)]
        if not shape.keys and not isinstance(shape.inner, Record):
            return [(path, "")]
        known = shape.keys or tuple(inside.entries)
        where = f"`{done}` has no `{first}`" if done else f"`{first}` is not a key here"
        help = suggestion(first, known) or f"nothing is named under `{done}`"
        self._refuse(mark, "unknown-path", where, help, f"{done}.{path}")
        return []

    def _set(self, node: Node | None, shape: Shape, done: str, mark: Mark, value: Node, tree: Map) -> Node | None:
        """Put a value where a path ends: maps of parts are patched key by key, leaves are set or changed."""
        if is_null(value):
            return None
        if isinstance(shape, Leaf):
            try:
                return self._leaf(node, shape, done, value, tree)
            except ChangeError as error:
                self._refuse(error.mark, error.code, error.message, error.help, done)
                return node
        if not isinstance(value, Map):
            wanted = "a map is wanted here"
            self._refuse(
                value.mark, "type", f"{wanted}, not {units.described(plain(value))}", "write `{key: value}`", done
            )
            return node
        if isinstance(shape, Law) and _names_other_law(node, value):
            return replace(value, how=self.how, over=node)
        if node is None and not self._is_whole(shape, value, done, mark, tree):
            return None
        result: Node | None = node if isinstance(node, Map) else Map(mark, {}, {}, self.how)
        for key, inner in value.entries.items():
            result = self._at(result, shape, key, done, value.keys[key], inner, tree)
        return result

    def _is_whole(self, shape: Shape, value: Map, done: str, mark: Mark, tree: Map) -> bool:
        """True if a part that is not there yet is given with all that it must have."""
        missing = (
            [key for key in sorted(shape.required) if key not in value.entries] if isinstance(shape, Record) else []
        )
        if missing:
            above, _, name = done.rpartition(".")
            known = _names_at(tree, above)
            wanted = ", ".join(f"`{key}`" for key in missing)
            help = did_you_mean(name, known).strip() or f"to add it, give {wanted} too"
            self._refuse(mark, "unknown-path", f"`{above}` has no `{name}` to change", help, done)
        return not missing

    def _leaf(self, node: Node | None, leaf: Leaf, done: str, value: Node, tree: Map) -> Node:
        if isinstance(value, Scalar) and change.is_relative(value) and leaf.dimension is not None:
            if node is None:
                message = f"`{value.text}` is relative, but the study gives no value here"
                raise ChangeError(value.mark, NOTHING_TO_CHANGE, message, "write the whole value")
            if leaf.kind == "steps" and not isinstance(node, Map):
                return node
            return change.apply(node, value, leaf, self.how)
        if leaf.kind == "steps" and change.is_span_patch(value):
            assert isinstance(value, Map)
            return self._spans(node, value, leaf, done, tree)
        if is_factor_map(leaf) and isinstance(value, Map) and not is_belief(value):
            return self._factors(node, value, leaf)
        return replace(value, how=self.how, over=node)

    def _spans(self, node: Node | None, value: Map, leaf: Leaf, done: str, tree: Map) -> Node:
        hall = _hall_above(tree, done)
        if node is None:
            help = "give the whole function of time first"
            raise ChangeError(value.mark, NOTHING_TO_CHANGE, "there is no function of time here to patch", help)
        if done.endswith("arrivals.rate") and _text_at(hall, "arrivals", "interpolate") == "linear":
            help = "replace the nodes, or change the whole function with `x1.1`"
            raise ChangeError(value.mark, "span", "a span cannot be patched where rates are interpolated", help)
        return change.patch_spans(node, value, leaf, _longest_hours(hall), self.how)

    def _factors(self, node: Node | None, value: Map, leaf: Leaf) -> Node:
        base = node.entries["best"] if isinstance(node, Map) and is_belief(node) else node
        assert leaf.dimension is not None
        entries: dict[str, Node] = {}
        for key, inner in value.entries.items():
            before = base.entries.get(key) if isinstance(base, Map) else None
            if isinstance(inner, Scalar) and change.is_relative(inner):
                if before is None:
                    message = f"`{inner.text}` is relative, but the study gives no value for `{key}`"
                    raise ChangeError(inner.mark, NOTHING_TO_CHANGE, message, "write the whole value")
                entries[key] = change.apply(before, inner, Leaf("value", leaf.read, leaf.dimension), self.how)
            else:
                entries[key] = inner if is_null(inner) else replace(inner, how=self.how, over=before)
        patch = replace(value, entries=entries, how=self.how)
        if not isinstance(base, Map):
            return patch
        merged = merge(base, patch, leaf)
        return (
            replace(node, entries={**node.entries, "best": merged})
            if node is not base and isinstance(node, Map)
            else merged
        )


def _names_other_law(node: Node | None, value: Map) -> bool:
    law = value.entries.get("dist")
    return isinstance(law, Scalar) and law.text != _text_at(node, "dist")


def _text_at(node: Node | None, *keys: str) -> str:
    for key in keys:
        node = node.entries.get(key) if isinstance(node, Map) else None
    return node.text if isinstance(node, Scalar) else ""


def _hall_above(tree: Map, path: str) -> Node | None:
    """Return the hall that a path leads through; hall names may hold dots."""
    halls = tree.entries.get("halls")
    names = sorted(halls.entries, key=len, reverse=True) if isinstance(halls, Map) else []
    for name in names:
        if path.startswith(f"halls.{name}."):
            assert isinstance(halls, Map)
            return halls.entries[name]
    return None


def _names_at(tree: Map, path: str) -> tuple[str, ...]:
    node: Node | None = tree
    while path and isinstance(node, Map):
        name = next((key for key in node.entries if path == key or path.startswith(key + ".")), None)
        if name is None:
            return ()
        node, path = node.entries[name], path[len(name) + 1 :]
    return tuple(node.entries) if isinstance(node, Map) else ()


def _longest_hours(hall: Node | None) -> tuple[int, int]:
    """Return the earliest opening and the latest closing of a hall; the whole day where they cannot be read."""
    texts = [_text_at(hall, "hours"), *(_text_at(hall, "days", day) for day in _days_of(hall))]
    spans: list[tuple[int, int]] = []
    for text in texts:
        try:
            spans.append(units.parse_span(text))
        except QuantityError:
            continue
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else (0, units.DAY_US)


def _days_of(hall: Node | None) -> tuple[str, ...]:
    days = hall.entries.get("days") if isinstance(hall, Map) else None
    return tuple(days.entries) if isinstance(days, Map) else ()
