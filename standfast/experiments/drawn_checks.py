"""The checks of a study over its draws, as outputs take them: how often each holds, and which beliefs decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from standfast.experiments.drawn_points import DrawnPoints, measured
from standfast.uncertainty.beliefs import Belief, beliefs_of, label_of
from standfast.uncertainty.consistency import separations, share_of

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import LoadedStudy
    from scenarios.arms import Point
    from scenarios.consistency import Check


def checks_frames(loaded: LoadedStudy, drawn: DrawnPoints, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each check over the draws: a row a point, check, arm and clause; and a row a belief that may tell draws apart.

    `loaded` has the draws among its points. Clause 0 is the whole check, the others its parts. A draw in which every
    run of an arm failed does not count for it; a check whose arm was left out (`--only`) is not asked. Beliefs are
    compared for the arm of the check alone. `level` is that of each interval, and the level at which a belief is said
    to decide.
    """
    import pandas as pd

    from outputs.findings import CHECK_COLUMNS, SEPARATION_COLUMNS

    shares: list[Mapping[str, Any]] = []
    told: list[Mapping[str, Any]] = []
    keys = [metric.key for metric in measured(loaded.compare)]
    families: dict[str, list[Point]] = {}
    for point in loaded.points:
        if point.name in drawn.means:
            families.setdefault(point.at, []).append(point)
    for at, points in families.items():
        for check in (check for check in loaded.compare.checks if check.arm in loaded.arms):
            beliefs = _drawn_beliefs(loaded, check.arm, at, points[0])
            for arm in (check.arm, *(arm for arm in loaded.arms if arm != check.arm)):
                there = [point for point in points if _ran(drawn, point, arm)]
                held = _held(check, keys, [drawn.means[point.name][arm] for point in there])
                shares += [
                    {
                        **_named(at, check, clause),
                        "arm": arm,
                        "stated": arm == check.arm,
                        "note": check.note,
                        **_share(held[:, clause], level),
                    }
                    for clause in range(held.shape[1])
                ]
                if arm == check.arm:
                    told += [
                        {**_named(at, check, clause), **row}
                        for clause in range(held.shape[1])
                        for row in _separations(there, held[:, clause], beliefs, level)
                    ]
    return pd.DataFrame(shares, columns=list(CHECK_COLUMNS)), pd.DataFrame(told, columns=list(SEPARATION_COLUMNS))


def _ran(drawn: DrawnPoints, point: Point, arm: str) -> bool:
    means = drawn.means[point.name].get(arm)
    return means is not None and not np.isnan(means).any()


def _held(check: Check, keys: Sequence[str], means: Sequence[Any]) -> Any:
    """Whether each clause holds in each draw, shape (draws, clauses)."""
    rows = [check.holds(dict(zip(keys, map(float, row), strict=True))) for row in means]
    return np.array(rows, dtype=bool).reshape(len(rows), len(check.clauses))


def _named(at: str, check: Check, clause: int) -> dict[str, Any]:
    return {
        "point": at,
        "check": check.name,
        "title": check.title,
        "clause": clause,
        "part": check.clauses[clause][0],
        "condition": check.clauses[clause][1],
    }


def _share(held: Any, level: float) -> dict[str, Any]:
    found = share_of(held, level)
    return {
        "draws": found.draws,
        "held": found.held,
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "level": level,
    }


def _drawn_beliefs(loaded: LoadedStudy, first: str, at: str, point: Point) -> list[tuple[int, Belief, str]]:
    """The drawn beliefs by their columns of the draws, with their labels; as the arm `first` has them.

    What only an arm holds that was left out (`--only`) is drawn as ever, and says nothing here.
    """
    assert point.draws is not None
    studies = [loaded.resolve(arm, at) for arm in (first, *(arm for arm in loaded.arms if arm != first))]
    by_path = {each.path: belief for belief in beliefs_of(studies) for each in belief.ranges}
    found = [
        (column, by_path[path])
        for column, paths in enumerate(point.draws.beliefs)
        if (path := next((path for path in paths if path in by_path), None)) is not None
    ]
    return [(column, belief, label_of(belief, studies[0].study)) for column, belief in found]


def _separations(
    points: Sequence[Point], held: Any, beliefs: Sequence[tuple[int, Belief, str]], level: float
) -> Iterator[Mapping[str, Any]]:
    quantiles = [
        [point.draws.quantiles[point.draw][column] for column, _, _ in beliefs]
        for point in points
        if point.draws and point.draw is not None
    ]
    for each in separations(np.array(quantiles).reshape(len(points), len(beliefs)), held):
        _, belief, label = beliefs[each.column]
        yield {
            "belief": belief.name,
            "label": label,
            "source": belief.stated.source,
            "distance": each.distance,
            "p_value": each.p_value,
            "decides": each.p_value <= 1 - level,
            "held_median": belief.text_at(each.held),
            "other_median": belief.text_at(each.other),
            "rises": each.held > each.other,
        }
