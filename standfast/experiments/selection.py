"""The best of many arms from one set of common replications: who can still be best, and how far each is from it.

Every procedure takes `values`, one row a replication and one column an arm, all rows from the same replications, and
allows for common random numbers. It does not decide how many replications to make (`sequential_selection`,
`two_stage`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.intervals import t_quantile
from standfast.experiments.verdicts import Goal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BestInterval:
    """How an arm's mean compares with the best of the others: μ_i − max μ_j for goal `max`, μ_i − min μ_j for `min`.

    An interval that ends at 0 on the good side says that the arm is the best; at 0 on the bad side, that it isn't.
    """

    low: float
    high: float


@dataclass(frozen=True)
class Screening:
    """Arms that may be the best, by column, and the limits behind it.

    `limits[i, j]` is the mean that arm i had to reach for arm j's sake: at most it for goal `min`, at least it for
    `max`; the diagonal never counts (±inf).
    """

    survivors: tuple[int, ...]
    limits: Floats


def higher_is_better(values: ArrayLike, goal: Goal) -> Floats:
    """Values turned so that more is better, whatever the goal. Applied to a result, it turns that back."""
    data = np.asarray(values, dtype=np.float64)
    return data if goal == "max" else -data


def replications_by_arm(values: ArrayLike, fewest: int = 2) -> Floats:
    """Check `values`: finite, (replications, arms), at least `fewest` replications and two arms. Raises ValueError."""
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 2 or data.shape[1] < 2 or not np.isfinite(data).all():
        raise ValueError(
            "values must be one finite number for each replication (row) and arm (column), two arms or more"
        )
    if len(data) < fewest:
        raise ValueError(f"at least {fewest} replications are needed, not {len(data)}")
    return data


def difference_variances(values: ArrayLike) -> Floats:
    """Sample variances S²_ij of the paired differences of each two arms, (arms, arms); the diagonal is 0.

    Taken of the differences themselves: the variances of the arms say little of them under common random numbers.
    """
    data = replications_by_arm(values)
    return np.asarray(np.var(data[:, :, None] - data[:, None, :], axis=0, ddof=1), dtype=np.float64)


def best_quantile(alpha: float, arms: int, n: int) -> float:
    """t_{1−α/(k−1), n−1}: a best arm is compared with k − 1 others, each one-sided (Bonferroni)."""
    if not 0 < alpha < 1:
        raise ValueError(f"the risk must lie between 0 and 1, not {alpha}")
    return t_quantile(1 - alpha / (arms - 1), n - 1)


def best_intervals(means: ArrayLike, widths: ArrayLike, goal: Goal) -> tuple[BestInterval, ...]:
    """Multiple comparisons with the best (MCB), an interval for each arm; all hold together if the widths do.

    Parameters
    ----------
    means: one mean an arm.
    widths: δ for all pairs, as after a two-stage procedure or KN with that zone; or w_ij for each pair, (arms, arms).
        With probability 1 − α no other arm's lead over the best may be overestimated by more than it.

    For goal `min`, arm i has [min(0, Ȳ_i − min Ȳ_j − δ), max(0, Ȳ_i − min Ȳ_j + δ)], j ≠ i (Hsu, 1984, Annals of
    Statistics 12; Nelson & Matejcik, 1995, Management Science 41). With widths of their own, the far end is taken over
    those arms only that may be the best (Edwards & Hsu, 1983, JASA 78): the same where the widths are equal.
    """
    good = higher_is_better(means, goal)
    arms = len(good)
    wide = np.broadcast_to(np.asarray(widths, dtype=np.float64), (arms, arms))
    lead = good[:, None] - good[None, :]
    other = ~np.eye(arms, dtype=bool)
    high = np.maximum(0.0, np.where(other, lead + wide, math.inf).min(axis=1))
    rivals = other & (high > 0)[None, :]
    low = np.minimum(0.0, np.where(rivals, lead - wide, math.inf).min(axis=1))
    if goal == "min":
        low, high = -high, -low
    # adding 0.0 makes an end of −0.0 a plain 0
    return tuple(BestInterval(float(below) + 0.0, float(above) + 0.0) for below, above in zip(low, high, strict=True))


def compare_with_best(values: ArrayLike, alpha: float, goal: Goal) -> tuple[BestInterval, ...]:
    """MCB intervals from the data alone: each pair's width is t_{1−α/(k−1), n−1} S_ij/√n.

    All k intervals hold together with probability at least 1 − α, under common random numbers too (Bonferroni over the
    k − 1 pairs with the best), for means that are near normal.
    """
    data = replications_by_arm(values)
    n, arms = data.shape
    widths = best_quantile(alpha, arms, n) * np.sqrt(difference_variances(data) / n)
    return best_intervals(data.mean(axis=0), widths, goal)


def screen(values: ArrayLike, alpha: float, goal: Goal) -> Screening:
    """Keep the arms that may be the best: the best is among the survivors with probability at least 1 − α.

    For goal `min`, arm i stays if Ȳ_i ≤ Ȳ_j + t_{1−α/(k−1), n−1} S_ij/√n for every j (Nelson, Swann, Goldsman & Song,
    2001, Operations Research 49, with paired differences).
    """
    data = higher_is_better(replications_by_arm(values), goal)
    n, arms = data.shape
    means = data.mean(axis=0)
    limits = means[None, :] - best_quantile(alpha, arms, n) * np.sqrt(difference_variances(data) / n)
    np.fill_diagonal(limits, -math.inf)
    survivors = np.flatnonzero((means[:, None] >= limits).all(axis=1))
    return Screening(tuple(int(arm) for arm in survivors), higher_is_better(limits, goal))
