"""The draws of a sampled sweep in a comparison: their runs, each draw's decision, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.campaign import Campaign
from standfast.experiments.decision import Rule, Standing, look
from standfast.uncertainty.over_draws import OverDraws, over_draws

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Compare, Metric
    from scenarios.arms import Point

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DrawnPoints:
    """`standings` by draw, judged by itself; `pooled` by the point that was drawn at, then arm and metric.

    `means` has the mean over the runs of each arm in each draw, (metrics,) in the order of `measured`: NaN where every
    run failed.
    """

    standings: Mapping[str, Standing]
    pooled: Mapping[str, Mapping[tuple[str, str], OverDraws]]
    means: Mapping[str, Mapping[str, Floats]]


def compare_draws(
    campaign: Campaign,
    plan: Compare,
    points: Sequence[Point],
    wanted: frozenset[tuple[str, str]],
    arms: Sequence[str],
    rules: Sequence[Rule],
    replications: int,
    level: float,
) -> DrawnPoints:
    """Make `replications` runs of each arm at each draw, the baseline's among them, and judge them in a single look.

    Parameters
    ----------
    points: draws alone. Those at which an arm is not `wanted` that another draw of the same point has are not pooled.
    level: confidence of each interval: shared out over arms and metrics alone, since draws are looked at once.
    """
    asked = {point.name: tuple(arm for arm in arms if (arm, point.name) in wanted) for point in points}
    campaign.ensure(
        [(arm, point.name) for arm in (plan.baseline, *arms) for point in points
         if arm == plan.baseline or arm in asked[point.name]],
        replications,
    )  # fmt: skip
    metrics = measured(plan)
    standings: dict[str, Standing] = {}
    means: dict[str, Mapping[str, Floats]] = {}
    families: dict[str, list[dict[str, Any]]] = {}
    for point in points:
        sides = {
            arm: campaign.values(arm, point.name, replications, metrics) for arm in (plan.baseline, *asked[point.name])
        }
        others = {arm: sides[arm] for arm in asked[point.name]}
        standings[point.name] = look(Standing(), others, sides[plan.baseline], rules, level)
        families.setdefault(point.at, []).append(sides)
        means[point.name] = {arm: _mean_run(values) for arm, values in sides.items()}
    pooled = {at: _pooled(sides, plan.baseline, rules, level) for at, sides in families.items()}
    return DrawnPoints(standings, pooled, means)


def measured(plan: Compare) -> tuple[Metric, ...]:
    """What is read of every draw: the metrics that are compared, then those that only checks name."""
    named = [metric for check in plan.checks for metric in check.metrics]
    compared = {metric.key for metric in plan.metrics}
    return (*plan.metrics, *{metric.key: metric for metric in named if metric.key not in compared}.values())


def _mean_run(values: Floats) -> Floats:
    there = values[~np.isnan(values).all(axis=1)]
    mean: Floats = there.mean(axis=0) if len(there) else np.full(values.shape[1], np.nan)
    return mean


def _pooled(
    draws: Sequence[Mapping[str, Any]], baseline: str, rules: Sequence[Rule], level: float
) -> dict[tuple[str, str], OverDraws]:
    most = max(len(sides) for sides in draws)
    whole = [sides for sides in draws if len(sides) == most]
    found: dict[tuple[str, str], OverDraws] = {}
    for column, rule in enumerate(rules):
        values = {arm: np.array([sides[arm][:, column] for sides in whole if arm in sides]) for arm in whole[0]}
        for arm, one in over_draws(values, baseline, rule, level).items():
            found[arm, rule.metric] = one
    return found


def over_draws_frame(drawn: DrawnPoints, metrics: Sequence[Metric], rules: Sequence[Rule]) -> pd.DataFrame:
    """All draws together, one row a point that is drawn at, metric and arm, the baseline first."""
    import pandas as pd

    from outputs.findings import OVER_DRAWS_COLUMNS

    stated = {rule.metric: rule.indifference is not None for rule in rules}
    rows = [
        _row(at, one, metric, stated[metric.key])
        for at, family in drawn.pooled.items()
        for metric in metrics
        for (_, key), one in family.items()
        if key == metric.key
    ]
    return pd.DataFrame(rows, columns=list(OVER_DRAWS_COLUMNS))


def _row(at: str, one: OverDraws, metric: Metric, stated: bool) -> dict[str, Any]:
    return {
        "point": at,
        "arm": one.arm,
        "metric": metric.key,
        "kpi": metric.kpi,
        "scope": metric.scope,
        "period": metric.period,
        "unit": metric.unit,
        "goal": metric.goal,
        "draws": one.draws,
        "runs": one.runs,
        "mean": one.mean,
        "difference": one.difference.mean,
        "half_width": one.difference.half_width,
        "low": one.difference.low,
        "high": one.difference.high,
        "level": one.difference.level,
        "p05": one.p05,
        "p95": one.p95,
        "indifference": one.zone,
        "indifference_chosen": not stated,
        "better": one.better,
        "worse": one.worse,
        "best": one.best,
        "verdict": one.verdict,
        "monte_carlo_variance": one.value.within,
        "beliefs_variance": one.value.between,
        "difference_monte_carlo_variance": one.change.within,
        "difference_beliefs_variance": one.change.between,
    }
