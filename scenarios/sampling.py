"""`sweep.sample`: draws of the beliefs, so many quantiles of each range at once, the same in every arm.

A belief that is written once for several names (`"*"`) is one belief and drawn once. Each draw has a seed of its own,
the same in every arm: arms stay paired, and draws are independent of each other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenarios import units
from scenarios.arms import Draws
from scenarios.problems import Problem, StudyErrors
from scenarios.ranges import Range, at_quantiles, ranges, stated_once
from scenarios.resolved import ResolvedStudy
from scenarios.schema.shape import HIGHEST_SEED, MOST_DRAWS, SAMPLE_METHODS, Record, file_shape
from scenarios.source import Items, Map, Mark, Node, Scalar, plain, written
from scenarios.suggestions import did_you_mean, suggestion
from scenarios.units import QuantityError

PATH = "sweep.sample"
_EXAMPLE = "write `sample: {n: 64, method: lhs}`"


@dataclass(frozen=True)
class Sample:
    """What a study asks for: `n` draws by `method`, of the beliefs at `paths` (all with a range if empty)."""

    n: int
    method: str
    mark: Mark
    paths: tuple[Scalar, ...] = ()
    seed: int | None = None


def read_sample(node: Node | None, problems: list[Problem]) -> Sample | None:
    """Read the `sample` of a sweep; None, with the problems, where it cannot be used."""
    if node is None:
        return None
    if not isinstance(node, Map):
        problems.append(node.mark.problem("type", "a map is wanted here", _EXAMPLE, PATH))
        return None
    known = len(problems)
    shape = file_shape().fields["sweep"]
    assert isinstance(shape, Record)
    fields = shape.fields["sample"]
    assert isinstance(fields, Record)
    for key in node.entries:
        if key not in fields.fields:
            help = suggestion(key, fields.fields)
            problems.append(node.keys[key].problem("unknown-key", f"`{key}` is not a key here", help, PATH))
    if "n" not in node.entries:
        problems.append(node.mark.problem("missing", "`n` is missing: how many draws?", _EXAMPLE, PATH))
    n = _whole(node.entries.get("n"), 2, MOST_DRAWS, "n", problems)
    seed = _whole(node.entries.get("seed"), 0, HIGHEST_SEED, "seed", problems)
    method = _method(node.entries.get("method"), problems)
    paths = _paths(node.entries.get("paths"), problems)
    if n is not None and method == "sobol" and n & (n - 1):
        higher = 1 << n.bit_length()
        message = f"Sobol points come in powers of two, and {n:,} is none"
        help = f"write {higher:,}" + (f" or {higher // 2:,}" if higher > 4 else "") + ", or `method: lhs`"
        problems.append(node.entries["n"].mark.problem("power-of-two", message, help, f"{PATH}.n"))
    if len(problems) > known or n is None:
        return None
    return Sample(n, method, node.mark, paths, seed)


def _whole(node: Node | None, low: int, high: int, key: str, problems: list[Problem]) -> int | None:
    if node is None:
        return None
    try:
        return units.parse_whole(plain(node), low, high)
    except QuantityError as error:
        problems.append(node.mark.problem(error.code, error.message, error.help, f"{PATH}.{key}"))
        return None


def _method(node: Node | None, problems: list[Problem]) -> str:
    if node is None:
        return SAMPLE_METHODS[0]
    word = written(node)
    if word not in SAMPLE_METHODS:
        help = f"{did_you_mean(word, SAMPLE_METHODS)}allowed: {', '.join(SAMPLE_METHODS)}"
        problems.append(node.mark.problem("choice", f"`{word[:40]}` is not a way to draw", help, f"{PATH}.method"))
    return word


def _paths(node: Node | None, problems: list[Problem]) -> tuple[Scalar, ...]:
    if node is None:
        return ()
    listed = node.items if isinstance(node, Items) else ()
    scalars = tuple(item for item in listed if isinstance(item, Scalar) and isinstance(item.value, str))
    if not listed or len(scalars) < len(listed):
        message, help = (
            "a list of the paths of beliefs is wanted here",
            "write `paths: [market.spread]`, or leave it out",
        )
        problems.append(node.mark.problem("type", message, help, f"{PATH}.paths"))
    return scalars


def chosen_ranges(sample: Sample, studies: Sequence[ResolvedStudy], problems: list[Problem]) -> tuple[Range, ...]:
    """Return the ranges that a sample draws, in written order; a path without a range goes to `problems`.

    All ranges are those that can matter: not what only `staffing` plans with, and no tactic that is off in every study.
    """
    every = ranges(studies)
    if not sample.paths:
        found = tuple(one for one in every if _matters(one.path, studies))
        if not found:
            message, help = "no belief of this study has a range", "give beliefs `low` and `high`"
            problems.append(sample.mark.problem("no-range", message, help, PATH))
        return found
    names = [one.path for one in every]
    wanted: set[str] = set()
    for item in sample.paths:
        pattern = re.compile(".+?".join(re.escape(piece) for piece in item.text.split("*")))
        matching = [name for name in names if pattern.fullmatch(name)]
        wanted |= set(matching)
        if not matching:
            problems.append(_without_range(item, names, studies))
    return tuple(one for one in every if one.path in wanted)


def _without_range(item: Scalar, names: Sequence[str], studies: Sequence[ResolvedStudy]) -> Problem:
    if any(item.text in one.origins for one in studies):
        message = f"`{item.text}` has no range to draw from"
        help = "write there `{best: …, low: …, high: …, source: …}`"
        return item.mark.problem("no-range", message, help, f"{PATH}.paths")
    message = f"`{item.text}` names no belief with a range"
    return item.mark.problem("unknown-path", message, suggestion(item.text, names), f"{PATH}.paths")


def _matters(path: str, studies: Sequence[ResolvedStudy]) -> bool:
    if path.startswith("staffing."):
        return False
    if not path.startswith("tactics."):
        return True
    return any(path.startswith(f"tactics.{name}.") for name in _tactics_on(studies))


def _tactics_on(studies: Iterable[ResolvedStudy]) -> set[str]:
    return {name for one in studies for name, tactic in one.study.tactics.items() if tactic.enabled}


def draws(sample: Sample, found: Sequence[Range], seed: int) -> Draws:
    """Draw the beliefs with these ranges. The same sample and seed give the same draws."""
    groups = stated_once(found)
    own = seed if sample.seed is None else sample.seed
    points = _sampler(sample.method, len(groups), own).random(sample.n)
    rows = tuple(tuple(float(value) for value in row) for row in points)
    seeds = tuple(_seed_of(own, number) for number in range(sample.n))
    return Draws(tuple(tuple(one.path for one in group) for group in groups), rows, seeds)


def _sampler(method: str, size: int, seed: int) -> Any:
    from scipy.stats import qmc

    return qmc.Sobol(size, rng=seed) if method == "sobol" else qmc.LatinHypercube(size, rng=seed)


def _seed_of(seed: int, number: int) -> int:
    digest = hashlib.sha256(f"standfast draw {seed} {number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (HIGHEST_SEED + 1)


def drawn_study(one: ResolvedStudy, name: str, quantiles: Mapping[str, float], seed: int) -> ResolvedStudy:
    """Return what a study says in one draw of its beliefs. Raises `StudyErrors` that name the draw."""
    tree = one.tree
    mark = tree.keys.get("seed", tree.mark)
    entries = {**tree.entries, "seed": Scalar(mark, seed, str(seed), name, tree.entries.get("seed"))}
    try:
        return at_quantiles(
            replace(one, tree=replace(tree, entries=entries, keys={**tree.keys, "seed": mark})), quantiles
        )
    except StudyErrors as errors:
        raise StudyErrors(replace(p, message=f"{name}: {p.message}") for p in errors.problems) from None
