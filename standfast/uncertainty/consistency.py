"""In which share of the draws a check holds, and which beliefs tell the draws in which it does from the others.

Pure: arrays in, numbers out. The second is Monte Carlo filtering (Hornberger & Spear, 1981, Journal of Environmental
Management 12:7; Saltelli et al., 2004, Sensitivity Analysis in Practice, chapter 6): a belief whose values are spread
alike in both groups of draws does not decide; the largest distance between the two empirical distribution functions
says how much it does (Smirnov's two-sample test), one belief at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.verdicts import holm

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST = 5
"""Draws that either group must have before beliefs are compared between them."""


@dataclass(frozen=True)
class Share:
    """A share of draws with its interval: Wilson's, as if draws were independent. Without draws it is NaN."""

    draws: int
    held: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of the draws in which it held."""
        return self.held / self.draws if self.draws else math.nan


@dataclass(frozen=True)
class Separation:
    """How far one belief tells the draws in which a check holds from the others.

    `column` numbers the belief; `distance` is Smirnov's, from 0 to 1, `p_value` adjusted for all beliefs together
    (Holm). `held` and `other` are the medians of the belief's quantile in the two groups of draws.
    """

    column: int
    distance: float
    p_value: float
    held: float
    other: float


def share_of(held: Bools, level: float) -> Share:
    """Return the share of true among the draws, with its interval at `level`.

    >>> found = share_of(np.array([True] * 30 + [False] * 10), 0.95)
    >>> found.share, round(found.low, 3), round(found.high, 3)
    (0.75, 0.598, 0.858)
    """
    from scipy.stats import binomtest

    draws, count = len(held), int(held.sum())
    if not draws:
        return Share(0, 0, math.nan, math.nan)
    found = binomtest(count, draws).proportion_ci(level, "wilson")
    return Share(draws, count, float(found.low), float(found.high))


def separations(quantiles: Floats, held: Bools) -> tuple[Separation, ...]:
    """Compare every belief between the draws in which a check held and the others, the most telling first.

    Parameters
    ----------
    quantiles: at which quantile of its range each belief was drawn, shape (draws, beliefs).
    held: whether the check held, shape (draws,).

    Nothing where either group has fewer than `FEWEST` draws.
    """
    from scipy.stats import ks_2samp

    if min(int(held.sum()), int((~held).sum())) < FEWEST:
        return ()
    sides = [(column[held], column[~held]) for column in quantiles.T]
    tests = [ks_2samp(*pair) for pair in sides]
    adjusted = holm([float(test.pvalue) for test in tests])
    found = [
        Separation(at, float(test.statistic), p_value, float(np.median(one)), float(np.median(other)))
        for at, (test, p_value, (one, other)) in enumerate(zip(tests, adjusted, sides, strict=True))
    ]
    return tuple(sorted(found, key=lambda each: (-each.distance, each.column)))
