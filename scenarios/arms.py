"""Arms and sweep points: what we choose between, and what we do not choose. Both are lists of patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scenarios.change import is_relative
from scenarios.problems import Problem
from scenarios.schema.names import check_name
from scenarios.source import Map, Mark, Node, Scalar
from scenarios.units import QuantityError

BASELINE = "baseline"
BASE_POINT = "base"
MOST_RUN_SETS = 4_096
"""Most combinations of arms and written sweep points in one study: each is read and checked when it is loaded."""

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
    """One combination of what we do not choose; `values` are texts as written, by path.

    A draw of the beliefs is a point of its own: `at` names the written point that it is drawn at, and `draw` counts
    from 0; both are empty for a written point, which stands at the best values.
    """

    name: str
    values: Mapping[str, str]
    patches: tuple[Patch, ...] = field(default=(), compare=False, repr=False)
    at: str = ""
    draw: int | None = None
    draws: Draws | None = field(default=None, compare=False, repr=False)

    @property
    def quantiles(self) -> Mapping[str, float]:
        """The quantile at which each drawn belief stands, by path; empty for a written point."""
        return {} if self.draws is None or self.draw is None else self.draws.of(self.draw)

    @property
    def seed(self) -> int | None:
        """The seed of a draw's runs; None for a written point, whose runs have the study's."""
        return None if self.draws is None or self.draw is None else self.draws.seeds[self.draw]

    def __reduce__(self) -> tuple[type[Point], tuple[object, ...]]:
        return Point, (self.name, dict(self.values), (), self.at, self.draw, self.draws)


@dataclass(frozen=True)
class Draws:
    """Every draw of a sweep: `quantiles` has a row a draw and a column a belief; `beliefs` are the paths of each."""

    beliefs: tuple[tuple[str, ...], ...]
    quantiles: tuple[tuple[float, ...], ...] = field(repr=False)
    seeds: tuple[int, ...] = field(repr=False)

    def of(self, number: int) -> dict[str, float]:
        """Return the quantile of each path in a draw, from 0."""
        row = self.quantiles[number]
        return {path: at for paths, at in zip(self.beliefs, row, strict=True) for path in paths}


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
            arms.append(
                Arm(name, _title(title, name, path, problems), read_patches(inner, path, problems, skip="title"))
            )
    return tuple(arms) or NO_ARMS


def _title(node: Node | None, name: str, path: str, problems: list[Problem]) -> str:
    if node is None:
        return name
    if not isinstance(node, Scalar) or node.value is None or len(node.text) > 500:
        problems.append(node.mark.problem("type", "a title is one line of text", "write it in quotes", f"{path}.title"))
        return name
    return " ".join(node.text.split())


def read_patches(node: Map, path: str, problems: list[Problem], skip: str = "") -> tuple[Patch, ...]:
    """Return the patches of a map from paths to values; what may not be patched goes to `problems`."""
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


def hidden_levers(arms: Sequence[Arm], points: Sequence[Point]) -> list[Problem]:
    """Return warnings for arms whose change a sweep point sets anew, so that it has no effect."""
    swept = {patch.path for point in points for patch in point.patches if not is_relative(patch.value)}
    message, help = "the sweep sets this value too, and the sweep wins", "sweep a relative value, such as x1.2"
    return [
        patch.mark.problem("hidden-by-sweep", message, help, f"arms.{arm.name}.{patch.path}", "warning")
        for arm in arms
        for patch in arm.patches
        if patch.path in swept
    ]
