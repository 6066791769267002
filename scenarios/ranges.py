"""The ranges of a study's beliefs, and what a study says where they are drawn away from their best values.

The law of a belief is a two-piece uniform one: `best` is its median, and either side is uniform, so the quantile 0 is
`low`, 0.5 is `best`, 1 is `high`, and between them the value is linear in the quantile. That law is assumed: three
numbers say no more. Which quantiles to draw is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from scenarios import change, units
from scenarios.merge import is_belief
from scenarios.problems import Problem, StudyErrors
from scenarios.quantiles import DIGITS, SHOWN_DIGITS, WHOLE_SIZES, Scale, change_at, change_text, drawn, grain_of
from scenarios.reading import parse
from scenarios.resolved import ResolvedStudy, resolved_tree
from scenarios.schema.parts import Leaf
from scenarios.schema.shape import Shape, child, settled, study_shape
from scenarios.source import Map, Node, Scalar, Source, written
from scenarios.swept import Value
from scenarios.units import Dimension

_DIMENSIONS = {each.name: each for each in vars(units).values() if isinstance(each, Dimension)}


@dataclass(frozen=True)
class Range:
    """A belief with both ends: texts as written, after the patches of the arm and the sweep point.

    `source` is `seed`, `published`, `fitted` or `assumed`. `file`, `line` and `col` are where the best value stands:
    what is written once for several names (`*`) has one place and several paths. `dimension` names the kind of
    quantity; `whole` says that only whole numbers (days, months, heads) may stand there.
    """

    path: str
    best: str
    low: str
    high: str
    source: str
    note: str
    file: str
    line: int
    col: int = 0
    dimension: str = ""
    whole: bool = False


def ranges(resolved: ResolvedStudy | Sequence[ResolvedStudy]) -> tuple[Range, ...]:
    """Return the beliefs that have `low` and `high`, each path once (as the first study has it), in written order."""
    found: dict[str, Range] = {}
    for one in [resolved] if isinstance(resolved, ResolvedStudy) else resolved:
        for path, node, leaf in _believed(one.tree, study_shape()):
            if path not in found and "low" in node.entries and "high" in node.entries:
                found[path] = _range(path, node, leaf)
    return tuple(found.values())


def stated_once(found: Sequence[Range]) -> tuple[tuple[Range, ...], ...]:
    """Return the ranges by the place where they are written: one statement for several names is one belief."""
    places: dict[tuple[str, int, int], list[Range]] = {}
    for one in found:
        places.setdefault((one.file, one.line, one.col), []).append(one)
    return tuple(tuple(group) for group in places.values())


def at_quantiles(resolved: ResolvedStudy, quantiles: Mapping[str, float]) -> ResolvedStudy:
    """Return the study with the beliefs at these paths drawn: quantile 0 is `low`, 0.5 `best`, 1 `high`.

    A function of time or a map of factors is drawn as one, each of its numbers by the same quantile. Whole numbers are
    rounded, halves up. A path at which this study has no such belief, because its arm sets a plain number there or
    removes it, changes nothing. What is drawn keeps its source and note, and has no range left.

    Raises ValueError for a quantile outside 0 to 1, and StudyErrors where the result is not a valid study.
    """
    exact = _checked(quantiles)
    above = {"", *(path[:at] for path in exact for at, char in enumerate(path) if char == ".")}
    tree = _drawn_tree(resolved.tree, study_shape(), "", exact, above)
    assert isinstance(tree, Map)
    return _valid(tree)


def text_at(range: Range, quantile: float) -> str:
    """Return what a belief says at a quantile, for people: `4.1 %` in the unit as written, `x0.93` of a whole map.

    Shown to three significant digits; the ends and the best value as they are written. Raises ValueError as
    `at_quantiles` does.
    """
    quantiles = _checked({range.path: quantile})
    best, low, high = _parts(range)
    dimension = _DIMENSIONS[range.dimension]
    if isinstance(best, Map) and isinstance(low, Scalar) and isinstance(high, Scalar):
        return change_text(low, high, dimension, quantiles[range.path])
    return written(drawn(best, low, high, _scale(range, SHOWN_DIGITS), quantiles[range.path], ""))


def value_at(range: Range, quantile: float) -> Value:
    """Return what a belief says at a quantile, in a form that can be compared."""
    dimension = _DIMENSIONS[range.dimension]
    best, low, high = _parts(range)
    exact = _checked({range.path: quantile})[range.path]
    if not isinstance(best, Map):
        at = drawn(best, low, high, _scale(range, DIGITS), exact, "")
        assert isinstance(at, Scalar)
        return Value(at.text, "", dimension, units.parse(at.value, dimension))
    if isinstance(low, Scalar) and isinstance(high, Scalar):
        moved = change_at(low, high, dimension, exact)
        factor = moved.factor is not None
        text = change_text(low, high, dimension, exact)
        return Value(text, "x" if factor else "+", dimension, moved.factor if factor else moved.amount)
    return Value(range.best, "", dimension, None)


@lru_cache(maxsize=1 << 12)
def _parts(range: Range) -> tuple[Node, Node, Node]:
    best, low, high = (parse(Source("", "", text), []) for text in (range.best, range.low, range.high))
    return best, low, high


def _scale(range: Range, digits: int) -> Scale:
    grain = WHOLE_SIZES.get(range.dimension) if range.whole else None
    return Scale(_DIMENSIONS[range.dimension], grain, digits)


def _checked(quantiles: Mapping[str, float]) -> dict[str, Fraction]:
    """Return quantiles exactly as their shortest decimals, which keeps drawn values short too."""
    for path, quantile in quantiles.items():
        if not 0 <= quantile <= 1:
            raise ValueError(f"a quantile is from 0 to 1, not {quantile} (for {path})")
    return {path: Fraction(repr(float(quantile))) for path, quantile in quantiles.items()}


def _believed(node: Node, shape: Shape | None, path: str = "") -> Iterator[tuple[str, Map, Leaf]]:
    """Yield the beliefs of a tree with their paths, as `Beliefs.taken_off` finds them."""
    if not isinstance(node, Map):
        return
    shape = settled(shape, node)
    if isinstance(shape, Leaf) and is_belief(node):
        yield path, node, shape
        yield from _believed(node.entries["best"], shape, path)
        return
    for key, inner in node.entries.items():
        yield from _believed(inner, child(shape, key), f"{path}.{key}" if path else key)


def _range(path: str, node: Map, leaf: Leaf) -> Range:
    assert leaf.dimension is not None  # the loader refuses ends of anything but a number
    best, note = node.entries["best"], node.entries.get("note")
    low, high = (_end_text(node.entries[end], best) for end in ("low", "high"))
    mark = node.keys["best"]
    said = " ".join(note.text.split()) if isinstance(note, Scalar) else ""
    place = (mark.source.name, mark.line, mark.col)
    whole = grain_of(leaf) is not None
    return Range(
        path, written(best), low, high, written(node.entries["source"]), said, *place, leaf.dimension.name, whole
    )


def _end_text(end: Node, best: Node) -> str:
    text = written(end)
    # -1 is a value and "-1" a change, as in a study
    return f'"{text}"' if isinstance(best, Scalar) and change.is_relative(end) and text.startswith("-") else text


def _drawn_tree(node: Node, shape: Shape | None, path: str, quantiles: Mapping[str, Fraction], above: set[str]) -> Node:
    """Return the tree with its beliefs drawn; what no quantile is asked for stays the same node."""
    if not isinstance(node, Map) or not (path in above or path in quantiles):
        return node
    shape = settled(shape, node)
    if isinstance(shape, Leaf) and is_belief(node):
        return _drawn_belief(node, shape, path, quantiles, above)
    entries = {
        key: _drawn_tree(inner, child(shape, key), f"{path}.{key}" if path else key, quantiles, above)
        for key, inner in node.entries.items()
    }
    return replace(node, entries=entries)


def _drawn_belief(node: Map, leaf: Leaf, path: str, quantiles: Mapping[str, Fraction], above: set[str]) -> Node:
    best = _drawn_tree(node.entries["best"], leaf, path, quantiles, above)  # its cells may be believed too
    low, high = node.entries.get("low"), node.entries.get("high")
    if path not in quantiles or low is None or high is None:
        return replace(node, entries={**node.entries, "best": best})
    assert leaf.dimension is not None
    how = f"a draw at quantile {float(quantiles[path]):.4g}"
    value = drawn(best, low, high, Scale(leaf.dimension, grain_of(leaf), DIGITS), quantiles[path], how)
    kept = {key: inner for key, inner in node.entries.items() if key not in ("low", "high")}
    return replace(node, entries={**kept, "best": value}, how=how, over=node)


def _valid(tree: Map) -> ResolvedStudy:
    problems: list[Problem] = []
    found = resolved_tree(tree, problems, [])
    if found is None or problems:
        where = "with beliefs drawn away from their best values: "
        raise StudyErrors(replace(problem, message=where + problem.message) for problem in problems)
    return found
