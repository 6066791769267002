"""Where along one belief a difference crosses zero: the break-even value and its interval.

Pure: a curve of paired differences along the quantiles of a belief, one value per replication. Between two points each
replication is taken as a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.intervals import t_quantile

Floats = NDArray[np.float64]

GRID = np.linspace(0.0, 1.0, 2049)
"""Quantiles at which the interval of a curve is looked at."""

NARROW = 1 / 32
"""A bracket that is no wider, in quantiles, is not looked into any further."""


@dataclass(frozen=True)
class Crossing:
    """Where the mean difference crosses zero, as a quantile, with the ends of its interval.

    The interval holds every quantile at which the paired-t interval of the difference holds zero, next to the crossing.
    `open_low` and `open_high` say that it goes on beyond the end of the range. `rises`: the difference is below zero
    under the crossing and above it beyond.
    """

    quantile: float
    low: float
    high: float
    open_low: bool
    open_high: bool
    rises: bool


@dataclass(frozen=True, eq=False)
class Curve:
    """A difference along one belief: `quantiles` rising from 0 to 1, `values` of shape (points, replications)."""

    quantiles: Floats
    values: Floats

    @cached_property
    def whole(self) -> Floats:
        """The replications that ran at every point."""
        kept: Floats = self.values[:, ~np.isnan(self.values).any(axis=0)]
        return kept

    @property
    def means(self) -> Floats:
        """Mean difference at each point; NaN where no replication ran everywhere."""
        if not self.whole.shape[1]:
            return np.full(len(self.quantiles), np.nan)
        found: Floats = self.whole.mean(axis=1)
        return found

    def with_point(self, quantile: float, values: Floats) -> Curve:
        """The curve with one more point."""
        order = np.argsort([*self.quantiles, quantile], kind="stable")
        return Curve(np.array([*self.quantiles, quantile])[order], np.vstack([self.values, values])[order])

    def band(self, level: float, at: Floats = GRID) -> tuple[Floats, Floats]:
        """Mean and half-width of the paired-t interval of the difference at these quantiles."""
        lines = np.array([np.interp(at, self.quantiles, each) for each in self.whole.T])
        n = len(lines)
        if n < 2:
            return self.line(at), np.full(len(at), np.inf)
        half_width = t_quantile((1 + level) / 2, n - 1) * lines.std(axis=0, ddof=1) / np.sqrt(n)
        return lines.mean(axis=0), half_width

    def line(self, at: Floats) -> Floats:
        """Mean difference at these quantiles."""
        found: Floats = np.interp(at, self.quantiles, self.means)
        return found


def crossings(curve: Curve, level: float = 0.95) -> tuple[Crossing, ...]:
    """Every place where the mean difference changes its sign, from low to high; none where it never does.

    A difference that is zero over a stretch (a belief that acts only beyond a threshold) crosses where the stretch
    ends.
    """
    mean, half_width = curve.band(level)
    holds = np.abs(mean) <= half_width
    found = []
    for left, right in brackets(curve):
        means = curve.means
        quantile = _root(curve.quantiles[left], curve.quantiles[right], means[left], means[right])
        at = int(np.abs(GRID - quantile).argmin())
        low = at
        while low > 0 and holds[low - 1]:
            low -= 1
        high = at
        while high < len(GRID) - 1 and holds[high + 1]:
            high += 1
        found.append(
            Crossing(
                quantile,
                min(float(GRID[low]), quantile),
                max(float(GRID[high]), quantile),
                bool(low == 0 and holds[0]),
                bool(high == len(GRID) - 1 and holds[-1]),
                bool(means[left] < means[right]),
            )
        )
    return tuple(found)


def brackets(curve: Curve) -> tuple[tuple[int, int], ...]:
    """Neighbouring points (by their places) between which the mean difference changes its sign."""
    signs = np.sign(curve.means)
    found = []
    last = -1
    for at, sign in enumerate(signs):
        if np.isnan(sign) or sign == 0:
            continue
        if last >= 0 and signs[last] != sign:
            found.append((at - 1 if signs[at - 1] == 0 else last, at))
        last = at
    return tuple(found)


def next_quantile(curve: Curve) -> float | None:
    """The quantile at which one more point would tell most of the crossing nearest to the best value; None: enough.

    The root of the straight line, kept away from both ends of the bracket by a tenth of it.
    """
    around = sorted(brackets(curve), key=lambda pair: abs(curve.quantiles[list(pair)].mean() - 0.5))
    if not around:
        return None
    left, right = around[0]
    a, b = float(curve.quantiles[left]), float(curve.quantiles[right])
    if b - a <= NARROW:
        return None
    root = _root(a, b, curve.means[left], curve.means[right])
    margin = (b - a) / 10
    return round(min(max(root, a + margin), b - margin), 4)


def _root(a: float, b: float, at_a: float, at_b: float) -> float:
    return float(a + (b - a) * at_a / (at_a - at_b))
