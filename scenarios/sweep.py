"""The sweep of a study: what we do not choose, as points. Grid times zip are written out; draws of beliefs come on top.

Where beliefs are drawn, each written point stands first as it is, at the best values, and then once for every draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from scenarios import units
from scenarios.arms import MOST_RUN_SETS, NO_SWEEP, Patch, Point, read_patches
from scenarios.condition import Condition, read_condition
from scenarios.problems import Problem
from scenarios.sampling import Sample, read_sample
from scenarios.schema.shape import MAX_RUNS, MOST_RUNS, Record, file_shape, study_shape
from scenarios.source import Items, Map, Mark, Node, written
from scenarios.suggestions import suggestion
from scenarios.swept import Value, leaf_at, value_of
from scenarios.units import QuantityError

Lists = Sequence[tuple[Patch, tuple[Node, ...]]]


@dataclass(frozen=True)
class Sweep:
    """What a study sweeps: the written points, the draws that it asks for, and what points must hold.

    `values` are what the swept paths say at each written point, by its name.
    """

    points: tuple[Point, ...] = NO_SWEEP
    sample: Sample | None = None
    where: Condition | None = None
    max_runs: int = MAX_RUNS
    mark: Mark | None = None
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict, repr=False)


def read_sweep(node: Node | None, study: Map, problems: list[Problem]) -> Sweep:
    """Return the sweep of a study: the product of the grid's lists, times the rows of `zip`, where `where` holds."""
    if node is None:
        return Sweep()
    if not isinstance(node, Map):
        help = "write `sweep: {grid: {path: [a, b]}}`"
        problems.append(node.mark.problem("type", "a map is wanted here", help, "sweep"))
        return Sweep()
    shape = file_shape().fields["sweep"]
    assert isinstance(shape, Record)
    for key, mark in node.keys.items():
        if key in node.entries and key not in shape.fields:
            help = suggestion(key, shape.fields)
            problems.append(mark.problem("unknown-key", f"`{key}` is not a key here", help, "sweep"))
    grid = _lists(node.entries.get("grid"), "sweep.grid", problems)
    zipped = _lists(node.entries.get("zip"), "sweep.zip", problems)
    sample = read_sample(node.entries.get("sample"), problems)
    where = read_condition(node.entries.get("where"), problems)
    max_runs = _max_runs(node.entries.get("max_runs"), problems)
    mark = node.keys.get("max_runs", study.keys.get("sweep", node.mark))
    points = _points(grid, zipped, node, problems)
    values = {point.name: _values(point, study) for point in points}
    sweep = Sweep(points, sample, where, max_runs, mark, values)
    return sweep if where is None else _where_it_may_hold(sweep, where, problems)


def _max_runs(node: Node | None, problems: list[Problem]) -> int:
    if node is None:
        return MAX_RUNS
    try:
        return units.parse_whole(node.value if not isinstance(node, Map | Items) else written(node), 1, MOST_RUNS)
    except QuantityError as error:
        problems.append(node.mark.problem(error.code, error.message, error.help, "sweep.max_runs"))
        return MAX_RUNS


def _points(grid: Lists, zipped: Lists, node: Map, problems: list[Problem]) -> tuple[Point, ...]:
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
        message = f"the sweep has {size:,} points, more than {MOST_RUN_SETS:,}"
        problems.append(node.mark.problem("too-large", message, "sweep fewer values", "sweep"))
        return NO_SWEEP
    _check_each_once(grid, zipped, problems)
    choices = [[Patch(patch.path, patch.mark, value) for value in values] for patch, values in grid]
    return _named([(*chosen, *row) for chosen in product(*choices) for row in rows])


def _check_each_once(grid: Lists, zipped: Lists, problems: list[Problem]) -> None:
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
    for patch in (patches := read_patches(node, path, problems)):
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


def _values(point: Point, study: Map) -> dict[str, Value]:
    """Return what the swept paths say at a point, in a form that can be compared."""
    leaves = {patch.path: leaf_at(study, study_shape(), patch.path) for patch in point.patches}
    return {p.path: value_of(p.value, leaf) for p in point.patches if (leaf := leaves[p.path]) is not None}


def _where_it_may_hold(sweep: Sweep, where: Condition, problems: list[Problem]) -> Sweep:
    """Leave out the written points at which the condition fails. With draws, only as far as that is known yet."""
    told, before = (problems if sweep.sample is None else None), len(problems)
    kept: list[Point] = []
    for point in sweep.points:
        if where.holds(sweep.values[point.name], told) is not False:
            kept.append(point)
        if len(problems) > before:
            return sweep
    if not kept:
        problems.append(nothing_left(where, len(sweep.points), "points"))
        return sweep
    return replace(sweep, points=tuple(kept))


def nothing_left(where: Condition, number: int, what: str) -> Problem:
    """Return the problem of a condition that leaves nothing to run."""
    message = f"the condition holds at none of the {number} {what}"
    return where.mark.problem("empty", message, "widen it, or sweep other values", "sweep.where")
