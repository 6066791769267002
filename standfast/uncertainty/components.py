"""The variance of a result in two parts: Monte Carlo, within a draw of the beliefs, and the beliefs, between draws.

Pure: the one-way random-effects analysis of variance on runs by draw, each draw with runs of its own. Which draws there
are, and a finer split of the beliefs (`variance`), is not decided here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

FEWEST = 2
"""Draws that a variance between draws needs, and runs of some draw that one within draws needs."""


@dataclass(frozen=True)
class Components:
    """The parts of the variance of one run, in the square of the result's unit.

    `within` is E Var(run | beliefs): with n runs a draw, it enters the mean of a draw by 1/n. `between` is
    Var E(run | beliefs), unbiased, so that it may come out below 0 where there is next to nothing to find; `beliefs` is
    what to show then, 0. NaN where there are too few draws or runs to tell. `runs` is the (weighted) number a draw.
    """

    mean: float
    within: float
    between: float
    draws: int
    runs: float

    @property
    def beliefs(self) -> float:
        """Variance that the beliefs make, not below 0."""
        return max(self.between, 0.0) if math.isfinite(self.between) else math.nan

    @property
    def below_zero(self) -> bool:
        """Whether the estimate of the variance between draws came out below 0: the noise hides what there may be."""
        return self.between < 0

    def share(self, runs: float = 1) -> float:
        """Share of the beliefs in the variance of the mean of so many runs at one draw; NaN where nothing varies."""
        total = self.beliefs + self.within / runs
        return self.beliefs / total if total > 0 else math.nan


def components(values: ArrayLike) -> Components:
    """Split the variance of runs by draw.

    Parameters
    ----------
    values: shape (draws, runs), NaN where a run failed; draws may differ in how many they have. Runs of different draws
        are independent: a draw has random numbers of its own.

    With mean squares MSB and MSW, the estimates are MSW and (MSB − MSW)/n₀, n₀ = (N − Σnᵢ²/N)/(k − 1), both unbiased
    whatever the laws (Searle, Casella & McCulloch, Variance Components, 1992, section 3.6).

    >>> found = components([[1.0, 3.0], [5.0, 7.0]])
    >>> found.within, found.between, found.mean
    (2.0, 7.0, 4.0)
    """
    data = np.asarray(values, dtype=np.float64)
    if data.ndim != 2:
        raise ValueError("values have the shape (draws, runs)")
    seen = ~np.isnan(data)
    data, seen = data[seen.any(axis=1)], seen[seen.any(axis=1)]
    sizes = seen.sum(axis=1)
    draws, total = len(data), int(sizes.sum())
    if not draws:
        return Components(math.nan, math.nan, math.nan, 0, math.nan)
    filled = np.where(seen, data, 0.0)
    means = filled.sum(axis=1) / sizes
    mean = float(filled.sum() / total)
    within = between = math.nan
    runs = float(sizes.mean())
    if total > draws:
        within = float((np.where(seen, data - means[:, None], 0.0) ** 2).sum() / (total - draws))
    if draws >= FEWEST and total > draws:
        runs = float((total - (sizes**2).sum() / total) / (draws - 1))
        square = float((sizes * (means - mean) ** 2).sum() / (draws - 1))
        between = (square - within) / runs
    return Components(mean, within, between, draws, runs)
