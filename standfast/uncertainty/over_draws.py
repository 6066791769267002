"""What arms come to over draws of the beliefs: how much on average, how often better, how often best.

Pure: arrays in, numbers out. A draw is the unit of replication: its runs are averaged first. Draws from a Latin
hypercube or a Sobol sequence are more even than independent ones, which makes the intervals rather too wide than too
narrow (Owen, 1997, Annals of Statistics 25:1541, bounds what they lose by n/(n − 1)).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.decision import CHOSEN_ZONE, Rule
from standfast.experiments.intervals import MeanInterval, mean_interval
from standfast.experiments.verdicts import Verdict, verdict
from standfast.uncertainty.components import Components, components

Floats = NDArray[np.float64]

TAILS = (0.05, 0.95)
"""Which part of the draws an arm's difference is told between."""


@dataclass(frozen=True)
class OverDraws:
    """One arm and metric over the draws of the beliefs in which no arm failed.

    `difference` is arm − baseline with its interval over draws, `p05` and `p95` its percentiles over draws, `better`
    and `worse` the shares of draws in which the arm is beyond the zone, `best` the share in which it has the best mean
    (of equals, each a part). `verdict` judges the mean over the draws. `value` splits the variance of the arm's runs,
    `change` that of the paired differences.

    Percentiles and shares are those of means of `runs` runs a draw: they hold what Monte Carlo error is left in these.
    """

    arm: str
    metric: str
    draws: int
    runs: int
    mean: float
    difference: MeanInterval
    p05: float
    p95: float
    zone: float
    better: float
    worse: float
    best: float
    verdict: Verdict
    value: Components
    change: Components


def over_draws(values: Mapping[str, Floats], baseline: str, rule: Rule, level: float) -> dict[str, OverDraws]:
    """Judge every arm on one metric over the draws, the baseline among them (its difference is 0).

    Parameters
    ----------
    values: by arm, shape (draws, runs): the same draws and random numbers in every arm; NaN where a run failed.
    level: confidence of each interval, after sharing out the error.

    A draw in which some arm has no common run with the baseline is left out of everything. No draw left: numbers are
    NaN.
    """
    before = values[baseline]
    changes = {arm: each - before for arm, each in values.items()}
    whole = np.logical_and.reduce([~np.isnan(each).all(axis=1) for each in changes.values()])
    means = {arm: _row_means(each[whole]) for arm, each in values.items()}
    ours = means[baseline]
    zone = rule.indifference if rule.indifference is not None else CHOSEN_ZONE * abs(_mean(ours))
    firsts = _shares_of_best(means, rule.goal == "max")
    found = {}
    for arm, change in changes.items():
        kept = change[whole]
        moved = _row_means(kept)
        gains = moved if rule.goal == "max" else -moved
        interval = mean_interval(moved, level)
        ends = np.quantile(moved, TAILS) if len(moved) else (math.nan, math.nan)
        said = verdict(interval.low, interval.high, zone, rule.goal) if len(moved) > 1 else "not settled"
        found[arm] = OverDraws(
            arm=arm,
            metric=rule.metric,
            draws=len(moved),
            runs=before.shape[1],
            mean=_mean(means[arm]),
            difference=interval,
            p05=float(ends[0]),
            p95=float(ends[1]),
            zone=zone,
            better=_share(gains > zone),
            worse=_share(gains < -zone),
            best=firsts[arm],
            verdict=said,
            value=components(values[arm][whole]),
            change=components(kept),
        )
    return found


def _row_means(values: Floats) -> Floats:
    found: Floats = np.nanmean(values, axis=1) if len(values) else np.empty(0)
    return found


def _shares_of_best(means: Mapping[str, Floats], highest: bool) -> dict[str, float]:
    table = np.array(list(means.values()))
    if not table.size:
        return dict.fromkeys(means, math.nan)
    first = table == (table.max(axis=0) if highest else table.min(axis=0))
    shares = (first / first.sum(axis=0)).mean(axis=1)
    return {arm: float(share) for arm, share in zip(means, shares, strict=True)}


def _share(holds: NDArray[np.bool_]) -> float:
    return float(holds.mean()) if len(holds) else math.nan


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else math.nan
