"""Long runs that never start afresh: where the warm-up ends, and an interval from one run's batch means.

Pure functions on one series in the order of time. It does not say where the series comes from (`warm_up`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.experiments.intervals import MeanInterval, mean_interval

Floats = NDArray[np.float64]

BATCH = 5
"""Observations in a batch of MSER-5."""

LAST_BATCHES = 5
"""Batches at the end at which MSER never cuts: over so few, the statistic is small by chance."""

FEWEST_BATCHES = 2 * LAST_BATCHES + 3
"""Batches that MSER needs: with fewer, it could not cut in the second half, and so never say that it cannot tell."""


@dataclass(frozen=True)
class Truncation:
    """Where MSER cuts a series.

    Attributes
    ----------
    cut: observations to leave out at the start.
    statistics: MSER of every number of batches left out, from 0 on.
    settled: whether the cut lies in the first half. If not, the series is too short to tell: run longer.
    """

    cut: int
    statistics: Floats
    settled: bool


@dataclass(frozen=True)
class BatchMeans:
    """Mean of one long run with its interval from batch means.

    Attributes
    ----------
    interval: Student-t interval of the batch means; `n` counts batches.
    size: observations in a batch.
    lag_1: correlation of neighbouring batch means, 1 − (von Neumann's ratio)/2.
    p_value: chance of a larger one if batches were independent.
    """

    interval: MeanInterval
    size: int
    lag_1: float
    p_value: float

    def trusted(self, alpha: float = 0.1) -> bool:
        """Whether the batches pass for independent at that risk. If not, the interval is too narrow: run longer."""
        return self.p_value > alpha


def mser(series: ArrayLike, batch: int = BATCH) -> Truncation:
    """Cut the warm-up where the means of what is left are most certain: MSER-5, or MSER-m with another `batch`.

    d* = argmin Σ_{j>d} (Z_j − Z̄_d)²/(k−d)² over means Z of k batches; the last few are no places to cut (White,
    1997, Simulation 69; White, Cobb & Spratt, 2000, Winter Simulation Conference). A rest of less than a batch is left
    out. Raises ValueError for less than FEWEST_BATCHES.
    """
    data = _series(series)
    number = len(data) // batch
    if number < FEWEST_BATCHES:
        raise ValueError(f"MSER needs {FEWEST_BATCHES} batches of {batch} at least, not {len(data)} observations")
    means = data[: number * batch].reshape(number, batch).mean(axis=1)
    left = np.arange(number, 0, -1)
    centred = means - means.mean()
    sums, squares = np.cumsum(centred[::-1])[::-1], np.cumsum((centred**2)[::-1])[::-1]
    statistics = np.maximum(squares - sums**2 / left, 0.0) / left**2
    statistics = statistics[: number - LAST_BATCHES]
    at = int(statistics.argmin())
    return Truncation(at * batch, statistics, settled=2 * at <= number)


def conway(series: ArrayLike) -> int | None:
    """Conway's rule: number of observations before the first that is neither least nor greatest of it and the rest.

    A cheap cross-check, known to cut too early (Conway, 1963, Management Science 10). None where there is none.
    """
    data = _series(series)
    if len(data) < 3:
        return None
    least, greatest = (of.accumulate(data[::-1])[::-1] for of in (np.minimum, np.maximum))
    inside = np.flatnonzero((data[:-1] > least[1:]) & (data[:-1] < greatest[1:]))
    return int(inside[0]) if len(inside) else None


def welch_curve(replications: ArrayLike, window: int) -> Floats:
    """Moving average over 2·`window` + 1 of the mean across replications, (replications, time): cut where it is flat.

    At the start the window shrinks to what lies before, evenly; the last `window` have no value (Welch, 1983, in The
    Computer Performance Modeling Handbook). A curve to look at, not a rule.
    """
    data = np.asarray(replications, dtype=np.float64)
    if data.ndim != 2 or window < 0 or data.shape[1] <= window:
        raise ValueError("a curve needs (replications, time) and a window shorter than the time")
    means = np.concatenate([[0.0], np.cumsum(data.mean(axis=0))])
    at = np.arange(data.shape[1] - window)
    wide = np.minimum(at, window)
    return np.asarray((means[at + wide + 1] - means[at - wide]) / (2 * wide + 1), dtype=np.float64)


def batch_means(series: ArrayLike, batches: int, level: float) -> BatchMeans:
    """Interval of a steady-state mean from one run, warm-up left out: Z̄ ± t_{b−1} S_Z/√b over b equal batches.

    Take 10 to 32 batches. Whether they are long enough is tested by von Neumann's ratio of neighbouring batch means,
    one-sided, near normal from 8 batches on (Fishman, 1978, Operations Research 26). A rest is left out at the start.
    Raises ValueError for less than 8 batches or observations than batches.
    """
    data = _series(series)
    if batches < 8 or len(data) < batches:
        raise ValueError(f"8 batches at least and an observation in each, not {batches} of {len(data)} observations")
    size = len(data) // batches
    means = data[len(data) - size * batches :].reshape(batches, size).mean(axis=1)
    squares = float(np.sum((means - means.mean()) ** 2))
    if squares == 0:
        return BatchMeans(mean_interval(means, level), size, math.nan, 1.0)
    lag_1 = 1 - float(np.sum(np.diff(means) ** 2)) / squares / 2
    from scipy.special import ndtr

    p_value = float(ndtr(-lag_1 * math.sqrt((batches**2 - 1) / (batches - 2))))
    return BatchMeans(mean_interval(means, level), size, lag_1, p_value)


def _series(values: ArrayLike) -> Floats:
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 1 or not np.isfinite(data).all():
        raise ValueError("a series must be finite numbers in the order of time")
    return data
