"""Arms and sweep points: what we choose between, and what we do not choose. Both are lists of patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from scenarios.problems import Problem
from scenarios.schema.names import check_name
from scenarios.schema.shape import Record, file_shape
from scenarios.source import Items, Map, Mark, Node, Scalar, written
from scenarios.suggestions import suggestion
from scenarios.units import QuantityError

BASELINE = "baseline"
BASE_POINT = "base"
MOST_RUN_SETS = 4_096
"""Most combinations of arms and sweep points in one study."""

FIXED = frozenset(("schema_version", "name", "seed", "start", "horizon", "warm_up", "own", "calendar"))
"""What no arm and no sweep point may change: runs must stay comparable."""
APART = frozenset(("arms", "sweep", "compare", "extends", "parameters", "fit", "title"))
"""Parts of a file that belong to no run."""


@dataclass(frozen=True)
class Patch:
    """One change: the path as written, where it stands, and the new value."""

    path: str
    mark: Mark
    value: Node


@dataclass(frozen=True)
class Arm:
    """A strategy: its name, a title for people, and its patches."""

    name: str
    title: str
    patches: tuple[Patch, ...]


@dataclass(frozen=True)
class Point:
    """One combination of what we do not choose; `values` are texts as written, by path."""

    name: str
    values: Mapping[str, str]
    patches: tuple[Patch, ...] = field(default=(), compare=False, repr=False)

    def __reduce__(self) -> tuple[type[Point], tuple[str, dict[str, str]]]:
        return Point, (self.name, dict(self.values))


NO_ARMS = (Arm(BASELINE, BASELINE, ()),)
NO_SWEEP = (Point(BASE_POINT, {}),)
"""What a study has that states no arms, or no sweep."""


def read_arms(node: Node | None, problems: list[Problem]) -> tuple[Arm, ...]:
    """Return the arms in written order; one without patches, named `baseline`, if there are none."""
    if node is None:
        return NO_ARMS
    if not isinstance(node, Map) or not node.entries:
        help = "write `arms: {baseline: {}, more: {halls.NAME.counters.staffing: {…}}}`"
        problems.append(node.mark.problem("type", "a map from arms to patches is wanted here", help, "arms"))
        return NO_ARMS
    arms: list[Arm] = []
    for name, inner in node.entries.items():
        path = f"arms.{name}"
        try:
            check_name(name)
        except QuantityError as error:
            problems.append(node.keys[name].problem(error.code, error.message, error.help, path))
            continue
        if isinstance(inner, Scalar) and inner.value is None:
            arms.append(Arm(name, name, ()))
        elif not isinstance(inner, Map):
            help = "write `{path: value}`, or `{}` for no change"
            problems.append(inner.mark.problem("type", "an arm is a map of patches", help, path))
        else:
            title = inner.entries.get("title")
            arms.append(Arm(name, _title(title, name, path, problems), _patches(inner, path, problems, skip="title")))
    return tuple(arms) or NO_ARMS


def _title(node: Node | None, name: str, path: str, problems: list[Problem]) -> str:
    if node is None:
        return name
    if not isinstance(node, Scalar) or node.value is None or len(node.text) > 500:
        problems.append(node.mark.problem("type", "a title is one line of text", "write it in quotes", f"{path}.title"))
        return name
    return " ".join(node.text.split())


def _patches(node: Map, path: str, problems: list[Problem], skip: str = "") -> tuple[Patch, ...]:
    patches: list[Patch] = []
    for key, inner in node.entries.items():
        mark = node.keys[key]
        first = key.partition(".")[0]
        if key == skip:
            continue
        if first in FIXED or first in APART:
            message = f"`{first}` is the same for every arm and point"
            problems.append(
                mark.problem("fixed", message, "set it in the study itself, or with `--set`", f"{path}.{key}")
            )
        else:
            patches.append(Patch(key, mark, inner))
    return tuple(patches)


def read_points(node: Node | None, problems: list[Problem]) -> tuple[Point, ...]:
    """Return the sweep points: the product of the grid's lists, times the rows of `zip`."""
    if node is None:
        return NO_SWEEP
    if not isinstance(node, Map):
        problems.append(
            node.mark.problem("type", "a map is wanted here", "write `sweep: {grid: {path: [a, b]}}`", "sweep")
        )
        return NO_SWEEP
    shape = file_shape().fields["sweep"]
    assert isinstance(shape, Record)
    for key, mark in node.keys.items():
        if key in ("sample", "where") and key in node.entries:
            message = f"`{key}` is not in this version of Standfast"
            problems.append(mark.problem("not-in-this-version", message, "use `grid` or `zip`", f"sweep.{key}"))
        elif key in node.entries and key not in shape.fields:
            problems.append(
                mark.problem("unknown-key", f"`{key}` is not a key here", suggestion(key, shape.fields), "sweep")
            )
    grid = _lists(node.entries.get("grid"), "sweep.grid", problems)
    zipped = _lists(node.entries.get("zip"), "sweep.zip", problems)
    lengths = {len(values) for _, values in zipped}
    if len(lengths) > 1:
        last, values = zipped[-1]
        message = f"the lists under `zip` are of different length; this one has {len(values)}"
        problems.append(last.mark.problem("length", message, "give every list the same length", "sweep.zip"))
        return NO_SWEEP
    rows = [
        tuple(Patch(p.path, p.mark, values[i]) for p, values in zipped) for i in range(lengths.pop() if lengths else 1)
    ]
    size = len(rows)
    for _, values in grid:
        size *= len(values)
    if size > MOST_RUN_SETS:
        message = f"the sweep has {size} points, more than {MOST_RUN_SETS}"
        problems.append(node.mark.problem("too-large", message, "sweep fewer values", "sweep"))
        return NO_SWEEP
    _check_each_once(grid, zipped, problems)
    choices = [[Patch(patch.path, patch.mark, value) for value in values] for patch, values in grid]
    return _named([(*chosen, *row) for chosen in product(*choices) for row in rows])


def _check_each_once(
    grid: Sequence[tuple[Patch, tuple[Node, ...]]],
    zipped: Sequence[tuple[Patch, tuple[Node, ...]]],
    problems: list[Problem],
) -> None:
    """Refuse a path under `grid` and `zip` alike, where one would hide the other, and a grid's value listed twice."""
    paths = {patch.path for patch, _ in grid}
    for patch, _ in zipped:
        if patch.path in paths:
            message = f"`{patch.path}` stands under `grid` too"
            problems.append(patch.mark.problem("duplicate", message, "remove one of the two", "sweep.zip"))
    for patch, values in grid:
        seen: set[str] = set()
        for value in values:
            text = written(value)
            if text in seen:
                message = f"`{text}` is listed twice"
                problems.append(value.mark.problem("duplicate", message, "list it once", f"sweep.grid.{patch.path}"))
            seen.add(text)


def _lists(node: Node | None, path: str, problems: list[Problem]) -> list[tuple[Patch, tuple[Node, ...]]]:
    if node is None:
        return []
    if not isinstance(node, Map):
        problems.append(
            node.mark.problem("type", "a map from paths to lists is wanted here", "write `path: [a, b]`", path)
        )
        return []
    for patch in (patches := _patches(node, path, problems)):
        if not isinstance(patch.value, Items) or not patch.value.items:
            listed = "x0.9, x1.1" if isinstance(patch.value, Items) else written(patch.value)[:60]
            help = f"write `{patch.path}: [{listed}]`"
            problems.append(
                patch.value.mark.problem("type", "a list of values is wanted here", help, f"{path}.{patch.path}")
            )
    return [(patch, patch.value.items) for patch in patches if isinstance(patch.value, Items) and patch.value.items]


def _named(rows: Sequence[tuple[Patch, ...]]) -> tuple[Point, ...]:
    """Name points by the last key of each path, or by the whole path where two paths end alike."""
    if not rows[0]:
        return NO_SWEEP
    paths = [patch.path for patch in rows[0]]
    short = [path.rpartition(".")[2] for path in paths]
    labels = [last if short.count(last) == 1 else path for last, path in zip(short, paths, strict=True)]
    points: list[Point] = []
    taken: set[str] = set()
    for row in rows:
        values = {patch.path: written(patch.value) for patch in row}
        name = ", ".join(f"{label}={values[patch.path]}" for label, patch in zip(labels, row, strict=True))
        while name in taken:
            name += "'"
        taken.add(name)
        points.append(Point(name, values, row))
    return tuple(points)
