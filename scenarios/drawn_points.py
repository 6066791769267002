"""The points of a sweep with its draws of the beliefs, and whether they are too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenarios.arms import BASE_POINT, Point
from scenarios.problems import Problem
from scenarios.ranges import Range, ranges, value_at
from scenarios.resolved import ResolvedStudy
from scenarios.sampling import Sample, chosen_ranges, draws
from scenarios.sweep import Sweep, nothing_left
from scenarios.swept import Value

MOST_CANDIDATES = 100_000
"""Most draws at all points together that a condition may be asked of."""


def with_draws(
    sweep: Sweep, sample: Sample, resolved: Mapping[tuple[str, str], ResolvedStudy], problems: list[Problem]
) -> tuple[Point, ...]:
    """Return the written points of a sweep, each followed by its draws, as far as the condition holds.

    A condition is asked of the best values first: where they fail it, the point is left out with all its draws.
    `resolved` has every arm at every written point; a condition sees a belief as the first arm that has it.
    """
    found = chosen_ranges(sample, list(resolved.values()), problems)
    if not found:
        return sweep.points
    made = draws(sample, found, int(next(iter(resolved.values())).study.seed))
    digits = max(3, len(str(sample.n)))
    paths = [one.path for one in found]
    points: list[Point] = []
    for point in sweep.points:
        studies = [one for (_, at), one in resolved.items() if at == point.name]
        asked, known = _asked(sweep, found, studies), sweep.values.get(point.name, {})

        def holds(
            quantiles: Mapping[str, float], asked: list[Range] = asked, known: Mapping[str, Value] = known
        ) -> bool:
            if sweep.where is None:
                return True
            values = {one.path: value_at(one, quantiles.get(one.path, 0.5)) for one in asked}
            return bool(sweep.where.holds({**values, **known}, problems, paths))

        fine = holds({})
        if problems:
            return sweep.points
        if not fine:
            continue
        points.append(point)
        for number in range(sample.n):
            if holds(made.of(number)):
                name = f"draw-{number + 1:0{digits}d}"
                name = name if point.name == BASE_POINT else f"{point.name}, {name}"
                points.append(Point(name, point.values, point.patches, point.name, number, made))
    if sweep.where is not None and not any(point.draws for point in points):
        problems.append(nothing_left(sweep.where, len(sweep.points) * sample.n, "draws"))
    return tuple(points)


def _asked(sweep: Sweep, found: Sequence[Range], studies: Sequence[ResolvedStudy]) -> list[Range]:
    """Return the drawn ranges that the condition names, as the studies of one point have them."""
    if sweep.where is None:
        return []
    named = {operand.text for operand in sweep.where.operands} & {one.path for one in found}
    return [one for one in ranges(studies) if one.path in named] if named else []


def too_many_candidates(sweep: Sweep, arms: int, initial: int) -> list[Problem]:
    """Return why the draws of a sweep are not even made, if they are too many."""
    if sweep.sample is None:
        return []
    points = len(sweep.points) * (sweep.sample.n + 1)
    if sweep.where is None:
        return too_many_runs(sweep, arms, points, initial)
    if points <= MOST_CANDIDATES:
        return []
    message = (
        f"{sweep.sample.n:,} draws at {len(sweep.points):,} points are more than {MOST_CANDIDATES:,} to choose from"
    )
    return [sweep.sample.mark.problem("too-large", message, "draw or sweep less", "sweep.sample")]


def too_many_runs(sweep: Sweep, arms: int, points: int, initial: int) -> list[Problem]:
    """Return why a sweep is refused, if its first look has more runs than it may have."""
    asked = arms * points * initial
    if sweep.mark is None or asked <= sweep.max_runs:
        return []
    message = f"the sweep asks for {asked:,} runs, more than max_runs {sweep.max_runs:,}"
    help = f"{arms} arms × {points:,} points × {initial:,} replications: sweep less, or write `max_runs: {asked}`"
    return [sweep.mark.problem("too-many-runs", message, help, "sweep")]
